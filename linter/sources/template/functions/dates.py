"""`dateTimeAdd`, `dateTimeToEpoch`, `dateTimeFromEpoch`, and the invariant formats of .NET's DateTimeOffset."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Final

from linter.model import Value
from linter.sources.template.functions.arguments import text, wrong
from linter.sources.template.functions.moments import DAY, DAYS, MONTHS, MOST, SECOND, Moment, duration, parse
from linter.sources.template.functions.signature import Function
from linter.sources.template.values import EvaluationError

if TYPE_CHECKING:
    from linter.sources.template.frame import Frame

EPOCH: Final = 719_162 * DAY
_STANDARD: Final = {
    "d": "MM/dd/yyyy",
    "D": "dddd, dd MMMM yyyy",
    "f": "dddd, dd MMMM yyyy HH:mm",
    "F": "dddd, dd MMMM yyyy HH:mm:ss",
    "g": "MM/dd/yyyy HH:mm",
    "G": "MM/dd/yyyy HH:mm:ss",
    "m": "MMMM dd",
    "M": "MMMM dd",
    "o": "yyyy-MM-ddTHH:mm:ss.fffffffzzz",
    "O": "yyyy-MM-ddTHH:mm:ss.fffffffzzz",
    "r": "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
    "R": "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
    "s": "yyyy-MM-ddTHH:mm:ss",
    "t": "HH:mm",
    "T": "HH:mm:ss",
    "u": "yyyy-MM-dd HH:mm:ss'Z'",
    "y": "yyyy MMMM",
    "Y": "yyyy MMMM",
}
_PART = re.compile(r"d+|f+|F+|g+|h+|H+|K|m+|M+|s+|t+|y+|z+|'[^']*'|\"[^\"]*\"|\\.|%.|.", re.DOTALL)
_ROUGH: Final = "yyyy-MM-ddTHH:mm:ss'Z'"


class FormatError(Exception):
    """No format of a moment."""


def show(moment: Moment, picture: str) -> str:
    """A moment in a standard or custom format."""
    if not picture:
        return show(moment, "MM/dd/yyyy HH:mm:ss zzz")
    if len(picture) == 1:
        if picture not in _STANDARD:
            raise FormatError
        if picture in "rRu":
            moment = Moment(moment.utc, 0)
        picture = _STANDARD[picture]
    out: list[str] = []
    for match in _PART.finditer(picture):
        token = match[0]
        if token[0] == "%":
            if len(token) == 1 or token[1] == "%":
                raise FormatError
            token = token[1]
        out.append(_part(moment, token, out))
    return "".join(out)


def _part(moment: Moment, token: str, out: list[str]) -> str:
    letter, size = token[0], len(token)
    if letter in "'\"":
        if size < 2:
            raise FormatError
        return token[1:-1]
    if letter == "\\":
        if size < 2:
            raise FormatError
        return token[1]
    if letter in "yMd":
        return _date_part(moment, letter, size)
    if letter in "hHmst":
        return _time_part(moment.local % DAY // SECOND, letter, size)
    if letter in "fF":
        return _fraction(moment.local % SECOND, letter, size, out)
    if letter in "zK":
        return _zone(moment.offset, 3 if letter == "K" else size)
    return "A.D." if letter == "g" else token


def _date_part(moment: Moment, letter: str, size: int) -> str:
    day = date.fromordinal(moment.local // DAY + 1)
    if letter == "y":
        return f"{day.year % 100:0{size}d}" if size <= 2 else f"{day.year:0{size}d}"
    number, name = (day.month, MONTHS[day.month - 1]) if letter == "M" else (day.day, DAYS[day.weekday()])
    if size <= 2:
        return f"{number:0{size}d}"
    return name[:3] if size == 3 else name


def _time_part(seconds: int, letter: str, size: int) -> str:
    hour = seconds // 3600
    if letter == "t":
        return ("AM" if hour < 12 else "PM")[: min(size, 2)]
    number = {"h": hour % 12 or 12, "H": hour, "m": seconds // 60 % 60, "s": seconds % 60}[letter]
    return f"{number:0{min(size, 2)}d}"


def _fraction(ticks: int, letter: str, size: int, out: list[str]) -> str:
    if size > 7:
        raise FormatError
    digits = f"{ticks:07d}"[:size]
    if letter == "f":
        return digits
    digits = digits.rstrip("0")
    if not digits and out and out[-1] == ".":
        out.pop()
    return digits


def _zone(offset: int, size: int) -> str:
    sign, minutes = "-" if offset < 0 else "+", abs(offset)
    if size == 1:
        return f"{sign}{minutes // 60}"
    return f"{sign}{minutes // 60:02d}" + (f":{minutes % 60:02d}" if size > 2 else "")


def _invalid(name: str, which: str, value: str, wanted: str) -> EvaluationError:
    return EvaluationError(
        f"The template function '{name}' has an invalid parameter. The {which} parameter '{value[:100]}' is not "
        f"{wanted}."
    )


def _add(args: list[Value], frame: Frame) -> Value:
    name = "dateTimeAdd"
    start, step = text(args, 0, name), text(args, 1, name)
    picture = text(args, 2, name) if len(args) == 3 else _ROUGH
    moment, ticks = parse(start), duration(step)
    if moment is None:
        raise _invalid(name, "first", start, "a valid ISO8601 DateTime string")
    if ticks is None:
        raise _invalid(name, "second", step, "a valid ISO8601 duration")
    moved = Moment(moment.local + ticks, moment.offset)
    if not (0 <= moved.utc < MOST and 0 <= moved.local < MOST):
        raise EvaluationError(f"The template function '{name}' leaves the years 1 to 9999.")
    frame.budget.make_text(8 * len(picture))
    try:
        return show(moved, picture)
    except FormatError:
        raise _invalid(name, "third", picture, "a valid DateTime format") from None


def _to_epoch(args: list[Value], _frame: Frame) -> Value:
    value = text(args, 0, "dateTimeToEpoch")
    moment = parse(value)
    if moment is None:
        raise _invalid("dateTimeToEpoch", "first", value, "a valid ISO8601 DateTime string")
    return (moment.utc - EPOCH) // SECOND


def _from_epoch(args: list[Value], _frame: Frame) -> Value:
    value = args[0]
    if isinstance(value, str) and re.fullmatch(r"\s*[+-]?[0-9]{1,18}\s*", value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        wrong("dateTimeFromEpoch", 0, "Integer", value)
    ticks = value * SECOND + EPOCH
    if not 0 <= ticks < MOST:
        raise _invalid("dateTimeFromEpoch", "first", "number", "a valid epoch time integer")
    return show(Moment(ticks, 0), _ROUGH)


DATES: Final = (
    Function("dateTimeAdd", 2, 3, _add),
    Function("dateTimeToEpoch", 1, 1, _to_epoch),
    Function("dateTimeFromEpoch", 1, 1, _from_epoch),
)
