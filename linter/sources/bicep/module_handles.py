"""What the symbols of modules mean in expressions: their outputs, and nothing else of use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from linter.model import Unresolved, Value
from linter.sources.bicep.frames import Handle
from linter.sources.bicep.handles import quote_text
from linter.sources.template.values import EvaluationError, Stated, lookup, quote, render

if TYPE_CHECKING:
    from linter.sources.bicep.modules import ModuleInstance, ModuleSeries

VERSION: Final = "2025-04-01"
"""The API version of deployments that Bicep 0.49 writes for modules."""


def nulls_known(value: Value) -> Value:
    """An output; of what a file states in it, a null is known to who reads the output."""
    if type(value) is not Stated or isinstance(value.value, Unresolved):
        return value
    whole = value.value

    def look(key: Value) -> tuple[bool, Value]:
        found, below = value.look(key)
        if found:
            return True, nulls_known(below)
        if isinstance(whole, dict) and isinstance(key, str):
            return lookup(whole, key)
        return False, None

    known = Stated(value.expression, look)
    known.value = whole
    return known


class ModuleHandle(Handle):
    """A module as an expression sees it."""

    __slots__ = ("instance",)

    def __init__(self, instance: ModuleInstance) -> None:
        self.instance = instance

    def member(self, name: str, safe: bool) -> Value | Handle:
        if name == "outputs":
            if safe and self.instance.condition is False:
                return None
            return OutputsHandle(self.instance, safe)
        if name == "name":
            return self.instance.name
        if name == "id":
            return self.instance.id
        raise EvaluationError(f"A module has no property '{name}'.")

    def whole(self) -> Value:
        return Unresolved(f"reference({render(self.instance.id)}, {quote(VERSION)})")

    def words(self, first: str) -> tuple[str, int]:
        """ARM text of a member that is not evaluated."""
        if first == "name":
            return quote_text(self.instance.name), 1
        return f"reference({render(self.instance.id)}, {quote(VERSION)})", 0


class OutputsHandle(Handle):
    """`module.outputs`."""

    __slots__ = ("instance", "safe")

    def __init__(self, instance: ModuleInstance, safe: bool = False) -> None:
        self.instance = instance
        self.safe = safe

    def member(self, name: str, safe: bool) -> Value:
        return self.instance.output(name, safe or self.safe)

    def whole(self) -> Value:
        return Unresolved(f"reference({render(self.instance.id)}, {quote(VERSION)}).outputs")


class ModuleCollection(Handle):
    """The modules of a loop."""

    __slots__ = ("series",)

    def __init__(self, series: ModuleSeries) -> None:
        self.series = series

    def member(self, name: str, _safe: bool) -> Value:
        raise EvaluationError(f"'{name}' cannot be read of a collection; take one of it by its index.")

    def item(self, key: Value, safe: bool) -> Value | Handle:
        instances = self.series.all
        if len(instances) == 1 and instances[0].index is None:
            return ModuleHandle(instances[0])
        if isinstance(key, Unresolved):
            return Unresolved(
                f"reference(format('{instances[0].symbol if instances else ''}[{{0}}]', {key.expression}))"
            )
        if not isinstance(key, int) or isinstance(key, bool):
            raise EvaluationError("The index of a collection is a whole number.")
        if not 0 <= key < len(instances):
            if safe:
                return None
            raise EvaluationError(f"The language expression property array index '{key}' is out of bounds.")
        return ModuleHandle(instances[key])

    def whole(self) -> Value:
        return [ModuleHandle(one).whole() for one in self.series.all]
