"""What is known of a function before it is called."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from linter.model import Value

if TYPE_CHECKING:
    from linter.sources.template.frame import Frame

Call: TypeAlias = Callable[[list[Value], "Frame"], Value]
Known: TypeAlias = Literal["deep", "shallow", "own"]
MANY: Final = 1_000_000


class Function:
    """A function: its name as the engine spells it, how many arguments it takes, and how far they must be known.

    `known`: `deep` — one open part anywhere in an argument leaves the call open; `shallow` — arguments must be known
    themselves, their members need not be; `own` — the function looks for itself and raises `StillOpen`.
    """

    __slots__ = ("call", "known", "least", "most", "name")

    def __init__(self, name: str, least: int, most: int, call: Call, known: Known = "deep") -> None:
        self.name = name
        self.least = least
        self.most = most
        self.call = call
        self.known = known
