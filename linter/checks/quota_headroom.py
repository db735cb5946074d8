"""Does the scale-out that a workload declares fit into its quota?

Sources, read 2026-11-24: https://learn.microsoft.com/azure/machine-learning/how-to-manage-quotas (cores by family and
region, low-priority cores apart); https://learn.microsoft.com/azure/ai-foundry/openai/quotas-limits (capacity by
model, type and region; provisioned throughput by type and region); `linter.usage` (limits of a live scan).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import ceil
from typing import Any, NamedTuple

from linter.checks.model_capacity import MODEL, kind_of
from linter.checks.outcomes import failed, number, passed, shown, titled, undecided, word
from linter.checks.scale_out import MODELS, Demand, demands
from linter.model import ABSENT, Inventory, Outcome, Related, Resource, Severity, Unresolved
from linter.usage import Quota, quotas


class Limit(NamedTuple):
    """A quota in the words of a demand; "" stands for any."""

    provider: str
    family: str
    sku: str
    model: str
    region: str
    low: bool
    limit: float
    source: str
    workspace: str = ""

    def bounds(self, demand: Demand) -> bool:
        """Does the demand take from this quota?"""
        return (
            (self.provider == demand.provider or (not self.provider and demand.provider != MODELS))
            and self.region == demand.region
            and self.low is demand.low
            and self.family in ("", _plain(demand.family))
            and self.sku in ("", demand.sku)
            and self.model in ("", demand.model)
            and (not self.workspace or str(demand.resource.id).lower().startswith(self.workspace + "/"))
        )

    def __str__(self) -> str:
        return f"{self.limit:g} ({self.source})"


def fits(resource: Resource, inventory: Inventory, parameters: Mapping[str, Any]) -> list[Outcome] | None:
    """One outcome for each demand of the resource: its sum with the other demands on the same quota, above all of it
    high, above `warn` of it medium."""
    mine = [demand for demand in demands(inventory) if demand.resource is resource]
    if not mine:
        return None
    found = [_judged(demand, inventory, number(parameters["warn"]) or 1.0) for demand in mine]
    if word(resource.get("properties.computeType")) == "computeinstance" and found[0].verdict == "unknown":
        return None  # it declares no scale-out; it only takes from the quota of those that do
    return [one for one in found if one.verdict != "pass"] or found[:1]


def _judged(demand: Demand, inventory: Inventory, warn: float) -> Outcome:
    name = titled(demand.resource)
    limits = [limit for limit in _limits(demand, inventory) if limit.bounds(demand)]
    what = _what(demand)
    if demand.amount is None or isinstance(demand.region, Unresolved) or demand.low is None:
        return _open(demand, what)
    if not limits:
        text = (
            f"{name}: whether {demand.sums} fits is not known: no quota for {what} in {demand.region or 'its region'}"
        )
        return undecided(f"{text} is configured (quotas) or was read", demand.path, demand.observed)
    worst = max(limits, key=lambda limit: _share(limit, inventory))
    share = _share(worst, inventory)
    if share <= warn:
        return passed(demand.path, demand.observed)
    others = [one for one in demands(inventory) if one.resource is not demand.resource and worst.bounds(one)]
    total = sum(one.amount or 0 for one in demands(inventory) if worst.bounds(one))
    with_others = f", {total:g} with {len(others)} other(s)" if others else ""
    text = f"{name}: may scale to {demand.sums}{with_others}; the quota for {what} in {demand.region} is {worst}"
    text += f": {ceil(share * 100 - 1e-9)}%" + (", which does not fit" if share > 1 else ", which leaves little room")
    related = [Related(f"{titled(one.resource)} takes from it too", one.resource, one.path) for one in others[:5]]
    severity: Severity | None = None if share > 1 else "medium"
    return failed(text, demand.path, demand.observed, severity=severity, related=related)


def _share(limit: Limit, inventory: Inventory) -> float:
    total = sum(one.amount or 0 for one in demands(inventory) if limit.bounds(one))
    return total / limit.limit if limit.limit > 0 else (2.0 if total > 0 else 0.0)


def _open(demand: Demand, what: str) -> Outcome:
    if isinstance(demand.region, Unresolved):
        lack = f"its region is {shown(demand.region)}"
    elif demand.observed is ABSENT:
        lack = f"{demand.path} is not set"
    elif isinstance(demand.observed, Unresolved):
        lack = f"{demand.path} is {shown(demand.observed)}"
    else:
        lack = "its size, type or priority is not known"
    return undecided(
        f"{titled(demand.resource)}: how much of the quota for {what} it may take is not known: {lack}",
        demand.path,
        demand.observed,
    )


def _what(demand: Demand) -> str:
    if demand.provider == MODELS:
        return f"{shown(demand.resource.get(MODEL))} as {shown(kind_of(demand.resource)[1])}"
    kind = "low-priority " if demand.low else ""
    return f"{kind}{demand.family or 'its'} cores of {'Azure ML' if demand.provider != 'compute' else 'compute'}"


def _limits(demand: Demand, inventory: Inventory) -> Iterator[Limit]:
    """The configured quotas, and those that a live scan read."""
    for entry in inventory.settings.quotas:
        family = _plain(str(entry.get("family") or ""))
        low = "lowpriority" in family or "spot" in family
        models = entry.get("type") == "model"
        yield Limit(
            MODELS if models else str(entry.get("provider") or ""), "" if low or models else family,
            str(entry.get("sku") or "").lower(), str(entry.get("model") or "").lower(),
            str(entry.get("region") or "").lower().replace(" ", ""), low, float(entry.get("limit") or 0),
            "as configured",
        )  # fmt: skip
    identifier = demand.resource.id
    parts = identifier.split("/") if isinstance(identifier, str) else []
    if len(parts) > 2 and isinstance(demand.region, str):
        for quota in quotas(inventory.usage, demand.provider, parts[2], demand.region) or ():
            limit = _read(quota)
            if limit is not None:
                yield limit


def _read(quota: Quota) -> Limit | None:
    """A quota of a live scan: `standardNCADSA100v4Family`, `cores` and `Total … vCPUs` (all families),
    `OpenAI.GlobalStandard.gpt-4o`, `OpenAI.ProvisionedManaged` (all models)."""
    if quota.limit is None:
        return None
    source = f"limit {quota.name}"
    if quota.provider == MODELS:
        kind, _, rest = quota.name.partition(".")
        sku, _, model = rest.lower().partition(".")
        if not kind or not sku:
            return None
        return Limit(MODELS, "", sku, model, quota.region, False, quota.limit, source)
    name = _plain(quota.name)
    whole = name in ("cores", "lowprioritycores") or (name.startswith("total") and "vcpu" in name)
    if not whole and not name.endswith("family"):
        return None
    family = "" if whole else name
    return Limit(quota.provider, family, "", "", quota.region, quota.low_priority, quota.limit, source, quota.workspace)


def _plain(family: str) -> str:
    return family.lower().replace(" ", "")
