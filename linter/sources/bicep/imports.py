"""Where imported names come from: another Bicep file, or a JSON template that was compiled from one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from linter.errors import InputError
from linter.model import Unresolved, Value
from linter.sources.arm.deployment import open_template
from linter.sources.arm.source import Source as TemplateSource
from linter.sources.arm.source import lowered
from linter.sources.bicep.frames import Handle
from linter.sources.bicep.program import Imported, decorated
from linter.sources.bicep.syntax import Name, Node
from linter.sources.template.scope import Context
from linter.sources.template.values import EvaluationError

if TYPE_CHECKING:
    from linter.sources.arm.template import Template
    from linter.sources.bicep.unit import Unit


class Source:
    """A file that names are imported from; one that cannot be seen leaves its names open.

    `fault` is what is wrong with it; it is told when a value is asked for, as types do not change what is deployed.
    """

    unit: Unit | None = None
    template: Template | None = None

    def __init__(self, fault: Callable[[], None] | None = None) -> None:
        self.fault = fault

    def _tell(self) -> None:
        if self.fault is not None:
            self.fault()

    def value(self, symbol: Imported, name: str) -> Value | Handle:
        """The value of an imported variable, or the namespace of the whole file."""
        if symbol.item is None:
            return NamespaceHandle(self, name)
        return self.variable(symbol.original)

    def variable(self, name: str) -> Value | Handle:
        """An exported variable."""
        self._tell()
        return Unresolved(f"variables('{name}')", "module")

    def function(self, name: str) -> Callable[[list[Value]], Value] | None:
        """An exported function."""
        self._tell()
        return lambda _args: Unresolved(f"__bicep.{name}()", "module")


class BicepSource(Source):
    """A Bicep file; its variables see their own file."""

    def __init__(self, unit: Unit) -> None:
        super().__init__()
        self.unit = unit

    def variable(self, name: str) -> Value | Handle:
        assert self.unit is not None
        return self.unit.value(name)

    def function(self, name: str) -> Callable[[list[Value]], Value] | None:
        assert self.unit is not None
        return self.unit.function(name)


class TemplateFile(Source):
    """A compiled template."""

    def __init__(self, template: Template) -> None:
        super().__init__()
        self.template = template

    def variable(self, name: str) -> Value:
        assert self.template is not None
        return self.template.variable(name)

    def function(self, name: str) -> Callable[[list[Value]], Value] | None:
        template = self.template
        assert template is not None
        for called in template.functions:
            namespace, _, member = called.rpartition(".")
            if member == name.lower():
                return lambda args: template.call_user(namespace, name, args)
        return None


class NamespaceHandle(Handle):
    """`import * as name`."""

    __slots__ = ("name", "source")

    def __init__(self, source: Source, name: str) -> None:
        self.source = source
        self.name = name

    def member(self, name: str, _safe: bool) -> Value | Handle:
        return self.source.variable(name)

    def whole(self) -> Value:
        raise EvaluationError(f"'{self.name}' is a namespace and no value.")

    def call(self, name: str, args: list[Value], _frame: object) -> Value:
        """A function of the namespace."""
        function = self.source.function(name)
        if function is None:
            raise EvaluationError(f"The import '{self.name}' has no function '{name}'.")
        return function(args)


def open_source(unit: Unit, statement: Node, written: str) -> Source:
    """The file of an import; what cannot be read is told, once."""
    from linter.sources.bicep.unit import Unit as FileUnit  # a cycle of objects: a unit opens units
    from linter.sources.bicep.where import find

    try:
        found = find(unit.run, unit.program.path, written, counted=False)
    except InputError as error:
        message = f"the import '{written}' is not seen: {error.message}"
        if not written.startswith(("br", "ts")):
            unit.refuse(statement, message, "module")
        return Source(lambda: unit.refuse(statement, message, "module"))
    if found.path.suffix.lower() in (".bicep", ".bicepparam"):
        try:
            program = unit.library.program(found.path)
        except InputError as error:
            unit.refuse(statement, f"'{written}' {error.message}", "module")
            return Source()
        unit.run.use(program)
        for item in getattr(statement, "items", ()):
            original = item.name.text if isinstance(getattr(item, "name", None), Name) else None
            symbol = program.symbols.get(original) if original is not None else None
            if original is not None and decorated(getattr(symbol, "decorators", []), "export") is None:
                unit.refuse(item, f"'{original}' is not exported by '{written}'")
        return BicepSource(FileUnit(program, unit.run, unit.scope, unit.name, {}, outer=unit, chain=unit.chain))
    return _template(unit, statement, found.path, written)


def _template(unit: Unit, statement: Node, path: Any, written: str) -> Source:
    try:
        document = unit.library.document(path)
    except InputError as error:
        unit.refuse(statement, f"'{written}' {error.message}", "module")
        return Source()
    if not isinstance(document.value, dict) or "resources" not in lowered(document.value):
        unit.refuse(statement, f"'{written}' is no template", "module")
        return Source()
    context = Context(unit.scope, str(unit.name), unit.library.root, (), unit.budget)
    return TemplateFile(open_template(document.value, {}, unit.scope, context, TemplateSource(document)))
