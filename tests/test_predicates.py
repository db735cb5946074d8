"""Conditions: every operator, absence, openness, wildcards, counts, and what the answer points at."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linter.comparing import compare, duration_seconds, wildcard
from linter.model import ABSENT, Inventory, OpenKey, Place, Resource, Settings, Unresolved
from linter.predicates import Answer, Bound, PredicateError, Subject, compile_condition, walk

OPEN = Unresolved("reference('x').y")
BODY = {
    "location": "westeurope",
    "kind": "AIServices",
    "tags": {"Env": "Prod"},
    "properties": {
        "count": 3,
        "on": True,
        "mode": "System",
        "idle": "PT2H",
        "empty": [],
        "nothing": None,
        "open": OPEN,
        "taints": ["sku=gpu:NoSchedule", "a=b:PreferNoSchedule"],
        "rules": [{"port": 80, "hosts": ["a", "b"]}, {"port": 443}, {"port": None}],
        "mixed": [{"port": 80}, {"port": OPEN}],
        "map": {"blue": {"share": 90}, "green": {"share": 10}},
        "keyed": {OpenKey("[parameters('k')]"): 1, "known": 2},
        "half": [OPEN, "b"],
    },
}


def resource(body: dict[str, Any] = BODY) -> Resource:
    return Resource("Microsoft.X/things", "thing", "/x/thing", "2025-01-01", body, lambda _path, _key: Place("x.json"))


def ask(condition: Any, parameters: dict[str, Any] | None = None, settings: Settings | None = None) -> Answer:
    bound = Bound(parameters or {}, settings or Settings())
    return compile_condition(condition, bound)(Subject(resource(), Inventory(settings=bound.settings)))


LEAVES = [
    ({"field": "kind", "equals": "aiservices", "absent": "fail"}, True),
    ({"field": "KIND", "notEquals": "OpenAI", "absent": "fail"}, True),
    ({"field": "properties.count", "equals": "3", "absent": "fail"}, True),
    ({"field": "properties.on", "equals": "true", "absent": "fail"}, True),
    ({"field": "properties.on", "equals": 1, "absent": "fail"}, False),
    ({"field": "properties.mode", "in": ["user", "SYSTEM"], "absent": "fail"}, True),
    ({"field": "properties.mode", "notIn": ["user"], "absent": "fail"}, True),
    ({"field": "properties.mode", "like": "sys*", "absent": "fail"}, True),
    ({"field": "properties.mode", "like": ["x*", "*TEM"], "absent": "fail"}, True),
    ({"field": "properties.mode", "notLike": "sys*", "absent": "fail"}, False),
    ({"field": "properties.mode", "match": "S?????", "absent": "fail"}, True),
    ({"field": "properties.mode", "match": "s?????", "absent": "fail"}, False),
    ({"field": "properties.mode", "matchInsensitively": "s?????", "absent": "fail"}, True),
    ({"field": "properties.idle", "matchInsensitively": "pt#.", "absent": "fail"}, True),
    ({"field": "properties.taints", "contains": "SKU=gpu:NoSchedule", "absent": "fail"}, True),
    ({"field": "properties.mode", "contains": "yst", "absent": "fail"}, True),
    ({"field": "properties.mode", "notContains": "yst", "absent": "fail"}, False),
    ({"field": "properties.half", "contains": "b", "absent": "fail"}, True),
    ({"field": "properties.half", "contains": "c", "absent": "fail"}, None),
    ({"field": "properties.map", "containsKey": "BLUE", "absent": "fail"}, True),
    ({"field": "properties.map", "notContainsKey": "red", "absent": "fail"}, True),
    ({"field": "properties.keyed", "containsKey": "red", "absent": "fail"}, None),
    ({"field": "properties.keyed", "containsKey": "known", "absent": "fail"}, True),
    ({"field": "properties.count", "greater": 2, "absent": "fail"}, True),
    ({"field": "properties.count", "greaterOrEquals": 3, "absent": "fail"}, True),
    ({"field": "properties.count", "less": 3, "absent": "fail"}, False),
    ({"field": "properties.count", "lessOrEquals": 3, "absent": "fail"}, True),
    ({"field": "properties.idle", "lessOrEquals": "PT30M", "absent": "fail"}, False),
    ({"field": "properties.idle", "greater": 5, "absent": "fail"}, None),
    ({"field": "properties.idle", "exists": True}, True),
    ({"field": "properties.nothing", "exists": True}, False),
    ({"field": "properties.empty", "exists": True}, False),
    ({"field": "properties.empty", "exists": False}, True),
    ({"field": "properties.open", "exists": True}, None),
    ({"field": "properties.keyed.red", "exists": True}, None),
    ({"field": "properties.open", "equals": 1, "absent": "fail"}, None),
    ({"field": "properties.open.deeper", "equals": 1, "absent": "fail"}, None),
    ({"field": "properties.gone", "equals": 1, "default": 1}, True),
    ({"field": "properties.gone", "equals": 1, "default": 0}, False),
    ({"field": "properties.gone", "equals": 1, "absent": "pass"}, True),
    ({"field": "properties.gone", "equals": 1, "absent": "unknown"}, None),
    ({"field": "properties.gone", "equals": 1, "absent": "skip"}, False),
    ({"field": "properties.nothing", "equals": 1, "default": 1}, True),
    ({"field": "properties.rules[*].port", "greaterOrEquals": 80, "default": 80}, True),
    ({"field": "properties.rules[*].port", "greaterOrEquals": 81, "default": 90}, False),
    ({"field": "properties.mixed[*].port", "greater": 81, "absent": "pass"}, False),
    ({"field": "properties.mixed[*].port", "greater": 70, "absent": "pass"}, None),
    ({"field": "properties.empty[*].port", "equals": 1, "absent": "fail"}, False),
    ({"field": "properties.gone[*].port", "equals": 1, "absent": "pass"}, True),
    ({"field": "properties.map[*].share", "greater": 5, "absent": "fail"}, True),
    ({"field": "name", "equals": "THING"}, True),
    ({"field": "apiVersion", "less": "2025-06-01"}, True),
    ({"tag": "environment", "equals": "prod", "absent": "fail"}, True),
    ({"tag": "owner", "exists": True}, False),
    ({"value": "[parameters('p')]", "equals": 5}, True),
    ({"value": "[settings('regions.allowed')]", "contains": "westeurope"}, True),
    ({"field": "location", "in": "[settings('regions.allowed')]", "absent": "fail"}, True),
    ({"value": "[[literal]", "equals": "[[LITERAL]"}, True),
    ({"field": "properties.half[*]", "equals": "b", "absent": "fail"}, None),
    ({"field": "kind", "fact": "gpu-size", "absent": "skip"}, False),
]  # fmt: skip


@pytest.mark.parametrize(("condition", "expected"), LEAVES, ids=lambda value: str(value)[:70])
def test_leaf(condition: Any, expected: bool | None) -> None:
    settings = Settings(regions={"allowed": ["westeurope"]})
    assert expected is ask(condition, {"p": 5}, settings).holds


TRUE, FALSE, NONE = (
    {"value": 1, "equals": 1},
    {"value": 1, "equals": 2},
    {"field": "properties.open", "equals": 1, "absent": "fail"},
)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"allOf": [TRUE, TRUE]}, True),
        ({"allOf": [TRUE, NONE]}, None),
        ({"allOf": [NONE, FALSE]}, False),
        ({"anyOf": [NONE, TRUE]}, True),
        ({"anyOf": [NONE, FALSE]}, None),
        ({"anyOf": [FALSE, FALSE]}, False),
        ({"not": NONE}, None),
        ({"not": FALSE}, True),
    ],
)
def test_kleene(condition: Any, expected: bool | None) -> None:
    assert expected is ask(condition).holds


RULE = {"field": "properties.rules[*].port", "equals": 443, "absent": "fail"}
MIXED = {"field": "properties.mixed[*].port", "equals": 80, "absent": "fail"}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"count": {"field": "properties.rules[*]"}, "equals": 3}, True),
        ({"count": {"field": "properties.rules[*]", "where": RULE}, "equals": 1}, True),
        ({"count": {"field": "properties.rules[*]", "where": RULE}, "greater": 1}, False),
        ({"count": {"field": "properties.gone[*]"}, "equals": 0}, True),
        ({"count": {"field": "properties.empty[*]"}, "greater": 0}, False),
        ({"count": {"field": "properties.mixed[*]", "where": MIXED}, "greaterOrEquals": 1}, True),
        ({"count": {"field": "properties.mixed[*]", "where": MIXED}, "equals": 1}, None),
        ({"count": {"field": "properties.mixed[*]", "where": MIXED}, "less": 3}, True),
        ({"count": {"field": "properties.open[*]"}, "greaterOrEquals": 0}, True),
        ({"count": {"field": "properties.open[*]"}, "greater": 0}, None),
        ({"count": {"field": "properties.rules[*].hosts[*]"}, "equals": 2}, True),
        (
            {
                "count": {
                    "field": "properties.rules[*]",
                    "where": {"count": {"field": "properties.rules[*].hosts[*]"}, "equals": 2},
                },
                "equals": 1,
            },
            True,
        ),
        (
            {
                "count": {
                    "field": "properties.taints[*]",
                    "where": {"field": "properties.taints[*]", "like": "*:NoSchedule", "absent": "fail"},
                },
                "equals": 1,
            },
            True,
        ),
        (
            {
                "count": {
                    "field": "properties.rules[*]",
                    "where": {"field": "properties.mode", "equals": "system", "absent": "fail"},
                },
                "equals": 3,
            },
            True,
        ),
    ],
)
def test_count(condition: Any, expected: bool | None) -> None:
    assert expected is ask(condition).holds


@pytest.mark.parametrize(
    ("condition", "path", "observed"),
    [
        ({"field": "properties.rules[*].port", "greater": 80, "absent": "pass"}, "properties.rules[0].port", 80),
        ({"field": "properties.gone.deep", "equals": 1, "default": 0}, "properties.gone.deep", 0),
        ({"allOf": [TRUE, {"field": "kind", "equals": "x", "absent": "fail"}]}, "kind", "AIServices"),
        (
            {"anyOf": [{"field": "zones", "exists": True}, {"field": "kind", "equals": "x", "absent": "fail"}]},
            "kind",
            "AIServices",
        ),
        ({"count": {"field": "properties.rules[*]", "where": RULE}, "equals": 0}, "properties.rules[1]", 1),
        ({"count": {"field": "properties.rules[*]", "where": RULE}, "greater": 1}, "properties.rules", 1),
        ({"field": "properties.rules[*].gone", "equals": 1, "absent": "fail"}, "properties.rules[0].gone", ABSENT),
        ({"tag": "environment", "equals": "dev", "absent": "fail"}, "tags['env']", "Prod"),
    ],
)
def test_answer_points_at_the_property_at_fault(condition: Any, path: str, observed: Any) -> None:
    answer = ask(condition)
    assert (False, path, observed) == (answer.holds, answer.path, answer.observed)


@pytest.mark.parametrize(
    ("condition", "steps", "words"),
    [
        ([], (), "a condition is a mapping"),
        ({"field": "a", "equals": 1}, (), "what absence means must be stated"),
        ({"field": "a", "exists": True, "absent": "pass"}, (), "needs no word on absence"),
        ({"field": "a", "exists": "yes"}, ("exists",), "true or false"),
        ({"field": "a", "equals": 1, "default": 1, "absent": "pass"}, (), "must be stated"),
        ({"field": "a", "equals": 1, "absent": "maybe"}, ("absent",), "one of pass"),
        ({"field": "a", "equals": 1, "in": [1], "absent": "pass"}, (), "exactly one operator"),
        ({"field": "a", "absent": "pass"}, (), "exactly one operator"),
        ({"field": "a", "is": 1, "absent": "pass"}, ("is",), "unknown word 'is'"),
        ({"equals": 1}, (), "looks at one of"),
        ({"field": "a..b", "exists": True}, ("field",), "not a property path"),
        ({"field": "a", "in": 1, "absent": "pass"}, ("in",), "takes a list"),
        ({"allOf": []}, ("allOf",), "takes a list of conditions"),
        ({"allOf": [{"not": {"field": "a", "x": 1}}]}, ("allOf", 0, "not", "x"), "unknown word"),
        ({"allOf": [TRUE], "field": "a"}, ("field",), "cannot stand beside"),
        ({"value": "[parameters('gone')]", "equals": 1}, ("value",), "no parameter 'gone'"),
        ({"value": "[resourceGroup().name]", "equals": 1}, ("value",), "neither"),
        ({"count": {"field": "a"}, "equals": 1}, ("count", "field"), "ends in [*]"),
        ({"count": {"field": "a[*]", "if": 1}, "equals": 1}, ("count", "if"), "unknown word"),
        ({"count": {"field": "a[*]"}, "exists": True}, (), "compared with a number"),
        ({"field": "a", "fact": "no-such-table", "absent": "skip"}, ("fact",), "no table"),
    ],
)
def test_fault_of_a_condition_is_told_with_its_place(condition: Any, steps: tuple[Any, ...], words: str) -> None:
    with pytest.raises(PredicateError) as raised:
        compile_condition(condition, Bound({}, Settings()))
    assert steps == raised.value.steps
    assert words in raised.value.message


def test_endless_nesting_is_refused() -> None:
    condition: Any = TRUE
    for _ in range(5000):
        condition = {"not": condition}
    with pytest.raises(PredicateError, match="nested too deep"):
        compile_condition(condition, Bound({}, Settings()))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("PT30M", 1800.0),
        ("P1DT2H", 93600.0),
        ("pt1.5s", 1.5),
        ("P1W", 604800.0),
        ("P", None),
        ("PT", None),
        ("30", None),
    ],
)
def test_durations(text: str, seconds: float | None) -> None:
    assert seconds == duration_seconds(text)


@given(st.text("ab*", max_size=8), st.text("abAB", max_size=8))
def test_wildcards_are_what_a_regular_expression_says(pattern: str, text: str) -> None:
    expression = ".*".join(re.escape(piece) for piece in pattern.split("*"))
    assert (re.fullmatch(expression, text, re.IGNORECASE) is not None) is wildcard(pattern, text)


SCALARS = st.none() | st.booleans() | st.integers(-9, 9) | st.floats(-9, 9) | st.text(max_size=4)
VALUES = st.recursive(
    SCALARS | st.just(OPEN),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)


@given(VALUES, VALUES, st.sampled_from(["equals", "in", "like", "contains", "containsKey", "match"]))
def test_negation_is_the_opposite_whatever_the_value(value: Any, operand: Any, operator: str) -> None:
    negation = "not" + operator[0].upper() + operator[1:]
    positive = compare(operator, value, operand)
    assert (None if positive is None else not positive) is compare(negation, value, operand)


@given(VALUES, st.lists(st.sampled_from(["a", "*", 0, "b"]), max_size=4))
def test_walk_gives_only_what_a_concrete_path_leads_to(value: Any, steps: list[Any]) -> None:
    for path, _ in walk(value, tuple(steps)):
        assert len(path) <= len(steps)
        assert "*" not in [step for step, asked in zip(path, steps, strict=False) if asked != "*"]
