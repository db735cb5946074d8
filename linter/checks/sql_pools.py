"""Does anything pause a dedicated SQL pool?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linter.checks.outcomes import failed, passed, titled, undecided, unseen, word
from linter.inventory import leaves
from linter.model import Inventory, Outcome, Resource, Unresolved, dig, member

WORKFLOWS = "Microsoft.Logic/workflows"
JOBS = "Microsoft.Automation/automationAccounts/jobSchedules"


def paused(pool: Resource, inventory: Inventory, _parameters: Mapping[str, Any]) -> Outcome | None:
    """A recurring logic app that calls the pool's `pause`, or an Automation job schedule whose runbook pauses and
    that names the pool."""
    name = pool.name.rpartition("/")[2].lower() if isinstance(pool.name, str) else ""
    opened = False
    for caller in inventory.of_type(WORKFLOWS, JOBS):
        texts = [value.expression if isinstance(value, Unresolved) else value for _, value in leaves(caller.body)]
        joined = " ".join(str(text) for text in texts if isinstance(text, str)).lower()
        if "pause" not in joined or (caller.type_key == WORKFLOWS.lower() and not _recurs(caller)):
            continue
        if name and name in joined:
            return passed()
        opened = opened or any(isinstance(value, Unresolved) for _, value in leaves(caller.body))
    if opened:
        return undecided(f"{titled(pool)}: which pool the schedule pauses is known only when it is deployed")
    hidden = unseen(inventory, "a pause schedule")
    if hidden:
        return undecided(f"{titled(pool)}: {hidden}")
    return failed(
        f"{titled(pool)}: dedicated SQL pool that nothing in the workload pauses; it is paid for around the clock"
    )


def _recurs(workflow: Resource) -> bool:
    triggers = dig(workflow.body, ("properties", "definition", "triggers"))
    return isinstance(triggers, dict) and any(word(member(one, "type")) == "recurrence" for one in triggers.values())
