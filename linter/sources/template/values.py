"""Values of the template language: kinds, equality, text forms, and the bounds on evaluation.

A known value is plain Python; `float` and `decimal.Decimal` never mix: numbers with a point are `float`. A lambda is a
`Lambda`, which is a value only as an argument. Wording follows Azure's deployment engine (Bicep CLI 0.49.2, asked in
November 2026).
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from typing import Final

from linter.model import OpenKey, Unresolved, Value

INT64_LEAST: Final = -(2**63)
INT64_MOST: Final = 2**63 - 1
LONGEST_TEXT: Final = 1_000_000
"""Characters that the expression of an open value may have."""
_IDENTIFIER = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*\Z")


class EvaluationError(Exception):
    """The engine would refuse this; the message says what. `offset`: where in the expression text, if that is known."""

    def __init__(self, message: str, offset: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


class LimitError(EvaluationError):
    """Evaluation was ended by a bound of ours on steps, size, time or depth."""


class StillOpen(Exception):  # noqa: N818 - no error: a signal between a function and its caller
    """Raised by a function whose result depends on a part that is not known; its call then stays an expression."""

    def __init__(self, cause: Unresolved) -> None:
        super().__init__(cause.expression)
        self.cause = cause


class Stated(Unresolved):
    """An open call some of whose members are known all the same: what the template itself states of what it deploys.

    `look`: a key → whether the template states that member, and the member, known or open. `value`: what is stated as a
    whole, which counts where no further step is taken; the object itself where the whole stays open.
    """

    __slots__ = ("look", "value")

    def __init__(self, expression: str, look: Callable[[Value], tuple[bool, Value]]) -> None:
        super().__init__(expression, "runtime")
        self.look = look
        self.value: Value = self


def state(expression: str, value: Value) -> Value:
    """A stated value; steps into it that the template does not state stay open, as the service may fill them."""
    if not isinstance(value, dict | list):
        return value

    def look(key: Value) -> tuple[bool, Value]:
        found, below = False, None
        if isinstance(value, dict) and isinstance(key, str):
            found, below = lookup(value, key)
        elif isinstance(value, list) and isinstance(key, int) and 0 <= key < len(value):
            found, below = True, value[key]
        found = found and below is not None
        return found, state(expression + step_text(key), below) if found else None

    stated = Stated(expression, look)
    stated.value = value
    return stated


def settle(value: Value) -> Value:
    """What is stated, where no further step is taken."""
    return value.value if type(value) is Stated else value


class Budget:
    """What one evaluation may cost: steps, characters of text made, items of arrays and objects made, seconds, nesting.

    One budget serves a whole run of one root template. Every bound raises `LimitError`.
    """

    __slots__ = ("deadline", "depth", "items", "most_depth", "steps", "text")

    def __init__(
        self,
        steps: int = 20_000_000,
        text: int = 200_000_000,
        items: int = 5_000_000,
        seconds: float = 60.0,
        depth: int = 400,
    ) -> None:
        self.steps = steps
        self.text = text
        self.items = items
        self.deadline = time.monotonic() + seconds
        self.depth = 0
        self.most_depth = depth

    def spend(self, count: int = 1) -> None:
        """Count steps; looks at the clock about every 1,024 of them."""
        before = self.steps
        self.steps = after = before - count
        if after < 0:
            raise LimitError("the evaluation takes too many steps; it was stopped")
        if before >> 10 != after >> 10 and time.monotonic() > self.deadline:
            raise LimitError("the evaluation takes too long; it was stopped")

    def make_text(self, length: int) -> None:
        """Count characters of a text that a function is about to make."""
        self.text -= length
        if self.text < 0:
            raise LimitError("the evaluation makes too much text; it was stopped")

    def make_items(self, count: int) -> None:
        """Count members of an array or object that a function is about to make."""
        self.items -= count
        if self.items < 0:
            raise LimitError("the evaluation makes too many array items; it was stopped")
        self.spend(count)

    def enter(self) -> None:
        """Go one level down (a variable, a user function, a lambda); `leave` in a `finally`."""
        self.depth += 1
        if self.depth > self.most_depth:
            self.depth -= 1
            raise LimitError("the evaluation nests too deeply; it was stopped")

    def leave(self) -> None:
        """Go one level up."""
        self.depth -= 1


class Lambda:
    """A function value, handed to `map`, `filter` and the like by either front end.

    `arity`: its number of variables. `call`: their values in order → the result. `text`: its ARM text, when asked.
    """

    __slots__ = ("arity", "call", "text")

    def __init__(self, arity: int, call: Callable[[list[Value]], Value], text: Callable[[], str]) -> None:
        self.arity = arity
        self.call = call
        self.text = text


def charge(value: Value, budget: Budget) -> None:
    """Count the members of a value as it would be written out: a shared part counts each time."""
    if isinstance(value, list | dict):
        budget.items -= _size(value, {})
        budget.make_items(0)


def _size(holder: list[Value] | dict[str, Value], known: dict[int, int]) -> int:
    size = known.get(id(holder))
    if size is None:
        size = len(holder)
        for item in holder.values() if isinstance(holder, dict) else holder:
            if isinstance(item, list | dict):
                size += _size(item, known)
        known[id(holder)] = size
    return size


def is_open(value: Value) -> bool:
    """Whether anything in the value is unresolved, a key included."""
    return find_open(value) is not None


def find_open(value: Value) -> Unresolved | None:
    """An unresolved part of a value. A part that is shared is looked at once, whatever the depth."""
    if isinstance(value, Unresolved):
        return value
    if not isinstance(value, list | dict) or not value:
        return None
    seen: set[int] = set()
    waiting: list[list[Value] | dict[str, Value]] = [value]
    while waiting:
        holder = waiting.pop()
        if id(holder) in seen:
            continue
        seen.add(id(holder))
        if isinstance(holder, dict):
            for key in holder:
                if type(key) is OpenKey:
                    return Unresolved(key[1:-1])
            items: Iterable[Value] = holder.values()
        else:
            items = holder
        for item in items:
            kind = type(item)
            if kind is dict or kind is list:
                waiting.append(item)
            elif isinstance(item, Unresolved):
                return item
    return None


def quote(text: str) -> str:
    """Text as an ARM literal."""
    return "'" + text.replace("'", "''") + "'"


def render(value: Value) -> str:
    """A value as ARM expression text, as the engine words the arguments of a call that stays open."""
    if isinstance(value, str):
        return quote(value)
    parts: list[str] = []
    _render(value, parts, LONGEST_TEXT)
    return "".join(parts)


def _render(value: Value, parts: list[str], left: int) -> int:
    """Append the parts of the text; gives the characters that may still come."""
    if isinstance(value, list):
        parts.append("createArray(")
        for at, item in enumerate(value):
            if at:
                parts.append(", ")
            left = _render(item, parts, left - 2)
        parts.append(")")
        return left - 13
    if isinstance(value, dict):
        parts.append("createObject(")
        for at, (key, item) in enumerate(value.items()):
            name = key[1:-1] if isinstance(key, OpenKey) else quote(key)
            parts.append(f", {name}, " if at else f"{name}, ")
            left = _render(item, parts, left - len(name) - 4)
        parts.append(")")
        return left - 14
    part = _render_plain(value)
    parts.append(part)
    left -= len(part)
    if left < 0:
        raise LimitError("the text of an open value grows too long; the evaluation was stopped")
    return left


def _render_plain(value: Value) -> str:
    if isinstance(value, str):
        return quote(value)
    if value is None:
        return "null()"
    if isinstance(value, bool):
        return "true()" if value else "false()"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return f"json('{float_text(value)}')"
    if isinstance(value, Unresolved):
        return value.expression
    if isinstance(value, Lambda):
        return value.text()
    raise TypeError(f"no value of the template language: {type(value).__name__}")


def render_call(name: str, args: list[Value]) -> str:
    """`name(…)` with its arguments rendered."""
    return f"{name}({', '.join(map(render, args))})"


def float_text(number: float) -> str:
    """A float as Newtonsoft writes it in JSON: `3.0`, `1E+17`, `1E-05`."""
    if number != number:
        return "NaN"
    if number in (float("inf"), float("-inf")):
        return "Infinity" if number > 0 else "-Infinity"
    text = float_round_trip(number)
    return text if "." in text or "E" in text else text + ".0"


def float_round_trip(number: float) -> str:
    """A float in .NET's shortest round-trip form (`R`): `3`, `0.1`, `1E+17`, `1E-05`."""
    if number == 0:
        return "-0" if str(number)[0] == "-" else "0"
    text = repr(number)
    sign = "-" if text[0] == "-" else ""
    mantissa, _, exponent = text.lstrip("-").partition("e")
    whole, _, rest = mantissa.partition(".")
    if rest == "0":
        rest = ""
    digits = whole + rest
    point = len(whole) + (int(exponent) if exponent else 0)
    stripped = digits.lstrip("0")
    point -= len(digits) - len(stripped)
    digits = stripped.rstrip("0")
    if -4 < point <= 17:
        if point <= 0:
            return f"{sign}0.{'0' * -point}{digits}"
        if point >= len(digits):
            return sign + digits + "0" * (point - len(digits))
        return f"{sign}{digits[:point]}.{digits[point:]}"
    power = point - 1
    head = digits[0] + ("." + digits[1:] if len(digits) > 1 else "")
    return f"{sign}{head}E{'+' if power >= 0 else '-'}{abs(power):02d}"


