"""Kubernetes objects, from manifests (YAML, several documents a file) and from `kubectl get … -o json`, as resources.

Type `group/Kind` (`apps/Deployment`; the core group is `core`: `core/Pod`), name `namespace/name` (`default` where none
is given; objects of the whole cluster have no namespace), id `type/name`, api_version the manifest's `apiVersion`, body
the manifest without `apiVersion` and `kind`: `metadata`, `spec` … `locate` knows `name` and `type` too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path as FilePath
from typing import Any, Final, TypeAlias

from linter.errors import InputError
from linter.model import Inventory, Locator, Path, Place, Resource, Unresolved, Value
from linter.sources.arm.reader import Document, parse, read_text
from linter.sources.yamlfile import Node, YamlText, fault_gap

CLUSTER_WIDE: Final = frozenset(
    [
        "Namespace",
        "Node",
        "PersistentVolume",
        "ClusterRole",
        "ClusterRoleBinding",
        "StorageClass",
        "CustomResourceDefinition",
        "PriorityClass",
        "IngressClass",
        "RuntimeClass",
        "APIService",
        "CSIDriver",
        "ValidatingWebhookConfiguration",
        "MutatingWebhookConfiguration",
        "ClusterQueue",
        "ResourceFlavor",
        "NodePool",
        "EC2NodeClass",
        "AKSNodeClass",
    ]
)
"""Kinds without a namespace: those of Kubernetes itself, of Kueue and of Karpenter."""
KUSTOMIZE: Final = frozenset({"Kustomization", "Component"})
_MARKS = re.compile(rb"""^[\s-]*["']?(?:apiVersion|kind)["']?\s*:""", re.MULTILINE)
Placer: TypeAlias = Callable[[Path, bool], Place]


def is_object(value: Value) -> bool:
    """Whether a JSON or YAML value is a Kubernetes object or a list of them."""
    if not isinstance(value, dict):
        return False
    named = isinstance(value.get("apiVersion"), str) and isinstance(value.get("kind"), str)
    return named and (isinstance(value.get("metadata"), dict) or isinstance(value.get("items"), list))


def may_be_manifest(data: bytes) -> bool:
    """Whether a YAML file is worth reading: `apiVersion` and `kind` each start a line."""
    return len({mark.group().strip(b" \t\r\n-\"':") for mark in _MARKS.finditer(data)}) == 2


def read_manifest(path: FilePath, shown: str) -> Inventory:
    """The objects of a YAML or JSON file; what cannot be read is a gap. A file without any gives an empty inventory."""
    inventory = Inventory(name=shown)
    text = ""
    try:
        text = read_text(path)
        inventory.texts[shown] = text
        if path.suffix.lower() == ".json":
            document = parse(text, shown)
            inventory.resources += read_objects(document)
            inventory.gaps = document.gaps
        else:
            source = YamlText(text, shown)
            for node in source.documents():
                inventory.resources += _objects_of(source, node)
            inventory.gaps = source.gaps
    except InputError as error:
        inventory.gaps.append(fault_gap(error, text, shown))
    inventory.complete = not inventory.gaps
    return inventory


def _objects_of(source: YamlText, node: Node) -> Iterator[Resource]:
    for base, value in objects(node.value):

        def place(steps: Path, key: bool, base: Path = base) -> Place:
            return source.place(node, base + steps, key)

        yield resource(value, place)


def read_objects(document: Document) -> Iterator[Resource]:
    """The objects of what `kubectl get … -o json` wrote."""
    for base, item in objects(document.value):

        def place(steps: Path, key: bool, base: Path = base) -> Place:
            return document.place(base + steps, key)

        yield resource(item, place)


def objects(value: Value) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The objects in one document, lists taken apart, each with its path; kustomize's own files hold none."""
    if not is_object(value) or value["kind"] in KUSTOMIZE:
        return
    items = value.get("items")
    if not (isinstance(items, list) and value["kind"].endswith("List")):
        yield (), value
        return
    kind = value["kind"].removesuffix("List")
    for index, item in enumerate(items):
        if isinstance(item, dict) and kind:  # `kubectl get --raw` leaves out what the list's own kind says
            item = {"apiVersion": value["apiVersion"], "kind": kind, **item}
        for inner, one in objects(item):
            yield ("items", index, *inner), one


def resource(value: dict[str, Any], place: Placer) -> Resource:
    """One object as a resource; `place` finds what stands at a path below it."""
    group, _, _ = value["apiVersion"].rpartition("/")
    kind = value["kind"]
    full_type = f"{group or 'core'}/{kind}"
    metadata = value.get("metadata") or {}
    named = metadata.get("name", metadata.get("generateName"))
    namespace = metadata.get("namespace") or "default"
    name: str | Unresolved = Unresolved("metadata.name", "export")
    if isinstance(named, (str, int, float)):
        name = str(named) if kind in CLUSTER_WIDE else f"{namespace}/{named}"
    body = {key: item for key, item in value.items() if key not in ("apiVersion", "kind") and item is not None}
    if full_type == "core/Secret":
        for part in ("data", "stringData"):
            if isinstance(body.get(part), dict):
                body[part] = {key: Unresolved(f"{part}.{key}", "secret") for key in body[part]}
    shown = name if isinstance(name, str) else "?"
    return Resource(
        type=full_type,
        name=name,
        id=f"{full_type}/{shown}" if isinstance(name, str) else name,
        api_version=value["apiVersion"],
        body=body,
        locate=_locator(place),
        origin="manifest",
        identity=f"{full_type}/{shown}".lower(),
    )


_HEAD: Final[dict[Path, Path]] = {
    ("name",): ("metadata", "name"),
    ("id",): ("metadata", "name"),
    ("type",): ("kind",),
    (): ("metadata", "name"),
}


def _locator(place: Placer) -> Locator:
    def locate(path: Path, key: bool) -> Place:
        return place(_HEAD.get(path, path), key and path not in _HEAD)

    return locate
