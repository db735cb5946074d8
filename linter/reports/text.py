"""For people at a terminal: each finding with its source line, why it matters, and how to learn more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from linter.model import Gap, Ledger, Place
from linter.reports.excerpt import excerpt
from linter.reports.fold import Finding, Shown, counted, in_short, instances, severities, shown, worst_first
from linter.reports.options import Options
from linter.reports.plain import MAX_NAME, visible

_STYLES = {"high": "1;31", "medium": "1;33", "low": "1;36", "note": "1;34", "unknown": "1;35", "bold": "1", "dim": "2"}
MAX_RELATED = 5
MAX_UNKNOWN = 20
"""Undecided rows of one policy that are written out; the rest are counted."""


class Paint:
    """Puts colours around words, if any are wanted."""

    def __init__(self, color: bool) -> None:
        self.color = color

    def __call__(self, style: str, text: str) -> str:
        """The text in one of the styles; "" stays empty."""
        return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if self.color and text else text


def render(ledger: Ledger, options: Options) -> Iterator[str]:
    """Findings worst first; then what is undecided, by policy; what could not be seen; a closing line."""
    paint = Paint(options.color)
    parts = shown(ledger, options)
    for finding in worst_first(parts.findings):
        yield from _finding(finding, ledger, options, paint)
    yield from _unknown(parts.unknown, paint)
    if options.evidence:
        yield from _evidence("waived", parts.waived, paint)
        yield from _evidence("in the baseline", parts.known, paint)
        yield from _evidence("passed", parts.passed, paint)
        if ledger.not_applicable:
            yield f"{counted(ledger.not_applicable, 'pair')} of policy and resource not applicable\n\n"
    yield from _gaps(ledger.gaps, paint)
    yield closing(ledger, parts) + "\n"


def _finding(finding: Finding, ledger: Ledger, options: Options, paint: Paint) -> Iterator[str]:
    row = finding.first
    policy = ledger.policies.get(row.policy)
    undecided = " (undecided)" if row.verdict == "unknown" else ""
    head = f"{paint(row.severity, row.severity)} {paint('bold', visible(row.policy, MAX_NAME))}:"
    yield f"{head} {paint('bold', visible(row.message))}{undecided}\n"
    gutter = " " * len(str(row.location.line))
    yield f"{gutter}{paint('dim', '-->')} {where(row.location)}\n"
    seen = excerpt(row, options.width - len(gutter) - 4)
    bar = paint("dim", "|")
    if seen is not None:
        line, start, length = seen
        yield f"{gutter} {bar}\n{paint('dim', str(row.location.line))} {bar} {line}\n"
        if length:
            yield f"{gutter} {bar} {' ' * start}{paint(row.severity, '^' * length)}\n"
    for label, text in _notes(finding, policy.why if policy else ""):
        yield f"{gutter} {paint('dim', '=')} {label}: {text}\n"
    yield f"{gutter} {paint('dim', '=')} help: aiplint explain {visible(row.policy, MAX_NAME)}\n\n"


def _notes(finding: Finding, why: str) -> Iterator[tuple[str, str]]:
    if why:
        yield "why", visible(in_short(why), 300)
    told = instances(finding)
    if told:
        yield "note", visible(told)
    related = list(finding.related)
    for message, place in related[:MAX_RELATED]:
        yield "see", f"{visible(message, 200)} {where(place)}"
    if len(related) > MAX_RELATED:
        yield "see", f"{len(related) - MAX_RELATED:,} more places"
    for call in finding.calls[:MAX_RELATED]:
        yield "from", f"the module call {where(call)}"


def where(place: Place) -> str:
    """`path:line:column`."""
    return f"{visible(place.path, MAX_NAME)}:{place.line}:{place.column}"


def _unknown(findings: Iterable[Finding], paint: Paint) -> Iterator[str]:
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.first.policy, []).append(finding)
    for policy, group in sorted(groups.items()):
        yield f"{paint('unknown', 'unknown')} {paint('bold', visible(policy, MAX_NAME))}: "
        yield f"{counted(len(group), 'place')} cannot be decided before deployment\n"
        for finding in group[:MAX_UNKNOWN]:
            yield f"  {where(finding.first.location)} {visible(finding.first.message, 300)}"
            yield f" ({visible(instances(finding, 3))})\n" if len(finding.rows) > 1 else "\n"
        if len(group) > MAX_UNKNOWN:
            yield f"  … and {counted(len(group) - MAX_UNKNOWN, 'more place')}; --format json has all\n"
        yield "\n"


def _evidence(title: str, findings: list[Finding], paint: Paint) -> Iterator[str]:
    if not findings:
        return
    yield f"{paint('bold', title)}: {counted(sum(len(finding.rows) for finding in findings), 'row')}\n"
    for finding in findings:
        row = finding.first
        mark = ""
        if row.waiver is not None:
            until = row.waiver.get("until")
            mark = f" [{visible(str(row.waiver.get('reason', '')), 200)}{f', until {until}' if until else ''}]"
        names = visible(instances(finding) or row.resource_name, 400)
        yield f"  {where(row.location)} {visible(row.policy, MAX_NAME)} {names}{mark}\n"
    yield "\n"


def _gaps(gaps: list[Gap], paint: Paint) -> Iterator[str]:
    for gap in gaps:
        yield f"{paint('high', 'gap')}: {visible(gap.message)}\n {paint('dim', '-->')} "
        yield f"{visible(gap.path, MAX_NAME)}:{gap.line}:{gap.column}\n\n"


def closing(ledger: Ledger, parts: Shown) -> str:
    """One sentence of what the report holds."""
    found = counted(len(parts.findings), "finding")
    if parts.findings:
        found += f" ({severities(parts.findings)})"
    rest = [
        f"{len(parts.unknown):,} undecided" if parts.unknown else "",
        f"{len(parts.known):,} in the baseline" if parts.known else "",
        f"{len(parts.waived):,} waived" if parts.waived else "",
        f"{counted(len(ledger.gaps), 'gap')}: not all could be seen" if ledger.gaps else "",
    ]
    return ", ".join([found, *(part for part in rest if part)])
