"""Arithmetic: 64-bit integers, `div` and `mod` truncating towards zero."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from linter.model import Unresolved, Value
from linter.sources.template.functions.arguments import integer, integer32
from linter.sources.template.functions.signature import MANY, Function
from linter.sources.template.values import INT64_LEAST, INT64_MOST, EvaluationError, StillOpen

if TYPE_CHECKING:
    from linter.sources.template.frame import Frame


def _operands(args: list[Value], name: str) -> tuple[int, int]:
    if isinstance(args[0], Unresolved):
        if not isinstance(args[1], Unresolved):
            integer(args, 1, name)
        raise StillOpen(args[0])
    return integer(args, 0, name), integer(args, 1, name)


def _fitting(result: int, name: str, left: int, right: int) -> int:
    if INT64_LEAST <= result <= INT64_MOST:
        return result
    raise EvaluationError(
        f"The template language function '{name}' overflowed with the operants '{left}' and '{right}'."
    )


def _add(args: list[Value], _frame: Frame) -> Value:
    left, right = _operands(args, "add")
    return _fitting(left + right, "add", left, right)


def _sub(args: list[Value], _frame: Frame) -> Value:
    left, right = _operands(args, "sub")
    return _fitting(left - right, "sub", left, right)


def _mul(args: list[Value], _frame: Frame) -> Value:
    left, right = _operands(args, "mul")
    return _fitting(left * right, "mul", left, right)


def _quotient(left: int, right: int, name: str) -> int:
    if right == 0:
        raise EvaluationError(f"The template language function '{name}' tried to divide by zero.")
    quotient = abs(left) // abs(right)
    return _fitting(quotient if (left < 0) == (right < 0) else -quotient, name, left, right)


def _div(args: list[Value], _frame: Frame) -> Value:
    left, right = _operands(args, "div")
    return _quotient(left, right, "div")


def _mod(args: list[Value], _frame: Frame) -> Value:
    left, right = _operands(args, "mod")
    return left - right * _quotient(left, right, "mod")


def _numbers(args: list[Value], name: str) -> list[int | float]:
    values = args[0] if len(args) == 1 and isinstance(args[0], list) else args
    if not values:
        raise EvaluationError(
            f"Unable to evaluate template language function '{name}'. At least one parameter should be provided."
        )
    for value in values:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise EvaluationError(_not_numeric(name))
    return values


def _not_numeric(name: str) -> str:
    return (
        f"The provided arguments for template language function '{name}' is not valid: "
        "all function arguments should be of numeric types."
    )


def _min(args: list[Value], _frame: Frame) -> Value:
    return min(_numbers(args, "min"))


def _max(args: list[Value], _frame: Frame) -> Value:
    return max(_numbers(args, "max"))


def _range(args: list[Value], frame: Frame) -> Value:
    count = integer(args, 1, "range")
    start = integer(args, 0, "range")
    if not 0 <= count <= 10_000 or start + count > 2**31:
        raise EvaluationError(
            "The template language function 'range' parameters are out of range: 'count' must be a positive integer no "
            "larger than 10000 and the sum of 'start index' and 'count' must be no larger than 2147483647."
        )
    integer32(args, 0, "range")
    frame.budget.make_items(count)
    return list(range(start, start + count))


NUMBERS: Final = (
    Function("add", 2, 2, _add, "own"),
    Function("sub", 2, 2, _sub, "own"),
    Function("mul", 2, 2, _mul, "own"),
    Function("div", 2, 2, _div, "own"),
    Function("mod", 2, 2, _mod, "own"),
    Function("min", 1, MANY, _min),
    Function("max", 1, MANY, _max),
    Function("range", 2, 2, _range),
)
