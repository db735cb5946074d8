"""What may stand in a policy file. Says where the fault is by the steps that lead to it; the caller knows the lines."""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from linter.model import SEVERITIES, Settings, parse_path
from linter.predicates import Bound, PredicateError, compile_condition

Steps: TypeAlias = tuple["str | int", ...]
Fault: TypeAlias = tuple[Steps, str]
PILLARS = ("Security", "Reliability", "Cost Optimization", "Operational Excellence", "Performance Efficiency")
TOOLS = ("PSRule", "Checkov", "APRL")
RELATIONS = ("same", "stricter", "contradicts")
MESSAGE_WORDS = frozenset({"name", "type", "observed", "property", "location"})
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
_CODE = re.compile(r"[A-Z]\d{1,2}[a-e]?\Z")
_CHECK = re.compile(r"linter\.checks\.[a-z_0-9.]+:[a-z_][a-z_0-9]*\Z|[A-Za-z0-9_.-]+\Z")


def check_policy(data: Any) -> Iterator[Fault]:
    """The faults of a policy's content, in the order of the checks."""
    if not isinstance(data, dict):
        yield (), "a policy file is a mapping of title, severity, resource …"
        return
    yield from _keys(data, (), _KEYS, _REQUIRED)
    faults = 0
    for key, check in _KEYS.items():
        if key in data:
            for fault in check(data[key], (key,)):
                faults += 1
                yield fault
    if ("require" in data) == ("check" in data):
        yield (), "a policy has either `require` (a condition) or `check` (a Python function)"
    elif "require" in data and "message" not in data:
        yield ("require",), "`require` needs a `message`"
    elif not faults:
        yield from _conditions(data)


def _keys(data: dict[str, Any], at: Steps, known: Any, required: tuple[str, ...]) -> Iterator[Fault]:
    for key in data:
        if key not in known:
            yield (*at, key), f"unknown key {key!r}; known here: {', '.join(known)}"
    for key in required:
        if key not in data:
            yield at, f"the key {key!r} is missing"


def _text(value: Any, at: Steps) -> Iterator[Fault]:
    if not isinstance(value, str) or not value.strip():
        yield at, f"{at[-1]!r} takes text"


def _one_of(*words: str) -> Callable[[Any, Steps], Iterator[Fault]]:
    def one_of(value: Any, at: Steps) -> Iterator[Fault]:
        if value not in words:
            yield at, f"{at[-1]!r} is one of {', '.join(words)}"

    return one_of


def _yes_no(value: Any, at: Steps) -> Iterator[Fault]:
    if not isinstance(value, bool):
        yield at, f"{at[-1]!r} is true or false"


def _types(value: Any, at: Steps) -> Iterator[Fault]:
    for index, name in enumerate(value if isinstance(value, list) else [value]):
        if not isinstance(name, str) or not (name == "*" or "/" in name):
            yield (*at, index) if isinstance(value, list) else at, "`resource` is a resource type, or a list of them"
    if value == []:
        yield at, "`resource` names at least one type"


def _any(_value: Any, _at: Steps) -> Iterator[Fault]:
    yield from ()


def _check_name(value: Any, at: Steps) -> Iterator[Fault]:
    if not isinstance(value, str) or not _CHECK.match(value):
        yield at, "`check` names linter.checks.<module>:<function>, or an entry point of the group aiplint.checks"


def _parameters(value: Any, at: Steps) -> Iterator[Fault]:
    if not isinstance(value, dict):
        yield at, "`parameters` maps names to {default, description}"
        return
    for name, entry in value.items():
        if not isinstance(entry, dict):
            yield (*at, name), "a parameter is {default: …, description: …}"
        else:
            yield from _keys(entry, (*at, name), ("default", "description"), ("default", "description"))


def _fix(value: Any, at: Steps) -> Iterator[Fault]:
    if not isinstance(value, dict):
        yield at, "`fix` is {text, arm, bicep} and maybe `set` and `when`"
        return
    yield from _keys(value, at, ("text", "arm", "bicep", "set", "when"), ("text",))
    if "when" in value and "set" not in value:
        yield (*at, "when"), "`when` says where `set` is right; there is no `set`"
    for key in ("text", "arm", "bicep"):
        if key in value:
            yield from _text(value[key], (*at, key))
    changes = value.get("set", {})
    if not isinstance(changes, dict):
        yield (*at, "set"), "`set` maps property paths to values"
        return
    for path in changes:
        try:
            parse_path(path)
        except ValueError as error:
            yield (*at, "set", path), str(error)


