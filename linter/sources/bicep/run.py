"""What the files of one entry point share, and what their parameters are given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Final

from linter.model import Gap, Locator, Value
from linter.sources.bicep.frames import BicepFrame
from linter.sources.bicep.library import Library
from linter.sources.bicep.program import Program
from linter.sources.bicep.syntax import Node
from linter.sources.template.values import Budget

if TYPE_CHECKING:
    from linter.sources.bicep.modules import ModuleInstance
    from linter.sources.bicep.schemas import Schemas

_MOST_GAPS: Final = 500


@dataclass(frozen=True, slots=True)
class Given:
    """What a parameter is given: an expression in a frame, or a value that was read elsewhere; `locate` says where."""

    node: Node | None = None
    frame: BicepFrame | None = None
    value: Value = None
    locate: Locator | None = None


class Run:
    """What all files of one entry point share: the library, the bounds, and what could not be seen.

    `registry`: reference of a registry module → whether it was found. `modules`: folders of restored modules. `deploy`:
    told of a module whose outputs are read, so that it is deployed before what reads them, as the engine does. `types`:
    the types of each file, which do not depend on what a deployment gives it. `texts`: JSON and YAML files that values
    come from, by the name that reports give them; `restored`: those of registry modules.
    """

    __slots__ = (
        "budget", "deploy", "gaps", "library", "modules", "programs", "registry", "restored", "texts", "told", "types",
    )  # fmt: skip

    def __init__(self, library: Library, budget: Budget, modules: tuple[FilePath, ...] = ()) -> None:
        self.library = library
        self.budget = budget
        self.modules = modules
        self.gaps: list[Gap] = []
        self.told: set[tuple[int, str]] = set()
        self.registry: dict[str, bool] = {}
        self.programs: dict[FilePath, Program] = {}
        self.texts: dict[str, str] = {}
        self.restored: set[str] = set()
        self.types: dict[FilePath, Schemas] = {}
        self.deploy: Callable[[ModuleInstance], None] | None = None

    def tell(self, gap: Gap, mark: int = 0) -> None:
        """Record a gap, once for each node (`mark`) and message."""
        key = (mark, gap.message)
        if key not in self.told and len(self.gaps) < _MOST_GAPS:
            self.told.add(key)
            self.gaps.append(gap)

    def use(self, program: Program) -> None:
        """A file takes part in the deployment: what is wrong with its text is told once."""
        if program.path in self.programs:
            return
        self.programs[program.path] = program
        for fault in program.faults():
            self.tell(fault, hash((fault.path, fault.line, fault.column)))
