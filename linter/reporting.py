"""Where reports go: standard output and files, and the one place that decides the exit code."""

from __future__ import annotations

import argparse
import importlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from linter import __version__
from linter.errors import UsageError
from linter.model import SEVERITIES, Ledger
from linter.reports.options import Options

FORMATS = ("text", "concise", "sarif", "json", "markdown", "html", "junit", "github", "azure-devops", "gitlab")
LOCATED = frozenset({"sarif", "html", "gitlab", "markdown", "github", "azure-devops"})
"""Formats that name files from the top of the checkout."""


def gate(ledger: Ledger, fail_on: str, unknown: str) -> int:
    """0, 1 or 3: what could not be seen wins over what was found."""
    if ledger.gaps:
        return 3
    if fail_on == "never":
        return 0
    limit = next(index for index, severity in enumerate(SEVERITIES) if severity == fail_on)
    gating = {"fail", "unknown"} if unknown == "fail" else {"fail"}
    for row in ledger.rows:
        counts = row.verdict in gating and row.waiver is None and row.baseline == "new"
        if counts and SEVERITIES.index(row.severity) <= limit:
            return 1
    return 0


def parse_outputs(words: Iterable[str]) -> list[tuple[str, str]]:
    """`sarif=out.sarif` → `("sarif", "out.sarif")`. Raises `UsageError`."""
    outputs = []
    for word in words:
        name, equals, file = word.partition("=")
        if not equals or not file or name not in FORMATS:
            raise UsageError(f"--output {word}: takes FORMAT=FILE; FORMAT is one of {', '.join(FORMATS)}")
        if not Path(file).absolute().parent.is_dir():
            raise UsageError(f"--output {word}: there is no folder {Path(file).parent.as_posix()}")
        outputs.append((name, file))
    return outputs


def report_options(options: argparse.Namespace, formats: Iterable[str]) -> Options:
    """What all reports are told; git is looked into only where one of the formats says where the files lie."""
    top = repository = None
    folder = Path.cwd()
    if set(formats) & LOCATED:
        from linter.checkout import repository_at, top_of

        top = top_of(folder)
        repository = repository_at(top) if top else None
    return Options(
        color=sys.stdout.isatty() and not options.no_color and not os.environ.get("NO_COLOR"),
        width=shutil.get_terminal_size().columns,
        evidence=options.evidence,
        unknown=options.unknown,
        fail_on=options.fail_on,
        category=options.category or "",
        version=__version__,
        root=top.as_posix() if top else "",
        folder=folder.as_posix() if top else "",
        repository=repository,
    )


def write_reports(ledger: Ledger, options: argparse.Namespace, outputs: list[tuple[str, str]]) -> None:
    """All files first, then standard output: a closed pipe costs no file."""
    told = report_options(options, [options.format, *(name for name, _ in outputs)])
    for name, file in outputs:
        write_atomically(file, _render(ledger, name, replace(told, color=False)))
    for piece in _render(ledger, options.format, told):
        sys.stdout.write(piece)
    sys.stdout.flush()


def _render(ledger: Ledger, name: str, told: Options) -> Iterable[str]:
    pieces: Iterable[str] = importlib.import_module(f"linter.reports.{name.replace('-', '_')}").render(ledger, told)
    return [pieces] if isinstance(pieces, str) else pieces


def write_atomically(file: str, pieces: Iterable[str]) -> None:
    """The whole report or none of it. Raises `UsageError` where it cannot be written."""
    chunks = [pieces] if isinstance(pieces, str) else pieces
    write_bytes(file, b"".join(piece.encode("utf-8", "backslashreplace") for piece in chunks))


def write_bytes(file: str, content: bytes) -> None:
    """The whole file or none of it, with the mode of the one it replaces. Raises `UsageError` where it cannot be
    written."""
    path = Path(file)
    name = ""
    try:
        mode = path.stat().st_mode & 0o7777 if path.is_file() else 0o666 & ~_umask()
        if path.exists() and not path.is_file():
            path.write_bytes(content)  # /dev/stdout, a pipe: nothing to replace
            return
        handle, name = tempfile.mkstemp(dir=path.resolve().parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as target:
            target.write(content)
        Path(name).chmod(mode)
        Path(name).replace(path.resolve())
    except OSError as error:
        raise UsageError(f"{file}: cannot be written: {error.strerror or error}") from None
    finally:
        if name:
            Path(name).unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def summary(ledger: Ledger) -> str:
    """One line on standard error: files, resources, rows, gaps, time."""
    counts = ledger.counts
    waived = sum(row.waiver is not None for row in ledger.rows)
    old = sum(row.waiver is None and row.baseline == "unchanged" and row.verdict != "pass" for row in ledger.rows)
    parts = [
        _number(ledger.files, "file"),
        _number(ledger.resources, "resource"),
        f"{ledger.pairs} rows ({counts['fail']} fail, {counts['unknown']} unknown, {counts['pass']} pass)",
    ]
    if waived:
        parts.append(f"{waived} waived")
    if old:
        parts.append(f"{old} known")
    if ledger.gone:
        parts.append(f"{len(ledger.gone)} gone")
    parts.append(_number(len(ledger.gaps), "gap"))
    return f"aiplint: {', '.join(parts)} in {ledger.seconds:.1f} s"


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
