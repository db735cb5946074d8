"""Numbers as .NET formats them in the invariant culture: standard formats (`N2`) and custom ones (`#,##0.00`).

A port of the rules of .NET's number formatting: doubles are rounded on their exact value, ties to the even digit, in
standard formats; custom formats take 15 digits of a double and round half away from zero.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from typing import Final

from linter.sources.template.functions.picture import custom
from linter.sources.template.values import INT64_LEAST, INT64_MOST, EvaluationError, float_round_trip

LONGEST: Final = 131_072
"""Characters that a result may have; the engine's own bound."""
_STANDARD = re.compile(r"([A-Za-z])([0-9]*)\Z")


def invalid_format(why: str) -> EvaluationError:
    """The engine's refusal of a format."""
    return EvaluationError(f"Unable to evaluate language function 'format': the format is invalid: '{why}'.")


def too_long() -> EvaluationError:
    """The engine's refusal of a long result."""
    return EvaluationError(
        f"The result of the template language expression exceeds the maximum length limit of {LONGEST} characters."
    )


def format_number(number: int | float, picture: str) -> str:
    """A number in a format; an empty one is the general format."""
    if isinstance(number, float) and (number != number or number in (float("inf"), float("-inf"))):
        return "NaN" if number != number else "Infinity" if number > 0 else "-Infinity"
    if not picture:
        return float_round_trip(number) if isinstance(number, float) else str(number)
    match = _STANDARD.match(picture)
    if match is None:
        return custom(picture, *_digits(number))
    letter = match[1]
    if len(match[2]) > 9:
        raise invalid_format("Format specifier was invalid.")
    precision = int(match[2]) if match[2] else None
    if precision is not None and precision > LONGEST:
        raise too_long()
    return _standard(number, letter, precision)


def _digits(number: int | float) -> tuple[bool, str, int, bool]:
    """(negative, significant digits, place of the point, whether a double) of a number, for custom formats."""
    exact = Decimal(number)
    if isinstance(number, float):
        exact = Context(prec=15, rounding=ROUND_HALF_EVEN).create_decimal(exact)
    sign, digits, exponent = exact.as_tuple()
    text = "".join(map(str, digits)).lstrip("0")
    place = len(text) + int(exponent)
    stripped = text.rstrip("0")
    negative = bool(sign) and (isinstance(number, float) or bool(stripped))
    return negative, stripped, place if stripped else 0, isinstance(number, float)


def _standard(number: int | float, letter: str, precision: int | None) -> str:
    kind = letter.upper()
    whole = not isinstance(number, float)
    if kind in "DXB" and whole:
        return _whole(int(number), letter, precision or 0)
    if kind == "G":
        return _general(number, letter, precision or 0)
    if kind == "R":
        return str(number) if isinstance(number, int) else float_round_trip(number)
    if kind == "E":
        return _scientific(number, letter, 6 if precision is None else precision, 3)
    if kind in "FNPC":
        return _fixed(number, kind, 2 if precision is None else precision)
    raise invalid_format("Format specifier was invalid.")


def _whole(number: int, letter: str, precision: int) -> str:
    if letter in "Dd":
        return ("-" if number < 0 else "") + str(abs(number)).rjust(precision, "0")
    big = not INT64_LEAST <= number <= INT64_MOST
    if big and letter in "Xx":
        size = (number if number >= 0 else ~number).bit_length() // 8 + 1
        text = f"{number & (1 << 8 * size) - 1:x}"
        text = "0" + text if number >= 0 and text[0] not in "01234567" else text
        text = text.rjust(precision, "0" if number >= 0 else "f")
    else:
        text = f"{number & 2**64 - 1:{'x' if letter in 'Xx' else 'b'}}"
    return (text.upper() if letter == "X" else text).rjust(precision, "0")


def _context(precision: int, number: int | float) -> Context:
    rounding = ROUND_HALF_EVEN if isinstance(number, float) else ROUND_HALF_UP
    return Context(prec=max(1, precision), rounding=rounding, Emin=-10_000_000, Emax=10_000_000)


def _is_negative(number: int | float) -> bool:
    return number < 0 or (number == 0 and isinstance(number, float) and str(number)[0] == "-")


def _scientific(number: int | float, letter: str, precision: int, least: int) -> str:
    """`1.234568E+006`: `precision` digits after the point, at least `least` in the exponent."""
    digits, power = _significant(number, precision + 1)
    digits = digits.ljust(precision + 1, "0")
    tail = "." + digits[1:] if precision else ""
    sign = "-" if _is_negative(number) else ""
    return f"{sign}{digits[0]}{tail}{letter}{'-' if power < 0 else '+'}{abs(power):0{least}d}"


def _significant(number: int | float, count: int) -> tuple[str, int]:
    """The first `count` digits, rounded, without zeros at the end (`0` for zero), and the power of ten of the first."""
    rounded = _context(count, number).create_decimal(Decimal(number))
    if not rounded:
        return "0", 0
    digits = "".join(map(str, rounded.as_tuple().digits))
    return digits.rstrip("0"), rounded.adjusted()


def _general(number: int | float, letter: str, precision: int) -> str:
    if not precision:
        text = str(number) if isinstance(number, int) else float_round_trip(number)
        return text.replace("E", "e") if letter == "g" else text
    digits, power = _significant(number, precision)
    sign = "-" if _is_negative(number) else ""
    if power >= precision or power < -5:
        tail = "." + digits[1:] if len(digits) > 1 else ""
        mark = "e" if letter == "g" else "E"
        return f"{sign}{digits[0]}{tail}{mark}{'-' if power < 0 else '+'}{abs(power):02d}"
    if power < 0:
        return f"{sign}0.{'0' * (-power - 1)}{digits}"
    if len(digits) <= power + 1:
        return sign + digits + "0" * (power + 1 - len(digits))
    return f"{sign}{digits[: power + 1]}.{digits[power + 1 :]}"


def _fixed(number: int | float, kind: str, precision: int) -> str:
    exact = abs(Decimal(number))
    shift = 2 if kind == "P" else 0
    digits = precision + shift + max(1, exact.adjusted() + 2 if exact else 1)
    rounded = _context(digits, number).quantize(exact, Decimal((0, (1,), -(precision + shift))))
    text = f"{rounded.scaleb(shift, _context(digits, number)):.{precision}f}" if shift else f"{rounded:.{precision}f}"
    head, _, tail = text.partition(".")
    if kind != "F":
        head = f"{int(head):,}"
    text = head + ("." + tail if tail else "")
    negative = _is_negative(number)
    if kind == "C":
        return f"(¤{text})" if negative else f"¤{text}"
    return ("-" if negative else "") + text + (" %" if kind == "P" else "")
