"""Bicep as its users meet it: restored modules that nobody can mend, files that `azd` fills, what the service fills."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from linter.engine import Terms, judge
from linter.model import Inventory, Row
from linter.policy import load
from linter.reports.json import render
from linter.reports.options import Options
from linter.sources.bicep.expand import expand_file
from linter.sources.template.scope import Context

POLICY = "security/local-auth-open"
ACCOUNT = {
    "type": "Microsoft.CognitiveServices/accounts",
    "apiVersion": "2025-06-01",
    "name": "[parameters('name')]",
    "location": "westeurope",
    "kind": "OpenAI",
    "sku": {"name": "S0"},
    "properties": {"disableLocalAuth": "[parameters('keyless')]"},
}
TEMPLATE = {
    "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
    "contentVersion": "1.0.0.0",
    "parameters": {"name": {"type": "string"}, "keyless": {"type": "bool", "defaultValue": False}},
    "resources": [ACCOUNT],
}
OUTER = """
module inner 'inner.bicep' = {
  name: 'inner'
}
"""
INNER = """
module account 'br/public:avm/account:1.0.0' = {
  name: 'account'
  params: {
    name: 'acc'ARGUMENT
  }
}
"""


def write(folder: Path, files: dict[str, Any]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text if isinstance(text, str) else json.dumps(text, indent=2), encoding="utf-8")
    return folder


def restored(folder: Path, argument: str = "", template: dict[str, Any] = TEMPLATE) -> Inventory:
    """A file that calls a file that calls a module of a registry."""
    module = "modules/mcr.microsoft.com/bicep$avm$account/1.0.0$/main.json"
    write(folder, {"main.bicep": OUTER, "inner.bicep": INNER.replace("ARGUMENT", argument), module: template})
    return expand_file(folder / "main.bicep", [], Context(root=folder, modules=(folder / "modules",)))


def rows(inventory: Inventory) -> list[Row]:
    return judge([inventory], Terms({POLICY: load()[POLICY]})).rows


def at(folder: Path, row: Row) -> tuple[str, int]:
    return Path(row.location.path).relative_to(folder).as_posix(), row.location.line


def test_a_finding_in_a_restored_module_stands_at_its_innermost_call(tmp_path: Path) -> None:
    (row,) = rows(restored(tmp_path))
    assert ("inner.bicep", 2) == at(tmp_path, row)
    assert ["main.bicep"] == [Path(call.path).name for call in row.location.chain]
    ((message, place),) = row.related
    assert ("properties.disableLocalAuth in the restored module", "main.json") == (message, Path(place.path).name)
    assert "module account 'br/public:avm/account:1.0.0' = {" == row.snippet


def test_an_argument_of_a_restored_module_is_what_is_mended(tmp_path: Path) -> None:
    (row,) = rows(restored(tmp_path, "\n    keyless: false"))
    assert ("inner.bicep", 6) == at(tmp_path, row)
    assert 14 == row.location.column


def test_a_restored_module_is_never_fixed(tmp_path: Path) -> None:
    plain = {**TEMPLATE, "resources": [{**ACCOUNT, "properties": {"disableLocalAuth": False}}]}
    (row,) = rows(restored(tmp_path, template=plain))
    assert None is row.fix


def test_a_gap_in_a_restored_module_stands_at_its_call(tmp_path: Path) -> None:
    broken = {**TEMPLATE, "resources": [{**ACCOUNT, "location": "[split('a', ',')[3]]"}]}
    (gap,) = restored(tmp_path, template=broken).gaps
    assert ("inner.bicep", 2) == (Path(gap.path).name, gap.line)
    assert gap.message.startswith("in the restored module: ")


def test_json_rows_name_the_calls(tmp_path: Path) -> None:
    ledger = judge([restored(tmp_path, "\n    keyless: false")], Terms({POLICY: load()[POLICY]}))
    (row,) = json.loads("".join(render(ledger, Options())))["rows"]
    calls = [Path(one["location"]["path"]).name for one in row["related"] if one["message"] == "the module call"]
    assert ["main.bicep", "inner.bicep"] == calls


@pytest.mark.parametrize(
    ("declared", "given", "expected"),
    [
        ("bool", "${FLAG=true}", True),
        ("bool?", "${FLAG=null}", None),
        ("int", "${COUNT=3}", 3),
        ("string", "${NAME=true}", "true"),
        ("bool", "False", False),
    ],
)
def test_texts_of_azd_become_what_their_parameter_takes(
    tmp_path: Path, declared: str, given: str, expected: Any
) -> None:
    values = {"p": {"value": given}, "gone": {"value": "x"}, "name": {"value": "${NAME=n}"}}
    schema = "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#"
    text = f"param name string\nparam p {declared}\noutput o object = {{ v: p }}\n"
    write(tmp_path, {"main.bicep": text, "main.parameters.json": {"$schema": schema, "parameters": values}})
    inventory = expand_file(tmp_path / "main.bicep", [tmp_path / "main.parameters.json"], Context(root=tmp_path))
    assert [] == inventory.gaps
    assert expected == inventory.deployments[0].body["parameters"]["p"]["value"]


def test_a_text_for_a_boolean_is_refused_where_azd_fills_nothing(tmp_path: Path) -> None:
    schema = "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#"
    write(
        tmp_path, {"main.bicep": "param p bool\n", "p.json": {"$schema": schema, "parameters": {"p": {"value": "1"}}}}
    )
    inventory = expand_file(tmp_path / "main.bicep", [tmp_path / "p.json"], Context(root=tmp_path))
    assert ["parameter 'p': expected a value of type Boolean, got String"] == [gap.message for gap in inventory.gaps]


VAULT = """
resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: 'kv'
}
"""


def test_a_module_may_be_conditioned_by_what_its_caller_knows_late(tmp_path: Path) -> None:
    call = "module m 'm.bicep' = {\n  name: 'm'\n  params: { on: vault.properties.enableRbacAuthorization }\n}\n"
    probe = "resource p 'Contoso.Lab/p@2024-01-01' = if (CONDITION) {\n  name: 'p'\n}\n"
    module = "param on bool\n" + probe.replace("CONDITION", "on")
    write(tmp_path, {"main.bicep": VAULT + call, "m.bicep": module})
    assert [] == expand_file(tmp_path / "main.bicep", [], Context(root=tmp_path)).gaps
    direct = VAULT + probe.replace("CONDITION", "vault.properties.enableRbacAuthorization")
    write(tmp_path, {"main.bicep": direct})
    assert 1 == len(expand_file(tmp_path / "main.bicep", [], Context(root=tmp_path)).gaps)


def test_what_the_author_says_is_not_null_is_left_to_the_service(tmp_path: Path) -> None:
    text = """
