"""A source line with a mark below the stretch at fault, as wide as a terminal shows it."""

from __future__ import annotations

from linter.model import Row
from linter.reports.plain import at_unit, source_line, visible_line

TAB = 4


def excerpt(row: Row, width: int = 100) -> tuple[str, int, int] | None:
    """(line, start, length): what to print, and the columns of the terminal that the mark covers, `start` 0-based.

    Tabs are four blanks, wide characters two columns, unseen ones their escapes. A line that is too long is cut around
    the mark. None where the line is not at hand; length 0 where the stretch lies behind the part that is kept.
    """
    line = source_line(row)
    if not line.strip():
        return None
    place = row.location
    begin = at_unit(line, place.column)
    end = at_unit(line, place.end_column) if place.end_line == place.line else len(line)
    if line is not row.snippet:  # the stretch is hidden: the mark covers the word that stands for it
        end = len(line) - (len(row.snippet) - at_unit(row.snippet, place.end_column))
    before, marked, after = (_flat(part) for part in (line[:begin], line[begin:end], line[end:].rstrip()))
    if begin >= len(line):
        marked, after = "", ""
    indent = len(before) - len(before.lstrip())
    before = before[indent:]
    limit = max(width, 40)
    if columns(before) > limit // 2:
        before = "…" + _tail(before, limit // 2)
    marked = _head(marked, max(limit - columns(before), 10))
    after = _head(after, limit - columns(before) - columns(marked))
    start = columns(before)
    length = columns(marked) if marked or begin < len(line) else 0
    return before + marked + after, start, max(length, 1) if begin < len(line) else 0


def _flat(text: str) -> str:
    return visible_line(text).replace("\t", " " * TAB)


def columns(text: str) -> int:
    """The columns of a terminal that the text takes."""
    if text.isascii():
        return len(text)
    import unicodedata  # only where a line needs it: start-up counts

    total = 0
    for character in text:
        if character < "\u0300":
            total += 1
        elif not unicodedata.combining(character):
            total += 2 if unicodedata.east_asian_width(character) in "WF" else 1
    return total


def _head(text: str, limit: int) -> str:
    if columns(text) <= limit:
        return text
    kept, used = 0, 1
    for character in text:
        used += columns(character)
        if used > limit:
            break
        kept += 1
    return text[:kept] + "…"


def _tail(text: str, limit: int) -> str:
    return _head(text[::-1], limit)[:-1][::-1] if columns(text) > limit else text
