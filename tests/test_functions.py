"""The functions of the template language, against what Azure's own engine answers.

`data/functions.jsonl`: facts asked of the deployment engine in Bicep CLI 0.49.2 in November 2026; one a line: `t` the
text of a property, `is` its value or `refused`, `open` where it stays an expression, `exotic` where .NET compares by
language.
`data/functions-collected.jsonl`: facts from public places, confirmed by the same engine.
`data/functions-places.jsonl`: which functions the engine lets stand in which place of a template.
"""

from __future__ import annotations

import contextlib
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linter.model import OpenKey, Unresolved
from linter.sources.arm.expression import evaluate_text
from linter.sources.template.frame import Frame
from linter.sources.template.functions.collation import compare
from linter.sources.template.functions.hashes import unique_string
from linter.sources.template.functions.numerals import format_number
from linter.sources.template.functions.table import FUNCTIONS, invoke
from linter.sources.template.places import BODY, DEFAULT, HEAD, Place
from linter.sources.template.scope import Scope
from linter.sources.template.values import (
    Budget,
    EvaluationError,
    Lambda,
    LimitError,
    float_text,
    is_open,
    member_of,
    render,
    render_call,
    same,
)

DATA = Path(__file__).parent / "data"


def frame(place: Place = BODY, **budget: Any) -> Frame:
    return Frame(Scope(cloud="any"), Budget(**budget), place)


def facts(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


def shown(value: Any) -> Any:
    """A value as JSON carries it: what is open as text in brackets, numbers that JSON has not as text."""
    if isinstance(value, Unresolved):
        return f"[{value.expression}]"
    if isinstance(value, list):
        return [shown(item) for item in value]
    if isinstance(value, dict):
        return {key: shown(item) for key, item in value.items()}
    if isinstance(value, float) and not (float("-inf") < value < float("inf")):
        return float_text(value)
    return value


def holds(fact: dict[str, Any]) -> bool:
    try:
        value = evaluate_text(fact["t"], frame())
    except EvaluationError:
        return "refused" in fact
    if "refused" in fact:
        return False
    if fact.get("open"):
        return is_open(value)
    return bool(typed(shown(value)) == typed(fact["is"]))


def typed(value: Any) -> Any:
    """For comparison: booleans are no numbers, `1` and `1.0` are one number, names come in any order."""
    if isinstance(value, bool):
        return ("boolean", value)
    if isinstance(value, list):
        return [typed(item) for item in value]
    if isinstance(value, dict):
        return {key: typed(item) for key, item in value.items()}
    return value


def test_every_demanded_fact_of_the_engine_holds() -> None:
    wrong = [fact["t"] for fact in facts("functions.jsonl") if not fact.get("exotic") and not holds(fact)]
    assert [] == wrong


def test_every_exotic_fact_holds() -> None:
    exotic = [fact for fact in facts("functions.jsonl") if fact.get("exotic")]
    wrong = [fact["t"] for fact in exotic if not holds(fact)]
    assert [] == wrong


@pytest.mark.parametrize("fact", facts("functions-collected.jsonl"), ids=lambda fact: fact["f"])
def test_collected_facts_hold(fact: dict[str, Any]) -> None:
    call = fact["e"] if "e" in fact else render_call(fact["f"], fact["args"])
    assert holds({**fact, "t": f"[{call}]"})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("concat('a', toUpper('b'), reference('x').y)", "concat('a', 'B', reference('x').y)"),
        (
            "if(equals(reference('o').x, 'a'), toUpper('x'), 'z')",
            "if(equals(reference('o').x, 'a'), toUpper('x'), 'z')",
        ),
        ("and(true(), reference('q').b)", "and(true(), reference('q').b)"),
        ("coalesce(null(), reference('q').b, 1)", "coalesce(null(), reference('q').b, 1)"),
        ("reference('q')['a b'].list[0][concat('c', 'd')]", "reference('q')['a b'].list[0].cd"),
        ("createArray('a', 'b')[reference('o').n]", "createArray('a', 'b')[reference('o').n]"),
        ("concat('it''s ', reference('q').b)", "concat('it''s ', reference('q').b)"),
        (
            "map(reference('q').b, lambda('i', lambdaVariables('i')))",
            "map(reference('q').b, lambda('i', lambdaVariables('i')))",
        ),
        ("tryGet(resourceGroup(), 'tags', 'x')", "resourceGroup().tags.x"),
        ("add(sub(1, 5), int(reference('q').b))", "add(-4, int(reference('q').b))"),
        ("CONCAT('a', Reference('o').X)", "CONCAT('a', Reference('o').X)"),
    ],
)
def test_partly_known_calls_are_worded_as_the_engine_words_them(text: str, expected: str) -> None:
    assert Unresolved(expected) == evaluate_text(f"[{text}]", frame())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("length(createArray(reference('q').b, 1))", 2),
        ("or(true(), reference('q').b)", True),
        ("contains(createArray('a', reference('q').b), 'a')", True),
        ("first(createArray(1, reference('q').b))", 1),
        ("union(createObject('a', reference('q').b), createObject('c', 1)).c", 1),
        ("map(createArray(reference('q').b, 2), lambda('i', lambdaVariables('i')))[1]", 2),
    ],
)
def test_open_members_leave_the_rest_known(text: str, expected: object) -> None:
    assert expected == evaluate_text(f"[{text}]", frame())


