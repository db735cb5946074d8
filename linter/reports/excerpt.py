"""A source line with a mark below the stretch at fault, as wide as a terminal shows it."""

from __future__ import annotations

from linter.model import Row
from linter.reports.plain import at_unit, source_line, visible_line

TAB = 4


def pieces(row: Row, width: int = 100) -> tuple[str, str, str] | None:
    """The line before the stretch at fault, the stretch, and what follows, without indentation.

    Tabs are four blanks, unseen characters their escapes. A line that is too long is cut around the stretch, which is
    empty where it lies behind the part of the line that is kept. None where the line is not at hand.
    """
    line = source_line(row)
    if not line.strip():
        return None
    place = row.location
    begin = at_unit(line, place.column)
    end = at_unit(line, place.end_column) if place.end_line == place.line else len(line)
    if line is not row.snippet:  # the stretch is hidden: the mark covers the word that stands for it
        end = len(line) - (len(row.snippet) - at_unit(row.snippet, place.end_column))
    elif begin < len(line):
        end = max(end, begin + 1)
    before, marked, after = (_flat(part) for part in (line[:begin], line[begin:end], line[end:].rstrip()))
    before = before.lstrip()
    limit = max(width, 40)
    if columns(before) > limit // 2:
        before = "…" + _tail(before, limit // 2)
    kept = _head(marked, max(limit - columns(before), 10))
    return before, kept, _head(after, limit - columns(before) - columns(kept)) if kept == marked else ""


def excerpt(row: Row, width: int = 100) -> tuple[str, int, int] | None:
    """(line, start, length): what to print, and the columns of the terminal that the mark covers, `start` 0-based.

    Wide characters take two columns. Length 0: there is nothing to mark.
    """
    found = pieces(row, width)
    if found is None:
        return None
    before, marked, after = found
    return before + marked + after, columns(before), max(columns(marked), 1) if marked else 0


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
