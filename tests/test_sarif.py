"""SARIF against its schema, the SARIF Multitool with GitHub's demands on, and what the validator does not look at."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from node_tools import multitool as find_multitool
from report_ledgers import BASE, EVIDENCE, HOSTILE, OPTIONS, hostile, large, ledger, mixed, policy, row

from linter.model import Fix, Gap, Ledger, Place
from linter.reports.options import Options
from linter.reports.sarif import render
from linter.reports.uri import under_root, uri

TOP = Path(__file__).parent.parent


def log_of(made: Ledger, options: Options = OPTIONS) -> Any:
    return json.loads("".join(render(made, options)))


def run_of(made: Ledger, options: Options = OPTIONS) -> Any:
    return log_of(made, options)["runs"][0]


@pytest.fixture(scope="session")
def multitool() -> Path:
    """The validator of the SARIF SDK; it comes from npm."""
    return find_multitool()


def complaints(multitool: Path, text: str, folder: Path) -> list[Any]:
    """What the validator says; its exit code is 0 whatever it finds."""
    file, report = folder / "out.sarif", folder / "report.sarif"
    file.write_text(text, encoding="utf-8")
    words = [
        multitool, "validate", file, "--config", TOP / ".github" / "sarif-strict.xml", "--rule-kind", "Sarif;Ghas",
        "--level", "Error;Warning;Note", "--kind", "Fail", "--max-file-size-in-kb", "1000000", "--quiet", "true",
        "--output", report, "--log", "ForceOverwrite",
    ]  # fmt: skip
    subprocess.run([str(word) for word in words], check=True, capture_output=True)
    run = json.loads(report.read_text(encoding="utf-8-sig"))["runs"][0]
    assert True is run["invocations"][0]["executionSuccessful"]
    return [(result["ruleId"], result["message"]) for result in run.get("results", [])]


@pytest.mark.parametrize("options", [OPTIONS, EVIDENCE, replace(OPTIONS, unknown="fail", category="infra")])
@pytest.mark.parametrize("made", [mixed, hostile, lambda: ledger([])], ids=["mixed", "hostile", "empty"])
def test_the_validator_finds_nothing(multitool: Path, tmp_path: Path, options: Options, made: Any) -> None:
    assert [] == complaints(multitool, "".join(render(made(), options)), tmp_path)


def test_the_validator_is_awake(multitool: Path, tmp_path: Path) -> None:
    text = "".join(render(mixed(), OPTIONS)).replace('"uri":"infra/main.json"', '"uri":"/infra/main.json"')
    assert [] != complaints(multitool, text, tmp_path)


@pytest.mark.parametrize("made", [mixed, hostile, lambda: ledger([])], ids=["mixed", "hostile", "empty"])
@pytest.mark.parametrize("options", [OPTIONS, EVIDENCE])
def test_schema(multitool: Path, made: Any, options: Options) -> None:
    from jsonschema import Draft7Validator

    path = multitool.parent / "sarif-2.1.0.json"
    schema = json.loads(path.read_text(encoding="utf-8-sig"))
    assert [] == [error.message for error in Draft7Validator(schema).iter_errors(log_of(made(), options))]


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)


def locations(run: Any) -> Iterator[Any]:
    for result in run["results"]:
        yield from (one["physicalLocation"] for one in result["locations"])
        yield from (one["physicalLocation"] for one in result.get("relatedLocations", ()))
    for note in run["invocations"][0].get("toolExecutionNotifications", ()):
        yield from (one["physicalLocation"] for one in note.get("locations", ()))


@pytest.mark.parametrize("made", [mixed, hostile], ids=["mixed", "hostile"])
@pytest.mark.parametrize("options", [OPTIONS, EVIDENCE], ids=["default", "evidence"])
class TestDemands:
    """What code scanning asks for and the validator does not look at."""

    def test_addresses(self, made: Any, options: Options) -> None:
        for place in locations(run_of(made(), options)):
            address = place["artifactLocation"]["uri"]
            assert re.fullmatch(r"[!$&'()*+,;=@A-Za-z0-9._~%/-]+", address)
            assert ":" not in address.split("/")[0]
            assert not address.startswith("/")
            assert ".." not in address.split("/")

    def test_regions(self, made: Any, options: Options) -> None:
        for place in locations(run_of(made(), options)):
            region = place["region"]
            assert {"startLine", "startColumn", "endLine", "endColumn"} <= region.keys()
            assert region["startLine"] == region["endLine"]
            assert 1 <= region["startColumn"] <= region["endColumn"]

    def test_rules(self, made: Any, options: Options) -> None:
        rules = run_of(made(), options)["tool"]["driver"]["rules"]
        assert sorted(rule["id"] for rule in rules) == [rule["id"] for rule in rules]
        assert len(rules) == len({rule["name"] for rule in rules})
        for rule in rules:
            properties = rule["properties"]
            assert re.fullmatch(r"([A-Z][a-z0-9]*)+", rule["name"])
            assert len(rule["fullDescription"]["text"]) <= 1024
            assert rule["shortDescription"]["text"].endswith(".")
            assert rule["help"]["text"]
            assert "## How to mend it" in rule["help"]["markdown"]
            assert rule["defaultConfiguration"]["level"] in ("error", "warning", "note")
            assert len(properties["tags"]) == len(set(properties["tags"])) <= 10
            assert properties["precision"] in ("very-high", "high", "medium", "low")
            assert properties["problem.severity"] in ("error", "warning", "recommendation")
            assert ("security-severity" in properties) == ("security" in properties["tags"])
            if "security-severity" in properties:
                assert properties["security-severity"] in ("9.5", "8.0", "5.5", "2.0")

    def test_results_name_their_rule(self, made: Any, options: Options) -> None:
        run = run_of(made(), options)
        rules = run["tool"]["driver"]["rules"]
        assert [] != run["results"]
        assert [one["ruleId"] for one in run["results"]] == [rules[one["ruleIndex"]]["id"] for one in run["results"]]

    def test_message_twice_the_same(self, made: Any, options: Options) -> None:
        run = run_of(made(), options)
        for result in run["results"]:
            message = result["message"]
            template = run["tool"]["driver"]["rules"][result["ruleIndex"]]["messageStrings"][message["id"]]["text"]
            assert message["text"]
            assert message["text"] == template.format(*message["arguments"])
            assert template.endswith(".")
            for number in range(len(message["arguments"])):
                assert f"'{{{number}}}'" in template

    def test_links(self, made: Any, options: Options) -> None:
        for result in run_of(made(), options)["results"]:
            ids = [one["id"] for one in result.get("relatedLocations", ())]
            targets = re.findall(r"\]\(([^)]*)", result["message"]["text"])
            assert list(range(1, len(ids) + 1)) == ids
            assert [str(number) for number in ids[:3]] == targets
            assert len(ids) < 1000

    def test_one_result_a_line(self, made: Any, options: Options) -> None:
        keys = []
        for result in run_of(made(), options)["results"]:
            place = result["locations"][0]["physicalLocation"]
            mark = (result.get("kind"), result.get("baselineState"), bool(result.get("suppressions")))
            keys.append((result["ruleId"], place["artifactLocation"]["uri"], place["region"]["startLine"], mark))
        assert len(keys) == len(set(keys))

    def test_order(self, made: Any, options: Options) -> None:
        keys = []
        for result in run_of(made(), options)["results"]:
            place = result["locations"][0]["physicalLocation"]
            region = place["region"]
            keys.append(
                (place["artifactLocation"]["uri"], region["startLine"], region["startColumn"], result["ruleId"])
            )
        assert sorted(keys) == keys

    def test_kind_and_level(self, made: Any, options: Options) -> None:
        for result in run_of(made(), options)["results"]:
            assert ("none" == result["level"]) == ("kind" in result)
            assert "rank" not in result

    def test_marks_on_all_or_none(self, made: Any, options: Options) -> None:
        results = run_of(made(), options)["results"]
        for mark in ("suppressions", "baselineState"):
            assert sum(mark in result for result in results) in (0, len(results))

    def test_fingerprints(self, made: Any, options: Options) -> None:
        for result in run_of(made(), options)["results"]:
            prints = result["partialFingerprints"]
            assert prints["aiplintFinding/v1"]
            assert re.fullmatch(r"[0-9a-f]{1,16}:\d+", prints["primaryLocationLineHash"])

    def test_gaps_make_the_run_unsuccessful(self, made: Any, options: Options) -> None:
        ledger_made = made()
        run = run_of(ledger_made, options)
        notes = run["invocations"][0]["toolExecutionNotifications"]
        known = {one["id"] for one in run["tool"]["driver"]["notifications"]}
        assert False is run["invocations"][0]["executionSuccessful"]
        assert len(ledger_made.gaps) == len(notes)
        assert {note["descriptor"]["id"] for note in notes} <= known
        ledger_made.gaps = []
        assert [{"executionSuccessful": True}] == run_of(ledger_made, options)["invocations"]

    def test_same_bytes(self, made: Any, options: Options) -> None:
        assert "".join(render(made(), options)) == "".join(render(made(), options))

    def test_nothing_unseen(self, made: Any, options: Options) -> None:
        for text in strings(log_of(made(), options)):
            assert not re.search(
                "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", text
            )
            assert len(text) <= 5_000

    def test_no_log_takes_it_for_a_command(self, made: Any, options: Options) -> None:
        text = "".join(render(made(), options))
        assert not re.search(r"##vso\[|##\[", text)
        assert not re.search(r"^\s*::", text, re.MULTILINE)

    def test_no_category_unless_asked(self, made: Any, options: Options) -> None:
        assert "automationDetails" not in run_of(made(), options)
        asked = run_of(made(), replace(options, category="infra/"))
        live = run_of(replace(made(), scope="tenant"), options)
        assert {"id": "infra/"} == asked["automationDetails"]
        assert {"id": "aiplint/live/tenant/"} == live["automationDetails"]


def test_default_profile_holds_unwaived_failures_only() -> None:
    results = run_of(mixed())["results"]
    told = [
        result["properties"].get("instances", [result["locations"][0]["logicalLocations"][0]["name"]])
        for result in results
    ]
    names = sorted((name for each in told for name in each), key=lambda name: int(name[5:]))
    assert [f"c/gpu{number}" for number in (*range(1, 10), 11, 12, 13, 14, 17)] == names
    assert {"error", "warning", "note"} == {result["level"] for result in results}


def test_undecided_fail_when_they_shall() -> None:
    results = run_of(mixed(), replace(OPTIONS, unknown="fail"))["results"]
    assert ["error"] == [one["level"] for one in results if "deployment" in one["message"]["text"]]


def test_evidence_holds_all() -> None:
    results = run_of(mixed(), EVIDENCE)["results"]
    kinds = [result.get("kind", "fail") for result in results]
    waived = [result["suppressions"] for result in results if result["suppressions"]]
    assert {"fail": 8, "open": 1, "pass": 1} == {kind: kinds.count(kind) for kind in kinds}
    assert [[{"kind": "external", "status": "accepted", "justification": "demo (until 2026-12-31)"}]] == waived
    assert 1 == [result["baselineState"] for result in results].count("unchanged")


def test_fold_names_its_instances() -> None:
    result = next(one for one in run_of(mixed())["results"] if "instances" in one["properties"])
    assert [f"c/gpu{number}" for number in range(2, 10)] == result["properties"]["instances"]
    assert 8 == len(result["properties"]["fingerprints"])
    assert "It has '8' instances" in result["message"]["text"]


def test_fix() -> None:
    result = next(one for one in run_of(mixed())["results"] if "fixes" in one)
    change = result["fixes"][0]["artifactChanges"][0]
    assert {"uri": "infra/main.json", "uriBaseId": "SRCROOT"} == change["artifactLocation"]
    assert [
        {
            "deletedRegion": {"startLine": 11, "startColumn": 21, "endLine": 11, "endColumn": 23},
            "insertedContent": {"text": '["sku=gpu:NoSchedule"]'},
        }
    ] == change["replacements"]


def test_fixes_of_one_line_are_one_fix() -> None:
    fixes = [Fix("Set it", Place("a.json", 2, column, 2, column + 1), "1") for column in (3, 9, 9)]
    rows = [row(1, fix=fix, resource_name=f"r{number}", cause=f"{number}") for number, fix in enumerate(fixes)]
    result = run_of(ledger(rows))["results"]
    changes = result[0]["fixes"][0]["artifactChanges"]
    assert 1 == len(result) == len(result[0]["fixes"]) == len(changes)
    assert [3, 9] == [one["deletedRegion"]["startColumn"] for one in changes[0]["replacements"]]


def test_line_hash_is_numbered_by_line_where_it_is_not() -> None:
    rows = [row(number, line_hash="abc") for number in (1, 2, 3)]
    rows.append(replace(rows[1], policy="estate/tags-missing", cause="another", fingerprint="f"))
    results = run_of(ledger(rows))["results"]
    told = [
        (one["locations"][0]["physicalLocation"]["region"]["startLine"], one["partialFingerprints"]) for one in results
    ]
    assert [(11, "abc:1"), (12, "abc:2"), (12, "abc:2"), (13, "abc:3")] == [
        (line, prints["primaryLocationLineHash"]) for line, prints in told
    ]


def test_limit_of_results() -> None:
    made = large(25_010)
    run = run_of(made)
    notes = run["invocations"][0]["toolExecutionNotifications"]
    levels = [result["level"] for result in run["results"]]
    assert 25_000 == len(run["results"])
    assert sum(each.severity == "high" for each in made.rows) == levels.count("error")
    assert ["'10' results are left out, the least severe: code scanning takes '25000' a run."] == [
        note["message"]["text"] for note in notes
    ]
    assert True is run["invocations"][0]["executionSuccessful"]


def test_names_of_rules_stay_apart() -> None:
    made = ledger([row(1)])
    made.policies["training/gpu-pool-shared"] = policy("training/gpu-pool-shared")
    names = {rule["id"]: rule["name"] for rule in run_of(made)["tool"]["driver"]["rules"]}
    assert "ServingGpuPoolShared" == names["serving/gpu-pool-shared"]
    assert "TrainingGpuPoolShared" == names["training/gpu-pool-shared"]
    assert "LocalAuthOpen" == names["security/local-auth-open"]


def test_policy_without_words() -> None:
    made = ledger([row(1, policy="own/rule")])
    assert "own/rule" in [rule["id"] for rule in run_of(made)["tool"]["driver"]["rules"]]


def test_secret_is_hidden_in_the_excerpt() -> None:
    line = '  "adminPassword": "hunter2",'
    place = Place("a.json", 2, 20, 2, 29)
    text = "".join(render(ledger([row(1, snippet=line, observed="(hidden)", location=place)]), OPTIONS))
    assert "hunter2" not in text
    assert '\\"adminPassword\\": (hidden),' in text


def test_live_finding() -> None:
    path = "live/0/rg/accounts/foo.json"
    made = ledger([row(1, path=path, resource_id="/subscriptions/0/resourceGroups/rg")], scope="tenant")
    place = run_of(made)["results"][0]["locations"][0]
    artifact = place["physicalLocation"]["artifactLocation"]
    assert {"href": "https://portal.azure.com/#resource/subscriptions/0/resourceGroups/rg"} == artifact["properties"]
    assert "/subscriptions/0/resourceGroups/rg" == place["logicalLocations"][0]["fullyQualifiedName"]


@pytest.mark.parametrize(
    ("path", "root", "folder", "expected"),
    [
        ("a.json", "/repo", "/repo", "a.json"),
        ("a.json", "/repo", "/repo/infra", "infra/a.json"),
        ("../a.json", "/repo", "/repo/infra", "a.json"),
        ("./x/../a.json", "/repo", "/repo", "a.json"),
        ("/repo/a.json", "/repo", "/elsewhere", "a.json"),
        ("/other/a.json", "/repo", "/repo", "other/a.json"),
        ("../../a.json", "", "", "a.json"),
        ("a\\b.json", "", "", "a/b.json"),
        ("C:/Repo/a.json", "c:/repo", "c:/repo", "a.json"),
        ("a b.json", "", "", "a%20b.json"),
        ("c:d.json", "", "", "c%3Ad.json"),
        ("x/c:d#?.json", "", "", "x/c%3Ad%23%3F.json"),
        ("ä.json", "", "", "%C3%A4.json"),
    ],
)
def test_uri(path: str, root: str, folder: str, expected: str) -> None:
    assert expected == uri(path, root, folder)
    assert unquote(expected) == under_root(path, root, folder)


def test_ten_megabytes_in_a_name_stay_small() -> None:
    made = ledger(
        [replace(BASE, resource_name=HOSTILE[-1], message=HOSTILE[-1], snippet="x" * 400)], [Gap("a", HOSTILE[-1])]
    )
    assert len("".join(render(made, EVIDENCE))) < 60_000
