"""Can a container registry vouch for its images?

Sources, read 2026-11-24: https://learn.microsoft.com/azure/container-registry/container-registry-skus (private access,
retention and the export switch are Premium's); https://learn.microsoft.com/azure/container-registry/data-loss-prevention
(export is allowed unless told); Azure.Bicep.Types.Az 0.2.972 (`softDeletePolicy` and, before 2025-04-01,
`anonymousPullEnabled` in previews only); https://learn.microsoft.com/azure/defender-for-cloud/defender-for-containers-introduction
(images are scanned under the plan for containers, its forerunner for registries, and the plan for posture management).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linter.checks.ai_workload import ai_workload
from linter.checks.outcomes import distrusted, failed, open_value, passed, shown, titled, truth, undecided, word
from linter.model import ABSENT, Inventory, Outcome, Resource, Unresolved

SKU = "sku.name"
RETENTION = "properties.policies.retentionPolicy.status"
SOFT_DELETE = "properties.policies.softDeletePolicy.status"
EXPORT = "properties.policies.exportPolicy.status"
ANONYMOUS = "properties.anonymousPullEnabled"
_SCANNING = ("containers", "containerregistry", "cloudposture")


def protected(
    registry: Resource, inventory: Inventory, _parameters: Mapping[str, Any]
) -> Outcome | list[Outcome] | None:
    """Each lack alone fails. Retention or soft delete: one is enough."""
    if not ai_workload(inventory):
        return None
    found = [_tier(registry), _kept(registry), _export(registry), _anonymous(registry), _scanned(registry, inventory)]
    lacks = [outcome for outcome in found if outcome is not None]
    faults = [outcome for outcome in lacks if outcome.verdict == "fail"]
    return faults or next(iter(lacks), None) or passed(SKU, registry.get(SKU))


def _tier(registry: Resource) -> Outcome | None:
    tier = registry.get(SKU)
    if isinstance(tier, Unresolved):
        return open_value(registry, SKU, tier, "only 'Premium' has private access")
    if word(tier) == "premium":
        return None
    if tier is ABSENT:
        return undecided(f"{titled(registry)}: its sku is not stated; only 'Premium' has private access", SKU)
    return failed(f"{titled(registry)}: the tier {shown(tier)} has no private access; use 'Premium'", SKU, tier)


def _kept(registry: Resource) -> Outcome | None:
    retention, soft = registry.get(RETENTION), registry.get(SOFT_DELETE)
    if word(retention) == "enabled":
        return None
    if word(soft) == "enabled":
        return distrusted(registry, "properties.policies.softDeletePolicy", soft)
    for path, value in ((RETENTION, retention), (SOFT_DELETE, soft)):
        if isinstance(value, Unresolved):
            return open_value(registry, path, value, "'enabled' keeps what is deleted or untagged for a time")
    text = "neither a retention policy nor soft delete is on (both off unless told)"
    return failed(
        f"{titled(registry)}: {text}; a deleted image is gone, an untagged one stays for ever", RETENTION, retention
    )


def _export(registry: Resource) -> Outcome | None:
    value = registry.get(EXPORT)
    if isinstance(value, Unresolved):
        return open_value(registry, EXPORT, value, "'disabled' keeps images from leaving the registry")
    if word(value) == "disabled":
        return None
    told = f"exportPolicy.status is {shown(value)}" + (" (enabled unless told)" if value is ABSENT else "")
    return failed(f"{titled(registry)}: images may be copied out to any other registry: {told}", EXPORT, value)


def _anonymous(registry: Resource) -> Outcome | None:
    value = registry.get(ANONYMOUS)
    if isinstance(value, Unresolved):
        return open_value(registry, ANONYMOUS, value, "true lets anybody pull")
    if truth(value):
        return failed(
            f"{titled(registry)}: anybody may pull its images: anonymousPullEnabled is {shown(value)}", ANONYMOUS, value
        )
    return None


def _scanned(registry: Resource, inventory: Inventory) -> Outcome | None:
    """Live: the plan for containers of the registry's subscription, where it was read."""
    plans, identity = inventory.usage.get("plans"), registry.id
    if not isinstance(plans, dict) or not isinstance(identity, str):
        return None
    subscription = identity.lower().removeprefix("/subscriptions/").partition("/")[0]
    read = plans.get(subscription)
    if not isinstance(read, dict) or any(word(read.get(plan, "")) == "standard" for plan in _SCANNING):
        return None
    text = f"no plan of Defender for Cloud scans its images: the plan for containers of {subscription} is off"
    return failed(f"{titled(registry)}: {text}", "", ABSENT)
