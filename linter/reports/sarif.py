"""SARIF 2.1.0 in two profiles, streamed as plain dicts, the same bytes for the same ledger.

By default unwaived failures only, since GitHub takes every result for an open alert; with evidence all rows, with kind,
suppressions and baseline state.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from linter.model import Fix, Gap, Ledger, Place, Row
from linter.reports.fold import WEIGHT, Finding, shown, worst_first
from linter.reports.options import Options
from linter.reports.plain import HIDDEN, MAX_NAME, at_unit, source_line, to_json, visible
from linter.reports.sarif_message import Templates, unlinked
from linter.reports.sarif_rules import LEVEL, bare_policy, rules
from linter.reports.uri import uri

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
BASE: Final = "SRCROOT"
MAX_RESULTS: Final = 25_000
MAX_SIZE: Final = 90_000_000
"""Characters of results, by estimate: ten times less when zipped, where GitHub takes 10 MB."""
MAX_RELATED: Final = 100
MAX_FINGERPRINTS: Final = 1_000
MAX_GAPS: Final = 1_000
_KIND = {"pass": "pass", "unknown": "open", "fail": "fail"}


def render(ledger: Ledger, options: Options) -> Iterator[str]:
    """One log of one run, one result a line."""
    findings, left_out = _chosen(ledger, options)
    templates: dict[str, Templates] = {}
    messages = [templates.setdefault(each.first.policy, Templates()).message(each) for each in findings]
    texts = dict(ledger.policies)
    for policy in templates:
        texts.setdefault(policy, bare_policy(policy))
    ordered = [texts[name] for name in sorted(texts)]
    writer = _Writer(ledger, options, {policy.id: index for index, policy in enumerate(ordered)}, findings)
    driver = {
        "name": "aiplint",
        "version": options.version or "0",
        "semanticVersion": options.version or "0",
        "informationUri": "https://pypi.org/project/aiplint/",
        "rules": rules(ordered, {name: found.strings() for name, found in templates.items()}),
        "notifications": _descriptors(ledger, left_out),
    }
    if not driver["notifications"]:
        del driver["notifications"]
    yield f'{{"$schema":"{SCHEMA}","version":"2.1.0","runs":[{{"tool":{to_json({"driver": driver})}'
    for name, value in writer.head(left_out):
        yield f',"{name}":{to_json(value)}'
    yield ',"results":['
    comma = "\n"
    for finding, message in zip(findings, messages, strict=True):
        yield comma + to_json(writer.result(finding, message))
        comma = ",\n"
    yield "]}]}\n"


def _chosen(ledger: Ledger, options: Options) -> tuple[list[Finding], int]:
    """The findings to write, by uri, line, column and rule, and how many were left out: the least bad go first."""
    parts = shown(ledger, options)
    found = list(parts.all()) if options.evidence else [*parts.findings, *(_failed(parts.known))]
    found = _one_a_line(found)
    total = len(found)
    if total > MAX_RESULTS or sum(map(_estimate, found)) > MAX_SIZE:
        kept, size = [], 0
        for finding in worst_first(found)[:MAX_RESULTS]:
            size += _estimate(finding)
            if size > MAX_SIZE:
                break
            kept.append(finding)
        found = kept
    found.sort(key=lambda finding: _order(finding, options))
    return found, total - len(found)


def _failed(findings: Iterable[Finding]) -> Iterator[Finding]:
    return (finding for finding in findings if finding.first.verdict == "fail")


def _one_a_line(findings: Iterable[Finding]) -> list[Finding]:
    """Findings of one rule on one line are one result: GitHub tells them apart by rule, path and line only."""
    merged: dict[tuple[object, ...], Finding] = {}
    for finding in findings:
        row = finding.first
        key = (row.policy, row.location.path, row.location.line, row.verdict, row.waiver is None, row.baseline)
        if key in merged:
            merged[key].rows += finding.rows
        else:
            merged[key] = Finding(list(finding.rows))
    for finding in merged.values():
        finding.rows.sort(key=lambda row: WEIGHT[row.severity])
    return list(merged.values())


def _estimate(finding: Finding) -> int:
    row = finding.first
    places = min(sum(len(each.related) for each in finding.rows), MAX_RELATED)
    return 900 + 2 * (len(row.snippet) + min(len(row.message), 1_000)) + 400 * places + 40 * len(finding.rows)


def _order(finding: Finding, options: Options) -> tuple[str, int, int, str, str, str, bool]:
    row = finding.first
    at = row.location
    return (
        uri(at.path, options.root, options.folder), at.line, at.column, row.policy, row.verdict, row.baseline,
        row.waiver is None,
    )  # fmt: skip


class _Writer:
    """Turns findings into results; knows what goes on all of them."""

    def __init__(self, ledger: Ledger, options: Options, index: dict[str, int], findings: list[Finding]) -> None:
        self.ledger = ledger
        self.options = options
        self.index = index
        self.compared = any(finding.first.baseline != "new" for finding in findings)
        self.lines: dict[tuple[str, str], dict[int, int]] = {}

    def head(self, left_out: int) -> Iterator[tuple[str, Any]]:
        """The run's properties before its results."""
        scope = self.ledger.scope
        if self.options.category or scope:
            yield "automationDetails", {"id": self.options.category or f"aiplint/live/{visible(scope, MAX_NAME)}/"}
        repository = self.options.repository
        if repository is not None and repository.uri:
            entry: dict[str, Any] = {"repositoryUri": repository.uri, "mappedTo": {"uriBaseId": BASE}}
            if repository.revision:
                entry["revisionId"] = repository.revision
            if repository.branch:
                entry["branch"] = repository.branch
            yield "versionControlProvenance", [entry]
        yield "originalUriBaseIds", {BASE: {"description": {"text": "The top of the checkout."}}}
        invocation: dict[str, Any] = {"executionSuccessful": not self.ledger.gaps}
        notes = self._notifications(left_out)
        if notes:
            invocation["toolExecutionNotifications"] = notes
        yield "invocations", [invocation]
        yield "columnKind", "utf16CodeUnits"
        counts = {**self.ledger.counts, "notApplicable": self.ledger.not_applicable}
        yield "properties", {"rows": counts, "resources": self.ledger.resources, "evidence": self.options.evidence}

    def _notifications(self, left_out: int) -> list[dict[str, Any]]:
        notes = [self._gap(gap) for gap in self.ledger.gaps[:MAX_GAPS]]
        if len(self.ledger.gaps) > MAX_GAPS:
            notes.append(_note("limit", f"'{len(self.ledger.gaps) - MAX_GAPS}' more gaps are not listed.", "error"))
        if left_out:
            text = f"'{left_out}' results are left out, the least severe: code scanning takes '{MAX_RESULTS}' a run."
            notes.append(_note("limit", text, "warning"))
        return notes

    def _gap(self, gap: Gap) -> dict[str, Any]:
        note = _note(gap.kind, unlinked(visible(gap.message)).rstrip(". ") + ".", "error")
        line, column = max(gap.line, 1), max(gap.column, 1)
        place = Place(gap.path, line, column, line, column + 1)
        note["locations"] = [{"physicalLocation": self.physical(place)}]
        return note

    def artifact(self, path: str) -> dict[str, Any]:
        """An `artifactLocation`."""
        return {"uri": uri(path, self.options.root, self.options.folder), "uriBaseId": BASE}

    def physical(self, place: Place, row: Row | None = None) -> dict[str, Any]:
        """A place; with the source line where it is the row's."""
        region = _region(place)
        where: dict[str, Any] = {"artifactLocation": self.artifact(place.path), "region": region}
        if row is not None and row.snippet:
            line = source_line(row)
            text = line[at_unit(line, place.column) : at_unit(line, place.end_column)]
            if line is not row.snippet:
                text = HIDDEN
            region["snippet"] = {"text": visible(text or line, 400)}
            context = {"startLine": place.line, "endLine": place.line, "snippet": {"text": visible(line, 400)}}
            if text != line:
                where["contextRegion"] = context
        return where

    def result(self, finding: Finding, message: dict[str, Any]) -> dict[str, Any]:
        """One result."""
        row = finding.first
        failed = row.verdict == "fail" or (row.verdict == "unknown" and self.options.unknown == "fail")
        result: dict[str, Any] = {"ruleId": row.policy, "ruleIndex": self.index[row.policy]}
        if not failed:
            result["kind"] = _KIND[row.verdict]
        result["level"] = LEVEL[finding.severity] if failed else "none"
        result["message"] = message
        result["locations"] = [self._location(row)]
        related = [
            {"id": number, "message": {"text": _period(label)}, "physicalLocation": self.physical(place)}
            for number, (label, place) in enumerate(finding.linked, 1)
            if number <= MAX_RELATED
        ]
        if related:
            result["relatedLocations"] = related
        result["partialFingerprints"] = self._fingerprints(row)
        if self.options.evidence:
            result["suppressions"] = [] if row.waiver is None else [_suppression(row)]
        if self.compared:
            result["baselineState"] = "new" if row.baseline == "new" else "unchanged"
        fixes = {each.fix.place: each.fix for each in finding.rows if each.fix is not None}
        if fixes and failed:
            result["fixes"] = [self._fix(list(fixes.values()))]
        result["properties"] = _properties(finding)
        return result

    def _location(self, row: Row) -> dict[str, Any]:
        physical = self.physical(row.location, row)
        if self.ledger.scope and row.resource_id.startswith("/subscriptions/"):
            address = f"https://portal.azure.com/#resource/{uri(row.resource_id)}"
            physical["artifactLocation"]["properties"] = {"href": address}
        name = visible(row.resource_name, MAX_NAME)
        full = visible(row.resource_id or f"{row.resource_type}/{row.resource_name}", 1_000)
        logical = {"name": name, "fullyQualifiedName": full, "kind": "resource"}
        return {"physicalLocation": physical, "logicalLocations": [logical]}

    def _fingerprints(self, row: Row) -> dict[str, str]:
        prints = {"aiplintFinding/v1": row.fingerprint}
        if row.line_hash:
            line_hash = row.line_hash
            if ":" not in line_hash:  # its number is that of the line among the reported ones of this hash
                lines = self.lines.setdefault((row.location.path, line_hash), {})
                line_hash = f"{line_hash}:{lines.setdefault(row.location.line, len(lines) + 1)}"
            prints["primaryLocationLineHash"] = line_hash
        return prints

    def _fix(self, fixes: list[Fix]) -> dict[str, Any]:
        """One fix that does all: SARIF takes several for alternatives."""
        changes: dict[str, list[dict[str, Any]]] = {}
        for fix in fixes:
            change = {"deletedRegion": _region(fix.place), "insertedContent": {"text": fix.text}}
            changes.setdefault(fix.place.path, []).append(change)
        return {
            "description": {"text": _period(fixes[0].description)},
            "artifactChanges": [
                {"artifactLocation": self.artifact(path), "replacements": replacements}
                for path, replacements in changes.items()
            ],
        }


