"""A file under a deployment: its symbols as values, evaluated when first asked for; cycles are told."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from linter.model import Gap, Place, Unresolved, Value
from linter.sources.bicep import imports, schemas
from linter.sources.bicep.calls import KeyVaultSecret
from linter.sources.bicep.expressions import build, evaluate, value_of
from linter.sources.bicep.frames import BicepFrame, Handle, Origin, settle
from linter.sources.bicep.handles import CollectionHandle
from linter.sources.bicep.modules import ModuleSeries
from linter.sources.bicep.program import Imported, Program, decorated
from linter.sources.bicep.resources import Series
from linter.sources.bicep.run import Given, Run
from linter.sources.bicep.syntax import Access, For, Index, Name, NestedAccess, Node, String, Ternary, Variable
from linter.sources.bicep.syntax_statements import (
    Function,
    Module,
    Output,
    Parameter,
    ParameterAssignment,
    Resource,
    TypeDeclaration,
    Var,
)
from linter.sources.bicep.syntax_types import TypedLambda, TypedName
from linter.sources.template.scope import Scope, Text
from linter.sources.template.values import EvaluationError, LimitError, render_call

if TYPE_CHECKING:
    from linter.sources.bicep.resources import Instance

_PENDING: Final = object()
_WEIGHT: Final = 2000
"""Items of the budget that a deployment counts for: modules that call modules twice over must come to an end."""


class Unit:
    """A file with the values that a deployment gives it.

    `name` is the deployment's; `outer` the file whose module this is, `chain` the module calls that lead here,
    `condition` what keeps the whole deployment open, `identity` the path of symbols from the root.
    """

    def __init__(
        self,
        program: Program,
        run: Run,
        scope: Scope,
        name: Text,
        given: dict[str, Given],
        *,
        outer: Unit | None = None,
        chain: tuple[Place, ...] = (),
        condition: Unresolved | None = None,
        identity: str = "",
        base: Unit | None = None,
    ) -> None:
        run.budget.make_items(_WEIGHT)
        self.program = program
        self.run = run
        self.library = run.library
        self.budget = run.budget
        self.scope = scope
        self.name = name
        self.given = given
        self.outer = outer
        self.chain = chain
        self.condition = condition
        self.identity = identity
        self.base = base
        self.frame = BicepFrame(self)
        self._values: dict[str, Value] = {}
        self._outputs: dict[str, Value] = {}
        self._functions: dict[str, Callable[[list[Value]], Value] | None] = {}
        self._imports: dict[str, imports.Source] = {}
        self._series: dict[int, Series | ModuleSeries] = {}
        self._by_id: dict[str, Instance] | None = None
        self._inputs: dict[int, int] = {}
        types = run.types.get(program.path)
        if types is None:
            types = run.types[program.path] = schemas.Schemas(self)
        self.types = types

    # --- what is told

    def fault(self, node: Node, _frame: BicepFrame, error: EvaluationError) -> Unresolved:
        """An expression could not be evaluated: the gap is recorded once, the value stays as it is written."""
        kind = "limit" if isinstance(error, LimitError) else "evaluation"
        mark = 0 if kind == "limit" else id(node)
        self.run.tell(self.program.gap(node, error.message, kind), mark)
        text = self.program.file.source(node)
        return Unresolved(text if len(text) <= 200 else text[:199] + "…", "error")

    def refuse(self, node: Node | None, message: str, kind: str = "refused") -> None:
        """Record what the compiler or the engine would refuse."""
        self.run.tell(self.program.gap(node, message, kind), id(node))

    def place(self, node: Node) -> Place:
        """Where a node of the file stands."""
        return self.program.place(node, self.chain)

    # --- symbols

    def value(self, name: str) -> Value:
        """What a name means: a value, or a `Handle`; raises `EvaluationError`."""
        value = self._values.get(name, self)
        if value is _PENDING:
            raise EvaluationError(f"The definition of '{name}' leads back to itself.")
        if value is not self:
            return value
        symbol = self.program.symbols.get(name)
        if symbol is None and self.base is not None:
            return BaseHandle(self.base) if name == "base" else self.base.value(name)
        self._values[name] = _PENDING
        budget = self.budget
        try:
            budget.enter()
            try:
                value = self._evaluate(name, symbol)
            finally:
                budget.leave()
        except BaseException:
            del self._values[name]
            raise
        self._values[name] = value
        return value

    def _evaluate(self, name: str, symbol: Node | Imported | None) -> Value:
        if isinstance(symbol, Parameter):
            return self._parameter(name, symbol)
        if isinstance(symbol, Var | ParameterAssignment):
            value = value_or_built(symbol.value, self.frame)
            if isinstance(symbol, Var) and symbol.type is not None:
                self._check(value, self.types.of(symbol.type), name, symbol)
            return value
        if isinstance(symbol, Resource):
            return self._handle(self.series(symbol), symbol)
        if isinstance(symbol, Module):
            return self.module_series(symbol).handle()
        if isinstance(symbol, Imported):
            return self.imported(symbol.statement).value(symbol, name)
        if symbol is None:
            raise EvaluationError(f"The name '{name}' does not exist in this file.")
        raise EvaluationError(f"The name '{name}' is no value.")

    def _handle(self, series: Series, symbol: Resource) -> Value:
        if isinstance(symbol.value, For):
            return CollectionHandle(series)
        return series.only()

    def series(self, statement: Resource) -> Series:
        """The instances of a resource statement at the top of the file."""
        found = self._series.get(id(statement))
        if found is None:
            found = self._series[id(statement)] = Series(self, statement, None, self.frame)
        return found  # type: ignore[return-value]  # a resource has a `Series`

    def module_series(self, statement: Module) -> ModuleSeries:
        """The instances of a module statement."""
        found = self._series.get(id(statement))
        if found is None:
            found = self._series[id(statement)] = ModuleSeries(self, statement)
        return found  # type: ignore[return-value]  # a module has a `ModuleSeries`

    def function(self, name: str) -> Callable[[list[Value]], Value] | None:
        """A function of the user by its name; `None` where there is none."""
        if name in self._functions:
            return self._functions[name]
        symbol = self.program.symbols.get(name)
        found: Callable[[list[Value]], Value] | None = None
        if isinstance(symbol, Function) and isinstance(symbol.body, TypedLambda):
            found = self.own_function(symbol, symbol.body)
        elif isinstance(symbol, Imported) and symbol.item is not None:
            found = self.imported(symbol.statement).function(symbol.original)
        self._functions[name] = found
        return found

    def own_function(self, statement: Function, body: TypedLambda) -> Callable[[list[Value]], Value]:
        """A function that this file declares."""
        name = statement.name.text if isinstance(statement.name, Name) else ""

        def call(args: list[Value]) -> Value:
            value = value_of(body.body, self.function_frame(statement, args))
            for message in self.types.check(value, self.types.of(body.returns), "output"):
                raise EvaluationError(f"The function '{name}' gives what it does not declare: {message}.")
            return value

        return call

    def function_frame(
        self, statement: Function, args: list[Value], origins: dict[str, Origin] | None = None
    ) -> BicepFrame:
        """What the body of a function sees of its arguments."""
        body = statement.body
        names: dict[str, Value] = {}
        declared = body.parameters if isinstance(body, TypedLambda) else []
        name = statement.name.text if isinstance(statement.name, Name) else ""
        if len(declared) != len(args):
            raise EvaluationError(f"The function '{name}' takes {len(declared)} arguments, not {len(args)}.")
        for one, value in zip(declared, args, strict=True):
            if isinstance(one, TypedName) and isinstance(one.name, Name):
                for message in self.types.check(value, self.types.of(one.type), one.name.text):
                    raise EvaluationError(f"The argument {message} of the function '{name}'.")
                names[one.name.text] = value
        return BicepFrame(self, names, origins)

    def imported(self, statement: Node) -> imports.Source:
        """The file that an import names, under the same deployment."""
        path = statement.path  # type: ignore[attr-defined]  # Import
        key = path.value if isinstance(path, String) else ""
        found = self._imports.get(key)
        if found is None:
            found = self._imports[key] = imports.open_source(self, statement, key)
        return found

    # --- parameters

    def _parameter(self, name: str, statement: Parameter) -> Value:
        schema = self.types.of_parameter(statement)
        given = self.given.get(name)
        secure = self.types.is_secure(schema)
        if given is not None:
            value = given.value
            if given.node is not None and given.frame is not None:
                value = stated_or_built(given.node, given.frame)
            if not (value is None and statement.default is not None):
                return self._given(name, value, given, schema, secure, statement)
        if statement.default is not None:
            value = build(statement.default, self.frame)
            self._check(value, schema, name, statement)
            return value
        if self.types.is_nullable(schema):
            return None
        if self.outer is not None:
            self.refuse(statement, f"the required parameter '{name}' is given no value")
        return Unresolved(f"parameters('{name}')", "secret" if secure else "parameter")

    def _given(
        self, name: str, value: Value, given: Given, schema: schemas.Schema, secure: bool, statement: Parameter
    ) -> Value:
        if isinstance(value, KeyVaultSecret):
            return Unresolved(f"parameters('{name}')", "secret")
        for message in self.types.check(value, schema, name):
            place = given_place(given)
            if place is None:
                self.refuse(statement, f"parameter {message}")
            else:
                self.run.tell(
                    Gap(place.path, f"parameter {message}", place.line, place.column, "refused"), id(statement)
                )
        if secure:
            if value is None or isinstance(value, Unresolved):
                return value
            return Unresolved(f"parameters('{name}')", "secret")
        return self.types.mask(value, schema, f"parameters('{name}')")

    def _check(self, value: Value, schema: schemas.Schema, name: str, node: Node) -> None:
        for message in self.types.check(value, schema, name):
            self.refuse(node, message)

    # --- outputs and what is asked of the deployment

    def output(self, name: str) -> Value:
        """The value of an output; raises `EvaluationError` where there is none."""
        value = self._outputs.get(name, self)
        if value is _PENDING:
            raise EvaluationError(f"The definition of the output '{name}' leads back to itself.")
        if value is not self:
            return value
        statement = self.program.outputs.get(name)
        if statement is None:
            raise EvaluationError(f"The output '{name}' is not found.")
        self._outputs[name] = _PENDING
        try:
            value = stated_or_built(statement.value, self.frame)
            self._check(value, self.types.of_output(statement), name, statement)
        except BaseException:
            del self._outputs[name]
            raise
        self._outputs[name] = value
        return value

    def output_is_secure(self, statement: Output) -> bool:
        """Whether an output is secret."""
        return decorated(statement.decorators, "secure") is not None or self.types.is_secure(
            self.types.of_output(statement)
        )

    def deployment(self) -> Value:
        """`deployment()`."""
        known: dict[str, Value] = {"name": self.name}
        if self.scope.kind != "resourceGroup":
            known["location"] = self.scope.location
        known["properties"] = {"template": {"contentVersion": "1.0.0.0"}}
        return known

    def runtime(self, name: str, args: list[Value]) -> Value:
        """A function that only the deployment can answer; `reference()` of what the file states is read."""
        if name == "reference" and args and isinstance(args[0], str):
            found = self._instances_by_id().get(args[0].lower())
            if found is not None:
                handle = found.handle()
                return handle.whole() if len(args) > 2 else handle.properties().whole()
        return Unresolved(render_call(name, args), "runtime")

    def _instances_by_id(self) -> dict[str, Instance]:
        if self._by_id is None:
            self._by_id = {}
            found: dict[str, Instance] = {}
            for statement in self.program.resources:
                if isinstance(statement, Resource) and not statement.existing:
                    for instance in self.series(statement).deep():
                        if isinstance(instance.id, str):
                            found[instance.id.lower()] = instance
            self._by_id = found
        return self._by_id

    def group(self, wanted: str) -> tuple[Text | None, object] | None:
        """Location and tags of a resource group that the file states, by its id in lower case."""
        for statement in self.program.resources:
            if not isinstance(statement, Resource) or statement.existing or not isinstance(statement.type, String):
                continue
            if not statement.type.value.lower().startswith("microsoft.resources/resourcegroups@"):
                continue
            for instance in self.series(statement).all:
                if isinstance(instance.id, str) and instance.id.lower() == wanted and instance.condition is not False:
                    location = instance.body.get("location")
                    return location if isinstance(location, str | Unresolved) else None, instance.body.get("tags")
        return None

    def input_index(self, node: Node) -> int:
        """The number of an external input: by the order in which they are asked for."""
        return self._inputs.setdefault(id(node), len(self._inputs))

    def type_declaration(self, name: str) -> TypeDeclaration | Imported | None:
        """A type of the user by its name."""
        symbol = self.program.symbols.get(name)
        return symbol if isinstance(symbol, TypeDeclaration | Imported) else None

    def evaluate_all(self) -> None:
        """What the engine evaluates whether it is used or not: parameters, variables, outputs."""
        for name, statement in (*self.program.parameters.items(), *self.program.variables.items()):
            try:
                self.value(name)
            except LimitError:
                raise
            except EvaluationError as error:
                self.refuse(statement, error.message, "evaluation")
        for name, output in self.program.outputs.items():
            try:
                self.output(name)
            except LimitError:
                raise
            except EvaluationError as error:
                self.refuse(output, error.message, "evaluation")


class BaseHandle(Handle):
    """`base` in a parameter file that extends another: the values there."""

    __slots__ = ("unit",)

    def __init__(self, unit: Unit) -> None:
        self.unit = unit

    def member(self, name: str, safe: bool) -> Value | Handle:
        if safe and name not in self.unit.program.variables and self.unit.base is None:
            return None
        return self.unit.value(name)

    def whole(self) -> Value:
        return {name: settle(self.unit.value(name)) for name in self.unit.program.variables}


def value_or_built(node: Node, frame: BicepFrame) -> Value | Handle:
    """The value of a variable: parts that fail stay open, a resource stays a handle."""
    if isinstance(node, Variable | NestedAccess | Index | Access | Ternary):
        try:
            return evaluate(node, frame)
        except EvaluationError as error:
            return frame.unit.fault(node, frame, error)
    return build(node, frame)


def stated_or_built(node: Node, frame: BicepFrame) -> Value:
    """The value of an output or argument; what a file states of a resource can still be asked for more."""
    value = value_or_built(node, frame)
    return value.whole() if isinstance(value, Handle) else value


def given_place(given: Given) -> Place | None:
    """Where the value of a parameter was given."""
    if given.node is not None and given.frame is not None:
        return given.frame.unit.place(given.node)
    return given.locate((), False) if given.locate is not None else None
