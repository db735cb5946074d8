"""Operators and member access over values: the functions of the language that the compiler makes of them."""

from __future__ import annotations

from typing import Final

from linter.model import Unresolved, Value
from linter.sources.bicep.frames import BicepFrame, Handle
from linter.sources.template.functions.table import FUNCTIONS, invoke
from linter.sources.template.values import EvaluationError, Stated, lookup, member_of, render

_OPERATORS: Final = {
    "+": "add", "-": "sub", "*": "mul", "/": "div", "%": "mod", "==": "equals", "<": "less", "<=": "lessOrEquals",
    ">": "greater", ">=": "greaterOrEquals",
}  # fmt: skip


class _Skip:
    """The result of `.?` that found nothing: the rest of its chain is passed over."""


SKIP: Final = _Skip()


class TryGet(Unresolved):
    """An open `tryGet(…)` whose chain goes on."""

    __slots__ = ()


def operate(operator: str, left: Value, right: Value, frame: BicepFrame) -> Value:
    """`left operator right`, both evaluated."""
    if operator in _OPERATORS:
        name = _OPERATORS[operator]
        return invoke(FUNCTIONS[name.lower()], name, [left, right], frame)
    if operator == "!=":
        equal = invoke(FUNCTIONS["equals"], "equals", [left, right], frame)
        return invoke(FUNCTIONS["not"], "not", [equal], frame)
    if operator in ("=~", "!~"):
        lower = FUNCTIONS["tolower"]
        pair = [invoke(lower, "toLower", [side], frame) for side in (left, right)]
        equal = invoke(FUNCTIONS["equals"], "equals", pair, frame)
        return equal if operator == "=~" else invoke(FUNCTIONS["not"], "not", [equal], frame)
    raise EvaluationError(f"The operator '{operator}' is not known.")


def step(base: Value, key: Value, safe: bool, frame: BicepFrame) -> Value:
    """One step into a value or handle: a member, `SKIP`, or what stays open; raises `EvaluationError`."""
    if isinstance(base, Handle):
        found = base.item(key, safe)
        return SKIP if safe and found is None else found
    if base.__class__ is TryGet:
        return TryGet(f"{base.expression[:-1]}, {render(key)})", base.reason)
    if not safe:
        return member_of(base, key)
    if isinstance(base, Stated) and isinstance(key, str | int):
        found, value = base.look(key)
        if found:
            return value
        if isinstance(base.value, dict):
            return SKIP
    if isinstance(base, Unresolved):
        return TryGet(f"tryGet({base.expression}, {render(key)})", base.reason)
    if base is None:
        return SKIP
    if isinstance(base, dict) and isinstance(key, str):
        found, value = lookup(base, key)
        if found:
            return SKIP if value is None else value
    value = invoke(FUNCTIONS["tryget"], "tryGet", [base, key], frame)
    return SKIP if value is None else value


def index_key(from_end: bool, key: Value, base: Value) -> Value:
    """The key that an index means; one from the end counts back from the length."""
    if not from_end or isinstance(key, Unresolved):
        return key
    if isinstance(base, Unresolved):
        return Unresolved(f"sub(length({base.expression}), {render(key)})", base.reason)
    if isinstance(base, list) and isinstance(key, int) and not isinstance(key, bool):
        return len(base) - key
    raise EvaluationError("An index from the end counts in an array.")
