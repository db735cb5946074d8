"""One self-contained page: nothing is loaded, a content security policy allows this page's own script and style only.

The findings are data in the page, and the script writes them as text: no name of a stranger is ever markup.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from html import escape
from importlib.resources import files
from typing import Any

from linter.model import Ledger, PolicyText
from linter.reports.excerpt import pieces
from linter.reports.fold import Finding, shown, worst_first
from linter.reports.options import Options
from linter.reports.plain import MAX_NAME, to_json, visible
from linter.reports.text import closing
from linter.reports.uri import under_root

MAX_INSTANCES = 50
MAX_RELATED = 10
MAX_GAPS = 1_000
MAX_PASSED = 20_000
"""Passed rows that the page lists with evidence; all are counted."""


def render(ledger: Ledger, options: Options) -> Iterator[str]:
    """The page, one finding a line in its data."""
    style, script = _file("page.css"), _file("page.js")
    parts = shown(ledger, options)
    policy = (
        f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    yield '<meta name="color-scheme" content="light dark">\n<link rel="icon" href="data:,">\n'
    yield f"<title>aiplint: {escape(closing(ledger, parts))}</title>\n<style>{style}</style>\n</head>\n"
    yield f"<body>\n{_file('page.html')}"
    yield '<script type="application/json" id="data">{"head":'
    yield _data(_head(ledger, options))
    yield ',"findings":['
    index = {name: number for number, name in enumerate(_names(ledger))}
    states = [("finding", parts.findings), ("unknown", parts.unknown)]
    if options.evidence:
        states += [("known", parts.known), ("waived", parts.waived), ("passed", parts.passed[:MAX_PASSED])]
    comma = "\n"
    for state, findings in states:
        for finding in worst_first(findings):
            yield comma + _data(_finding(finding, state, index, options))
            comma = ",\n"
    yield f"]}}</script>\n<script>{script}</script>\n</body>\n</html>\n"


def _file(name: str) -> str:
    return files("linter.reports").joinpath(name).read_text(encoding="utf-8").replace("\r\n", "\n")


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _data(value: Any) -> str:
    """JSON that cannot end the element it stands in."""
    return to_json(value).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _names(ledger: Ledger) -> list[str]:
    return sorted({*ledger.policies, *(row.policy for row in ledger.rows)})


def _head(ledger: Ledger, options: Options) -> dict[str, Any]:
    gaps = [
        [visible(f"{_path(gap.path, options)}:{gap.line}:{gap.column}", MAX_NAME), visible(gap.message)]
        for gap in ledger.gaps[:MAX_GAPS]
    ]
    return {
        "version": options.version,
        "scope": visible(ledger.scope, MAX_NAME),
        "evidence": options.evidence,
        "files": ledger.files,
        "resources": ledger.resources,
        "pairs": ledger.pairs,
        "counts": ledger.counts,
        "waived": sum(row.waiver is not None for row in ledger.rows),
        "known": sum(row.baseline != "new" and row.waiver is None for row in ledger.rows),
        "notApplicable": ledger.not_applicable,
        "gapCount": len(ledger.gaps),
        "gaps": gaps,
        "policies": [_policy(name, ledger.policies.get(name)) for name in _names(ledger)],
    }


def _path(path: str, options: Options) -> str:
    return under_root(path, options.root, options.folder)


def _policy(name: str, policy: PolicyText | None) -> dict[str, Any]:
    if policy is None:
        return {"id": visible(name, MAX_NAME), "title": ""}
    return {
        "id": visible(name, MAX_NAME),
        "title": policy.title,
        "why": policy.why.strip(),
        "fix": policy.fix.strip(),
        "bicep": policy.fix_bicep.strip(),
        "arm": policy.fix_arm.strip(),
        "whenNot": policy.when_not.strip(),
        "pillars": list(policy.pillars),
        "sources": [str(source.get("url", "")) for source in policy.sources],
    }


def _finding(finding: Finding, state: str, index: dict[str, int], options: Options) -> dict[str, Any]:
    """Keys are short and empty ones left out: there may be 25,000 of them."""
    row = finding.first
    at = row.location
    entry: dict[str, Any] = {
        "p": index[row.policy],
        "s": row.severity,
        "v": state,
        "n": visible(row.resource_name, MAX_NAME),
        "t": visible(row.resource_type, MAX_NAME),
        "r": visible(row.region, 80),
        "m": visible(row.message),
        "f": visible(_path(at.path, options), MAX_NAME),
        "l": at.line,
        "c": at.column,
        "o": visible(row.property, MAX_NAME),
        "x": pieces(row, 140),
        "a": [
            [visible(label, 200), visible(f"{_path(place.path, options)}:{place.line}:{place.column}", MAX_NAME)]
            for number, (label, place) in enumerate(finding.linked)
            if number < MAX_RELATED
        ],
    }
    if len(finding.rows) > 1:
        entry["k"] = len(finding.rows)
        entry["i"] = [visible(name, MAX_NAME) for name in finding.names[:MAX_INSTANCES]]
        regions = sorted({visible(each.region, 80) for each in finding.rows})
        if len(regions) > 1:
            entry["q"] = regions
    if row.waiver is not None:
        until = row.waiver.get("until")
        end = f" (until {until})" if until else ""
        entry["w"] = visible(f"{row.waiver.get('reason', '')}{end}")
    return {key: value for key, value in entry.items() if value not in ("", None, [])}
