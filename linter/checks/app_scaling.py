"""Do an AI app and the plan it runs on follow load?

Sources, read 2026-11-24: Azure.Bicep.Types.Az 0.2.972 (`maxReplicas` is 10 by default; `elasticScaleEnabled`);
https://learn.microsoft.com/azure/container-apps/scale-app (0 replicas at least and an HTTP rule where none is
written); https://learn.microsoft.com/azure/azure-functions/functions-concurrency (Consumption,
Flex Consumption and Elastic Premium scale by themselves).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linter.checks.ai_workload import ai_workload, names_model_host, serves_ai
from linter.checks.autoscale import moves, settings_of
from linter.checks.outcomes import failed, number, open_value, passed, shown, titled, truth, undecided, unseen, word
from linter.model import ABSENT, Inventory, Outcome, Related, Resource, Unresolved

PLAN = "microsoft.web/serverfarms"
LOW, HIGH = "properties.template.scale.minReplicas", "properties.template.scale.maxReplicas"
SELF_SCALING = ("dynamic", "flexconsumption", "elasticpremium", "workflowstandard")
_SELF_SCALING_NAMES = ("y", "fc", "ep", "ws")


def elasticity(resource: Resource, inventory: Inventory, _parameters: Mapping[str, Any]) -> Outcome | None:
    """Container apps need a range of replicas, plans an autoscale setting or a tier that scales by itself."""
    if resource.type_key == PLAN:
        return _plan(resource, inventory) if _hosts_ai(resource, inventory) else None
    return replicas(resource) if serves_ai(resource, inventory) else None


def replicas(app: Resource) -> Outcome:
    """Has a container app a range of replicas to follow load in?"""
    low, high = app.get(LOW), app.get(HIGH)
    if low == high and low is not ABSENT:
        return failed(
            f"{titled(app)}: keeps {shown(low)} replica(s) whatever the load: minReplicas = maxReplicas", HIGH, high
        )
    for path, value in ((LOW, low), (HIGH, high)):
        if isinstance(value, Unresolved):
            return open_value(app, path, value, "the minimum must be below the maximum")
    least, most = number(0 if low is ABSENT else low), number(10 if high is ABSENT else high)
    if least is None or most is None:
        return undecided(
            f"{titled(app)}: minReplicas {shown(low)} and maxReplicas {shown(high)} are no numbers", HIGH, high
        )
    if least < most:
        return passed(HIGH, high)
    told = (
        f"minReplicas is {shown(low)} and maxReplicas {shown(high)}"
        if high is not ABSENT
        else f"minReplicas is {shown(low)}, maxReplicas 10 unless told"
    )
    return failed(f"{titled(app)}: cannot follow load: {told}", HIGH, high)


def _hosts_ai(plan: Resource, inventory: Inventory) -> bool:
    """In an AI workload, or with a site on it that names a model host."""
    if ai_workload(inventory):
        return True
    return any(
        word(site.get("properties.serverFarmId")).rstrip("/").endswith(f"/{_last(plan)}") and names_model_host(site)
        for site in inventory.of_type("Microsoft.Web/sites", "Microsoft.Web/sites/slots")
    )


def _last(resource: Resource) -> str:
    return resource.name.rpartition("/")[2].lower() if isinstance(resource.name, str) else "?"


def _plan(plan: Resource, inventory: Inventory) -> Outcome:
    name, tier, sku = titled(plan), plan.get("sku.tier"), plan.get("sku.name")
    elastic = plan.get("properties.elasticScaleEnabled")
    if truth(elastic):
        return passed("properties.elasticScaleEnabled", elastic)
    if word(tier) in SELF_SCALING or word(sku).rstrip("0123456789") in _SELF_SCALING_NAMES:
        return passed("sku", sku)
    sure, unsure = settings_of(plan, inventory)
    reason, related = "no autoscale setting has it as its target", []
    for setting in sure:
        answer, path, value, why = moves(setting)
        if answer:
            return passed("sku", sku)
        related.append(Related(f"the autoscale setting {titled(setting)}: {why}", setting, path))
        reason = f"its autoscale setting {titled(setting)} does not move it: {why}"
        if answer is None:
            return undecided(
                f"{name}: autoscale setting {titled(setting)}: {why}: {shown(value)}", "sku", related=related
            )
    if unsure:
        return undecided(
            f"{name}: whether the autoscale setting {titled(unsure[0])} moves it is known only when it is deployed",
            "sku",
        )
    for path, value in (("sku.tier", tier), ("sku.name", sku), ("properties.elasticScaleEnabled", elastic)):
        if isinstance(value, Unresolved):
            return open_value(plan, path, value, "some plans scale by themselves")
    hidden = unseen(inventory, "its autoscale setting", "Microsoft.Insights/autoscaleSettings")
    if hidden:
        return undecided(f"{name}: {hidden}", "sku")
    return failed(
        f"{name}: App Service plan ({shown(sku)}) stays at its number of instances: {reason}",
        "sku",
        sku,
        related=related,
    )
