"""Workflow commands of GitHub Actions, which become annotations: at most ten of a kind a step, the rest is counted.

GitHub shows ten errors, ten warnings and ten notices of a step (docs.github.com, read 2026-11-24).
"""

from __future__ import annotations

from collections.abc import Iterator

from linter.model import Ledger
from linter.reports.fold import Finding, counted, instances, shown, worst_first
from linter.reports.options import Options
from linter.reports.plain import MAX_NAME, visible
from linter.reports.uri import under_root

MAX_OF_A_KIND = 10
_KIND = {"high": "error", "medium": "warning", "low": "notice", "note": "notice"}


def render(ledger: Ledger, options: Options) -> Iterator[str]:
    """Gaps first: what could not be seen weighs most; then findings, worst first; undecided rows as notices."""
    parts = shown(ledger, options)
    numbers = {"error": 0, "warning": 0, "notice": 0}
    commands = [
        ("error", _command("error", gap.path, gap.line, gap.column, 0, "aiplint: gap", gap.message, options))
        for gap in ledger.gaps
    ]
    commands += [_finding(finding, _KIND[finding.severity], options) for finding in worst_first(parts.findings)]
    commands += [_finding(finding, "notice", options) for finding in parts.unknown]
    for kind, command in commands:
        numbers[kind] += 1
        if numbers[kind] <= MAX_OF_A_KIND:
            yield command
    for kind, number in numbers.items():
        if number > MAX_OF_A_KIND:
            yield f"aiplint: {counted(number - MAX_OF_A_KIND, f'more {kind}')} without an annotation\n"


def _finding(finding: Finding, kind: str, options: Options) -> tuple[str, str]:
    row = finding.first
    word = "undecided" if row.verdict == "unknown" else row.severity
    title = f"{word}: {row.policy}"
    told = instances(finding)
    message = f"{row.message} ({told})" if told else row.message
    at = row.location
    end = at.end_column if at.end_line == at.line else 0
    return kind, _command(kind, at.path, at.line, at.column, end, title, message, options)


def _command(
    kind: str, path: str, line: int, column: int, end_column: int, title: str, message: str, options: Options
) -> str:
    properties = {
        "file": visible(under_root(path, options.root, options.folder), MAX_NAME),
        "line": str(line),
        "endLine": str(line),
        "col": str(column),
        "endColumn": str(end_column) if end_column else "",
        "title": visible(title, MAX_NAME),
    }
    words = ",".join(f"{name}={_property(value)}" for name, value in properties.items() if value)
    return f"::{kind} {words}::{_data(visible(message))}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
