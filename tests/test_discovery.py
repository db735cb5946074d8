"""What is found in files and folders, and how it is put together."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linter.sources.collecting import collect
from linter.sources.discovery import Plan, plan
from linter.sources.files import Texts, load, read
from linter.sources.ignore import walk

SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
VALUES = "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#"


def template(*resources: Any, **more: Any) -> str:
    return json.dumps({"$schema": SCHEMA, "contentVersion": "1.0.0.0", **more, "resources": resources})


def values(**given: Any) -> str:
    parameters = {name: {"value": value} for name, value in given.items()}
    return json.dumps({"$schema": VALUES, "contentVersion": "1.0.0.0", "parameters": parameters})


def link(path: str) -> dict[str, Any]:
    return {
        "type": "Microsoft.Resources/deployments",
        "apiVersion": "2022-09-01",
        "name": "linked",
        "properties": {"mode": "Incremental", "templateLink": {"relativePath": path}},
    }


POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n"
BUNDLE = "bundle: {name: b}\nresources: {jobs: {j: {name: x}}}\n"
STORAGE = {
    "type": "Microsoft.Storage/storageAccounts",
    "apiVersion": "2023-01-01",
    "name": "s",
    "location": "westeurope",
}
CLUSTER = {**STORAGE, "type": "Microsoft.ContainerService/managedClusters", "name": "aks"}


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")


def jobs(found: Plan) -> list[tuple[str, str]]:
    return [(job.shown, job.parameters[1] if job.parameters else "") for unit in found.units for job in unit.jobs]


def shown(root: str, **options: Any) -> list[str]:
    return [(folder / name).as_posix() for folder, names in walk(Path(root), **options) for name in names]


def test_walk_leaves_out_what_git_leaves_out(tree: Path) -> None:
    write(
        tree,
        {
            ".gitignore": "*.log\n/build/\n!keep.log\n[\n",
            ".git/info/exclude": "private.txt\n",
            "a.txt": "",
            "a.log": "",
            "keep.log": "",
            "build/x.txt": "",
            "sub/build/y.txt": "",
            "sub/.gitignore": "!*.log\nz.txt\n",
            "sub/b.log": "",
            "sub/z.txt": "",
            "sub/deeper/z.txt": "",
            "sub/private.txt": "",
            "node_modules/m/x.txt": "",
        },
    )
    expected = [".gitignore", "a.txt", "keep.log", "sub/.gitignore", "sub/b.log", "sub/build/y.txt"]
    assert expected == shown(".")
    assert ["sub/.gitignore", "sub/b.log", "sub/build/y.txt"] == shown("sub")
    assert ["build/x.txt"] == shown("build")


def test_exclude_wins_over_a_negation(tree: Path) -> None:
    write(tree, {".gitignore": "!a.json\n", "tests/a.json": "", "x/tests/a.json": "", "x/a.json": "", "x/b.json": ""})
    assert ["x/a.json", "x/b.json"] == shown("x", exclude=["**/tests/**"])
    assert [".gitignore", "x/b.json", "x/tests/a.json"] == shown(".", exclude=["/tests", "x/a.json"])
    assert ["x/b.json", "x/tests/a.json"] == shown("x", exclude=["a.json", "!tests/a.json"], base=tree / "x")


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
def test_links_are_safe(tree: Path) -> None:
    write(tree, {"in/a.json": template(STORAGE), "out/b.json": template(STORAGE)})
    (tree / "in/loop").symlink_to(tree / "in", target_is_directory=True)
    (tree / "in/self.json").symlink_to(tree / "in/self.json")
    (tree / "in/again.json").symlink_to(tree / "in/a.json")
    (tree / "in/other.json").symlink_to(tree / "out/b.json")
    (tree / "in/gone.json").symlink_to(tree / "none.json")
    assert ["in/a.json", "in/other.json"] == shown("in")


def test_a_folder_that_cannot_be_listed_is_a_gap(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tree, {"in/a.json": template(STORAGE), "in/shut/b.json": template(STORAGE)})
    scandir = os.scandir

    def refuse(path: str) -> Any:
        if path.endswith("shut"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    found = plan(["in"])
    assert [("in/shut", "cannot be listed: Permission denied", "access")] == [
        (gap.path, gap.message, gap.kind) for gap in found.gaps
    ]
    assert [("in/a.json", "")] == jobs(found)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["main.json", "main.parameters.json"], [("main.json", "main.parameters.json")]),
        (
            ["main.json", "main.parameters.dev.json", "main.prod.parameters.json"],
            [("main.json", "main.parameters.dev.json"), ("main.json", "main.prod.parameters.json")],
        ),
        (
            ["azuredeploy.json", "azuredeploy.parameters.us.json"],
            [("azuredeploy.json", "azuredeploy.parameters.us.json")],
        ),
        (["template.json", "parameters.json"], [("template.json", "parameters.json")]),
        (["net.json", "parameters/dev.json"], [("net.json", "parameters/dev.json")]),
        (
            ["a.json", "b.json", "parameters/a.json", "parameters/b-dev.json"],
            [("a.json", "parameters/a.json"), ("b.json", "parameters/b-dev.json")],
        ),
        (["a.json", "ab.json", "ab.parameters.json"], [("a.json", ""), ("ab.json", "ab.parameters.json")]),
        (["a.json", "b.json", "parameters.json"], [("a.json", ""), ("b.json", "")]),
        (["a.json", "sub/a.parameters.json"], [("a.json", "")]),
    ],
)
def test_parameter_files_by_name(tree: Path, names: list[str], expected: list[tuple[str, str]]) -> None:
    is_values = {name: "param" in name for name in names}
    write(tree, {name: values(x=1) if is_values[name] else template(STORAGE) for name in names})
    assert expected == jobs(plan(["."]))


def test_a_parameter_file_names_its_template(tree: Path) -> None:
    linked = json.loads(values(x=1)) | {"metadata": {"template": "../infra/net.json"}}
    write(
        tree,
        {
            "infra/net.json": template(STORAGE),
            "infra/app.json": template(STORAGE),
            "env/app.parameters.json": json.dumps(linked),
        },
    )
    assert [("infra/app.json", ""), ("infra/net.json", "env/app.parameters.json")] == jobs(plan(["."]))
    assert [("infra/net.json", "env/app.parameters.json")] == jobs(plan(["env/app.parameters.json"]))


def test_files_given_by_name(tree: Path) -> None:
    write(
        tree,
        {
            "in/main.json": template(STORAGE),
            "in/other.json": template(STORAGE),
            "in/main.parameters.json": values(x=1),
            "in/parameters/main.dev.json": values(x=2),
            "alone.parameters.json": values(x=3),
        },
    )
    both = [("in/main.json", "in/main.parameters.json"), ("in/main.json", "in/parameters/main.dev.json")]
    assert both == jobs(plan(["in/main.json"]))
    assert both[:1] == jobs(plan(["in/main.parameters.json"]))
    assert both[1:] == jobs(plan(["in/parameters/main.dev.json"]))
    assert [("in/main.json", "alone.parameters.json")] == jobs(plan(["in/main.json"], ["alone.parameters.json"]))
    found = plan(["alone.parameters.json"])
    assert ["is a parameter file whose template is not here; give the template, with this file by -p"] == [
        gap.message for gap in found.gaps
    ]


def test_given_twice_is_judged_once(tree: Path) -> None:
    write(tree, {"a/main.json": template(STORAGE)})
    assert [("a/main.json", "")] == jobs(plan(["a", "./a/main.json", "."]))


def test_linked_templates_are_no_entries(tree: Path) -> None:
    write(
        tree,
        {
            "main.json": template(link("nested/vault.json")),
            "nested/vault.json": template(link("../common/net.json")),
            "common/net.json": template(STORAGE),
            "ring/a.json": template(link("b.json")),
            "ring/b.json": template(link("a.json")),
            "self.json": template(link("self.json")),
        },
    )
    assert [("main.json", ""), ("self.json", ""), ("ring/a.json", "")] == jobs(plan(["."]))
    assert [("nested/vault.json", "")] == jobs(plan(["nested/vault.json"]))


def test_what_the_compiler_wrote_is_judged_as_bicep(tree: Path) -> None:
    generated = template(STORAGE, metadata={"_generator": {"name": "bicep", "version": "0.49.2"}})
    write(
        tree,
        {
            "main.bicep": "module m 'm/part.bicep' = { name: 'm' }\nmodule j 'm/old.json' = { name: 'j' }\n",
            "main.json": generated,
            "azuredeploy.json": generated,
            "m/part.bicep": "output x string = 'x'\n",
            "m/old.json": template(STORAGE),
            "types.bicep": "@export()\ntype t = string\n",
            "other.json": generated,
            "main.parameters.json": values(x=1),
            "prod.bicepparam": "using 'main.bicep'\n",
            "base.bicepparam": "using none\n",
            "gone.bicepparam": "using 'br:example.azurecr.io/x:1'\n",
        },
    )
    found = plan(["."])
    assert [
        ("main.bicep", "main.parameters.json"),
        ("main.bicep", "prod.bicepparam"),
        ("other.json", ""),
    ] == jobs(found)
    assert ["gone.bicepparam"] == [gap.path for gap in found.gaps]
    assert [("main.json", "main.parameters.json")] == jobs(plan(["main.json"]))
    assert [("types.bicep", "")] == jobs(plan(["types.bicep"]))


def test_manifests_stand_beside_the_nearest_template(tree: Path) -> None:
    write(
        tree,
        {
            "app/main.json": template(CLUSTER),
            "app/k8s/pod.yaml": POD,
            "app/k8s/deep/pod.yml": POD,
            "alone/pod.yaml": POD,
            "alone/base/pod.yaml": POD,
            "data/databricks.yml": BUNDLE,
            "data/k.yaml": "kind: x\n",
            "ci.yaml": "name: build\n",
        },
    )
    units = plan(["."]).units
    beside = [([job.shown for job in u.jobs], [m for _, m in u.manifests], [b for _, b in u.bundles]) for u in units]
    assert [
        ([], ["alone/pod.yaml", "alone/base/pod.yaml"], []),
        (["app/main.json"], ["app/k8s/pod.yaml", "app/k8s/deep/pod.yml"], []),
        ([], [], ["data/databricks.yml"]),
    ] == beside
    found = list(read(["."]))
    assert [["core/Pod", "core/Pod"], [CLUSTER["type"], "core/Pod", "core/Pod"], ["databricks/jobs"]] == [
        [resource.type for resource in inventory.resources] for inventory in found
    ]


def test_of_several_templates_manifests_belong_to_the_one_with_a_cluster(tree: Path) -> None:
    write(tree, {"a.json": template(CLUSTER), "b.json": template(STORAGE), "pod.yaml": POD, "databricks.yml": BUNDLE})
    found = list(read(["."]))
    assert [
        ["Microsoft.ContainerService/managedClusters", "core/Pod"],
        ["Microsoft.Storage/storageAccounts"],
        ["databricks/jobs"],
    ] == [[resource.type for resource in inventory.resources] for inventory in found]


def test_a_helm_chart_is_one_gap(tree: Path) -> None:
    write(
        tree,
        {
            "chart/Chart.yaml": "apiVersion: v2\nname: x\n",
            "chart/templates/pod.yaml": POD + "{{ .Values.x }}",
            "chart/charts/sub/pod.yaml": POD,
            "chart/main.json": template(STORAGE),
        },
    )
    found = plan(["."])
    assert ["chart/Chart.yaml"] == [gap.path for gap in found.gaps]
    assert [("chart/main.json", "")] == jobs(found)
    assert all(not unit.manifests for unit in found.units)


@pytest.mark.parametrize(
    ("name", "text", "message", "kind", "line"),
    [
        ("x.json", "{}", "is neither a template", "unreadable", 1),
        ("x.txt", "", "is neither a template", "unreadable", 1),
        ("x.yaml", "a: 1", "is neither a template", "unreadable", 1),
        ("x.json", '{\n"a" 1}', "expected ':'", "syntax", 2),
        ("x.parameters.json", values(a=1), "is a parameter file whose template is not here", "unreadable", 1),
    ],
)
def test_a_named_file_that_is_nothing_is_a_gap(
    tree: Path, name: str, text: str, message: str, kind: str, line: int
) -> None:
    write(tree, {name: text})
    gap = plan([name]).gaps[0]
    assert (name, kind, line) == (gap.path, gap.kind, gap.line)
    assert gap.message.startswith(message)
    assert [False] == [inventory.complete for inventory in read([name])]


def test_in_a_folder_only_what_speaks_of_azure_is_a_gap(tree: Path) -> None:
    write(tree, {"a.json": '{"x": 1', "b.json": '{"type": "Microsoft.Storage/storageAccounts"', "c.json": "{}"})
    found = plan(["."])
    assert ["b.json"] == [gap.path for gap in found.gaps] or [] == found.gaps
    write(tree, {"b.json": '{"resources": [{"type": "Microsoft.Storage/storageAccounts"'})
    assert [("b.json", "syntax")] == [(gap.path, gap.kind) for gap in plan(["."]).gaps]


def test_a_broken_template_or_parameter_file_is_told_where_it_is_read(tree: Path) -> None:
    write(tree, {"a.json": template(STORAGE)[:-5], "b.json": template(STORAGE), "b.parameters.json": values(x=1) + "}"})
    found = list(read(["."]))
    assert [("a.json", "syntax"), ("b.parameters.json", "syntax")] == [
        (gap.path, gap.kind) for inventory in found for gap in inventory.gaps
    ]
    assert [[], ["s"]] == [[resource.name for resource in inventory.resources] for inventory in found]


def test_utf_16_templates_are_found(tree: Path) -> None:
    (tree / "a.json").write_bytes(template(STORAGE).encode("utf-16"))
    assert [("a.json", "")] == jobs(plan(["."]))


def test_an_empty_folder_gives_nothing(tree: Path) -> None:
    (tree / "x").mkdir()
    assert [] == list(read(["x"]))
    assert 0 == plan(["x"]).files


def test_parameter_files_alone_are_nothing_to_judge(tree: Path) -> None:
    write(tree, {"a/x.parameters.json": values(x=1), "a/types.bicep": "@export()\ntype t = string\n"})
    found = plan(["a"])
    assert (0, [], []) == (found.files, found.units, found.gaps)


ENDINGS = ("json", "jsonc", "jsonl", "yaml", "bicep", "bicepparam")
PIECES = [
    *(
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        '"',
        "'",
        "\n",
        " ",
        "- ",
        "1",
        "null",
        "\\",
        "//",
        "/*",
        "*/",
        "${",
        "&a ",
        "*a",
        "|",
    ),
    *('"$schema"', f'"{SCHEMA}"', f'"{VALUES}"', '"contentVersion"', '"resources"', '"parameters"', '"type"', '"name"'),
    *('"copy"', '"properties"', '"id"', '"/subscriptions/1"', '"value"', '"predictedResources"', "apiVersion: v1\n"),
    *(
        "kind: Pod\n",
        "metadata:\n",
        "  name: x\n",
        "resource x 'a/b@1' = ",
        "module m './x.bicep' = ",
        "using './x.bicep'",
    ),
    *(
        "param p string\n",
        "\x00",
        "\ud7ff",
        "\U0001f600",
        '"[reference(1)]"',
        template(STORAGE),
        values(x=1),
        POD,
        BUNDLE,
    ),
]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join), st.sampled_from(ENDINGS), st.booleans())
def test_any_file_is_read_or_told(
    tmp_path_factory: pytest.TempPathFactory, text: str, ending: str, named: bool
) -> None:
    folder = tmp_path_factory.getbasetemp() / "any"
    folder.mkdir(exist_ok=True)
    path = folder / f"x.{ending}"
    path.write_bytes(text.encode())
    try:
        found = list(read([path.as_posix() if named else folder.as_posix()]))
    finally:
        path.unlink()
    told = [gap.message for inventory in found for gap in inventory.gaps]
    assert [] == [message for message in told if "in aiplint itself" in message]
    assert found or not named


def test_bicep_is_read_anew_in_each_run(tree: Path) -> None:
    for name in ("a", "b"):
        write(
            tree, {"x.bicep": "module m 'm.bicep' = { name: 'm' }\n", "y.bicep": "module m 'm.bicep' = { name: 'm' }\n"}
        )
        write(
            tree,
            {"m.bicep": "resource s 'Microsoft.Storage/storageAccounts@2023-01-01' = { name: 'N' }".replace("N", name)},
        )
        found = list(read(["."]))
        assert [[name], [name]] == [[resource.name for resource in inventory.resources] for inventory in found]
        assert [["m.bicep"], ["m.bicep"]] == [[one.place().path for one in inventory.resources] for inventory in found]
        assert [[], []] == [inventory.gaps for inventory in found]


def test_files_are_shown_as_given(tree: Path) -> None:
    write(tree, {"a/main.json": template(STORAGE), "a/main.parameters.json": values()})
    for start, expected in (("./a", "a/main.json"), (str(tree / "a"), (tree / "a/main.json").as_posix())):
        assert [expected] == [file.shown for file in collect(Path(start)) if file.kind == "template"]
    assert ["a/main.json", "a/main.parameters.json"] == [file.shown for file in collect(Path("a/main.json"))]


def test_texts_are_read_when_asked_for(tree: Path) -> None:
    write(tree, {"a.json": template(STORAGE)})
    (unit,) = plan(["a.json"]).units
    (inventory,) = load(unit, {})
    assert template(STORAGE) == inventory.texts.get("a.json")
    assert "" == Texts().get("none.json", "")
