"""Whole workloads, judged as a user would: exactly what is planted is found, at the line where it is planted.

- A plant is a comment at the end of the line that a person would mend: `// plant: area/fault, area/fault` (`#` in
  YAML); `// open: area/fault` where the row must be undecided. Several rows of one policy on one line need one mark.
- A file that holds no comments has its plants in `plants.txt` of its folder: `file.json:12 plant: area/fault`.
- A workload is judged with the `.aiplint.yaml` in its folder, if it has one.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from linter.cli import main
from linter.policy import load

TOP = Path(__file__).parent.parent
WORKLOADS = TOP / "fixtures" / "workloads"
HUNDRED = WORKLOADS / "hundred-faults"
POLICIES = r"([a-z]+/[a-z-]+(?:, [a-z]+/[a-z-]+)*)"
MARK = re.compile(rf"(?://|#) (plant|open): {POLICIES}")
LISTED = re.compile(rf"(\S+):(\d+) (plant|open): {POLICIES}")
VERDICTS = {"plant": "fail", "open": "unknown"}
NEVER_PLANTED = {
    "eda/platform-unneeded": "only a live scan shows that nobody uses a platform; offline its row is undecided",
}

Found = tuple[str, str, int, str]
"""Policy, file, line, verdict."""


def planted(folder: Path) -> Iterator[Found]:
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            if file.name == "plants.txt":
                if listed := LISTED.fullmatch(line):
                    at = (file.parent / listed[1]).relative_to(TOP).as_posix()
                    yield from ((one, at, int(listed[2]), VERDICTS[listed[3]]) for one in listed[4].split(", "))
                continue
            for mark in MARK.finditer(line):
                at = file.relative_to(TOP).as_posix()
                yield from ((one, at, number, VERDICTS[mark[1]]) for one in mark[2].split(", "))


def judged(folder: Path, *options: str) -> tuple[int, dict[str, Any]]:
    """The exit code and the JSON report of `aiplint check` on the folder."""
    told = io.StringIO()
    with contextlib.redirect_stdout(told), contextlib.redirect_stderr(io.StringIO()), contextlib.chdir(TOP):
        shown = folder.relative_to(TOP).as_posix()
        code = main(["check", shown, "--format", "json", "--jobs", "1", "--quiet", *options])
    return code, json.loads(told.getvalue())


@pytest.mark.parametrize("folder", sorted(WORKLOADS.iterdir()), ids=lambda folder: folder.name)
def test_exactly_the_planted_findings(folder: Path) -> None:
    code, report = judged(folder)
    plants = set(planted(folder))
    rows = {
        (row["policy"], row["location"]["path"], row["location"]["line"], row["verdict"]): row["message"]
        for row in report["rows"]
    }
    extra = [f"{at[1]}:{at[2]} {at[3]} {at[0]}: {rows[at]}" for at in sorted(rows.keys() - plants)]
    missed = [f"{at[1]}:{at[2]} {at[3]} {at[0]}" for at in sorted(plants - rows.keys())]
    assert report["gaps"] == []
    assert (extra, missed) == ([], [])
    assert code == (1 if any(at[3] == "fail" for at in plants) else 0)


def test_the_platform_that_follows_the_guidance_has_no_finding() -> None:
    assert [plant for plant in planted(WORKLOADS / "steady-platform") if plant[3] == "fail"] == []


def test_a_hundred_faults_of_every_policy_are_planted() -> None:
    plants = [plant for plant in planted(HUNDRED) if plant[3] == "fail"]
    without = sorted(load().keys() - {plant[0] for plant in plants} - NEVER_PLANTED.keys())
    assert without == [], "plant a fault of each in fixtures/workloads/hundred-faults (see the top of this file)"
    assert sorted(NEVER_PLANTED.keys() - load().keys()) == []
    assert len(plants) > 100


def test_half_of_the_judged_resources_are_clean() -> None:
    """Else a policy that fires on everything would pass."""
    _, report = judged(HUNDRED, "--evidence")
    at_fault = {row["resource"]["id"] for row in report["rows"] if row["verdict"] == "fail"}
    all_judged = {row["resource"]["id"] for row in report["rows"]}
    assert len(at_fault) * 2 <= len(all_judged)


def test_every_policy_also_lets_something_pass() -> None:
    """Each policy judges something clean in the workload of a hundred faults."""
    _, report = judged(HUNDRED, "--evidence")
    passing = {row["policy"] for row in report["rows"] if row["verdict"] == "pass"}
    assert sorted(load().keys() - passing - NEVER_PLANTED.keys()) == []
