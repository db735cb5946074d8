"""`equals`, the four order comparisons, `not`: text by language, numbers by size."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from linter.model import Unresolved, Value
from linter.sources.template.functions.arguments import wrong
from linter.sources.template.functions.collation import compare
from linter.sources.template.functions.signature import Function
from linter.sources.template.values import EvaluationError, StillOpen, find_open, same

if TYPE_CHECKING:
    from linter.sources.template.frame import Frame


def _equals(args: list[Value], frame: Frame) -> Value:
    left, right = args
    cause = find_open(left) or find_open(right)
    if cause is not None:
        if isinstance(left, Unresolved) or isinstance(right, Unresolved) or type(left) is type(right):
            raise StillOpen(cause)
        return False  # an object is no null, whatever is open in it
    return same(left, right, frame.budget)


def _not(args: list[Value], _frame: Frame) -> Value:
    value = args[0]
    if isinstance(value, bool):
        return not value
    return wrong("not", 0, "Boolean", value)


def _order(name: str, holds: Callable[[int], bool]) -> Function:
    def call(args: list[Value], _frame: Frame) -> Value:
        left, right = args
        if isinstance(left, str) and isinstance(right, str):
            return holds(compare(left, right))
        for index, value in enumerate(args):
            if isinstance(args[1 - index], str):
                wrong(name, index, "String", value)
        for value in args:
            if isinstance(value, Unresolved):
                raise StillOpen(value)
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise EvaluationError(
                    f"The provided arguments for template language function '{name}' is not valid: "
                    "all function arguments should be of numeric types."
                )
        if isinstance(left, float) or isinstance(right, float):
            left, right = _float(left), _float(right)
        if left != left or right != right:
            return False
        return holds((left > right) - (left < right))

    return Function(name, 2, 2, call, "own")


def _float(number: int | float) -> float:
    try:
        return float(number)
    except OverflowError:
        return float("inf") if number > 0 else float("-inf")


COMPARISONS: Final = (
    Function("equals", 2, 2, _equals, "own"),
    Function("not", 1, 1, _not),
    _order("less", lambda sign: sign < 0),
    _order("lessOrEquals", lambda sign: sign <= 0),
    _order("greater", lambda sign: sign > 0),
    _order("greaterOrEquals", lambda sign: sign >= 0),
)
