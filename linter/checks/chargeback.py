"""Can the cost of what several teams share be split?

Source: Azure.Bicep.Types.Az 0.2.972, read 2026-11-24 (`metricsProfile.costAnalysis.enabled` is false by default, and
needs `sku.tier` Standard or Premium; the tier is Free by default).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linter.checks.outcomes import failed, open_value, passed, shown, titled, truth, word
from linter.facts.resources import CLUSTER
from linter.inventory import tag, tag_names, tag_path
from linter.model import ABSENT, Inventory, Outcome, Resource, Unresolved

ANALYSIS = "properties.metricsProfile.costAnalysis.enabled"


def split(resource: Resource, inventory: Inventory, parameters: Mapping[str, Any]) -> Outcome | list[Outcome] | None:
    """Judged: what the tag `shared` says is shared. It needs the cost tags; AKS needs cost analysis too. One outcome
    a lack."""
    shared = tag(resource, "shared", inventory)
    if not isinstance(shared, Unresolved) and not truth(shared):
        return None
    outcomes = [_tagged(resource, inventory, str(name)) for name in parameters["cost_tags"]]
    if resource.type_key == CLUSTER:
        outcomes.append(_analysed(resource))
    faults = [one for one in outcomes if one.verdict == "fail"]
    opened = next((one for one in outcomes if one.verdict == "unknown"), None)
    if isinstance(shared, Unresolved):
        where = tag_path(resource, "shared", inventory)
        return (
            open_value(resource, where, shared, "if it is shared, its cost must be split") if faults or opened else None
        )
    return faults or opened or outcomes[0]


def _tagged(resource: Resource, inventory: Inventory, name: str) -> Outcome:
    value = tag(resource, name, inventory)
    if isinstance(value, Unresolved):
        return open_value(resource, tag_path(resource, name, inventory), value, "what is shared needs a cost tag")
    if value is not ABSENT and str(value).strip():
        return passed("tags", value)
    names = " or ".join(tag_names(name, inventory))
    return failed(
        f"{titled(resource)}: is shared, but has no tag {names} to charge its cost by", "tags", resource.get("tags")
    )


def _analysed(cluster: Resource) -> Outcome:
    enabled = cluster.get(ANALYSIS)
    if isinstance(enabled, Unresolved):
        return open_value(cluster, ANALYSIS, enabled, "a shared cluster needs cost analysis")
    if truth(enabled):
        return passed(ANALYSIS, enabled)
    told = (
        "costAnalysis is not enabled (off unless told)"
        if enabled is ABSENT
        else f"costAnalysis.enabled is {shown(enabled)}"
    )
    tier = cluster.get("sku.tier")
    hint = "" if word(tier) in ("standard", "premium") else "; it needs sku.tier Standard or Premium (Free unless told)"
    return failed(f"{titled(cluster)}: shared cluster whose cost nobody can split: {told}{hint}", ANALYSIS, enabled)
