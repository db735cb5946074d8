"""Evaluation of Bicep: what the programs of the real engine do not ask. Hostile input, modules, parameters, places."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linter.model import Inventory, Resource, Unresolved
from linter.sources.arm.deployment import expand
from linter.sources.arm.reader import parse
from linter.sources.bicep.expand import expand_file
from linter.sources.bicep.library import Library
from linter.sources.template.scope import Context, Scope
from linter.sources.template.values import Budget


@pytest.fixture(autouse=True, scope="module")
def _as_deep_as_an_expansion() -> None:
    """The limit that every expansion sets; hypothesis warns where it changes under its hands."""
    sys.setrecursionlimit(max(sys.getrecursionlimit(), 6000))


PROBE = "resource probe 'Contoso.Lab/probe@2024-01-01' = {\n  name: 'p'\n  properties: {\n    v: VALUE\n  }\n}\n"


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def run(folder: Path, name: str = "main.bicep", parameters: tuple[str, ...] = (), **more: Any) -> Inventory:
    context = Context(scope=Scope(cloud="any"), root=folder, **more)
    return expand_file(folder / name, [folder / one for one in parameters], context)


def probe(folder: Path, value: str, above: str = "", files: dict[str, str] | None = None) -> tuple[Any, list[str]]:
    """The value of an expression, and the messages of all gaps."""
    write(folder, {"main.bicep": above + "\n" + PROBE.replace("VALUE", value), **(files or {})})
    inventory = run(folder)
    found = next(one for one in inventory.resources if one.name == "p")
    return found.body["properties"]["v"], [gap.message for gap in inventory.gaps]


def only(inventory: Inventory) -> Resource:
    assert len(inventory.resources) == 1
    return inventory.resources[0]


# --- hostile input


@given(st.binary(max_size=400))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_give_an_inventory(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "main.bicep"
    path.write_bytes(data)
    assert expand_file(path, [], Context(root=tmp_path)).name == path.as_posix()


FRAGMENTS = (
    "param a string\n", "var v = v\n", "var w = [for i in range(0, 3): w]\n", "output o string = o\n", "@secure()\n",
    "resource r 'A.B/c@2020-01-01' = {\n", "  name: r.name\n", "  parent: r\n", "  scope: r\n",
    "  properties: r.properties\n", "module m 'main.bicep' = {\n", "  params: m.outputs\n", "}\n", "[for x in r: ",
    "if (r.id == '')", "]", "{", "'${", "}'", "func f(x int) int => f(x)\n", "type t = t?\n", "param p t\n",
    "import * as n from 'main.bicep'\n", "r::s", "...", "=>", "\x00",
)  # fmt: skip


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=14))
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_pieces_of_bicep_end(tmp_path: Path, pieces: list[str]) -> None:
    path = tmp_path / "main.bicep"
    path.write_text("".join(pieces), encoding="utf-8")
    inventory = expand_file(path, [path], Context(root=tmp_path))
    for resource in inventory.resources:
        assert resource.place().path == path.as_posix()


def test_what_leads_back_to_itself_is_told(tmp_path: Path) -> None:
    files = {
        "main.bicep": "var a = b\nvar b = a\nmodule m 'm.bicep' = {}\n" + PROBE.replace("VALUE", "a"),
        "m.bicep": "module back 'main.bicep' = {}\n",
    }
    inventory = run(write(tmp_path, files))
    messages = [gap.message for gap in inventory.gaps]
    assert any("leads back to itself" in message for message in messages)
    assert any("leads back to this file" in message for message in messages)
    assert [resource.name for resource in inventory.resources] == ["p"]


def test_a_resource_that_reads_itself_in_a_loop_ends(tmp_path: Path) -> None:
    text = "resource r 'A.B/c@2024-01-01' = [for i in range(0, 2): {\n  name: 'r${i}'\n  properties: {\n"
    text += "    l: [for j in range(0, 2): r[j].properties.l]\n  }\n}]\n"
    inventory = run(write(tmp_path, {"main.bicep": text}))
    assert len(inventory.resources) == 2
    assert any("leads back to itself" in gap.message for gap in inventory.gaps)


def test_a_bound_ends_what_grows(tmp_path: Path) -> None:
    doubling = "var a0 = 'xxxxxxxxxxxxxxxx'\n" + "".join(f"var a{n + 1} = '${{a{n}}}${{a{n}}}'\n" for n in range(60))
    _, messages = probe(tmp_path, "length(a60)", doubling)
    assert any("stopped" in message for message in messages)


def test_modules_that_multiply_come_to_an_end(tmp_path: Path) -> None:
    files = {f"m{n}.bicep": f"module x 'm{n + 1}.bicep' = {{}}\nmodule y 'm{n + 1}.bicep' = {{}}\n" for n in range(20)}
    inventory = run(
        write(tmp_path, {**files, "m20.bicep": PROBE.replace("VALUE", "1")}), "m0.bicep", budget=Budget(items=200_000)
    )
    assert any(gap.kind == "limit" for gap in inventory.gaps)
    assert len(inventory.deployments) <= 100


def test_a_loop_has_as_many_turns_as_the_engine_takes(tmp_path: Path) -> None:
    text = "resource r 'A.B/c@2024-01-01' = [for i in range(0, 801): {\n  name: 'r${i}'\n}]\n"
    inventory = run(write(tmp_path, {"main.bicep": text}))
    assert [gap.message for gap in inventory.gaps] == ["A loop has at most 800 turns, and this has 801."]
    assert isinstance(only(inventory).name, Unresolved)


def test_after_a_syntax_error_the_rest_is_read(tmp_path: Path) -> None:
    text = "param x string = = 'a'\n" + PROBE.replace("VALUE", "1")
    inventory = run(write(tmp_path, {"main.bicep": text}))
    assert [(gap.kind, gap.line) for gap in inventory.gaps] == [("syntax", 1)]
    assert only(inventory).name == "p"


# --- files


def test_data_outside_the_tree_is_not_read(tmp_path: Path) -> None:
    write(
        tmp_path, {"secret.txt": "hush", "tree/main.bicep": PROBE.replace("VALUE", "loadTextContent('../secret.txt')")}
    )
    inventory = run(tmp_path / "tree")
    assert isinstance(only(inventory).body["properties"]["v"], Unresolved)
    assert any("outside the scanned tree" in gap.message for gap in inventory.gaps)


def test_a_link_out_of_the_tree_is_not_followed(tmp_path: Path) -> None:
    write(tmp_path, {"secret.txt": "hush", "tree/main.bicep": PROBE.replace("VALUE", "loadTextContent('link.txt')")})
    (tmp_path / "tree" / "link.txt").symlink_to(tmp_path / "secret.txt")
    inventory = run(tmp_path / "tree")
    assert isinstance(only(inventory).body["properties"]["v"], Unresolved)


@pytest.mark.parametrize("name", ["/etc/passwd", "..\\\\x", "C:x", "nul\\u{0}"])
def test_odd_paths_are_refused(tmp_path: Path, name: str) -> None:
    value, messages = probe(tmp_path, f"loadTextContent('{name}')")
    assert isinstance(value, Unresolved)
    assert messages


def test_a_bicep_parameter_file_is_an_entry_point(tmp_path: Path) -> None:
    files = {
        "main.bicep": "param n int\n" + PROBE.replace("VALUE", "n"),
        "prod.bicepparam": "using 'main.bicep'\nparam n = 3 * 2\n",
    }
    inventory = run(write(tmp_path, files), "prod.bicepparam")
    assert only(inventory).body["properties"] == {"v": 6}
    assert inventory.gaps == []
    place = only(inventory).place("properties.v")
    assert (Path(place.path).name, place.line, place.column) == ("prod.bicepparam", 2, 11)


def test_json_parameters_keep_secrets_and_tell_strangers(tmp_path: Path) -> None:
    vault = {"keyVault": {"id": "/subscriptions/x"}, "secretName": "s"}
    given_values = {"pw": {"reference": vault}, "known": {"value": "hush"}, "stranger": {"value": 1}}
    files = {
        "main.bicep": "@secure()\nparam pw string\n@secure()\nparam known string\n"
        + PROBE.replace("VALUE", "[ pw, known ]"),
        "p.json": json.dumps({"$schema": "…/deploymentParameters.json#", "parameters": given_values}),
    }
    inventory = run(write(tmp_path, files), parameters=("p.json",))
    secrets = only(inventory).body["properties"]["v"]
    assert [(one.expression, one.reason) for one in secrets] == [
        ("parameters('pw')", "secret"),
        ("parameters('known')", "secret"),
    ]
    assert [gap.message for gap in inventory.gaps] == ["the template declares no parameter 'stranger'"]


# --- registry modules

MODULE = {
    "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
    "contentVersion": "1.0.0.0",
    "parameters": {"n": {"type": "string"}},
    "resources": [{"type": "Contoso.Lab/probe", "apiVersion": "2024-01-01", "name": "[parameters('n')]"}],
    "outputs": {"o": {"type": "string", "value": "[concat('o-', parameters('n'))]"}},
}
CALL = "module m 'br/public:avm/res/x/y:1.0-Beta' = {\n  params: { n: 'made' }\n}\n"
CACHED = "br/mcr.microsoft.com/bicep$avm$res$x$y/1.0-Beta$10/main.json"


def test_a_restored_module_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    write(tmp_path / "home" / ".bicep", {CACHED: json.dumps(MODULE)})
    write(tmp_path / "tree", {"main.bicep": CALL + PROBE.replace("VALUE", "m.outputs.o")})
    inventory = run(tmp_path / "tree")
    assert [one.name for one in inventory.resources] == ["made", "p"]
    assert inventory.resources[1].body["properties"] == {"v": "o-made"}
    assert inventory.gaps == []
    chain = inventory.resources[0].place().chain
    assert [(Path(call.path).name, call.line, call.column) for call in chain] == [("main.bicep", 1, 1)]


def test_a_folder_of_modules_stands_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "empty"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "empty"))
    write(tmp_path / "modules", {CACHED: json.dumps(MODULE)})
    write(tmp_path / "tree", {"main.bicep": CALL})
    inventory = run(tmp_path / "tree", modules=(tmp_path / "modules",))
    assert only(inventory).name == "made"


def test_a_module_that_is_not_there_is_told_and_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "empty"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "empty"))
    write(tmp_path / "tree", {"main.bicep": CALL + PROBE.replace("VALUE", "m.outputs.o")})
    inventory = run(tmp_path / "tree")
    value = only(inventory).body["properties"]["v"]
    assert (type(value), value.reason) == (Unresolved, "module")
    assert {gap.kind for gap in inventory.gaps} == {"module"}
    assert any("0 of 1 registry modules" in gap.message for gap in inventory.gaps)
    assert not inventory.complete


def test_types_of_a_registry_are_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "empty"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "empty"))
    above = "import { t } from 'br/public:avm/utl/types/x:0.1.0'\nparam p t?\n"
    value, messages = probe(tmp_path, "p ?? 'none'", above)
    assert (value, messages) == ("none", [])


# --- both front ends agree

HEAD = {"$schema": MODULE["$schema"], "contentVersion": "1.0.0.0", "languageVersion": "2.0"}


def template(value: str, **more: Any) -> str:
    resource = {"type": "Contoso.Lab/probe", "apiVersion": "2024-01-01", "name": "p", "properties": {"v": f"[{value}]"}}
    return json.dumps({**HEAD, "resources": {"probe": resource}, **more})


PAIRS = (
    ("'a${1}b${true}'", "format('a{0}b{1}', 1, true())"),
    ("[ ...[ 1 ], 2 ]", "flatten(createArray(createArray(1), createArray(2)))"),
    ("{ a: 1, ...{ A: 2 } }", "shallowMerge(createArray(createObject('a', 1), createObject('A', 2)))"),
    ("map([ 1, 2 ], x => x * 2)", "map(createArray(1, 2), lambda('x', mul(lambdaVariables('x'), 2)))"),
    ("{ a: null }.?a ?? 'z'", "coalesce(tryGet(createObject('a', null()), 'a'), 'z')"),
    ("[ 1, 2, 3 ][^1]", "last(createArray(1, 2, 3))"),
    ("'B' =~ 'b' && !(1 > 2)", "and(equals(toLower('B'), toLower('b')), not(greater(1, 2)))"),
    ("uniqueString(resourceGroup().id, deployment().name)", "uniqueString(resourceGroup().id, deployment().name)"),
    ("toObject([ 'k' ], k => k, k => '${k}!')", "createObject('k', 'k!')"),
    ("environment().suffixes.storage", "environment().suffixes.storage"),
    ("-5 / 2 + 7 % -4", "add(div(-5, 2), mod(7, -4))"),
)  # fmt: skip


@pytest.mark.parametrize(("bicep", "arm"), PAIRS)
def test_bicep_says_what_the_compiled_template_says(tmp_path: Path, bicep: str, arm: str) -> None:
    value, messages = probe(tmp_path, bicep)
    other = expand(parse(template(arm), "main.json"), None, Context(scope=Scope(cloud="any")))
    assert messages == [gap.message for gap in other.gaps]
    assert value == only(other).body["properties"]["v"]


def test_a_value_that_fails_harms_nothing_beside_it(tmp_path: Path) -> None:
    value, messages = probe(tmp_path, "{ bad: [ 1 ][4], good: 'x' }")
    assert value["good"] == "x"
    assert (value["bad"].expression, value["bad"].reason) == ("[ 1 ][4]", "error")
    assert messages == ["The language expression property array index '4' is out of bounds."]


# --- what is seen of other extensions, of wrong values, of files shared between entry points


def test_another_extension_is_told(tmp_path: Path) -> None:
    text = "extension kubernetes with {\n  namespace: 'x'\n  kubeConfig: ''\n}\n"
    text += "resource s 'core/Service@v1' = {\n  metadata: { name: 's' }\n}\n" + PROBE.replace("VALUE", "1")
    inventory = run(write(tmp_path, {"main.bicep": text}))
    service = inventory.resources[0]
    assert (service.type, service.id, service.name) == ("core/Service@v1", "", "")
    assert service.body == {"properties": {"metadata": {"name": "s"}}}
    assert service.place("properties.metadata.name").line == 6
    assert [(gap.kind, gap.line) for gap in inventory.gaps] == [("module", 1)]


@pytest.mark.parametrize(
    ("declared", "value", "told"),
    [
        ("@allowed([ 'a', 'b' ])\nparam x string", "'c'", "not among the allowed values"),
        ("@maxLength(2)\nparam x string", "'abc'", "more than maxLength 2"),
        ("param x int", "'1'", "expected a value of type Integer, got String"),
        ("param x { a: int }", "{}", "must be given"),
        ("@sealed()\ntype t = { a: int? }\nparam x t", "{ b: 1 }", "allows no further ones"),
        ("@discriminator('k')\ntype t = { k: 'a' } | { k: 'b' }\nparam x t", "{ k: 'c' }", "'c'"),
    ],
)
def test_a_value_against_its_type_is_told(tmp_path: Path, declared: str, value: str, told: str) -> None:
    files = {
        "main.bicep": declared + "\n" + PROBE.replace("VALUE", "x"),
        "main.bicepparam": f"using 'main.bicep'\nparam x = {value}\n",
    }
    inventory = run(write(tmp_path, files), parameters=("main.bicepparam",))
    gap = next(gap for gap in inventory.gaps if told in gap.message)
    assert (gap.kind, Path(gap.path).name, gap.line) == ("refused", "main.bicepparam", 2)


def test_entry_points_share_what_was_parsed(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "m.bicep": PROBE.replace("VALUE", "1"),
            "a.bicep": "module m 'm.bicep' = {}\n",
            "b.bicep": "module m 'm.bicep' = {}\n",
        },
    )
    library = Library(tmp_path)
    found = [expand_file(tmp_path / name, [], Context(root=tmp_path), library) for name in ("a.bicep", "b.bicep")]
    assert [only(one).place().path for one in found] == [(tmp_path / "m.bicep").as_posix()] * 2
    assert library.program(tmp_path / "m.bicep") is library.program(tmp_path / "m.bicep")
    assert [[Path(call.path).name for call in only(one).place().chain] for one in found] == [["a.bicep"], ["b.bicep"]]


@pytest.mark.parametrize(
    ("value", "path", "written"),
    [
        ("resourceGroup().location", "", "resourceGroup().location"),
        ("union({ a: 1 }, { a: null }).a", "", "1"),
        ("union([ 'x' ], [ 'y', 'x' ])", "[1]", "'y'"),
        ("{ ...{ a: 'one' }, b: 'two' }", ".a", "'one'"),
        ("map([ { n: 'k' } ], x => { name: x.n })", "[0].name", "'k'"),
        ("filter([ 1, 2, 3 ], x => x > 1)", "[1]", "3"),
        ("toObject([ 'a', 'b' ], k => k, k => { v: k })", ".b.v", "'b'"),
        ("items({ z: 1, y: 2 })", "[0].value", "2"),
        ("[ ...[ 1, 2 ], 3 ][1]", "", "2"),
        ("true ? { deep: [ 'v' ] }.deep[0] : 'w'", "", "'v'"),
        ("null ?? concat([ 'p' ], [ 'q' ])[1]", "", "'q'"),
    ],
)
def test_a_value_is_traced_to_what_was_written(tmp_path: Path, value: str, path: str, written: str) -> None:
    inventory = run(write(tmp_path, {"main.bicep": PROBE.replace("VALUE", value)}))
    place = only(inventory).place(f"properties.v{path}")
    line = (tmp_path / "main.bicep").read_text("utf-8").splitlines()[place.line - 1]
    assert line[place.column - 1 : place.end_column - 1] == written
