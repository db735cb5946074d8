"""Certain remedies as changes of text: `fix: {set: {path: value}}` of a policy, where the source says the property
itself.

A fix is offered only where the value is a literal written at the property, or the property is missing in an object
that is written out. A value that comes from a parameter, a variable, a function or another file is left to a person,
and so is a text that is deployed more than once: in a loop, or in a module that has several callers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from copy import copy
from functools import lru_cache
from typing import Any

from linter.model import (
    ABSENT,
    Fix,
    Inventory,
    Outcome,
    Path,
    Place,
    Resource,
    Row,
    Unresolved,
    Value,
    format_path,
    member,
    parse_path,
)
from linter.policy import Policy

_JSON_LITERAL = re.compile(r'"(?:[^"\\\n]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null')
_BICEP_LITERAL = re.compile(r"'(?:[^'\\\n$]|\\.)*'(?!')|-?\d+|true|false|null")
_BICEP_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


def make_fix(policy: Policy, resource: Resource, outcome: Outcome, inventory: Inventory) -> Fix | None:
    """The change of text that mends a fail; None where none is certain."""
    if outcome.verdict != "fail" or outcome.at is not None or resource.origin not in ("template", "bicep"):
        return None
    change = _change(policy.data["fix"].get("set", {}), outcome.path)
    if change is None or resource.place().path in inventory.restored or _in_loop(resource, inventory):
        return None
    path, value = change
    here = resource.get(path)
    if isinstance(here, Unresolved):
        return None
    return _written(policy, resource, path, value, inventory) or _missing(policy, resource, path, value, inventory)


def _change(changes: dict[str, Value], fault: str) -> tuple[str, Value] | None:
    """The (path, value) that mends the property at fault. Where an outcome names none, the only one there is."""
    if not fault:
        return next(iter(changes.items())) if len(changes) == 1 else None
    for path, value in changes.items():
        if format_path(parse_path(path)).lower() == fault.lower():
            return path, value
    return None


def mended(policy: Policy, resource: Resource, outcome: Outcome) -> tuple[str, Resource]:
    """The path that a fix sets, and the resource as it is then. Asked where `make_fix` gave one."""
    change = _change(policy.data["fix"]["set"], outcome.path)
    assert change is not None
    better = copy(resource)
    better.body = _with(resource.body, parse_path(change[0]), change[1])
    return change[0], better


def _with(body: Value, steps: Path, value: Value) -> Value:
    """The body with a value in place of what stands at `steps`."""
    if not steps:
        return value
    if isinstance(body, list) and isinstance(steps[0], int):
        return [_with(item, steps[1:], value) if index == steps[0] else item for index, item in enumerate(body)]
    members = body if isinstance(body, dict) else {}
    name = next((key for key in members if key.lower() == str(steps[0]).lower()), str(steps[0]))
    return {**members, name: _with(members.get(name), steps[1:], value)}


def _in_loop(resource: Resource, inventory: Inventory) -> bool:
    """Is the resource declared in a loop, below a resource that is, or called by one?"""
    whole = resource.place()
    return any(_repeated(place, inventory.texts.get(place.path, "")) for place in (whole, *whole.chain))


def _repeated(place: Place, text: str) -> bool:
    if place.path.endswith(".bicep"):
        start, end = offset(text, place.line, place.column), offset(text, place.end_line, place.end_column)
        return re.search(r"\[\s*for\b", text[start:end].partition("{")[0]) is not None
    if not _has_loops(text):
        return False
    value = _document(text, place.path)
    for step in place.pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        value = (
            value[int(name)]
            if isinstance(value, list) and name.isdigit() and int(name) < len(value)
            else member(value, name)
        )
        if isinstance(value, dict) and member(value, "copy") is not ABSENT:
            return True
    return False


@lru_cache(maxsize=2)
def _has_loops(text: str) -> bool:
    return '"copy"' in text.lower()


@lru_cache(maxsize=2)
def _document(text: str, path: str) -> Value:
    from linter.sources.arm.reader import parse

    return parse(text, path).value


def keep_certain(rows: Iterable[Row]) -> None:
    """Take the fixes away that would change more than the findings that ask for them: those in a module that is called
    from several places, and those of which one finding is waived."""
    by_place: dict[Place, list[Row]] = {}
    for row in rows:
        if row.fix is not None:
            by_place.setdefault(row.fix.place, []).append(row)
    for sharing in by_place.values():
        if len({row.location.chain for row in sharing}) > 1 or any(row.waiver for row in sharing):
            for row in sharing:
                row.fix = None


def _written(policy: Policy, resource: Resource, path: str, value: Value, inventory: Inventory) -> Fix | None:
    """A literal behind the property's own key, on one line."""
    at, key = resource.place(path), resource.place(path, key=True)
    text = inventory.texts.get(at.path, "")
    if at.path != key.path or not _inside(resource, at) or not text:
        return None
    start, key_end = offset(text, at.line, at.column), offset(text, key.end_line, key.end_column)
    if start is None or key_end is None or not re.fullmatch(r'["\']?\s*:\s*', text[key_end:start]):
        return None
    literal = (_BICEP_LITERAL if at.path.endswith(".bicep") else _JSON_LITERAL).match(text, start)
    if literal is None or literal.group().startswith('"['):
        return None
    place = Place(at.path, at.line, at.column, at.line, at.column + _utf16(literal.group()), at.pointer)
    if (place.end_line, place.end_column) != (at.end_line, at.end_column):
        return None  # the literal is only the beginning of an expression
    return Fix(_description(policy, path, value), place, written(value, bicep=at.path.endswith(".bicep")))


