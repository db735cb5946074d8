"""Where the image references of a resource stand.

Source of the paths: Azure.Bicep.Types.Az 0.2.972, read 2026-11-24. An environment's `build` names no image (it stands
in the Dockerfile), a VM's `imageReference` is no container image.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from linter.checks.ai_workload import ai_workload as in_ai_workload
from linter.checks.ai_workload import gpu_app, names_model_host
from linter.checks.outcomes import word
from linter.checks.pods import containers as pod_containers
from linter.facts.images import container_setting
from linter.model import ABSENT, Inventory, Path, Resource, Unresolved, Value, dig, member

ENVIRONMENTS = (
    "microsoft.machinelearningservices/workspaces/environments/versions",
    "microsoft.machinelearningservices/registries/environments/versions",
)
COMPUTES = "microsoft.machinelearningservices/workspaces/computes"
SETTINGS = ("linuxFxVersion", "windowsFxVersion")
_LISTS: dict[str, tuple[Path, ...]] = {
    "microsoft.app/containerapps": (
        ("properties", "template", "initContainers"),
        ("properties", "template", "containers"),
    ),
    "microsoft.app/jobs": (("properties", "template", "initContainers"), ("properties", "template", "containers")),
    "microsoft.app/sessionpools": (("properties", "customContainerTemplate", "containers"),),
}
_POOL_IMAGES: Path = (
    "properties",
    "deploymentConfiguration",
    "virtualMachineConfiguration",
    "containerConfiguration",
    "containerImageNames",
)
_TAIL = re.compile(r"(?:concat|format)\(.*\)\Z", re.DOTALL)


def judged_for_images(resource: Resource, inventory: Inventory) -> bool:
    """Azure ML's own always; apps where they serve AI; Kubernetes manifests always, as they say nothing of their
    surroundings."""
    if resource.type_key in (*ENVIRONMENTS, COMPUTES) or resource.origin == "manifest":
        return True
    return in_ai_workload(inventory) or bool(gpu_app(resource, inventory)) or names_model_host(resource)


def images(resource: Resource) -> Iterator[tuple[Path, Value]]:
    """(path, reference) of each image; a reference may be `Unresolved`."""
    key = resource.type_key
    if key in ENVIRONMENTS:
        yield from _one(resource, ("properties", "image"))
    elif key == COMPUTES:
        yield from _custom_services(resource)
    elif key in _LISTS:
        for base in _LISTS[key]:
            yield from _members(resource, base, ("image",))
    elif key == "microsoft.containerinstance/containergroups":
        for kind in ("initContainers", "containers"):
            yield from _members(resource, ("properties", kind), ("properties", "image"))
    elif key == "microsoft.batch/batchaccounts/pools":
        yield from _members(resource, _POOL_IMAGES, ())
    elif key.endswith("/sitecontainers"):
        yield from _one(resource, ("properties", "image"))
    elif key.startswith("microsoft.web/sites"):
        yield from _site(resource)
    elif resource.origin == "manifest":
        for path, container in pod_containers(resource):
            if member(container, "image") is not ABSENT:
                yield (*path, "image"), member(container, "image")


def _one(resource: Resource, path: Path) -> Iterator[tuple[Path, Value]]:
    value = dig(resource.body, path)
    if value is not ABSENT:
        yield path, value


def _members(resource: Resource, base: Path, inner: Path) -> Iterator[tuple[Path, Value]]:
    items = dig(resource.body, base)
    if isinstance(items, Unresolved):
        yield base, items
    for index, item in enumerate(items if isinstance(items, list) else []):
        value = dig(item, inner)
        if value is not ABSENT:
            yield (*base, index, *inner), value


def _custom_services(resource: Resource) -> Iterator[tuple[Path, Value]]:
    base: Path = ("properties", "properties", "customServices")
    services = dig(resource.body, base)
    for index, service in enumerate(services if isinstance(services, list) else []):
        image = member(service, "image")
        reference = member(image, "reference")
        if word(member(image, "type")) == "docker" and reference is not ABSENT:
            yield (*base, index, "image", "reference"), reference


def _site(resource: Resource) -> Iterator[tuple[Path, Value]]:
    """`linuxFxVersion` of a site, a slot, or their `config` named `web`; a runtime (`PYTHON|3.12`) is no image."""
    config = resource.type_key.endswith("/config")
    if config and str(resource.name).rpartition("/")[2].lower() != "web":
        return
    base: Path = ("properties",) if config else ("properties", "siteConfig")
    for setting in SETTINGS:
        value = dig(resource.body, (*base, setting))
        if isinstance(value, Unresolved):
            tail = known_tail(value)
            contained = "docker|" in value.expression.lower() or "container" in word(resource.get("kind"))
            if contained or (tail and "|" not in tail and ":" in tail):
                yield (*base, setting), value
        elif isinstance(value, str):
            image = container_setting(value)
            if image is not None:
                yield (*base, setting), image


def known_tail(value: Unresolved) -> str:
    """The text that an open value surely ends in: `concat(reference('r').loginServer, '/app:1')` ends in `/app:1`. ""
    for none."""
    text = value.expression.strip()
    if not _TAIL.match(text):
        return ""
    if text.lower().startswith("concat("):
        found = re.search(r",\s*'((?:[^']|'')*)'\s*\)\Z", text)
        return found[1].replace("''", "'") if found else ""
    found = re.match(r"format\(\s*'((?:[^']|'')*)'", text, re.IGNORECASE)
    if found is None:
        return ""
    return re.split(r"\{\d+[^{}]*\}", found[1].replace("''", "'"))[-1]
