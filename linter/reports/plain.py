"""Text of strangers made harmless: names, messages and source lines as visible characters of bounded length.

Control characters, marks that turn the direction of text, other invisible characters and lone surrogates become
escapes that can be read (`\\x1b`, `\\u202e`). Words that a pipeline's log takes for a command are broken.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

from linter.model import ABSENT, Row, Unresolved

MAX_TEXT: Final = 1_000
MAX_NAME: Final = 260
MAX_VALUE: Final = 4_096
MAX_DEPTH: Final = 40
MAX_MEMBERS: Final = 1_000
HIDDEN: Final = "(hidden)"

_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\uffff"
    "\ud800-\udfff\U000e0000-\U000e0fff]"
)
_COMMAND = re.compile(r"##(?=vso\[|\[)", re.IGNORECASE)
"""Azure Pipelines looks for `##vso[` and `##[`, and GitHub's runner for `##[`, anywhere in a line of the log."""


def visible(text: str, limit: int = MAX_TEXT) -> str:
    """One line that shows what it holds: line ends become blanks, what cannot be seen an escape; bounded in length."""
    text = text[: limit * 2]
    if not text.isascii() or not text.isprintable():
        text = _UNSEEN.sub(_escape, text.replace("\r\n", " ").replace("\n", " ").replace("\t", " "))
    if len(text) > limit:
        text = text[: limit - 1] + "…"
    return _COMMAND.sub("# #", text) if "##" in text else text


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def visible_line(text: str) -> str:
    """A source line: tabs stay, else as `visible`."""
    return _UNSEEN.sub(lambda found: "\t" if found[0] == "\t" else _escape(found), text)


def to_json(value: Any) -> str:
    """Compact JSON in ASCII that no log takes for a command: `##vso[` is written with an escape, which readers undo."""
    text = _dump(value)
    return _COMMAND.sub("#\\\\u0023", text) if "##" in text else text


_dump = json.JSONEncoder(ensure_ascii=True, allow_nan=False, check_circular=False, separators=(",", ":")).encode


def json_value(value: Any, depth: int = 0) -> Any:
    """An observed value as JSON: what is unresolved as `{"$unresolved": expression}`, what is absent as null.

    Text is cut at 4,096 characters, lists and objects at 1,000 members and 40 levels: a report is no copy of its input.
    """
    if value is None or value is ABSENT:
        return None
    if isinstance(value, (bool, int)):
        return value if -(1 << 63) <= value < 1 << 64 else str(value)[:MAX_VALUE]
    if isinstance(value, str):
        return cut(value)
    if isinstance(value, float):
        return value if value - value == 0 else str(value)  # neither infinite nor NaN, which JSON lacks
    if isinstance(value, Unresolved):
        return {"$unresolved": cut(value.expression)}
    if depth >= MAX_DEPTH:
        return "…"
    if isinstance(value, dict):
        members = list(value.items())[:MAX_MEMBERS]
        return {cut(str(key)): json_value(item, depth + 1) for key, item in members}
    if isinstance(value, (list, tuple)):
        return [json_value(item, depth + 1) for item in value[:MAX_MEMBERS]]
    return cut(str(value))


def cut(text: str) -> str:
    """At most 4,096 characters, lone surrogates replaced: they are no text that JSON readers take."""
    if len(text) > MAX_VALUE:
        text = text[: MAX_VALUE - 1] + "…"
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def source_line(row: Row) -> str:
    """The source line of a row. Where the row hides what it observed, the stretch at fault is hidden here too."""
    line = row.snippet
    if row.observed != HIDDEN or not line:
        return line
    start, end = at_unit(line, row.location.column), at_unit(line, row.location.end_column)
    return line[:start] + HIDDEN + line[max(start, end) :]


def at_unit(line: str, column: int) -> int:
    """The index of the character at a 1-based column in UTF-16 units; the length of the line where it ends before."""
    if line.isascii():
        return min(max(column - 1, 0), len(line))
    units = 0
    for index, character in enumerate(line):
        if units >= column - 1:
            return index
        units += 2 if ord(character) > 0xFFFF else 1
    return len(line)
