"""What the symbols of resources mean in expressions: what may be read of a resource, what of it the file states."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from linter.model import OpenKey, Unresolved, Value
from linter.sources.bicep.calls import KeyVaultSecret
from linter.sources.bicep.frames import BicepFrame, Handle, settle
from linter.sources.template.scope import Text
from linter.sources.template.values import EvaluationError, Stated, lookup, quote, render, state

if TYPE_CHECKING:
    from linter.sources.bicep.resources import Instance, Series

DEPLOYMENTS: Final = "microsoft.resources/deployments"


def quote_text(text: Text) -> str:
    """As an argument in ARM text."""
    return text.expression if isinstance(text, Unresolved) else quote(text)


class ResourceHandle(Handle):
    """A resource as an expression sees it."""

    __slots__ = ("instance",)

    def __init__(self, instance: Instance) -> None:
        self.instance = instance

    def member(self, name: str, safe: bool) -> Value | Handle:
        instance = self.instance
        if name == "id":
            instance.check_segments()
            return instance.read_id()
        if name == "name":
            return instance.own_name
        if name == "type":
            return instance.type
        if name == "apiVersion":
            return instance.api_version
        condition = instance.condition if safe else True
        if condition is False:
            return None
        if isinstance(condition, Unresolved) and not instance.existing:
            full = f"if({condition.expression}, {self.reference(True, True)}, null())"
            return Unresolved(f"tryGet({full}, {quote(name)})")
        if instance.foreign:
            return self._stated_member(name)
        if name == "properties":
            return self.properties()
        if safe:
            return Unresolved(f"tryGet({self.reference(True)}, {quote(name)})")
        return Unresolved(f"{self.reference(True)}.{name}")

    def _stated_member(self, name: str) -> Value:
        found, value = lookup(self.instance.body, name)
        return value if found and value is not None else Unresolved(f"reference({quote(self.instance.symbol)}).{name}")

    def properties(self) -> PropertiesHandle:
        """`resource.properties`."""
        return PropertiesHandle(self)

    def item(self, key: Value, safe: bool) -> Value | Handle:
        if isinstance(key, str):
            return self.member(key, safe)
        return Unresolved(f"{self.reference(True)}[{render(key)}]")

    def reference(self, full: bool, written: bool = False) -> str:
        """The text of `reference(…)`: its id known or, as `written`, by its names."""
        instance = self.instance
        target = f"resourceId({quote(instance.type)}, {self._names()})" if written else render(instance.read_id())
        return f"reference({target}, {quote(instance.api_version)}{', ' + quote('full') if full else ''})"

    def _names(self) -> str:
        return ", ".join(map(quote_text, self.instance.segments))

    def whole(self) -> Value:
        return Stated(self.reference(True), self._look)

    def _look(self, key: Value) -> tuple[bool, Value]:
        return True, settle(self.item(key, False))

    def nested(self, name: str) -> Handle:
        """`resource::name`."""
        if name not in self.instance.children:
            raise EvaluationError(f"The resource '{self.instance.symbol}' has no nested resource '{name}'.")
        return self.instance.nested_handle(name)

    def call(self, name: str, args: list[Value], _frame: BicepFrame) -> Value:
        """A function of the resource (`listKeys()` …)."""
        if name == "getSecret":
            return KeyVaultSecret()
        given = [self.instance.read_id(), *(args or [self.instance.api_version])]
        if args and len(given) == 2:
            given = [self.instance.read_id(), *args]
        return Unresolved(f"{name}({', '.join(map(render, given))})")

    def words(self, first: str) -> tuple[str, int]:
        """ARM text of a member that is not evaluated: its start, and how many steps that covers."""
        if first == "id":
            return f"resourceId({quote(self.instance.type)}, {self._names()})", 1
        if first == "name":
            return quote_text(self.instance.own_name), 1
        if first in ("type", "apiVersion"):
            return quote(self.instance.type if first == "type" else self.instance.api_version), 1
        if first == "properties":
            return self.reference(False, True), 1
        return self.reference(True, True), 0

    def call_words(self) -> list[str]:
        """The first arguments of a function of the resource."""
        return [f"resourceId({quote(self.instance.type)}, {self._names()})", quote(self.instance.api_version)]


class PropertiesHandle(Handle):
    """`resource.properties`: what the file states is known, the rest is the deployment's."""

    __slots__ = ("resource",)

    def __init__(self, resource: ResourceHandle) -> None:
        self.resource = resource

    def member(self, name: str, safe: bool) -> Value | Handle:
        instance = self.resource.instance
        if instance.type.lower() == DEPLOYMENTS:
            return Unresolved(f"{self.resource.reference(False)}.{name}")  # the engine does not read it further
        stated = instance.stated()
        if stated is not None:
            found, value = lookup(stated, name)
            if found and value is not None and not isinstance(value, Unresolved):
                return state(f"{self.resource.reference(False)}.{name}", value)
            if safe and not found and not any(isinstance(key, OpenKey) for key in stated):
                return None
        reference = self.resource.reference(False)
        if safe:
            return Unresolved(f"tryGet({reference}, {quote(name)})")
        return Unresolved(f"{reference}.{name}")

    def item(self, key: Value, safe: bool) -> Value | Handle:
        if isinstance(key, str):
            return self.member(key, safe)
        return Unresolved(f"{self.resource.reference(False)}[{render(key)}]")

    def whole(self) -> Value:
        stated = self.resource.instance.stated()
        if stated is not None:
            return state(self.resource.reference(False), stated)
        return Stated(self.resource.reference(False), self._look)

    def _look(self, key: Value) -> tuple[bool, Value]:
        return True, settle(self.item(key, False))


class CollectionHandle(Handle):
    """The instances of a loop."""

    __slots__ = ("series",)

    def __init__(self, series: Series) -> None:
        self.series = series

    def member(self, name: str, _safe: bool) -> Value | Handle:
        raise EvaluationError(f"'{name}' cannot be read of a collection; take one of it by its index.")

    def item(self, key: Value, safe: bool) -> Value | Handle:
        instances = self.series.all
        if isinstance(key, Unresolved):
            return Unresolved(f"reference(format('{self.series.statement.name.text}[{{0}}]', {key.expression}))")  # type: ignore[union-attr]  # a symbol that was found has a name
        if not isinstance(key, int) or isinstance(key, bool):
            raise EvaluationError("The index of a collection is a whole number.")
        if len(instances) == 1 and instances[0].index is None:
            return instances[0].handle()
        if not 0 <= key < len(instances):
            if safe:
                return None
            raise EvaluationError(f"The language expression property array index '{key}' is out of bounds.")
        return instances[key].handle()

    def whole(self) -> Value:
        return [one.handle().whole() for one in self.series.all]
