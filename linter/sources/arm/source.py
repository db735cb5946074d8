"""Where the text of a template stands, and what was handed to its parameters."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from linter.model import Gap, Locator, Path, Place, Value
from linter.sources.arm.reader import Document


@dataclass(frozen=True, slots=True)
class Source:
    """A template in a document: `base` leads to it, `calls` are the deployments that call it, outermost first.

    `calls_before` are places of calls from elsewhere (Bicep modules), outermost first.
    """

    document: Document
    base: Path = ()
    calls: tuple[tuple[Source, Path], ...] = ()
    calls_before: tuple[Place, ...] = ()

    @property
    def chain(self) -> tuple[Place, ...]:
        """The places of the calls that lead to the template, outermost first."""
        return (*self.calls_before, *(source.bare(path, True) for source, path in self.calls))

    def bare(self, path: Path, key: bool) -> Place:
        """A place without the calls that lead there."""
        return self.document.place(self.base + path, key)

    def place(self, path: Path = (), key: bool = False) -> Place:
        """Where a value of the template stands, or with `key` its name."""
        place = self.bare(path, key)
        return replace(place, chain=self.chain) if self.calls or self.calls_before else place

    def gap(self, path: Path, message: str, kind: str) -> Gap:
        """A gap at a value of the template."""
        place = self.document.place(self.base + path)
        return Gap(place.path, message, place.line, place.column, kind)

    def inside(self, path: Path, call: Path) -> Source:
        """The source of a nested template at `path` that the resource at `call` deploys."""
        return Source(self.document, self.base + path, (*self.calls, (self, call)), self.calls_before)

    def linked(self, document: Document, call: Path) -> Source:
        """The source of a template in a file of its own that the resource at `call` deploys."""
        return Source(document, (), (*self.calls, (self, call)), self.calls_before)


@dataclass(frozen=True, slots=True)
class Argument:
    """The value of a parameter, known or (partly) unresolved; `locate` tells where its parts were written."""

    value: Value
    locate: Locator


def lowered(node: Any) -> dict[str, str]:
    """The names of an object by their lower case; the last of two goes first, as in the engine."""
    return {key.lower(): key for key in node} if isinstance(node, dict) else {}


def index_texts(root: Any) -> dict[int, Path]:
    """The path of each text in brackets and each container of a tree by identity (a reader shares no such texts)."""
    found: dict[int, Path] = {}
    stack: list[tuple[Any, Path]] = [(root, ())]
    while stack:
        node, path = stack.pop()
        found.setdefault(id(node), path)
        pairs = node.items() if type(node) is dict else enumerate(node)
        for step, item in pairs:
            kind = type(item)
            if kind is str:
                if item[:1] == "[":
                    found.setdefault(id(item), (*path, step))
            elif kind is dict or kind is list:
                stack.append((item, (*path, step)))
    return found
