"""Is an orchestrator hosted by hand where a managed one would do?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linter.checks.orchestrator_hosts import managed_services, self_built
from linter.checks.outcomes import failed, passed, titled, undecided, unseen
from linter.model import Inventory, Outcome, Resource


def off_the_shelf(resource: Resource, inventory: Inventory, _parameters: Mapping[str, Any]) -> Outcome | None:
    """A host of a framework passes in a workload that has the managed service beside it."""
    path, why = self_built(resource, inventory)
    if not why:
        return None
    if "managed orchestration" not in inventory.memo:
        inventory.memo["managed orchestration"] = list(managed_services(inventory))
    found: list[Resource] = inventory.memo["managed orchestration"]
    if any(one.condition is None for one in found):
        return passed(path)
    hidden = f"whether {titled(found[0])} is deployed is open" if found else ""
    hidden = hidden or unseen(inventory, "a managed flow or agent service")
    if hidden:
        return undecided(f"{titled(resource)}: {why}; {hidden}", path)
    text = "and the workload has no managed flow or agent service: patching, scaling and tracing it are yours"
    return failed(f"{titled(resource)}: {why}, {text}", path)