def test_a_member_that_may_stand_under_an_open_key_is_open() -> None:
    value = {"a": 1, OpenKey("[reference('x').y]"): 2}
    assert 1 == member_of(value, "A")
    assert isinstance(member_of(value, "b"), Unresolved)


def test_union_of_an_open_member_with_an_object_stays_open() -> None:
    value = evaluate_text(
        "[union(createObject('a', createObject('x', 1)), createObject('a', reference('q').b))]", frame()
    )
    assert {"a": Unresolved("union(createObject('x', 1), reference('q').b)")} == value


def test_runtime_functions_are_refused_where_the_engine_refuses_them() -> None:
    with pytest.raises(EvaluationError, match="not expected at this location"):
        evaluate_text("[reference('x').a]", frame(HEAD))
    with pytest.raises(EvaluationError, match="not expected at this location"):
        evaluate_text("[listKeys('x', '2020-01-01').a]", frame(HEAD))
    with pytest.raises(EvaluationError, match="parameter default"):
        evaluate_text("[newGuid()]", frame(BODY))
    assert Unresolved("newGuid()") == evaluate_text("[newGuid()]", frame(DEFAULT))


PLACES = {
    "body of a copied resource": BODY,
    "condition of a copied resource": HEAD,
    "inner template, inner scope": BODY,
    "inner template, outer scope": BODY,
    "output condition": HEAD,
    "output value": BODY,
    "parameter default": DEFAULT,
    "parameter default, of type int": DEFAULT,
    "parameter default, of type object": DEFAULT,
    "property copy count": HEAD,
    "property copy input": BODY,
    "property name": BODY,
    "resource apiVersion": HEAD,
    "resource condition": HEAD,
    "resource copy batchSize": HEAD,
    "resource copy count": HEAD,
    "resource copy mode": HEAD,
    "resource copy name": HEAD,
    "resource dependsOn item": HEAD,
    "resource location": HEAD,
    "resource name": HEAD,
    "resource properties": BODY,
    "resource scope": HEAD,
    "resource sku": BODY,
    "resource tags": BODY,
    "resource tags value": BODY,
    "unused parameter default": DEFAULT,
    "unused variable": HEAD,
    "variable": HEAD,
    "variable copy count": HEAD,
    "variable copy input": HEAD,
}


def test_functions_stand_where_the_engine_lets_them_stand() -> None:
    unread = {"allowedValues item", "contentVersion", "resource comments", "template metadata"}
    for fact in facts("functions-places.jsonl"):
        if fact["place"] in unread:
            assert not fact["refused"]
            continue
        try:
            evaluate_text(fact["t"], frame(PLACES[fact["place"]]))
            refused = False
        except EvaluationError:
            refused = True
        assert fact["refused"] == refused, fact


@pytest.mark.parametrize(
    ("cloud", "text", "expected"),
    [
        ("public", "environment().suffixes.storage", "core.windows.net"),
        ("usgov", "environment().suffixes.keyvaultDns", ".vault.usgovcloudapi.net"),
        ("china", "environment().name", "AzureChinaCloud"),
        ("any", "environment().name", Unresolved("environment().name")),
    ],
)
def test_environment_is_that_of_the_cloud(cloud: str, text: str, expected: object) -> None:
    assert expected == evaluate_text(f"[{text}]", Frame(Scope(cloud=cloud)))


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("resourceGroup", "/subscriptions/s/resourceGroups/g/providers/Microsoft.X/a/n"),
        ("subscription", "/subscriptions/s/providers/Microsoft.X/a/n"),
        ("managementGroup", "/providers/Microsoft.Management/managementGroups/m/providers/Microsoft.X/a/n"),
        ("tenant", "/providers/Microsoft.X/a/n"),
    ],
)
def test_resource_id_follows_the_scope(kind: Any, expected: str) -> None:
    scope = Scope(kind=kind, subscription_id="s", resource_group="g", management_group_id="m")
    assert expected == evaluate_text("[resourceId('Microsoft.X/a', 'n')]", Frame(scope))


def test_resource_group_is_no_metadata_of_a_subscription() -> None:
    with pytest.raises(EvaluationError, match="resourceGroup"):
        evaluate_text("[resourceGroup().id]", Frame(Scope(kind="subscription")))


