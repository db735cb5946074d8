"""JSON as the engine (Newtonsoft.Json) writes and leniently reads it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from linter.model import Value
from linter.sources.template.functions.dates import EPOCH, show
from linter.sources.template.functions.moments import MOST, Moment
from linter.sources.template.functions.units import join_units
from linter.sources.template.values import Budget, EvaluationError, LimitError, float_text

if TYPE_CHECKING:
    from collections.abc import Callable

_ESCAPES: Final = {
    '"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f",
    "\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029",
}  # fmt: skip
_SPECIAL: Final = re.compile(r'["\\\x00-\x1f\x85\u2028\u2029]')
DEEPEST: Final = 60
"""Levels that `json` reads: the engine's answers hold 64, four of which are the resource and its properties."""


def write(value: Value, budget: Budget) -> str:
    """A known value as JSON without spaces, names in the order written."""
    parts: list[str] = []
    _write(value, parts.append, budget, 0)
    return "".join(parts)


def _write(value: Value, put: Callable[[str], None], budget: Budget, depth: int) -> None:
    if depth > 200:
        raise LimitError("the value nests too deeply to be written as text")
    budget.make_text(2)
    if isinstance(value, str):
        _put_text(value, put, budget)
    elif value is None:
        put("null")
    elif isinstance(value, bool):
        put("true" if value else "false")
    elif isinstance(value, int):
        put(str(value))
    elif isinstance(value, float):
        text = float_text(value)
        put(f'"{text}"' if text[-1] in "yN" else text)
    elif isinstance(value, list):
        put("[")
        for at, item in enumerate(value):
            if at:
                put(",")
            _write(item, put, budget, depth + 1)
        put("]")
    else:
        put("{")
        for at, (key, item) in enumerate(value.items()):
            if at:
                put(",")
            _put_text(key, put, budget)
            put(":")
            _write(item, put, budget, depth + 1)
        put("}")


def _put_text(text: str, put: Callable[[str], None], budget: Budget) -> None:
    budget.make_text(len(text) + 2)
    put(f'"{_SPECIAL.sub(_escape, text)}"')


def _escape(match: re.Match[str]) -> str:
    char = match[0]
    return _ESCAPES.get(char) or f"\\u{ord(char):04x}"


_SPACE = re.compile(r"(?:\s+|/\*.*?\*/|//[^\r\n]*)*", re.DOTALL)
_WORD = re.compile(r"-?Infinity|NaN|true|false|null|undefined")
_NUMBER = re.compile(r"0[xX][0-9a-fA-F]+|-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_DATE = re.compile(r"new\s+Date\(\s*(-?[0-9]{1,14})\s*\)")
_NAME = re.compile(r"[\w$]+")
_PLAIN = re.compile(r"[^'\"\\]+")
_WORDS: Final[dict[str, Value]] = {
    "Infinity": float("inf"), "-Infinity": float("-inf"), "NaN": float("nan"),
    "true": True, "false": False, "null": None, "undefined": None,
}  # fmt: skip
_SIMPLE: Final = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "/": "/", "\\": "\\", '"': '"', "'": "'"}
_BAD: Final = "the argument provided is not a valid JSON string"


class _FaultError(Exception):
    """The text is no JSON, however leniently read."""


def read(text: str, name: str, budget: Budget) -> Value:
    """The first JSON value in a text: comments, single quotes, bare names, octal, spare commas, a missing end pass."""
    budget.make_text(len(text))
    try:
        return _Reader(text, budget).value(0, _Reader.start(text))[0]
    except _FaultError:
        raise EvaluationError(f"Unable to evaluate the template language function '{name}': {_BAD}.") from None


