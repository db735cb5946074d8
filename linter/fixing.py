"""`--fix`: the certain changes of a ledger written into the files, or shown as a diff."""

from __future__ import annotations

import codecs
import difflib
from collections.abc import Iterator
from pathlib import Path

from linter.errors import UsageError
from linter.fixes import offset
from linter.model import Fix, Ledger
from linter.reporting import write_bytes


def fixes_of(ledger: Ledger) -> dict[str, list[Fix]]:
    """The fixes by file: of rows that count, each once, in the order of the text; of two that touch each other the
    first."""
    found: dict[str, dict[tuple[int, int, int, int, str], Fix]] = {}
    for row in ledger.rows:
        if row.fix is not None and row.verdict == "fail" and row.waiver is None:
            place = row.fix.place
            key = (place.line, place.column, place.end_line, place.end_column, row.fix.text)
            found.setdefault(place.path, {}).setdefault(key, row.fix)
    return {path: [one for _, one in sorted(by_place.items())] for path, by_place in sorted(found.items())}


def fixed(text: str, fixes: list[Fix]) -> tuple[str, int]:
    """The changed text, and how many fixes went in."""
    pieces: list[str] = []
    at = done = 0
    last = -1
    for one in fixes:
        start = offset(text, one.place.line, one.place.column)
        end = offset(text, one.place.end_line, one.place.end_column)
        if start is None or end is None or start < at or start == last:
            continue  # it touches the one before: the next run takes it
        pieces += [text[at:start], one.text]
        at, last, done = end, start, done + 1
    return "".join([*pieces, text[at:]]), done


def apply_fixes(ledger: Ledger) -> int:
    """Write the files; gives the number of changes. Raises `UsageError` for a file that cannot be written."""
    count = 0
    for path, fixes in fixes_of(ledger).items():
        mark, text = _read(path)
        new, done = fixed(text, fixes)
        if done:
            write_bytes(path, mark + new.encode("utf-8"))
            count += done
    return count


def diff(ledger: Ledger) -> Iterator[str]:
    """What `apply_fixes` would change, as a unified diff."""
    for path, fixes in fixes_of(ledger).items():
        _, text = _read(path)
        new, _ = fixed(text, fixes)
        before, after = text.splitlines(keepends=True), new.splitlines(keepends=True)
        for line in difflib.unified_diff(before, after, f"a/{path.lstrip('/')}", f"b/{path.lstrip('/')}"):
            yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _read(path: str) -> tuple[bytes, str]:
    """(byte order mark or nothing, text)."""
    try:
        data = Path(path).read_bytes()
        mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
        return mark, data[len(mark) :].decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be mended: {error}") from None
