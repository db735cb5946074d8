"""Outcomes in the words that all checks share: what a value is, where it is not known, what the service takes when it
is absent."""

from __future__ import annotations

import json
from collections.abc import Iterable

from linter.facts.api_versions import unknown_to
from linter.model import ABSENT, Absent, Inventory, Outcome, Related, Resource, Severity, Unresolved, Value

MAX_SHOWN = 80


def shown(value: Value | Absent) -> str:
    """A value as a message quotes it."""
    if value is ABSENT:
        return "not set"
    if isinstance(value, Unresolved):
        return (
            f"[{value.expression}]" if len(value.expression) <= MAX_SHOWN else f"[{value.expression[: MAX_SHOWN - 1]}…]"
        )
    if isinstance(value, str):
        return f"'{value}'" if len(value) <= MAX_SHOWN else f"'{value[: MAX_SHOWN - 1]}…'"
    text = json.dumps(value, default=lambda item: f"[{getattr(item, 'expression', item)}]", ensure_ascii=False)
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"


def titled(resource: Resource) -> str:
    """The resource as a message names it; of an open name as much as `shown` gives."""
    return resource.name if isinstance(resource.name, str) else shown(resource.name)


def passed(path: str = "", observed: Value | Absent = ABSENT) -> Outcome:
    return Outcome("pass", "", path, observed)


def failed(
    message: str,
    path: str = "",
    observed: Value | Absent = ABSENT,
    *,
    severity: Severity | None = None,
    related: Iterable[Related] = (),
    at: Resource | None = None,
) -> Outcome:
    return Outcome("fail", message, path, observed, severity, tuple(related), at)


def undecided(
    message: str, path: str = "", observed: Value | Absent = ABSENT, *, related: Iterable[Related] = ()
) -> Outcome:
    return Outcome("unknown", message, path, observed, None, tuple(related))


def open_value(resource: Resource, path: str, value: Value | Absent, question: str) -> Outcome:
    """An undecided row because `value` at `path` is known only to the deployment."""
    return undecided(
        f"{titled(resource)}: {path} is {shown(value)}, known only when it is deployed; {question}", path, value
    )


def unseen(inventory: Inventory, what: str, *types: str, of: str | Unresolved = "") -> str:
    """Why the absence of another resource cannot be told, "" where it can: a part of the workload that was not read
    may hold it. `types`: what it would be; `of`: the id of what it would hang on or be about (a live scan knows which
    lists failed)."""
    held = inventory.may_hold(*types, of=of if isinstance(of, str) else "")
    return f"a part of the workload could not be read and may hold {what}" if held else ""


def distrusted(resource: Resource, path: str, value: Value | Absent) -> Outcome | None:
    """The undecided row of a remedy stated on an api-version that does not know it (see
    `linter.facts.api_versions`)."""
    reason = unknown_to(resource.type_key, path, resource.api_version)
    if not reason:
        return None
    return undecided(
        f"{titled(resource)}: {path} is {shown(value)}, but {reason}, so it may not take effect", path, value
    )


def word(value: Value | Absent) -> str:
    """A text in lower case; "" for anything else."""
    return value.strip().lower() if isinstance(value, str) else ""


def truth(value: Value | Absent) -> bool | None:
    """A boolean, also one written as text; None for anything else."""
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(word(value))


def number(value: Value | Absent) -> float | None:
    """A number, also one written as text; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return value
    try:
        return float(value) if isinstance(value, str) and len(value) < 40 else None
    except ValueError:
        return None
