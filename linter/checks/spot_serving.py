"""Is something that serves on capacity that may be taken away?

Sources, read 2026-11-24: https://learn.microsoft.com/azure/aks/spot-node-pool (no SLA; nodes are evicted when Azure
needs them); Azure.Bicep.Types.Az 0.2.972 (`scaleSetPriority` Spot, and Low until 2020-03-01; `vmPriority`
LowPriority; `priority` of VMs and container groups).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linter.checks.ai_workload import gpu_pool
from linter.checks.batch_compute import BATCH, COMPUTES, attached_cluster, named_compute, pools_of
from linter.checks.outcomes import failed, open_value, passed, shown, titled, undecided, word
from linter.checks.pods import asks_for_gpu
from linter.facts.resources import POOL
from linter.inventory import is_production, parent, role
from linter.model import Inventory, Outcome, Related, Resource, Unresolved

PRIORITY = "properties.scaleSetPriority"
SERVING_ROLES = ("inference", "serving")
EVICTABLE = ("spot", "low", "spotplus")
_SERVING_KINDS = ("apps/Deployment", "apps/StatefulSet", "apps/ReplicaSet")


def evictable(resource: Resource, inventory: Inventory, _parameters: Mapping[str, Any]) -> Outcome | None:
    """Judged: GPU pools that serve, clusters behind a batch endpoint in production, machines and container groups
    with a serving role."""
    if resource.type_key == POOL:
        return _pool(resource, inventory)
    if resource.type_key == COMPUTES:
        return _cluster(resource, inventory)
    if role(resource, inventory) not in SERVING_ROLES:
        return None
    path = (
        "properties.virtualMachineProfile.priority"
        if resource.type_key.endswith("scalesets")
        else "properties.priority"
    )
    value = resource.get(path)
    if isinstance(value, Unresolved):
        return open_value(resource, path, value, "Spot capacity may be taken away while it serves")
    if word(value) not in EVICTABLE:
        return passed(path, value)
    return failed(
        f"{titled(resource)}: serves on capacity that Azure may take away at any time: priority is {shown(value)}",
        path,
        value,
    )


def _pool(pool: Resource, inventory: Inventory) -> Outcome | None:
    priority = pool.get(PRIORITY)
    has_gpu = gpu_pool(pool)[0]
    if has_gpu is False or (word(priority) not in EVICTABLE and not isinstance(priority, Unresolved)):
        return None
    cluster = parent(pool, inventory)
    serves = _served(cluster, inventory)
    if not serves:
        return None
    if has_gpu is None or isinstance(priority, Unresolved):
        return open_value(pool, PRIORITY, priority, f"{serves[0].message} and may be evicted")
    others = (
        [one for one in pools_of(cluster, inventory) if gpu_pool(one)[0] and word(one.get(PRIORITY)) not in EVICTABLE]
        if cluster
        else []
    )
    if others:
        text = f"{titled(pool)}: spot GPU pool of a cluster that serves"
        text += f"; whether serving runs on it or on {titled(others[0])} is not known"
        return undecided(text, PRIORITY, priority, related=serves)
    return failed(
        f"{titled(pool)}: {serves[0].message} on spot nodes, which Azure may take away at any time",
        PRIORITY,
        priority,
        related=serves,
    )


def endpoints_on(cluster: Resource | None, inventory: Inventory) -> list[Resource]:
    """The online endpoints whose compute is this AKS cluster."""
    found = []
    for endpoint in inventory.of_type("Microsoft.MachineLearningServices/workspaces/onlineEndpoints"):
        compute = named_compute(endpoint, inventory)
        if cluster is not None and compute is not None and attached_cluster(compute, inventory) is cluster:
            found.append(endpoint)
    return found


def _served(cluster: Resource | None, inventory: Inventory) -> list[Related]:
    """What serves on this cluster: an online endpoint attached to it, or manifests that ask for a GPU and are no
    jobs."""
    found = [Related(f"the online endpoint {titled(one)} runs", one) for one in endpoints_on(cluster, inventory)]
    serving = [manifest for manifest in inventory.of_type(*_SERVING_KINDS) if asks_for_gpu(manifest)]
    return found + [Related(f"{titled(manifest)} serves", manifest) for manifest in serving]


def _cluster(compute: Resource, inventory: Inventory) -> Outcome | None:
    """A low-priority cluster behind a batch endpoint, in production (medium)."""
    path = "properties.properties.vmPriority"
    priority = compute.get(path)
    if word(priority) != "lowpriority" and not isinstance(priority, Unresolved):
        return None
    behind = [one for one in inventory.of_type(BATCH) if named_compute(one, inventory) is compute]
    produces = is_production(compute, inventory)
    if not behind or produces is False:
        return None
    related = [Related(f"the batch deployment {titled(one)} runs on it", one) for one in behind]
    if isinstance(priority, Unresolved) or produces is None:
        return open_value(compute, path, priority, "low-priority nodes may be taken away during a production run")
    text = "low-priority nodes, which Azure may take away during a run, serve a batch endpoint in production"
    return failed(f"{titled(compute)}: {text}", path, priority, severity="medium", related=related)
