"""Has a resource a managed identity?

Sources, read 2026-11-24: Azure.Bicep.Types.Az 0.2.972 (`identity.type`: several kinds joined by a comma, `None`);
https://learn.microsoft.com/azure/machine-learning/how-to-access-resources-from-endpoints-managed-identities (an online
endpoint gets a system-assigned identity unless told); https://learn.microsoft.com/azure/aks/managed-identity-overview
(a cluster with a service principal has no managed identity).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linter.checks.ai_workload import ai_resource, ai_workload, serves_ai
from linter.checks.outcomes import failed, open_value, passed, shown, titled, word
from linter.facts.resources import CLUSTER
from linter.model import ABSENT, Absent, Inventory, Outcome, Resource, Unresolved, Value

TYPE = "identity.type"


def managed(resource: Resource, inventory: Inventory, _parameters: Mapping[str, Any]) -> Outcome | None:
    """`None` fails everywhere, an absent identity everywhere but on endpoints."""
    key = resource.type_key
    if key == CLUSTER and not (ai_resource(resource, inventory) or ai_workload(inventory)):
        return None
    if key == "microsoft.app/containerapps" and not serves_ai(resource, inventory):
        return None
    value = resource.get(TYPE)
    if isinstance(value, Unresolved):
        return open_value(resource, TYPE, value, "'None' leaves it without a managed identity")
    if has_identity(value) or (value is ABSENT and key.endswith("endpoints")):
        return passed(TYPE, value)
    told = "no identity is set" if value is ABSENT else f"its identity is {shown(value)}"
    if key == CLUSTER and resource.get("properties.servicePrincipalProfile.clientId") is not ABSENT:
        told = "it runs as a service principal, whose secret must be kept and rotated"
    text = f"has no managed identity: {told}; use SystemAssigned or UserAssigned"
    return failed(f"{titled(resource)}: {text}", TYPE, value)


def has_identity(value: Value | Absent) -> bool:
    """Does `identity.type` name a kind other than `None`?"""
    kinds = [kind.strip() for kind in word(value).split(",")]
    return any(kind and kind != "none" for kind in kinds)
