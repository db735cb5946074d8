"""Logging commands of Azure Pipelines, which become issues of the run (learn.microsoft.com, read 2026-11-24)."""

from __future__ import annotations

from collections.abc import Iterator

from linter.model import Ledger
from linter.reports.fold import Finding, instances, shown, worst_first
from linter.reports.options import Options
from linter.reports.plain import MAX_NAME, visible
from linter.reports.uri import under_root


def render(ledger: Ledger, options: Options) -> Iterator[str]:
    """Gaps and findings of high severity are errors, the rest warnings: there is no third kind."""
    parts = shown(ledger, options)
    for gap in ledger.gaps:
        yield _command("error", gap.path, gap.line, gap.column, "gap", gap.message, options)
    for finding in worst_first(parts.findings):
        yield _finding(finding, "error" if finding.severity == "high" else "warning", options)
    for finding in parts.unknown:
        yield _finding(finding, "warning", options)


def _finding(finding: Finding, kind: str, options: Options) -> str:
    row = finding.first
    word = "undecided" if row.verdict == "unknown" else row.severity
    told = instances(finding)
    message = f"{word}: {row.message} ({told})" if told else f"{word}: {row.message}"
    return _command(kind, row.location.path, row.location.line, row.location.column, row.policy, message, options)


def _command(kind: str, path: str, line: int, column: int, code: str, message: str, options: Options) -> str:
    place = visible(under_root(path, options.root, options.folder), MAX_NAME)
    properties = {"type": kind, "sourcepath": place, "linenumber": line, "columnnumber": column, "code": code}
    words = "".join(f"{name}={_property(str(value))};" for name, value in properties.items())
    return f"##vso[task.logissue {words}]{_data(visible(message))}\n"


def _data(text: str) -> str:
    return text.replace("%", "%AZP25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(visible(text, MAX_NAME)).replace(";", "%3B").replace("]", "%5D")
