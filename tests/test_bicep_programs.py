"""459 small Bicep programs with the answers of the real compiler and engine (Bicep CLI 0.49.2, November 2026).

`data/bicep-programs.jsonl` holds one program a line with its files' exact bytes, made by `pack_bicep_programs.py`. What
the engine leaves open is text in brackets; so is a literal in brackets, so either is taken.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from linter.model import Inventory, OpenKey, Resource, Unresolved
from linter.sources.bicep.expand import expand_file
from linter.sources.template.scope import Context, Scope

PROGRAMS = [
    json.loads(line)
    for line in (Path(__file__).parent / "data" / "bicep-programs.jsonl").read_text("utf-8").splitlines()
    if line
]
AREAS = sorted({program["name"].partition("/")[0] for program in PROGRAMS})
NOT_TOLD = {
    "invalid/this-in-tags": "where `this` may stand is a matter of the types of resources, which are not known here",
}
"""Programs that the compiler refuses and the product reads without a gap."""


def unpack(program: dict[str, Any], folder: Path) -> None:
    for name, content in program["files"].items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        data = base64.b64decode(content["base64"]) if isinstance(content, dict) else content.encode("utf-8")
        path.write_bytes(data)


def run(program: dict[str, Any], folder: Path, monkeypatch: pytest.MonkeyPatch) -> Inventory:
    unpack(program, folder)
    monkeypatch.chdir(folder)
    given = program["context"]
    for name, value in given.get("environment", {}).items():
        monkeypatch.setenv(name, value)
    scope = Scope(
        subscription_id=given.get("subscriptionId", Scope().subscription_id),
        resource_group=given.get("resourceGroup", "rg"),
        location=given.get("location", "westeurope"),
        tenant_id=given.get("tenantId", Scope().tenant_id),
        management_group_id=given.get("managementGroupId", given.get("tenantId", "")),
        cloud="any",
    )
    context = Context(scope=scope, deployment_name=given.get("deploymentName", "main"), root=folder)
    return expand_file(Path(given.get("template", "main.bicep")), [Path("main.bicepparam")], context)


def is_open(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("[") and value.endswith("]")


def same(expected: Any, actual: Any) -> bool:
    """Equality; what is open on both sides is equal, ids have no case."""
    if isinstance(actual, Unresolved):
        return is_open(expected)
    if isinstance(expected, bool) or isinstance(actual, bool) or expected is None or actual is None:
        return expected is actual
    if isinstance(expected, str) and isinstance(actual, str):
        return expected == actual or (expected.startswith("/") and expected.lower() == actual.lower())
    if isinstance(expected, list) and isinstance(actual, list):
        return len(expected) == len(actual) and all(map(same, expected, actual))
    if isinstance(expected, dict) and isinstance(actual, dict):
        known = [key for key in actual if not isinstance(key, OpenKey)]
        if len(expected) != len(actual) or not set(known) <= expected.keys():
            return False
        opened = [key for key in expected if key not in known]
        return all(map(is_open, opened)) and all(same(expected[key], actual[key]) for key in known)
    return isinstance(expected, int | float) and isinstance(actual, int | float) and expected == actual


def shown(resource: Resource) -> dict[str, Any]:
    body: dict[str, Any] = {"name": resource.name, "apiVersion": resource.api_version, **resource.body}
    if resource.condition is not None:
        body["condition"] = resource.condition
    return body


def steps_of(pointer: str) -> tuple[str | int, ...]:
    """A JSON pointer as a path; digits are indexes."""
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
    return tuple(int(step) if step.isdigit() else step for step in steps)


def key(kind: str, own_id: Any) -> tuple[str, str]:
    known = isinstance(own_id, str) and not is_open(own_id)
    return kind.lower(), own_id.lower() if known else "?"


def fault(program: dict[str, Any], inventory: Inventory) -> str:
    """What is wrong with the product's answer; empty where it is the engine's."""
    expected = program["expected"]
    if "error" in expected:
        if program["syntax"] is not None:
            where = program["syntax"]
            near = [gap for gap in inventory.gaps if gap.path == where["path"] and abs(gap.line - where["line"]) <= 1]
            return "" if near else f"no gap at {where}: {inventory.gaps}"
        return "" if bool(inventory.gaps) != (program["name"] in NOT_TOLD) else f"gaps: {inventory.gaps}"
    left = list(inventory.resources)
    for wanted in expected["predictedResources"]:
        if wanted["type"].lower() == "microsoft.resources/deployments":
            continue
        body = {name: item for name, item in wanted.items() if name not in ("id", "type")}
        mark = key(wanted["type"], wanted["id"])
        match = next((one for one in left if key(one.type, one.id) == mark and same(body, shown(one))), None)
        if match is None:
            return f"expected {wanted}, left {[(one.type, one.id, one.body) for one in left]}"
        left.remove(match)
    return f"not expected: {left}" if left else ""


@pytest.mark.parametrize("area", AREAS)
def test_programs_give_what_the_engine_gives(area: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    faults = {}
    for program in PROGRAMS:
        if program["name"].startswith(area + "/"):
            inventory = run(program, tmp_path / program["name"].rpartition("/")[2], monkeypatch)
            faults[program["name"]] = fault(program, inventory)
    assert {name: text for name, text in faults.items() if text} == {}


def test_the_suite_is_whole() -> None:
    assert len(PROGRAMS) == 459
    names = {program["name"] for program in PROGRAMS}
    assert NOT_TOLD.keys() <= names


def test_places_are_where_a_person_would_mend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {}
    for program in PROGRAMS:
        if not program["places"]:
            continue
        inventory = run(program, tmp_path / program["name"].rpartition("/")[2], monkeypatch)
        for wanted in program["places"]:
            found = inventory.by_id(wanted["resource"])
            assert found is not None
            place = found.locate(steps_of(wanted["pointer"]), False)
            told = (place.path, place.line, place.column, [(call.path, call.line) for call in place.chain])
            right = (
                wanted["path"],
                wanted["line"],
                wanted["column"],
                [(call["path"], call["line"]) for call in wanted["calls"]],
            )
            if told != right:
                wrong[program["name"], wanted["pointer"]] = (right, told)
    assert wrong == {}
