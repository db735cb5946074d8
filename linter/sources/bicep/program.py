"""One parsed file and the symbols that it declares. Nothing here depends on parameters: it is read once a run."""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import Final

from linter.model import Gap, Place
from linter.sources.bicep.binder import refusals
from linter.sources.bicep.config import config_for
from linter.sources.bicep.syntax import Call, Decorator, File, InstanceCall, Name, Node, String, Variable
from linter.sources.bicep.syntax_statements import (
    Assert,
    Extension,
    Function,
    Import,
    ImportItem,
    Module,
    Output,
    Parameter,
    ParameterAssignment,
    Resource,
    TargetScope,
    TypeDeclaration,
    Var,
)
from linter.sources.bicep.syntax_types import ResourceType, TypeName
from linter.sources.template.scope import ScopeKind

_SCOPES: Final[dict[str, ScopeKind]] = {
    "resourcegroup": "resourceGroup",
    "subscription": "subscription",
    "managementgroup": "managementGroup",
    "tenant": "tenant",
}


class Imported:
    """A name that comes from another file: `item` of the `statement`; without one the whole file under a name."""

    __slots__ = ("item", "original", "statement")

    def __init__(self, statement: Import, item: ImportItem | None, original: str) -> None:
        self.statement = statement
        self.item = item
        self.original = original


class Program:
    """A file and its symbols by name, case-sensitive. `path` is absolute, `shown` is how reports name the file.

    `resources` holds the resources in the order written, then the modules, as the compiler puts them. `symbolic`: the
    compiler writes languageVersion 2.0, as it does for types, functions and imports of the user.
    """

    __slots__ = (
        "assertions", "extensions", "file", "namespaces", "outputs", "parameters", "path", "resources", "shown",
        "symbolic", "symbols", "target", "variables",
    )  # fmt: skip

    def __init__(self, path: FilePath, shown: str, file: File) -> None:
        self.path = path
        self.shown = shown
        self.file = file
        self.symbols: dict[str, Node | Imported] = {}
        self.parameters: dict[str, Parameter] = {}
        self.variables: dict[str, Var | ParameterAssignment] = {}
        self.outputs: dict[str, Output] = {}
        self.resources: list[Resource | Module] = []
        self.assertions: list[Assert] = []
        self.extensions: list[Extension] = []
        self.namespaces: set[str] = {"az", "sys"}
        self.target: ScopeKind = "resourceGroup"
        self.symbolic = False
        for statement in file.statements:
            self._declare(statement)
        self.resources.sort(key=lambda one: isinstance(one, Module))

    def _declare(self, statement: Node) -> None:
        kind = type(statement)
        if isinstance(statement, Import | Extension | Function | TypeDeclaration | Assert) or (
            isinstance(statement, Parameter | Output) and not isinstance(statement.type, TypeName)
        ):
            self.symbolic = True
        if kind is TargetScope:
            value = statement.value  # type: ignore[attr-defined]  # told apart by its type object
            if isinstance(value, String):
                self.target = _SCOPES.get(value.value.lower(), "resourceGroup")
        elif kind is Import:
            self._import(statement)  # type: ignore[arg-type]  # told apart by its type object
        elif isinstance(statement, Extension):
            self._extend(statement)
        elif isinstance(statement, Assert):
            self.assertions.append(statement)
        elif isinstance(
            statement, Parameter | Var | ParameterAssignment | Output | Resource | Module | Function | TypeDeclaration
        ):
            if isinstance(statement, Resource | Module):
                self.resources.append(statement)
            if not isinstance(statement.name, Name):
                return
            name = statement.name.text
            if isinstance(statement, Output):
                self.outputs.setdefault(name, statement)
                return
            if isinstance(statement, Parameter):
                self.parameters.setdefault(name, statement)
            elif isinstance(statement, Var | ParameterAssignment):
                self.variables.setdefault(name, statement)
            self.symbols.setdefault(name, statement)

    def _import(self, statement: Import) -> None:
        if isinstance(statement.wildcard, Name):
            self.symbols.setdefault(statement.wildcard.text, Imported(statement, None, ""))
        for item in statement.items:
            if not isinstance(item, ImportItem):
                continue
            original = item.name.text if isinstance(item.name, Name) else getattr(item.name, "value", None)
            if not isinstance(original, str):
                continue
            name = item.alias.text if isinstance(item.alias, Name) else original
            self.symbols.setdefault(name, Imported(statement, item, original))

    def _extend(self, statement: Extension) -> None:
        self.extensions.append(statement)
        if isinstance(statement.alias, Name):
            self.namespaces.add(statement.alias.text)
        elif isinstance(statement.specification, Name):
            self.namespaces.add(statement.specification.text)

    def place(self, node: Node, chain: tuple[Place, ...] = ()) -> Place:
        """Where a node stands; `chain` are the module calls that lead to the file."""
        lines = self.file.lines
        line, column = lines.place(node.start)
        end_line, end_column = lines.place(node.end)
        return Place(self.shown, line, column, end_line, end_column, "", chain)

    def gap(self, node: Node | None, message: str, kind: str) -> Gap:
        """A gap at a node; at a statement that is decorated, at its first word."""
        line, column = (1, 1) if node is None else self.file.lines.place(getattr(node, "keyword", node.start))
        return Gap(self.shown, message, line, column, kind)

    def faults(self) -> list[Gap]:
        """What is wrong with the text."""
        lines = self.file.lines
        found = [Gap(self.shown, fault.message, *lines.place(fault.start), "syntax") for fault in self.file.faults]
        found.extend(
            Gap(self.shown, f"{fault.message} ({fault.code})", *lines.place(fault.start), "refused")
            for fault in refusals(self.file, bool(config_for(self.path.parent).features))
        )
        for extension in filter(self._is_foreign, self.extensions):
            name = self.file.source(extension.specification)
            message = f"the extension {name} is none of Azure's own; its resources are not seen"
            found.append(self.gap(extension, message, "module"))
        typed: list[Parameter | Output] = [*self.parameters.values(), *self.outputs.values()]
        found.extend(
            self.gap(one, "a resource as a type is experimental; its value is not seen", "refused")
            for one in typed
            if isinstance(one.type, ResourceType)
        )
        return found

    def _is_foreign(self, one: Extension) -> bool:
        return not (isinstance(one.specification, Name) and one.specification.text in ("az", "sys"))

    @property
    def foreign(self) -> bool:
        """Whether the file uses an extension other than ARM's own."""
        return any(self._is_foreign(one) for one in self.extensions)


def decorated(decorators: list[Decorator], name: str) -> list[Node] | None:
    """The arguments of a decorator, with or without its namespace; `None` where it does not stand there."""
    for decorator in decorators:
        call = decorator.expression
        if isinstance(call, Call):
            if call.name == name:
                return call.arguments
        elif (
            isinstance(call, InstanceCall)
            and isinstance(call.name, Name)
            and call.name.text == name
            and isinstance(call.target, Variable)
        ):
            return call.arguments
    return None
