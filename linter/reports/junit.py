"""JUnit XML: a suite a policy, a case a finding; with evidence what passed too."""

from __future__ import annotations

from collections.abc import Iterator

from linter.model import Ledger
from linter.reports.fold import Finding, instances, shown
from linter.reports.options import Options
from linter.reports.plain import MAX_NAME, visible
from linter.reports.text import where


def render(ledger: Ledger, options: Options) -> Iterator[str]:
    """Failures fail, undecided and waived rows are skipped with the reason, gaps are errors in a suite of their own."""
    parts = shown(ledger, options)
    told = list(parts.all()) if options.evidence else [*parts.findings, *parts.unknown]
    suites: dict[str, list[Finding]] = {}
    for finding in told:
        suites.setdefault(finding.first.policy, []).append(finding)
    failures = len(parts.findings)
    total = len(told) + len(ledger.gaps)
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f'<testsuites name="aiplint" tests="{total}" failures="{failures}" errors="{len(ledger.gaps)}"'
    yield f' time="{ledger.seconds:.3f}">\n'
    counted = {id(finding) for finding in parts.findings}
    for policy, findings in sorted(suites.items()):
        failed = sum(id(finding) in counted for finding in findings)
        skipped = sum(id(finding) not in counted and finding.first.verdict != "pass" for finding in findings)
        yield f'<testsuite name="{_attribute(policy)}" tests="{len(findings)}" failures="{failed}" errors="0"'
        yield f' skipped="{skipped}">\n'
        for finding in findings:
            yield from _case(finding, id(finding) in counted)
        yield "</testsuite>\n"
    yield from _gaps(ledger)
    yield "</testsuites>\n"


def _case(finding: Finding, failed: bool) -> Iterator[str]:
    row = finding.first
    name = f"{row.resource_name} {row.property}".strip() or row.policy
    yield f'<testcase classname="{_attribute(row.policy)}" name="{_attribute(f"{name} ({where(row.location)})", 600)}"'
    yield f' file="{_attribute(row.location.path)}" line="{row.location.line}"'
    told = instances(finding)
    message = f"{row.message} ({told})" if told else row.message
    if row.verdict == "pass":
        yield "/>\n"
    elif failed:
        yield f'>\n<failure message="{_attribute(message)}" type="{row.severity}">'
        yield f"{_text(f'{where(row.location)}: {message}')}</failure>\n</testcase>\n"
    else:
        yield f'>\n<skipped message="{_attribute(f"{_reason(finding)}: {message}")}"/>\n</testcase>\n'


def _reason(finding: Finding) -> str:
    row = finding.first
    if row.waiver is not None:
        return f"waived ({row.waiver.get('reason', '')})"
    return "undecided" if row.verdict == "unknown" else "in the baseline"


def _gaps(ledger: Ledger) -> Iterator[str]:
    if not ledger.gaps:
        return
    number = len(ledger.gaps)
    yield f'<testsuite name="gaps" tests="{number}" failures="0" errors="{number}" skipped="0">\n'
    for gap in ledger.gaps:
        place = f"{gap.path}:{gap.line}:{gap.column}"
        yield f'<testcase classname="gap.{_attribute(gap.kind)}" name="{_attribute(place)}">'
        yield f'<error message="{_attribute(gap.message)}" type="{_attribute(gap.kind)}"/></testcase>\n'
    yield "</testsuite>\n"


def _text(text: str) -> str:
    """As content: what XML 1.0 cannot hold was made visible, and `]]>` cannot stand."""
    flat = visible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return flat.replace("##", "&#35;#")


def _attribute(text: str, limit: int = MAX_NAME) -> str:
    return _text(text[: max(limit, 1_000)]).replace('"', "&quot;")
