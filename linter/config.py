"""The configuration file `.aiplint.yaml`: found, read, checked to the last key. No file costs no import of YAML.

Every key may be left out. `schemas/config.schema.json` says the same to editors.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from linter.errors import InputError, UsageError
from linter.model import SEVERITIES, Settings, Severity
from linter.policy import Policy, near
from linter.waivers import Waiver, parse_day

NAMES = (".aiplint.yaml", ".aiplint.yml")
Steps: TypeAlias = tuple["str | int", ...]
Fault: TypeAlias = tuple[Steps, str]
Rule: TypeAlias = Callable[[Any, Steps], Iterator[Fault]]


@dataclass(frozen=True, slots=True)
class Config:
    """What the file says; `path` is "" where there is none. `lines` maps steps into the file to 1-based lines."""

    path: str = ""
    set: str = "default"
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    severity: Mapping[str, Severity] = field(default_factory=dict)
    settings: Settings = field(default_factory=Settings)
    waivers: tuple[Waiver, ...] = ()
    exclude: tuple[str, ...] = ()
    lines: Mapping[Steps, int] = field(default_factory=dict)

    def where(self, steps: Steps) -> str:
        """`path:line` of what stands at `steps`."""
        while steps and steps not in self.lines:
            steps = steps[:-1]
        return f"{self.path}:{self.lines.get(steps, 1)}"


def find_config(start: Path) -> Path | None:
    """The nearest configuration file upward from a file or folder. Raises `UsageError` where one folder has two."""
    folder = start.resolve()
    for candidate in (folder, *folder.parents):
        found = [candidate / name for name in NAMES if (candidate / name).is_file()]
        if len(found) > 1:
            raise UsageError(f"{found[0].as_posix()} and {found[1].name} beside it: two configurations; keep one")
        if found:
            return found[0]
    return None


def load_config(named: str | None, first: str) -> Config:
    """The file that `--config` names, else the nearest upward from the first path, else all defaults."""
    if named is not None:
        if not Path(named).is_file():
            raise UsageError(f"{named}: no such configuration file")
        return read_config(Path(named))
    found = find_config(Path(first))
    return read_config(found) if found else Config()


def read_config(path: Path) -> Config:
    """Raises `UsageError` naming file and line."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path.as_posix()}: cannot be read: {error}") from None
    return parse_config(text, path.as_posix())


def parse_config(text: str, path: str) -> Config:
    """The configuration that a text says; raises `UsageError` naming `path` and line."""
    from linter.lined_yaml import parse_yaml

    try:
        lined = parse_yaml(text)
    except InputError as error:
        raise UsageError(f"{path}:{error.line}: {error.message}") from None
    data = {} if lined.data is None else lined.data
    for steps, message in check_config(data):
        raise UsageError(f"{path}:{lined.line(steps)}: {message}")
    tags = data.get("tags") or {}
    return Config(
        path=path,
        set=data.get("set", "default"),
        parameters=data.get("parameters") or {},
        severity=data.get("severity") or {},
        settings=Settings(
            tags=tags,
            regions=data.get("regions") or {},
            benchmarks=data.get("benchmarks") or {},
            roles=data.get("roles") or {},
            quotas=tuple(data.get("quotas") or ()),
            production=data.get("production", False),
        ),
        waivers=tuple(
            Waiver(
                policy=entry["policy"],
                resource=entry.get("resource", "*"),
                reason=entry["reason"],
                owner=entry.get("owner", ""),
                until=parse_day(entry["until"]) if "until" in entry else None,
                path=path,
                line=lined.line(("waivers", index)),
            )
            for index, entry in enumerate(data.get("waivers") or ())
        ),
        exclude=tuple(data.get("exclude") or ()),
        lines=lined.lines,
    )


def check_against(config: Config, policies: Mapping[str, Policy]) -> None:
    """Raises `UsageError` naming file and line for a policy or parameter that does not exist, or a value of another
    type."""
    for section in ("parameters", "severity"):
        for policy_id in getattr(config, section):
            if policy_id not in policies:
                raise UsageError(
                    f"{config.where((section, policy_id))}: no policy {policy_id!r}{near(policy_id, policies)}"
                )
    for policy_id, values in config.parameters.items():
        known = policies[policy_id].parameters
        for name, value in values.items():
            where = config.where(("parameters", policy_id, name))
            if name not in known:
                raise UsageError(f"{where}: {policy_id} has no parameter {name!r}{near(name, known)}")
            if known[name] is not None and _kind(value) != _kind(known[name]):
                raise UsageError(
                    f"{where}: {policy_id} {name} is a {_kind(known[name])}, as {known[name]!r}; "
                    f"here is a {_kind(value)}"
                )
    for index, waiver in enumerate(config.waivers):
        if not waiver.names_any(policies):
            raise UsageError(
                f"{config.where(('waivers', index, 'policy'))}: no policy {waiver.policy!r}"
                f"{near(waiver.policy, policies)}"
            )


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "true/false"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "text"
    return "list" if isinstance(value, list) else "mapping" if isinstance(value, dict) else "nothing"


