"""Does anything pause a dedicated SQL pool?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from linter.checks.outcomes import failed, passed, titled, undecided, unseen, word
from linter.inventory import leaves
from linter.model import Inventory, Outcome, Resource, Unresolved, dig, member
from linter.open_ids import last_name

WORKFLOWS = "Microsoft.Logic/workflows"
JOBS = "Microsoft.Automation/automationAccounts/jobSchedules"
TRIGGERS, PIPELINES = "Microsoft.Synapse/workspaces/triggers", "Microsoft.Synapse/workspaces/pipelines"
_CALL = re.compile(r"sqlpools/([\w-]+)/pause")


def paused(pool: Resource, inventory: Inventory, _parameters: Mapping[str, Any]) -> Outcome | None:
    """A recurring logic app or a Synapse schedule trigger that calls the pool's `pause`, or an Automation job schedule
    whose runbook pauses and that names the pool."""
    name = last_name(pool)
    opened = False
    for bodies in _callers(inventory):
        values = [value for body in bodies for _, value in leaves(body)]
        texts = [value.expression if isinstance(value, Unresolved) else value for value in values]
        joined = " ".join(str(text) for text in texts if isinstance(text, str)).lower()
        if "pause" not in joined:
            continue
        if name and _named(name, joined):
            return passed()
        opened = opened or not name or any(isinstance(value, Unresolved) for value in values)
    if opened:
        return undecided(f"{titled(pool)}: which pool the schedule pauses is known only when it is deployed")
    hidden = unseen(inventory, "a pause schedule")
    if hidden:
        return undecided(f"{titled(pool)}: {hidden}")
    return failed(
        f"{titled(pool)}: dedicated SQL pool that nothing in the workload pauses; it is paid for around the clock"
    )


def _named(name: str, text: str) -> bool:
    """Does a text that pauses something name this pool: in the address of the call, else as a whole word?"""
    called = set(_CALL.findall(text))
    return name in called if called else re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text) is not None


def _callers(inventory: Inventory) -> Iterator[list[Any]]:
    """What runs by the clock, each with the bodies that say what it calls."""
    for caller in inventory.of_type(WORKFLOWS, JOBS):
        if caller.type_key == JOBS.lower() or _recurs(caller):
            yield [caller.body]
    pipelines = inventory.of_type(PIPELINES)
    for trigger in inventory.of_type(TRIGGERS):
        if word(trigger.get("properties.type")) in ("scheduletrigger", "tumblingwindowtrigger"):
            yield [trigger.body, *(one.body for one in pipelines if _starts(trigger, one))]


def _starts(trigger: Resource, pipeline: Resource) -> bool:
    """Is the pipeline named by this trigger: one of `pipelines`, or the `pipeline` of a tumbling window?"""
    name = pipeline.name.rpartition("/")[2].lower() if isinstance(pipeline.name, str) else ""
    several = trigger.get("properties.pipelines")
    started = [*(several if isinstance(several, list) else []), trigger.get("properties.pipeline")]
    return any(word(dig(one, ("pipelineReference", "referenceName"))) == name != "" for one in started)


def _recurs(workflow: Resource) -> bool:
    triggers = dig(workflow.body, ("properties", "definition", "triggers"))
    return isinstance(triggers, dict) and any(word(member(one, "type")) == "recurrence" for one in triggers.values())
