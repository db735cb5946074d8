"""Resources as Azure gives them back, in every form that they are written to files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linter.model import Inventory, OpenKey, Place, Resource, Unresolved
from linter.sources.exports import Export, is_export, read_export, split_id
from linter.sources.files import read
from linter.sources.workloads import workloads

GROUP = "/subscriptions/11111111-0000-0000-0000-000000000000/resourceGroups/Ml-Prod"
ACCOUNT = f"{GROUP}/providers/Microsoft.CognitiveServices/accounts/ai"


def account(**more: Any) -> dict[str, Any]:
    return {
        "id": ACCOUNT,
        "name": "ai",
        "type": "microsoft.cognitiveservices/accounts",
        "location": "westeurope",
        "kind": "OpenAI",
        "tags": None,
        "properties": {"disableLocalAuth": None, "restore": False},
        **more,
    }


def written(folder: Path, value: Any, name: str = "export.json") -> Export:
    path = folder / name
    path.write_text(value if isinstance(value, str) else json.dumps(value, indent=1), encoding="utf-8")
    return read_export(path, name)


def summary(resource: Resource) -> tuple[Any, ...]:
    return (resource.type, resource.name, resource.id, resource.origin)


EXPECTED = ("Microsoft.CognitiveServices/accounts", "ai", ACCOUNT, "export")


@pytest.mark.parametrize(
    "value",
    [
        account(),
        [account()],
        {"value": [account()]},
        {"count": 1, "data": [account()], "skip_token": None, "total_records": 1},
        json.dumps(account()) + "\n",
        json.dumps(account()) + "\n\n" + json.dumps({"value": []}) + "\n",
        {"status": "Succeeded", "changes": [{"resourceId": ACCOUNT, "changeType": "Modify", "after": account()}]},
        {"properties": {"changes": [{"resourceId": ACCOUNT, "changeType": "NoChange", "after": account(id=None)}]}},
        [{"Id": ACCOUNT, "ResourceType": "Microsoft.CognitiveServices/accounts", "Properties": {"restore": False}}],
    ],
)
def test_forms(tmp_path: Path, value: Any) -> None:
    export = written(tmp_path, value)
    assert [EXPECTED] == [summary(resource) for resource in export.resources]
    assert [] == export.gaps
    assert export.resources[0].get("properties.restore") is False
    assert ACCOUNT.lower() == export.resources[0].identity


def test_the_body_has_the_resources_own_members_only(tmp_path: Path) -> None:
    raw = account(resourceGroup="Ml-Prod", Sku={"name": "S0"}, apiVersion="2024-10-01", identity=None, zones=[])
    (resource,) = written(tmp_path, raw).resources
    assert {
        "location": "westeurope",
        "kind": "OpenAI",
        "sku": {"name": "S0"},
        "zones": [],
        "properties": {"disableLocalAuth": None, "restore": False},
    } == resource.body
    assert "2024-10-01" == resource.api_version


def test_places(tmp_path: Path) -> None:
    (resource,) = written(tmp_path, [account(Sku={"name": "S0"})]).resources
    assert Place("export.json", 2, 2, 2, 3, "/0") == resource.place()
    assert Place("export.json", 3, 9, 3, 135, "/0/id") == resource.place("id")
    assert Place("export.json", 11, 15, 11, 20, "/0/properties/restore") == resource.place("properties.restore")
    assert Place("export.json", 13, 3, 13, 8, "/0/Sku") == resource.place("sku", key=True)
    assert Place("export.json", 9, 3, 9, 15, "/0/properties") == resource.place("properties.none")


def test_places_in_json_lines(tmp_path: Path) -> None:
    lines = "\n".join(json.dumps(account(kind=kind)) for kind in ("OpenAI", "AIServices"))
    _, second = written(tmp_path, lines, "export.jsonl").resources
    place = second.place("kind")
    column = json.dumps(account(kind="AIServices")).index('"AIServices"') + 1
    assert Place("export.jsonl", 2, column, 2, column + 12, "/kind") == place


def test_a_broken_line_is_a_gap(tmp_path: Path) -> None:
    export = written(tmp_path, json.dumps(account()) + '\n{"a": \n', "export.jsonl")
    assert [EXPECTED] == [summary(resource) for resource in export.resources]
    assert [("syntax", 2)] == [(gap.kind, gap.line) for gap in export.gaps]


def test_what_if(tmp_path: Path) -> None:
    changes = [
        {"resourceId": ACCOUNT, "changeType": "Create", "after": account(properties={"key": "[listKeys('x')]"})},
        {"resourceId": ACCOUNT + "2", "changeType": "Delete", "before": account()},
        {"resourceId": ACCOUNT + "3", "changeType": "Unsupported", "unsupportedReason": "its id is not known"},
    ]
    export = written(tmp_path, {"status": "Succeeded", "changes": changes})
    assert [(*EXPECTED[:3], "template")] == [summary(resource) for resource in export.resources]
    assert Unresolved("listKeys('x')") == export.resources[0].body["properties"]["key"]
    assert [f"{ACCOUNT}3: its id is not known; ask with full resource payloads"] == [gap.message for gap in export.gaps]
    assert export.planned


def test_bicep_snapshot(tmp_path: Path) -> None:
    predicted = [
        {
            "id": "[format('/subscriptions/{0}', reference('x').id)]",
            "type": "Microsoft.Storage/storageAccounts",
            "name": "[reference('x').name]",
            "properties": {"[reference('y').key]": 1, "list": ["[a]", "[[b()]", "[c()]"]},
        },
        {"type": "request@v1", "properties": {"uri": "https://example.org"}},
    ]
    export = written(tmp_path, {"predictedResources": predicted, "diagnostics": [], "outputs": {}})
    (resource,) = export.resources
    assert (Unresolved("reference('x').name"), "template") == (resource.name, resource.origin)
    assert Unresolved("format('/subscriptions/{0}', reference('x').id)") == resource.id
    assert {"[reference('y').key]": 1, "list": ["[a]", "[[b()]", Unresolved("c()")]} == resource.body["properties"]
    assert isinstance(next(iter(resource.body["properties"])), OpenKey)
    assert "export" == resource.body["properties"]["list"][2].reason


def test_text_in_brackets_is_text_in_what_azure_gives_back(tmp_path: Path) -> None:
    (resource,) = written(tmp_path, account(properties={"text": "[concat('a')]"})).resources
    assert {"text": "[concat('a')]"} == resource.body["properties"]


def test_validated_deployment(tmp_path: Path) -> None:
    name = f"{GROUP}/providers/Microsoft.Resources/deployments/d"
    listed = [account(apiVersion="2024-10-01"), {"id": ACCOUNT + "2"}]
    export = written(
        tmp_path, {"id": name, "type": "Microsoft.Resources/deployments", "properties": {"validatedResources": listed}}
    )
    assert ["d", "ai"] == [resource.name for resource in export.resources]
    ids_only = {"id": name, "type": "Microsoft.Resources/deployments", "properties": {"validatedResources": listed[1:]}}
    assert ["the validated resources are ids only; export the what-if result instead"] == [
        gap.message for gap in written(tmp_path, ids_only).gaps
    ]


def test_properties_that_were_not_exported_are_unknown(tmp_path: Path) -> None:
    export = written(tmp_path, [account(properties=None), account(id=ACCOUNT + "2", properties=None)])
    assert isinstance(export.resources[0].get("properties.disableLocalAuth"), Unresolved)
    assert [("access", 2)] == [(gap.kind, gap.line) for gap in export.gaps]
    assert export.gaps[0].message.startswith("2 resources stand without properties")


@pytest.mark.parametrize("more", [{"nextLink": "https://x"}, {"skip_token": "x"}, {"$skipToken": "x"}])
def test_one_page_of_several_is_a_gap(tmp_path: Path, more: dict[str, str]) -> None:
    export = written(tmp_path, {"value": [account()], **more})
    assert ["is one page of an answer of several; export all pages"] == [gap.message for gap in export.gaps]


def test_children_inside_are_resources(tmp_path: Path) -> None:
    child = {"ResourceId": ACCOUNT + "/deployments/gpt", "Type": "x", "Properties": {"model": {"name": "gpt-4o"}}}
    outer, inner = written(tmp_path, account(resources=[child])).resources
    assert ("ai", "ai/gpt") == (outer.name, inner.name)
    assert "resources" not in outer.body
    assert "/resources/0/Properties/model" == inner.place("properties.model").pointer


@pytest.mark.parametrize(
    ("identifier", "expected"),
    [
        (ACCOUNT, ("Microsoft.CognitiveServices/accounts", "ai")),
        (ACCOUNT + "/deployments/gpt", ("Microsoft.CognitiveServices/accounts/deployments", "ai/gpt")),
        (
            ACCOUNT + "/providers/Microsoft.Insights/diagnosticSettings/logs",
            ("Microsoft.Insights/diagnosticSettings", "logs"),
        ),
        (GROUP, ("Microsoft.Resources/resourceGroups", "Ml-Prod")),
        ("/subscriptions/1", ("Microsoft.Resources/subscriptions", "1")),
        ("/providers/Microsoft.Management/managementGroups/m", ("Microsoft.Management/managementGroups", "m")),
        (ACCOUNT + "/deployments", ("", "")),
        ("", ("", "")),
    ],
)
def test_type_and_name_of_an_id(identifier: str, expected: tuple[str, str]) -> None:
    assert expected == split_id(identifier)


@pytest.mark.parametrize(
    "value",
    [
        {},
        [],
        {"value": []},
        {"data": [{"count_": 3}]},
        {"changes": []},
        {"id": "1", "type": "x"},
        [1],
        None,
        {"value": 1},
    ],
)
def test_other_json_is_no_export(value: Any) -> None:
    assert not is_export(value)


def names(found: list[Inventory]) -> dict[str, list[Any]]:
    return {inventory.name: [resource.name for resource in inventory.resources] for inventory in found}


def test_workloads(tmp_path: Path) -> None:
    other = ACCOUNT.replace("Ml-Prod", "mixed")
    rows = [
        account(tags={"Workload": "chat"}),
        account(id=ACCOUNT + "/deployments/gpt"),
        account(id=ACCOUNT + "/providers/Microsoft.Insights/diagnosticSettings/logs"),
        account(id=f"{GROUP}/providers/Microsoft.Storage/storageAccounts/store"),
        account(id=other, tags={"app": "chat"}),
        account(id=other + "2", tags={"app": "search"}),
        account(id=other + "3"),
        account(id=other.replace("mixed", "plain")),
        account(id=other.replace("mixed", "plain").replace("1111", "2222")),
    ]
    resources = written(tmp_path, rows).resources
    found = workloads(resources, ("workload", "app"))
    assert ["chat", "search", "mixed", "plain", "plain"] == [inventory.name for inventory in found]
    assert [["ai", "ai/gpt", "logs", "store", "ai"], ["ai2"], ["ai3"], ["ai"], ["ai"]] == [
        [resource.name for resource in inventory.resources] for inventory in found
    ]
    assert ["Ml-Prod", "mixed", "plain", "plain"] == [inventory.name for inventory in workloads(resources, ())]


def test_deployments_stand_apart(tmp_path: Path) -> None:
    value = {
        "id": f"{GROUP}/providers/Microsoft.Resources/deployments/d",
        "type": "Microsoft.Resources/deployments",
        "properties": {
            "parameters": {"key": {"type": "SecureString"}, "size": {"type": "Int", "value": 3}},
            "outputs": {"url": {"type": "String", "value": "https://x"}},
        },
    }
    (inventory,) = workloads(written(tmp_path, value).resources, ())
    (deployment,) = inventory.deployments
    assert [] == inventory.resources
    assert {
        "parameters": {
            "key": {"type": "SecureString", "secure": True, "value": None},
            "size": {"type": "Int", "secure": False, "value": 3},
        },
        "outputs": {"url": {"type": "String", "secure": False, "value": "https://x"}},
    } == deployment.body
    assert "/properties/outputs/url/value" == deployment.place("outputs.url.value").pointer


def test_exports_of_one_scan_are_one_estate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "list.json").write_text(json.dumps([account(properties=None)]), encoding="utf-8")
    (tmp_path / "show.json").write_text(json.dumps(account()), encoding="utf-8")
    (tmp_path / "zz.json").write_text(json.dumps(account(properties={"restore": True})), encoding="utf-8")
    (tmp_path / "plan.json").write_text(json.dumps({"predictedResources": [account()]}), encoding="utf-8")
    first, second = read(["."])
    assert ["show.json", "plan.json"] == [found.resources[0].place().path for found in (first, second)]
    assert ["a resource stands without properties", "ai stands in show.json:1 too"] == [
        gap.message.split(" (")[0].split(",")[0] for gap in first.gaps
    ]
    assert (False, True) == (first.complete, second.complete)


def test_resources_without_an_id_are_not_taken_for_one(tmp_path: Path) -> None:
    rows = [account(), *({"type": "Microsoft.X/y", "name": name, "properties": {}} for name in "ab")]
    (tmp_path / "list.json").write_text(json.dumps(rows), encoding="utf-8")
    found = [resource for inventory in read([tmp_path.as_posix()]) for resource in inventory.resources]
    assert ["ai", "a", "b"] == [resource.name for resource in found]
    assert ["microsoft.x/y/'a'", "microsoft.x/y/'b'"] == [resource.identity for resource in found[1:]]
    assert [Unresolved("resourceId('Microsoft.X/y', 'a')")] == [found[1].id]


def test_saved_live_resources_and_pods_beside_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    cluster = GROUP + "/providers/Microsoft.ContainerService/managedClusters/aks"
    saved = tmp_path / "live/1/ml-prod"
    pods = {
        "apiVersion": "v1",
        "kind": "List",
        "items": [{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}}],
    }
    for place, value in (("accounts/ai", account()), ("managedClusters/aks", account(id=cluster)), ("pods", pods)):
        path = saved / f"{place}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(value), encoding="utf-8")
    (inventory,) = read(["live"])
    assert ["ai", "aks", "default/p"] == [resource.name for resource in inventory.resources]


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=5)
    | st.sampled_from([ACCOUNT, GROUP, "Delete", "[a()]"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "id",
                    "type",
                    "name",
                    "value",
                    "data",
                    "changes",
                    "changeType",
                    "after",
                    "properties",
                    "resources",
                    "predictedResources",
                    "validatedResources",
                    "tags",
                    "Properties",
                    "status",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=15,
)


@given(JSON)
def test_any_json_is_read(tmp_path_factory: pytest.TempPathFactory, value: Any) -> None:
    export = written(tmp_path_factory.getbasetemp(), value)
    is_export(value)
    for inventory in workloads(export.resources, ("workload",)):
        for resource in [*inventory.resources, *inventory.deployments]:
            assert "export.json" == resource.place("properties.x").path
