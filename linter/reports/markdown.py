"""Markdown for a job summary or a comment: worst first, detail collapsed, below GitHub's limit of 1 MiB.

Text of strangers is written with character references, which Markdown never reads as markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from linter.model import Gap, Ledger, Place
from linter.reports.fold import Finding, Shown, counted, in_short, instances, shown, worst_first
from linter.reports.options import Options
from linter.reports.plain import MAX_NAME, source_line, visible, visible_line
from linter.reports.text import closing
from linter.reports.uri import under_root

MAX_BYTES = 1_000_000
RESERVE = 60_000
"""Bytes kept for what follows the findings."""
MAX_UNKNOWN = 100
MAX_GAPS = 100
_MARK = {"high": "🔴", "medium": "🟠", "low": "🔵", "note": "⚪"}
_ACTIVE = re.compile(r"[\\`*_\[\]<>#|~&@!$]|:(?=//)|(?<=www)\.")


def render(ledger: Ledger, options: Options) -> Iterator[str]:
    """A heading, a table of policies, the findings, what is undecided, gaps."""
    parts = shown(ledger, options)
    yield f"## aiplint: {inert(closing(ledger, parts))}\n\n"
    left = MAX_BYTES - RESERVE
    for piece in _table(parts.findings, ledger):
        left -= len(piece.encode())
        yield piece
    findings = worst_first(parts.findings)
    for number, finding in enumerate(findings):
        piece = _finding(finding, ledger, options)
        left -= len(piece.encode())
        if left < 0:
            yield f"\n**{counted(len(findings) - number, 'more finding')}** left out: a summary holds 1 MiB.\n"
            break
        yield piece
    yield from _unknown(parts.unknown, options)
    yield from _evidence(parts, options)
    yield from _gaps(ledger.gaps)


def inert(text: str, limit: int = 1_000) -> str:
    """Text that Markdown shows as it stands: on one line, nothing in it is markup, no one is mentioned."""
    return _ACTIVE.sub(_reference, visible(text, limit))


def _reference(found: re.Match[str]) -> str:
    joiner = "&#8288;" if found[0] == "@" else ""  # keeps GitHub from taking @name for a mention
    return f"&#{ord(found[0])};{joiner}"


def code(text: str, limit: int = MAX_NAME) -> str:
    """Text in the letters of code."""
    return f"<code>{inert(text, limit)}</code>"


def _where(place: Place, options: Options) -> str:
    return code(f"{under_root(place.path, options.root, options.folder)}:{place.line}:{place.column}")


def _table(findings: list[Finding], ledger: Ledger) -> Iterator[str]:
    if not findings:
        return
    numbers: dict[tuple[str, str], int] = {}
    for finding in worst_first(findings):
        key = (finding.severity, finding.first.policy)
        numbers[key] = numbers.get(key, 0) + 1
    yield "| | policy | what is wrong | findings |\n|---|---|---|---:|\n"
    for (severity, policy), number in list(numbers.items())[:200]:
        text = ledger.policies.get(policy)
        title = inert(text.title, 200) if text else ""
        yield f"| {_MARK[severity]} {severity} | {code(policy)} | {title} | {number:,} |\n"
    yield "\n"


def _finding(finding: Finding, ledger: Ledger, options: Options) -> str:
    row = finding.first
    policy = ledger.policies.get(row.policy)
    undecided = " (undecided)" if row.verdict == "unknown" else ""
    head = f"{_MARK[row.severity]} <b>{row.severity}</b> {inert(row.message)}{undecided}"
    lines = [f"<details><summary>{head}<br>{_where(row.location, options)}</summary>\n"]
    line = visible_line(source_line(row)[:400])
    if line.strip():
        lines.append(f"<pre>{row.location.line} | {_raw(line)}</pre>\n")
    if policy is not None and policy.why:
        lines.append(f"**Why:** {inert(in_short(policy.why))}\n")
    if policy is not None and policy.fix:
        lines.append(f"**Fix:** {inert(policy.fix)}\n")
    told = instances(finding, 20)
    if told:
        lines.append(f"{inert(told, 3_000)}\n")
    for number, (label, place) in enumerate(finding.related):
        if number == 5:
            break
        lines.append(f"- {inert(label, 200)} {_where(place, options)}")
    lines.append(f"\n{code('aiplint explain ' + row.policy)}\n\n</details>\n\n")
    return "\n".join(lines)


def _raw(line: str) -> str:
    return escape(line.rstrip()).replace("##", "&#35;#")


def _unknown(findings: list[Finding], options: Options) -> Iterator[str]:
    if not findings:
        return
    yield f"<details><summary>{counted(len(findings), 'place')} cannot be decided before deployment</summary>\n\n"
    for finding in findings[:MAX_UNKNOWN]:
        row = finding.first
        yield f"- {code(row.policy)} {inert(row.message, 200)} {_where(row.location, options)}\n"
    if len(findings) > MAX_UNKNOWN:
        yield f"- and {len(findings) - MAX_UNKNOWN:,} more\n"
    yield "\n</details>\n\n"


def _evidence(parts: Shown, options: Options) -> Iterator[str]:
    if not options.evidence:
        return
    for title, findings in (("waived", parts.waived), ("in the baseline", parts.known), ("passed", parts.passed)):
        if not findings:
            continue
        rows = sum(len(finding.rows) for finding in findings)
        yield f"<details><summary>{title}: {counted(rows, 'row')}</summary>\n\n"
        for finding in findings[:30]:
            row = finding.first
            reason = f": {inert(str(row.waiver.get('reason', '')), 200)}" if row.waiver else ""
            yield f"- {code(row.policy)} {code(row.resource_name, 80)}{reason}\n"
        if len(findings) > 30:
            yield f"- and {len(findings) - 30:,} more\n"
        yield "\n</details>\n\n"


def _gaps(gaps: list[Gap]) -> Iterator[str]:
    if not gaps:
        return
    yield f"### {counted(len(gaps), 'gap')}: not all could be seen\n\n"
    for gap in gaps[:MAX_GAPS]:
        yield f"- {code(f'{gap.path}:{gap.line}:{gap.column}', 120)} {inert(gap.message, 200)}\n"
    if len(gaps) > MAX_GAPS:
        yield f"- and {len(gaps) - MAX_GAPS:,} more\n"
