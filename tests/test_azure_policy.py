"""The export to Azure Policy: definitions that the schema takes, that say the same as the policies' own fixtures, and a
reason for every policy that has none."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from azure_policy_reading import PATHS, PLAIN, OpenValue, OtherKindError, PolicyReader
from test_engine import a_policy
from test_policies import POLICIES, config_of, fixtures_of, judged

from linter.azure_policy import export, initiative, template
from linter.azure_policy_rules import Translator, UntranslatableError
from linter.cli import main
from linter.facts.azure_policy import ALIASES, alias
from linter.model import Resource
from linter.policy_schema import check_policy
from linter.rows import plain
from linter.running import Order, inventories

DATA = Path(__file__).parent / "data"
SCHEMA = json.loads((DATA / "azure-policy-definition.schema.json").read_text("utf-8"))
EXPORT = export(POLICIES)
CASES = [
    pytest.param(name, path, id=f"{name}/{path.name}") for name in EXPORT.definitions for path in fixtures_of(name)
]


def parameters_of(policy_id: str, fixture: Path) -> dict[str, Any]:
    """What an assignment passes: the defaults, or what the fixture configures."""
    config = config_of(fixture)
    values = {
        name: entry["defaultValue"]
        for name, entry in EXPORT.definitions[policy_id]["parameters"].items()
        if "defaultValue" in entry
    }
    if "regions_allowed" in EXPORT.definitions[policy_id]["parameters"]:
        values["regions_allowed"] = list(config.settings.regions.get("allowed", ()))
    return {**values, **config.parameters.get(policy_id, {})}


def seen_by_azure(resource: Resource) -> dict[str, Any]:
    return {**resource.body, "type": resource.type}


def judgements(policy_id: str, fixture: Path) -> Iterator[tuple[str, bool, set[str]]]:
    """(name, does the definition deny it, the policy's verdicts) of each resource that is known well enough."""
    given = parameters_of(policy_id, fixture)
    if given.get("regions_allowed") == []:
        return  # nobody assigns the initiative without saying which
    rows = judged(policy_id, fixture).rows
    rule = EXPORT.definitions[policy_id]["policyRule"]["if"]
    config = config_of(fixture)
    for inventory in inventories(Order(paths=(fixture.as_posix(),), settings=config.settings)):
        own = {plain(resource.id).lower(): resource for resource in inventory.resources}
        for resource in inventory.resources:
            if resource.condition is not None or own[plain(resource.id).lower()] is not resource:
                continue  # of two declarations Azure sees two requests, the policy what stands in the end
            whole = plain(resource.id).lower()
            verdicts = {
                row.verdict
                for row in rows
                if row.resource_id.lower() == whole
                or (row.resource_id.lower().startswith(f"{whole}/agentpools/") and row.resource_id.lower() not in own)
            }
            try:
                denied = PolicyReader(seen_by_azure(resource), given).holds(rule)
            except (OpenValue, OtherKindError):
                continue
            yield plain(resource.name), denied, verdicts


@pytest.mark.parametrize(("policy_id", "fixture"), CASES)
def test_what_is_denied_is_what_fails(policy_id: str, fixture: Path) -> None:
    whole = "less" not in POLICIES[policy_id].data.get("enforce", {})
    for name, denied, verdicts in judgements(policy_id, fixture):
        if denied:
            assert "fail" in verdicts, f"{name} is denied, and is {verdicts or 'not judged'}"
        elif whole:
            assert "fail" not in verdicts, f"{name} fails, and is not denied"


@pytest.mark.parametrize("policy_id", EXPORT.definitions)
def test_every_definition_denies_and_lets_through(policy_id: str) -> None:
    answers = [
        (denied, verdicts) for path in fixtures_of(policy_id) for _, denied, verdicts in judgements(policy_id, path)
    ]
    assert any(denied for denied, _ in answers)
    assert any(not denied and verdicts == {"pass"} for denied, verdicts in answers)


@pytest.mark.parametrize("policy_id", EXPORT.definitions)
def test_definitions_are_valid(policy_id: str) -> None:
    jsonschema.validate(EXPORT.definitions[policy_id], SCHEMA)


@pytest.mark.parametrize(
    "rule",
    [
        {"field": "type"},
        {"field": "type", "equals": "a", "like": "b"},
        {"equals": "a"},
        {"field": "type", "is": "a"},
        {"allOf": []},
        {"allOf": [{"field": "type", "equals": "a"}], "not": {"field": "type", "equals": "a"}},
        {"count": {"where": {"field": "type", "equals": "a"}}, "greater": 0},
    ],
)
def test_the_schema_refuses(rule: Mapping[str, Any]) -> None:
    first = next(iter(EXPORT.definitions.values()))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**first, "policyRule": {**first["policyRule"], "if": rule}}, SCHEMA)


