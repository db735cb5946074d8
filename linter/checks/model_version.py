"""Does a deployment say which version of its model it serves?

Sources, read 2026-11-24: https://learn.microsoft.com/azure/foundry/openai/how-to/working-with-models (the three
upgrade options; `null` read back is the same as `OnceCurrentVersionExpired`);
https://github.com/hashicorp/terraform-provider-azurerm/pull/22520 (its review found that the API sets
`OnceNewDefaultVersionAvailable` where a request states nothing; no page of Azure was found that says so);
Azure.Bicep.Types.Az 0.2.972 (an absent `model.version` "might change").
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from linter.checks.images import known_tail
from linter.checks.outcomes import failed, open_value, passed, shown, titled, word
from linter.model import ABSENT, Inventory, Outcome, Resource, Unresolved, Value, member

MODEL, ASSET, KIND = "properties.model", "properties.model.assetId", "properties.model.referenceType"
VERSION, OPTION = "properties.model.version", "properties.versionUpgradeOption"
FLOATS = "oncenewdefaultversionavailable"
_VERSIONED = re.compile(r"/versions/[^/@]+\Z|\A(?:azureml:[^/@:]+|(?!azureml:)[^/@:]+):[^/@:]+\Z", re.IGNORECASE)
_READ_BACK = ("live", "export")


def pinned(deployment: Resource, _inventory: Inventory, _parameters: Mapping[str, Any]) -> Outcome | None:
    """Azure ML: the model reference ends in a version. Azure OpenAI: a version, and no upgrade to each new
    default."""
    if deployment.type_key.startswith("microsoft.cognitiveservices/"):
        return _account(deployment)
    if "/batchendpoints/" in deployment.type_key:
        return _batch(deployment)
    model = deployment.get(MODEL)
    return None if model is ABSENT else _reference(deployment, MODEL, model)


def _batch(deployment: Resource) -> Outcome | None:
    """`model` is an object: an asset by id, or data without a version. A pipeline-component deployment has none."""
    model, kind = deployment.get(MODEL), deployment.get(KIND)
    if model is ABSENT:
        return None
    if isinstance(model, Unresolved) or isinstance(kind, Unresolved):
        return open_value(
            deployment, MODEL, model if isinstance(model, Unresolved) else kind, "it must name a model version"
        )
    if isinstance(model, str):
        return _reference(deployment, MODEL, model)
    if word(kind) in ("datapath", "outputpath"):
        message = (
            f"{titled(deployment)}: serves files ({shown(kind)}) and no registered model, so there is no version of it"
        )
        return failed(message, KIND, kind)
    return _reference(deployment, ASSET, deployment.get(ASSET))


def _reference(deployment: Resource, path: str, model: Value) -> Outcome:
    name = titled(deployment)
    text = known_tail(model) if isinstance(model, Unresolved) else str(model).strip() if model is not ABSENT else ""
    low = text.lower()
    if "@" in low.rpartition("/")[2] or "/labels/" in low or low.endswith(("/versions/latest", ":latest")):
        return failed(
            f"{name}: model {shown(model)} names a label, which moves to another version; name the version", path, model
        )
    if isinstance(model, Unresolved):
        if "/versions/" in low and not low.endswith("/"):
            return passed(path, model)
        return open_value(deployment, path, model, "it must end in a model version")
    if _VERSIONED.search(text):
        return passed(path, model)
    return failed(f"{name}: model {shown(model)} has no version, so it is whichever is newest", path, model)


def _account(deployment: Resource) -> Outcome:
    name, version, option = titled(deployment), deployment.get(VERSION), deployment.get(OPTION)
    model = deployment.get("properties.model.name")
    if word(option) == FLOATS:
        message = f"{name}: versionUpgradeOption is {shown(option)}"
        return failed(f"{message}, so model {shown(model)} is replaced with each new default version", OPTION, option)
    unnamed = version is ABSENT or (isinstance(version, str) and not version.strip())
    if unnamed and not isinstance(deployment.get(MODEL), Unresolved):
        return failed(
            f"{name}: model {shown(model)} has no version, so the service picks its default of the day",
            VERSION,
            version,
        )
    routed = _router(deployment)
    if routed and routed.verdict == "fail":
        return routed
    if option is ABSENT and deployment.origin not in _READ_BACK:
        message = f"{name}: versionUpgradeOption is not set, and the service then sets 'OnceNewDefaultVersionAvailable'"
        return failed(f"{message}: model {shown(model)} is replaced with each new default version", OPTION, option)
    for path, value in ((VERSION, version), (OPTION, option)):
        if isinstance(value, Unresolved):
            return open_value(deployment, path, value, "the version must be named and kept")
    return routed or passed(OPTION, option)


def _router(deployment: Resource) -> Outcome | None:
    """A model router that names its models names their versions too; one that names none is as fixed as its own
    version."""
    models = deployment.get("properties.routing.models")
    for index, model in enumerate(models if isinstance(models, list) else []):
        path = f"properties.routing.models[{index}].version"
        version = member(model, "version")
        if version is ABSENT:
            text = f"{titled(deployment)}: the router's model {shown(member(model, 'name'))} has no version"
            return failed(f"{text}, so the service picks its default of the day", path, version)
        if isinstance(version, Unresolved):
            return open_value(deployment, path, version, "the version must be named")
    return None
