"""One line each: `path:line:column: severity policy: message`."""

from __future__ import annotations

from collections.abc import Iterator

from linter.model import Ledger
from linter.reports.fold import Finding, instances, shown
from linter.reports.options import Options
from linter.reports.plain import MAX_NAME, visible
from linter.reports.text import where


def render(ledger: Ledger, options: Options) -> Iterator[str]:
    """In the order of places; with evidence every row, each with what became of it."""
    parts = shown(ledger, options)
    told = list(parts.all()) if options.evidence else [*parts.findings, *parts.unknown]
    for finding in sorted(told, key=_place):
        yield _line(finding)
    for gap in ledger.gaps:
        yield _unlike_a_command(f"{visible(gap.path, MAX_NAME)}:{gap.line}:{gap.column}: gap: {visible(gap.message)}\n")


def _unlike_a_command(line: str) -> str:
    """A path that begins as a command of GitHub's runner does, or as a comment, is written as `./path`."""
    return f"./{line}" if line.lstrip().startswith(("::", "#")) else line


def _place(finding: Finding) -> tuple[str, int, int, str, str]:
    place = finding.first.location
    return place.path, place.line, place.column, finding.first.policy, finding.first.resource_name


def _line(finding: Finding) -> str:
    row = finding.first
    word = row.severity if row.verdict == "fail" else row.verdict
    marks = [visible(instances(finding, 3))] if len(finding.rows) > 1 else []
    if row.waiver is not None:
        marks.append("waived")
    if row.baseline != "new":
        marks.append("in the baseline")
    text = visible(row.message or row.resource_name)
    end = f" ({'; '.join(marks)})" if marks else ""
    return _unlike_a_command(f"{where(row.location)}: {word} {visible(row.policy, MAX_NAME)}: {text}{end}\n")