def type_name(value: Value) -> str:
    """The kind of a value in the engine's words (JTokenType)."""
    if value is None:
        return "Null"
    if isinstance(value, bool):
        return "Boolean"
    if isinstance(value, str):
        return "String"
    if isinstance(value, int):
        return "Integer"
    if isinstance(value, float):
        return "Float"
    if isinstance(value, list):
        return "Array"
    if isinstance(value, dict):
        return "Object"
    if isinstance(value, Lambda):
        return "Lambda"
    return "Unresolved"


def same(left: Value, right: Value, budget: Budget | None = None, ordered: bool = False) -> bool:
    """Equality of the language: kinds are told apart (`1` is not `1.0`), text and names by case, names in any order.

    `ordered`: names must come in the same order, as `union` and `intersection` of arrays want it.
    """
    if left is right:
        return True
    if budget is not None:
        budget.spend()
    if isinstance(left, dict):
        if not isinstance(right, dict) or len(left) != len(right) or (ordered and list(left) != list(right)):
            return False
        return all(key in right and same(item, right[key], budget, ordered) for key, item in left.items())
    if isinstance(left, list):
        if not isinstance(right, list) or len(left) != len(right):
            return False
        return all(same(one, other, budget, ordered) for one, other in zip(left, right, strict=True))
    if type(left) is not type(right):
        return False
    return bool(left == right) or (isinstance(left, float) and left != left and right != right)