def check_config(data: Any) -> Iterator[Fault]:
    """The faults of a configuration, each with the steps to it."""
    yield from _mapping(_RULES)(data, ())


def _mapping(rules: Mapping[str, Rule], required: tuple[str, ...] = ()) -> Rule:
    def mapping(value: Any, at: Steps) -> Iterator[Fault]:
        if not isinstance(value, dict):
            yield at, f"{_called(at)} takes a mapping of {', '.join(rules)}"
            return
        for key, item in value.items():
            if key not in rules:
                yield (*at, key), f"unknown key {key!r}{near(key, rules)}; known here: {', '.join(rules)}"
            elif item is not None:
                yield from rules[key](item, (*at, key))
        for key in required:
            if value.get(key) in (None, ""):
                yield at, f"{_called(at)} needs {key!r}"

    return mapping


def _called(at: Steps) -> str:
    return ".".join(str(step) for step in at) or "the configuration"


def _map_of(rule: Rule) -> Rule:
    def map_of(value: Any, at: Steps) -> Iterator[Fault]:
        if not isinstance(value, dict):
            yield at, f"{_called(at)} takes a mapping"
            return
        for key, item in value.items():
            yield from rule(item, (*at, key))

    return map_of


def _list_of(rule: Rule) -> Rule:
    def list_of(value: Any, at: Steps) -> Iterator[Fault]:
        if not isinstance(value, list):
            yield at, f"{_called(at)} takes a list"
            return
        for index, item in enumerate(value):
            yield from rule(item, (*at, index))

    return list_of


def _text(value: Any, at: Steps) -> Iterator[Fault]:
    if not isinstance(value, str) or not value.strip():
        yield at, f"{_called(at)} takes text"


def _word(*words: str) -> Rule:
    def word(value: Any, at: Steps) -> Iterator[Fault]:
        if value not in words:
            yield at, f"{_called(at)} is one of {', '.join(words)}; here is {value!r}"

    return word


def _number(value: Any, at: Steps) -> Iterator[Fault]:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
        yield at, f"{_called(at)} takes a number, 0 or more"


def _yes_no(value: Any, at: Steps) -> Iterator[Fault]:
    if not isinstance(value, bool):
        yield at, f"{_called(at)} is true or false"


def _day(value: Any, at: Steps) -> Iterator[Fault]:
    if not isinstance(value, str) or parse_day(value) is None:
        yield at, f"{_called(at)} takes a day such as 2026-12-31; here is {value!r}"


def _region(value: Any, at: Steps) -> Iterator[Fault]:
    if not isinstance(value, str) or not re.fullmatch(r"[a-z0-9]+", value):
        yield at, f"{_called(at)} takes a region as Azure names it in templates, such as westeurope"


def _tag_names(value: Any, at: Steps) -> Iterator[Fault]:
    yield from _list_of(_text)(value, at) if isinstance(value, list) else _text(value, at)


def _any(_value: Any, _at: Steps) -> Iterator[Fault]:
    yield from ()


_TAGS: dict[str, Rule] = {
    **dict.fromkeys(
        (
            "workload",
            "environment",
            "owner",
            "cost-center",
            "role",
            "shared",
            "criticality",
            "processing",
            "interruptible",
            "data-classification",
        ),
        _tag_names,
    ),
    "required": _list_of(_text),
    "production": _list_of(_text),
}
_QUOTA: dict[str, Rule] = {
    "type": _word("cores", "model"),
    "provider": _word("compute", "machine-learning"),
    "family": _text,
    "sku": _text,
    "model": _text,
    "region": _region,
    "limit": _number,
}
_RULES: dict[str, Rule] = {
    "set": _word("default", "strict"),
    "parameters": _map_of(_map_of(_any)),
    "severity": _map_of(_word(*SEVERITIES)),
    "production": _yes_no,
    "regions": _mapping({"allowed": _list_of(_region), "pairs": _list_of(_list_of(_region)), "max": _number}),
    "benchmarks": _map_of(_list_of(_text)),
    "tags": _mapping(_TAGS),
    "roles": _map_of(_list_of(_text)),
    "quotas": _list_of(_mapping(_QUOTA, ("type", "region", "limit"))),
    "waivers": _list_of(
        _mapping(
            {"policy": _text, "resource": _text, "reason": _text, "owner": _text, "until": _day}, ("policy", "reason")
        )
    ),
    "exclude": _list_of(_text),
}
