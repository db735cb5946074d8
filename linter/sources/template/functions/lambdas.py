"""Functions that take a lambda. One that answers with an open value leaves the call open, where its answer decides."""

from __future__ import annotations

from functools import cmp_to_key
from typing import TYPE_CHECKING, Final

from linter.model import Unresolved, Value
from linter.sources.template.functions.arguments import array, function, mapping
from linter.sources.template.functions.signature import Function
from linter.sources.template.functions.units import fold
from linter.sources.template.values import EvaluationError, Lambda, StillOpen, type_name

if TYPE_CHECKING:
    from linter.sources.template.frame import Frame


def plain(value: Value) -> Value:
    """The value itself; a lambda is none."""
    if type(value) is Lambda:
        raise EvaluationError("A lambda can stand only as an argument of 'map', 'filter' and the like.")
    return value


def _ask(call: Lambda, values: list[Value], frame: Frame) -> Value:
    frame.budget.spend()
    return plain(call.call(values[: call.arity]))


def _decide(answer: Value, name: str) -> bool:
    if isinstance(answer, bool):
        return answer
    if isinstance(answer, Unresolved):
        raise StillOpen(answer)
    raise EvaluationError(_answer(name, "Boolean", answer))


def _key(answer: Value, name: str) -> str:
    if isinstance(answer, str):
        return answer
    if isinstance(answer, Unresolved):
        raise StillOpen(answer)
    raise EvaluationError(_answer(name, "String", answer))


def _answer(name: str, wanted: str, answer: Value) -> str:
    return (
        f"The lambda expression provided to language function '{name}' is expected to return a value of type "
        f"'{wanted}', but evaluation returned a value of type '{type_name(answer)}'."
    )


def _map(args: list[Value], frame: Frame) -> Value:
    values, call = array(args, 0, "map"), function(args, 1, "map", 1, 2)
    frame.budget.make_items(len(values))
    return [_ask(call, [value, at], frame) for at, value in enumerate(values)]


def _filter(args: list[Value], frame: Frame) -> Value:
    values, call = array(args, 0, "filter"), function(args, 1, "filter", 1, 2)
    frame.budget.make_items(len(values))
    return [value for at, value in enumerate(values) if _decide(_ask(call, [value, at], frame), "filter")]


def _reduce(args: list[Value], frame: Frame) -> Value:
    values, call = array(args, 0, "reduce"), function(args, 2, "reduce", 2, 3)
    current = plain(args[1])
    for at, value in enumerate(values):
        current = _ask(call, [current, value, at], frame)
        if isinstance(current, Unresolved):
            raise StillOpen(current)
    return current


def _sort(args: list[Value], frame: Frame) -> Value:
    values, call = array(args, 0, "sort"), function(args, 1, "sort", 2, 2)
    frame.budget.make_items(len(values))

    def before(left: Value, right: Value) -> bool:
        return _decide(_ask(call, [left, right], frame), "sort")

    def order(left: Value, right: Value) -> int:
        """`sort` is stable: two values that each go before the other stay as they are."""
        return -1 if before(left, right) and not before(right, left) else 0

    return sorted(values, key=cmp_to_key(order))


def _group_by(args: list[Value], frame: Frame) -> Value:
    values, name_of = array(args, 0, "groupBy"), function(args, 1, "groupBy", 1, 1)
    value_of = function(args, 2, "groupBy", 1, 1) if len(args) == 3 else None
    groups: dict[str, list[Value]] = {}
    spellings: dict[str, str] = {}
    for value in values:
        key = _key(_ask(name_of, [value], frame), "groupBy")
        key = spellings.setdefault(fold(key), key)
        groups.setdefault(key, []).append(value if value_of is None else _ask(value_of, [value], frame))
    frame.budget.make_items(len(values))
    return groups


def _to_object(args: list[Value], frame: Frame) -> Value:
    values, name_of = array(args, 0, "toObject"), function(args, 1, "toObject", 1, 1)
    value_of = function(args, 2, "toObject", 1, 1) if len(args) == 3 else None
    made: dict[str, Value] = {}
    seen: set[str] = set()
    for value in values:
        key = _key(_ask(name_of, [value], frame), "toObject")
        if fold(key) in seen:
            raise EvaluationError(
                f"The lambda expression parameter at index '1' of function 'toObject' returned a duplicate key "
                f"'{key}'. Object keys must be strings that are case-insensitively unique."
            )
        seen.add(fold(key))
        made[key] = value if value_of is None else _ask(value_of, [value], frame)
    frame.budget.make_items(len(made))
    return made


def _map_values(args: list[Value], frame: Frame) -> Value:
    value, call = mapping(args, 0, "mapValues"), function(args, 1, "mapValues", 1, 1)
    frame.budget.make_items(len(value))
    return {key: _ask(call, [item], frame) for key, item in value.items()}


LAMBDAS: Final = (
    Function("map", 2, 2, _map, "shallow"),
    Function("filter", 2, 2, _filter, "shallow"),
    Function("reduce", 3, 3, _reduce, "shallow"),
    Function("sort", 2, 2, _sort, "shallow"),
    Function("groupBy", 2, 3, _group_by, "shallow"),
    Function("toObject", 2, 3, _to_object, "shallow"),
    Function("mapValues", 2, 2, _map_values, "shallow"),
)
TAKES_LAMBDA: Final = frozenset(one.name for one in LAMBDAS)
