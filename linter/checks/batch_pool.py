"""Does a Batch pool with GPUs give its nodes back?

Source: Azure.Bicep.Types.Az 0.2.972, read 2026-11-24: without `scaleSettings` a pool has "a fixed scale with 0
targetDedicatedNodes"; `fixedScale` and `autoScale` exclude each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linter.checks.ai_workload import ai_workload
from linter.checks.gpu_purpose import gpu_machine
from linter.checks.outcomes import failed, number, open_value, passed, shown, titled
from linter.model import ABSENT, Inventory, Outcome, Resource, Unresolved

FIXED = "properties.scaleSettings.fixedScale"
NODES = (f"{FIXED}.targetDedicatedNodes", f"{FIXED}.targetLowPriorityNodes")


def transient(pool: Resource, inventory: Inventory, _parameters: Mapping[str, Any]) -> Outcome | None:
    """A GPU pool may have no fixed nodes, dedicated and low-priority together. A pool of open size is judged in an AI
    workload only."""
    has_gpu, size_path, size = gpu_machine(pool)
    if has_gpu is False or (has_gpu is None and not ai_workload(inventory)):
        return None
    outcome = _fixed(pool, size)
    if has_gpu is None and outcome.verdict == "fail":
        return open_value(pool, size_path, size, "if that is a GPU size, the pool keeps GPU nodes whatever the load")
    return outcome


def _fixed(pool: Resource, size: Any) -> Outcome:
    values = [(path, pool.get(path)) for path in NODES]
    total = sum(number(value) or 0 for _, value in values)
    if total > 0:
        path, value = next((path, value) for path, value in values if (number(value) or 0) > 0)
        text = f"Batch pool keeps {total:g} GPU node(s) ({shown(size)}) whatever the load: fixedScale"
        return failed(f"{titled(pool)}: {text}; an autoScale formula lets it reach zero", path, value)
    for path, value in values:
        if isinstance(value, Unresolved):
            return open_value(pool, path, value, "a fixed number of GPU nodes is paid for whatever the load")
    scale = pool.get("properties.scaleSettings")
    return passed("properties.scaleSettings", scale if scale is not ABSENT else ABSENT)