def fields_of(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("field"), str):
            yield value["field"]
        for item in value.values():
            yield from fields_of(item)
    elif isinstance(value, list):
        for item in value:
            yield from fields_of(item)


@pytest.mark.parametrize("policy_id", EXPORT.definitions)
def test_every_field_is_one_that_azure_policy_has(policy_id: str) -> None:
    for field in fields_of(EXPORT.definitions[policy_id]["policyRule"]):
        assert field in PLAIN or field.startswith("tags['") or field.lower() in PATHS, field


def test_the_aliases_are_those_that_azure_lists() -> None:
    mine = {alias(name, path): path for name, paths in ALIASES.items() for path in paths}
    assert PATHS == {str(name).lower(): path for name, path in mine.items()}


def test_every_policy_is_exported_or_says_why_not() -> None:
    assert set(POLICIES) == set(EXPORT.definitions) | set(EXPORT.refused)
    assert set() == set(EXPORT.definitions) & set(EXPORT.refused)
    assert all(len(why) > 20 for why in EXPORT.refused.values())


def test_the_template_deploys_the_definitions_and_the_initiative(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Expanded by the product's own engine: what Azure Policy evaluates survives, what the deployment evaluates is."""
    assert main(["policies", "--format", "azure-policy"]) == 0
    path = tmp_path / "policies.json"
    path.write_text(capsys.readouterr().out, encoding="utf-8")
    assert main(["expand", str(path)]) == 0
    expanded = json.loads(capsys.readouterr().out)
    assert [] == expanded["gaps"]
    definitions = [one for one in expanded["resources"] if one["type"].endswith("policyDefinitions")]
    assert list(EXPORT.definitions.values()) == [one["properties"] for one in definitions]
    (whole,) = (one for one in expanded["resources"] if one["type"].endswith("policySetDefinitions"))
    assert [one["id"] for one in definitions] == [
        member["policyDefinitionId"] for member in whole["properties"]["policyDefinitions"]
    ]
    listed = json.loads(path.read_text("utf-8"))["metadata"]["aiplint"]["notExported"]
    assert [{"policy": name, "why": why} for name, why in EXPORT.refused.items()] == listed


def test_the_initiative_passes_every_parameter_on() -> None:
    whole = initiative(EXPORT)
    names = [member["policyDefinitionReferenceId"] for member in whole["policyDefinitions"]]
    assert len(names) == len(set(names)) == len(EXPORT.definitions)
    for member, properties in zip(whole["policyDefinitions"], EXPORT.definitions.values(), strict=True):
        assert set(properties["parameters"]) == set(member["parameters"])
        for name, entry in member["parameters"].items():
            outer = entry["value"].removeprefix("[parameters('").removesuffix("')]")
            assert properties["parameters"][name] == whole["parameters"][outer]


def test_names_are_short_and_apart() -> None:
    names = [one["name"] for one in template(EXPORT)["resources"]]
    assert len(names) == len(set(names))
    assert all(len(name) <= 64 for name in names)


COMPUTE = "Microsoft.MachineLearningServices/workspaces/computes"
NODES = "properties.properties.scaleSettings.minNodeCount"
NODES_ALIAS = f"{COMPUTE}/scaleSettings.minNodeCount"


@pytest.mark.parametrize(
    ("words", "value", "holds", "fails"),
    [
        ({"lessOrEquals": 1, "default": 0}, None, True, False),
        ({"lessOrEquals": 1, "default": 2}, None, False, True),
        ({"lessOrEquals": 1, "absent": "pass"}, None, True, False),
        ({"lessOrEquals": 1, "absent": "fail"}, None, False, True),
        ({"lessOrEquals": 1, "absent": "unknown"}, None, False, False),
        ({"lessOrEquals": 1, "absent": "unknown"}, 1, True, False),
        ({"lessOrEquals": 1, "absent": "unknown"}, 2, False, True),
        ({"lessOrEquals": "[parameters('max')]", "default": 3}, None, True, False),
        ({"lessOrEquals": "[parameters('max')]", "default": 4}, None, False, True),
        ({"lessOrEquals": "[parameters('max')]", "default": 4}, 3, True, False),
        ({"exists": True}, None, False, True),
        ({"exists": False}, None, True, False),
        ({"in": [1, 2], "absent": "skip"}, 2, True, False),
        ({"notIn": [1, 2], "absent": "skip"}, None, False, True),
        ({"equals": 1, "default": 1}, None, True, False),
    ],
)
def test_absence_means_what_the_policy_says(words: dict[str, Any], value: Any, holds: bool, fails: bool) -> None:
    translator = Translator(COMPUTE, {"max": 3})
    reader = PolicyReader({"properties": {"properties": {"scaleSettings": {"minNodeCount": value}}}}, {"max": 3})
    leaf = {"field": NODES, **words}
    assert (holds, fails) == (reader.holds(translator.holds(leaf)), reader.holds(translator.fails(leaf)))
    assert (fails, holds) == (
        reader.holds(translator.holds({"not": leaf})),
        reader.holds(translator.fails({"not": leaf})),
    )


@pytest.mark.parametrize(
    ("condition", "why"),
    [
        ({"field": "properties.colour", "equals": "red", "absent": "fail"}, "no alias for properties.colour"),
        ({"field": NODES, "lessOrEquals": "PT30M", "default": "PT2M"}, "durations by their length"),
        ({"field": NODES, "fact": "gpu-count", "greater": 1, "absent": "fail"}, "a table"),
        ({"tag": "owner", "equals": "me", "absent": "fail"}, "a tag that a parent may carry"),
        ({"field": "kind", "like": "*a*", "absent": "fail"}, "one wildcard"),
    ],
)
def test_what_has_no_words_is_refused(condition: dict[str, Any], why: str) -> None:
    with pytest.raises(UntranslatableError, match=why):
        Translator(COMPUTE, {}).fails(condition)


def test_a_policy_of_one_s_own_is_exported_too() -> None:
    policy = a_policy(resource=COMPUTE, require={"field": NODES, "equals": 0, "default": 0})
    (properties,) = export({policy.id: policy}).definitions.values()
    fault = {"allOf": [{"field": NODES_ALIAS, "exists": "true"}, {"not": {"field": NODES_ALIAS, "equals": 0}}]}
    assert {"allOf": [{"field": "type", "equals": COMPUTE}, *fault["allOf"]]} == properties["policyRule"]["if"]


def test_production_alone_is_refused() -> None:
    policy = a_policy(resource=COMPUTE, production=True, require={"field": NODES, "equals": 0, "default": 0})
    assert "production" in export({policy.id: policy}).refused[policy.id]


POLICY_SCHEMA = json.loads((Path(__file__).parents[1] / "linter/schemas/policy.schema.json").read_text("utf-8"))
RIGHT = {"field": "kind", "equals": "a", "absent": "fail"}


@pytest.mark.parametrize(
    ("enforce", "words"),
    [
        ({"not": "a reason"}, ""),
        ({"less": "something"}, ""),
        ({"rules": [{"require": RIGHT}]}, ""),
        ({"rules": [{"resource": ["a/b"], "when": RIGHT, "require": RIGHT}], "less": "x"}, ""),
        ({}, "either `not`"),
        ([], "`enforce` is"),
        ({"not": " "}, "takes text"),
        ({"not": "a", "less": "b"}, "either `not`"),
        ({"rules": []}, "either `not`"),
        ({"rules": {}}, "either `not`"),
        ({"rules": [RIGHT]}, "unknown key 'field'"),
        ({"rules": [{}]}, "'require' is missing"),
        ({"rules": ["x"]}, "a rule is"),
        ({"rules": [{"require": RIGHT, "resource": "thing"}]}, "`resource` is a resource type"),
        ({"rules": [{"require": {"field": "kind", "equals": "a"}}]}, "what absence means"),
        ({"rule": 1}, "unknown key 'rule'"),
    ],
)
def test_enforce_is_checked(enforce: Any, words: str) -> None:
    data = {**POLICIES["training/cluster-never-idle"].data, "enforce": enforce}
    faults = [message for _, message in check_policy(data)]
    assert (words != "") is bool(faults)
    assert not words or any(words in fault for fault in faults)
    loose = ("takes text", "what absence means")  # what a schema for editors leaves open
    assert jsonschema.Draft202012Validator(POLICY_SCHEMA).is_valid(data) is (not words or words in loose)
