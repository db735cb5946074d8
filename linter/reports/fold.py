"""From rows to findings: the rows of one cause are one finding, which names its instances."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from linter.model import SEVERITIES, Ledger, Place, Row, Severity
from linter.reports.options import Options

WEIGHT = {severity: index for index, severity in enumerate(SEVERITIES)}


@dataclass(slots=True)
class Finding:
    """Rows that one change mends, all of one policy, verdict, place, waiver mark and baseline mark; never empty."""

    rows: list[Row]

    @property
    def first(self) -> Row:
        """The row whose place and words stand for all: the worst."""
        return self.rows[0]

    @property
    def severity(self) -> Severity:
        """That of the worst row."""
        return self.rows[0].severity

    @property
    def related(self) -> Iterator[tuple[str, Place]]:
        """The related places of all rows, each once."""
        seen: set[tuple[str, str, int, int]] = set()
        for row in self.rows:
            for message, place in row.related:
                key = (message, place.path, place.line, place.column)
                if key not in seen:
                    seen.add(key)
                    yield message, place

    @property
    def calls(self) -> tuple[Place, ...]:
        """The module calls that led to the place, outermost first; of a place reached by several, the first's."""
        return self.first.location.chain

    @property
    def linked(self) -> list[tuple[str, Place]]:
        """What a report links to: the related places, then the module calls."""
        return [*self.related, *(("the module call", place) for place in self.calls)]

    @property
    def names(self) -> list[str]:
        """The names of the instances, each once, in the order of the ledger."""
        return list(dict.fromkeys(row.resource_name for row in self.rows))


def fold(rows: Iterable[Row]) -> list[Finding]:
    """In the order of the first row of each cause; a row without a cause stands alone."""
    groups: dict[tuple[object, ...], Finding] = {}
    for row in rows:
        cause: object = row.cause or id(row)
        key = (row.policy, cause, row.verdict, row.waiver is None, row.baseline)
        found = groups.get(key)
        if found is None:
            groups[key] = Finding([row])
        else:
            found.rows.append(row)
    for finding in groups.values():
        if len(finding.rows) > 1:
            finding.rows.sort(key=lambda row: WEIGHT[row.severity])
    return list(groups.values())


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """By severity, then by place and policy."""
    return sorted(findings, key=_rank)


def _rank(finding: Finding) -> tuple[int, str, int, int, str, str]:
    row = finding.first
    place = row.location
    return WEIGHT[row.severity], place.path, place.line, place.column, row.policy, row.resource_name


@dataclass(slots=True)
class Shown:
    """A ledger's rows as a report shows them.

    `findings` count: they failed (or are undecided where that fails), are new and not waived. `unknown` are undecided
    and only told of. `known` stand in the baseline, undecided ones too. `waived` and `passed` are for evidence.
    """

    findings: list[Finding]
    unknown: list[Finding]
    known: list[Finding]
    waived: list[Finding]
    passed: list[Finding]

    def all(self) -> Iterator[Finding]:
        """Every finding, those that count first."""
        for part in (self.findings, self.unknown, self.known, self.waived, self.passed):
            yield from part


def shown(ledger: Ledger, options: Options) -> Shown:
    """Sorts a ledger's folded rows into what counts and what does not."""
    parts = Shown([], [], [], [], [])
    for finding in fold(ledger.rows):
        row = finding.first
        if row.verdict == "pass":
            parts.passed.append(finding)
        elif row.verdict == "unknown" and options.unknown == "ignore":
            continue
        elif row.waiver is not None:
            parts.waived.append(finding)
        elif row.baseline != "new":
            parts.known.append(finding)
        elif row.verdict == "unknown" and options.unknown == "report":
            parts.unknown.append(finding)
        else:
            parts.findings.append(finding)
    return parts


def in_short(text: str, limit: int = 170) -> str:
    """The first sentence, and those behind it that still fit."""
    flat = " ".join(text.split())
    end = flat.find(". ") + 1 or len(flat)
    while end < limit:
        more = flat.find(". ", end) + 1 or len(flat)
        if more > limit or more == end:
            break
        end = more
    return flat[:end]


def counted(number: int, noun: str) -> str:
    """`1 finding`, `2 findings`, `2 policies`."""
    if number == 1:
        return f"1 {noun}"
    return f"{number:,} {noun[:-1]}ies" if noun.endswith("cy") else f"{number:,} {noun}s"


def severities(findings: Iterable[Finding]) -> str:
    """`2 high, 1 low`; empty for none."""
    numbers: dict[str, int] = dict.fromkeys(SEVERITIES, 0)
    for finding in findings:
        numbers[finding.severity] += 1
    return ", ".join(f"{number:,} {severity}" for severity, number in numbers.items() if number)


def instances(finding: Finding, limit: int = 5) -> str:
    """`3 instances: a, b, c`; empty for one."""
    if len(finding.rows) < 2:
        return ""
    names = finding.names
    told = ", ".join(clip(name) for name in names[:limit])
    more = f" and {len(names) - limit:,} more" if len(names) > limit else ""
    return f"{len(finding.rows):,} instances: {told}{more}"


def clip(text: str, limit: int = 120) -> str:
    """At most `limit` characters."""
    return text if len(text) <= limit else text[: limit - 1] + "…"
