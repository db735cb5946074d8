"""How is the throughput of a model deployment bought, and where does it go when it is full?

Sources, read 2026-11-24: `linter.facts.models` (kinds of deployments); Azure.Bicep.Types.Az 0.2.972
(`spilloverDeploymentName` from 2025-06-01, preview 2025-04-01-preview; `serviceTier` Priority; before 2023-05-01
`scaleSettings.scaleType` instead of `sku`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from linter.checks.model_pools import pooled_accounts
from linter.checks.outcomes import distrusted, failed, open_value, passed, shown, titled, undecided, word
from linter.facts.models import deployment_kind, sold_provisioned
from linter.inventory import is_production, parent, tag, tag_path
from linter.model import ABSENT, Absent, Inventory, Outcome, Related, Resource, Unresolved, Value

DEPLOYMENTS = "Microsoft.CognitiveServices/accounts/deployments"
MODEL, SPILL = "properties.model.name", "properties.spilloverDeploymentName"


def kind_of(deployment: Resource) -> tuple[str, Value | Absent]:
    """Where the deployment type stands, and what it is; nothing written is `Standard`."""
    sku = deployment.get("sku.name")
    if sku is not ABSENT:
        return "sku.name", sku
    old = deployment.get("properties.scaleSettings.scaleType")
    return ("sku.name", "Standard") if old is ABSENT else ("properties.scaleSettings.scaleType", old)


def openai(deployment: Resource) -> bool:
    """Is the model one of OpenAI's? An absent or open format counts as yes."""
    return word(deployment.get("properties.model.format")) in ("", "openai")


def _same_model(one: Resource, other: Resource) -> bool | None:
    a, b = one.get(MODEL), other.get(MODEL)
    if isinstance(a, Unresolved) or isinstance(b, Unresolved):
        return True if a == b else None
    return word(a) == word(b) and word(a) != ""


def guaranteed(deployment: Resource, inventory: Inventory, _parameters: Mapping[str, Any]) -> Outcome | None:
    """A standard deployment needs a provisioned one of the same model beside it, or the service tier Priority."""
    path, sku = kind_of(deployment)
    model = deployment.get(MODEL)
    if not openai(deployment) or (isinstance(model, str) and not sold_provisioned(model)):
        return None
    if isinstance(sku, Unresolved):
        return open_value(deployment, path, sku, "a production model needs guaranteed throughput")
    if deployment_kind(sku) != "standard":
        return None
    tier = deployment.get("properties.serviceTier")
    if word(tier) == "priority":
        return passed("properties.serviceTier", tier)
    others = [one for one in inventory.of_type(DEPLOYMENTS) if deployment_kind(kind_of(one)[1]) == "provisioned"]
    same = [_same_model(deployment, one) for one in others]
    if True in same:
        return passed(path, sku)
    if None in same or any(isinstance(kind_of(one)[1], Unresolved) for one in inventory.of_type(DEPLOYMENTS)):
        return undecided(
            f"{titled(deployment)}: whether model {shown(model)} has a provisioned deployment too is open", path, sku
        )
    message = f"{titled(deployment)}: model {shown(model)} runs in production on shared throughput ({shown(sku)}) only"
    return failed(message, path, sku)


def bursts(deployment: Resource, inventory: Inventory, _parameters: Mapping[str, Any]) -> Outcome | None:
    """A provisioned deployment needs a spillover, or a standard deployment of its model behind the same gateway
    pool."""
    path, sku = kind_of(deployment)
    if isinstance(sku, Unresolved) and openai(deployment) and deployment.get(SPILL) is ABSENT:
        return open_value(deployment, path, sku, "provisioned throughput needs somewhere to spill")
    if deployment_kind(sku) != "provisioned":
        return None
    spill = deployment.get(SPILL)
    if isinstance(spill, str) and spill.strip():
        return distrusted(deployment, SPILL, spill) or passed(SPILL, spill)
    if isinstance(spill, Unresolved):
        return open_value(deployment, SPILL, spill, "it must name a standard deployment")
    standard = [
        one
        for one in inventory.of_type(DEPLOYMENTS)
        if deployment_kind(kind_of(one)[1]) == "standard" and _same_model(deployment, one)
    ]
    mine = parent(deployment, inventory)
    pools, opened = pooled_accounts(inventory)
    for pool in pools:
        if mine is not None and mine in pool and any(parent(one, inventory) in pool for one in standard):
            return passed(path, sku)
    if opened and standard:
        return undecided(
            f"{titled(deployment)}: which accounts stand behind the gateway's pool is known only when it is deployed",
            path,
            sku,
        )
    related = [Related(f"{titled(one)} is standard, but in no pool with it", one) for one in standard[:3]]
    text = "no spilloverDeploymentName, and no standard deployment of the model behind the same gateway pool"
    return failed(f"{titled(deployment)}: provisioned throughput with nowhere to spill: {text}", SPILL, related=related)


def batch_type(deployment: Resource, inventory: Inventory, parameters: Mapping[str, Any]) -> Outcome | None:
    """Named batch: one of `words` between separators of the name, or in the tag `processing`."""
    words = {str(one).lower() for one in parameters["words"]}
    name = deployment.name.rpartition("/")[2] if isinstance(deployment.name, str) else ""
    purpose = tag(deployment, "processing", inventory)
    named = words & set(re.split(r"[^a-z0-9]+", name.lower()))
    path, sku = kind_of(deployment)
    if not named and isinstance(purpose, Unresolved) and openai(deployment) and deployment_kind(sku) != "batch":
        text = "batch work belongs on GlobalBatch or DataZoneBatch"
        return open_value(deployment, tag_path(deployment, "processing", inventory), purpose, text)
    if not openai(deployment) or not (named or word(purpose) in words):
        return None
    if isinstance(sku, Unresolved):
        return open_value(deployment, path, sku, "batch work belongs on GlobalBatch or DataZoneBatch")
    if deployment_kind(sku) == "batch":
        return passed(path, sku)
    why = "by its name" if named else f"by the tag processing {shown(purpose)}"
    message = f"{titled(deployment)}: batch work ({why}) on the interactive type {shown(sku)}"
    return failed(f"{message}; use GlobalBatch or DataZoneBatch", path, sku)


def spread(account: Resource, inventory: Inventory, _parameters: Mapping[str, Any]) -> Outcome | None:
    """Judged: the first OpenAI or AI Services account of the workload; it must stand in a pool of at least two."""
    accounts = [
        one
        for one in inventory.of_type("Microsoft.CognitiveServices/accounts")
        if word(one.get("kind")) in ("openai", "aiservices")
    ]
    if not accounts or account is not accounts[0]:
        return None
    pools, opened = pooled_accounts(inventory)
    if any(account in pool or len(pool) > 1 for pool in pools):
        return passed("kind", account.get("kind"))
    if opened:
        return undecided(
            f"{titled(account)}: which accounts stand behind the gateway's pool is known only when it is deployed",
            "kind",
        )
    told = (
        "the only account"
        if len(accounts) == 1
        else f"one of {len(accounts)} accounts, which no load-balanced pool joins"
    )
    if not inventory.complete:
        return undecided(f"{titled(account)}: {told} in view; a part of the workload could not be read", "kind")
    produces = is_production(account, inventory)
    return (
        failed(f"{titled(account)}: carries all demand: it is {told}", "kind", account.get("kind"))
        if produces is not False
        else None
    )
