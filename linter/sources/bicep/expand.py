"""Bicep files → inventories: every resource that a file would deploy, modules and inline deployments flattened."""

from __future__ import annotations

import gc
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path as FilePath
from typing import Any, Final

from linter.errors import InputError
from linter.model import Gap, Inventory, Locator, Path, Place, Resource, Unresolved, Value
from linter.sources.arm.deployment import Expansion
from linter.sources.arm.deployment import run as run_template
from linter.sources.arm.template import Template
from linter.sources.bicep.frames import settle
from linter.sources.bicep.handles import DEPLOYMENTS
from linter.sources.bicep.inline import condition_of, open_inline
from linter.sources.bicep.library import Library, absolute_path
from linter.sources.bicep.modules import ModuleInstance
from linter.sources.bicep.parameters import read_given, using_of
from linter.sources.bicep.program import Program
from linter.sources.bicep.resources import Instance
from linter.sources.bicep.run import Given, Run
from linter.sources.bicep.syntax import Node, String, joined
from linter.sources.bicep.syntax_statements import Module, Output, Parameter
from linter.sources.bicep.trace import locate, locate_resource
from linter.sources.bicep.unit import Unit, given_place
from linter.sources.template.scope import Context
from linter.sources.template.values import EvaluationError, LimitError

_PYTHON_LEVELS: Final = 6000
"""Python's own limit of calls, raised: a chain of a hundred variables or modules needs some thousands."""


def expand_file(
    path: FilePath, parameters: list[FilePath], context: Context, library: Library | None = None
) -> Inventory:
    """The inventory of a Bicep file, or of the file that a Bicep parameter file uses.

    `parameters` are parameter files (ARM JSON or Bicep); a given `library` shares what it read with other entry points.
    Raises nothing for what the files hold: that is a gap.
    """
    if sys.getrecursionlimit() < _PYTHON_LEVELS:
        sys.setrecursionlimit(_PYTHON_LEVELS)
    library = Library(context.root) if library is None else library
    run = Run(library, context.budget, context.modules)
    absolute = absolute_path(path)
    library.name(absolute, path.as_posix())
    inventory = Inventory(name=path.as_posix())
    collecting = gc.isenabled()
    gc.disable()  # trees and values all live to the end; looking through them again and again costs a third of the time
    try:
        _expand(absolute, parameters, context, run, inventory)
    except InputError as error:
        run.tell(Gap(path.as_posix(), error.message, max(error.line, 1), max(error.column, 1), "syntax"))
    finally:
        if collecting:
            gc.enable()
    seen, all_of_them = sum(run.registry.values()), len(run.registry)
    if seen < all_of_them:
        message = f"{seen} of {all_of_them} registry modules are seen; what the others deploy is not judged"
        run.tell(Gap(path.as_posix(), message, kind="module"))
    inventory.gaps = list(dict.fromkeys(run.gaps))
    inventory.complete = not inventory.gaps
    inventory.restored = frozenset(run.restored)
    inventory.texts.update(run.texts)
    inventory.texts.update({program.shown: joined(program.file.text) for program in run.programs.values()})
    return inventory


def _expand(absolute: FilePath, parameters: list[FilePath], context: Context, run: Run, inventory: Inventory) -> None:
    if absolute.suffix.lower() == ".bicepparam":
        program = run.library.program(absolute)
        parameters = [FilePath(run.library.shown(absolute)), *parameters]
        target = using_of(program, run)
        if target is None:
            run.use(program)
            return
        absolute = target
    if absolute.suffix.lower() != ".bicep":
        _expand_template(absolute, read_given(parameters, run, context), context, run, inventory)
        return
    program = run.library.program(absolute)
    given = read_given(parameters, run, context, program)
    scope = replace(context.scope, kind=program.target)
    unit = Unit(program, run, scope, context.deployment_name, given)
    for name, one in given.items():
        if name not in program.parameters:
            place = given_place(one)
            if place is not None:
                message = f"the template declares no parameter '{name}'"
                run.tell(Gap(place.path, message, place.line, place.column, "refused"))
    _missing(unit, parameters)
    run.deploy = partial(_deploy_module, inventory=inventory)
    _run_unit(unit, inventory)


def _missing(unit: Unit, parameters: list[FilePath]) -> None:
    """A Bicep parameter file must give all that is required."""
    files = [one for one in parameters if one.suffix.lower() == ".bicepparam"]
    if not files:
        return
    for name, statement in unit.program.parameters.items():
        required = statement.default is None and name not in unit.given
        if required and not unit.types.is_nullable(unit.types.of_parameter(statement)):
            message = f"the required parameter '{name}' is given no value"
            unit.run.tell(Gap(files[-1].as_posix(), message, kind="refused"))


