"""One template in one deployment: parameters, variables, functions, outputs, each evaluated when first asked for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from linter.model import Gap, Path, Place, Unresolved, Value
from linter.sources.arm import evaluator
from linter.sources.arm.checks import check_template
from linter.sources.arm.frames import FunctionFrame, TemplateFrame
from linter.sources.arm.source import Argument, Source, index_texts, lowered
from linter.sources.arm.types import Types
from linter.sources.template.places import BODY, DEFAULT, HEAD
from linter.sources.template.scope import Context, Scope
from linter.sources.template.values import EvaluationError, LimitError, render_call, step_text, type_name

if TYPE_CHECKING:
    from linter.sources.arm.instances import Instance, Instances

_HASHED: Final = re.compile(r"\b(?:uniqueString|guid)\s*\(", re.IGNORECASE)
_WEIGHT: Final = 2000
"""What a template weighs in the budget of a run: some ten thousand deployments are looked into."""
_MOST_GAPS: Final = 500
"""Gaps that one template tells; more would drown the rest."""


PENDING: Final = object()
"""Marks a symbol that is being evaluated."""


class Template:
    """A template with the values that a deployment gives it.

    `outer` is the template whose resource deploys this one. `origin`, for a template in outer scope, is what this one
    was evaluated from: a frame of the outer template, a JSON value, and the path there. `condition` keeps the whole
    deployment open.
    """

    def __init__(
        self,
        value: dict[str, Any],
        source: Source,
        scope: Scope,
        context: Context,
        *,
        name: str | Unresolved,
        arguments: dict[str, Argument],
        outer: Template | None = None,
        condition: Unresolved | None = None,
        identity: str = "",
        origin: tuple[TemplateFrame, Any, Path] | None = None,
        whole: bool = False,
    ) -> None:
        context.budget.make_items(_WEIGHT)
        self.value = value
        self.source = source
        self.scope = scope
        self.context = context
        self.name = name
        self.outer = outer
        self.condition = condition
        self.identity = identity
        self.origin = origin
        self.whole = whole
        self.gaps: list[Gap] = []
        self.keys = lowered(value)
        self.arguments = {key.lower(): argument for key, argument in arguments.items()}
        self.given = {key.lower(): key for key in arguments}
        self.types = Types(self.section("definitions"))
        self.declared = self._symbols("parameters")
        self.defined = self._symbols("variables")
        self.promised = self._symbols("outputs")
        self.functions = self._functions()
        self._parameters: dict[str, Value] = {}
        self._variables: dict[str, Value] = {}
        self._outputs: dict[str, Value] = {}
        self._instances: Instances | None = None
        self._paths: dict[int, Path] | None = None
        self._told: set[tuple[int, str]] = set()
        self._loops = self._variable_loops()
        self.default_frame = TemplateFrame(self, DEFAULT, copies=False)
        self.variable_frame = TemplateFrame(self, HEAD)
        self.output_frame = TemplateFrame(self, BODY, sees=True)
        check_template(self)

    def section(self, name: str) -> Any:
        """A section of the template, its name without case; `None` where it is not there."""
        key = self.keys.get(name)
        return None if key is None else self.value[key]

    def _symbols(self, section: str) -> dict[str, tuple[str, Any]]:
        node = self.section(section)
        return {key.lower(): (key, item) for key, item in node.items()} if isinstance(node, dict) else {}

    def _functions(self) -> dict[str, tuple[str, dict[str, Any], Path]]:
        """User functions by `namespace.name` in lower case: the name as written, the definition, its path."""
        found: dict[str, tuple[str, dict[str, Any], Path]] = {}
        node = self.section("functions")
        for index, space in enumerate(node if isinstance(node, list) else []):
            keys = lowered(space)
            members = space.get(keys.get("members", "")) if isinstance(space, dict) else None
            if not isinstance(members, dict):
                continue
            namespace = space.get(keys.get("namespace", ""))
            for name, definition in members.items():
                if isinstance(definition, dict):
                    path = (self.keys["functions"], index, keys["members"], name)
                    found[f"{namespace}.{name}".lower()] = (f"{namespace}.{name}", definition, path)
        return found

    def _variable_loops(self) -> dict[str, tuple[dict[str, Any], int]]:
        """The loops in `copy` of `variables`, by name in lower case, with their index."""
        _, items = self.defined.get("copy", ("", None))
        if not isinstance(items, list) or not evaluator.is_copy(items):
            return {}
        del self.defined["copy"]
        loops = {}
        for index, item in enumerate(items):
            name = evaluator.parts(item)["name"]
            if isinstance(name, str):
                loops[name.lower()] = (item, index)
        return loops

    def path_of(self, node: object) -> Path:
        """The path of a text or container of the template, by its identity; empty where it is none of its own."""
        if self._paths is None:
            self._paths = index_texts(self.value)
        return self._paths.get(id(node), ())

    def tell(self, path: Path, message: str, kind: str) -> None:
        """Record a gap at a place of the template."""
        if len(self.gaps) < _MOST_GAPS:
            self.gaps.append(self.source.gap(path, message, kind))

    def fault(self, text: str, error: EvaluationError, at: object = None) -> Unresolved:
        """A text could not be evaluated: the gap is recorded once, the value stays an expression."""
        kind = "limit" if isinstance(error, LimitError) else "evaluation"
        node = text if at is None else at
        mark = (0 if kind == "limit" else id(node), error.message)
        if mark not in self._told:
            self._told.add(mark)
            self.tell(self.path_of(node), error.message, kind)
        return Unresolved(text[1:-1], "error")

    def refuse(self, message: str, at: object = None, kind: str = "refused", path: Path | None = None) -> None:
        """Record what the engine would refuse."""
        mark = (id(at), message)
        if mark not in self._told:
            self._told.add(mark)
            self.tell(self.path_of(at) if path is None else path, message, kind)

    def parameter(self, name: str) -> Value:
        """The value of a parameter; see `Frame`."""
        low = name.lower()
        value = self._parameters.get(low, self)
        if value is self:
            if low not in self.declared:
                raise EvaluationError(f"The template parameter '{name}' is not found.")
            self._parameters[low] = PENDING
            try:
                value = self._evaluate_parameter(low)
            except BaseException:
                del self._parameters[low]
                raise
            self._parameters[low] = value
        elif value is PENDING:
            raise EvaluationError(f"The definition of the parameter '{name}' leads back to itself.")
        return value

    def _evaluate_parameter(self, low: str) -> Value:
        name, node = self.declared[low]
        path = (self.keys["parameters"], name)
        if not isinstance(node, dict):
            return Unresolved(f"parameters('{name}')", "parameter")
        key = "defaultValue" if "defaultValue" in node else lowered(node).get("defaultvalue", "")
        default = node.get(key)
        secure = self.types.is_secure(node)
        argument = self.arguments.get(low)
        if argument is not None and not (argument.value is None and default is not None):
            value = argument.value
            self._check_value(value, node, name, (), argument)
            return self.types.conceal(value, node, f"parameters('{name}')")
        if default is not None:
            self.context.budget.enter()
            try:
                value = evaluator.evaluate(default, self.default_frame)
            finally:
                self.context.budget.leave()
            self._check_value(value, node, name, (*path, key), None)
            return conceal_default(default, value, f"parameters('{name}')") if secure else value
        if self.types.resolve(node).get("nullable") is True:
            return None
        if self.outer is not None or self.whole:
            self.refuse(f"the required parameter '{name}' is given no value", path=path)
        return Unresolved(f"parameters('{name}')", "secret" if secure else "parameter")

    def _check_value(self, value: Value, node: Any, name: str, path: Path, argument: Argument | None) -> None:
        for message in self.types.check(value, node, name):
            if argument is None:
                self.refuse(f"parameter {message}", path=path)
            elif len(self.gaps) < _MOST_GAPS:
                place = argument.locate((), False)
                self.gaps.append(Gap(place.path, f"parameter {message}", place.line, place.column, "refused"))

    def variable(self, name: str) -> Value:
        """The value of a variable; see `Frame`."""
        low = name.lower()
        value = self._variables.get(low, self)
        if value is self:
            if low not in self.defined and low not in self._loops:
                raise EvaluationError(f"The template variable '{name}' is not found.")
            budget = self.context.budget
            self._variables[low] = PENDING
            try:
                budget.enter()
                try:
                    value = self._evaluate_variable(low)
                finally:
                    budget.leave()
            except BaseException:
                del self._variables[low]
                raise
            self._variables[low] = value
        elif value is PENDING:
            raise EvaluationError(f"The definition of the variable '{name}' leads back to itself.")
        return value

    def _evaluate_variable(self, low: str) -> Value:
        if low in self._loops:
            item, _ = self._loops[low]
            return evaluator.turns(evaluator.parts(item), low, self.variable_frame, item)
        name, node = self.defined[low]
        if node is None:
            self.refuse(f"the variable '{name}' has no content", path=(self.keys["variables"], name))
        return evaluator.evaluate(node, self.variable_frame)

    def loop_of_variable(self, low: str) -> tuple[dict[str, Any], int] | None:
        """The loop that makes a variable, with its index in `copy`."""
        return self._loops.get(low)

    def call_user(self, namespace: str, name: str, args: list[Value]) -> Value:
        """The value of a user function; see `Frame`."""
        called = f"{namespace}.{name}"
        if called.lower() not in self.functions:
            raise EvaluationError(f"The template function '{called}' is not valid.")
        shown, definition, _ = self.functions[called.lower()]
        declared = definition.get(lowered(definition).get("parameters", ""))
        declared = declared if isinstance(declared, list) else []
        if len(declared) != len(args):
            raise EvaluationError(f"The function '{shown}' takes exactly {len(declared)} arguments, not {len(args)}.")
        arguments: dict[str, Value] = {}
        for node, value in zip(declared, args, strict=True):
            keys = lowered(node)
            key = str(node.get(keys.get("name", ""))) if isinstance(node, dict) else ""
            for message in self.types.check(value, node, key):
                raise EvaluationError(f"The argument {message} of the function '{shown}'.")
            arguments[key.lower()] = value
        output = definition.get(lowered(definition).get("output", ""))
        keys = lowered(output)
        node = output.get(keys.get("value", "")) if isinstance(output, dict) else None
        value = self._function_value(node, FunctionFrame(self, shown, arguments))
        for message in self.types.check(value, output, "output"):
            raise EvaluationError(f"The function '{shown}' gives what it does not declare: {message}.")
        return value

    def _function_value(self, node: Any, frame: FunctionFrame) -> Value:
        """The result of a function's body; a failure fails the call, not the body's text."""
        count = len(self.gaps)
        value = evaluator.evaluate(node, frame)
        if len(self.gaps) > count:
            message = self.gaps[-1].message
            del self.gaps[count:]
            self._told.clear()
            raise EvaluationError(message)
        return value

    def output(self, name: str) -> Value:
        """The value of an output; an `EvaluationError` where there is none, or where it leads back to itself."""
        low = name.lower()
        value = self._outputs.get(low, self)
        if value is self:
            if low not in self.promised:
                raise EvaluationError(f"The output '{name}' is not found.")
            self._outputs[low] = PENDING
            try:
                value = self._evaluate_output(*self.promised[low])
            except BaseException:
                del self._outputs[low]
                raise
            self._outputs[low] = value
        elif value is PENDING:
            raise EvaluationError(f"The definition of the output '{name}' leads back to itself.")
        return value

    def _evaluate_output(self, name: str, node: Any) -> Value:
        path: Path = (self.keys["outputs"], name)
        keys = lowered(node)
        if not isinstance(node, dict) or ("value" not in keys and "copy" not in keys):
            self.refuse(f"the output '{name}' has no value", path=path)
            return None
        if "condition" in keys and self._output_is_off(node[keys["condition"]], name, (*path, keys["condition"])):
            return None
        if "value" in keys:
            value = evaluator.evaluate(node[keys["value"]], self.output_frame)
        else:
            item = node[keys["copy"]]
            loop = evaluator.parts(item) if isinstance(item, dict) else {}
            if not {"count", "input"} <= loop.keys():
                self.refuse(f"the copy of the output '{name}' needs count and input", path=path)
                return None
            value = evaluator.turns(loop, name, self.output_frame, item, own=True)
        for message in self.types.check(value, node, name):
            self.refuse(f"output {message}", path=path)
        return value

    def _output_is_off(self, node: Any, name: str, path: Path) -> bool:
        value = evaluator.evaluate(node, self.output_frame.at(HEAD))
        if not isinstance(value, bool | Unresolved):
            self.refuse(f"the condition of the output '{name}' is {type_name(value)}, not a boolean", path=path)
        return value is False

    def output_is_secure(self, name: str) -> bool:
        """Whether an output is a secureString or secureObject."""
        return self.types.is_secure(self.promised[name.lower()][1])

    @property
    def instances(self) -> Instances:
        """The resources of the template, loops unrolled."""
        if self._instances is None:
            from linter.sources.arm.instances import Instances  # a cycle of types, not of work

            self._instances = Instances(self)
        return self._instances

    def reference(self, name: str, args: list[Value]) -> Value:
        """`reference(…)`: what the template states of the resource, else the call with the resource's id."""
        return self.instances.reference(name, args)

    def resource_info(self, name: str, args: list[Value]) -> Value:
        """`resourceInfo('symbol')`: name, type and id of a resource of the template."""
        found: Instance | None = self.instances.find(args[0]) if isinstance(args[0], str) else None
        if found is None:
            return Unresolved(render_call(name, args), "runtime")
        return {"name": found.name, "type": found.type, "id": found.id}

    def deployment(self) -> Value:
        """`deployment()`."""
        version = self.section("contentversion")
        known: dict[str, Value] = {"name": self.name}
        if self.scope.kind != "resourceGroup":
            known["location"] = self.scope.location
        known["properties"] = {"template": {"contentVersion": version}}
        return known

    def place(self, path: Path = (), key: bool = False) -> Place:
        """Where a value of the template stands."""
        return self.source.place(path, key)

    def evaluate_all(self) -> None:
        """What the engine evaluates whether it is used or not: parameters, variables and outputs."""
        for name, _ in self.declared.values():
            self.parameter(name)
        for low in self.given:
            if low not in self.declared:
                place = self.arguments[low].locate((), True)
                message = f"the template declares no parameter '{self.given[low]}'"
                self.gaps.append(Gap(place.path, message, place.line, place.column, "refused"))
        for name, _ in self.defined.values():
            self._safely(self.variable, name)
        for low in self._loops:
            self._safely(self.variable, low)
        for name, _ in self.promised.values():
            self._safely(self.output, name)

    def _safely(self, ask: Any, name: str) -> None:
        try:
            ask(name)
        except EvaluationError as error:
            self.refuse(error.message, path=())


def conceal_default(node: Any, value: Value, text: str) -> Value:
    """The default of a secure parameter without the texts that are written in it.

    An empty text, a number or a boolean is no secret, nor is a text hashed out of others (`uniqueString`, `guid`).
    """
    if isinstance(value, dict) and isinstance(node, dict):
        return {key: conceal_default(node.get(key), item, text + step_text(key)) for key, item in value.items()}
    if isinstance(value, list) and isinstance(node, list):
        pairs = zip(node, value, strict=False)
        return [conceal_default(one, item, f"{text}[{index}]") for index, (one, item) in enumerate(pairs)]
    hashed = isinstance(node, str) and node[:1] == "[" and _HASHED.search(node) is not None
    if isinstance(value, str | dict | list) and value and not hashed:
        return Unresolved(text, "secret")
    return value
