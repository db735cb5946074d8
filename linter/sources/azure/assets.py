"""Models and environments that deployments name, as ARM paths."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from linter.sources.azure.found import Found
from linter.sources.azure.kinds import ML, ML_VERSION, WORKSPACE

_REGISTRY: Final = re.compile(
    r"azureml://registries/([^/]+)/(models|environments)/([^/]+)/versions/([^/]+)", re.IGNORECASE
)
_WORKSPACE: Final = re.compile(
    r"azureml://.*?/workspaces/([^/]+)/(models|environments)/([^/]+)/versions/([^/]+)", re.IGNORECASE
)
_ARM: Final = re.compile(
    r"(/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.MachineLearningServices/(?:workspaces|registries)"
    r"/[^/]+/(?:models|environments)/[^/]+/versions/[^/]+)/?\Z",
    re.IGNORECASE,
)  # fmt: skip
_SHORT: Final = re.compile(r"azureml:([^:/@]+):([^:/@]+)")


def named_assets(found: Found) -> set[tuple[str, str]]:
    """(ARM path, version of the API) of each model and environment version that a deployment names and that can be
    told: a label (`@latest`) is no version."""
    registries = {raw["name"].lower(): raw["id"] for raw in found.of_type(f"{ML}/registries")}
    paths: set[tuple[str, str]] = set()
    for raw in found.of_type(f"{WORKSPACE}/onlineEndpoints/deployments", f"{WORKSPACE}/batchEndpoints/deployments"):
        workspace = "/".join(raw["id"].split("/")[:9])
        for kind, text in _names(raw.get("properties")):
            path = _path(kind, text, workspace, registries)
            if path and path.lower() not in found.resources:
                paths.add((path, ML_VERSION))
    return paths


def _names(properties: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(properties, dict):
        return
    model = properties.get("model")
    asset = model.get("assetId") if isinstance(model, dict) else model
    code = properties.get("codeConfiguration")
    for kind, value in (
        ("models", asset),
        ("environments", properties.get("environmentId")),
        ("environments", code.get("environmentId") if isinstance(code, dict) else None),
    ):
        if isinstance(value, str) and value:
            yield kind, value


def _path(kind: str, text: str, workspace: str, registries: dict[str, str]) -> str:
    arm = _ARM.match(text)
    if arm:
        return arm[1]
    registry = _REGISTRY.match(text)
    if registry:
        root = registries.get(registry[1].lower())
        return f"{root}/{registry[2].lower()}/{registry[3]}/versions/{registry[4]}" if root else ""
    there = _WORKSPACE.match(text)
    if there:
        return f"{workspace}/{there[2].lower()}/{there[3]}/versions/{there[4]}"
    short = _SHORT.fullmatch(text)
    return f"{workspace}/{kind}/{short[1]}/versions/{short[2]}" if short else ""
