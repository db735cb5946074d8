"""Resources of a file: loops unrolled, nested children, names, ids, conditions, and what may be read of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeVar

from linter.model import OpenKey, Unresolved, Value
from linter.sources.bicep.expressions import build, evaluate, key_of, value_of
from linter.sources.bicep.frames import BicepFrame, Handle
from linter.sources.bicep.handles import CollectionHandle, ResourceHandle, quote_text
from linter.sources.bicep.loops import is_late, once, unrolled
from linter.sources.bicep.scopes import ScopeHandle, scope_of
from linter.sources.bicep.spelling import spelled
from linter.sources.bicep.syntax import For, If, Name, Node, Object, Property, Spread, String
from linter.sources.bicep.syntax_statements import Resource
from linter.sources.template.scope import Scope, Text
from linter.sources.template.values import EvaluationError, LimitError, quote, render, type_name

if TYPE_CHECKING:
    from linter.sources.bicep.unit import Unit

_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}(-[A-Za-z0-9]+)*\Z")
HEADS: Final = frozenset({"name", "parent", "scope", "dependsOn", "id", "type", "apiVersion"})
_T = TypeVar("_T")
_POLICY: Final = "microsoft.authorization/policydefinitions"
_FOR_OTHERS: Final = frozenset(
    {_POLICY, "microsoft.authorization/policysetdefinitions", "microsoft.resources/templatespecs/versions"}
)
"""Types whose texts in brackets others evaluate. Under languageVersion 2 the engine leaves a policy's rule as it is
written, one bracket more (Bicep CLI 0.49.2, November 2026)."""


class Series:
    """All instances of one resource statement below one parent: one, or one for each turn of its loop."""

    __slots__ = ("_all", "busy", "frame", "parent", "statement", "unit")

    def __init__(self, unit: Unit, statement: Resource, parent: Instance | None, frame: BicepFrame) -> None:
        self.unit = unit
        self.statement = statement
        self.parent = parent
        self.frame = frame
        self._all: list[Instance] | None = None
        self.busy: set[str] = set()

    @property
    def all(self) -> list[Instance]:
        """The instances in the order of the loop; an open loop has one, whose item is open. May raise."""
        if self._all is None:
            name = self.statement.name
            shown = name.text if isinstance(name, Name) else ""
            self._all = once(self.busy, "loop", shown, self._open)
        return self._all

    def _open(self) -> list[Instance]:
        turns = unrolled(self.statement.value, self.frame, self.unit)
        return [Instance(self, frame, body, index) for frame, body, index in turns]

    def only(self) -> Handle:
        """The handle of a resource that is no loop."""
        return self.all[0].handle()

    def deep(self) -> list[Instance]:
        """The instances and, behind each, its nested children."""
        found = []
        for instance in self.all:
            found.append(instance)
            for child in instance.children.values():
                found.extend(child.deep())
        return found


class Instance:
    """One resource. Everything is evaluated when first asked for; names and ids may be open."""

    __slots__ = (
        "_body", "_condition", "_id", "_name", "_parent", "_scope", "_segments", "_stated", "_type", "body_node",
        "busy", "children", "condition_node", "frame", "index", "open_parent", "own_type", "properties", "series",
        "unit", "version",
    )  # fmt: skip

    def __init__(self, series: Series, frame: BicepFrame, node: Node, index: int | None) -> None:
        self.series = series
        self.unit = series.unit
        self.frame = frame
        self.index = index
        self.condition_node: Node | None = None
        if isinstance(node, If):
            self.condition_node, node = node.condition, node.body
        self.body_node: Object | None = node if isinstance(node, Object) else None
        written = series.statement.type
        text = written.value if isinstance(written, String) else ""
        text = text.removeprefix("az:")
        self.own_type, _, self.version = text.partition("@")
        self.children: dict[str, Series] = {}
        self.properties: dict[str, Property] = {}
        for member in self.body_node.members if self.body_node is not None else []:
            if isinstance(member, Property):
                key = member.key.text if isinstance(member.key, Name) else getattr(member.key, "value", None)
                if isinstance(key, str):
                    self.properties[key] = member
            elif isinstance(member, Resource) and isinstance(member.name, Name):
                if not self.children:
                    self.frame = frame = frame.inside(self)
                self.children[member.name.text] = Series(self.unit, member, self, frame)
        self._type: str | None = None
        self._name: Text | None = None
        self._id: Text | None = None
        self._segments: list[Text] | None = None
        self._condition: Value = self
        self._stated: Value = self
        self.open_parent: Unresolved | None = None
        self.busy: set[str] = set()
        self._body: dict[str, Value] | None = None
        self._parent: Instance | Series | None = series
        self._scope: tuple[Scope, Text | None] | None = None

    def nested_handle(self, name: str) -> Handle:
        """What the name of a nested resource means."""
        child = self.children[name]
        return CollectionHandle(child) if isinstance(child.statement.value, For) else child.only()

    @property
    def symbol(self) -> str:
        """The symbolic name."""
        name = self.series.statement.name
        return name.text if isinstance(name, Name) else ""

    @property
    def existing(self) -> bool:
        return self.series.statement.existing

    @property
    def foreign(self) -> bool:
        """Whether it belongs to another extension than ARM's own, as its version is no date."""
        if self.series.parent is not None:
            return self.series.parent.foreign
        return self.unit.program.foreign and (
            _DATE.match(self.version) is None or self.own_type.lower().startswith("microsoft.graph/")
        )

    @property
    def type(self) -> str:
        """The full type."""
        if self._type is None:
            parent = self.series.parent
            own = self.own_type if parent is None else f"{parent.type}/{self.own_type}"
            self._type = spelled(own, self.api_version)
        return self._type

    @property
    def api_version(self) -> str:
        """The version written, else that of the parent around it."""
        parent = self.series.parent
        return self.version if self.version or parent is None else parent.api_version

    @property
    def parent(self) -> Instance | None:
        """The resource around it, or that of its `parent` property."""
        if self._parent is self.series:
            self._parent = self.series.parent
            if self._parent is None and "parent" in self.properties:
                node = self.properties["parent"].value
                handle = once(
                    self.busy, "parent itself", self.symbol, lambda: open_if_failing(evaluate, node, self.frame)
                )
                if isinstance(handle, Unresolved):
                    self.open_parent = handle
                elif isinstance(handle, ResourceHandle):
                    self._parent = handle.instance
                    if not self.own_type.lower().startswith(f"{self._parent.type.lower()}/"):
                        message = f"the type '{self.own_type}' is no child of '{self._parent.type}'"
                        self.unit.refuse(self.properties["parent"].value, message)
                else:
                    raise EvaluationError("The parent of a resource must be a resource.")
        return self._parent  # type: ignore[return-value]  # the series stood for "not asked yet"

    @property
    def own_name(self) -> Text:
        """The value of `name`."""
        if self._name is None:
            member = self.properties.get("name")
            value: Value = Unresolved("name", "error")
            if member is not None:
                node = member.value
                value = once(self.busy, "name", self.symbol, lambda: guarded(node, self.frame))
            if not isinstance(value, str | Unresolved):
                raise EvaluationError(f"The name of a resource must be text, and this is {type_name(value)}.")
            self._name = value
        return self._name

    @property
    def segments(self) -> list[Text]:
        """The names of all parents and the own one, each as written."""
        if self._segments is None:
            self._segments = [*once(self.busy, "parent", self.symbol, self._names_above), self.own_name]
        return self._segments

    def _names_above(self) -> list[Text]:
        parent = self.parent
        if self.open_parent is not None:
            return [Unresolved(f"{self.open_parent.expression}.name", self.open_parent.reason)]
        return [] if parent is None else list(parent.segments)

    @property
    def name(self) -> Text:
        """The full name."""
        segments = self.segments
        if len(segments) == 1:
            return segments[0]
        for one in segments:
            if isinstance(one, Unresolved):
                shape = "/".join(f"{{{index}}}" for index in range(len(segments)))
                return Unresolved(f"format('{shape}', {', '.join(map(quote_text, segments))})", one.reason)
        return "/".join(segments)  # type: ignore[arg-type]  # all are text

    def place(self) -> tuple[Scope, Text | None]:
        """The scope of the deployment that it belongs to, and the id of the resource that it extends."""
        if self._scope is None:
            self._scope = once(self.busy, "scope", self.symbol, self._find_place)
        return self._scope

    def _find_place(self) -> tuple[Scope, Text | None]:
        parent = self.parent
        if parent is not None:
            return parent.place()
        member = self.properties.get("scope")
        if member is None:
            return self.unit.scope, None
        found = open_if_failing(scope_of, member.value, self.frame)
        if isinstance(found, ScopeHandle):
            return found.scope, None
        if isinstance(found, ResourceHandle):
            return self.unit.scope, found.instance.id
        if isinstance(found, Unresolved):
            return self.unit.scope, found
        raise EvaluationError("The scope of a resource must be a scope or a resource.")

    @property
    def id(self) -> Text:
        """The id, words of an open one as the engine says of the resource itself."""
        if self._id is None:
            scope, target = self.place()
            self._id = scope.resource_id(self.type, self.name, target)
        return self._id

    def check_segments(self) -> None:
        """Raises where the name has not as many segments as the type asks for: the engine makes no id of that."""
        name = self.name
        if isinstance(name, str) and name.count("/") + 1 != self.type.count("/"):
            raise EvaluationError(
                f"The name '{name}' has {name.count('/') + 1} segments, and the type '{self.type}' asks for "
                f"{self.type.count('/')}; it has no resource id."
            )

    def read_id(self) -> Text:
        """The id where an expression reads it: an open one is worded by the single names."""
        own = self.id
        if isinstance(own, str) or len(self.segments) == 1:
            return own
        scope, target = self.place()
        if target is not None:
            return own
        names = ", ".join(map(quote_text, self.segments))
        subscription = quote_text(scope.subscription_id)
        if scope.kind == "resourceGroup":
            start = f"resourceId({subscription}, {quote_text(scope.resource_group)}"
        elif scope.kind == "subscription":
            start = f"subscriptionResourceId({subscription}"
        else:
            return own
        return Unresolved(f"{start}, {quote(self.type)}, {names})", own.reason)

    @property
    def condition(self) -> Value:
        """False where it is not deployed, an `Unresolved` where that is open, else true; parents count too."""
        if self._condition is self:
            self._condition = once(self.busy, "condition", self.symbol, self._find_condition)
        return self._condition

    def _find_condition(self) -> Value:
        own: Value = True
        if self.condition_node is not None:
            own = condition_of_node(self.condition_node, self.frame)
            if isinstance(own, Unresolved) and is_late(own, self.unit):
                self.unit.refuse(self.condition_node, "the condition needs what only the deployment knows")
        parent = self.series.parent
        above = (
            True
            if parent is None or (parent.condition_node is None and parent.series.parent is None)
            else parent.condition
        )
        if above is True or above is False or own is False:
            return own if above is True else False
        if self.condition_node is None:
            return above
        return Unresolved(f"and({render(above)}, {render(own)})", above.reason)

    @property
    def body(self) -> dict[str, Value]:
        """What stands below the resource, evaluated."""
        if self._body is None:
            self._body = {}
            self._body = self._evaluate_body()
        return self._body

    def _evaluate_body(self) -> dict[str, Value]:
        body: dict[str, Value] = {}
        for member in self.body_node.members if self.body_node is not None else []:
            if isinstance(member, Property):
                try:
                    key = key_of(member.key, self.frame)
                except EvaluationError as error:
                    key = OpenKey(f"[{self.unit.fault(member.key, self.frame, error).expression}]")
                if key in HEADS and not self.foreign:
                    continue
                value = build(member.value, self.frame)
                if value is not None or key.lower() == "properties":
                    body[key] = value
            elif isinstance(member, Spread):
                self._spread(member, body)
        low = self.type.lower()
        if low in _FOR_OTHERS and not (low == _POLICY and self.unit.program.symbolic):
            return {key: _for_others(item) for key, item in body.items()}
        return body

    def _spread(self, member: Spread, body: dict[str, Value]) -> None:
        try:
            value = value_of(member.value, self.frame)
        except EvaluationError as error:
            value = self.unit.fault(member.value, self.frame, error)
        if isinstance(value, dict):
            body.update({key: item for key, item in value.items() if key not in HEADS})
        elif isinstance(value, Unresolved):
            body[OpenKey(f"[{value.expression}]")] = value

    def stated(self) -> dict[str, Value] | None:
        """What the file states below `properties`, where that is an object and the id is known."""
        if self.existing or not isinstance(self.id, str):
            return None
        if self._stated is self:
            member = self.properties.get("properties")
            if member is None or self._body:
                self._stated = self.body.get("properties")
            else:
                node = member.value
                self._stated = once(self.busy, "body", self.symbol, lambda: build(node, self.frame))
        return self._stated if isinstance(self._stated, dict) else None

    def handle(self) -> ResourceHandle:
        """What its symbol means."""
        return ResourceHandle(self)

    @property
    def identity(self) -> str:
        """Symbols from the root down, without loop indexes, in lower case."""
        parent = self.series.parent
        above = parent.identity if parent is not None else self.unit.identity
        return (f"{above}/{self.symbol}" if above else self.symbol).lower()


