"""Databricks asset bundles: includes, targets, variables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from linter.model import Inventory, Place, Unresolved
from linter.sources.databricks import read_bundle

ROOT = """\
bundle:
  name: churn
include:
  - resources/*.yml
variables:
  node: {default: Standard_NC6s_v3}
  who: {description: who runs it}
  looked: {lookup: {cluster: shared}}
  cluster:
    type: complex
    default: {num_workers: 4, node_type_id: "${var.node}"}
targets:
  dev:
    default: true
    variables: {node: Standard_DS3_v2}
    resources:
      jobs:
        train:
          tasks:
            - task_key: a
              existing_cluster_id: "1234"
            - task_key: c
  prod:
    resources:
      clusters:
        big: {num_workers: 100}
      jobs:
        train: {name: other}
"""
JOBS = """\
resources:
  jobs:
    train:
      name: train ${bundle.target} of ${bundle.name}
      description: for ${var.who}
      tasks:
        - task_key: a
          new_cluster: ${var.cluster}
        - task_key: b
          job_cluster_key: ${resources.clusters.x.id}
      retries: ${var.none}
      pool: ${var.looked}
"""


def bundle(folder: Path, files: dict[str, str]) -> Inventory:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    return read_bundle(folder / "databricks.yml", "b/databricks.yml")


def test_a_bundle(tmp_path: Path) -> None:
    found = bundle(tmp_path, {"databricks.yml": ROOT, "resources/jobs.yml": JOBS})
    assert [] == found.gaps
    assert ("churn", {"b/databricks.yml", "b/resources/jobs.yml"}) == (found.name, set(found.texts))
    assert [("databricks/jobs", "churn/train", "bundle"), ("databricks/clusters", "churn/big", "bundle")] == [
        (one.type, one.name, one.origin) for one in found.resources
    ]
    job = found.resources[0].body
    assert "train dev of churn" == job["name"]
    assert Unresolved("for ${var.who}") == job["description"]
    assert [
        {
            "task_key": "a",
            "new_cluster": {"num_workers": 4, "node_type_id": "Standard_DS3_v2"},
            "existing_cluster_id": "1234",
        },
        {"task_key": "b", "job_cluster_key": Unresolved("resources.clusters.x.id")},
        {"task_key": "c"},
    ] == job["tasks"]
    assert ["parameter", "parameter", "runtime"] == [job[key].reason for key in ("description", "retries", "pool")]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("", Place("b/resources/jobs.yml", 3, 5, 3, 10)),
        ("type", Place("b/resources/jobs.yml", 3, 5, 3, 10)),
        ("name", Place("b/resources/jobs.yml", 4, 13, 4, 53)),
        ("tasks[0].existing_cluster_id", Place("b/databricks.yml", 21, 36, 21, 42)),
        ("tasks[0].new_cluster.num_workers", Place("b/resources/jobs.yml", 8, 11, 8, 22)),
        ("tasks[2]", Place("b/databricks.yml", 22, 15, 22, 26)),
        ("none", Place("b/resources/jobs.yml", 3, 5, 3, 10)),
    ],
)
def test_places(tmp_path: Path, path: str, expected: Place) -> None:
    found = bundle(tmp_path, {"databricks.yml": ROOT, "resources/jobs.yml": JOBS})
    assert expected == found.resources[0].place(path)


def test_the_folder_names_a_bundle_without_name(tmp_path: Path) -> None:
    found = bundle(tmp_path / "mine", {"databricks.yml": "bundle: {}\nresources: {jobs: {j: {name: x}}}\n"})
    assert ["mine/j"] == [one.name for one in found.resources]


@pytest.mark.parametrize(
    ("include", "message"),
    [
        ("'*.yml'", "include '*.yml' takes in the bundle itself; name the folder of its parts"),
        ("../x.yml", "include '../x.yml' leads out of the bundle's folder; only what lies in it is read"),
        ("/etc/*.yml", "include '/etc/*.yml' leads out of the bundle's folder; only what lies in it is read"),
        ("3", "include '3' leads out of the bundle's folder; only what lies in it is read"),
        ("link/*.yml", "include 'link/*.yml' leads out of the bundle's folder by a link; only what lies in it is read"),
        ("parts/deeper.yml", "include counts in the bundle's root file only; name these files there"),
    ],
)
def test_an_include_that_leads_astray(tmp_path: Path, include: str, message: str) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/y.yml").write_text("resources: {jobs: {out: {name: o}}}\n", encoding="utf-8")
    (tmp_path / "b").mkdir()
    (tmp_path / "b/link").symlink_to(tmp_path / "out", target_is_directory=True)
    text = f"bundle: {{name: b}}\ninclude: [{include}]\nresources: {{jobs: {{j: {{name: x}}}}}}\n"
    found = bundle(tmp_path / "b", {"databricks.yml": text, "parts/deeper.yml": "include: ['*.yml']\n"})
    assert [message] == [gap.message for gap in found.gaps]
    assert ["b/j"] == [one.name for one in found.resources]


def test_a_part_that_cannot_be_read_keeps_nothing_else_back(tmp_path: Path) -> None:
    text = "bundle: {name: b}\ninclude: [parts/*.yml]\nresources: {jobs: {j: {name: x}}}\n"
    found = bundle(tmp_path, {"databricks.yml": text, "parts/a.yml": "a: [", "parts/b.yml": "{{ if }}"})
    assert [("b/parts/a.yml", "syntax"), ("b/parts/b.yml", "unreadable")] == [
        (gap.path, gap.kind) for gap in found.gaps
    ]
    assert ["b/j"] == [one.name for one in found.resources]


@pytest.mark.parametrize("kind", ["loop", "tree"])
def test_variables_that_refer_to_variables_are_bounded(tmp_path: Path, kind: str) -> None:
    names = [f"v{number}" for number in range(12)]
    lines = []
    for name, below in zip(names, [*names[1:], names[0]], strict=True):
        default: Any = (
            "${var." + below + "}" if kind == "loop" else "[" + ", ".join(["'${var." + below + "}'"] * 9) + "]"
        )
        lines.append(f"  {name}: {{default: {default!r}}}" if kind == "loop" else f"  {name}: {{default: {default}}}")
    text = "bundle: {name: b}\nvariables:\n" + "\n".join(lines) + "\nresources: {jobs: {j: {x: '${var.v0}'}}}\n"
    found = bundle(tmp_path, {"databricks.yml": text})
    assert ["b/j"] == [one.name for one in found.resources]
    assert ([] if kind == "loop" else ["limit"]) == [gap.kind for gap in found.gaps]


@pytest.mark.parametrize(
    "text",
    [
        "bundle: 3\n",
        "bundle: {name: [1]}\nresources: [1]\n",
        "bundle: {}\ntargets: 1\ninclude: x\nvariables: []\n",
        "bundle: {}\nresources: {jobs: 1, pipelines: {p: 2}}\n",
        "bundle: {}\ntargets: {a: 1, b: {resources: 3}}\n",
    ],
)
def test_other_shapes_hold_nothing(tmp_path: Path, text: str) -> None:
    assert [] == bundle(tmp_path, {"databricks.yml": text}).resources
