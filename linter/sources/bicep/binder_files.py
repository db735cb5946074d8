"""Refusals of the Bicep compiler between files: parameters, outputs and exports that are not there, files in a ring."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress

from linter.sources.bicep.binder import TYPES, Binder
from linter.sources.bicep.binder_rules import body_of, decorator_name, key_of
from linter.sources.bicep.syntax import File, Name, Node, Object, Property, Spread, String, SyntaxFault
from linter.sources.bicep.syntax_statements import (
    Extends,
    Import,
    ImportItem,
    Module,
    Output,
    Parameter,
    ParameterAssignment,
    Statement,
    Using,
)
from linter.sources.bicep.syntax_types import ArrayType, TypeName

Load = Callable[[str], File | None]
"""The parsed file behind a path as written; None where it is not a Bicep file, is not there, or has syntax faults."""


def use_refusals(file: File, load: Load) -> list[SyntaxFault]:
    """What the compiler would refuse in how `file` uses other files, by place. Only what is there is judged."""
    if file.faults:
        return []
    found: list[SyntaxFault] = []
    modules: dict[str, File] = {}
    for statement in file.statements:
        if not isinstance(statement, Module | Import | Using) or not isinstance(statement.path, String):
            continue
        target = load(statement.path.value)
        if target is None or target.faults or target.parameters:
            continue
        if isinstance(statement, Module):
            found.extend(_module(statement, target))
            if isinstance(statement.name, Name):
                modules[statement.name.text] = target
        elif isinstance(statement, Import):
            found.extend(_import(statement, target))
        else:
            found.extend(_assignments(statement, file, target))
    found.extend(_outputs(file, modules))
    return sorted(found, key=lambda fault: fault.start)


def _parameters(file: File) -> dict[str, Parameter]:
    return {
        statement.name.text: statement
        for statement in file.statements
        if isinstance(statement, Parameter) and isinstance(statement.name, Name)
    }


def _required(file: File) -> list[str]:
    """The parameters that certainly need a value: no default, and a type that cannot be null."""
    hidden = {name.text for statement in file.statements if (name := _name(statement))}
    return [
        name
        for name, parameter in _parameters(file).items()
        if parameter.default is None
        and (
            isinstance(parameter.type, ArrayType)
            or (isinstance(parameter.type, TypeName) and parameter.type.name in TYPES - {"any"} - hidden)
        )
    ]


def _name(statement: Node) -> Name | None:
    name = getattr(statement, "name", None)
    return name if isinstance(name, Name) else None


def _module(statement: Module, target: File) -> Iterator[SyntaxFault]:
    body = body_of(statement.value)
    if body is None or any(isinstance(member, Spread) for member in body.members):
        return
    values = [member for member in body.members if isinstance(member, Property) and key_of(member) == "params"]
    stated: dict[str, Property] = {}
    if values:
        given = values[0].value
        if not isinstance(given, Object):
            return
        for member in given.members:
            key = key_of(member) if isinstance(member, Property) else None
            if key is None or not isinstance(member, Property):
                return
            stated[key] = member
    known = _parameters(target)
    for key, member in stated.items():
        if key not in known:
            yield SyntaxFault(member.key.start, member.key.end, "BCP037", f"the module has no parameter `{key}`")
    missing = [name for name in _required(target) if name not in stated]
    if missing:
        place = values[0].key if values else statement.name
        listed = ", ".join(f"`{name}`" for name in missing)
        yield SyntaxFault(place.start, place.end, "BCP035", f"the module needs {listed}")


def _import(statement: Import, target: File) -> Iterator[SyntaxFault]:
    exported = {
        name.text
        for other in target.statements
        if isinstance(other, Statement) and (name := _name(other))
        if any(decorator_name(decorator) == "export" for decorator in other.decorators)
    }
    for item in statement.items:
        if isinstance(item, ImportItem) and isinstance(item.name, Name) and item.name.text not in exported:
            message = f"the file exports no `{item.name.text}`"
            yield SyntaxFault(item.start, item.end, "BCP360", message)


def _assignments(statement: Using, file: File, target: File) -> Iterator[SyntaxFault]:
    known = _parameters(target)
    given: set[str] = set()
    for other in file.statements:
        if isinstance(other, ParameterAssignment) and isinstance(other.name, Name):
            given.add(other.name.text)
            if other.name.text not in known:
                message = f"the template has no parameter `{other.name.text}`"
                yield SyntaxFault(other.start, other.end, "BCP259", message)
    missing = [name for name in _required(target) if name not in given]
    extends = any(isinstance(other, Extends) for other in file.statements)
    if missing and not extends:
        listed = ", ".join(f"`{name}`" for name in missing)
        yield SyntaxFault(statement.path.start, statement.path.end, "BCP258", f"{listed} have no value here")


def _outputs(file: File, modules: dict[str, File]) -> Iterator[SyntaxFault]:
    if not modules:
        return
    binder = Binder(file)
    with suppress(RecursionError):  # as in `refusals`
        binder.run()
    for module, name in binder.outputs:
        target = modules.get(module)
        if target is None:
            continue
        names = [other.name for other in target.statements if isinstance(other, Output)]
        if all(isinstance(other, Name) and other.text != name.text for other in names):
            yield SyntaxFault(name.start, name.end, "BCP053", f"the module has no output `{name.text}`")
