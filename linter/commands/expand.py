"""`aiplint expand`: the resources that a template or a Bicep file would deploy, as JSON."""

from __future__ import annotations

import argparse
import json
import math
import sys
from pathlib import Path as FilePath
from typing import Any

from linter.errors import InputError, UsageError
from linter.model import Gap, Inventory, Path, Place, Resource, Unresolved, Value


def run(options: argparse.Namespace) -> int:
    """Print the expansion; 3 where something could not be seen."""
    path = FilePath(options.path)
    if not path.is_file():
        raise UsageError(f"{options.path}: no such file; give a template (.json, .jsonc) or a Bicep file (.bicep)")
    try:
        inventory = _inventory(path, options)
    except InputError as error:
        gap = Gap(path.as_posix(), error.message, max(error.line, 1), max(error.column, 1), "syntax")
        inventory = Inventory(gaps=[gap], complete=False)
    write(inventory, options.places)
    return 3 if inventory.gaps else 0


def _inventory(path: FilePath, options: argparse.Namespace) -> Inventory:
    from linter.sources.template.scope import Context, Scope  # what no other command needs at its start

    scope = Scope(
        subscription_id=options.subscription_id,
        resource_group=options.resource_group,
        location=options.location,
        tenant_id=options.tenant_id,
        management_group_id=options.management_group_id or options.tenant_id,
        cloud=options.cloud,
    )
    context = Context(
        scope=scope,
        deployment_name=options.deployment_name or path.stem,
        root=_root(path.resolve()),
        modules=(FilePath(options.modules),) if options.modules else (),
    )
    given = [FilePath(name) for name in options.parameters]
    if not given and path.suffix.lower() == ".bicep":
        own = path.with_suffix(".bicepparam")
        found = own if own.is_file() else beside(path)
        given = [] if found is None else [found]
    if any(one.suffix.lower() in (".bicep", ".bicepparam") for one in (path, *given)):
        from linter.sources.bicep.expand import expand_file
        from linter.sources.bicep.library import widen

        context.root = widen(path.resolve().parent)
        inventory: Inventory = expand_file(path, given, context)
        return inventory
    from linter.sources.arm.deployment import expand
    from linter.sources.arm.reader import read

    if len(given) > 1:
        raise UsageError("expand takes one parameter file")
    document = read(path, path.as_posix())
    parameters = None
    file = given[0] if given else beside(path)
    if file is not None:
        if not file.is_file():
            raise UsageError(f"{file.as_posix()}: no such parameter file")
        try:
            parameters = read(file, file.as_posix())
        except InputError as error:
            inventory = expand(document, None, context)
            gap = Gap(file.as_posix(), error.message, max(error.line, 1), max(error.column, 1), "syntax")
            inventory.gaps.insert(0, gap)
            return inventory
    return expand(document, parameters, context)


def _root(path: FilePath) -> FilePath:
    """The folder within which links are followed: the current one if the file lies below, else the file's own."""
    here = FilePath.cwd().resolve()
    return here if path.is_relative_to(here) else path.parent


def beside(path: FilePath) -> FilePath | None:
    """The parameter file that belongs to a template by its name."""
    for ending in (".parameters.json", ".parameters.jsonc", ".param.json"):
        found = path.with_name(path.stem + ending)
        if found.is_file():
            return found
    return None


def write(inventory: Inventory, places: bool) -> None:
    """The expansion as JSON on standard output."""
    document = {
        "resources": [resource_json(resource, places) for resource in inventory.resources],
        "gaps": [
            {"path": gap.path, "line": gap.line, "column": gap.column, "message": gap.message} for gap in inventory.gaps
        ],
    }
    sys.stdout.write(_dump(document) + "\n")


def _dump(document: Any) -> str:
    try:
        return json.dumps(document, ensure_ascii=False, indent=2, default=_unresolved, allow_nan=False)
    except ValueError:
        return json.dumps(_finite(document), ensure_ascii=False, indent=2, default=_unresolved)


def _finite(value: Any) -> Any:
    """Numbers that JSON does not have are text, as the engine writes them: `Infinity`, `NaN`."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, list):
        return [_finite(item) for item in value]
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    return value


def _unresolved(value: object) -> dict[str, str]:
    if isinstance(value, Unresolved):
        return {"$unresolved": value.expression}
    raise TypeError(f"no JSON value: {type(value).__name__}")


def resource_json(resource: Resource, places: bool) -> dict[str, Any]:
    """One resource as the contract prints it."""
    place = resource.place()
    shown: dict[str, Any] = {"id": resource.id, "type": resource.type, "name": resource.name}
    if resource.id == "":  # of another extension than Azure's: it has neither
        shown = {"type": resource.type}
    if resource.api_version:
        version = resource.api_version
        is_open = version[:1] == "[" and version[-1:] == "]"
        shown["apiVersion"] = Unresolved(version[1:-1]) if is_open else version
    if resource.condition is not None:
        shown["condition"] = resource.condition
    shown.update(resource.body)
    shown["source"] = {"path": place.path, "line": place.line, "column": place.column, "pointer": place.pointer}
    if places:
        steps_of_all = [*([("name",)] if "name" in shown else []), *leaves(resource.body)]
        shown["places"] = {pointer(steps): place_json(resource.locate(steps, False)) for steps in steps_of_all}
    return shown


def leaves(value: Value, steps: Path = ()) -> list[Path]:
    """The paths of all leaves; an empty object or array is one."""
    if isinstance(value, dict) and value:
        return [path for key, item in value.items() for path in leaves(item, (*steps, key))]
    if isinstance(value, list) and value:
        return [path for index, item in enumerate(value) for path in leaves(item, (*steps, index))]
    return [steps] if steps else []


def pointer(steps: Path) -> str:
    """A JSON pointer."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def place_json(place: Place) -> dict[str, Any]:
    """A place as the contract prints it."""
    return {
        "path": place.path,
        "line": place.line,
        "column": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
        "chain": [place_json(call) for call in place.chain],
    }
