"""Is an image built anew when what it is built on is mended?

Sources, read 2026-11-24: https://learn.microsoft.com/azure/container-registry/container-registry-tasks-base-images (a
task with a base image trigger builds anew); Azure.Bicep.Types.Az 0.2.972 (`trigger.baseImageTrigger.status` and
`status` of a task: Enabled, Disabled). Ages of node images: `linter.usage`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from linter.checks.ai_workload import ai_workload
from linter.checks.outcomes import failed, number, passed, shown, titled, undecided, unseen, word
from linter.facts.resources import POOL
from linter.inventory import own_tag
from linter.model import ABSENT, Inventory, Outcome, Related, Resource, Unresolved
from linter.open_ids import child_of
from linter.usage import moment, window

TASKS = "Microsoft.ContainerRegistry/registries/tasks"
TRIGGER = "properties.trigger.baseImageTrigger"


def fresh(resource: Resource, inventory: Inventory, parameters: Mapping[str, Any]) -> Outcome | None:
    """A registry needs an enabled task with an enabled base image trigger, or the tag of a pipeline that builds anew. A
    node pool is judged live only, by the age of its image."""
    if not ai_workload(inventory):
        return None
    return (
        _pool(resource, inventory, parameters)
        if resource.type_key == POOL
        else _registry(resource, inventory, parameters)
    )


def _registry(registry: Resource, inventory: Inventory, parameters: Mapping[str, Any]) -> Outcome:
    name = titled(registry)
    path, value = own_tag(registry, (str(parameters["tag"]),))
    if isinstance(value, str) and value.strip():
        return passed(path, value)
    reason, opened, related = "no task builds on a base image trigger", isinstance(value, Unresolved), []
    for task in inventory.of_type(TASKS):
        if not child_of(task, registry):
            continue
        answer, why = _builds_anew(task)
        if answer:
            return passed()
        opened = opened or answer is None
        related.append(Related(f"the task {titled(task)} {why}", task, TRIGGER))
        reason = f"its task {titled(task)} {why}"
    if opened:
        return undecided(
            f"{name}: whether its images are built anew is known only when it is deployed", related=related
        )
    hidden = unseen(inventory, "a task that builds anew", TASKS, of=registry.id)
    if hidden:
        return undecided(f"{name}: {hidden}", related=related)
    text = f"its images keep the faults of the base image they were built on: {reason}"
    text += f", and no tag {parameters['tag']} names a pipeline that does"
    return failed(f"{name}: {text}", related=related)


def _builds_anew(task: Resource) -> tuple[bool | None, str]:
    trigger, status = task.get(TRIGGER), task.get(f"{TRIGGER}.status")
    enabled = task.get("properties.status")
    if any(isinstance(one, Unresolved) for one in (trigger, status, enabled)) or task.condition is not None:
        return None, "is open"
    if trigger is ABSENT:
        return False, "has no base image trigger"
    if word(status) == "disabled":
        return False, "has its base image trigger disabled"
    return (False, "is disabled") if word(enabled) == "disabled" else (True, "")


def _pool(pool: Resource, inventory: Inventory, parameters: Mapping[str, Any]) -> Outcome | None:
    span = window(inventory.usage)
    if span is None or not isinstance(pool.id, str):
        return None
    for told in inventory.usage.get("images", ()):
        if told.get("resource") != pool.id.lower() or told.get("kind") != "node":
            continue
        built = moment(f"{told.get('built')}T00:00:00Z") if isinstance(told.get("built"), str) else None
        limit = number(parameters["max_days"])
        if built is None or limit is None:
            return undecided(
                f"{titled(pool)}: the age of its node image {shown(told.get('version') or ABSENT)} is not told"
            )
        days = (span[1] - built.astimezone(UTC)).days if isinstance(built, datetime) else 0
        if days <= limit:
            return passed()
        text = f"its nodes run the image {told.get('version')}, {days} days old; at most {limit:g} are allowed"
        return failed(f"{titled(pool)}: {text}", "properties.nodeImageVersion", told.get("version"))
    return None