def _expand_template(path: FilePath, given: dict[str, Given], context: Context, run: Run, inventory: Inventory) -> None:
    """A JSON template with the values of a Bicep parameter file."""
    from linter.sources.arm.deployment import kind_of_scope, open_template
    from linter.sources.arm.source import Argument, Source
    from linter.sources.bicep.modules import locate_given, settle_given

    document = run.library.document(path)
    run.texts[document.path] = document.text
    if not isinstance(document.value, dict):
        run.tell(Gap(document.path, "a template must be a JSON object", kind="syntax"))
        return
    arguments = {name: Argument(settle_given(one), partial(locate_given, one)) for name, one in given.items()}
    scope = replace(context.scope, kind=kind_of_scope(document.value))
    take(run_template(open_template(document.value, arguments, scope, context, Source(document))), run, inventory)


def take(found: Expansion, run: Run, inventory: Inventory, chain: tuple[Place, ...] = ()) -> None:
    """Add what a JSON template deploys; `chain` are the module calls that lead to it."""
    for resource in found.resources:
        if chain:
            resource.locate = partial(_called, resource.locate, chain)
    inventory.resources.extend(found.resources)
    inventory.deployments.extend(found.deployments)
    for gap in found.gaps:
        mark = hash((gap.path, gap.line, gap.column))
        if chain and gap.path in run.restored:
            call, message = chain[-1], f"in the restored module: {gap.message}"
            gap = replace(gap, path=call.path, line=call.line, column=call.column, message=message)
        run.tell(gap, mark)


def _called(locate_it: Locator, chain: tuple[Place, ...], path: Path, key: bool) -> Place:
    """A place in a called template, or in a file around it: the chain leads to the resource all the same."""
    place = locate_it(path, key)
    return place if len(place.chain) >= len(chain) else replace(place, chain=chain)


def _run_unit(unit: Unit, inventory: Inventory) -> None:
    own = _deployment(unit)
    inventory.deployments.append(own)
    unit.run.use(unit.program)
    try:
        for statement in unit.program.resources:
            try:
                if isinstance(statement, Module):
                    for module in unit.module_series(statement).all:
                        _deploy_module(module, inventory)
                else:
                    for instance in unit.series(statement).deep():
                        _deploy(instance, inventory)
            except LimitError:
                raise
            except EvaluationError as error:
                unit.refuse(statement, error.message, "evaluation")
        unit.evaluate_all()
    except LimitError as error:
        unit.refuse(None, error.message, "limit")
    except RecursionError:
        unit.refuse(None, "the file nests too deeply; the rest of it is not seen", "limit")
    own.body.update({"parameters": _parameter_facts(unit), "outputs": _output_facts(unit)})


def _deploy_module(module: ModuleInstance, inventory: Inventory) -> None:
    if module.deployed or module.condition is False:
        return
    module.deployed = True
    name = module.name
    del name  # asked for its faults
    child = module.child()
    if isinstance(child, Unit):
        _run_unit(child, inventory)
    elif child is not None:
        take(run_template(child), module.unit.run, inventory, module.chain())


def _deploy(instance: Instance, inventory: Inventory) -> None:
    unit = instance.unit
    statement = instance.series.statement
    if instance.existing:
        if not instance.foreign and instance.condition_node is None:
            _check(instance)
        return
    try:
        if instance.condition is False:
            return
    except EvaluationError as error:
        unit.refuse(statement, error.message, "evaluation")
    if instance.foreign:
        _deploy_foreign(instance, inventory)
        return
    if instance.type.lower() == DEPLOYMENTS:
        child: Template | None = open_inline(instance)
        if child is not None:
            take(run_template(child), unit.run, inventory)
        return
    _check(instance)
    prefix = unit.scope.prefix()
    name, own_id, body = instance.name, instance.id, instance.body
    inventory.resources.append(
        Resource(
            type=instance.type,
            name=name,
            id=own_id,
            api_version=instance.api_version,
            body=body,
            locate=partial(locate_resource, instance),
            origin="bicep",
            condition=condition_of(instance),
            identity=instance.identity,
            deployment=_name_text(unit.name),
            scope=prefix if isinstance(prefix, str) else f"[{prefix.expression}]",
        )
    )


