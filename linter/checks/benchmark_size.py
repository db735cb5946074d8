"""Is a size in use one that the workload's benchmark chose?

Source: Azure.Bicep.Types.Az 0.2.972, read 2026-11-24: where each resource keeps its size; a managed online deployment
without `instanceType` gets Standard_F4s_v2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from linter.checks.ai_workload import gpu_pool, pool_sizes
from linter.checks.gpu_purpose import gpu_machine
from linter.checks.outcomes import failed, open_value, passed, shown, titled, word
from linter.checks.training_jobs import COMPUTES, job_of
from linter.facts.resources import POOL, WORKSPACE
from linter.inventory import tag, tag_path
from linter.model import ABSENT, Absent, Inventory, Outcome, Resource, Unresolved, Value

DEPLOYMENTS = f"{WORKSPACE}/onlineendpoints/deployments"
DEFAULT = "Standard_F4s_v2"
MACHINES = ("microsoft.compute/", "microsoft.batch/")


def chosen(resource: Resource, inventory: Inventory, _parameters: Mapping[str, Any]) -> Outcome | None:
    """Judged: clusters, jobs, managed online deployments, GPU pools and machines, of a workload (by its tag, else its
    name) that the configuration has a benchmark for."""
    benchmarks = {name.lower(): list(sizes) for name, sizes in inventory.settings.benchmarks.items()}
    if not benchmarks:
        return None
    sizes = list(_sizes(resource))
    if not sizes:
        return None
    workload = tag(resource, "workload", inventory)
    opened = all(isinstance(size, Unresolved) for _, size in sizes)
    if isinstance(workload, Unresolved) and opened and resource.type_key.startswith(MACHINES):
        return None  # a machine of open size in a workload of open name: nothing says that it has a GPU or a benchmark
    if isinstance(workload, Unresolved):
        path = tag_path(resource, "workload", inventory)
        return open_value(resource, path, workload, "its benchmark decides which sizes it may have")
    key = word(workload) if word(workload) in benchmarks else inventory.name.lower()
    if key not in benchmarks:
        return None
    wanted = {size.lower() for size in benchmarks[key]}
    listed = ", ".join(benchmarks[key])
    for path, size in sizes:
        if isinstance(size, str) and size.lower() not in wanted:
            told = f"{shown(size)}" + (" (the default)" if resource.get(path) is ABSENT else "")
            text = f"has the size {told}; the benchmark of {key} chose {listed}"
            return failed(f"{titled(resource)}: {text}", path, resource.get(path))
    for path, size in sizes:
        if isinstance(size, Unresolved):
            return open_value(resource, path, size, f"the benchmark of {key} chose {listed}")
    return passed(*sizes[0])


def _sizes(resource: Resource) -> Iterator[tuple[str, Value | Absent]]:
    """(path, size) of what the resource runs on; nothing where it is no subject."""
    key = resource.type_key
    if key == COMPUTES:
        if word(resource.get("properties.computeType")) == "amlcompute":
            yield "properties.properties.vmSize", resource.get("properties.properties.vmSize")
    elif key == POOL:
        if gpu_pool(resource)[0] is not False:
            yield from pool_sizes(resource)
    elif key == DEPLOYMENTS:
        if word(resource.get("properties.endpointComputeType")) in ("", "managed"):
            size = resource.get("properties.instanceType")
            yield "properties.instanceType", DEFAULT if size is ABSENT else size
    elif (job := job_of(resource)) is not None:
        size = resource.get(f"{job.run}.resources.instanceType")
        if size is not ABSENT:
            yield f"{job.run}.resources.instanceType", size
    elif key.startswith(MACHINES):
        found, path, size = gpu_machine(resource)
        if found is not False:
            yield path, size
