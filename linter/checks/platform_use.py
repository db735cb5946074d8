"""Does anybody use a platform for exploration?

Sources, read 2026-11-24: `linter.usage` (jobs of a live scan); Azure.Bicep.Types.Az 0.2.972 (`lastOperation` of a
compute instance, which starts without a job when somebody works in a notebook).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linter.checks.outcomes import failed, passed, titled, undecided, word
from linter.facts.resources import WORKSPACE
from linter.kinship import below
from linter.model import Inventory, Outcome, Resource
from linter.open_ids import same_id
from linter.usage import job_list, jobs_of, moment, window

ENDPOINTS = (f"{WORKSPACE}/onlineEndpoints", f"{WORKSPACE}/batchEndpoints", f"{WORKSPACE}/serverlessEndpoints")
LAST = "properties.properties.lastOperation.operationTime"
_WHY_NOT = {
    "cut": "its list of jobs is too long to be read whole",
    "failed": "its jobs could not be read",
    "legacy": "v1LegacyMode hides its jobs",
}


def used(workspace: Resource, inventory: Inventory, _parameters: Mapping[str, Any]) -> Outcome | None:
    """Judged: workspaces with clusters or instances and without endpoints. A job in the window, or an instance started
    in it, is use; only a list of jobs that was read whole shows that there was none."""
    computes = [
        one
        for one in below(workspace, f"{WORKSPACE}/computes", inventory)
        if word(one.get("properties.computeType")) in ("amlcompute", "computeinstance")
    ]
    if not computes or any(below(workspace, kind, inventory) for kind in ENDPOINTS):
        return None
    name, told = titled(workspace), window(inventory.usage)
    if told is None or not isinstance(workspace.id, str):
        return undecided(f"{name}: whether anybody uses its computes is shown by a live scan only")
    since, until = told
    spaces = [workspace.id, *_projects(workspace, inventory)]
    if any(jobs_of(inventory.usage, space) for space in spaces):
        return passed()
    for compute in computes:
        started = moment(compute.get(LAST))
        if started is not None and started >= since:
            return passed()
    lists = [job_list(inventory.usage, space) for space in spaces]
    listed = next((one for one in lists if one != "whole"), "whole")
    if listed != "whole":
        why = _WHY_NOT.get(listed, "its jobs were not read")
        return undecided(f"{name}: whether anybody used its computes is not known: {why}")
    if inventory.may_hold(*ENDPOINTS, of=workspace.id):
        return undecided(f"{name}: no run in the window, but its endpoints could not be read")
    days = max(1, round((until - since).total_seconds() / 86400))
    names = ", ".join(titled(one) for one in computes[:3]) + (" …" if len(computes) > 3 else "")
    return failed(f"{name}: platform that nobody uses: no run in {days} days on its computes ({names})")


def _projects(hub: Resource, inventory: Inventory) -> list[str]:
    """The ids of the projects that run their jobs on the computes of a hub."""
    named = hub.get("properties.associatedWorkspaces")
    told = [one for one in named if isinstance(one, str)] if isinstance(named, list) else []
    spaces = inventory.of_type(WORKSPACE)
    found = [one.id for one in spaces if isinstance(one.id, str) and same_id(one.get("properties.hubResourceId"), hub)]
    return list(dict.fromkeys(one.lower().rstrip("/") for one in (*told, *found)))
