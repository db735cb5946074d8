"""The functions of the template language by name, and how a call of one is made.

The functions are shared by both front ends: pure `(args, frame) -> Value`. What they do is what Azure's deployment
engine does (Bicep CLI 0.49.2, asked in November 2026). `if`, `and`, `or` and `coalesce` are lazy: the
front ends have them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from linter.model import Unresolved, Value
from linter.sources.template.functions.collections import COLLECTIONS
from linter.sources.template.functions.comparison import COMPARISONS
from linter.sources.template.functions.conversion import CONVERSIONS
from linter.sources.template.functions.dates import DATES
from linter.sources.template.functions.formatting import FORMATTING
from linter.sources.template.functions.hashes import HASHES
from linter.sources.template.functions.ids import IDS
from linter.sources.template.functions.lambdas import LAMBDAS, TAKES_LAMBDA
from linter.sources.template.functions.networks import NETWORKS
from linter.sources.template.functions.numbers import NUMBERS
from linter.sources.template.functions.signature import MANY, Function
from linter.sources.template.functions.strings import STRINGS
from linter.sources.template.functions.uris import URIS
from linter.sources.template.values import EvaluationError, Lambda, StillOpen, find_open, render_call

if TYPE_CHECKING:
    from linter.sources.template.frame import Frame

_ALL: Final = (
    COLLECTIONS,
    COMPARISONS,
    CONVERSIONS,
    DATES,
    FORMATTING,
    HASHES,
    IDS,
    LAMBDAS,
    NETWORKS,
    NUMBERS,
    STRINGS,
    URIS,
)

FUNCTIONS: Final[dict[str, Function]] = {function.name.lower(): function for group in _ALL for function in group}
"""By name in lower case."""
_PLAIN: Final = frozenset({str, int, bool, float, type(None)})
"""Types of values that are known, and no lambdas."""


def invoke(function: Function, name: str, args: list[Value], frame: Frame) -> Value:
    """Call a function; `name` is its spelling in the source, kept where the call stays open."""
    count = len(args)
    if not function.least <= count <= function.most:
        raise EvaluationError(_arity_message(function, count))
    budget = frame.budget
    budget.spend(1 + count)
    for arg in args:
        if type(arg) not in _PLAIN:
            cause = _open_part(function, args)
            if cause is not None:
                return leave_open(name, args, cause, frame)
            break
    try:
        return function.call(args, frame)
    except StillOpen as signal:
        return leave_open(name, args, signal.cause, frame)


def _open_part(function: Function, args: list[Value]) -> Unresolved | None:
    """What in the arguments leaves a call open before it is made."""
    for arg in args:
        if type(arg) is Lambda and function.name not in TAKES_LAMBDA:
            raise EvaluationError(f"The template language function '{function.name}' takes no lambda.")
    if function.known == "shallow":
        return next((arg for arg in args if isinstance(arg, Unresolved)), None)
    if function.known == "deep":
        return next((cause for arg in args if (cause := find_open(arg)) is not None), None)
    return None


def leave_open(name: str, args: list[Value], cause: Unresolved, frame: Frame) -> Unresolved:
    """The call as an expression, with its arguments as far as they are known."""
    text = render_call(name, args)
    frame.budget.make_text(len(text))
    return Unresolved(text, cause.reason)


def _arity_message(function: Function, count: int) -> str:
    if function.least == function.most:
        wanted = str(function.least)
    elif function.most >= MANY:
        wanted = f"at least {function.least}"
    else:
        wanted = f"{function.least} to {function.most}"
    return (
        f"Unable to evaluate template language function '{function.name}': function requires {wanted} argument(s) "
        f"while {count} were provided."
    )
