"""Does the compute behind a batch endpoint stop between runs, and may it be taken away during one?

Sources, read 2026-11-24: https://learn.microsoft.com/azure/machine-learning/reference-yaml-compute-aml (a minimum
above 0 keeps nodes running); Azure.Bicep.Types.Az 0.2.972 (`compute` is a text, in 2021-03-01-preview an object with
`target`; `vmPriority` LowPriority).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linter.checks.outcomes import failed, number, open_value, passed, shown, titled, truth, undecided, word
from linter.facts.resources import CLUSTER, POOL, WORKSPACE
from linter.inventory import parent
from linter.model import ABSENT, Absent, Inventory, Outcome, Related, Resource, Unresolved, Value
from linter.open_ids import same_id

COMPUTES = f"{WORKSPACE}/computes"
COMPUTE, LEAST = "properties.compute", "properties.properties.scaleSettings.minNodeCount"
BATCH = "Microsoft.MachineLearningServices/workspaces/batchEndpoints/deployments"


def stops(deployment: Resource, inventory: Inventory, _parameters: Mapping[str, Any]) -> Outcome | None:
    """A cluster with minimum 0 stops; so does a Kubernetes cluster with an autoscaled user pool. What is not in view
    is open."""
    path, named = compute_of(deployment)
    if named is ABSENT:
        return None
    if isinstance(named, Unresolved) and named_compute(deployment, inventory) is None:
        return open_value(deployment, path, named, "the compute behind it must be able to reach zero nodes")
    compute = named_compute(deployment, inventory)
    if compute is None:
        return undecided(f"{titled(deployment)}: runs on {shown(named)}, which is not in view", path, named)
    kind = word(compute.get("properties.computeType"))
    if kind == "amlcompute":
        return _cluster(deployment, compute, path, named)
    if kind in ("kubernetes", "aks"):
        return _kubernetes(deployment, compute, inventory)
    return undecided(
        f"{titled(deployment)}: whether its compute {titled(compute)} ever stops is not known",
        path,
    )


def compute_of(deployment: Resource) -> tuple[str, Value | Absent]:
    """Where a batch deployment names its compute, and what it names."""
    value = deployment.get(COMPUTE)
    return (f"{COMPUTE}.target", deployment.get(f"{COMPUTE}.target")) if isinstance(value, dict) else (COMPUTE, value)


def named_compute(deployment: Resource, inventory: Inventory) -> Resource | None:
    """The compute that a deployment (or an online endpoint) names: by id, by an equal open id, or by its name in the
    same workspace."""
    _, named = compute_of(deployment)
    if isinstance(named, Unresolved):
        return next((one for one in inventory.of_type(COMPUTES) if same_id(named, one)), None)
    if not isinstance(named, str):
        return None
    if "/" in named:
        return inventory.by_id(named)
    plain = named.lower().removeprefix("azureml:")
    prefix = (
        deployment.id.lower().partition("/batchendpoints/")[0].partition("/onlineendpoints/")[0]
        if isinstance(deployment.id, str)
        else "?"
    )
    return inventory.by_id(f"{prefix}/computes/{plain}")


def _cluster(deployment: Resource, compute: Resource, path: str, named: Value | Absent) -> Outcome:
    least = compute.get(LEAST)
    related = [Related(f"the compute cluster {titled(compute)}", compute, LEAST)]
    if isinstance(least, Unresolved):
        text = f"{titled(deployment)}: the minimum of its cluster {titled(compute)} is {shown(least)}, which is open"
        return undecided(text, path, named, related=related)
    if (number(least) or 0) <= 0:
        return passed(path, named)
    text = f"runs on the cluster {titled(compute)}, which keeps {shown(least)} node(s) between runs (minNodeCount)"
    return failed(f"{titled(deployment)}: {text}", path, named, related=related)


def attached_cluster(compute: Resource, inventory: Inventory) -> Resource | None:
    """The AKS cluster that a Kubernetes compute of a workspace stands for."""
    named = compute.get("properties.resourceId")
    if isinstance(named, Unresolved):
        return next((one for one in inventory.of_type(CLUSTER) if same_id(named, one)), None)
    return inventory.by_id(named) if isinstance(named, str) else None


def pools_of(cluster: Resource, inventory: Inventory) -> list[Resource]:
    return [pool for pool in inventory.of_type(POOL) if parent(pool, inventory) is cluster]


def _kubernetes(deployment: Resource, compute: Resource, inventory: Inventory) -> Outcome:
    """Always on = no user pool of the attached cluster has autoscaling."""
    cluster = attached_cluster(compute, inventory)
    if cluster is None:
        return undecided(
            f"{titled(deployment)}: the Kubernetes cluster behind {titled(compute)} is not in view", COMPUTE
        )
    users = [pool for pool in pools_of(cluster, inventory) if word(pool.get("properties.mode")) != "system"]
    scaled = [pool.get("properties.enableAutoScaling") for pool in users]
    if any(truth(value) for value in scaled):
        return passed(COMPUTE)
    if any(isinstance(value, Unresolved) for value in scaled):
        return undecided(
            f"{titled(deployment)}: whether a pool of {titled(cluster)} scales is known only when it is deployed",
            COMPUTE,
        )
    related = [Related(f"the cluster {titled(cluster)} has no user pool with autoscaling", cluster)]
    message = f"{titled(deployment)}: runs on {titled(cluster)}, of whose user pools none follows load"
    return failed(message, COMPUTE, deployment.get(COMPUTE), related=related)
