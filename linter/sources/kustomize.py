"""What a kustomization does to the manifests beside it, as far as plain files show it: patches and images.

Nothing is built: patches are no objects and are left out, an image that a kustomization renames or tags has its new
text, or is unresolved where two kustomizations say different things.
(kubectl.docs.kubernetes.io/references/kustomize/kustomization/images, read 2026-11-24: of name, tag and digest only
what is given is replaced, tag and digest together.)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from linter.errors import InputError
from linter.model import Resource, Unresolved, Value
from linter.sources.arm.reader import read_text
from linter.sources.sniff import normal
from linter.sources.yamlfile import YamlText

NAMES: Final = ("kustomization.yaml", "kustomization.yml", "kustomization")
_DEPTH: Final = 20
"""Levels of a manifest in which containers are looked for."""


class Kustomizations:
    """All kustomizations of one workload. `patches`: absolute paths; `images`: by name, the new names and endings."""

    def __init__(self) -> None:
        self.patches: set[Path] = set()
        self.images: dict[str, set[tuple[str, str]]] = {}

    def add(self, path: Path) -> None:
        """Take in a file; one that cannot be read is told where manifests are read."""
        try:
            for node in YamlText(read_text(path), "").documents():
                if isinstance(node.value, dict):
                    self.patches.update(normal(path.parent / name) for name in _patches(node.value))
                    for image in _listed(node.value, "images"):
                        self._add_image(image)
        except InputError:
            return

    def _add_image(self, image: Any) -> None:
        name = image.get("name") if isinstance(image, dict) else None
        if not isinstance(name, str):
            return
        ending = f":{image['newTag']}" if image.get("newTag") is not None else ""
        ending += f"@{image['digest']}" if image.get("digest") else ""
        self.images.setdefault(name, set()).add((str(image.get("newName") or name), ending))

    def apply(self, resources: Iterable[Resource]) -> None:
        """Give the containers of the objects their new images."""
        if self.images:
            for resource in resources:
                for container in _containers(resource.body, 0):
                    self._rename(container)

    def _rename(self, container: dict[str, Value]) -> None:
        image = container.get("image")
        if isinstance(image, str):
            name, rest = split_image(image)
            new = {renamed + (ending or rest) for renamed, ending in self.images.get(name, ())}
            if new:
                container["image"] = new.pop() if len(new) == 1 else Unresolved(f"images['{name}']", "parameter")


def split_image(image: str) -> tuple[str, str]:
    """The name of an image, and its tag or digest with the sign before it."""
    name, at, digest = image.partition("@")
    head, colon, tag = name.rpartition(":")
    if colon and "/" not in tag:
        return head, f":{tag}{at}{digest}"
    return name, at + digest


def _listed(value: dict[str, Any], name: str) -> list[Any]:
    found = value.get(name)
    return found if isinstance(found, list) else []


def _patches(value: dict[str, Any]) -> Iterator[str]:
    for name in ("patches", "patchesStrategicMerge", "patchesJson6902"):
        for patch in _listed(value, name):
            path = patch.get("path") if isinstance(patch, dict) else patch
            if isinstance(path, str) and "\n" not in path:
                yield path


def _containers(value: Value, depth: int) -> Iterator[dict[str, Value]]:
    if isinstance(value, dict) and depth < _DEPTH:
        for name, below in value.items():
            if name in ("containers", "initContainers") and isinstance(below, list):
                yield from (item for item in below if isinstance(item, dict))
            yield from _containers(below, depth + 1)
    elif isinstance(value, list) and depth < _DEPTH:
        for below in value:
            yield from _containers(below, depth + 1)
