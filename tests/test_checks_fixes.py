"""What the policies offer as a fix is one: ARM and Bicep fragment say the same, and mend a failing fixture."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from test_policies import POLICIES, config_of, fixtures_of

from linter.engine import Terms, judge
from linter.model import Inventory, Resource, Value
from linter.running import Order, inventories

HEAD = ("id", "type", "name", "apiVersion", "scope", "dependsOn")
ALONE = {"operations/diagnostics-missing": "account"}
"""Symbols that a fragment which is a resource of its own speaks of; the test declares them as an account."""


def read(tmp_path: Path, name: str, text: str) -> Inventory:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    inventory = next(iter(inventories(Order(paths=(path.as_posix(),)))))
    assert [gap.message for gap in inventory.gaps] == []
    return inventory


def arm_of(policy_id: str) -> dict[str, Any]:
    text = POLICIES[policy_id].data["fix"]["arm"].strip()
    fragment: dict[str, Any] = json.loads(text if text.startswith("{") else f"{{{text}}}")
    return fragment


def from_arm(tmp_path: Path, policy_id: str) -> Resource:
    fragment = arm_of(policy_id)
    whole = {"type": "Contoso.Test/things", "apiVersion": "2024-01-01", "name": "thing", **fragment}
    schema = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
    template = {"$schema": schema, "contentVersion": "1.0.0.0", "resources": [whole]}
    return read(tmp_path, "arm.json", json.dumps(template)).resources[0]


def from_bicep(tmp_path: Path, policy_id: str) -> Resource:
    text = POLICIES[policy_id].data["fix"]["bicep"].strip()
    if not text.startswith("resource "):
        text = f"resource thing 'Contoso.Test/things@2024-01-01' = {{\n  name: 'thing'\n{text}\n}}"
    if policy_id in ALONE:
        account = "'Microsoft.CognitiveServices/accounts@2024-10-01' existing = { name: 'aoai-churn' }"
        text = f"resource {ALONE[policy_id]} {account}\n{text}"
    return read(tmp_path, "fix.bicep", text + "\n").resources[-1]


@pytest.mark.parametrize("policy_id", POLICIES)
def test_both_languages_say_the_same(policy_id: str, tmp_path: Path) -> None:
    arm, bicep = from_arm(tmp_path, policy_id), from_bicep(tmp_path, policy_id)
    assert (bicep.type.lower(), str(bicep.id).lower(), bicep.body) == (arm.type.lower(), str(arm.id).lower(), arm.body)


def merge(body: Value, fragment: Value) -> Value:
    """Objects merge without case of their keys, anything else is replaced."""
    if not isinstance(body, dict) or not isinstance(fragment, dict):
        return fragment
    mine = {key.lower(): key for key in body}
    merged = dict(body)
    for key, item in fragment.items():
        name = mine.get(key.lower(), key)
        merged[name] = merge(merged.get(name), item)
    return merged


def failing_templates(policy_id: str) -> list[Path]:
    return [path for path in fixtures_of(policy_id) if path.name.startswith("fail") and path.suffix == ".json"]


@pytest.mark.parametrize("policy_id", [name for name in POLICIES if failing_templates(name)])
def test_the_fix_mends_a_failing_fixture(policy_id: str, tmp_path: Path) -> None:
    fixture = min(failing_templates(policy_id), key=lambda path: len(path.name))
    terms = Terms({policy_id: POLICIES[policy_id]}, config_of(fixture).parameters, known=tuple(POLICIES))
    fix = from_arm(tmp_path, policy_id)

    def again() -> Inventory:
        settings = config_of(fixture).settings
        return next(iter(inventories(Order(paths=(fixture.as_posix(),), settings=settings))))

    def failing(inventory: Inventory) -> list[str]:
        return sorted(row.resource_id for row in judge([inventory], terms).rows if row.verdict == "fail")

    before = failing(again())
    assert before != []
    mended = 0
    for identifier in before:
        inventory = again()
        if fix.type == "Contoso.Test/things":
            for resource in inventory.resources:
                if resource.id == identifier:
                    resource.body = merge(resource.body, {k: v for k, v in fix.body.items() if k not in HEAD})
            inline = re.match(r"(.+)/agentPools/([^/]+)\Z", identifier)
            for resource in inventory.resources if inline else ():
                profiles = resource.get("properties.agentPoolProfiles")
                for index, profile in enumerate(profiles if isinstance(profiles, list) else []):
                    if resource.id == inline[1] and profile["name"] == inline[2]:
                        profiles[index] = merge(profile, fix.body["properties"])
        else:
            text = json.dumps(fix.body).replace(str(_named_by(fix)), identifier)
            leaf, name = fix.type.rpartition("/")[2], str(fix.name).rpartition("/")[2]
            parent = next((one for one in inventory.resources if one.id == identifier), None)
            identity = fix.id
            if fix.type.lower() == "microsoft.insights/diagnosticsettings":
                identity = f"{identifier}/providers/{fix.type}/{name}"
            elif parent is not None and fix.type.lower().startswith(parent.type_key + "/"):
                identity = f"{identifier}/{leaf}/{name}"
            added = Resource(
                type=fix.type,
                name=fix.name,
                id=identity,
                body=json.loads(text),
                api_version=fix.api_version,
                locate=fix.locate,
            )
            inventory.resources.append(added)
        mended += identifier not in failing(inventory)
    assert mended > 0


def _named_by(fix: Resource) -> Value:
    """The id of what a fragment that is a resource of its own is about."""
    target = fix.get("properties.targetResourceUri")
    return target if isinstance(target, str) else "nothing else is named"
