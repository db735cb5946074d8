"""Functions that only the deployment can answer; and which of them may stand where."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from linter.model import Unresolved, Value
from linter.sources.template.frame import Frame
from linter.sources.template.functions.arguments import wrong
from linter.sources.template.places import DEFAULTS_ONLY
from linter.sources.template.values import EvaluationError


class Runtime:
    """What can be said of a call before the deployment: `least` to `most` arguments, and a look at them."""

    __slots__ = ("least", "look", "most", "name")

    def __init__(self, name: str, least: int, most: int, look: Callable[[list[Value]], None] | None = None) -> None:
        self.name = name
        self.least = least
        self.most = most
        self.look = look

    def check(self, args: list[Value]) -> None:
        """Raises `EvaluationError` where the engine refuses the call."""
        if not self.least <= len(args) <= self.most:
            raise EvaluationError(
                f"Unable to evaluate template language function '{self.name}': function requires {self.least} to "
                f"{self.most} argument(s) while {len(args)} were provided."
            )
        if self.look is not None:
            self.look(args)


def is_list(low: str) -> bool:
    """Whether a name in lower case is one of the `list*` family."""
    return low.startswith("list")


def check_place(name: str, frame: Frame) -> None:
    """Refuse a call where the engine does not take it."""
    low = name.lower()
    refused = frame.place.refused
    if low in refused or ("list*" in refused and is_list(low)):
        why = " The function can only be used with parameter default value expressions." if low in DEFAULTS_ONLY else ""
        raise EvaluationError(f"The template function '{name}' is not expected at this location.{why}")


def _text_first(name: str) -> Callable[[list[Value]], None]:
    def look(args: list[Value]) -> None:
        if not isinstance(args[0], str | Unresolved):
            wrong(name, 0, "String", args[0])

    return look


_ALL: Final = (
    Runtime("reference", 1, 3, _text_first("reference")),
    Runtime("references", 1, 2),
    Runtime("pickZones", 3, 5),
    Runtime("newGuid", 0, 0),
    Runtime("utcNow", 0, 1),
    Runtime("deployer", 0, 0),
    Runtime("providers", 1, 2),
    Runtime("roleDefinitions", 1, 1, _text_first("roleDefinitions")),
    Runtime("toLogicalZone", 3, 3),
    Runtime("toLogicalZones", 3, 3),
    Runtime("toPhysicalZone", 3, 3),
    Runtime("toPhysicalZones", 3, 3),
    Runtime("extensions", 1, 1),
    Runtime("resourceInfo", 1, 1),
)
RUNTIME: Final[dict[str, Runtime]] = {one.name.lower(): one for one in _ALL}
