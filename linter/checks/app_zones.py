"""Do the apps that serve AI stand in more than one zone? Asked of what they run on: the Container Apps environment, the
App Service plan.

Sources, read 2026-11-24: https://learn.microsoft.com/azure/reliability/reliability-container-apps (zone
redundancy is enabled when an environment is created; it cannot be added afterwards);
https://learn.microsoft.com/azure/reliability/reliability-app-service (a plan that is not zone-redundant does not
survive the failure of a zone; Premium v2 and above and Isolated v2 can be).
"""

from __future__ import annotations

from linter.checks.ai_workload import serves_ai
from linter.checks.outcomes import failed, open_value, passed, shown, titled, truth, word
from linter.inventory import role
from linter.model import ABSENT, Inventory, Outcome, Related, Resource, Unresolved
from linter.open_ids import same_id

ENVIRONMENT, PLAN = "microsoft.app/managedenvironments", "microsoft.web/serverfarms"
REDUNDANT = "properties.zoneRedundant"
NOT_SERVING = ("training", "eda")
_TIED_TO_ONE = ("f", "d", "b", "s", "y")
"""Beginnings of `sku.name` of plans that cannot be zone-redundant: Free, Shared, Basic, Standard, Consumption."""


def spread(host: Resource, inventory: Inventory) -> Outcome | None:
    """Judged where a serving app of the workload runs on it. An absent `zoneRedundant` is false."""
    app = next((one for one in _apps(host, inventory) if _serves(one, inventory)), None)
    if app is None:
        return None
    value = host.get(REDUNDANT)
    if truth(value):
        return passed(REDUNDANT, value)
    if isinstance(value, Unresolved):
        return open_value(host, REDUNDANT, value, "it spreads over zones only where it is asked to")
    told = "zoneRedundant is not set (false unless told)" if value is ABSENT else f"zoneRedundant is {shown(value)}"
    sku = host.get("sku.name")
    if host.type_key == PLAN and word(sku).rstrip("0123456789") in _TIED_TO_ONE:
        told += f", which its size {shown(sku)} cannot be"
    text = f"stands in one zone with the serving app {titled(app)} on it: {told}"
    note = [Related(f"the app {titled(app)} runs on it", app, "")]
    return failed(f"{titled(host)}: {text}", REDUNDANT, value, severity="medium", related=note)


def _apps(host: Resource, inventory: Inventory) -> list[Resource]:
    if host.type_key == PLAN:
        return [
            site
            for site in inventory.of_type("Microsoft.Web/sites")
            if same_id(site.get("properties.serverFarmId"), host)
        ]
    return [
        app
        for app in inventory.of_type("Microsoft.App/containerApps")
        if any(same_id(app.get(f"properties.{name}"), host) for name in ("environmentId", "managedEnvironmentId"))
        and app.get("properties.configuration.ingress") is not ABSENT
    ]


def _serves(app: Resource, inventory: Inventory) -> bool:
    return serves_ai(app, inventory) and role(app, inventory) not in NOT_SERVING
