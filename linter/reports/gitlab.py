"""GitLab's code quality report: a list of findings that a merge request shows (docs.gitlab.com, read 2026-11-24)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from linter.model import Gap, Ledger
from linter.reports.fold import Finding, instances, shown, worst_first
from linter.reports.options import Options
from linter.reports.plain import MAX_NAME, to_json, visible
from linter.reports.uri import under_root

_SEVERITY = {"high": "critical", "medium": "major", "low": "minor", "note": "info"}


def render(ledger: Ledger, options: Options) -> Iterator[str]:
    """Findings worst first, then undecided rows as info, then gaps as blockers. Fingerprints differ within a report."""
    parts = shown(ledger, options)
    seen: dict[str, int] = {}
    entries = [_finding(finding, _SEVERITY[finding.severity], options) for finding in worst_first(parts.findings)]
    entries += [_finding(finding, "info", options) for finding in parts.unknown]
    entries += [_gap(gap, options) for gap in ledger.gaps]
    yield "["
    comma = "\n"
    for entry in entries:
        number = seen[entry["fingerprint"]] = seen.get(entry["fingerprint"], 0) + 1
        if number > 1:
            entry["fingerprint"] = _hash(f"{entry['fingerprint']}:{number}")
        yield comma + to_json(entry)
        comma = ",\n"
    yield "]\n"


def _finding(finding: Finding, severity: str, options: Options) -> dict[str, Any]:
    row = finding.first
    told = instances(finding)
    text = f"{row.message} ({told})" if told else row.message
    undecided = "undecided: " if row.verdict == "unknown" else ""
    path = under_root(row.location.path, options.root, options.folder)
    return {
        "description": undecided + visible(text),
        "check_name": visible(row.policy, MAX_NAME),
        "fingerprint": _hash(f"{row.fingerprint}\0{path}"),
        "severity": severity,
        "location": {"path": visible(path, 2_000), "lines": {"begin": row.location.line}},
    }


def _gap(gap: Gap, options: Options) -> dict[str, Any]:
    path = under_root(gap.path, options.root, options.folder)
    return {
        "description": visible(f"gap: {gap.message}"),
        "check_name": f"gap/{visible(gap.kind, 80)}",
        "fingerprint": _hash(f"{gap.kind}\0{path}\0{gap.message}"),
        "severity": "blocker",
        "location": {"path": visible(path, 2_000), "lines": {"begin": max(gap.line, 1)}},
    }


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
