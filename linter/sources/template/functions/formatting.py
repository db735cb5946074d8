"""`format`: .NET composite formatting in the invariant culture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from linter.model import Value
from linter.sources.template.functions.arguments import text
from linter.sources.template.functions.jsontext import write
from linter.sources.template.functions.numerals import LONGEST, format_number, invalid_format, too_long
from linter.sources.template.functions.signature import MANY, Function
from linter.sources.template.functions.units import join_units, units

if TYPE_CHECKING:
    from linter.sources.template.frame import Frame

_MOST: Final = 1_000_000
"""Indexes and widths that .NET takes are below this."""


def _format(args: list[Value], frame: Frame) -> Value:
    return compose(text(args, 0, "format"), args[1:], frame)


def compose(picture: str, values: list[Value], frame: Frame) -> str:
    """A composite format with its holes filled."""
    parts: list[str] = []
    made = at = 0
    while at < len(picture):
        hole = _next_brace(picture, at)
        part = picture[at:hole]
        if hole < len(picture):
            char = picture[hole]
            if picture[hole + 1 : hole + 2] == char:
                part += char
                hole += 2
            elif char == "}":
                raise _fault(hole)
            else:
                filled, hole = _hole(picture, hole + 1, values, frame)
                part += filled
        at = hole
        made += len(part)
        if made > LONGEST:
            raise too_long()
        frame.budget.make_text(len(part))
        parts.append(part)
    return "".join(parts)


def _next_brace(picture: str, at: int) -> int:
    one, other = picture.find("{", at), picture.find("}", at)
    found = [place for place in (one, other) if place >= 0]
    return min(found) if found else len(picture)


def _fault(at: int) -> Exception:
    return invalid_format(f"Input string was not in a correct format. Failure to parse near offset {at}.")


def _number(picture: str, at: int) -> tuple[int, int]:
    start, number = at, 0
    while picture[at : at + 1] in tuple("0123456789"):
        number = number * 10 + int(picture[at])
        at += 1
        if number >= _MOST:
            raise _fault(at)
    if at == start:
        raise _fault(at)
    return number, at


def _spaces(picture: str, at: int) -> int:
    while picture[at : at + 1] == " ":
        at += 1
    return at


def _hole(picture: str, at: int, values: list[Value], frame: Frame) -> tuple[str, int]:
    index, at = _number(picture, at)
    at = _spaces(picture, at)
    width, left = 0, False
    if picture[at : at + 1] == ",":
        at = _spaces(picture, at + 1)
        left = picture[at : at + 1] == "-"
        width, at = _number(picture, at + left)
        at = _spaces(picture, at)
    spec = ""
    if picture[at : at + 1] == ":":
        end = picture.find("}", at)
        if end < 0 or "{" in picture[at:end]:
            raise _fault(len(picture) if end < 0 else picture.index("{", at))
        spec, at = picture[at + 1 : end], end
    if picture[at : at + 1] != "}":
        raise _fault(at)
    if index >= len(values):
        raise invalid_format(
            "Index (zero based) must be greater than or equal to zero and less than the size of the argument list."
        )
    if width > LONGEST:
        raise too_long()
    filled = _shown(values[index], spec, frame)
    if width:
        filled = join_units(units(filled).ljust(width) if left else units(filled).rjust(width))
    return filled, at + 1


def _shown(value: Value, spec: str, frame: Frame) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "True" if value else "False"
    if isinstance(value, int | float):
        return format_number(value, spec)
    return write(value, frame.budget).replace('"', "'")


FORMATTING: Final = (Function("format", 1, MANY, _format),)
