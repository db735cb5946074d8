"""Kubernetes objects from YAML and JSON, and the YAML reader below."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from linter.errors import InputError
from linter.model import Inventory, Place, Unresolved
from linter.sources.files import read
from linter.sources.kubernetes import may_be_manifest, read_manifest
from linter.sources.yamlfile import YamlText

MANIFEST = """\
# a server and its settings
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: ml
spec:
  template:
    spec:
      containers:
      - name: "naïve 😀"
        image: nginx
        resources: {limits: {nvidia.com/gpu: 1}}
---
---
apiVersion: v1
kind: ConfigMap
metadata: {name: c}
data: {on: "yes"}
"""


def manifest(folder: Path, text: str, name: str = "k.yaml") -> Inventory:
    path = folder / name
    path.write_text(text, encoding="utf-8", newline="")
    return read_manifest(path, name)


def documents(text: str) -> list[Any]:
    return [node.value for node in YamlText(text, "x.yaml").documents()]


def test_objects(tmp_path: Path) -> None:
    found = manifest(tmp_path, MANIFEST)
    assert [] == found.gaps
    assert [
        ("apps/Deployment", "ml/web", "apps/Deployment/ml/web", "apps/v1", "manifest"),
        ("core/ConfigMap", "default/c", "core/ConfigMap/default/c", "v1", "manifest"),
    ] == [(one.type, one.name, one.id, one.api_version, one.origin) for one in found.resources]
    assert ["metadata", "spec"] == list(found.resources[0].body)
    assert {"on": "yes"} == found.resources[1].body["data"]
    assert {"k.yaml": MANIFEST} == found.texts


@pytest.mark.parametrize(
    ("path", "key", "expected"),
    [
        ("", False, Place("k.yaml", 5, 9, 5, 12)),
        ("name", True, Place("k.yaml", 5, 9, 5, 12)),
        ("type", False, Place("k.yaml", 3, 7, 3, 17)),
        ("spec.template.spec.containers[0].name", False, Place("k.yaml", 11, 15, 11, 25)),
        ("spec.template.spec.containers[0].image", True, Place("k.yaml", 12, 9, 12, 14)),
        ("spec.template.spec.containers[0].resources.limits['nvidia.com/gpu']", True, Place("k.yaml", 13, 30, 13, 44)),
        ("spec.template.spec.containers[0].resources.requests", False, Place("k.yaml", 13, 9, 13, 18)),
        ("spec.template.spec.tolerations", False, Place("k.yaml", 9, 5, 9, 9)),
        ("spec.template.spec.containers[0]", False, Place("k.yaml", 11, 9, 13, 49)),
        ("spec.template.spec.containers[0].none", False, Place("k.yaml", 11, 9, 11, 25)),
        ("none", False, Place("k.yaml", 2, 1, 2, 20)),
    ],
)
def test_places(tmp_path: Path, path: str, key: bool, expected: Place) -> None:
    assert expected == manifest(tmp_path, MANIFEST).resources[0].place(path, key=key)


def test_what_kubectl_writes(tmp_path: Path) -> None:
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "namespace": "n"}, "status": None}
    node = {"metadata": {"name": "vm0"}}
    listed = {
        "apiVersion": "v1",
        "kind": "List",
        "items": [pod, {"apiVersion": "v1", "kind": "NodeList", "items": [node]}, 3],
    }
    found = manifest(tmp_path, json.dumps(listed, indent=1), "k.json")
    assert [("core/Pod", "n/p"), ("core/Node", "vm0")] == [(one.type, one.name) for one in found.resources]
    assert "/items/1/items/0/metadata/name" == found.resources[1].place().pointer
    assert "status" not in found.resources[0].body


def test_a_secret_keeps_its_values_to_itself(tmp_path: Path) -> None:
    text = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {key: c2VjcmV0}\nstringData: {a: hunter2}\n"
    (secret,) = manifest(tmp_path, text).resources
    assert {"key": Unresolved("data.key")} == secret.body["data"]
    assert "hunter2" not in repr(secret.body)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("apiVersion: v1\nkind: Pod\nmetadata: {generateName: job-}\n", ["default/job-"]),
        ("apiVersion: v1\nkind: Pod\nmetadata: {name: 3}\n", ["default/3"]),
        ("apiVersion: v1\nkind: Pod\nmetadata: {labels: {}}\n", [Unresolved("metadata.name")]),
        ("apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nmetadata: {name: k}\n", []),
        ("apiVersion: v1\nkind: Pod\n", []),
        ("- apiVersion: v1\n", []),
    ],
)
def test_names(tmp_path: Path, text: str, expected: list[Any]) -> None:
    assert expected == [one.name for one in manifest(tmp_path, text).resources]


def test_a_kustomization_names_patches_and_images(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: NAME}\nspec: {containers: [{name: c, image: IMAGE}]}\n"
    images = {"f": "only:5", "b": "host:5000/web:1", "c": "both:2", "d": "other:3@sha256:0", "e": "app:old"}
    files = {f"base/{name}.yaml": pod.replace("NAME", name).replace("IMAGE", image) for name, image in images.items()}
    files["base/kustomization.yaml"] = (
        "resources: [a.yaml]\nimages: [{name: app, newTag: '1.4'}, {name: both, newTag: 1}]\n"
    )
    files["base/prod/patch.yaml"] = pod.replace("IMAGE", "app")
    files["base/prod/kustomization.yaml"] = (
        "patches: [{path: patch.yaml}, {patch: '- op: x'}]\n"
        "images:\n- {name: only, newName: renamed}\n- {name: both, newTag: 2}\n"
        "- {name: 'host:5000/web', newName: x.azurecr.io/web, digest: 'sha256:1'}\n"
    )
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    (found,) = read(["base"])
    assert [] == found.gaps
    assert [
        ("default/b", "x.azurecr.io/web@sha256:1"),
        ("default/c", Unresolved("images['both']")),
        ("default/d", "other:3@sha256:0"),
        ("default/e", "app:1.4"),
        ("default/f", "renamed:5"),
    ] == [(one.name, one.get("spec.containers[0].image")) for one in found.resources]


BOMB = "a: &a [1,2,3,4,5,6,7,8,9]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(9)
)


@pytest.mark.parametrize(
    ("text", "message", "line", "kind"),
    [
        ("apiVersion: v1\nkind: Pod\nimage: {{ .Values.image }}\n", "holds a template language", 3, "unreadable"),
        ("a: 1\n{{- if .x }}\nb: 1\n{{- end }}\n", "holds a template language", 2, "unreadable"),
        (BOMB, "holds more than 500000 values", 6, "limit"),
        ("[" * 100_000, "nested deeper than 100 levels", 1, "limit"),
        ("- " * 100_000, "nested deeper than 100 levels", 1, "limit"),
        ("a: &a [*a]\n", "alias *a names no anchor above it", 1, "syntax"),
        ("a: 1\n  b: 2\n", "is no YAML", 2, "syntax"),
        ("a:\n\t- x\n", "is no YAML", 2, "syntax"),
        ('a: "\x01"\n', "is no YAML: control characters are not allowed", 1, "syntax"),
        ("? [1]\n: 2\n", "a property name that is a list or a mapping", 1, "syntax"),
        ("<<: 3\n", "'<<' merges what is no mapping", 1, "syntax"),
    ],
)
def test_what_cannot_be_read_is_a_gap(tmp_path: Path, text: str, message: str, line: int, kind: str) -> None:
    found = manifest(tmp_path, text)
    (gap,) = found.gaps
    assert (line, kind, False) == (gap.line, gap.kind, found.complete)
    assert gap.message.startswith(message)


def test_braces_in_quotes_are_no_template_language(tmp_path: Path) -> None:
    text = MANIFEST.replace("image: nginx", 'image: "{{inputs.parameters.image}}"')
    assert [] == manifest(tmp_path, text).gaps


def test_a_name_that_stands_twice(tmp_path: Path) -> None:
    found = manifest(tmp_path, "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: 1\nspec: 2\n")
    assert 2 == found.resources[0].body["spec"]
    assert [("property 'spec' stands twice; the last one counts", 5)] == [(gap.message, gap.line) for gap in found.gaps]


def test_not_text(tmp_path: Path) -> None:
    path = tmp_path / "k.yaml"
    path.write_bytes(b"a: \xe9\n")
    (gap,) = read_manifest(path, "k.yaml").gaps
    assert ("is no UTF-8 text (byte 0xE9); save it as UTF-8", 1, 4) == (gap.message, gap.line, gap.column)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[1, -2, +3, 0x1F, 010, 0o10, 0b11, 1_000]", [1, -2, 3, 31, 8, 8, 3, 1000]),
        ("[1.5, 1., .5, 1e3, -1E-2]", [1.5, 1.0, 0.5, 1000.0, -0.01]),
        ("[true, No, on, ~, null, ]", [True, False, True, None, None]),
        (
            "[2026-11-24, 12:30:00, 1.2.3, -, ., 1e999, 0x, _1]",
            ["2026-11-24", "12:30:00", "1.2.3", "-", ".", "1e999", "0x", "_1"],
        ),
        ("['1', \"true\", !!str 1, !custom 2, !!int '3']", ["1", "true", "1", "2", 3]),
        (
            "a: &x {b: 1}\nc: {<<: *x, d: 2}\ne: {<<: [*x, {b: 2, f: 3}]}",
            {"a": {"b": 1}, "c": {"b": 1, "d": 2}, "e": {"b": 1, "f": 3}},
        ),
        ("1: a\ntrue: b\n~: c", {"1": "a", "true": "b", "~": "c"}),
    ],
)
def test_values(text: str, expected: Any) -> None:
    text = text.replace(", -,", ", '-',")
    assert repr(expected) == repr(documents(text)[0])


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"apiVersion: v1\nkind: Pod\n", True),
        (b"- kind: Pod\n  apiVersion: v1\n", True),
        (b'{\n"apiVersion": "v1",\n"kind": "Pod"}', True),
        (b"kind: Pod\n", False),
        (b"xkind: Pod\napiVersion: v1\n", False),
    ],
)
def test_may_be_manifest(data: bytes, expected: bool) -> None:
    assert expected == may_be_manifest(data)


PLAIN = st.recursive(
    st.booleans() | st.integers() | st.text(alphabet=st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(alphabet="abcé😀", min_size=1, max_size=3), inner, max_size=4)
    ),
    max_leaves=10,
)


@given(PLAIN, st.booleans())
def test_agrees_with_pyyaml(value: Any, flow: bool) -> None:
    text = yaml.safe_dump(value, allow_unicode=True, default_flow_style=flow, width=10_000)
    assert [value] == documents(text)


@given(st.lists(st.sampled_from([*"ab:-&*[]{}!|>'\"#%@?, \n\t1.", "<<", "--- "]), max_size=60).map("".join))
def test_anything_is_read_or_refused(text: str) -> None:
    source = YamlText(text, "x.yaml")
    try:
        nodes = list(source.documents())
    except InputError:
        return
    for node in nodes:
        assert 1 <= source.place(node, ("a", 0, "b"), True).line