class _Reader:
    """Each method takes a place and gives what it read and the place behind it."""

    __slots__ = ("budget", "text")

    def __init__(self, text: str, budget: Budget) -> None:
        self.text = text
        self.budget = budget

    @staticmethod
    def start(text: str) -> int:
        match = _SPACE.match(text)
        return match.end() if match else 0

    def skip(self, at: int) -> int:
        match = _SPACE.match(self.text, at)
        return match.end() if match else at

    def value(self, depth: int, at: int) -> tuple[Value, int]:
        text = self.text
        self.budget.spend()
        if at >= len(text):
            raise _FaultError
        char = text[at]
        if char in "[{":
            if depth >= DEEPEST:
                raise EvaluationError(f"The reader's maximum configured depth of {DEEPEST} has been exceeded.")
            return self.array(depth + 1, at + 1) if char == "[" else self.object(depth + 1, at + 1)
        if char in "\"'":
            return self.string(at)
        made = _DATE.match(text, at)
        if made is not None:
            ticks = EPOCH + int(made[1]) * 10_000
            if not 0 <= ticks < MOST:
                raise _FaultError
            return show(Moment(ticks, 0), "MM/dd/yyyy HH:mm:ss"), made.end()
        word = _WORD.match(text, at)
        if word is not None:
            self.ended(word.end())
            return _WORDS[word[0]], word.end()
        return self.number(at)

    def ended(self, at: int) -> None:
        """A bare word must be followed by a separator."""
        if at < len(self.text) and not self.text[at].isspace() and self.text[at] not in ",]}/)":
            raise _FaultError

    def number(self, at: int) -> tuple[Value, int]:
        match = _NUMBER.match(self.text, at)
        digits = match[0] if match else ""
        end = at + len(digits)
        if not digits:
            raise _FaultError
        self.ended(end)
        return _number(digits), end

    def string(self, at: int) -> tuple[str, int]:
        quote, text = self.text[at], self.text
        at += 1
        parts: list[str] = []
        while True:
            plain = _PLAIN.match(text, at)
            if plain is not None:
                parts.append(plain[0])
                at = plain.end()
            if at >= len(text):
                raise _FaultError
            char = text[at]
            at += 1
            if char == quote:
                made = "".join(parts)
                return (made if made.isascii() else join_units(made)), at
            if char != "\\":
                parts.append(char)
                continue
            code = text[at : at + 1]
            at += 1
            if code == "u":
                digits = text[at : at + 4]
                if not re.fullmatch(r"[0-9a-fA-F]{4}", digits):
                    raise _FaultError
                parts.append(chr(int(digits, 16)))
                at += 4
            elif code in _SIMPLE:
                parts.append(_SIMPLE[code])
            else:
                raise _FaultError

    def array(self, depth: int, at: int) -> tuple[list[Value], int]:
        made: list[Value] = []
        while True:
            at = self.skip(at)
            char = self.text[at : at + 1]
            if not char:
                if not made:
                    raise _FaultError
                return made, at
            if char == "]":
                return made, at + 1
            if char == ",":
                made.append(None)
                at += 1
                continue
            item, at = self.value(depth, at)
            made.append(item)
            at = self.skip(at)
            char = self.text[at : at + 1]
            if char == ",":
                at += 1
            elif char == "]":
                return made, at + 1
            elif char:
                raise _FaultError
            else:
                return made, at

    def object(self, depth: int, at: int) -> tuple[dict[str, Value], int]:
        made: dict[str, Value] = {}
        while True:
            at = self.skip(at)
            char = self.text[at : at + 1]
            if char == "}":
                return made, at + 1
            name, at = self.name(at)
            at = self.skip(at)
            if self.text[at : at + 1] != ":":
                raise _FaultError
            made[name], at = self.value(depth, self.skip(at + 1))
            at = self.skip(at)
            char = self.text[at : at + 1]
            if char == ",":
                at += 1
            elif char == "}":
                return made, at + 1
            elif char:
                raise _FaultError
            else:
                return made, at

    def name(self, at: int) -> tuple[str, int]:
        if self.text[at : at + 1] in ("'", '"'):
            return self.string(at)
        match = _NAME.match(self.text, at)
        if match is None:
            raise _FaultError
        return match[0], match.end()


def _number(digits: str) -> Value:
    if digits[:2] in ("0x", "0X"):
        return int(digits, 16)
    if "." in digits or "e" in digits or "E" in digits:
        return float(digits)
    if len(digits) > 4000:
        raise EvaluationError("The JSON text has a number of more than 4000 digits.")
    if len(digits) > 1 and digits[0] == "0":
        if "8" in digits or "9" in digits:
            raise _FaultError
        return int(digits, 8)
    return int(digits)
