"""Which functions may stand where in a template, as Azure's engine answered in November 2026."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class Place:
    """A kind of place in a template. `refused`: names of functions in lower case that may not stand there."""

    name: str
    refused: frozenset[str] = field(default_factory=frozenset)


ANYWHERE: Final = Place("anywhere")