@pytest.mark.parametrize(
    "text",
    [
        "[format('{0,999999}', 1)]",
        "[format('{0:N999999}', 1)]",
        "[length(range(0, 10001))]",
        "[padLeft('a', 100)]",
        "[" + "concat(" * 400 + ")" * 400 + "]",
        "[json('" + "[" * 5000 + "')]",
    ],
)
def test_what_would_grow_without_bound_is_refused(text: str) -> None:
    with pytest.raises(EvaluationError):
        evaluate_text(text, frame())


def test_the_budget_ends_a_long_evaluation() -> None:
    text = "[length(map(range(0, 10000), lambda('i', range(0, lambdaVariables('i')))))]"
    with pytest.raises(LimitError):
        evaluate_text(text, frame(items=100_000))
    with pytest.raises(LimitError):
        evaluate_text(text, frame(steps=100_000))
    with pytest.raises(LimitError):
        evaluate_text(text, frame(seconds=-1.0))
    with pytest.raises(LimitError):
        evaluate_text("[concat('aaaaaaaaaa', 'bbbbbbbbbb')]", frame(text=10))


def test_a_value_that_shares_its_parts_is_walked_once() -> None:
    value: Any = ["a"]
    for _ in range(60):
        value = [value, value]
    assert not is_open(value)
    with pytest.raises(LimitError):
        invoke(FUNCTIONS["string"], "string", [value], frame(text=100_000))
    with pytest.raises(LimitError):
        invoke(FUNCTIONS["string"], "string", [[value, Unresolved("x()")]], frame())


def test_a_lambda_stands_only_where_one_is_taken() -> None:
    for text in (
        "[lambda('x', 1)]",
        "[createArray(lambda('x', 1))]",
        "[string(lambda('x', 1))]",
        "[map(createArray(1), lambda('x', lambda('y', 1)))]",
    ):
        with pytest.raises(EvaluationError):
            evaluate_text(text, frame())


def test_another_front_end_can_hand_in_a_lambda() -> None:
    double = Lambda(1, lambda values: values[0] * 2, lambda: "x => x * 2")
    assert [2, 4] == invoke(FUNCTIONS["map"], "map", [[1, 2], double], frame())
    assert Unresolved("map(reference('q'), x => x * 2)") == invoke(
        FUNCTIONS["map"], "map", [Unresolved("reference('q')"), double], frame()
    )


def test_signs_come_before_digits_before_letters_lower_case_first() -> None:
    signs = " _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$"
    ordered = [*signs, *"0123456789", *[letter for low in "abcxyz" for letter in (low, low.upper())]]
    for left, right in pairwise(ordered):
        assert compare(left, right) < 0, (left, right)
        assert compare(right, left) > 0, (left, right)
    assert compare("ab", "Aa") > 0


@pytest.mark.parametrize(("text", "expected"), [("test", "rbgf3xv4ufgzg"), ("abc", "cgtzqvhu4i23s"), ("", "a" * 13)])
def test_unique_string(text: str, expected: str) -> None:
    assert expected == unique_string(text)


@given(st.integers(-(2**63), 2**63 - 1))
def test_general_format_of_a_whole_number_is_its_digits(number: int) -> None:
    assert str(number) == format_number(number, "G")
    assert f"{number:,}" == format_number(number, "N0")
    assert str(number) == format_number(number, "0")


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_reads_back_from_its_text(number: float) -> None:
    assert number == float(float_text(number))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@given(VALUES)
@settings(max_examples=150, deadline=None)
def test_a_rendered_value_evaluates_to_itself(value: Any) -> None:
    if "''" in render(value).replace("'", "''"):
        value = json.loads(json.dumps(value).replace("'", ""))
    assert same(value, evaluate_text(f"[{render(value)}]", frame()))


@given(st.sampled_from(sorted(FUNCTIONS)), st.lists(VALUES, max_size=4))
@settings(max_examples=400, deadline=None)
def test_no_function_raises_anything_but_refusals(name: str, args: list[Any]) -> None:
    function = FUNCTIONS[name]
    with contextlib.suppress(EvaluationError):
        invoke(function, function.name, args, frame())


@given(
    st.sampled_from(["format", "dateTimeAdd", "uri", "parseUri", "json", "parseCidr", "like", "dataUriToString"]),
    st.data(),
)
@settings(max_examples=400, deadline=None)
def test_functions_on_text_raise_nothing_but_refusals(name: str, data: st.DataObject) -> None:
    text = st.text(alphabet="{}[]0123456789:,.-+#%EePpTtYMDyMdHhmsFfzK/\\'\" abZ@?é😀*;", max_size=20)
    function = FUNCTIONS[name.lower()]
    args: list[Any] = [data.draw(text) for _ in range(function.least)]
    if name == "format":
        args = [f"{{0:{data.draw(text)}}}", data.draw(st.integers(-(2**63), 2**63) | st.floats() | text)]
    if name == "dateTimeAdd":
        args = ["2020-04-07T14:53:14.0250000Z", "P1D", data.draw(text)]
    with contextlib.suppress(EvaluationError):
        invoke(function, name, args, frame())
