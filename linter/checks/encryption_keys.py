"""Is data encrypted with a key of the customer's own, or with the platform's only?

Source: Azure.Bicep.Types.Az 0.2.972, read 2026-11-24 (where each service keeps it, with which words);
https://learn.microsoft.com/azure/machine-learning/concept-data-encryption and
https://learn.microsoft.com/azure/storage/common/storage-service-encryption (keys are the platform's unless told).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linter.checks.ai_workload import ai_resource, ai_workload, project
from linter.checks.outcomes import failed, open_value, passed, shown, titled, word
from linter.model import ABSENT, Inventory, Outcome, Resource, Unresolved

_KEY_VAULT = ("microsoft.keyvault",)
_PLACES: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "microsoft.machinelearningservices/workspaces": (("properties.encryption.status", ("enabled",)),),
    "microsoft.cognitiveservices/accounts": (("properties.encryption.keySource", _KEY_VAULT),),
    "microsoft.containerregistry/registries": (("properties.encryption.status", ("enabled",)),),
    "microsoft.storage/storageaccounts": (("properties.encryption.keySource", _KEY_VAULT),),
    "microsoft.databricks/workspaces": (
        ("properties.encryption.entities.managedServices.keySource", _KEY_VAULT),
        ("properties.encryption.entities.managedDisk.keySource", _KEY_VAULT),
        ("properties.parameters.encryption.value.keySource", _KEY_VAULT),
    ),
    "microsoft.synapse/workspaces": (("properties.encryption.cmk.key.keyVaultUrl", ()),),
}
"""(path, words) of each service; no words: any value is a key."""


def own_key(resource: Resource, inventory: Inventory, _parameters: Mapping[str, Any]) -> Outcome | None:
    """One place with a key of one's own passes. Projects take their hub's key; supporting resources are judged in an
    AI workload only."""
    if project(resource) or not (ai_resource(resource, inventory) or ai_workload(inventory)):
        return None
    places = _PLACES[resource.type_key]
    opened: Outcome | None = None
    for path, words in places:
        value = resource.get(path)
        if isinstance(value, Unresolved):
            opened = opened or open_value(resource, path, value, "only a key in a vault is the customer's own")
        elif value is not ABSENT and (not words or word(value) in words):
            return passed(path, value)
    if opened:
        return opened
    path, value = places[0][0], resource.get(places[0][0])
    told = f"{path} is {shown(value)}"
    return failed(f"{titled(resource)}: data is encrypted with keys of the platform only: {told}", path, value)
