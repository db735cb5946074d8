"""The expression language of ARM templates: reading, and what a reader of the tree sees."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linter.model import Unresolved, Value
from linter.sources.arm.expression import evaluate_text, is_expression, parse
from linter.sources.arm.tree import Call, Index, Literal, Property, calls_of, source
from linter.sources.template.frame import Frame
from linter.sources.template.scope import Scope
from linter.sources.template.values import EvaluationError, LimitError


class Board(Frame):
    """A frame with parameters, one variable that reads itself, a user function and a loop."""

    __slots__ = ()

    def parameter(self, name: str) -> Value:
        values: dict[str, Value] = {"name": "stone", "size": 3, "secret": Unresolved("parameters('secret')", "secret")}
        return values[name] if name in values else super().parameter(name)

    def variable(self, name: str) -> Value:  # noqa: ARG002 - any name is the one variable
        self.budget.enter()
        try:
            return evaluate_text("[concat('x', variables('self'))]", self)
        finally:
            self.budget.leave()

    def call_user(self, namespace: str, name: str, args: list[Value]) -> Value:
        return f"{namespace}.{name}:{args}"

    def copy_index(self, loop: str | None, offset: int) -> Value:
        return offset + 1 if loop in (None, "loop") else super().copy_index(loop, offset)


def evaluate(text: str) -> Value:
    return evaluate_text(text, Board(Scope()))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("plain", "plain"),
        ("[", "["),
        ("[[x]", "[x]"),
        ("[[[x]]", "[[x]]"),
        (" [concat('a')]", " [concat('a')]"),
        ("[concat('a')] ", "[concat('a')] "),
        ("[parameters('name')]", "stone"),
        ("[parameters(concat('na', 'me'))]", "stone"),
        ("[ns.f(parameters('size'), 'b')]", "ns.f:[3, 'b']"),
        ("[copyIndex()]", 1),
        ("[copyIndex('loop', 4)]", 5),
        ("[copyIndex(2)]", 3),
        ("[if(true(), copyIndex(), 0)]", 1),
        ("['it''s']", "it's"),
        ("[-9223372036854775808]", -(2**63)),
        ("[ add ( 1 ,\n+2 ) ]", 3),
        ("[createObject('a', createArray(1, 2)).A[1]]", 2),
        ("[concat(parameters('secret'), '!')]", Unresolved("concat(parameters('secret'), '!')")),
    ],
)
def test_text_evaluates(text: str, expected: object) -> None:
    assert expected == evaluate(text)


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("concat('a'", 10),
        ("concat('a',)", 11),
        ("'a'[0]", 3),
        ("1.5", 0),
        ("a.b", 3),
        ("1 + 1", 2),
        ("concat('a'; 'b')", 10),
        ("'open", 0),
        ("createObject('a', 1).?b", 21),
        ("9223372036854775808", 0),
        ("", 0),
    ],
)
def test_what_cannot_be_read_says_where(text: str, offset: int) -> None:
    with pytest.raises(EvaluationError) as caught:
        parse(text)
    assert offset == caught.value.offset


def test_the_tree_can_be_walked() -> None:
    node = parse("union(variables('a'), parameters('b').c[0]).d")
    assert isinstance(node, Property)
    assert "d" == node.name
    assert isinstance(node.base, Call)
    assert "union" == node.base.name
    variable, member = node.base.args
    assert isinstance(variable, Call)
    assert isinstance(variable.args[0], Literal)
    assert isinstance(member, Index)
    assert isinstance(member.base, Property)
    assert ["b"] == [call.args[0].value for call in calls_of(node, "parameters") if isinstance(call.args[0], Literal)]
    assert "union(variables('a'), parameters('b').c[0]).d" == source(node)


def test_a_text_is_read_once() -> None:
    assert parse("add(1, 2)") is parse("add(1, 2)")


def test_an_open_condition_keeps_its_branches_with_parameters_put_in() -> None:
    value = evaluate("[if(equals(reference('x').y, 'a'), parameters('name'), concat(parameters('secret'), 'b'))]")
    assert Unresolved("if(equals(reference('x').y, 'a'), 'stone', concat(parameters('secret'), 'b'))") == value


def test_the_reason_of_an_open_value_is_kept() -> None:
    value = evaluate("[toUpper(concat(parameters('secret'), 'b'))]")
    assert isinstance(value, Unresolved)
    assert "secret" == value.reason


def test_a_loop_index_is_looked_for_in_branches_not_taken() -> None:
    with pytest.raises(EvaluationError, match="copyIndex"):
        evaluate("[if(true(), 1, copyIndex('nope'))]")


def test_endless_recursion_is_a_limit() -> None:
    with pytest.raises(LimitError):
        evaluate("[variables('self')]")


def test_deep_nesting_is_a_limit() -> None:
    assert 200 == evaluate("[" + "add(1, " * 200 + "0" + ")" * 200 + "]")
    with pytest.raises(LimitError):
        evaluate("[" + "add(1, " * 5000 + "0" + ")" * 5000 + "]")


def test_a_long_chain_of_members_is_read() -> None:
    with pytest.raises(EvaluationError):
        evaluate("[createObject('a', 1)" + ".a" * 100_000 + "]")


@pytest.mark.parametrize(
    ("text", "expected"), [("[a]", True), ("[[a]", False), ("a]", False), ("[", False), ("[]", True)]
)
def test_is_expression(text: str, expected: bool) -> None:
    assert expected == is_expression(text)


WORDS = st.sampled_from(
    [
        "concat",
        "(",
        ")",
        "[",
        "]",
        ",",
        ".",
        "'a'",
        "'",
        "1",
        "-",
        " ",
        "json",
        "lambda",
        "map",
        "if",
        "true()",
        "createArray",
        "é",
        "\n",
    ]
)


@given(st.lists(WORDS, max_size=25).map("".join) | st.text(max_size=40))
@settings(max_examples=500, deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(EvaluationError):
        evaluate(f"[{text}]")


def test_a_result_is_as_long_as_the_engine_lets_it_be() -> None:
    grown = "join(map(range(0, 1024), lambda('i', '" + "a" * 128 + "')), '{}')"
    assert 131_072 == len(evaluate("[" + grown.format("") + "]"))
    with pytest.raises(EvaluationError, match="131072"):
        evaluate("[" + grown.format("b") + "]")
