"""Does multi-node GPU training run on sizes with InfiniBand?

Sources, read 2026-11-24: `linter.facts.gpu` (RDMA sizes); Azure.Bicep.Types.Az 0.2.972 (`resources.instanceCount`, in a
sweep under `trial`; fine-tuning jobs list `instanceTypes`);
https://learn.microsoft.com/azure/machine-learning/reference-yaml-job-command (`instance_count` is 1 unless told).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linter.checks.outcomes import failed, number, open_value, passed, shown, titled, undecided, word
from linter.checks.training_jobs import COMPUTES, Job, job_compute, job_of, serverless
from linter.facts.gpu import gpu_size, rdma_size
from linter.model import ABSENT, Absent, Inventory, Outcome, Resource, Unresolved, Value

SIZE, MOST = "properties.properties.vmSize", "properties.properties.scaleSettings.maxNodeCount"


def fast_network(resource: Resource, inventory: Inventory, _parameters: Mapping[str, Any]) -> Outcome | None:
    """Judged: clusters that may have several nodes, and jobs of several nodes on serverless compute or on one that is
    not in view (a job on a cluster in view is mended there)."""
    if resource.type_key == COMPUTES:
        if word(resource.get("properties.computeType")) != "amlcompute":
            return None
        return _judged(resource, MOST, resource.get(MOST), [(SIZE, resource.get(SIZE))], "cluster")
    job = job_of(resource)
    if job is None or job.kind == "spark" or job_compute(resource, job, inventory) is not None:
        return None
    return _job(resource, job)


def _job(resource: Resource, job: Job) -> Outcome | None:
    path = f"{job.run}.resources.instanceCount"
    count = resource.get(path)
    count = 1 if count is ABSENT else count
    many = f"{job.run}.resources.instanceTypes"
    listed = resource.get(many)
    sizes: list[tuple[str, Value | Absent]] = (
        [(f"{many}[{index}]", size) for index, size in enumerate(listed)]
        if isinstance(listed, list)
        else [(f"{job.run}.resources.instanceType", resource.get(f"{job.run}.resources.instanceType"))]
    )
    if all(size is ABSENT for _, size in sizes):
        nodes = number(count)
        if nodes is not None and nodes <= 1:
            return None
        if serverless(resource, job):
            return None  # serverless compute of no stated size has no GPU
        return undecided(f"{titled(resource)}: {shown(count)} nodes on compute that is not in view", path, count)
    return _judged(resource, path, count, sizes, "job")


def _judged(
    resource: Resource, path: str, count: Value | Absent, sizes: list[tuple[str, Value | Absent]], what: str
) -> Outcome | None:
    sizes = [(at, size) for at, size in sizes if gpu_size(size) is not False]
    if not sizes:
        return None
    nodes = number(count)
    if nodes is not None and nodes <= 1:
        return passed(path, count)
    slow = next(((at, size) for at, size in sizes if rdma_size(size) is False), None)
    if slow is not None and nodes is not None:
        text = f"{what} of up to {nodes:g} GPU nodes" if what == "cluster" else f"{what} on {nodes:g} GPU nodes"
        text += f" of {shown(slow[1])}, a size without InfiniBand (no 'r' in its name): the nodes wait for each other"
        return failed(f"{titled(resource)}: {text}", *slow)
    opened = next(((at, size) for at, size in sizes if isinstance(size, Unresolved)), None)
    if opened is not None:
        return open_value(resource, *opened, "several GPU nodes need a size with InfiniBand")
    if slow is not None:
        return open_value(resource, path, count, f"several nodes of {shown(slow[1])} have no InfiniBand")
    return passed(*sizes[0])
