"""Where the members of a JSON text stand, found on demand: only containers on the way to what is asked are searched."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from itertools import accumulate
from typing import NamedTuple

from linter.model import Path, Place
from linter.sources.arm.loose import TOKEN, unquote, width


class Span(NamedTuple):
    """Character offsets of a member, ends exclusive; `key_start` is -1 where it has no name (array items, the root)."""

    start: int
    end: int
    key_start: int = -1
    key_end: int = -1


_TO_BRACKET = re.compile(
    r"""(?:[^"'{}\[\]/]++|"[^"\\]*+(?:\\.[^"\\]*+)*+"|'[^'\\]*+(?:\\.[^'\\]*+)*+'|//[^\n]*+|/\*.*?\*/)*+([{}\[\]])""",
    re.DOTALL,
)
_read = json.JSONDecoder().raw_decode
Members = dict[str, Span] | list[Span]


def pointer_of(steps: Path) -> str:
    """The JSON pointer (RFC 6901) of a path."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def steps_of(pointer: str) -> tuple[str, ...]:
    """The steps of a JSON pointer, indexes as text."""
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:])


class Positions:
    """The places of one text that is known to be readable JSON (strict or loose)."""

    def __init__(self, text: str, shown: str) -> None:
        self._text = text
        self._shown = shown
        self._lines: list[int] = []
        self._inside: dict[int, Members | None] = {}

    def place(self, steps: Path, key: bool) -> Place:
        """The place of a value, or of its name; a path that is not there gives its nearest ancestor's name.

        What has no name (an array item, the root) is then shown by its opening bracket, whole where it is no container.
        """
        span = self._root()
        walked: list[str | int] = []
        for step in steps:
            found = self._member(span, step)
            if found is None:
                key = True
                break
            real, span = found
            walked.append(real)
        start, end = span.start, span.end
        if key and span.key_start >= 0:
            start, end = span.key_start, span.key_end
        elif key and self._text[start] in "{[":
            end = start + 1
        return self.stretch(start, end, pointer_of(tuple(walked)))

    def stretch(self, start: int, end: int, pointer: str = "") -> Place:
        """The place of the characters from `start` to `end`."""
        line, column = self._spot(start)
        end_line, end_column = self._spot(end)
        return Place(self._shown, line, column, end_line, end_column, pointer)

    def _spot(self, offset: int) -> tuple[int, int]:
        if not self._lines:
            self._lines = line_starts(self._text)
        line = bisect_right(self._lines, offset)
        return line, width(self._text[self._lines[line - 1] : offset]) + 1

    def _root(self) -> Span:
        kind, start, end = self._token(0)
        return Span(start, len(self._text.rstrip()) if kind == "mark" else end)

    def _member(self, span: Span, step: str | int) -> tuple[str | int, Span] | None:
        if span.start not in self._inside:
            self._inside[span.start] = self._members(span.start)
        members = self._inside[span.start]
        if isinstance(members, list):
            if isinstance(step, str):
                if not (step.isascii() and step.isdigit()):
                    return None
                step = int(step)
            return (step, members[step]) if 0 <= step < len(members) else None
        if members is None:
            return None
        name = str(step)
        if name in members:
            return name, members[name]
        for other in reversed(members):
            if other.lower() == name.lower():
                return other, members[other]
        return None

    def _token(self, at: int) -> tuple[str, int, int]:
        while True:
            token = TOKEN.match(self._text, at)
            if token is None or token.lastgroup is None:
                raise AssertionError(f"text that was read before cannot be read at {at}")
            start, at = token.span(token.lastgroup)
            if token.lastgroup != "comment":
                return token.lastgroup, start, at

    def _members(self, start: int) -> Members | None:
        """The members of the container that opens at `start`; `None` where no container does."""
        bracket = self._text[start]
        if bracket not in "{[":
            return None
        named: dict[str, Span] = {}
        items: list[Span] = []
        kind, begin, end = self._token(start + 1)
        while self._text[begin] not in "}]":
            key_start, key_end, name = -1, -1, ""
            if bracket == "{":
                key_start, key_end = begin, end
                name = unquote(self._text, begin, end) if kind == "string" else self._text[begin:end]
                kind, begin, end = self._token(self._token(end)[2])
            if kind == "mark":
                end = self._close(begin)
            span = Span(begin, end, key_start, key_end)
            if bracket == "{":
                named[name] = span
            else:
                items.append(span)
            kind, begin, end = self._token(end)
            if kind == "mark" and self._text[begin] == ",":
                kind, begin, end = self._token(end)
        return named if bracket == "{" else items

    def _close(self, at: int) -> int:
        """The offset behind the container that opens at `at`: read by `json` where it can, else bracket by bracket."""
        try:
            return _read(self._text, at)[1]
        except (ValueError, RecursionError):
            pass
        depth, at = 1, at + 1
        while depth:
            bracket = _TO_BRACKET.match(self._text, at)
            if bracket is None:
                raise AssertionError("a container that was read before does not close")
            at = bracket.end()
            depth += 1 if bracket[1] in "{[" else -1
        return at


def line_starts(text: str) -> list[int]:
    """The offset of the first character of each line; only `\\n` ends one."""
    ends = accumulate(map(len, text.split("\n")))
    return [0, *(end + number for number, end in enumerate(ends, 1))][:-1]
