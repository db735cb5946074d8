"""YAML files → values with places. Bounded: aliases are counted as what they expand to, depth and size have limits.

Scalars are read as Kubernetes and Databricks read them: YAML 1.1, whose dates and base-60 numbers stay text.
PyYAML's own composer is not used: it recurses in C and so can be brought to overflow the stack.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Any, Final, TypeAlias

from linter.errors import InputError
from linter.model import Gap, Path, Place
from linter.sources.arm.loose import width
from linter.sources.arm.positions import line_starts

Event: TypeAlias = Any
"""One of `yaml.events`, which its type stubs know in part only."""

MAX_DEPTH: Final = 100
"""Levels of lists and mappings."""
MAX_VALUES: Final = 500_000
"""Values in one file, aliases expanded."""
TOO_MANY: Final = f"holds more than {MAX_VALUES} values, aliases and variables expanded"
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9_]*)")
_BASED = re.compile(r"([-+]?)(?:0x([0-9a-fA-F_]+)|0o?([0-7_]+)|0b([01_]+))")
_FLOAT = re.compile(r"[-+]?(?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9][0-9_]*)(?:[eE][-+]?[0-9]+)?")
_WORDS: Final[dict[str, bool | None]] = {
    **dict.fromkeys(("true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"), True),
    **dict.fromkeys(("false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
}
_TEMPLATE = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_STANDARD = "tag:yaml.org,2002:"
_STR = _STANDARD + "str"


class Node:
    """A value and where it stands: character offsets, the end exclusive; `members` by key or index."""

    __slots__ = ("end", "key", "members", "size", "start", "value")

    def __init__(self, start: int, end: int, value: Any = None) -> None:
        self.start = start
        self.end = end
        self.value = value
        self.key: tuple[int, int] | None = None
        self.members: dict[str | int, Node] = {}
        self.size = 1

    def named(self, key: Node) -> Node:
        """The same node as the member of a mapping (an alias stands under several names)."""
        node = Node(self.start, self.end, self.value)
        node.members, node.size, node.key = self.members, self.size, (key.start, key.end)
        return node


class YamlText:
    """A YAML text and the documents in it. `gaps` tells of names that stand twice, once the documents are read."""

    def __init__(self, text: str, shown: str) -> None:
        self.text = text
        self.shown = shown
        self.gaps: list[Gap] = []
        self._lines: list[int] = []

    def documents(self) -> Iterator[Node]:
        """The documents in order, empty ones left out; an `InputError` names the place where one cannot be read."""
        import yaml

        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        try:
            yield from _Composer(self, yaml.parse(self.text, Loader=loader)).documents()
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line, column = self.spot(self.offset(mark.line, mark.column)) if mark else (0, 0)
            if "nesting depth" in (error.problem or ""):  # PyYAML from 6.0.4 on bounds it by itself
                raise InputError(f"nested deeper than {MAX_DEPTH} levels", line, column) from None
            raise InputError(f"is no YAML: {error.problem or error.context}", line, column) from None
        except yaml.reader.ReaderError as error:
            raise InputError(f"is no YAML: {error.reason}", *self.spot(error.position)) from None

    @property
    def lines(self) -> list[int]:
        if not self._lines:
            self._lines = line_starts(self.text)
        return self._lines

    def offset(self, line: int, column: int) -> int:
        """The character offset of a mark (both 0-based, in characters)."""
        start = self.lines[line] if line < len(self.lines) else len(self.text)
        return min(start + column, len(self.text))

    def spot(self, offset: int) -> tuple[int, int]:
        """Line and UTF-16 column, 1-based."""
        line = bisect_right(self.lines, offset)
        return line, width(self.text[self.lines[line - 1] : offset]) + 1

    def place(self, node: Node, steps: Path, key: bool) -> Place:
        """As `linter.model.Locator`: the value at `steps` below `node`, or with `key` its name."""
        for step in steps:
            below = member(node, step)
            if below is None:
                key = True
                break
            node = below
        start, end = node.start, node.end
        if key and node.key:
            start, end = node.key
        elif key and node.members:  # a mapping in a list or a whole document: its first line
            stop = self.text.find("\n", start, end)
            end = end if stop < 0 else stop
        while end > start + 1 and self.text[end - 1].isspace():
            end -= 1
        line, column = self.spot(start)
        end_line, end_column = self.spot(end)
        return Place(self.shown, line, column, end_line, end_column)


def fault_gap(error: InputError, text: str, shown: str) -> Gap:
    """The gap for a YAML file that cannot be read; `text` is empty where not even that could be had."""
    line, column = error.line or 1, error.column or 1
    marks = _TEMPLATE.search(text)
    if marks is not None:
        line, column = text.count("\n", 0, marks.start()) + 1, 1
        message = "holds a template language (Helm, Jinja); render it (`helm template`) and scan what comes out"
        return Gap(shown, message, line, column)
    if not text:
        return Gap(shown, error.message, line, column)
    kind = "limit" if error.message.startswith(("holds more", "nested")) else "syntax"
    return Gap(shown, error.message, line, column, kind)


def member(node: Node, step: str | int) -> Node | None:
    """One step down; names without case."""
    found = node.members.get(step)
    if found is None and isinstance(step, str):
        low = step.lower()
        for name, below in node.members.items():
            if isinstance(name, str) and name.lower() == low:
                return below
    return found


class _Composer:
    """Events → nodes, one document at a time, without recursion into the parser."""

    def __init__(self, text: YamlText, events: Iterator[Event]) -> None:
        self.text = text
        self.events = events
        self.anchors: dict[str, Node] = {}
        self.count = 0

    def documents(self) -> Iterator[Node]:
        for event in self.events:
            if type(event).__name__ == "DocumentStartEvent":
                self.anchors = {}
                node = self.node(next(self.events), 0)
                if node.value is not None:
                    yield node

    def fail(self, event: Event, message: str) -> InputError:
        return InputError(message, *self.text.spot(self.span(event)[0]))

    def span(self, event: Event) -> tuple[int, int]:
        start, end = event.start_mark, event.end_mark
        return self.text.offset(start.line, start.column), self.text.offset(end.line, end.column)

    def node(self, event: Event, depth: int) -> Node:
        kind = type(event).__name__
        if kind == "AliasEvent":
            found = self.anchors.get(event.anchor)
            if found is None:
                raise self.fail(event, f"alias *{event.anchor} names no anchor above it")
            self.tally(event, found.size)
            return found
        self.tally(event, 1)
        start, end = self.span(event)
        if depth > MAX_DEPTH:
            raise self.fail(event, f"nested deeper than {MAX_DEPTH} levels")
        node = Node(start, end)
        if kind == "ScalarEvent":
            node.value = scalar(event)
        elif kind == "SequenceStartEvent":
            self.sequence(node, depth)
        else:
            self.mapping(node, depth)
        if event.anchor:
            self.anchors[event.anchor] = node
        return node

    def tally(self, event: Event, size: int) -> None:
        self.count += size
        if self.count > MAX_VALUES:
            raise self.fail(event, TOO_MANY)

    def sequence(self, node: Node, depth: int) -> None:
        items: list[Any] = []
        for event in self.events:
            if type(event).__name__ == "SequenceEndEvent":
                node.end = self.span(event)[1]
                break
            below = self.node(event, depth + 1)
            node.members[len(items)] = below
            node.size += below.size
            items.append(below.value)
        node.value = items

    def mapping(self, node: Node, depth: int) -> None:
        merged: list[Node] = []
        for event in self.events:
            if type(event).__name__ == "MappingEndEvent":
                node.end = self.span(event)[1]
                break
            key = self.node(event, depth + 1)
            value = self.node(next(self.events), depth + 1)
            node.size += value.size + 1
            if isinstance(key.value, (dict, list)):
                raise self.fail(event, "a property name that is a list or a mapping")
            name = event.value if type(event).__name__ == "ScalarEvent" else str(key.value)
            if name == "<<":
                merged += value.members.values() if isinstance(value.value, list) else [value]
                continue
            if name in node.members:
                message = f"property '{name}' stands twice; the last one counts"
                self.text.gaps.append(Gap(self.text.shown, message, *self.text.spot(key.start), kind="syntax"))
            node.members[name] = value.named(key)
        for other in merged:
            if not isinstance(other.value, dict):
                raise InputError("'<<' merges what is no mapping", *self.text.spot(other.start))
            node.members = {**other.members, **node.members}
        node.value = {name: below.value for name, below in node.members.items()}


def scalar(event: Event) -> Any:
    """The value of a scalar: quoted and tagged text stays text."""
    text: str = event.value
    tag = event.tag
    if (event.style or tag) and (tag in (None, "!", _STR) or not tag.startswith(_STANDARD)):
        return text
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.0123456789" or len(text) > 100:
        return text
    if _INTEGER.fullmatch(text):
        return int(text.replace("_", ""))
    if based := _BASED.fullmatch(text):
        sign, *digits = based.groups()
        for digit, base in zip(digits, (16, 8, 2), strict=True):
            if digit and digit.strip("_"):
                return int(digit.replace("_", ""), base) * (-1 if sign == "-" else 1)
    if _FLOAT.fullmatch(text) and "inf" not in repr(number := float(text.replace("_", ""))):
        return number
    return text
