"""What a statement of a resource or module unrolls to: one instance, or one for each turn of its loop."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

from linter.model import Unresolved
from linter.sources.bicep.expressions import names_of, turn_of, turns_of
from linter.sources.bicep.frames import BicepFrame
from linter.sources.bicep.syntax import For, Node
from linter.sources.template.values import EvaluationError, LimitError

if TYPE_CHECKING:
    from linter.sources.bicep.unit import Unit

OPEN_ITEM: Final = Unresolved("copyIndex()", "context")
Turn: TypeAlias = tuple[BicepFrame, Node, int | None]
"""What an instance sees, the node of its body, and its index in the loop: None without a loop or in an open one."""
_RUNTIME_CALL: Final = re.compile(r"\b(?:references?|list\w+)\(")
_T = TypeVar("_T")


def unrolled(node: Node, frame: BicepFrame, unit: Unit) -> list[Turn]:
    """The turns of a statement's value; an open loop has one, whose item is open. May raise `LimitError`."""
    if not isinstance(node, For):
        return [(frame, node, None)]
    try:
        turns = turns_of(node, frame)
    except LimitError:
        raise
    except EvaluationError as error:
        turns = unit.fault(node.source, frame, error)
    if isinstance(turns, Unresolved):
        if turns.reason == "secret" or (turns.reason == "runtime" and is_late(turns, unit)):
            unit.refuse(node.source, "the source of the loop is not known before the deployment")
        item = Unresolved(f"{turns.expression}[copyIndex()]")
        return [(turn_of(node, frame, names_of(node.names), item, OPEN_ITEM), node.body, None)]
    return [(turn, node.body, index) for index, turn in enumerate(turns)]


def is_late(value: Unresolved, unit: Unit) -> bool:
    """Whether a condition or loop needs what only the deployment knows. A module may: it begins when its arguments are
    known."""
    return unit.outer is None and _RUNTIME_CALL.search(value.expression) is not None


def once(busy: set[str], what: str, symbol: str, make: Callable[[], _T]) -> _T:
    """What `make` gives; raises `EvaluationError` where that asks for itself. `busy` holds what is being made."""
    if what in busy:
        raise EvaluationError(f"The {what} of '{symbol}' leads back to itself.")
    busy.add(what)
    try:
        return make()
    finally:
        busy.discard(what)