def _region(place: Place) -> dict[str, Any]:
    line, column = max(place.line, 1), max(place.column, 1)
    end_line = max(place.end_line, line)
    end = max(place.end_column, 1)
    if end_line == line and end < column:
        end = column
    return {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end}


def _properties(finding: Finding) -> dict[str, Any]:
    row = finding.first
    properties: dict[str, Any] = {"severity": finding.severity, "resourceType": visible(row.resource_type, MAX_NAME)}
    if row.property:
        properties["property"] = visible(row.property, MAX_NAME)
    if row.region:
        properties["region"] = visible(row.region, 80)
    prints = list(dict.fromkeys(each.fingerprint for each in finding.rows))[:MAX_FINGERPRINTS]
    if len(finding.rows) > 1:
        properties["instances"] = [visible(name, MAX_NAME) for name in finding.names[:MAX_RELATED]]
        if len(prints) > 1:
            properties["fingerprints"] = prints
    return properties


def _suppression(row: Row) -> dict[str, Any]:
    waiver = row.waiver or {}
    source = str(waiver.get("source", ""))
    inside = source.rpartition(":")[0] == row.location.path
    reason = visible(str(waiver.get("reason", "")), 1_000)
    until = waiver.get("until")
    end = f" (until {visible(str(until), 40)})" if until else ""
    return {"kind": "inSource" if inside else "external", "status": "accepted", "justification": reason + end}


