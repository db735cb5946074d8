"""What is stated on an api-version that does not know it: one rule for all policies.

A fault that is stated fails in every api-version. A remedy that is stated counts only where the resource's
api-version knows the property: a provider may silently drop what the version's type does not have, so the row is
undecided, and the message says from which api-version on the remedy can be stated. A word that the version's list
lacks (a serverless endpoint's `AAD`) counts: the property is known, and a provider that does not know the word
refuses the deployment aloud. The idle time of a compute instance is the one exception (`TRUSTED`): the catalogue
counts it whatever the api-version.

Source: Azure.Bicep.Types.Az 0.2.972, read 2026-11-24: which api-versions have the property.
"""

from __future__ import annotations

from typing import Final, NamedTuple

SERVERLESS_AAD_STABLE: Final = "2025-12-01"
"""The first stable api-version whose list of a serverless endpoint's `authMode` holds `AAD`."""


class Since(NamedTuple):
    """First stable and first preview api-version; "" for never."""

    stable: str
    preview: str


_ML: Final = "microsoft.machinelearningservices/workspaces"
SINCE: Final[dict[tuple[str, str], Since]] = {
    (_ML, "properties.systemDatastoresAuthMode"): Since("2025-06-01", "2022-12-01-preview"),
    (_ML, "properties.publicNetworkAccess"): Since("2021-07-01", "2021-07-01"),
    (_ML, "properties.networkAcls.defaultAction"): Since("", "2024-10-01-preview"),
    (f"{_ML}/computes", "properties.properties.enableOSPatching"): Since("", "2023-08-01-preview"),
    (f"{_ML}/onlineendpoints", "properties.publicNetworkAccess"): Since("2022-10-01", "2022-02-01-preview"),
    (f"{_ML}/onlineendpoints", "properties.mirrorTraffic"): Since("2023-04-01", "2022-02-01-preview"),
    (f"{_ML}/onlineendpoints/deployments", "properties.egressPublicNetworkAccess"): Since(
        "2022-10-01", "2022-02-01-preview"
    ),
    ("microsoft.containerregistry/registries", "properties.anonymousPullEnabled"): Since(
        "2025-04-01", "2020-11-01-preview"
    ),
    ("microsoft.containerregistry/registries", "properties.publicNetworkAccess"): Since(
        "2021-09-01", "2019-12-01-preview"
    ),
    ("microsoft.containerregistry/registries", "properties.policies.softDeletePolicy"): Since("", "2022-02-01-preview"),
    ("microsoft.cognitiveservices/accounts", "properties.disableLocalAuth"): Since("2021-04-30", "2021-04-30"),
    ("microsoft.cognitiveservices/accounts/deployments", "properties.spilloverDeploymentName"): Since(
        "2025-06-01", "2025-04-01-preview"
    ),
    ("microsoft.cognitiveservices/accounts/deployments", "properties.versionUpgradeOption"): Since(
        "2023-05-01", "2023-05-01"
    ),
    ("microsoft.search/searchservices", "properties.disableLocalAuth"): Since("2022-09-01", "2021-04-01-preview"),
    ("microsoft.search/searchservices", "properties.publicNetworkAccess"): Since("2020-03-13", "2020-03-13"),
    ("microsoft.storage/storageaccounts", "properties.publicNetworkAccess"): Since("2021-06-01", "2021-06-01"),
    ("microsoft.keyvault/vaults", "properties.publicNetworkAccess"): Since("2021-10-01", "2021-06-01-preview"),
    ("microsoft.eventhub/namespaces", "properties.publicNetworkAccess"): Since("2024-01-01", "2022-01-01-preview"),
    ("microsoft.apimanagement/service", "properties.zoneRedundant"): Since("", "2025-03-01-preview"),
}
TRUSTED: Final = frozenset({(f"{_ML}/computes", "properties.properties.idleTimeBeforeShutdown")})


def unknown_to(type_key: str, path: str, api_version: str) -> str:
    """Why what is stated at `path` cannot be relied on at this api-version; "" where it can. A text for a message's
    end."""
    since = SINCE.get((type_key, path))
    if since is None or not api_version or (type_key, path) in TRUSTED:
        return ""
    first = since.preview if api_version[10:] else since.stable
    if first and api_version[:10] >= first[:10]:
        return ""
    offered = since.stable or since.preview
    return f"api-version {api_version} does not know it ({'stable' if since.stable else 'preview'} from {offered} on)"
