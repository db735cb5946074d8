"""Does a model or a deployment say which version it is, whose, and what it was trained on?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linter.checks.outcomes import failed, open_value, passed, titled
from linter.inventory import tag
from linter.model import ABSENT, Absent, Inventory, Outcome, Resource, Unresolved, Value, dig, member

_BASES = (("tags",), ("properties", "tags"), ("properties", "properties"))
JOB = "properties.jobName"


def told(resource: Resource, inventory: Inventory, parameters: Mapping[str, Any]) -> Outcome | None:
    """The required names stand among its tags or its properties (`owner` may be inherited); a model version also
    names the job that made it, or bears a lineage tag. An empty value is none."""
    missing: list[str] = []
    opened: tuple[str, Value] | None = None
    for name in parameters["required"]:
        path, value = _said(resource, str(name), inventory)
        if isinstance(value, Unresolved):
            opened = opened or (path, value)
        elif value is ABSENT or not str(value).strip():
            missing.append(str(name))
    if resource.type_key.endswith("/models/versions"):
        path, value = _lineage(resource, inventory, [str(name) for name in parameters["lineage"]])
        if isinstance(value, Unresolved):
            opened = opened or (path, value)
        elif value is ABSENT:
            missing.append("the job that made it (jobName or a lineage tag)")
    base = "properties.tags" if resource.type_key.endswith("/models/versions") else "tags"
    if missing:
        message = f"{titled(resource)}: cannot be traced: neither tags nor properties say {', '.join(missing)}"
        return failed(message, base, resource.get(base))
    if opened:
        return open_value(resource, opened[0], opened[1], "it must be stated to trace the model")
    return passed(base)


def _said(resource: Resource, name: str, inventory: Inventory) -> tuple[str, Value | Absent]:
    opened: tuple[str, Value | Absent] = ("tags", ABSENT)
    for base in _BASES:
        value = member(dig(resource.body, base), name)
        path = ".".join(base) + f"['{name}']"
        if isinstance(value, Unresolved):
            opened = (path, value)
        elif value is not ABSENT:
            return path, value
    inherited = tag(resource, name, inventory) if name == "owner" else ABSENT
    return opened if inherited is ABSENT or opened[1] is not ABSENT else ("tags", inherited)


def _lineage(resource: Resource, inventory: Inventory, names: list[str]) -> tuple[str, Value | Absent]:
    job = resource.get(JOB)
    if isinstance(job, str) and job.strip():
        return JOB, job
    found = [_said(resource, name, inventory) for name in names]
    known = next(
        ((path, value) for path, value in found if value is not ABSENT and not isinstance(value, Unresolved)), None
    )
    opened = next(((path, value) for path, value in [(JOB, job), *found] if isinstance(value, Unresolved)), None)
    return known or opened or (JOB, ABSENT)
