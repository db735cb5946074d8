"""Does a GPU node pool follow load?

Sources, read 2026-11-24: https://learn.microsoft.com/azure/aks/cluster-autoscaler-overview,
https://learn.microsoft.com/azure/aks/what-is-aks (scaling is by hand unless the autoscaler is turned on);
Azure.Bicep.Types.Az 0.2.972 (`count` is 1 by default; `virtualMachinesProfile.scale.manual` scales "to a fixed size";
for a pool of type `VirtualMachines` `enableAutoScaling` says nothing).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linter.checks.ai_workload import gpu_pool, scale_profiles
from linter.checks.outcomes import failed, number, open_value, passed, shown, titled, truth, undecided, word
from linter.facts.gpu import gpu_size
from linter.inventory import tag
from linter.model import ABSENT, Inventory, Outcome, Resource, Unresolved, member

AUTO = "properties.enableAutoScaling"


def elasticity(pool: Resource, inventory: Inventory, parameters: Mapping[str, Any]) -> Outcome | None:
    """A GPU pool follows load with the autoscaler on and a minimum below its maximum; one tagged for batch must reach
    zero (a note). An absent `enableAutoScaling` is false."""
    has_gpu, path, size = gpu_pool(pool)
    if has_gpu is False:
        return None
    if word(pool.get("properties.type")) == "virtualmachines":
        outcome = _profiles(pool)
    else:
        outcome = _autoscaled(pool) or _batch(pool, inventory, parameters) or passed(AUTO, True)
    if has_gpu is None and outcome.verdict != "pass":
        return open_value(pool, path, size, "if that is a GPU size, the pool does not surely follow load")
    return outcome


def _autoscaled(pool: Resource) -> Outcome | None:
    """The fault of a pool of one size; None where it follows load."""
    name, auto = titled(pool), pool.get(AUTO)
    ranged = _range(pool, "properties.minCount", "properties.maxCount")
    if isinstance(auto, Unresolved):
        if ranged is not None and ranged.verdict == "fail":
            return ranged  # fixed with the autoscaler on, and fixed with it off
        return open_value(pool, AUTO, auto, "without the autoscaler the pool keeps its nodes whatever the load")
    if not truth(auto):
        count = pool.get("properties.count")
        nodes = "its nodes" if isinstance(count, Unresolved) else f"{shown(1 if count is ABSENT else count)} node(s)"
        reason = "enableAutoScaling is not set (off unless told)" if auto is ABSENT else f"{AUTO} is {shown(auto)}"
        return failed(f"{name}: GPU node pool keeps {nodes} whatever the load: {reason}", AUTO, auto)
    return ranged


def _range(pool: Resource, low_path: str, high_path: str) -> Outcome | None:
    low, high = pool.get(low_path), pool.get(high_path)
    if low == high and low is not ABSENT:
        what = f"minCount = maxCount = {shown(low)}"
        return failed(f"{titled(pool)}: GPU node pool cannot follow load: {what}", high_path, high)
    for path, value in ((low_path, low), (high_path, high)):
        if isinstance(value, Unresolved):
            return open_value(pool, path, value, "the minimum must be below the maximum")
    least, most = number(low), number(high)
    if least is None or most is None:
        return undecided(f"{titled(pool)}: the autoscaler is on but its bounds are not both stated", low_path, low)
    if least >= most:
        return failed(
            f"{titled(pool)}: GPU node pool cannot follow load: {shown(low)} to {shown(high)}", high_path, high
        )
    return None


def _batch(pool: Resource, inventory: Inventory, parameters: Mapping[str, Any]) -> Outcome | None:
    """A note where a user pool for batch never gives back its last nodes."""
    purpose = tag(pool, "processing", inventory)
    least = pool.get("properties.minCount")
    if (
        word(purpose) not in {str(value).lower() for value in parameters["batch"]}
        or word(pool.get("properties.mode")) == "system"
    ):
        return None
    if (number(least) or 0) <= 0:
        return None
    message = (
        f"{titled(pool)}: GPU node pool for batch keeps {shown(least)} node(s) between runs; minCount 0 gives them back"
    )
    return failed(message, "properties.minCount", least, severity="note")


def _profiles(pool: Resource) -> Outcome:
    """A pool of type `VirtualMachines`: every GPU size must stand in `scale.autoscale` with room to move."""
    opened: Outcome | None = None
    for path, size, profile in scale_profiles(pool):
        if gpu_size(size) is False:
            continue
        at = path.rpartition(".size")[0] or path
        if isinstance(profile, Unresolved) or isinstance(size, Unresolved):
            opened = open_value(pool, path, size, "GPU sizes must be scaled by the autoscaler")
        elif ".manual" in path:
            count = member(profile, "count")
            return failed(
                f"{titled(pool)}: GPU size {shown(size)} is scaled by hand to {shown(count)} node(s)", path, size
            )
        else:
            fault = _range(pool, f"{at}.minCount", f"{at}.maxCount")
            if fault is not None and fault.verdict == "fail":
                return fault
            opened = opened or fault
    return opened or passed("properties.virtualMachinesProfile")
