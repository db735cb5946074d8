"""ARM templates → inventories: provenance, secrets, links, bounds, bad input."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linter.cli import main
from linter.model import Inventory, Place, Resource, Unresolved
from linter.sources.arm.deployment import expand, is_template, kind_of_scope, open_template, run
from linter.sources.arm.parameters import is_parameter_file, template_link
from linter.sources.arm.reader import parse
from linter.sources.arm.source import Argument, Source
from linter.sources.template.scope import Context, Scope
from linter.sources.template.values import Budget

SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"


def template(**sections: Any) -> dict[str, Any]:
    return {"$schema": SCHEMA, "contentVersion": "1.0.0.0", **sections}


def store(**members: Any) -> dict[str, Any]:
    head = {"type": "Microsoft.Storage/storageAccounts", "apiVersion": "2023-01-01", "name": "stone"}
    return {**head, **members}


def nested(inner: dict[str, Any], name: str = "inner", **properties: Any) -> dict[str, Any]:
    return {
        "type": "Microsoft.Resources/deployments",
        "apiVersion": "2022-09-01",
        "name": name,
        "properties": {
            "mode": "Incremental",
            "expressionEvaluationOptions": {"scope": "inner"},
            "template": inner,
            **properties,
        },
    }


def text_of(value: Any) -> str:
    return json.dumps(value, indent=1)


def expanded(value: Any, parameters: Any = None, context: Context | None = None) -> Inventory:
    given_file = None if parameters is None else parse(text_of({"parameters": parameters}), "main.parameters.json")
    return expand(parse(text_of(value), "main.json"), given_file, context or Context())


def only(inventory: Inventory) -> Resource:
    assert len(inventory.resources) == 1
    return inventory.resources[0]


def messages(inventory: Inventory) -> list[str]:
    return [gap.message for gap in inventory.gaps]


# --- where a value was written


def pointer(place: Place) -> tuple[str, str]:
    return place.path, place.pointer


@pytest.mark.parametrize(
    ("tags", "extra", "where"),
    [
        ("literal", {}, "/resources/0/tags/t"),
        ("[concat('a', 'b')]", {}, "/resources/0/tags/t"),
        ("[variables('v')]", {"variables": {"v": "x"}}, "/variables/v"),
        ("[variables('V').b[1]]", {"variables": {"v": {"B": ["x", "y"]}}}, "/variables/v/B/1"),
        ("[variables('v')]", {"variables": {"v": "[variables('w').x]", "w": {"x": "y"}}}, "/variables/w/x"),
        (
            "[parameters('p')]",
            {"parameters": {"p": {"type": "string", "defaultValue": "x"}}},
            "/parameters/p/defaultValue",
        ),
        ("[if(true(), variables('v'), 'n')]", {"variables": {"v": "x"}}, "/variables/v"),
        ("[if(false(), variables('v'), 'n')]", {"variables": {"v": "x"}}, "/resources/0/tags/t"),
        ("[coalesce(null(), variables('v'))]", {"variables": {"v": "x"}}, "/variables/v"),
        ("[first(variables('v'))]", {"variables": {"v": ["x"]}}, "/variables/v/0"),
        ("[tryGet(variables('v'), 'a')]", {"variables": {"v": {"a": "x"}}}, "/variables/v/a"),
        ("[createObject('a', variables('v')).a]", {"variables": {"v": "x"}}, "/variables/v"),
        (
            "[union(variables('v'), variables('w')).a]",
            {"variables": {"v": {"a": "1"}, "w": {"b": "2"}}},
            "/variables/v/a",
        ),
        (
            "[union(variables('v'), variables('w')).a]",
            {"variables": {"v": {"a": "1"}, "w": {"a": "2"}}},
            "/variables/w/a",
        ),
        (
            "[variables('l')[1].x]",
            {"variables": {"copy": [{"name": "l", "count": 2, "input": {"x": "[copyIndex('l')]"}}]}},
            "/variables/copy/0/input/x",
        ),
    ],
)
def test_a_value_is_traced_to_where_it_was_written(tags: str, extra: dict[str, Any], where: str) -> None:
    resource = only(expanded(template(resources=[store(tags={"t": tags})], **extra)))
    assert pointer(resource.place("tags.t")) == ("main.json", where)


def test_a_given_parameter_is_traced_to_the_parameter_file() -> None:
    value = template(
        parameters={"o": {"type": "object"}}, resources=[store(properties={"tier": "[parameters('o').a.b]"})]
    )
    resource = only(expanded(value, {"o": {"value": {"a": {"b": "Hot"}}}}))
    assert resource.get("properties.tier") == "Hot"
    assert pointer(resource.place("properties.tier")) == ("main.parameters.json", "/parameters/o/value/a/b")


def test_an_argument_of_a_nested_deployment_is_traced_to_its_caller() -> None:
    inner = template(parameters={"p": {"type": "string"}}, resources=[store(kind="[parameters('p')]", location="w")])
    value = template(
        variables={"v": {"kind": "StorageV2"}},
        resources=[nested(inner, parameters={"p": {"value": "[variables('v').kind]"}})],
    )
    resource = only(expanded(value))
    assert pointer(resource.place("kind")) == ("main.json", "/variables/v/kind")
    assert resource.place("kind").chain == ()
    written = resource.place("location")
    assert written.pointer == "/resources/0/properties/template/resources/0/location"
    assert [call.pointer for call in written.chain] == ["/resources/0"]


def test_outer_scope_is_traced_through_the_outer_template() -> None:
    inner = template(resources=[store(kind="[variables('v')]")])
    value = template(variables={"v": "StorageV2"}, resources=[nested(inner, expressionEvaluationOptions={})])
    resource = only(expanded(value))
    assert resource.get("kind") == "StorageV2"
    assert pointer(resource.place("kind")) == ("main.json", "/variables/v")


def test_an_output_of_another_deployment_is_traced_into_it() -> None:
    first = template(resources=[], outputs={"o": {"type": "string", "value": "Hot"}})
    value = template(
        resources=[
            nested(first, "first"),
            store(properties={"accessTier": "[reference('first').outputs.o.value]"}),
        ]
    )
    resource = only(expanded(value))
    assert resource.get("properties.accessTier") == "Hot"
    assert resource.place("properties.accessTier").pointer == "/resources/0/properties/template/outputs/o/value"


def test_what_is_not_written_gives_the_name_of_its_nearest_ancestor() -> None:
    resource = only(expanded(template(resources=[store(properties={"a": {"b": 1}})])))
    assert resource.place("properties.a.c.d", key=True).pointer == "/resources/0/properties/a"
    assert resource.place("sku.name", key=True).pointer == "/resources/0"


def test_turns_of_a_property_copy_are_traced_to_its_input() -> None:
    loop = [
        {
            "name": "rules",
            "count": 2,
            "input": {"n": "[copyIndex('rules')]", "p": "[variables('l')[copyIndex('rules')]]"},
        }
    ]
    resource = only(expanded(template(variables={"l": ["a", "b"]}, resources=[store(properties={"copy": loop})])))
    assert resource.get("properties.rules[1].n") == 1
    assert resource.place("properties.rules[1].n").pointer == "/resources/0/properties/copy/0/input/n"
    assert resource.place("properties.rules[1].p").pointer == "/variables/l/1"


# --- secrets


def test_secrets_are_never_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    value = template(
        languageVersion="2.0",
        definitions={"login": {"type": "object", "properties": {"key": {"type": "securestring"}}}},
        parameters={
            "given": {"type": "securestring"},
            "default": {"type": "secureString", "defaultValue": "hunter-default"},
            "bag": {"type": "secureObject", "defaultValue": {"on": False, "key": "hunter-bag"}},
            "vault": {"type": "securestring"},
            "typed": {"type": "array", "items": {"$ref": "#/definitions/login"}},
        },
        resources={
            "s": store(
                properties={
                    "a": "[parameters('given')]",
                    "b": "[concat('x', parameters('default'))]",
                    "c": "[parameters('bag')]",
                    "d": "[parameters('vault')]",
                    "e": "[parameters('typed')[0].key]",
                    "f": "[parameters('bag').on]",
                }
            )
        },
    )
    file, given_file = tmp_path / "main.json", tmp_path / "p.json"
    file.write_text(text_of(value), "utf-8")
    vault = {"reference": {"keyVault": {"id": "/x"}, "secretName": "hunter"}}
    given_file.write_text(
        text_of(
            {
                "parameters": {
                    "given": {"value": "hunter-given"},
                    "vault": vault,
                    "typed": {"value": [{"key": "hunter-typed"}]},
                }
            }
        ),
        "utf-8",
    )
    code = main(["expand", str(file), "-p", str(given_file)])
    printed = capsys.readouterr().out
    properties = json.loads(printed)["resources"][0]["properties"]
    assert code == 0
    assert "hunter-" not in printed
    assert properties == {
        "a": {"$unresolved": "parameters('given')"},
        "b": {"$unresolved": "concat('x', parameters('default'))"},
        "c": {"on": False, "key": {"$unresolved": "parameters('bag').key"}},
        "d": {"$unresolved": "parameters('vault')"},
        "e": {"$unresolved": "parameters('typed')[0].key"},
        "f": False,
    }


def test_the_deployment_itself_tells_of_parameters_and_outputs() -> None:
    value = template(
        parameters={"pw": {"type": "securestring", "defaultValue": "x1"}, "n": {"type": "int", "defaultValue": 2}},
        resources=[nested(template(resources=[], outputs={"k": {"type": "securestring", "value": "v"}}))],
        outputs={"o": {"type": "int", "value": "[add(parameters('n'), 1)]"}},
    )
    root, inner = expanded(value).deployments
    assert root.body["parameters"]["pw"] == {
        "type": "securestring",
        "secure": True,
        "defaultValue": "x1",
        "value": Unresolved("parameters('pw')", "secret"),
    }
    assert root.body["outputs"]["o"] == {"type": "int", "secure": False, "value": 3}
    assert root.place("parameters.pw.defaultValue").pointer == "/parameters/pw/defaultValue"
    assert inner.name == "inner"
    assert inner.body["outputs"]["k"]["secure"] is True
    assert inner.place("outputs.k").pointer == "/resources/0/properties/template/outputs/k"


# --- parameter files


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("${AZURE_LOCATION}", Unresolved("parameters('p')")),
        ("${AZURE_LOCATION=westeurope}", "westeurope"),
        ("rg-${ENV=dev}-${N=1}", "rg-dev-1"),
        ("echo ${lower}", "echo ${lower}"),
    ],
)
def test_placeholders_of_azd(given: str, expected: Any) -> None:
    value = template(parameters={"p": {"type": "string"}}, resources=[store(kind="[parameters('p')]")])
    inventory = expanded(value, {"p": {"value": given}})
    assert only(inventory).body["kind"] == expected
    assert inventory.gaps == []


def test_a_required_parameter_without_a_value_is_open_and_no_gap() -> None:
    value = template(parameters={"p": {"type": "string"}}, resources=[store(kind="[parameters('p')]")])
    inventory = expanded(value)
    assert only(inventory).body["kind"] == Unresolved("parameters('p')")
    assert only(inventory).body["kind"].reason == "parameter"
    assert inventory.gaps == []


@pytest.mark.parametrize(
    ("condition", "deployed"),
    [("and(parameters('p'), false())", 0), ("and(parameters('p'), true(), false())", 0)],
)
def test_what_decides_a_condition_does_so_beside_an_open_parameter(condition: str, deployed: int) -> None:
    value = template(parameters={"p": {"type": "bool"}}, resources=[store(condition=f"[{condition}]")])
    assert len(expanded(value).resources) == deployed


def test_a_text_becomes_a_boolean_where_azd_fills_the_file() -> None:
    value = template(parameters={"p": {"type": "bool"}}, resources=[store(properties={"on": "[parameters('p')]"})])
    inventory = expanded(value, {"p": {"value": "${ON=true}"}, "gone": {"value": "x"}})
    assert only(inventory).body["properties"] == {"on": True}
    assert inventory.gaps == []


def test_a_value_of_the_wrong_type_is_a_gap_in_the_parameter_file() -> None:
    value = template(parameters={"p": {"type": "int"}}, resources=[store(properties={"n": "[parameters('p')]"})])
    inventory = expanded(value, {"p": {"value": "three"}})
    assert [(gap.path, gap.line, gap.kind) for gap in inventory.gaps] == [("main.parameters.json", 4, "refused")]
    assert messages(inventory) == ["parameter 'p': expected a value of type Integer, got String"]
    assert only(inventory).get("properties.n") == "three"


def test_parameter_files_are_told_from_others() -> None:
    assert is_parameter_file(parse('{"parameters": {"a": {"value": 1}}}', "x")) is True
    assert is_parameter_file(parse('{"parameters": {"a": {"type": "int"}}, "resources": []}', "x")) is False
    assert is_parameter_file(parse("[1]", "x")) is False
    assert template_link(parse('{"metadata": {"template": "./main.json"}, "parameters": {}}', "x")) == "./main.json"
    assert template_link(parse('{"parameters": {}}', "x")) is None


# --- what fails does not take the rest with it


def test_one_failing_property_leaves_the_others() -> None:
    value = template(resources=[store(kind="Good", tags={"bad": "[int('x')]", "good": "[add(1, 1)]"}), store(name="b")])
    inventory = expanded(value)
    assert [resource.name for resource in inventory.resources] == ["stone", "b"]
    assert inventory.resources[0].body["tags"] == {"bad": Unresolved("int('x')"), "good": 2}
    assert inventory.resources[0].body["tags"]["bad"].reason == "error"
    assert [(gap.path, gap.line, gap.kind) for gap in inventory.gaps] == [("main.json", 11, "evaluation")]
    assert inventory.complete is False


def test_a_failing_name_keeps_its_resource() -> None:
    inventory = expanded(template(resources=[store(name="[createArray('a')[3]]")]))
    assert only(inventory).name == Unresolved("createArray('a')[3]")
    assert len(inventory.gaps) == 1


def test_a_fault_in_an_unused_variable_or_output_is_told() -> None:
    value = template(
        variables={"v": "[nosuch()]"},
        resources=[store()],
        outputs={"o": {"type": "string", "value": "[variables('w')]"}},
    )
    inventory = expanded(value)
    assert sorted(messages(inventory)) == [
        "The template function 'nosuch' is not valid.",
        "The template variable 'w' is not found.",
    ]


def test_cycles_are_told_once_and_stop() -> None:
    value = template(
        variables={"a": "[variables('b')]", "b": "[variables('a')]"}, resources=[store(kind="[variables('a')]")]
    )
    inventory = expanded(value)
    assert messages(inventory) == ["The definition of the variable 'a' leads back to itself."]
    assert isinstance(only(inventory).body["kind"], Unresolved)


def test_deployments_that_read_each_other_stop() -> None:
    def reads(other: str) -> dict[str, Any]:
        inner = template(
            parameters={"p": {"type": "string"}},
            resources=[store(kind="[parameters('p')]")],
            outputs={"o": {"type": "string", "value": "[parameters('p')]"}},
        )
        return nested(inner, parameters={"p": {"value": f"[reference('{other}').outputs.o.value]"}}) | {
            "name": {"a": "b", "b": "a"}[other]
        }

    inventory = expanded(template(resources=[reads("a"), reads("b")]))
    assert len(inventory.resources) == 2
    assert any("leads back to itself" in message for message in messages(inventory))


# --- bounds


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (
            template(resources=[store(name="[concat('s', copyIndex())]", copy={"name": "l", "count": 10**9})]),
            "the copy count '1000000000' is not a whole number from 0 to 800",
        ),
        (template(resources=[store(tags={"a": "[range(0, 1000000000)]"})]), "count"),
        (
            template(
                variables={f"v{i}": f"[variables('v{i + 1}')]" for i in range(1000)} | {"v1000": 1},
                resources=[store(tags={"a": "[variables('v0')]"})],
            ),
            "nests too deeply",
        ),
        (
            template(
                variables={f"v{i}": f"[concat(variables('v{i + 1}'), variables('v{i + 1}'))]" for i in range(40)}
                | {"v40": "ab"},
                resources=[store(tags={"a": "[variables('v0')]"})],
            ),
            "exceeds the maximum length",
        ),
        (
            template(resources=[store(tags={"a": "[" + "concat(" * 500 + "'a'" + ")" * 500 + "]"})]),
            "nests more than",
        ),
    ],
)
def test_what_costs_too_much_is_a_gap(value: dict[str, Any], message: str) -> None:
    inventory = expanded(value)
    assert len(inventory.resources) == 1
    assert any(message in text for text in messages(inventory))


def test_shared_values_that_grow_are_a_gap() -> None:
    variables: dict[str, Any] = {
        f"v{i}": f"[createArray(variables('v{i + 1}'), variables('v{i + 1}'))]" for i in range(60)
    }
    value = template(variables=variables | {"v60": "ab"}, resources=[store(properties={"a": "[variables('v0')]"})])
    inventory = expanded(value, context=Context(budget=Budget(steps=100_000, items=100_000)))
    assert [gap.kind for gap in inventory.gaps] == ["limit"]
    assert isinstance(only(inventory).get("properties.a"), Unresolved)


def test_deep_nesting_is_a_gap() -> None:
    value = template(resources=[store()])
    for _ in range(50):
        value = template(resources=[nested(value)])
    inventory = expanded(value)
    assert messages(inventory) == ["deployments nest more than 32 deep; the rest is not seen"]
    assert inventory.gaps[0].kind == "limit"


def test_loops_of_loops_of_deployments_are_bounded() -> None:
    value = template(resources=[store()])
    for _ in range(4):
        loop = nested(value) | {"name": "[concat('d', copyIndex())]", "copy": {"name": "c", "count": 800}}
        value = template(resources=[loop])
    inventory = expanded(value, context=Context(budget=Budget(items=1_000_000)))
    assert {gap.kind for gap in inventory.gaps} == {"limit"}


# --- links


def test_a_relative_link_is_followed_inside_the_folder(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "store.json").write_text(text_of(template(resources=[store(kind="Linked")])), "utf-8")
    link = {
        "type": "Microsoft.Resources/deployments",
        "apiVersion": "2022-09-01",
        "name": "l",
        "properties": {"mode": "Incremental", "templateLink": {"relativePath": "parts/store.json"}},
    }
    path = tmp_path / "main.json"
    document = parse(text_of(template(resources=[link])), path.as_posix())
    inventory = expand(document, None, Context(root=tmp_path))
    assert inventory.gaps == []
    assert only(inventory).get("kind") == "Linked"
    place = only(inventory).place("kind")
    assert place.path.endswith("parts/store.json")
    assert [call.path for call in place.chain] == [path.as_posix()]


@pytest.mark.parametrize(
    ("link", "message"),
    [
        ({"relativePath": "../outside.json"}, "lies outside the scanned folder"),
        ({"relativePath": "missing.json"}, "cannot be read"),
        ({"relativePath": "main.json"}, "links back to itself"),
        ({"uri": "https://example.com/x.json"}, "a linked template is not followed (https://example.com/x.json)"),
        ({"id": "/x/templateSpecs/y/versions/1"}, "a template spec is not followed (/x/templateSpecs/y/versions/1)"),
    ],
)
def test_other_links_are_gaps(tmp_path: Path, link: dict[str, str], message: str) -> None:
    linked = {"type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "l"}
    value = template(resources=[{**linked, "properties": {"templateLink": link}}, store()])
    path = tmp_path / "main.json"
    path.write_text(text_of(value), "utf-8")
    inventory = expand(parse(text_of(value), path.as_posix()), None, Context(root=tmp_path))
    assert only(inventory).name == "stone"
    assert [gap.kind for gap in inventory.gaps] == ["link"]
    assert message in inventory.gaps[0].message
    assert inventory.gaps[0].line > 1


# --- a template as a value


def test_a_template_as_a_value_gives_outputs_and_resources() -> None:
    value = template(
        parameters={"p": {"type": "string"}},
        resources=[store(kind="[parameters('p')]")],
        outputs={"o": {"type": "string", "value": "[concat(parameters('p'), '!')]"}},
    )
    call = Place("main.bicep", 3, 1, 3, 9)
    source = Source(parse(text_of(value), "module.json"), calls_before=(call,))
    arguments = {"p": Argument(Unresolved("x.y"), lambda _path, _key: call)}
    opened = open_template(
        value, arguments, Scope(), Context(), source, name="m", condition=Unresolved("c"), identity="m"
    )
    assert opened.output("o") == Unresolved("concat(x.y, '!')")
    resource = run(opened).resources[0]
    assert resource.condition == Unresolved("c")
    assert resource.deployment == "m"
    assert resource.identity == "m/microsoft.storage/storageaccounts:stone"
    assert resource.place("kind") == call
    assert resource.place("name").chain == (call,)


def test_scopes_and_templates_are_told_by_their_schema() -> None:
    assert kind_of_scope({"$schema": SCHEMA}) == "resourceGroup"
    assert kind_of_scope({"$schema": SCHEMA.replace("deploymentT", "tenantDeploymentT")}) == "tenant"
    assert is_template({"$schema": SCHEMA}) is True
    assert is_template({"contentVersion": "1", "Resources": []}) is True
    assert is_template({"resources": []}) is False
    assert is_template([]) is False


# --- the command


def test_expand_prints_places_and_exits_with_3_on_gaps(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "main.json"
    value = template(variables={"k": "StorageV2"}, resources=[store(kind="[variables('k')]", tags={"a": "[nosuch()]"})])
    file.write_text(text_of(value), "utf-8")
    assert main(["expand", str(file), "--places"]) == 3
    printed = json.loads(capsys.readouterr().out)
    resource = printed["resources"][0]
    assert resource["places"]["/kind"]["line"] == 5
    assert resource["source"]["pointer"] == "/resources/0"
    assert printed["gaps"][0]["path"] == file.as_posix()


def test_expand_finds_the_parameter_file_by_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    value = template(parameters={"p": {"type": "string"}}, resources=[store(kind="[parameters('p')]")])
    (tmp_path / "main.json").write_text(text_of(value), "utf-8")
    (tmp_path / "main.parameters.json").write_text('{"parameters": {"p": {"value": "x"}}}', "utf-8")
    assert main(["expand", str(tmp_path / "main.json")]) == 0
    assert json.loads(capsys.readouterr().out)["resources"][0]["kind"] == "x"


@pytest.mark.parametrize("text", ["[1]", "{", '"x"', "", '{"resources": 5}', '{"resources": [null, 3, "x"]}'])
def test_expand_of_what_is_no_template_is_3(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    file = tmp_path / "main.json"
    file.write_text(text, "utf-8")
    assert main(["expand", str(file)]) == 3
    assert json.loads(capsys.readouterr().out)["gaps"] != []


def test_expand_of_a_missing_file_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["expand", "nowhere.json"]) == 2
    assert "no such file" in capsys.readouterr().err


# --- anything at all

NAMES = [
    "type",
    "name",
    "apiVersion",
    "resources",
    "properties",
    "copy",
    "count",
    "input",
    "condition",
    "value",
    "template",
]
NAMES += ["parameters", "variables", "outputs", "functions", "defaultValue", "scope", "members", "namespace", "$ref"]
TEXTS = [
    "Microsoft.Resources/deployments",
    "a/b",
    "x",
    "[copyIndex()]",
    "[parameters('p')]",
    "[variables('v')]",
    "string",
]
TEXTS += [
    "[reference('x').outputs.o.value]",
    "[concat('a'",
    "[[x]",
    "[",
    "[]",
    "[if(true(), 1, 2)]",
    "int",
    "secureObject",
]
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(TEXTS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=5),
    max_leaves=25,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    resources=JSON, parameters=JSON, variables=JSON, outputs=JSON, functions=JSON, definitions=JSON, given_values=JSON
)
def test_arbitrary_json_never_crashes(given_values: Any, **sections: Any) -> None:
    inventory = expand(
        parse(json.dumps(template(**sections)), "main.json"),
        parse(json.dumps({"parameters": given_values}), "p.json"),
        Context(budget=Budget(steps=200_000, items=400_000, seconds=5)),
    )
    for resource in [*inventory.resources, *inventory.deployments]:
        assert resource.place("properties.value[0]").path in ("main.json", "p.json")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(value=st.dictionaries(st.sampled_from([*NAMES, "$schema", "contentVersion"]), JSON, max_size=6))
def test_arbitrary_templates_never_crash(value: dict[str, Any]) -> None:
    inventory = expand(parse(json.dumps(value), "main.json"), None, Context())
    assert all(gap.path == "main.json" for gap in inventory.gaps)


@pytest.mark.parametrize("scope", ["inner", "outer"])
def test_a_template_by_expression_is_opened(scope: str) -> None:
    variables = {"t": template(resources=[store(kind="FromVariable")])}
    deployment = nested({}, template="[variables('t')]", expressionEvaluationOptions={"scope": scope})
    resource = only(expanded(template(variables=variables, resources=[deployment])))
    assert resource.get("kind") == "FromVariable"
    assert resource.place("kind").pointer == "/variables/t/resources/0/kind"


def test_outputs_of_an_existing_deployment_stay_open() -> None:
    old = {"type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "old", "existing": True}
    reads = store(properties={"a": "[reference('d').outputs.x.value]"})
    inventory = expanded(template(languageVersion="2.0", resources={"d": old, "s": reads}))
    assert inventory.gaps == []
    assert only(inventory).get("properties.a") == Unresolved("reference('d').outputs.x.value")
