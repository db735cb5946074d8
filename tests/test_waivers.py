"""Waivers: in the configuration, in comments, in metadata, as directives; expired, unused and wrong ones are told."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from test_engine import HEAD, OPEN_PORT, a_policy, inventory, template, thing

from linter.engine import Bench, Terms, empty_ledger
from linter.model import Ledger, Place, Row
from linter.waivers import Used, Waiver, find_waivers, parse_day, waive_by_config

TODAY = date(2026, 11, 24)
POLICY = a_policy("serving/port-open", require=OPEN_PORT)


def judged(text: str, path: str = "main.json") -> tuple[Ledger, Used]:
    terms = Terms({POLICY.id: POLICY}, known=(POLICY.id, "serving/other"), today=TODAY)
    ledger = empty_ledger(terms)
    bench = Bench(terms)
    bench.judge(inventory(text, path), ledger)
    return ledger, bench.waivers.used


def commented(before: str = "", beside: str = "") -> str:
    return (
        "{"
        + HEAD
        + f"""
 "resources": [
  {before}
  {{
   "type": "Microsoft.X/things", "apiVersion": "2025-01-01", "name": "thing",
   "properties": {{
    "port": 80 {beside}
   }}
  }}
 ]
}}"""
    )


GOOD = "aiplint: allow serving/port-open until=2026-12-31 owner=me -- a reason -- with dashes"


@pytest.mark.parametrize(
    "text",
    [
        commented(beside=f"// {GOOD}"),
        commented(beside=f"/* {GOOD} */"),
        commented(before=f"// {GOOD}"),
        commented(before=f"// {GOOD}\n\n  // another comment"),
        commented(beside="// aiplint: allow serving/other,serving/port-open -- both"),
        commented(beside="// aiplint: allow serving/ -- the area"),
    ],
)
def test_a_comment_waives(text: str) -> None:
    ledger, used = judged(text)
    assert 1 == len(ledger.rows)
    assert ledger.rows[0].waiver is not None
    assert [] == list(ledger.gating("note"))
    assert [] == [told for told in used.told([POLICY.id]) if "other" not in told]


def test_a_waived_row_bears_reason_owner_day_and_source() -> None:
    ledger, _ = judged(commented(beside=f"// {GOOD}"))
    expected = {"reason": "a reason -- with dashes", "owner": "me", "until": "2026-12-31", "source": "main.json:7"}
    assert expected == ledger.rows[0].waiver


@pytest.mark.parametrize(
    ("comment", "told"),
    [
        ("// aiplint: allow serving/port-open until=2026-11-23 -- r", "expired on 2026-11-23; 1 finding counts again"),
        ("// aiplint: allow serving/port-open", "has no reason and waives nothing"),
        ("// aiplint: allow serving/port-open --", "has no reason and waives nothing"),
        ("// aiplint: allow serving/port-open until=2026-11-31 -- r", "'2026-11-31', which is no day"),
        ("// aiplint: allow serving/no-such -- r", "names no policy that exists"),
    ],
)
def test_what_waives_nothing_is_told(comment: str, told: str) -> None:
    ledger, used = judged(commented(beside=comment))
    assert ledger.rows[0].waiver is None
    messages = list(used.told([POLICY.id]))
    assert 1 == len(messages)
    assert messages[0].startswith("main.json:7: the waiver of ")
    assert told in messages[0]
    assert used.wrong is ("expired" not in told)


def test_the_last_day_still_waives() -> None:
    ledger, _ = judged(commented(beside="// aiplint: allow serving/port-open until=2026-11-24 -- r"))
    assert ledger.rows[0].waiver is not None


def test_an_unused_waiver_is_told_only_where_its_policy_ran() -> None:
    text = commented(beside="// aiplint: allow serving/port-open -- r").replace("80", "443")
    terms = Terms({POLICY.id: POLICY}, known=(POLICY.id,), today=TODAY, evidence=True)
    bench = Bench(terms)
    bench.judge(inventory(text), empty_ledger(terms))
    assert ["main.json:7: the waiver of serving/port-open met no finding; remove it"] == list(
        bench.waivers.used.told([POLICY.id])
    )
    assert [] == list(bench.waivers.used.told(["serving/other"]))


@pytest.mark.parametrize(
    "line",
    [
        '"note": "// aiplint: allow serving/port-open -- r",',
        '"note": "quoted \\" // aiplint: allow serving/port-open -- r",',
    ],
)
def test_text_in_a_string_waives_nothing(line: str) -> None:
    assert [] == find_waivers(line, "main.json")


def test_a_comment_elsewhere_waives_nothing() -> None:
    text = commented().replace('"resources": [', f'"resources": [ // {GOOD}')
    ledger, _ = judged(text)
    assert ledger.rows[0].waiver is None


@pytest.mark.parametrize(
    ("entry", "waived", "told"),
    [
        ({"policy": "serving/port-open", "reason": "r", "until": "2026-12-31"}, True, ""),
        ({"policy": "serving/port-open", "reason": "r"}, True, ""),
        ({"policy": "serving/port-open"}, False, "has no reason"),
        ({"policy": "serving/port-open", "reason": "r", "until": "2020-01-01"}, False, "expired"),
        ({"policy": "no/such", "reason": "r"}, False, "names no policy"),
        ({"policy": "serving/port-open", "reason": ["r"]}, False, "has no reason and waives nothing; add a `reason`"),
        ({"policy": 5, "reason": "r"}, False, "a waiver names no policy"),
        ("text", False, "a waiver names no policy"),
    ],
)
def test_metadata_waives(entry: Any, waived: bool, told: str) -> None:
    text = template(thing(properties={"port": 80}, metadata={"aiplint": {"allow": [entry]}}))
    ledger, used = judged(text)
    assert waived is (ledger.rows[0].waiver is not None)
    messages = list(used.told([POLICY.id]))
    assert bool(told) is bool(messages)
    assert all(told in message for message in messages)


def test_metadata_that_is_no_list_is_told() -> None:
    text = template(thing(properties={"port": 80}, metadata={"aiplint": {"allow": POLICY.id}}))
    ledger, used = judged(text)
    assert ledger.rows[0].waiver is None
    assert any("is no list of {policy, reason, until}" in told for told in used.told([POLICY.id]))
    assert used.wrong


def test_metadata_that_waived_nothing_is_told() -> None:
    entry = {"policy": POLICY.id, "reason": "r"}
    _, used = judged(template(thing(properties={"port": 443}, metadata={"aiplint": {"allow": [entry]}})))
    (told,) = used.told([POLICY.id])
    assert told.endswith("the waiver of serving/port-open met no finding; remove it")


def covered(text: str, path: str = "main.bicep") -> list[tuple[str, int, int, str]]:
    return [(one.policy, one.first, one.last, one.reason) for one in find_waivers(text, path, [POLICY.id])]


def test_bicep_directives() -> None:
    text = "\n".join([
        "#disable-next-line no-unused-params serving/port-open // a reason",
        "resource a 'X/y@1' = {",
        "#disable-diagnostics serving-port-open",
        "}",
        "#restore-diagnostics serving-port-open",
        "#disable-diagnostics serving/other",
        "#disable-next-line BCP081",
    ])  # fmt: skip
    assert [
        ("serving/port-open", 2, 2, "a reason"),
        ("serving/port-open", 3, 5, "(none given)"),
        ("serving/other", 6, 1 << 30, "(none given)"),
    ] == covered(text)
    assert [] == covered(text, "main.json")


def test_comments_in_bicep_and_yaml() -> None:
    assert [("a/b", 2, 3, "r")] == covered("// aiplint: allow a/b -- r\n@description('x')\nresource a 'b' = {")
    assert [("a/b", 2, 2, "r")] == covered("kind: Pod\nimage: x # aiplint: allow a/b -- r", "pod.yaml")
    assert [("a/b", 2, 2, "r")] == covered("# aiplint: allow a/b -- r\nkind: Pod", "pod.yaml")


def row(**changes: Any) -> Row:
    words: dict[str, Any] = {
        "policy": "serving/port-open", "severity": "high", "verdict": "fail",
        "resource_type": "Microsoft.X/accounts/children",
        "resource_id": "/subscriptions/0/providers/Microsoft.X/accounts/acc/children/c", "resource_name": "acc/c",
        "property": "p", "observed": 1, "message": "m", "location": Place("main.json"),
    }  # fmt: skip
    return Row(**{**words, **changes})


@pytest.mark.parametrize(
    ("policy", "resource", "expected"),
    [
        ("serving/port-open", "*", True),
        ("serving/port-open", "*/ACCOUNTS/acc/*", True),
        ("serving/port-open", "*/accounts/acc", False),
        ("serving/port-open", "acc/c", True),
        ("serving/*", "*/children/c", True),
        ("serving/", "*", True),
        ("serving/other", "*", False),
        ("*", "*", True),
    ],
)
def test_the_configuration_waives_by_policy_and_resource(policy: str, resource: str, expected: bool) -> None:
    ledger = Ledger(rows=[row(), row(resource_id="[open]")])
    used = Used()
    waive_by_config(ledger, [Waiver(policy, resource, "r")], TODAY, used)
    assert expected is all(one.waiver is not None for one in ledger.rows)
    assert expected is not bool(list(used.told(["serving/port-open"])) or "other" in policy)


def test_an_expired_waiver_of_the_configuration_counts_its_findings() -> None:
    ledger = Ledger(rows=[row(), row(verdict="unknown"), row(verdict="pass")])
    used = Used()
    waive_by_config(
        ledger, [Waiver("serving/port-open", "*", "r", until=date(2026, 1, 1), path="c.yaml", line=3)], TODAY, used
    )
    assert ["c.yaml:3: the waiver of serving/port-open expired on 2026-01-01; 2 findings count again"] == list(
        used.told(["serving/port-open"])
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-02-28", date(2026, 2, 28)),
        ("2026-02-29", None),
        ("20260228", None),
        ("2026-2-28", None),
        ("", None),
        (5, None),
    ],
)
def test_days(text: Any, expected: date | None) -> None:
    assert expected == parse_day(text)


def test_a_long_hostile_comment_takes_no_time() -> None:
    line = "// aiplint: allow " + " -- " * 50_000 + "x" * 100_000
    assert len(find_waivers(line + "\n" + "#disable-next-line " + "a/" * 100_000 + "\n", "main.bicep")) < 3
    assert json.dumps(line)