def _missing(policy: Policy, resource: Resource, path: str, value: Value, inventory: Inventory) -> Fix | None:
    """A new first member of the object that the property is missing in."""
    steps = parse_path(path)
    name = str(steps[-1])
    parent = format_path(steps[:-1])
    body = resource.get(parent) if steps[:-1] else None
    if not isinstance(body, dict) or name.lower() in (known.lower() for known in body):
        return None
    at, key = resource.place(parent), resource.place(parent, key=True)
    text = inventory.texts.get(at.path, "")
    start, key_end = offset(text, at.line, at.column), offset(text, key.end_line, key.end_column)
    if at.path != key.path or not _inside(resource, at) or start is None or key_end is None:
        return None
    if text[start : start + 1] != "{":
        return None
    if not re.fullmatch(r'["\']?\s*:\s*', text[key_end:start]):
        return None
    bicep = at.path.endswith(".bicep")
    place = Place(at.path, at.line, at.column + 1, at.line, at.column + 1, at.pointer)
    inserted = _inserted(text, start + 1, name, value, bicep, alone=not body)
    return None if inserted is None else Fix(_description(policy, path, value), place, inserted)


def _inside(resource: Resource, place: Place) -> bool:
    """Is the place in the text of the resource itself, not in a variable or parameter that others may share?"""
    whole = resource.place()
    if whole.pointer:
        return place.path == whole.path and place.pointer.startswith(whole.pointer + "/")
    return place.path == whole.path and whole.line <= place.line <= whole.end_line


def _inserted(text: str, start: int, name: str, value: Value, bicep: bool, *, alone: bool) -> str | None:
    """`name: value` as it goes behind the opening brace, laid out as the members that follow are; `alone`: none do."""
    member = (name if _BICEP_NAME.match(name) else f"'{name}'") if bicep else json.dumps(name)
    member += f": {written(value, bicep=bicep)}"
    comma = "" if bicep or alone else ","
    following = re.match(r"([ \t]*)(?:(\r?\n)([ \t]*))?(\S?)", text[start:])
    if following is None:
        return None
    blank, newline, indent, sign = following.groups()
    if sign == "}" and newline is None:
        return f" {member} " if not blank else f" {member}"
    if newline is None:
        return None if bicep else f" {member}{comma}" + ("" if blank else " ")
    if sign == "}":
        return f"{newline}{indent}  {member}"
    return f"{newline}{indent}{member}{comma}"


def written(value: Value, *, bicep: bool) -> str:
    """A plain value as JSON or Bicep writes it."""
    if bicep and isinstance(value, str):
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'").replace("${", "\\${") + "'"
    if isinstance(value, list):
        return (
            "["
            + (" " if bicep and value else "")
            + ", ".join(written(item, bicep=bicep) for item in value)
            + (" ]" if bicep and value else "]")
        )
    return json.dumps(value, ensure_ascii=False)


def _description(policy: Policy, path: str, value: Any) -> str:
    return f"{policy.id}: set {path} to {json.dumps(value, ensure_ascii=False)}"


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@lru_cache(maxsize=4)
def _line_starts(text: str) -> list[int]:
    """Where each line begins, and the end of the text."""
    return [0, *(found.end() for found in re.finditer(r"\r\n|\n|\r", text)), len(text)]


def offset(text: str, line: int, column: int) -> int | None:
    """Where in the text a 1-based line and UTF-16 column is; None beyond its end."""
    starts = _line_starts(text)
    if not 0 < line < len(starts):
        return None
    start = starts[line - 1]
    row = text[start : starts[line]].rstrip("\r\n")
    if row.isascii():
        return start + column - 1 if column - 1 <= len(row) else None
    units = row.encode("utf-16-le", "surrogatepass")[: 2 * (column - 1)]
    return start + len(units.decode("utf-16-le", "surrogatepass"))
