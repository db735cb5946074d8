"""Baselines: what is new, what is still there, what is gone; and what a git diff touches."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from test_engine import OPEN_PORT, a_policy, inventory, template, thing

from linter.baseline import Known, apply_baseline, baseline_text, read_baseline
from linter.changes import changes_since
from linter.engine import Terms, judge
from linter.errors import UsageError
from linter.model import Ledger, Place

POLICY = a_policy("serving/port-open", require=OPEN_PORT)


def ledger_of(*files: tuple[str, list[str]]) -> Ledger:
    found = [
        inventory(template(*(thing(name, properties={"port": 80}) for name in names)), path) for path, names in files
    ]
    return judge(found, Terms({POLICY.id: POLICY}))


def marks(ledger: Ledger) -> dict[str, str]:
    return {f"{row.location.path}:{row.resource_name}": row.baseline for row in ledger.rows}


def known_of(ledger: Ledger, tmp_path: Path) -> list[Known]:
    file = tmp_path / "baseline.json"
    file.write_text(baseline_text(ledger), encoding="utf-8")
    return read_baseline(str(file))


def test_new_still_there_and_gone(tmp_path: Path) -> None:
    known = known_of(ledger_of(("a.json", ["one", "two"])), tmp_path)
    now = ledger_of(("a.json", ["two", "three"]))
    apply_baseline(now, known, [POLICY.id])
    assert {"a.json:two": "unchanged", "a.json:three": "new"} == marks(now)
    assert ["serving/port-open one properties.port (a.json)"] == now.gone
    assert ["three"] == [row.resource_name for row in now.gating("note")]


def test_a_renamed_file_stays_known_and_a_second_file_is_new(tmp_path: Path) -> None:
    known = known_of(ledger_of(("a.json", ["one"])), tmp_path)
    renamed = ledger_of(("b.json", ["one"]))
    apply_baseline(renamed, known, [POLICY.id])
    assert {"b.json:one": "unchanged"} == marks(renamed)
    assert [] == renamed.gone
    doubled = ledger_of(("a.json", ["one"]), ("b.json", ["one"]))
    apply_baseline(doubled, known, [POLICY.id])
    assert {"a.json:one": "unchanged", "b.json:one": "new"} == marks(doubled)


def test_what_is_still_there_was_not_renamed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    known = known_of(ledger_of(("a.json", ["one"])), tmp_path)
    Path("a.json").write_text("{}", encoding="utf-8")
    copied = ledger_of(("b.json", ["one"]))
    apply_baseline(copied, known, [POLICY.id])
    assert {"b.json:one": "new"} == marks(copied)


def test_all_ways_to_name_a_file_are_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.json").write_text("{}", encoding="utf-8")
    known = known_of(ledger_of(("a.json", ["one"])), tmp_path)
    for name in ("./a.json", (tmp_path / "a.json").as_posix(), f"../{tmp_path.name}/a.json"):
        again = ledger_of((name, ["one"]))
        apply_baseline(again, known, [POLICY.id])
        assert {f"{name}:one": "unchanged"} == marks(again)
        assert [] == again.gone


def test_a_policy_that_did_not_run_is_not_gone(tmp_path: Path) -> None:
    known = known_of(ledger_of(("a.json", ["one"])), tmp_path)
    now = Ledger()
    apply_baseline(now, known, ["serving/other"])
    assert [] == now.gone


def test_waived_rows_are_not_in_the_baseline() -> None:
    ledger = ledger_of(("a.json", ["one"]))
    ledger.rows[0].waiver = {"reason": "r"}
    assert [] == json.loads(baseline_text(ledger))["findings"]


def test_two_writings_give_equal_bytes() -> None:
    assert baseline_text(ledger_of(("a.json", ["x", "y"]))) == baseline_text(ledger_of(("a.json", ["x", "y"])))


def sarif(*results: dict[str, object], tool: str = "aiplint") -> str:
    return json.dumps({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": tool}}, "results": results}]})


def result(fingerprint: str, uri: str = "a%20b.json", **more: object) -> dict[str, object]:
    place = {"physicalLocation": {"artifactLocation": {"uri": uri}}}
    return {
        "ruleId": "serving/port-open",
        "locations": [place],
        "partialFingerprints": {"aiplintFinding/v1": fingerprint},
        **more,
    }


def test_sarif_that_we_wrote_is_a_baseline(tmp_path: Path) -> None:
    file = tmp_path / "old.sarif"
    folded = result("f1", properties={"fingerprints": ["f1", "f2"]})
    waived = result("f3", suppressions=[{"kind": "external", "status": "accepted"}])
    file.write_text(sarif(folded, waived, result("f4", kind="pass")), encoding="utf-8")
    assert [("f1", "a b.json"), ("f2", "a b.json")] == [(one.fingerprint, one.path) for one in read_baseline(str(file))]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "is no JSON"),
        ("[]", "neither a baseline"),
        ("{}", "neither a baseline"),
        ("5", "neither a baseline"),
        ('{"findings": [{}]}', "neither a baseline"),
        ('{"findings": 5}', "neither a baseline"),
        ('{"version": 99, "findings": []}', "neither a baseline"),
        (sarif(tool="other"), "neither a baseline"),
        (sarif({"ruleId": "x"}), "neither a baseline"),
        ("[" * 100_000, "is no JSON"),
    ],
)
def test_a_broken_baseline_is_told(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "baseline.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=words):
        read_baseline(str(file))


def test_a_baseline_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_baseline(str(tmp_path / "gone.json"))


def git(folder: Path, *words: str) -> None:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", "-C", str(folder), *identity, *words], check=True, capture_output=True)


def test_a_diff_gates_what_it_touches(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    names = ["kept", "changed", "cut"]
    resources = [thing(name, properties={"port": 443 if name == "changed" else 80, "note": "x"}) for name in names]
    file = tmp_path / "a b.json"
    file.write_text(template(*resources), encoding="utf-8")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "one")
    resources[1]["properties"]["port"] = 80
    del resources[2]["properties"]["port"]
    file.write_text(template(*resources), encoding="utf-8")
    new = tmp_path / "new.json"
    new.write_text(template(thing("added", properties={"port": 80})), encoding="utf-8")
    changes = changes_since("HEAD", tmp_path)
    found = [inventory(path.read_text(encoding="utf-8"), path.as_posix()) for path in (file, new)]
    ledger = judge(found, Terms({POLICY.id: POLICY}, changes=changes))
    assert {"kept": "unchanged", "changed": "new", "cut": "new", "added": "new"} == {
        row.resource_name: row.baseline for row in ledger.rows
    }


def test_what_the_other_branch_did_since_is_no_change(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    file = tmp_path / "main.json"
    file.write_text(template(thing("old", properties={"port": 80})), encoding="utf-8")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "one")
    git(tmp_path, "branch", "topic")
    file.write_text(template(thing("old", properties={"port": 443})), encoding="utf-8")
    git(tmp_path, "commit", "-q", "-a", "-m", "mended on main")
    git(tmp_path, "switch", "-q", "topic")
    assert {} == changes_since("main", file).files


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
@pytest.mark.parametrize("name", ['a"b.json', "a\tb.json", "a\nb.json", "é\\ 字.json", "a b.json"])
def test_odd_names_are_found_in_the_diff(tmp_path: Path, name: str) -> None:
    git(tmp_path, "init", "-q")
    file = tmp_path / name
    file.write_text("1\n", encoding="utf-8")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "one")
    file.write_text("2\n", encoding="utf-8")
    assert changes_since("HEAD", tmp_path).touch(Place(file.as_posix(), 1, 1, 1, 2))


@pytest.mark.parametrize("revision", ["no-such", "--output=x"])
def test_a_revision_that_is_none_is_told(tmp_path: Path, revision: str) -> None:
    git(tmp_path, "init", "-q")
    with pytest.raises(UsageError, match="--changed-since"):
        changes_since(revision, tmp_path)


def test_a_folder_without_git_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--changed-since"):
        changes_since("HEAD", tmp_path)
