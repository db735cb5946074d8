"""YAML as plain data together with the line of every key and item: what policies and the configuration are written in.

The words of YAML 1.2's core schema: only `true` and `false` are booleans, a date stays text. Aliases, merge keys, tags
of one's own and duplicate keys are refused. PyYAML is imported on the first call only: it costs a tenth of a start.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from linter.errors import InputError

MAX_NODES = 200_000
MAX_DEPTH = 60
_QUOTED = ("'", '"', "|", ">")
_CORE = "tag:yaml.org,2002:"
_TAGS = frozenset(_CORE + name for name in ("str", "int", "float", "bool", "null", "timestamp", "seq", "map", "value"))
_INT = re.compile(r"[-+]?[0-9]+\Z")
_FLOAT = re.compile(r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)(?:[eE][-+]?[0-9]+)?\Z")
_WORDS: dict[str, Any] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None, "true": True, "True": True, "TRUE": True, "false":
    False, "False": False, "FALSE": False,
}  # fmt: skip


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

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        node = yaml.compose(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise InputError(f"not YAML: {error.problem or error.context}", *where) from None
    except yaml.YAMLError as error:
        raise InputError(f"not YAML: {str(error).splitlines()[0]}", 1, 1) from None
    except RecursionError:
        raise InputError("not YAML that we read: nested too deep", 1, 1) from None
    reader = _Reader()
    return LinedYaml(reader.value(node, ()) if node is not None else None, reader.lines)


class _Reader:
    def __init__(self) -> None:
        self.lines: dict[tuple[str | int, ...], int] = {}
        self.seen: set[int] = set()

    def value(self, node: Any, steps: tuple[str | int, ...]) -> Any:
        line, column = node.start_mark.line + 1, node.start_mark.column + 1
        if id(node) in self.seen:
            raise InputError("aliases (*name) are not read here; write the value out", line, column)
        self.seen.add(id(node))
        if len(self.seen) > MAX_NODES or len(steps) > MAX_DEPTH:
            raise InputError("too much or too deeply nested YAML", line, column)
        self.lines.setdefault(steps, line)
        if node.tag not in _TAGS:
            raise InputError(f"the tag {node.tag.removeprefix(_CORE)} is not read here", line, column)
        if node.id == "scalar":
            return self.scalar(node, line, column)
        if node.id == "sequence":
            return [self.item(child, (*steps, index)) for index, child in enumerate(node.value)]
        return self.mapping(node, steps)

    def item(self, node: Any, steps: tuple[str | int, ...]) -> Any:
        self.lines[steps] = node.start_mark.line + 1
        return self.value(node, steps)

    def mapping(self, node: Any, steps: tuple[str | int, ...]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, child in node.value:
            line, column = key.start_mark.line + 1, key.start_mark.column + 1
            if key.id != "scalar" or key.value == "<<":
                raise InputError("a key must be plain text", line, column)
            if key.value in found:
                raise InputError(f"the key {key.value!r} stands here twice", line, column)
            self.lines[(*steps, key.value)] = line
            found[key.value] = self.value(child, (*steps, key.value))
        return found

    @staticmethod
    def scalar(node: Any, line: int, column: int) -> Any:
        text: str = node.value
        if node.style in _QUOTED or node.tag == "tag:yaml.org,2002:str":
            return text
        if text in _WORDS:
            return _WORDS[text]
        if _INT.match(text) and len(text) < 20:
            return int(text)
        return float(text) if _FLOAT.match(text) and len(text) < 40 else text
