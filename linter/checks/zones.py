"""Does what serves stand in more than one failure zone, or region?

Sources, read 2026-11-24: https://learn.microsoft.com/azure/reliability/reliability-ai-search (two replicas for
reads, three for reads and writes; the service tries to place replicas in different zones by itself);
https://learn.microsoft.com/azure/reliability/reliability-api-management (Premium without `zones` is spread by the
service, with one zone it is pinned; Developer, Basic, Standard, Basic v2 and Consumption stand in one datacenter);
https://learn.microsoft.com/azure/api-management/zone-redundancy (Standard v2 and Premium v2 are asked to, at creation);
https://learn.microsoft.com/azure/machine-learning/reference-yaml-deployment-managed-online (three instances at least
for high availability); Azure.Bicep.Types.Az 0.2.972 (`zoneRedundant` of V2 tiers is in no stable api-version;
`sku.name` serverless Search has no replicas).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linter.checks import app_zones
from linter.checks.ai_workload import ai_resource, ai_workload
from linter.checks.outcomes import distrusted, failed, number, open_value, passed, shown, titled, truth, undecided, word
from linter.checks.served_models import fronts_models
from linter.checks.spot_serving import endpoints_on
from linter.facts.gateways import API_MANAGEMENT
from linter.facts.resources import CLUSTER, POOL
from linter.inventory import parent, region, role, tag
from linter.model import ABSENT, Inventory, Outcome, Resource, Unresolved

SEARCH = "microsoft.search/searchservices"
ZONES, REPLICAS, INSTANCES, REDUNDANT = (
    "properties.availabilityZones",
    "properties.replicaCount",
    "sku.capacity",
    "properties.zoneRedundant",
)
NOT_SERVING = ("training", "eda")
_SERVING = (
    "Microsoft.CognitiveServices/accounts",
    "Microsoft.MachineLearningServices/workspaces/onlineEndpoints",
    "Microsoft.MachineLearningServices/workspaces/serverlessEndpoints",
    CLUSTER,
    "Microsoft.App/containerApps",
    API_MANAGEMENT,
)


def zonal(resource: Resource, inventory: Inventory, _parameters: Mapping[str, Any]) -> Outcome | None:
    """Pools of a serving AKS cluster, API Management in front of models, search services, managed online
    deployments, and what apps that serve AI run on."""
    if resource.type_key in (app_zones.ENVIRONMENT, app_zones.PLAN):
        return app_zones.spread(resource, inventory)
    if resource.type_key == POOL:
        return _pool(resource, inventory)
    if resource.type_key == SEARCH:
        return _search(resource)
    if resource.type_key == API_MANAGEMENT:
        return _gateway(resource) if fronts_models(resource, inventory) else None
    return _deployment(resource)


def _pool(pool: Resource, inventory: Inventory) -> Outcome | None:
    """A cluster serves when it is an AI resource and has no other role, or when an online endpoint runs on it."""
    cluster = parent(pool, inventory)
    if cluster is None:
        return None
    serves = ai_resource(cluster, inventory) and role(cluster, inventory) not in NOT_SERVING
    if not serves and not endpoints_on(cluster, inventory):
        return None
    zones = pool.get(ZONES)
    if isinstance(zones, Unresolved):
        return open_value(pool, ZONES, zones, "two zones at least are asked")
    stated = zones if isinstance(zones, list) else []
    if len({str(zone) for zone in stated}) >= 2:
        return passed(ZONES, zones)
    told = f"only in zone {shown(stated[0])}" if stated else "in no zone (availabilityZones is not set)"
    return failed(
        f"{titled(pool)}: the nodes of a serving cluster stand {told}; one failure takes them all", ZONES, zones
    )


def _search(service: Resource) -> Outcome | None:
    if word(service.get("sku.name")) == "serverless":
        return None
    replicas = service.get(REPLICAS)
    if isinstance(replicas, Unresolved):
        return open_value(service, REPLICAS, replicas, "two replicas at least are asked, three for writes")
    count = number(1 if replicas is ABSENT else replicas)
    if count is None:
        return undecided(f"{titled(service)}: replicaCount {shown(replicas)} is no number", REPLICAS, replicas)
    if count >= 3:
        return passed(REPLICAS, replicas)
    told = f"replicaCount is {shown(replicas)}" if replicas is not ABSENT else "replicaCount is not set (1 unless told)"
    if count == 2:
        text = f"{told}: queries survive a failure, updates of indexes have no such promise (three replicas)"
        return failed(f"{titled(service)}: {text}", REPLICAS, replicas, severity="note")
    return failed(f"{titled(service)}: one failure takes the search service: {told}", REPLICAS, replicas)


def _deployment(deployment: Resource) -> Outcome | None:
    """Managed deployments: three instances, one a zone (medium). An absent capacity is one."""
    if word(deployment.get("properties.endpointComputeType")) == "kubernetes":
        return None
    count = deployment.get(INSTANCES)
    if isinstance(count, Unresolved):
        return open_value(deployment, INSTANCES, count, "three instances at least are asked, one a zone")
    if (number(1 if count is ABSENT else count) or 0) >= 3:
        return passed(INSTANCES, count)
    told = f"{shown(count)} instance(s)" if count is not ABSENT else "one instance (sku.capacity is not set)"
    text = f"serves from {told}; three are needed for one in each zone"
    return failed(f"{titled(deployment)}: {text}", INSTANCES, count, severity="medium")


def _gateway(service: Resource) -> Outcome:
    """Premium without `zones` is spread by the service; V2 tiers need `zoneRedundant`, which no stable api-version
    can state."""
    name, tier, zones = titled(service), service.get("sku.name"), service.get("zones")
    if isinstance(tier, Unresolved):
        return open_value(service, "sku.name", tier, "only some tiers can stand in several zones")
    if word(tier) in ("premium", "isolated"):
        if isinstance(zones, Unresolved):
            return open_value(service, "zones", zones, "two zones at least are asked")
        if isinstance(zones, list) and len(zones) == 1:
            return failed(f"{name}: the gateway of the models stands in zone {shown(zones[0])} only", "zones", zones)
        return passed("zones", zones)
    if word(tier) in ("standardv2", "premiumv2"):
        redundant = service.get(REDUNDANT)
        if truth(redundant):
            return distrusted(service, REDUNDANT, redundant) or passed(REDUNDANT, redundant)
        if isinstance(redundant, Unresolved):
            return open_value(service, REDUNDANT, redundant, "the tier spreads over zones only where it is asked to")
        if not service.api_version.endswith("-preview"):
            text = f"the tier {shown(tier)} needs zoneRedundant, which api-version {service.api_version} cannot state"
            return undecided(f"{name}: {text}", REDUNDANT, redundant)
        return failed(f"{name}: the tier {shown(tier)} stands in one zone without zoneRedundant", REDUNDANT, redundant)
    return failed(f"{name}: the tier {shown(tier)} of the models' gateway stands in one zone", "sku.name", tier)


def several_regions(resource: Resource, inventory: Inventory, _parameters: Mapping[str, Any]) -> Outcome | None:
    """One row a workload, at its first serving resource with the tag criticality `critical`: what serves stands in
    two regions."""
    if "several regions" not in inventory.memo:
        inventory.memo["several regions"] = _regions(inventory)
    anchor, outcome = inventory.memo["several regions"]
    return outcome if resource is anchor else None


def _regions(inventory: Inventory) -> tuple[Resource | None, Outcome | None]:
    if not ai_workload(inventory):
        return None, None
    serving = [one for one in inventory.of_type(*_SERVING) if one.type_key != CLUSTER or ai_resource(one, inventory)]
    critical = [one for one in serving if word(tag(one, "criticality", inventory)) == "critical"]
    if not critical:
        return None, None
    places = {where for one in serving if (where := region(one, inventory))}
    known = {where for where in places if isinstance(where, str)}
    if len(known) > 1:
        return critical[0], passed("location")
    if len(places) > 1 or not known:
        return critical[0], undecided(
            f"{titled(critical[0])}: whether what serves stands in two regions is open", "location"
        )
    where = next(iter(known))
    return critical[0], failed(
        f"{titled(critical[0])}: a critical workload serves from {where} only", "location", where
    )