def _enforce(value: Any, at: Steps) -> Iterator[Fault]:
    if not isinstance(value, dict):
        yield at, "`enforce` is {not: reason}, or {rules: […], less: …}"
        return
    yield from _keys(value, at, ("not", "less", "rules"), ())
    for key in ("not", "less"):
        if key in value:
            yield from _text(value[key], (*at, key))
    rules = value.get("rules", [])
    if not value or ("not" in value and len(value) > 1) or not isinstance(rules, list) or value.get("rules") == []:
        yield at, "`enforce` says either `not`, a reason, or `rules`, a list, and what they see `less`"
        return
    for index, rule in enumerate(rules):
        here = (*at, "rules", index)
        if not isinstance(rule, dict):
            yield here, "a rule is {resource, when, require}"
            continue
        yield from _keys(rule, here, ("resource", "when", "require"), ("require",))
        if "resource" in rule:
            yield from _types(rule["resource"], (*here, "resource"))


def _list_of(test: Callable[[Any], bool], what: str) -> Callable[[Any, Steps], Iterator[Fault]]:
    def list_of(value: Any, at: Steps) -> Iterator[Fault]:
        if not isinstance(value, list):
            yield at, f"{at[-1]!r} takes a list"
            return
        for index, item in enumerate(value):
            if not test(item):
                yield (*at, index), f"{item!r} is not {what}"

    return list_of


def _entries(required: tuple[str, ...], optional: tuple[str, ...], words: dict[str, tuple[str, ...]]) -> Any:
    def entries(value: Any, at: Steps) -> Iterator[Fault]:
        if not isinstance(value, list):
            yield at, f"{at[-1]!r} takes a list"
            return
        for index, item in enumerate(value):
            here = (*at, index)
            if not isinstance(item, dict):
                yield here, f"an item of {at[-1]!r} is a mapping of {', '.join(required)}"
                continue
            yield from _keys(item, here, (*required, *optional), required)
            for key, text in item.items():
                yield from _text(text, (*here, key))
                if key in words and text not in words[key]:
                    yield (*here, key), f"{key!r} is one of {', '.join(words[key])}"
                if key == "read" and isinstance(text, str) and not _DAY.match(text):
                    yield (*here, key), "`read` is the day it was read, as 2026-11-24"

    return entries


def _conditions(data: dict[str, Any]) -> Iterator[Fault]:
    parameters = {name: entry["default"] for name, entry in data.get("parameters", {}).items()}
    found: list[tuple[Steps, Any]] = [((key,), data[key]) for key in ("when", "require") if key in data]
    for index, rule in enumerate(data.get("enforce", {}).get("rules", ())):
        found += [(("enforce", "rules", index, key), rule[key]) for key in ("when", "require") if key in rule]
    found += [(("fix", "when"), data["fix"]["when"])] if "when" in data["fix"] else []
    for steps, condition in found:
        try:
            compile_condition(condition, Bound(parameters, Settings()))
        except PredicateError as error:
            yield (*steps, *error.steps), error.message
    try:
        words = [name for _, name, _, _ in string.Formatter().parse(data.get("message", "")) if name is not None]
    except ValueError as error:
        yield ("message",), f"`message`: {error}"
        return
    for word in words:
        if word not in MESSAGE_WORDS and word not in parameters and "." not in word:
            yield (
                ("message",),
                f"`message` knows no {{{word}}}; it knows {', '.join(sorted(MESSAGE_WORDS))}, parameters "
                "and property paths",
            )


_KEYS: dict[str, Callable[[Any, Steps], Iterator[Fault]]] = {
    "title": _text,
    "severity": _one_of(*SEVERITIES),
    "set": _one_of("default", "strict"),
    "resource": _types,
    "production": _yes_no,
    "when": _any,
    "require": _any,
    "check": _check_name,
    "parameters": _parameters,
    "message": _text,
    "why": _text,
    "fix": _fix,
    "when_not": _text,
    "enforce": _enforce,
    "says": _list_of(lambda item: isinstance(item, str) and bool(_CODE.match(item)), "a guidance code such as O4"),
    "pillars": _list_of(lambda item: item in PILLARS, f"one of {', '.join(PILLARS)}"),
    "overlaps": _entries(("id", "tool", "relation"), ("note",), {"tool": TOOLS, "relation": RELATIONS}),
    "sources": _entries(("url", "read", "settles"), (), {}),
}
_REQUIRED = ("title", "severity", "resource", "why", "fix", "says", "pillars", "overlaps", "sources")
