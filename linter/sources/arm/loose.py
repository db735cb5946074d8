"""JSON as Azure's reader takes it where `json` refuses: comments, trailing commas, multi-line strings.

Azure Resource Manager reads templates with Newtonsoft.Json; what that takes is taken here (JsonTextReader.cs, read
2026-11-24): `//` and `/* */`, a comma before a closing bracket, names without quotes, strings in single quotes, line
breaks and tabs inside strings, the escape `\\'`, hexadecimal and octal integers; half a surrogate pair becomes U+FFFD.
Refused, though Newtonsoft takes them: `NaN`, `Infinity`, `undefined`, empty array items, constructors; none has a
meaning in a template.
"""

from __future__ import annotations

import math
import re
from typing import Any, Final, NamedTuple, NoReturn

from linter.errors import InputError

MAX_DEPTH: Final = 256
"""Levels of arrays and objects."""
MAX_DIGITS: Final = 380
"""Characters of one number, as in Newtonsoft.Json (MaximumJavascriptIntegerCharacterLength)."""

TOKEN: Final = re.compile(
    r"""\s*+(?:
      (?P<mark>[{}\[\]:,])
    | (?P<string>"[^"\\]*+(?:\\.[^"\\]*+)*+"|'[^'\\]*+(?:\\.[^'\\]*+)*+')
    | (?P<word>[^\s{}\[\]:,"'/]++)
    | (?P<comment>//[^\n]*+|/\*.*?\*/)
    | (?P<end>\Z))""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_ESCAPED = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", "\\": "\\", "'": "'", '"': '"', "/": "/"}
_SURROGATE = re.compile("[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]")
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*+)")
_FLOAT = re.compile(r"-?(?:[0-9]++\.?[0-9]*+|\.[0-9]++)(?:[eE][+-]?[0-9]++)?")
_ODD_BASE = re.compile(r"0[xX]([0-9a-fA-F]+)|0([0-7]+)")
_NAME = re.compile(r"[A-Za-z_$][\w$]*")
_WORDS: Final[dict[str, bool | None]] = {"true": True, "false": False, "null": None}


class Fault(NamedTuple):
    """Something worth a gap in text that could be read: `offset` counts characters from the start of the text."""

    offset: int
    message: str


class Loose(NamedTuple):
    """What was read; `comments` are (offset, text with its marks)."""

    value: Any
    comments: list[tuple[int, str]]
    faults: list[Fault]


def unquote(text: str, start: int, end: int) -> str:
    """The value of the string token at `start:end`, quotes included; an unknown escape is an `InputError`."""
    raw = text[start + 1 : end - 1]
    if "\\" not in raw:
        return raw

    def replace(escape: re.Match[str]) -> str:
        code, letter = escape.groups()
        if code is not None:
            return chr(int(code, 16))
        if letter not in _ESCAPED:
            shown = f"\\{letter}" if letter.isprintable() else f"U+{ord(letter):04X} after a backslash"
            fail(text, start + 1 + escape.start(), f"no escape of JSON: {shown}; write a backslash as \\\\")
        return _ESCAPED[letter]

    return _SURROGATE.sub(_join, _ESCAPE.sub(replace, raw))


def _join(found: re.Match[str]) -> str:
    pair = found.group()
    return pair.encode("utf-16-le", "surrogatepass").decode("utf-16-le") if len(pair) == 2 else "\ufffd"


def fail(text: str, offset: int, message: str) -> NoReturn:
    """Raise the `InputError` for a fault at `offset`."""
    line, column = spot(text, offset)
    raise InputError(message, line, column)


def spot(text: str, offset: int) -> tuple[int, int]:
    """Line and UTF-16 column, both 1-based, of a character."""
    start = text.rfind("\n", 0, offset) + 1
    return text.count("\n", 0, start) + 1, width(text[start:offset]) + 1


def width(text: str) -> int:
    """Length in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def read_loose(text: str) -> Loose:
    """The one value that `text` holds; an `InputError` names line and column."""
    return _Reader(text).document()


class _Frame:
    """An object or array that is still open; `spelled`: the names so far, by their lower case."""

    __slots__ = ("container", "key", "spelled", "start")

    def __init__(self, container: dict[str, Any] | list[Any], start: int) -> None:
        self.container = container
        self.start = start
        self.key = ""
        self.spelled: dict[str, str] = {}

    @property
    def bracket(self) -> str:
        return "}" if isinstance(self.container, dict) else "]"


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.comments: list[tuple[int, str]] = []
        self.faults: list[Fault] = []
        self.twins: list[tuple[_Frame, str, str, int]] = []
        self.frames: list[_Frame] = []

    def document(self) -> Loose:
        kind, start, end = self.take()
        if kind == "end":
            fail(self.text, start, "the file is empty")
        root = value = self.begin(kind, start, end)
        self.fill(value, start)
        while self.frames:
            self.step()
        kind, start, end = self.take()
        if kind != "end":
            fail(self.text, start, f"text after the end of the document: {self.shown(start, end)}")
        self.settle()
        return Loose(root, self.comments, sorted(self.faults))

    def take(self) -> tuple[str, int, int]:
        """The next token but for comments, which are kept aside: its kind, start and end."""
        while True:
            token = TOKEN.match(self.text, self.at)
            if token is None:
                self.unreadable()
            kind = token.lastgroup or ""
            start, self.at = token.span(kind)
            if kind != "comment":
                return kind, start, self.at
            self.comments.append((start, token.group(kind)))

    def unreadable(self) -> NoReturn:
        start = self.at
        while self.text[start].isspace():
            start += 1
        if self.text[start] in "\"'":
            fail(self.text, start, "a string that does not end")
        if self.text.startswith("/*", start):
            fail(self.text, start, "a comment that does not end")
        fail(self.text, start, "no JSON: '/'")

    def shown(self, start: int, end: int) -> str:
        """A token for a message; only names and marks, since a string may be a secret."""
        token = self.text[start:end]
        if not token:
            return "the end of the file"
        if token[0] in "\"'":
            return "a string"
        return repr(token if len(token) <= 20 else token[:20] + "…")

    def begin(self, kind: str, start: int, end: int) -> Any:
        """The value that starts with this token; of an object or array the empty container."""
        if kind == "string":
            return unquote(self.text, start, end)
        token = self.text[start:end]
        if token == "{":
            return {}
        if token == "[":
            return []
        if kind == "word":
            return _WORDS[token] if token in _WORDS else self.number(token, start)
        return fail(self.text, start, f"expected a value but found {self.shown(start, end)}")

    def number(self, token: str, start: int) -> int | float:
        if len(token) > MAX_DIGITS and token[:2].strip("-.").isdigit():
            fail(self.text, start, f"a number of {len(token)} characters; at most {MAX_DIGITS} are read")
        if _INTEGER.fullmatch(token):
            return int(token)
        if odd := _ODD_BASE.fullmatch(token):
            return int(odd[1], 16) if odd[1] else int(odd[2], 8)
        if not _FLOAT.fullmatch(token):
            fail(self.text, start, f"expected a value but found {self.shown(start, start + len(token))}")
        number = float(token)
        if math.isinf(number):
            fail(
                self.text,
                start,
                f"a number beyond the range of double precision: {self.shown(start, start + len(token))}",
            )
        return number

    def fill(self, value: Any, start: int) -> None:
        """Open a frame where `value` is a container whose members follow."""
        if isinstance(value, (dict, list)):
            if len(self.frames) >= MAX_DEPTH:
                fail(self.text, start, f"nested deeper than {MAX_DEPTH} levels")
            self.frames.append(_Frame(value, start))

    def step(self) -> None:
        """One member of the innermost open container with the comma behind it, or the closing bracket."""
        frame = self.frames[-1]
        if frame.container and not self.comma(frame):
            return
        kind, start, end = self.take()
        if self.text[start:end] == frame.bracket:
            self.frames.pop()
            return
        if kind == "end":
            self.ended(frame, start)
        container = frame.container
        if isinstance(container, list):
            value = self.begin(kind, start, end)
            container.append(value)
        else:
            key = self.name(kind, start, end)
            self.note_twin(frame, container, key, start)
            kind, start, end = self.take()
            if self.text[start:end] != ":":
                fail(self.text, start, f"expected ':' after a property name but found {self.shown(start, end)}")
            kind, start, end = self.take()
            value = container[key] = self.begin(kind, start, end)
        self.fill(value, start)

    def comma(self, frame: _Frame) -> bool:
        """Whether another member may follow; False closed the container."""
        kind, start, end = self.take()
        mark = self.text[start:end]
        if mark == ",":
            return True
        if mark != frame.bracket:
            if kind == "end":
                self.ended(frame, start)
            fail(self.text, start, f"expected ',' or '{frame.bracket}' but found {self.shown(start, end)}")
        self.frames.pop()
        return False

    def ended(self, frame: _Frame, offset: int) -> NoReturn:
        line, _ = spot(self.text, frame.start)
        what = "object" if frame.bracket == "}" else "array"
        fail(self.text, offset, f"the file ends inside the {what} that starts in line {line}")

    def name(self, kind: str, start: int, end: int) -> str:
        if kind == "string":
            return unquote(self.text, start, end)
        token = self.text[start:end]
        if kind == "word" and _NAME.fullmatch(token):
            return token
        return fail(self.text, start, f"expected a property name but found {self.shown(start, end)}")

    def note_twin(self, frame: _Frame, container: dict[str, Any], key: str, start: int) -> None:
        earlier = frame.spelled.setdefault(key.lower(), key)
        if key in container:
            self.faults.append(Fault(start, f"property '{key}' stands twice; the last one counts"))
        elif earlier != key:
            self.twins.append((frame, earlier, key, start))
        frame.spelled[key.lower()] = key

    def settle(self) -> None:
        """Names that differ only in case are one to Azure: the last value stays; equal and null ones harm nobody."""
        for frame, earlier, later, start in self.twins:
            container = frame.container
            if not isinstance(container, dict) or earlier not in container or later not in container:
                continue
            last = frame.spelled[later.lower()]
            other = earlier if last != earlier else later
            if container.get(last) is None:
                container.pop(last, None)
            elif not same(container[other], container[last]) and container.pop(other) is not None:
                message = f"property '{later}' stands twice (as '{earlier}' too); the last one counts"
                self.faults.append(Fault(start, message))


def same(left: Any, right: Any) -> bool:
    """Equal JSON values; unlike `==`, `1`, `1.0` and `true` are three."""
    if type(left) is not type(right):
        return False
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same(item, right[key]) for key, item in left.items())
    if isinstance(left, list):
        return len(left) == len(right) and all(map(same, left, right))
    return bool(left == right)
