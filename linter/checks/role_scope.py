"""Is the identity of a workload an owner of far more than it needs?

Source: Azure.Bicep.Types.Az 0.2.972 (`principalType`, read 2026-11-24; no text says what is taken where it is absent);
roles and principals: `linter.facts.access`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from linter.checks.ai_workload import ai_workload
from linter.checks.outcomes import failed, open_value, passed, shown, titled, undecided, word
from linter.facts.access import BROAD_ROLES, WORKLOAD_PRINCIPALS, broad_role
from linter.inventory import target
from linter.model import ABSENT, Inventory, Outcome, Resource, Unresolved, Value

ROLE, KIND = "properties.roleDefinitionId", "properties.principalType"
_OWN_ID = re.compile(
    r"(?:subscriptionResourceId|resourceId|tenantResourceId)\((?:'[^']*', )*'Microsoft\.Authorization/roleAssignments'",
    re.IGNORECASE,
)
_RESOURCE = re.compile(r"resourceId\(|'/?(?:providers/)?Microsoft\.(?!Management/)\w+/\w+", re.IGNORECASE)
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def narrow(assignment: Resource, inventory: Inventory, _parameters: Mapping[str, Any]) -> Outcome | None:
    """Judged: assignments on a resource group, a subscription or above. People and groups pass; an absent
    `principalType` leaves it open."""
    if not ai_workload(inventory):
        return None
    where = _scope(assignment)
    if where == "":
        return None
    role, kind = assignment.get(ROLE), assignment.get(KIND)
    names = _roles(role)
    if names == [] or (isinstance(kind, str) and word(kind) not in WORKLOAD_PRINCIPALS):
        return passed(ROLE, role)
    if names is None:
        return open_value(assignment, ROLE, role, "a workload's identity should not own a whole group or subscription")
    text = f"gives the role {' or '.join(names)} on {where or 'a scope that is open'}"
    if kind is ABSENT or isinstance(kind, Unresolved):
        told = f"principalType is {shown(kind)}, so whether a person or a workload gets it is open"
        return undecided(f"{titled(assignment)}: {text}; {told}", KIND, kind)
    if where is None:
        return undecided(f"{titled(assignment)}: {text} to a {shown(kind)}", ROLE, role)
    if len(names) > 1 or isinstance(role, Unresolved):
        return undecided(f"{titled(assignment)}: may give the role {' or '.join(names)} on {where}", ROLE, role)
    text += f" to a {kind}; give a role for the one thing it does, on the one resource"
    return failed(f"{titled(assignment)}: {text}", ROLE, role)


def _scope(assignment: Resource) -> str | None:
    """The scope in words; "" for a single resource, None where it is open."""
    about = target(assignment)
    if isinstance(about, Unresolved):
        if not _OWN_ID.match(about.expression):
            return "" if _RESOURCE.search(about.expression) else None
        about = assignment.scope
    low = about.lower()
    if "/providers/microsoft.management/managementgroups/" in low:
        return "a management group"
    if "/providers/" in low:
        return ""
    if "/resourcegroups/" in low:
        return f"the resource group {about.rstrip('/').rpartition('/')[2]}"
    return "the subscription" if low.startswith("/subscriptions/") else "the tenant"


def _roles(role: Value) -> list[str] | None:
    """The broad roles that a role definition id names, also inside an expression; None where none can be told."""
    if isinstance(role, Unresolved):
        ids = {found.lower() for found in _GUID.findall(role.expression)} & set(BROAD_ROLES)
        named = [BROAD_ROLES[found] for found in sorted(ids)]
        return named or (None if not _other_role(role) else [])
    name = broad_role(role) if isinstance(role, str) else ""
    return [name] if name else []


def _other_role(role: Unresolved) -> bool:
    """Does an open id end in the literal id of another role?"""
    return re.search(rf"roleDefinitions'?,? ?/?'?{_GUID.pattern}'?\)?\Z", role.expression, re.IGNORECASE) is not None