def _note(kind: str, text: str, level: str) -> dict[str, Any]:
    return {"descriptor": {"id": f"gap-{visible(kind, 80)}"}, "level": level, "message": {"text": text}}


def _descriptors(ledger: Ledger, left_out: int) -> list[dict[str, Any]]:
    kinds = {gap.kind for gap in ledger.gaps[:MAX_GAPS]}
    if left_out or len(ledger.gaps) > MAX_GAPS:
        kinds.add("limit")
    return [
        {
            "id": f"gap-{visible(kind, 80)}",
            "name": "Gap" + "".join(part.capitalize() for part in kind.split("-")),
            "shortDescription": {"text": _described(kind)},
            "fullDescription": {"text": f"{_described(kind)} {_BLIND}"},
            "help": {"text": _BLIND},
        }
        for kind in sorted(kinds)
    ]


def _described(kind: str) -> str:
    return _DESCRIBED.get(kind, "Something could not be seen.")


_BLIND = "What could not be seen was not judged: the run is no evidence for it. Mend the cause and run again."


_DESCRIBED = {
    "unreadable": "A file could not be read.",
    "syntax": "A file is not written as its language asks.",
    "refused": "Azure would refuse the deployment.",
    "evaluation": "An expression could not be evaluated.",
    "module": "A module is not at hand.",
    "link": "A linked template is not at hand.",
    "limit": "A limit was reached.",
    "access": "The account may not read something.",
    "empty": "Nothing to judge was found.",
    "check": "A check raised an error.",
    "policy": "A policy could not be used.",
}


def _period(text: str) -> str:
    return unlinked(visible(text)).rstrip(". ") + "."
