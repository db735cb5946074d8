"""What a Bicep expression sees: the deployment it stands in, and the names that loops, lambdas and functions bind."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from linter.model import Path, Value
from linter.sources.bicep.syntax import Node
from linter.sources.template.frame import Frame
from linter.sources.template.values import EvaluationError, Stated

if TYPE_CHECKING:
    from linter.sources.bicep.resources import Instance
    from linter.sources.bicep.unit import Unit

Origin: TypeAlias = "tuple[Node, BicepFrame, Path]"
"""Where the value of a bound name was written: below an expression, evaluated in a frame, at a path."""


class BicepFrame(Frame):
    """A place in a file. `names` are bound values; `origins` tells of them where they were written, if that is known.

    `owner`: the resource in whose body the place is, where that has nested resources.
    """

    __slots__ = ("names", "origins", "owner", "unit")

    def __init__(
        self, unit: Unit, names: dict[str, Value] | None = None, origins: dict[str, Origin] | None = None
    ) -> None:
        super().__init__(unit.scope, unit.budget)
        self.unit = unit
        self.names: dict[str, Value] = {} if names is None else names
        self.origins: dict[str, Origin] = {} if origins is None else origins
        self.owner: Instance | None = None

    def bind(self, names: dict[str, Value], origins: dict[str, Origin] | None = None) -> BicepFrame:
        """The same surroundings with more names."""
        frame = BicepFrame(self.unit, {**self.names, **names}, self.origins)
        if origins:
            frame.origins = {**self.origins, **origins}
        frame.owner = self.owner
        return frame

    def inside(self, owner: Instance) -> BicepFrame:
        """The same surroundings in the body of a resource, whose nested resources have names there."""
        frame = self.bind({})
        frame.owner = owner
        return frame

    def nested(self, name: str) -> Handle | None:
        """A resource nested in one of those around the expression."""
        owner = self.owner
        while owner is not None:
            if name in owner.children:
                return owner.nested_handle(name)
            owner = owner.series.parent
        return None

    def symbol(self, name: str) -> Value | Handle:
        """What a name means here: bound, nested, or declared by the file; raises `EvaluationError`."""
        value = self.names.get(name, self)
        if value is not self:
            return value
        if self.owner is not None:
            found = self.nested(name)
            if found is not None:
                return found
        return self.unit.value(name)

    def runtime(self, name: str, args: list[Value]) -> Value:
        return self.unit.runtime(name, args)

    def deployment(self) -> Value:
        return self.unit.deployment()


class Handle:
    """What a symbol means that is no value: a resource, a module, a collection, a namespace, a scope."""

    __slots__ = ()

    def member(self, name: str, safe: bool) -> Value | Handle:
        """`handle.name`, or with `safe` `handle.?name`; raises `EvaluationError` where there is none."""
        raise NotImplementedError

    def item(self, key: Value, safe: bool) -> Value | Handle:
        """`handle[key]`."""
        if isinstance(key, str):
            return self.member(key, safe)
        raise EvaluationError("This is no array; it has no items.")

    def whole(self) -> Value:
        """The value that stands for it where one is needed."""
        raise NotImplementedError


def settle(value: Value | Handle) -> Value:
    """A value as it is, of a handle and of what a file states of a resource the value that stands for it."""
    if isinstance(value, Handle):
        value = value.whole()
    return value.value if type(value) is Stated else value