def _deploy_foreign(instance: Instance, inventory: Inventory) -> None:
    """A resource of another extension: no id and no name that Azure knows, all that is written is its properties."""
    inventory.resources.append(
        Resource(
            type=f"{instance.type}@{instance.api_version}",
            name="",
            id="",
            api_version="",
            body={"properties": instance.body},
            locate=partial(_locate_foreign, instance),
            origin="bicep",
            condition=condition_of(instance),
            identity=instance.identity,
            deployment=_name_text(instance.unit.name),
        )
    )


def _locate_foreign(instance: Instance, path: Path, key: bool) -> Place:
    return locate_resource(instance, path[1:], key)


def _check(instance: Instance) -> None:
    """Record what the engine would refuse of a resource."""
    statement = instance.series.statement
    refuse = instance.unit.refuse
    if not instance.own_type:
        refuse(statement.type, "the resource has no type", "refused")
        return
    if "name" not in instance.properties:
        refuse(statement, "the resource has no name", "refused")
        return
    name = instance.name
    want = instance.type.count("/")
    if isinstance(name, str):
        have = sum(1 for segment in name.split("/") if segment)
        if have != want or not want:
            refuse(
                instance.properties["name"].value,
                f"the name '{name}' has {have} segments, and the type '{instance.type}' asks for {want}",
            )


def _name_text(name: str | Unresolved) -> str:
    return name if isinstance(name, str) else f"[{name.expression}]"


# --- the deployments themselves


def _deployment(unit: Unit) -> Resource:
    """The deployment itself, for what is asked of its parameters and outputs; see `model.Inventory`; filled later."""
    return Resource(
        type="Microsoft.Resources/deployments",
        name=unit.name,
        id=unit.scope.resource_id("Microsoft.Resources/deployments", unit.name),
        api_version="",
        body={},
        locate=partial(_locate_in_deployment, unit),
        origin="bicep",
        condition=unit.condition,
        identity=unit.identity,
        deployment=_name_text(unit.name),
    )


def _parameter_facts(unit: Unit) -> dict[str, Value]:
    facts: dict[str, Value] = {}
    for name, statement in unit.program.parameters.items():
        schema = unit.types.of_parameter(statement)
        fact: dict[str, Value] = {"type": _kind(unit, schema), "secure": unit.types.is_secure(schema)}
        try:
            fact["value"] = settle(unit.value(name))
        except EvaluationError:
            fact["value"] = Unresolved(f"parameters('{name}')", "error")
        if statement.default is not None:
            fact["defaultValue"] = _default(unit, name, statement.default, fact["value"])
        facts[name] = fact
    return facts


def _default(unit: Unit, name: str, node: Node, value: Value) -> Value:
    """The default of a parameter; where it is given a value the default is not evaluated, and an expression stays as it
    is written."""
    if name not in unit.given:
        return value
    return node.value if isinstance(node, String) else unit.program.file.source(node)


def _output_facts(unit: Unit) -> dict[str, Value]:
    facts: dict[str, Value] = {}
    for name, statement in unit.program.outputs.items():
        fact: dict[str, Value] = {
            "type": _kind(unit, unit.types.of_output(statement)),
            "secure": unit.output_is_secure(statement),
        }
        try:
            fact["value"] = settle(unit.output(name))
        except EvaluationError:
            fact["value"] = Unresolved(name, "error")
        facts[name] = fact
    return facts


def _kind(unit: Unit, schema: dict[str, Any]) -> str:
    return str(unit.types.rules.resolve(schema).get("type", ""))


def _locate_in_deployment(unit: Unit, path: Path, key: bool) -> Place:
    """`("parameters", "name", "defaultValue", …)` → its place in the file."""
    program: Program = unit.program
    section = str(path[0]).lower() if path else ""
    statement: Parameter | Output | None = None
    if len(path) > 1:
        found = program.parameters if section == "parameters" else program.outputs
        statement = found.get(str(path[1]))
    if statement is None:
        return Place(program.shown, chain=unit.chain)
    what = str(path[2]).lower() if len(path) > 2 else ""
    node: Node | None = None
    if isinstance(statement, Output):
        node = statement.value if what == "value" else None
    elif what == "value" and str(path[1]) in unit.given:
        given = unit.given[str(path[1])]
        if given.node is not None and given.frame is not None:
            return locate(given.node, given.frame, path[3:], key)
        if given.locate is not None:
            return given.locate(path[3:], key)
    elif what in ("value", "defaultvalue"):
        node = statement.default
    if node is not None and not key:
        return locate(node, unit.frame, path[3:], key)
    return unit.place(Node(statement.keyword, statement.end))
