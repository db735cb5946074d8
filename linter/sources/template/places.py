"""Which functions may stand where in a template, as Azure's engine answered for 38 places in November 2026.

`comments`, `metadata`, `allowedValues`, `contentVersion` and `type` are not evaluated at all: no places here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class Place:
    """A kind of place in a template. `refused`: names of functions in lower case that may not stand there.

    `list*` among them stands for the whole family.
    """

    name: str
    refused: frozenset[str] = field(default_factory=frozenset)


_RUNTIME: Final = frozenset({"reference", "references", "list*"})
DEFAULTS_ONLY: Final = frozenset({"newguid", "utcnow"})
"""Functions for defaults of parameters only."""

ANYWHERE: Final = Place("anywhere")
DEFAULT: Final = Place("default of a parameter", _RUNTIME)
HEAD: Final = Place("head", _RUNTIME | DEFAULTS_ONLY)
"""Condition, name, API version, location, kind, zones, `dependsOn`, `scope`, and all of `copy` but `input`; variables,
conditions and copies of outputs, outputs of user functions."""
BODY: Final = Place("body", DEFAULTS_ONLY)
"""Properties and their names, `input` of a property's copy, sku, tags, identity, plan; values of outputs."""