def member_of(base: Value, key: Value) -> Value:
    """`base[key]`, or `base.key`: names without case, missing ones are errors, open bases stay open."""
    if isinstance(base, Unresolved):
        if isinstance(base, Stated):
            found, value = base.look(key)
            if found:
                return value
        return Unresolved(base.expression + step_text(key), base.reason)
    if isinstance(key, Unresolved):
        return Unresolved(f"{render(base)}[{key.expression}]", key.reason)
    if isinstance(base, dict):
        if not isinstance(key, str):
            shown = "null" if key is None else key
            raise EvaluationError(
                f"The language expression property '{shown}' can't be evaluated, property name must be a string."
            )
        return _property(base, key)
    if isinstance(base, list):
        if isinstance(key, bool) or not isinstance(key, int):
            raise EvaluationError(f"Unable to evaluate named property or non-integer index '{key}' on an array value.")
        if not 0 <= key < len(base):
            raise EvaluationError(f"The language expression property array index '{key}' is out of bounds.")
        return base[key]
    raise EvaluationError(f"The language expression property '{key}' can't be evaluated.")


_HINTS: Final = {
    "templatelink": " It is there only when the template is deployed from an address; give the parameter a value."
}
"""What to do about a member that is missed often: many quickstart templates have this one in a default."""


def _property(base: dict[str, Value], name: str) -> Value:
    found, value = lookup(base, name)
    if found:
        return value
    for key in base:
        if isinstance(key, OpenKey):
            return Unresolved(render(base) + step_text(name))
    available = ", ".join(base)
    hint = _HINTS.get(name.lower(), "")
    raise EvaluationError(
        f"The language expression property '{name}' doesn't exist, available properties are '{available}'.{hint}"
    )


def lookup(base: dict[str, Value], name: str) -> tuple[bool, Value]:
    """Whether a known name is in an object, without case, and its value; the exact spelling goes first."""
    if name in base:
        return True, base[name]
    low = name.lower()
    for key, value in base.items():
        if key.lower() == low and not isinstance(key, OpenKey):
            return True, value
    return False, None


def step_text(key: Value) -> str:
    if isinstance(key, str):
        return f".{key}" if _IDENTIFIER.match(key) else f"[{quote(key)}]"
    return f"[{render(key)}]"
