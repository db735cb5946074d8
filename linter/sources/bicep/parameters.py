"""Parameter files: Bicep ones with what they extend, and ARM JSON ones; the values by name, each with its place."""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import TYPE_CHECKING

from linter.errors import InputError
from linter.model import Gap
from linter.sources.arm.parameters import is_parameter_file, read_arguments
from linter.sources.bicep.library import absolute_path
from linter.sources.bicep.program import Program
from linter.sources.bicep.run import Given, Run
from linter.sources.bicep.syntax import NoneLiteral, String
from linter.sources.bicep.syntax_statements import Extends, ParameterAssignment, Using
from linter.sources.bicep.syntax_types import NullableType, TypeName
from linter.sources.bicep.where import find
from linter.sources.template.scope import Context

if TYPE_CHECKING:
    from linter.sources.bicep.unit import Unit

_MOST_LEVELS = 32


def read_given(files: list[FilePath], run: Run, context: Context, program: Program | None = None) -> dict[str, Given]:
    """The values of parameter files by name, for a Bicep file; of two files the later one counts. Faults are gaps of
    the run."""
    given: dict[str, Given] = {}
    for file in files:
        path = absolute_path(file)
        run.library.name(path, file.as_posix())
        if file.suffix.lower() == ".bicepparam":
            given.update(read_bicep(path, run, context))
        else:
            given.update(read_json(path, run, context, {} if program is None else _kinds(program)))
    return given


def _kinds(program: Program) -> dict[str, str]:
    """The types of a file's parameters by name in lower case, "" for those that are more than a name."""
    found = {}
    for name, statement in program.parameters.items():
        kind = statement.type.base if isinstance(statement.type, NullableType) else statement.type
        found[name.lower()] = kind.name if isinstance(kind, TypeName) else ""
    return found


def read_json(path: FilePath, run: Run, context: Context, kinds: dict[str, str]) -> dict[str, Given]:
    """The values of an ARM parameter file; `kinds` are the types of the parameters."""
    shown = run.library.shown(path)
    try:
        document = run.library.document(path)
    except InputError as error:
        run.tell(Gap(shown, error.message, max(error.line, 1), max(error.column, 1), "syntax"))
        return {}
    if not is_parameter_file(document):
        run.tell(Gap(shown, "is no parameter file: it has no object 'parameters'", kind="syntax"))
    run.texts[document.path] = document.text
    arguments, gaps = read_arguments(document, context, kinds)
    for gap in gaps:
        run.tell(gap)
    return {name: Given(None, None, one.value, one.locate) for name, one in arguments.items()}


def read_bicep(path: FilePath, run: Run, context: Context) -> dict[str, Given]:
    """The values of a Bicep parameter file, those of the files that it extends first."""
    unit = open_parameters(path, run, context, ())
    return {} if unit is None else given_of(unit)


def given_of(unit: Unit) -> dict[str, Given]:
    """The assignments of a parameter file and of those it extends."""
    given = {} if unit.base is None else given_of(unit.base)
    for name, statement in unit.program.variables.items():
        if isinstance(statement, ParameterAssignment):
            given[name] = Given(statement.value, unit.frame)
    return given


def open_parameters(path: FilePath, run: Run, context: Context, seen: tuple[FilePath, ...]) -> Unit | None:
    """A Bicep parameter file under the deployment of its template; `None`, and a gap, where it cannot be read."""
    from linter.sources.bicep.unit import Unit as FileUnit  # a cycle of objects: units take what is read here

    try:
        program = run.library.program(path)
    except InputError as error:
        run.tell(Gap(run.library.shown(path), error.message, max(error.line, 1), max(error.column, 1)))
        return None
    base = None
    for statement in program.file.statements:
        if isinstance(statement, Extends) and isinstance(statement.path, String):
            try:
                found = find(run, path, statement.path.value)
            except InputError as error:
                run.tell(
                    program.gap(statement, f"the parameter file it extends is not seen: {error.message}", "module")
                )
                continue
            if found.path in seen or found.path == path or len(seen) > _MOST_LEVELS:
                run.tell(program.gap(statement, "the parameter file extends itself", "refused"))
                continue
            base = open_parameters(found.path, run, context, (*seen, path))
    run.use(program)
    unit = FileUnit(program, run, context.scope, context.deployment_name, {}, base=base)
    if not any(isinstance(one, Using) for one in program.file.statements):
        run.tell(program.gap(None, "the parameter file says not which template it is for (`using`)", "refused"))
    return unit


def using_of(program: Program, run: Run) -> FilePath | None:
    """The template that a parameter file names; `None`, and a gap, where it names none that can be read."""
    for statement in program.file.statements:
        if isinstance(statement, Using):
            if isinstance(statement.path, NoneLiteral):
                run.tell(program.gap(statement, "the parameter file uses no template", "link"))
                return None
            written = statement.path.value if isinstance(statement.path, String) else ""
            try:
                return find(run, program.path, written).path
            except InputError as error:
                run.tell(program.gap(statement, f"the template '{written}' is not seen: {error.message}", "link"))
                return None
    run.tell(program.gap(None, "the parameter file says not which template it is for (`using`)", "link"))
    return None
