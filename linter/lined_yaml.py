"""YAML as plain data together with the line of every key and item: what policies and the configuration are written in.

The words of YAML 1.2's core schema: only `true` and `false` are booleans, a date stays text. One document; aliases,
merge keys, tags and duplicate keys are refused. PyYAML is imported on the first call only: it costs a tenth of a start.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

from linter.errors import InputError

MAX_NODES = 200_000
MAX_DEPTH = 60
_INT = re.compile(r"[-+]?[0-9]+\Z")
_FLOAT = re.compile(r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)(?:[eE][-+]?[0-9]{1,2})?\Z")
_WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


@dataclass(frozen=True, slots=True)
class LinedYaml:
    """`lines` maps the steps to a value (keys and indexes) to the 1-based line of its key or item."""

    data: Any
    lines: dict[tuple[str | int, ...], int]

    def line(self, steps: tuple[str | int, ...]) -> int:
        """The line of what stands at `steps`, or of its nearest written ancestor."""
        while steps and steps not in self.lines:
            steps = steps[:-1]
        return self.lines.get(steps, 1)


def parse_yaml(text: str) -> LinedYaml:
    """Read one document. Raises `InputError` with line and column where the text is no such YAML."""
    import yaml

    # the events are read one by one: PyYAML's own composer is recursive, in C without any bound
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return _Reader(yaml.parse(text, Loader=loader)).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        if "nesting depth" in (error.problem or ""):  # PyYAML from 6.0.4 on bounds it by itself
            raise InputError("too much or too deeply nested YAML", *where) from None
        raise InputError(f"not YAML: {error.problem or error.context}", *where) from None
    except yaml.YAMLError as error:
        raise InputError(f"not YAML: {str(error).splitlines()[0]}", 1, 1) from None
    except RecursionError:
        raise InputError("not YAML that we read: nested too deep", 1, 1) from None


class _Reader:
    def __init__(self, events: Iterator[Any]) -> None:
        self.events = events
        self.lines: dict[tuple[str | int, ...], int] = {}
        self.nodes = 0

    def document(self) -> LinedYaml:
        next(self.events)  # the stream begins
        data: Any = None
        event = next(self.events)
        if self.kind(event) == "DocumentStart":
            data = self.value(next(self.events), ())
            next(self.events)  # the document ends
            event = next(self.events)
            if self.kind(event) == "DocumentStart":
                self.fail(event, "only one document is read here")
        return LinedYaml(data, self.lines)

    @staticmethod
    def kind(event: Any) -> str:
        return str(type(event).__name__).removesuffix("Event")

    @staticmethod
    def fail(event: Any, message: str) -> NoReturn:
        raise InputError(message, event.start_mark.line + 1, event.start_mark.column + 1)

    def value(self, event: Any, steps: tuple[str | int, ...]) -> Any:
        kind = self.kind(event)
        self.nodes += 1
        if self.nodes > MAX_NODES or len(steps) > MAX_DEPTH:
            self.fail(event, "too much or too deeply nested YAML")
        if kind == "Alias":
            self.fail(event, "aliases (*name) are not read here; write the value out")
        if event.tag not in (None, "!"):
            self.fail(event, f"the tag {event.tag.removeprefix('tag:yaml.org,2002:')} is not read here")
        self.lines.setdefault(steps, event.start_mark.line + 1)
        if kind == "Scalar":
            return self.scalar(event)
        return self.sequence(steps) if kind == "SequenceStart" else self.mapping(steps)

    def sequence(self, steps: tuple[str | int, ...]) -> list[Any]:
        found: list[Any] = []
        while self.kind(event := next(self.events)) != "SequenceEnd":
            found.append(self.value(event, (*steps, len(found))))
        return found

    def mapping(self, steps: tuple[str | int, ...]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while self.kind(event := next(self.events)) != "MappingEnd":
            if self.kind(event) != "Scalar" or event.value == "<<":
                self.fail(event, "a key must be plain text")
            if event.value in found:
                self.fail(event, f"the key {event.value!r} stands here twice")
            self.lines[(*steps, event.value)] = event.start_mark.line + 1
            found[event.value] = self.value(next(self.events), (*steps, event.value))
        return found

    @staticmethod
    def scalar(event: Any) -> Any:
        text: str = event.value
        if event.style not in (None, "") or event.tag == "!":
            return text
        if text in _WORDS:
            return _WORDS[text]
        if _INT.match(text) and len(text) < 20:
            return int(text)
        return float(text) if _FLOAT.match(text) and len(text) < 40 else text
