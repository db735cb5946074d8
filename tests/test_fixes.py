"""`--fix`: the finding goes, no other line changes, a second run changes nothing; and what is unsure is left alone."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from test_engine import HEAD, a_policy, inventory
from test_policies import POLICIES, fixtures_of, judged

from linter.engine import Terms, judge
from linter.fixes import offset, written
from linter.fixing import apply_fixes, diff, fixed, fixes_of
from linter.model import Fix, Ledger, Place

POLICY = a_policy(
    require={"field": "properties.public", "equals": "Disabled", "default": "Enabled"},
    fix={"text": "close it", "set": {"properties.public": "Disabled"}},
)


def resource(properties: str, parameters: str = "") -> str:
    return f"""{{{HEAD}{parameters}
  "resources": [
    {{ "type": "Microsoft.X/things", "apiVersion": "2025-01-01", "name": "thing",
      "properties": {properties} }}
  ]
}}"""


def ledger_of(text: str) -> Ledger:
    return judge([inventory(text)], Terms({POLICY.id: POLICY}))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('{ "public": "Enabled" }', '{ "public": "Disabled" }'),
        ('{ "PUBLIC" :\t"Enabled", "b": 1 }', '{ "PUBLIC" :\t"Disabled", "b": 1 }'),
        ("{}", '{ "public": "Disabled" }'),
        ("{ }", '{ "public": "Disabled" }'),
        ('{ "b": 1 }', '{ "public": "Disabled", "b": 1 }'),
        ("{ /* none */ }", '{ "public": "Disabled" /* none */ }'),
        ("{ // none\n }", '{ "public": "Disabled" // none\n }'),
        ("{\n  // none\n }", '{\n  "public": "Disabled"\n  // none\n }'),
        ('{"b": 1}', '{ "public": "Disabled", "b": 1}'),
        ('{ // a comment\n  "b": 1 }', '{ "public": "Disabled", // a comment\n  "b": 1 }'),
        ('{\n        "b": 1\n      }', '{\n        "public": "Disabled",\n        "b": 1\n      }'),
        ('{\r\n\t"b": 1\r\n}', '{\r\n\t"public": "Disabled",\r\n\t"b": 1\r\n}'),
        ('{ // é𝒳 a comment\n "public": "Enabled" // why\n}', '{ // é𝒳 a comment\n "public": "Disabled" // why\n}'),
        ('{ "é𝒳": "x", "public": "Enabled" }', '{ "é𝒳": "x", "public": "Disabled" }'),
    ],
)
def test_a_fix_changes_what_it_must_and_nothing_else(before: str, after: str) -> None:
    text = resource(before)
    fixes = fixes_of(ledger_of(text))["main.json"]
    new, done = fixed(text, fixes)
    assert (1, resource(after)) == (done, new)
    assert [] == ledger_of(new).rows


@pytest.mark.parametrize(
    ("properties", "parameters"),
    [
        ('{ "public": "[parameters(\'p\')]" }', '"parameters": {"p": {"type": "string", "defaultValue": "Enabled"}},'),
        ('{ "public": "[toLower(\'Enabled\')]" }', ""),
        ("\"[variables('v')]\"", '"variables": {"v": {"public": "Enabled"}},'),
        ("\"[variables('v')]\"", '"variables": {"v": {"b": 1}},'),
        ("\"[union(createObject('b', 1), createObject('public', 'Enabled'))]\"", ""),
        ('{ "public": "[[Enabled]" }', ""),
    ],
)
def test_what_is_unsure_is_left_alone(properties: str, parameters: str) -> None:
    ledger = ledger_of(resource(properties, parameters))
    assert ["fail"] == [row.verdict for row in ledger.rows]
    assert {} == fixes_of(ledger)


def test_waived_rows_are_left_alone() -> None:
    ledger = ledger_of(resource('{ "public": "Enabled" }'))
    ledger.rows[0].waiver = {"reason": "r"}
    assert {} == fixes_of(ledger)


def test_of_two_changes_at_one_place_the_first_goes_in() -> None:
    place = Place("x", 1, 2, 1, 2)
    assert ("a1b", 1) == fixed("ab", [Fix("", place, "1"), Fix("", place, "2")])


@pytest.mark.parametrize(
    ("line", "column", "expected"),
    [(1, 1, 0), (1, 3, 2), (2, 1, 3), (2, 4, 5), (3, 1, 7), (9, 1, None), (1, 9, None)],
)
def test_offset(line: int, column: int, expected: int | None) -> None:
    assert expected == offset("ab\n😀c\r\nd", line, column)


@pytest.mark.parametrize(
    ("value", "as_json", "as_bicep"),
    [
        ("a'b", '"a\'b"', "'a\\'b'"),
        ("${x}", '"${x}"', "'\\${x}'"),
        (["a", "b"], '["a", "b"]', "[ 'a', 'b' ]"),
        (True, "true", "true"),
        (0, "0", "0"),
    ],
)
def test_values_as_each_language_writes_them(value: Any, as_json: str, as_bicep: str) -> None:
    assert (as_json, as_bicep) == (written(value, bicep=False), written(value, bicep=True))


FIXABLE = [
    pytest.param(name, path, id=f"{name}/{path.name}")
    for name, policy in POLICIES.items()
    if policy.text().fixable
    for path in fixtures_of(name)
    if path.name.startswith("fail") and path.is_file() and path.suffix in (".json", ".bicep")
]


@pytest.mark.parametrize(("policy_id", "fixture"), FIXABLE)
def test_fix_mends_the_fixture(policy_id: str, fixture: Path, tmp_path: Path) -> None:
    copy = tmp_path / fixture.name
    shutil.copy(fixture, copy)
    before = judged(policy_id, copy)
    offered = sum(row.fix is not None for row in before.rows)
    old = copy.read_text(encoding="utf-8").splitlines()
    shown = [line for line in diff(before) if line[0] in "+-" and line[:3] not in ("+++", "---")]
    count = apply_fixes(before)
    new = copy.read_text(encoding="utf-8").splitlines()
    assert (count == 0) is (offered == 0)
    assert len(shown) <= 2 * count
    assert len(new) - len(old) <= count
    after = judged(policy_id, copy)
    assert before.counts["fail"] - offered == after.counts["fail"]
    assert after.counts["pass"] == before.counts["pass"] + offered
    assert 0 == apply_fixes(after)


@pytest.mark.parametrize("policy_id", [name for name, policy in POLICIES.items() if policy.text().fixable])
def test_every_fixable_policy_mends_something(policy_id: str) -> None:
    failing = [path for path in fixtures_of(policy_id) if path.name.startswith("fail") and path.is_file()]
    assert any(row.fix is not None for path in failing for row in judged(policy_id, path).rows)
