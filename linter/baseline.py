"""Baselines: the findings of a day, so that only new ones count.

Identity is the fingerprint (policy, resource identity, property) together with the file; a file that was renamed is
recognised by a fingerprint that went from one file and came in another. Read from our own baseline file, from any
SARIF we wrote (`partialFingerprints.aiplintFinding/v1`) and from `--format json`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from linter.errors import UsageError
from linter.model import Ledger, Row

KEY = "aiplintFinding/v1"
MAX_BYTES = 200_000_000
VERSION = 1


@dataclass(frozen=True, slots=True, order=True)
class Known:
    """One finding of a baseline."""

    fingerprint: str
    path: str
    policy: str
    resource: str = ""
    property: str = ""


def baseline_text(ledger: Ledger) -> str:
    """The baseline of what counts today: fails and unknowns that nobody waived, sorted, one a line."""
    rows = (row for row in ledger.rows if row.verdict != "pass" and row.waiver is None)
    known = sorted(
        {Known(row.fingerprint, row.location.path, row.policy, row.resource_name, row.property) for row in rows}
    )
    lines = ",\n".join(
        json.dumps(
            {
                "policy": one.policy,
                "resource": one.resource,
                "property": one.property,
                "path": one.path,
                "fingerprint": one.fingerprint,
            },
            ensure_ascii=False,
        )
        for one in sorted(known, key=lambda one: (one.path, one.policy, one.resource, one.property, one.fingerprint))
    )
    return (
        f'{{"version": 1, "tool": "aiplint", "findings": [\n{lines}\n]}}\n'
        if lines
        else '{"version": 1, "tool": "aiplint", "findings": []}\n'
    )


def read_baseline(name: str) -> list[Known]:
    """Raises `UsageError` for a file that is no baseline."""
    path = Path(name)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UsageError(f"{name}: too large for a baseline")
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UsageError(
            f"{name}: the baseline cannot be read: {error.strerror or error}; make one with --write-baseline"
        ) from None
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        raise UsageError(f"{name}:{line}: the baseline is no JSON; make it anew with --write-baseline") from None
    try:
        return list(_known(data))
    except (KeyError, TypeError, AttributeError, IndexError):
        raise UsageError(
            f"{name}: neither a baseline of this aiplint nor SARIF or JSON of it; make one with --write-baseline"
        ) from None


def _known(data: Any) -> Iterator[Known]:
    if "runs" in data:
        for run in data["runs"]:
            if run["tool"]["driver"]["name"] != "aiplint":
                raise KeyError("tool")
            for result in run.get("results") or ():
                yield from _of_result(result)
    elif "findings" in data:
        if data["version"] != VERSION:
            raise KeyError("version")
        for entry in data["findings"]:
            yield Known(
                str(entry["fingerprint"]),
                str(entry["path"]),
                str(entry["policy"]),
                str(entry["resource"]),
                str(entry["property"]),
            )
    else:
        for row in data["rows"]:
            if row["verdict"] != "pass" and row.get("waiver") is None:
                yield Known(
                    row["fingerprint"], row["location"]["path"], row["policy"], row["resource"]["name"], row["property"]
                )


def _of_result(result: Mapping[str, Any]) -> Iterator[Known]:
    """A result that folds several rows names the fingerprints of all in `properties.fingerprints`."""
    if result.get("kind", "fail") not in ("fail", "open", "review") or any(
        mark.get("status", "accepted") == "accepted" for mark in result.get("suppressions") or ()
    ):
        return
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    first = result.get("partialFingerprints", {}).get(KEY) or result.get("fingerprints", {})[KEY]
    for fingerprint in dict.fromkeys([first, *result.get("properties", {}).get("fingerprints", ())]):
        yield Known(str(fingerprint), _unquoted(uri), str(result["ruleId"]))


def _unquoted(uri: str) -> str:
    from urllib.parse import unquote

    return unquote(uri)


def apply_baseline(ledger: Ledger, known: Iterable[Known], policies: Iterable[str]) -> None:
    """Mark the rows that the baseline has as `unchanged`, and list in `gone` what it has and the ledger lacks.

    What belongs to policies that did not run is neither.
    """
    ran = set(policies)
    file = cache(_file)  # of this run: the current folder may be another in the next
    before: dict[str, dict[str, Known]] = {}
    for one in known:
        if one.policy in ran:
            before.setdefault(one.fingerprint, {})[file(one.path)] = one
    now: dict[str, dict[str, list[Row]]] = {}
    for row in ledger.rows:
        if row.verdict != "pass":
            now.setdefault(row.fingerprint, {}).setdefault(file(row.location.path), []).append(row)
    for fingerprint, rows in now.items():
        old = before.get(fingerprint, {})
        lacking = sorted(old.keys() - rows.keys())
        moved = [path for path in lacking if not Path(path).exists()]  # what is still there was not renamed
        came = sorted(rows.keys() - old.keys())
        for path in [*(rows.keys() & old.keys()), *came[: len(moved)]]:
            for row in rows[path]:
                row.baseline = "unchanged"
        taken = set(moved[: len(came)])
        ledger.gone += [_said(old[path]) for path in lacking if path not in taken]
    for fingerprint, old in before.items():
        if fingerprint not in now:
            ledger.gone += [_said(one) for one in old.values()]
    ledger.gone.sort()


def _file(path: str) -> str:
    """The same for all ways to name one file."""
    return Path(path).resolve().as_posix()


def _said(one: Known) -> str:
    return " ".join(part for part in (one.policy, one.resource, one.property, f"({one.path})") if part)
