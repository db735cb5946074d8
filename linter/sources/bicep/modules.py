"""Modules: a Bicep file, a JSON template or a registry module under a deployment of its own; their outputs are read."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from linter.errors import InputError
from linter.model import Path, Place, Unresolved, Value
from linter.sources.arm.deployment import kind_of_scope, open_template
from linter.sources.arm.source import Argument, Source, lowered
from linter.sources.bicep.expressions import build, key_of, value_of
from linter.sources.bicep.frames import BicepFrame, Handle
from linter.sources.bicep.handles import ResourceHandle
from linter.sources.bicep.loops import once, unrolled
from linter.sources.bicep.module_handles import VERSION, ModuleCollection, ModuleHandle, nulls_known
from linter.sources.bicep.resources import condition_of_node, guarded
from linter.sources.bicep.run import Given
from linter.sources.bicep.scopes import ScopeHandle, group_scope, scope_of
from linter.sources.bicep.syntax import For, If, Name, Node, Object, Property, Spread, String
from linter.sources.bicep.syntax_statements import Module
from linter.sources.bicep.where import find
from linter.sources.template.functions.table import FUNCTIONS, invoke
from linter.sources.template.scope import Context, Scope, Text
from linter.sources.template.values import EvaluationError, quote, render, type_name

if TYPE_CHECKING:
    from linter.sources.arm.template import Template
    from linter.sources.bicep.unit import Unit

_LONGEST_NAME: Final = 64
MOST_LEVELS: Final = 32
"""Modules in modules."""


class ModuleSeries:
    """All instances of one module statement."""

    __slots__ = ("_all", "busy", "statement", "unit")

    def __init__(self, unit: Unit, statement: Module) -> None:
        self.unit = unit
        self.statement = statement
        self._all: list[ModuleInstance] | None = None
        self.busy: set[str] = set()

    @property
    def all(self) -> list[ModuleInstance]:
        """The instances in the order of the loop. May raise."""
        if self._all is None:
            name = self.statement.name
            shown = name.text if isinstance(name, Name) else ""
            self._all = once(self.busy, "loop", shown, self._open)
        return self._all

    def _open(self) -> list[ModuleInstance]:
        turns = unrolled(self.statement.value, self.unit.frame, self.unit)
        return [ModuleInstance(self, frame, body, index) for frame, body, index in turns]

    def handle(self) -> Handle:
        """What the symbol means."""
        return ModuleCollection(self) if isinstance(self.statement.value, For) else ModuleHandle(self.all[0])


class ModuleInstance:
    """One call of a module."""

    __slots__ = (
        "_child", "_condition", "_name", "_scope", "body", "busy", "condition_node", "deployed", "frame", "index",
        "opened", "opening", "properties", "series", "unit",
    )  # fmt: skip

    def __init__(self, series: ModuleSeries, frame: BicepFrame, node: Node, index: int | None) -> None:
        self.series = series
        self.unit = series.unit
        self.frame = frame
        self.index = index
        self.condition_node: Node | None = None
        if isinstance(node, If):
            self.condition_node, node = node.condition, node.body
        self.body: Object | None = node if isinstance(node, Object) else None
        self.properties: dict[str, Property] = {}
        for member in self.body.members if self.body is not None else []:
            if isinstance(member, Property) and isinstance(member.key, Name):
                self.properties[member.key.text] = member
        self.busy: set[str] = set()
        self.deployed = False
        self.opened = False
        self.opening = False
        self._child: Unit | Template | None = None
        self._name: Text | None = None
        self._scope: Scope | None = None
        self._condition: Value = self

    @property
    def symbol(self) -> str:
        name = self.series.statement.name
        return name.text if isinstance(name, Name) else ""

    @property
    def path(self) -> str:
        """The path or reference as it is written."""
        node = self.series.statement.path
        return node.value if isinstance(node, String) else ""

    @property
    def condition(self) -> Value:
        """As that of a resource."""
        if self._condition is self:
            node = self.condition_node
            if node is None:
                self._condition = True
            else:
                found = once(self.busy, "condition", self.symbol, lambda: condition_of_node(node, self.frame))
                self._condition = found
        return self._condition

    @property
    def name(self) -> Text:
        """The name of the deployment: as written, else made of the symbol and the name of the deployment around it."""
        if self._name is None:
            member = self.properties.get("name")
            if member is None:
                value = self._made_name()
            else:
                value = once(self.busy, "name", self.symbol, lambda: guarded(member.value, self.frame))
            if not isinstance(value, str | Unresolved):
                raise EvaluationError(f"The name of a module must be text, and this is {type_name(value)}.")
            self._name = value
        return self._name

    def _made_name(self) -> Value:
        symbol = self.symbol
        mark = invoke(FUNCTIONS["uniquestring"], "uniqueString", [symbol, self.unit.name], self.frame)
        index = "" if self.index is None else f"-{self.index}"
        cut = symbol[: _LONGEST_NAME - len("-") - 13 - (0 if self.index is None else 4)]
        if isinstance(mark, Unresolved):
            return Unresolved(f"format('{cut}{index}-{{0}}', {mark.expression})", mark.reason)
        return f"{cut}{index}-{mark}"

    @property
    def scope(self) -> Scope:
        """Where the module is deployed."""
        if self._scope is None:
            self._scope = once(self.busy, "scope", self.symbol, self._find_scope)
        return self._scope

    def _find_scope(self) -> Scope:
        member = self.properties.get("scope")
        if member is None:
            return self.unit.scope
        found = scope_of(member.value, self.frame)
        if isinstance(found, ScopeHandle):
            here = self.unit.scope.kind
            if found.scope.kind == "managementGroup" and here in ("resourceGroup", "subscription"):
                self.unit.refuse(member.value, f"a module cannot go from the scope '{here}' to a management group")
            return found.scope
        if isinstance(found, ResourceHandle):
            resource = found.instance
            low = resource.type.lower()
            around, _ = resource.place()
            if low == "microsoft.resources/resourcegroups":
                return group_scope(around, around.subscription_id, resource.name, self.frame)
            if low == "microsoft.management/managementgroups":
                return replace(around, kind="managementGroup", management_group_id=resource.name)
            if low == "microsoft.resources/subscriptions":
                return replace(around, kind="subscription", subscription_id=resource.name)
        raise EvaluationError("The scope of a module must be a scope.")

    @property
    def id(self) -> Text:
        """The id of the deployment."""
        return self.scope.resource_id("Microsoft.Resources/deployments", self.name)

    def child(self) -> Unit | Template | None:
        """What the module deploys; `None`, and a gap, where it cannot be seen."""
        if not self.opened:
            if self.opening:
                raise EvaluationError(f"The module '{self.symbol}' leads back to itself.")
            self.opening = True
            try:
                self._child = self._open()
                self.opened = True
            finally:
                self.opening = False
        return self._child

    def _open(self) -> Unit | Template | None:
        unit, statement = self.unit, self.series.statement
        try:
            found = find(unit.run, unit.program.path, self.path)
        except InputError as error:
            unit.refuse(statement, f"the module '{self.path}' is not seen: {error.message}", "module")
            return None
        if _levels(unit) >= MOST_LEVELS:
            unit.refuse(statement, f"modules nest more than {MOST_LEVELS} deep; the rest is not seen", "limit")
            return None
        try:
            if found.path.suffix.lower() == ".bicep":
                return self._open_bicep(found.path)
            return self._open_template(found.path, bool(found.registry))
        except InputError as error:
            message = f"the module '{self.path}' {error.message}"
            unit.refuse(statement, message, "module")
            return None

    def _open_bicep(self, path: Any) -> Unit | None:
        from linter.sources.bicep.unit import Unit as FileUnit  # a cycle of objects: a unit opens units

        unit = self.unit
        seen: Unit | None = unit
        while seen is not None:
            if seen.program.path == path:
                unit.refuse(self.series.statement, f"the module '{self.path}' leads back to this file")
                return None
            seen = seen.outer
        program = unit.library.program(path)
        given = self.given()
        for name, one in given.items():
            if name not in program.parameters and one.node is not None:
                unit.refuse(one.node, f"the module '{self.path}' has no parameter '{name}'")
        if program.target != self.scope.kind:
            message = f"the module '{self.path}' is written for the scope '{program.target}', not '{self.scope.kind}'"
            unit.refuse(self.series.statement, message)
        return FileUnit(
            program,
            unit.run,
            self.scope,
            self.name,
            given,
            outer=unit,
            chain=self.chain(),
            condition=self._whole_condition(),
            identity=self.identity,
        )

    def _open_template(self, path: Any, restored: bool) -> Template | None:
        unit = self.unit
        document = unit.library.document(path)
        if restored:
            unit.run.restored.add(document.path)
        unit.run.texts[document.path] = document.text
        value = document.value
        if not isinstance(value, dict) or "resources" not in lowered(value):
            raise InputError("is no template")
        arguments = {
            name: Argument(settle_given(one), partial(locate_given, one)) for name, one in self.given().items()
        }
        context = Context(self.scope, "", unit.library.root, (), unit.budget)
        scope = self.scope
        if "scope" not in self.properties and kind_of_scope(value) != scope.kind:
            unit.refuse(
                self.series.statement, f"the module '{self.path}' is written for the scope '{kind_of_scope(value)}'"
            )
        return open_template(
            value,
            arguments,
            scope,
            context,
            Source(document, calls_before=self.chain()),
            name=self.name,
            condition=self._whole_condition(),
            identity=self.identity,
            whole=True,
        )

    def chain(self) -> tuple[Place, ...]:
        """The module calls that lead into the module."""
        unit = self.unit
        return (*unit.chain, unit.program.place(_at_keyword(self.series.statement)))

    @property
    def identity(self) -> str:
        above = self.unit.identity
        return (f"{above}/{self.symbol}" if above else self.symbol).lower()

    def _whole_condition(self) -> Unresolved | None:
        above, own = self.unit.condition, self.condition
        if not isinstance(own, Unresolved):
            if above is not None and self.condition_node is not None:
                return Unresolved(f"and({above.expression}, {render(own)})", above.reason)
            return above
        return own if above is None else Unresolved(f"and({above.expression}, {own.expression})", own.reason)

    def given(self) -> dict[str, Given]:
        """The arguments by name, each evaluated when its parameter is asked for."""
        member = self.properties.get("params")
        if member is None:
            return {}
        found: dict[str, Given] = {}
        if isinstance(member.value, Object):
            for one in member.value.members:
                if isinstance(one, Property):
                    found[key_of(one.key, self.frame)] = Given(one.value, self.frame)
                elif isinstance(one, Spread):
                    self._spread(one, found)
            return found
        value = value_of(member.value, self.frame)
        if isinstance(value, dict):
            return {
                name: Given(None, None, item, partial(_below, self, member.value, name)) for name, item in value.items()
            }
        return {}

    def _spread(self, node: Spread, found: dict[str, Given]) -> None:
        value = value_of(node.value, self.frame)
        if isinstance(value, dict):
            for name, item in value.items():
                found[name] = Given(None, None, item, partial(_below, self, node.value, name))

    def output(self, name: str, safe: bool) -> Value:
        """The value of an output; open where the module is not seen, or the output is secret."""
        condition = self.condition
        if condition is False and not safe:
            return Unresolved(f"reference({render(self.id)}, {quote(VERSION)}).outputs.{name}.value")
        if condition is False:
            return None
        child = self.child()
        if child is not None and self.unit.run.deploy is not None:
            self.unit.run.deploy(self)
        reference = f"reference({render(self.id)}, {quote(VERSION)}).outputs.{name}.value"
        if child is None:
            return Unresolved(reference, "module")
        if self._is_secure(child, name):
            return Unresolved(f"listOutputsWithSecureValues({render(self.id)}, {quote(VERSION)}).{name}", "secret")
        value = nulls_known(child.output(name))
        if isinstance(condition, Unresolved) and safe:
            return Unresolved(f"tryGet(if({condition.expression}, {reference}, null()))", condition.reason)
        return value

    def _is_secure(self, child: Unit | Template, name: str) -> bool:
        from linter.sources.bicep.unit import Unit as FileUnit  # a cycle of objects: a unit opens units

        if isinstance(child, FileUnit):
            statement = child.program.outputs.get(name)
            return statement is not None and child.output_is_secure(statement)
        return name.lower() in child.promised and child.output_is_secure(name)


def _at_keyword(statement: Module) -> Node:
    """The stretch of a statement behind its decorators."""
    return Node(statement.keyword, statement.end)


def _levels(unit: Unit | None) -> int:
    count = 0
    while unit is not None:
        unit = unit.outer
        count += 1
    return count


def settle_given(given: Given) -> Value:
    """The value of an argument."""
    if given.node is not None and given.frame is not None:
        return build(given.node, given.frame)
    return given.value


def locate_given(given: Given, path: Path, key: bool) -> Place:
    """Where a part of an argument was written."""
    from linter.sources.bicep.trace import locate  # a cycle of objects: tracing goes through modules

    if given.node is not None and given.frame is not None:
        return locate(given.node, given.frame, path, key)
    if given.locate is not None:
        return given.locate(path, key)
    return Place("")


def _below(module: ModuleInstance, node: Node, name: str, path: Path, key: bool) -> Place:
    from linter.sources.bicep.trace import locate  # a cycle of objects: tracing goes through modules

    return locate(node, module.frame, (name, *path), key)
