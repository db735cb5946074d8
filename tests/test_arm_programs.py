"""628 small ARM programs with the answers of Azure's own engine (Bicep CLI 0.49.2, `bicep/getSnapshot`, November 2026).

`data/arm-programs.jsonl` holds one program a line, made by `pack_arm_programs.py`. What the engine leaves open is text
in brackets there, unless its pointer is in `literal`; `also` lists values that are as right; an `optional` error may be
seen past.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from linter.errors import InputError
from linter.model import Inventory, OpenKey, Resource, Unresolved
from linter.sources.arm.deployment import expand
from linter.sources.arm.reader import Document, parse
from linter.sources.template.scope import Context, Scope

PROGRAMS = [
    json.loads(line)
    for line in (Path(__file__).parent / "data" / "arm-programs.jsonl").read_text("utf-8").splitlines()
    if line
]
AREAS = sorted({program["name"].partition("/")[0] for program in PROGRAMS})
NOT_TOLD = {
    "expressions/other-known-members": "the compiler's reader refuses members that ARM itself knows",
    "expressions/unknown-top-level-members": "a linter sees past a member that ARM ignores",
    "parameters/default-null": "a required parameter without a value is open, not a gap",
    "parameters/missing-required": "a required parameter without a value is open, not a gap",
    "parameters/missing-required-and-unused": "a required parameter without a value is open, not a gap",
}
TOLD = {"errors/json-duplicate-keys": "a name that stands twice is told; the engine takes the last in silence"}


def document(program: dict[str, Any], name: str) -> Document | None:
    if name + "Text" in program:
        return parse(program[name + "Text"], f"{name}.json")
    return parse(json.dumps(program[name]), f"{name}.json") if name in program else None


def run(program: dict[str, Any]) -> Inventory | None:
    """The product's inventory; `None` where the file cannot be read."""
    given = program["context"]
    scope = Scope(cloud="any")
    names = {
        "resourceGroup": "resource_group",
        "subscriptionId": "subscription_id",
        "location": "location",
        "tenantId": "tenant_id",
        "managementGroupId": "management_group_id",
    }
    scope = replace(scope, **{names[key]: value for key, value in given.items() if key in names})
    try:
        template, parameters = document(program, "template"), document(program, "parameters")
    except InputError:
        return None
    assert template is not None
    return expand(template, parameters, Context(scope=scope, deployment_name=given["deploymentName"]))


def opened(value: Any, literal: set[str], pointer: str) -> Any:
    """An expected value with text in brackets as `Unresolved`."""
    if isinstance(value, str):
        is_open = len(value) > 2 and value[0] == "[" and value[-1] == "]" and pointer not in literal
        return Unresolved(value[1:-1]) if is_open else value
    if isinstance(value, dict):
        return {key: opened(item, literal, f"{pointer}/{escape(key)}") for key, item in value.items()}
    if isinstance(value, list):
        return [opened(item, literal, f"{pointer}/{index}") for index, item in enumerate(value)]
    return value


def escape(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def expected_resources(program: dict[str, Any]) -> list[dict[str, Any]]:
    expected = program["expected"]
    literal, also = set(expected.get("literal", ())), expected.get("also", {})
    resources = []
    for index, resource in enumerate(expected["predictedResources"]):
        pointer = f"/predictedResources/{index}"
        value = opened(resource, literal, pointer)
        if not isinstance(value.get("condition"), Unresolved):
            value.pop("condition", None)
        allowed = {
            path.removeprefix(pointer): values for path, values in also.items() if path.startswith(pointer + "/")
        }
        resources.append({"value": value, "also": allowed})
    return resources


def actual_resource(resource: Resource) -> dict[str, Any]:
    value = {"id": resource.id, "type": resource.type, "name": resource.name, "apiVersion": resource.api_version}
    value.update({plain(key): item for key, item in resource.body.items()})
    if resource.condition is not None:
        value["condition"] = resource.condition
    return value


def plain(key: str) -> str:
    return str(key) if isinstance(key, OpenKey) else key


def same(expected: Any, actual: Any, also: dict[str, list[Any]], pointer: str = "") -> bool:
    """Equality, kinds of numbers and spelling included, or one of the other values that are as right."""
    if pointer in also:
        for value in also[pointer]:
            if isinstance(value, dict) and "$unresolved" in value:
                if isinstance(actual, Unresolved):
                    return True
            elif value == actual:
                return True
    if isinstance(expected, dict) and isinstance(actual, dict):
        return expected.keys() == actual.keys() and all(
            same(expected[key], actual[key], also, f"{pointer}/{escape(key)}") for key in expected
        )
    if isinstance(expected, list) and isinstance(actual, list):
        return len(expected) == len(actual) and all(
            same(one, actual[index], also, f"{pointer}/{index}") for index, one in enumerate(expected)
        )
    return type(expected) is type(actual) and bool(expected == actual)


def fault(program: dict[str, Any]) -> str:
    """What is wrong with the product's answer; empty where it is the engine's."""
    name, expected = program["name"], program["expected"]
    inventory = run(program)
    gaps = [gap.message for gap in inventory.gaps] if inventory is not None else ["cannot be read"]
    if "error" in expected:
        return "" if gaps or name in NOT_TOLD else f"no gap for: {expected['error']}"
    assert inventory is not None
    if bool(expected["diagnostics"]) != bool(gaps) and name not in TOLD:
        return f"gaps {gaps}, diagnostics {expected['diagnostics']}"
    left = [actual_resource(resource) for resource in inventory.resources]
    for wanted in expected_resources(program):
        match = next((one for one in left if same(wanted["value"], one, wanted["also"])), None)
        if match is None:
            return f"expected {wanted['value']}, left {left}"
        left.remove(match)
    return f"not expected: {left}" if left else ""


@pytest.mark.parametrize("area", AREAS)
def test_programs_give_what_the_engine_gives(area: str) -> None:
    programs = [program for program in PROGRAMS if program["name"].startswith(area + "/")]
    faults = {program["name"]: fault(program) for program in programs}
    assert {name: text for name, text in faults.items() if text} == {}


def test_exceptions_are_still_exceptions() -> None:
    by_name = {program["name"]: program for program in PROGRAMS}
    assert len(PROGRAMS) == 628
    for name in NOT_TOLD:
        assert by_name[name]["expected"]["optional"] is True
        inventory = run(by_name[name])
        assert inventory is not None
        assert inventory.gaps == []
    for name in TOLD:
        inventory = run(by_name[name])
        assert inventory is not None
        assert inventory.gaps != []
