"""How far the resources of a workload say that they will scale: cores by family and region, capacity of models.

Sources, read 2026-11-24: `linter.facts.gpu` (cores and quota family of a size); Azure.Bicep.Types.Az 0.2.972 (an AKS
pool's `count` is 1 by default; before 2023-05-01 a model deployment's capacity stands in `scaleSettings`);
https://learn.microsoft.com/azure/quotas/spot-quota (spot cores have a quota of their own);
https://learn.microsoft.com/azure/machine-learning/how-to-create-compute-instance (instances take from
the quota of clusters).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from linter.checks.ai_workload import gpu_pool, pool_sizes, scale_profiles
from linter.checks.model_capacity import DEPLOYMENTS, MODEL, kind_of
from linter.checks.outcomes import number, truth, word
from linter.checks.places import place
from linter.checks.training_jobs import COMPUTES
from linter.facts import gpu
from linter.facts.resources import POOL
from linter.inventory import parent
from linter.model import ABSENT, Absent, Inventory, Resource, Unresolved, Value, member

LEARNING, COMPUTE, MODELS = "machine-learning", "compute", "cognitive-services"


class Demand(NamedTuple):
    """What one resource may take of a quota. `amount` is None where its maximum or size is not known; `sums` says how
    it comes about; `low`: spot or low-priority cores, None where that is open."""

    resource: Resource
    provider: str
    family: str
    sku: str
    model: str
    region: str | Unresolved
    low: bool | None
    amount: float | None
    sums: str
    path: str
    observed: Value | Absent


def demands(inventory: Inventory) -> list[Demand]:
    if "demands" not in inventory.memo:
        computes = inventory.of_type(COMPUTES)
        found = [_cluster(one, inventory) for one in computes if _kind(one) == "amlcompute"]
        found += [_instance(one, inventory) for one in computes if _kind(one) == "computeinstance"]
        for pool in _ai_pools(inventory):
            found += _pool(pool, inventory)
        found += [_model(one, inventory) for one in inventory.of_type(DEPLOYMENTS)]
        inventory.memo["demands"] = found
    kept: list[Demand] = inventory.memo["demands"]
    return kept


def _kind(compute: Resource) -> str:
    return word(compute.get("properties.computeType"))


def _ai_pools(inventory: Inventory) -> list[Resource]:
    """All pools of a cluster that has a GPU pool, and GPU pools whose cluster is not in view."""
    hosts = [(pool, parent(pool, inventory), bool(gpu_pool(pool)[0])) for pool in inventory.of_type(POOL)]
    clusters = {id(cluster) for _, cluster, has_gpu in hosts if has_gpu and cluster is not None}
    return [pool for pool, cluster, has_gpu in hosts if has_gpu or (cluster is not None and id(cluster) in clusters)]


def _cluster(compute: Resource, inventory: Inventory) -> Demand:
    inner = "properties.properties"
    path = f"{inner}.scaleSettings.maxNodeCount"
    priority = compute.get(f"{inner}.vmPriority")
    low = None if isinstance(priority, Unresolved) else word(priority) == "lowpriority"
    return _cores(compute, inventory, LEARNING, compute.get(f"{inner}.vmSize"), path, compute.get(path), low)


def _instance(compute: Resource, inventory: Inventory) -> Demand:
    """A compute instance is one node, and takes its cores also while it is stopped."""
    path = "properties.properties.vmSize"
    return _cores(compute, inventory, LEARNING, compute.get(path), path, 1, False)


def _pool(pool: Resource, inventory: Inventory) -> Iterator[Demand]:
    priority = pool.get("properties.scaleSetPriority")
    low = None if isinstance(priority, Unresolved) else word(priority) in ("spot", "low")
    if word(pool.get("properties.type")) == "virtualmachines":
        for path, size, profile in scale_profiles(pool):
            leaf = "count" if ".manual" in path else "maxCount"
            base = path.rpartition(".size")[0] or path
            count = profile if isinstance(profile, Unresolved) else member(profile, leaf)
            yield _cores(pool, inventory, COMPUTE, size, f"{base}.{leaf}", count, low)
        return
    auto = pool.get("properties.enableAutoScaling")
    path = "properties.maxCount" if truth(auto) else "properties.count"
    count = auto if isinstance(auto, Unresolved) else pool.get(path)
    if count is ABSENT and not truth(auto):
        count = 1
    for _, size in pool_sizes(pool):
        yield _cores(pool, inventory, COMPUTE, size, path, count, low)


def _cores(
    resource: Resource, inventory: Inventory, provider: str, size: Value | Absent, path: str, count: Value | Absent,
    low: bool | None,
) -> Demand:  # fmt: skip
    where = place(resource, inventory)
    family, each = _size(size, where, inventory)
    nodes = number(count)
    amount = nodes * each if nodes is not None and each is not None else None
    sums = f"{nodes:g} x {each:g} = {amount:g} cores of {size}" if amount is not None else ""
    return Demand(resource, provider, family, "", "", where, low, amount, sums, path, count)


def _size(size: Value | Absent, where: str | Unresolved, inventory: Inventory) -> tuple[str, float | None]:
    """(quota family, cores) of a size: as the scan lists it, else as its name says."""
    if not isinstance(size, str):
        return "", None
    for listed in inventory.usage.get("sizes", ()):
        if listed.get("name") == size.lower() and listed.get("region") == where:
            return str(listed.get("family") or gpu.family(size)), number(listed.get("cores"))
    return gpu.family(size), gpu.cores(size)


def _model(deployment: Resource, inventory: Inventory) -> Demand:
    path = "sku.capacity"
    value = deployment.get(path)
    if value is ABSENT and deployment.get("properties.scaleSettings.capacity") is not ABSENT:
        path = "properties.scaleSettings.capacity"
        value = deployment.get(path)
    sku, model = kind_of(deployment)[1], deployment.get(MODEL)
    known = isinstance(sku, str) and isinstance(model, str)
    amount = number(value) if known else None
    return Demand(
        deployment, MODELS, "", word(sku), word(model), place(deployment, inventory), False, amount,
        f"a capacity of {amount:g}" if amount is not None else "", path, value,
    )  # fmt: skip
