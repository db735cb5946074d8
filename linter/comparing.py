"""How two values compare: the operators of Azure Policy, three-valued."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from linter.model import ABSENT, Absent, OpenKey, Unresolved, Value

_DURATION = re.compile(
    r"P(?=.)(?:(\d+(?:\.\d+)?)Y)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?"
    r"(?:T(?=.)(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?\Z",
    re.IGNORECASE,
)
_SECONDS = (365 * 86400.0, 30 * 86400.0, 7 * 86400.0, 86400.0, 3600.0, 60.0, 1.0)
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?\Z")


def duration_seconds(text: str) -> float | None:
    """The length of an ISO 8601 duration (`PT30M`, `P1DT2H`) in seconds; years of 365 and months of 30 days. None: it
    is none."""
    found = _DURATION.match(text.strip()) if len(text) < 64 else None
    if found is None or all(part is None for part in found.groups()):
        return None
    return sum(float(part) * unit for part, unit in zip(found.groups(), _SECONDS, strict=True) if part)


def compare(operator: str, value: Value | Absent, operand: Any) -> bool | None:
    """Does `value` stand to `operand` as `operator` says? None: open, or not comparable. `value` is never ABSENT's
    stand-in: an absent value compares as null does."""
    if isinstance(value, Unresolved):
        return None
    negated = _NEGATIONS.get(operator)
    if negated is not None:
        answer = OPERATORS[negated](None if value is ABSENT else value, operand)
        return None if answer is None else not answer
    return OPERATORS[operator](None if value is ABSENT else value, operand)


def same(value: Value, operand: Any) -> bool | None:
    """Equality as Azure Policy has it: text without case, `"5"` is 5, `"true"` is true."""
    if isinstance(value, Unresolved):
        return None
    if isinstance(value, bool) or isinstance(operand, bool):
        return bool(_word(value) == _word(operand))
    if isinstance(value, str) and isinstance(operand, str):
        return value.lower() == operand.lower()
    if isinstance(value, (int, float, str)) and isinstance(operand, (int, float, str)):
        one, other = _number(value), _number(operand)
        return one is not None and one == other
    if isinstance(value, list) and isinstance(operand, list):
        return _all([same(a, b) for a, b in zip(value, operand, strict=True)]) if len(value) == len(operand) else False
    if isinstance(value, dict) and isinstance(operand, dict):
        mine, yours = ({key.lower(): item for key, item in side.items()} for side in (value, operand))
        if any(isinstance(key, OpenKey) for key in value):
            return None
        return _all([same(mine[key], yours[key]) for key in mine]) if mine.keys() == yours.keys() else False
    return value is None and operand is None


def _all(answers: list[bool | None]) -> bool | None:
    return False if False in answers else None if None in answers else True


def _word(value: Any) -> Any:
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.lower(), value)
    return value if isinstance(value, bool) else ("none", value)


def _number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return value
    return float(value) if isinstance(value, str) and len(value) < 40 and _NUMBER.match(value) else None


def _within(value: Value, operand: Any) -> bool | None:
    if not isinstance(operand, list):
        return None
    answers = [same(value, item) for item in operand]
    return True if True in answers else None if None in answers else False


def wildcard(pattern: str, text: str) -> bool:
    """Does the whole text match, `*` standing for any text, without case? In linear time, whatever the two are."""
    first, *rest = pattern.lower().split("*")
    low = text.lower()
    if not rest:
        return first == low
    last = rest.pop()
    if not low.startswith(first) or not low.endswith(last) or len(low) < len(first) + len(last):
        return False
    at, end = len(first), len(low) - len(last)
    for piece in rest:
        found = low.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True


def _like(value: Value, operand: Any) -> bool | None:
    if isinstance(operand, list):
        return _any([_like(value, item) for item in operand])
    return isinstance(value, str) and wildcard(str(operand), value)


def _any(answers: list[bool | None]) -> bool | None:
    return True if True in answers else None if None in answers else False


@lru_cache(maxsize=512)
def _match_pattern(operand: str, insensitively: bool) -> re.Pattern[str]:
    """Azure Policy's: `#` a digit, `?` a letter, `.` any character, all else itself."""
    signs = {"#": "[0-9]", "?": "[A-Za-z]", ".": "."}
    return re.compile(
        "".join(signs.get(sign, re.escape(sign)) for sign in operand), re.IGNORECASE if insensitively else 0
    )


def _match(value: Value, operand: Any) -> bool | None:
    return isinstance(value, str) and _match_pattern(str(operand), False).fullmatch(value) is not None


def _match_insensitively(value: Value, operand: Any) -> bool | None:
    return isinstance(value, str) and _match_pattern(str(operand), True).fullmatch(value) is not None


def _contains(value: Value, operand: Any) -> bool | None:
    if isinstance(value, list):
        return _any([same(item, operand) for item in value])
    return isinstance(value, str) and str(operand).lower() in value.lower()


def _contains_key(value: Value, operand: Any) -> bool | None:
    if not isinstance(value, dict):
        return False
    low = str(operand).lower()
    if any(not isinstance(key, OpenKey) and key.lower() == low for key in value):
        return True
    return None if any(isinstance(key, OpenKey) for key in value) else False


def _order(value: Value, operand: Any) -> float | None:
    """Below 0, 0, above 0; None where the two have no order."""
    one, other = _number(value), _number(operand)
    if one is not None and other is not None:
        return one - other
    if not isinstance(value, str) or not isinstance(operand, str):
        return None
    one, other = duration_seconds(value), duration_seconds(operand)
    if one is not None and other is not None:
        return one - other
    if one is not None or other is not None:
        return None
    return (value.lower() > operand.lower()) - (value.lower() < operand.lower())


def _ordered(test: Callable[[float], bool]) -> Callable[[Value, Any], bool | None]:
    def ordered(value: Value, operand: Any) -> bool | None:
        order = _order(value, operand)
        return None if order is None else test(order)

    return ordered


def _never(_value: Value, _operand: Any) -> bool | None:
    raise AssertionError("negations and `exists` are decided elsewhere")


_NEGATIONS = {
    "notEquals": "equals", "notIn": "in", "notLike": "like", "notMatch": "match", "notContains": "contains",
    "notMatchInsensitively": "matchInsensitively", "notContainsKey": "containsKey",
}  # fmt: skip
OPERATORS: dict[str, Callable[[Value, Any], bool | None]] = {
    "equals": same, "in": _within, "like": _like, "match": _match, "matchInsensitively": _match_insensitively,
    "contains": _contains, "containsKey": _contains_key, "greater": _ordered(lambda order: order > 0),
    "greaterOrEquals": _ordered(lambda order: order >= 0), "less": _ordered(lambda order: order < 0),
    "lessOrEquals": _ordered(lambda order: order <= 0), "exists": _never, **dict.fromkeys(_NEGATIONS, _never),
}  # fmt: skip
MANY_OPERANDS = frozenset({"in", "notIn"})
