"""Reading arguments: each reader gives a known value of the kind that is asked for, or says what the engine would."""

from __future__ import annotations

from typing import Final, NoReturn

from linter.model import Unresolved, Value
from linter.sources.template.values import INT64_LEAST, INT64_MOST, EvaluationError, Lambda, StillOpen, type_name

_ORDINALS: Final = ("first", "second", "third", "fourth", "fifth")


def ordinal(index: int) -> str:
    """`first`, `second` … for 0, 1 …"""
    return _ORDINALS[index] if index < len(_ORDINALS) else f"{index + 1}th"


def wrong(name: str, index: int, wanted: str, value: Value) -> NoReturn:
    """Refuse an argument for its kind; one that is open leaves the call open."""
    if isinstance(value, Unresolved):
        raise StillOpen(value)
    raise EvaluationError(
        f"The template language function '{name}' expects its {ordinal(index)} parameter to be of type '{wanted}'. "
        f"The provided value is of type '{type_name(value)}'."
    )


def text(args: list[Value], index: int, name: str) -> str:
    """A text."""
    value = args[index]
    if isinstance(value, str):
        return value
    wrong(name, index, "String", value)


def integer(args: list[Value], index: int, name: str) -> int:
    """A whole number of 64 bits."""
    value = args[index]
    if isinstance(value, bool) or not isinstance(value, int):
        wrong(name, index, "Integer", value)
    return bounded(value, INT64_LEAST, INT64_MOST)


def integer32(args: list[Value], index: int, name: str) -> int:
    """A whole number of 32 bits."""
    value = args[index]
    if isinstance(value, bool) or not isinstance(value, int):
        wrong(name, index, "Integer", value)
    return bounded(value, -(2**31), 2**31 - 1)


def bounded(number: int, least: int, most: int) -> int:
    """The number, where it lies within the bounds."""
    if least <= number <= most:
        return number
    raise EvaluationError(
        f"The value '{shorten(number)}' cannot be used as a number because it is either too large or too small. "
        f"The value must be between {least} and {most}."
    )


def shorten(number: int) -> str:
    """A whole number for a message."""
    return str(number) if abs(number) < 10**40 else "a number of more than 40 digits"


def array(args: list[Value], index: int, name: str) -> list[Value]:
    """An array."""
    value = args[index]
    if isinstance(value, list):
        return value
    wrong(name, index, "Array", value)


def mapping(args: list[Value], index: int, name: str) -> dict[str, Value]:
    """An object."""
    value = args[index]
    if isinstance(value, dict):
        return value
    wrong(name, index, "Object", value)


def function(args: list[Value], index: int, name: str, least: int, most: int) -> Lambda:
    """A lambda with `least` to `most` variables."""
    value = args[index]
    if not isinstance(value, Lambda):
        wrong(name, index, "lambda", value)
    if not least <= value.arity <= most:
        raise EvaluationError(
            f"The lambda given to the template language function '{name}' takes {value.arity} variables; "
            f"it must take {least if least == most else f'{least} to {most}'}."
        )
    return value
