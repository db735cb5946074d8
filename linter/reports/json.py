"""The ledger itself, version 1: one row per policy and resource, never folded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from linter.model import Gap, Ledger, Place, Row
from linter.reports.fold import Finding
from linter.reports.options import Options
from linter.reports.plain import cut, json_value, to_json


def render(ledger: Ledger, options: Options) -> Iterator[str]:
    """One object, one row a line. Without evidence: fails and unknowns that nobody waived."""
    tool = {"name": "aiplint", "version": options.version}
    yield f'{{"version":1,"tool":{to_json(tool)},\n"rows":['
    yield from _lines(_row(row) for row in ledger.rows if wanted(row, options))
    yield '],\n"gaps":['
    yield from _lines(_gap(gap) for gap in ledger.gaps)
    yield f'],\n"summary":{to_json(_summary(ledger))}}}\n'


def wanted(row: Row, options: Options) -> bool:
    """Does the report carry the row?"""
    if row.verdict == "unknown" and options.unknown == "ignore":
        return False
    return options.evidence or (row.verdict != "pass" and row.waiver is None)


def _lines(items: Iterator[dict[str, Any]]) -> Iterator[str]:
    comma = "\n"
    for item in items:
        yield comma + to_json(item)
        comma = ",\n"


def _row(row: Row) -> dict[str, Any]:
    return {
        "policy": row.policy,
        "severity": row.severity,
        "verdict": row.verdict,
        "resource": {"id": cut(row.resource_id), "type": cut(row.resource_type), "name": cut(row.resource_name)},
        "property": cut(row.property),
        "observed": json_value(row.observed),
        "message": cut(row.message),
        "location": _place(row.location),
        "related": [{"message": cut(message), "location": _place(place)} for message, place in Finding([row]).linked],
        "cause": cut(row.cause),
        "fingerprint": cut(row.fingerprint),
        "waiver": json_value(row.waiver),
        "baseline": row.baseline,
    }


def _place(place: Place) -> dict[str, Any]:
    return {
        "path": cut(place.path),
        "line": place.line,
        "column": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
        "pointer": cut(place.pointer),
    }


def _gap(gap: Gap) -> dict[str, Any]:
    return {
        "path": cut(gap.path),
        "line": gap.line,
        "column": gap.column,
        "message": cut(gap.message),
        "policies": [cut(policy) for policy in gap.policies],
    }


def _summary(ledger: Ledger) -> dict[str, Any]:
    return {
        "files": ledger.files,
        "resources": ledger.resources,
        "rows": {verdict: ledger.counts[verdict] for verdict in ("pass", "fail", "unknown")},
        "waived": sum(row.waiver is not None for row in ledger.rows),
        "seconds": ledger.seconds,
    }