resource net 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: 'net'
  properties: { subnets: [{ name: 'a' }] }
}
output subnet string = first(filter(net.properties.subnets, one => one.name == 'a')).?id!
"""
    write(tmp_path, {"main.bicep": text})
    assert [] == expand_file(tmp_path / "main.bicep", [], Context(root=tmp_path)).gaps


def test_the_default_of_a_given_parameter_is_its_text(tmp_path: Path) -> None:
    schema = "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#"
    given = {"$schema": schema, "parameters": {"password": {"value": "s3cret"}}}
    write(tmp_path, {"main.bicep": "@secure()\nparam password string = ''\n", "p.json": given})
    inventory = expand_file(tmp_path / "main.bicep", [tmp_path / "p.json"], Context(root=tmp_path))
    assert "" == inventory.deployments[0].body["parameters"]["password"]["defaultValue"]


@pytest.mark.parametrize(
    ("condition", "deployed"), [("on && off", 0), ("on && off && on", 0), ("!(on || !off)", 0), ("on || off", 1)]
)
def test_what_decides_a_condition_does_so_beside_an_open_parameter(
    tmp_path: Path, condition: str, deployed: int
) -> None:
    resource = f"resource p 'Contoso.Lab/p@2024-01-01' = if ({condition}) {{\n  name: 'p'\n}}\n"
    write(tmp_path, {"main.bicep": "param on bool\nvar off = false\n" + resource})
    inventory = expand_file(tmp_path / "main.bicep", [], Context(root=tmp_path))
    assert deployed == len(inventory.resources)
