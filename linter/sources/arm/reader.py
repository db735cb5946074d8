"""JSON files → values with places on demand. Strict JSON goes through `json`; what it refuses through `loose`."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path as FilePath
from typing import Any, Final

from linter.errors import InputError
from linter.model import Gap, Path, Place
from linter.sources.arm.loose import MAX_DEPTH, Fault, fail, read_loose, spot
from linter.sources.arm.positions import Positions, line_starts, steps_of

MAX_BYTES: Final = 64 * 1024 * 1024
"""Azure takes templates up to 4 MB; exports of a large estate are larger."""
_HALF_PAIR = re.compile(r"\\u[dD][89a-fA-F]")


class Comment:
    """A comment: its text with the marks, the line it starts in, and whether code stands before it on that line."""

    __slots__ = ("line", "text", "trailing")

    def __init__(self, line: int, text: str, trailing: bool) -> None:
        self.line = line
        self.text = text
        self.trailing = trailing


class Document:
    """One JSON text. `value` is plain Python: integers of any size stay `int`, other numbers are `float`.

    `path` is how reports name the file. `gaps` tells of names that stand twice.
    """

    def __init__(self, text: str, path: str, value: Any, faults: list[Fault], comments: list[tuple[int, str]]) -> None:
        self.text = text
        self.path = path
        self.value = value
        self._faults = faults
        self._comments = comments
        self._positions: Positions | None = None
        self._lines: list[int] = []

    @property
    def gaps(self) -> list[Gap]:
        return [Gap(self.path, fault.message, *spot(self.text, fault.offset), kind="syntax") for fault in self._faults]

    @property
    def positions(self) -> Positions:
        if self._positions is None:
            self._positions = Positions(self.text, self.path)
        return self._positions

    def place(self, where: str | Path = (), key: bool = False) -> Place:
        """Where the value at a JSON pointer or a path stands, or with `key` its name; see `Positions.place`."""
        return self.positions.place(steps_of(where) if isinstance(where, str) else where, key)

    def comments(self) -> list[Comment]:
        """The comments in the order of the text."""
        found = []
        for offset, text in self._comments:
            line, _ = spot(self.text, offset)
            before = self.text[self.text.rfind("\n", 0, offset) + 1 : offset]
            found.append(Comment(line, text, bool(before.strip())))
        return found

    def line(self, number: int) -> str:
        """A line of the text, 1-based, without its end; empty beyond the last."""
        if not self._lines:
            self._lines = line_starts(self.text)
        if not 1 <= number <= len(self._lines):
            return ""
        end = self._lines[number] if number < len(self._lines) else len(self.text)
        return self.text[self._lines[number - 1] : end].rstrip("\r\n")


def read(path: FilePath, shown: str) -> Document:
    """Read a JSON file; an `InputError` says why not, with line and column where the fault has a place."""
    return parse(read_text(path), shown)


def read_text(path: FilePath) -> str:
    """The text of a file without its byte order mark; an `InputError` where it is too large or no text."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}") from error
    if len(data) > MAX_BYTES:
        raise InputError(f"is larger than {MAX_BYTES // 1024**2} MB, the most that is read of one file; split it")
    return decode(data)


def decode(data: bytes) -> str:
    """UTF-8, or UTF-16 and UTF-32 with a byte order mark or told by their zero bytes; else an `InputError`."""
    encoding = json.detect_encoding(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        before = data[: error.start].decode(encoding, "replace")
        line, column = spot(before, len(before))
        name = "UTF-8" if encoding.startswith("utf-8") else encoding.upper()
        raise InputError(
            f"is no {name} text (byte 0x{data[error.start]:02X}); save it as UTF-8", line, column
        ) from None
    if "\0" in text:
        fail(text, text.index("\0"), "a zero byte: no text file")
    return text


def parse(text: str, shown: str) -> Document:
    """Read a JSON text; `shown` is how reports name it."""
    text = text.removeprefix("\ufeff")
    strict = _Strict()
    try:
        value = strict.decode(text)
    except (ValueError, RecursionError):
        pass  # the loose reader reads it, or names the place
    else:
        if not (strict.odd or _HALF_PAIR.search(text) or _deep(value, text)):
            return Document(text, shown, value, [], [])
    loose = read_loose(text)
    return Document(text, shown, loose.value, loose.faults, loose.comments)


class _Strict:
    """One strict reading; `odd` where `json` was content with what needs a closer look (names that stand twice)."""

    def __init__(self) -> None:
        self.odd = False

    def decode(self, text: str) -> Any:
        decoder = json.JSONDecoder(object_pairs_hook=self._object, parse_float=_float, parse_constant=_constant)
        return decoder.decode(text)

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        count = len(pairs)
        if count > 1 and len(set(map(str.lower, members))) != count:
            self.odd = True
        return members


def _float(token: str) -> float:
    number = float(token)
    if math.isinf(number):
        raise ValueError
    return number


def _constant(token: str) -> Any:
    raise ValueError(token)


def _deep(value: Any, text: str) -> bool:
    """Whether arrays and objects are nested deeper than `MAX_DEPTH`."""
    if text.count("{") + text.count("[") <= MAX_DEPTH:
        return False
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            item
            for container in level
            for item in (container.values() if type(container) is dict else container)
            if type(item) is dict or type(item) is list
        ]
        if not level:
            return False
    return True
