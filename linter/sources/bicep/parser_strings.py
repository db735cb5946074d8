"""Bicep strings and integers: the values of their tokens."""

from __future__ import annotations

from abc import ABC, abstractmethod

from linter.sources.bicep.lexer import unescape
from linter.sources.bicep.parser_tokens import TokenParser
from linter.sources.bicep.syntax import Interpolated, Node, Skipped, String, SyntaxFault, joined

_HOLE_STOP = frozenset(("middle", "right", "nl"))
_LARGEST = 2**64 - 1


class StringParser(TokenParser, ABC):
    """The rules of strings, whose holes hold expressions."""

    __slots__ = ()

    @abstractmethod
    def expression(self, literals: bool = True) -> Node:
        """An expression."""

    def integer(self) -> int:
        """The value of the integer token here, which is passed over."""
        at = self.at
        digits = self.text[self.starts[at] : self.ends[at]].lstrip("0")
        value = int(digits or "0") if len(digits) <= 20 else _LARGEST + 1
        wrong = self.expected("BCP010", "expected an integer of 64 bits")
        self.at = at + 1
        if value > _LARGEST:
            raise wrong
        return value

    def any_string(self, code: str, message: str) -> String | Interpolated:
        """A string that must stand here; where none does, the rest of the line is taken for it."""
        wrong = self.expected(code, message)
        kind = self.kinds[self.at]
        node = self.string() if kind == "string" else self.interpolated() if kind == "left" else None
        if node is not None and not isinstance(node, Skipped):
            return node
        while node is None and self.kinds[self.at] not in _HOLE_STOP and self.kinds[self.at] != "end":
            self.at += 1
        raise wrong

    def string(self) -> String | Skipped:
        """The string without holes here."""
        at = self.at
        self.at = at + 1
        start, end = self.starts[at], self.ends[at]
        dollars = self.tokens.long.get(at)
        if at in self.tokens.broken:
            return Skipped(start, end)
        if dollars is not None:
            return String(start, end, self._long_text(start + dollars + 3, end - 3), True)
        value = unescape(self.text[start + 1 : end - 1])
        if value is None:
            self._bad_escape(start, end)
            return Skipped(start, end)
        return String(start, end, value, False)

    def _bad_escape(self, start: int, end: int) -> None:
        self.faults.append(SyntaxFault(start, end, "BCP133", r"a Unicode escape is written \u{0..10FFFF}"))

    def _long_text(self, start: int, end: int, first: bool = True) -> str:
        if first and start < end and self.text[start] == "\r":
            start += 1
        if first and start < end and self.text[start] == "\n":
            start += 1
        return joined(self.text[start:end])

    def interpolated(self) -> Interpolated | Skipped:
        """The string with holes here."""
        first = self.at
        pieces = [first]
        holes: list[Node] = []
        kinds = self.kinds
        kind = "left"
        while kind != "right":
            self.at += 1
            hole: Node = self.recover(lambda: self.expression(False), _HOLE_STOP)
            if kinds[self.at] not in _HOLE_STOP:
                wrong = self.expected("BCP064", "expected the end of the hole, `}`, here")
                rest = self.skip(self.at, len(self.faults), wrong, _HOLE_STOP)
                hole = Skipped(hole.start, rest.end)
            holes.append(hole)
            kind = kinds[self.at]
            if kind not in ("middle", "right"):
                return Skipped(self.starts[first], max(self.starts[self.at], self.ends[self.at - 1]))
            pieces.append(self.at)
        self.at += 1
        start, end = self.starts[first], self.ends[pieces[-1]]
        if not self.tokens.broken.isdisjoint(pieces):
            return Skipped(start, end)
        dollars = self.tokens.long.get(first)
        segments = self._segments(pieces, dollars)
        if None in segments:
            self._bad_escape(start, end)
            return Skipped(start, end)
        return Interpolated(start, end, [text for text in segments if text is not None], holes, dollars is not None)

    def _segments(self, pieces: list[int], dollars: int | None) -> list[str | None]:
        """The texts between the holes; None where an escape is wrong."""
        segments: list[str | None] = []
        for place, index in enumerate(pieces):
            start, end = self.starts[index], self.ends[index]
            last = place == len(pieces) - 1
            if dollars is None:
                segments.append(unescape(self.text[start + 1 : end - (1 if last else 2)]))
            else:
                start += 1 if place else dollars + 3
                segments.append(self._long_text(start, end - (3 if last else dollars + 1), not place))
        return segments