def open_if_failing(run: Callable[[Node, BicepFrame], _T], node: Node, frame: BicepFrame) -> _T | Unresolved:
    """What `run` makes of an expression; where that fails it is open, with a gap."""
    try:
        return run(node, frame)
    except LimitError:
        raise
    except EvaluationError as error:
        return frame.unit.fault(node, frame, error)


def guarded(node: Node, frame: BicepFrame) -> Value:
    """A value that stays open where it fails, with a gap."""
    return open_if_failing(value_of, node, frame)


def condition_of_node(node: Node, frame: BicepFrame) -> Value:
    """A condition: a boolean, or open; one that is neither is told and stays open, as only `false` drops a resource."""
    value = guarded(node, frame)
    if isinstance(value, bool | Unresolved):
        return value
    return frame.unit.fault(
        node, frame, EvaluationError(f"A condition must be a boolean, and this is {type_name(value)}.")
    )


def _for_others(value: Value) -> Value:
    """A text in brackets stays an expression: one that Azure Policy or a later deployment evaluates."""
    if isinstance(value, str):
        if value[:1] == "[" and value[-1:] == "]" and value[1:2] != "[":
            return Unresolved(value[1:-1], "context")
        return value
    if isinstance(value, dict):
        return {key: _for_others(item) for key, item in value.items()}
    return [_for_others(item) for item in value] if isinstance(value, list) else value
