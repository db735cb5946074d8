"""JSON to the letter of the contract; Markdown, JUnit, annotations, code quality."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from typing import Any

from report_ledgers import BASE, EVIDENCE, OPTIONS, large, ledger, mixed, row

from linter.model import ABSENT, Gap, Unresolved
from linter.reports import azure_devops, github, gitlab, junit, markdown
from linter.reports import json as json_report
from linter.reports.options import Options


def json_of(made: Any, options: Options = OPTIONS) -> Any:
    return json.loads("".join(json_report.render(made, options)))


class TestJson:
    def test_row_to_the_letter(self) -> None:
        related = (("the cluster", replace(BASE.location, path="c.json")),)
        whole = json_of(ledger([replace(BASE, related=related)], [Gap("x.json", "broken", 2, 3, "syntax", ("a/b",))]))
        place = {"path": "infra/main.json", "line": 12, "column": 21, "endLine": 12, "endColumn": 23,
                 "pointer": "/resources/0/properties/nodeTaints"}  # fmt: skip
        assert {
            "version": 1,
            "tool": {"name": "aiplint", "version": "0.1.0"},
            "rows": [
                {
                    "policy": "serving/gpu-pool-shared",
                    "severity": "high",
                    "verdict": "fail",
                    "resource": {"id": BASE.resource_id, "type": BASE.resource_type, "name": "c/gpu"},
                    "property": "properties.nodeTaints",
                    "observed": [],
                    "message": BASE.message,
                    "location": place,
                    "related": [{"message": "the cluster", "location": {**place, "path": "c.json"}}],
                    "cause": BASE.cause,
                    "fingerprint": BASE.fingerprint,
                    "waiver": None,
                    "baseline": "new",
                }
            ],
            "gaps": [{"path": "x.json", "line": 2, "column": 3, "message": "broken", "policies": ["a/b"]}],
            "summary": {
                "files": 3,
                "resources": 7,
                "rows": {"pass": 0, "fail": 1, "unknown": 0},
                "waived": 0,
                "seconds": 0.25,
            },
        } == whole

    def test_never_folded(self) -> None:
        names = [one["resource"]["name"] for one in json_of(mixed())["rows"]]
        assert [f"c/gpu{number}" for number in (*range(1, 10), 11, 12, 13, 14, 15, 17)] == names

    def test_evidence_holds_every_row(self) -> None:
        assert len(mixed().rows) == len(json_of(mixed(), EVIDENCE)["rows"])

    def test_unknown_ignored(self) -> None:
        verdicts = {one["verdict"] for one in json_of(mixed(), replace(OPTIONS, unknown="ignore"))["rows"]}
        assert {"fail"} == verdicts

    def test_observed(self) -> None:
        values = [
            ABSENT,
            None,
            Unresolved("reference('x')"),
            {"a": [Unresolved("y")]},
            float("nan"),
            10**400,
            "x" * 9_999,
        ]
        told = [
            one["observed"]
            for one in json_of(ledger([row(n, observed=value) for n, value in enumerate(values)]))["rows"]
        ]
        assert [None, None, {"$unresolved": "reference('x')"}, {"a": [{"$unresolved": "y"}]}, "nan"] == told[:5]
        assert str(10**400) == told[5]
        assert 4_096 == len(told[6])

    def test_deep_value_ends(self) -> None:
        value: Any = 1
        for _ in range(5_000):
            value = [value]
        assert "…" in "".join(json_report.render(ledger([replace(BASE, observed=value)]), OPTIONS)).encode().decode(
            "unicode_escape"
        )


class TestMarkdown:
    def test_worst_first_and_collapsed(self) -> None:
        text = "".join(markdown.render(mixed(), OPTIONS))
        assert text.startswith("## aiplint: 6 findings (3 high, 1 medium, 1 low, 1 note), 1 undecided")
        assert text.count("<details>") == text.count("</details>") == 7
        assert text.index("🔴 <b>high</b>") < text.index("🟠 <b>medium</b>") < text.index("🔵 <b>low</b>")

    def test_below_one_mebibyte(self) -> None:
        text = "".join(markdown.render(large(), EVIDENCE))
        told = text.count("<details><summary>🔴")
        assert len(text.encode()) < 1 << 20
        assert f"**{25_000 - told:,} more findings** left out" in text
        assert text.count("<details>") == text.count("</details>")

    def test_gaps(self) -> None:
        assert (
            "### 1 gap: not all could be seen\n\n- <code>infra/broken.json:3:7</code> line 3: expected a comma\n"
            in "".join(markdown.render(mixed(), OPTIONS))
        )


class TestGithub:
    def test_commands(self) -> None:
        lines = "".join(
            github.render(ledger([row(1), row(2, severity="medium"), row(3, severity="note")]), OPTIONS)
        ).splitlines()
        assert (
            "::error file=infra/main.json,line=11,endLine=11,col=21,endColumn=23,title=high%3A serving/gpu-pool-shared"
            "::c/gpu1: keeps no other work away: nodeTaints is '[]'" == lines[0]
        )
        assert ["error", "warning", "notice"] == [line[2:].split(" ")[0] for line in lines]

    def test_ten_of_a_kind(self) -> None:
        lines = "".join(github.render(ledger([row(number) for number in range(25)]), OPTIONS)).splitlines()
        assert 10 == sum(line.startswith("::error ") for line in lines)
        assert "aiplint: 15 more errors without an annotation" == lines[-1]

    def test_path_from_the_top_of_the_checkout(self) -> None:
        options = replace(OPTIONS, folder="/repo/sub")
        assert "file=sub/infra/main.json," in "".join(github.render(ledger([row(1)]), options))


def test_azure_devops() -> None:
    lines = "".join(azure_devops.render(mixed(), OPTIONS)).splitlines()
    assert (
        "##vso[task.logissue type=error;sourcepath=infra/broken.json;linenumber=3;columnnumber=7;code=gap;]"
        "line 3: expected a comma" == lines[0]
    )
    assert 8 == len(lines)


def test_gitlab() -> None:
    entries = json.loads("".join(gitlab.render(mixed(), OPTIONS)))
    severities = ["critical"] * 3 + ["major", "minor", "info", "info", "blocker"]
    assert severities == [entry["severity"] for entry in entries]
    assert {"path": "infra/main.json", "lines": {"begin": 11}} == entries[1]["location"]
    assert {"description", "check_name", "fingerprint", "severity", "location"} == entries[0].keys()


def test_gitlab_fingerprints_do_not_move_with_lines() -> None:
    first, second = (
        json.loads("".join(gitlab.render(ledger([one]), OPTIONS)))[0]
        for one in (row(1), row(1, location=replace(BASE.location, line=99, end_line=99)))
    )
    assert first["fingerprint"] == second["fingerprint"]


class TestJunit:
    def test_counts(self) -> None:
        root = ET.fromstring("".join(junit.render(mixed(), EVIDENCE)))
        suites = list(root)
        assert {"tests": "11", "failures": "6", "errors": "1"} == {
            key: root.get(key) for key in ("tests", "failures", "errors")
        }
        assert 11 == len(root.findall(".//testcase"))
        for suite in suites:
            assert str(len(suite)) == suite.get("tests")
            for count, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
                assert str(len(suite.findall(f"./testcase/{tag}"))) == suite.get(count)

    def test_passes_with_evidence_only(self) -> None:
        names = [
            [case.get("name") for case in ET.fromstring("".join(junit.render(mixed(), options))).iter("testcase")]
            for options in (OPTIONS, EVIDENCE)
        ]
        assert [False, True] == ["c/gpu18 properties.nodeTaints (infra/main.json:28:21)" in each for each in names]

    def test_waived_says_why(self) -> None:
        root = ET.fromstring("".join(junit.render(mixed(), EVIDENCE)))
        told = [node.get("message") or "" for node in root.iter("skipped")]
        assert ["in the baseline", "undecided", "waived (demo)"] == sorted(text.split(":")[0] for text in told)
