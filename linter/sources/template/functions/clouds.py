"""What `environment()` says in each cloud.

Public: the example of "Deployment functions for ARM templates" (learn.microsoft.com, azure-resource-manager/templates/
template-functions-deployment) without `loginEndpoint`, which the page and the cloud's own metadata state differently.
The other clouds: names and suffixes as the metadata of `Add-AzEnvironment -AutoDiscover` and `az cloud show` print
them (learn.microsoft.com, powershell/module/az.accounts/add-azenvironment and cli/azure/manage-clouds-azure-cli), the
dot before a suffix as in the public cloud. All read in stored copies on 2026-11-24. What is not stated there for
certain stays open.
"""

from __future__ import annotations

from typing import Final

from linter.model import Unresolved, Value

_SHAPE: Final = {
    "": (
        "name",
        "gallery",
        "graph",
        "portal",
        "graphAudience",
        "activeDirectoryDataLake",
        "batch",
        "media",
        "sqlManagement",
    ),
    "tail": ("vmImageAliasDoc", "resourceManager"),
    "authentication": ("loginEndpoint", "audiences", "tenant", "identityProvider"),
    "suffixes": (
        "acrLoginServer",
        "azureDatalakeAnalyticsCatalogAndJob",
        "azureDatalakeStoreFileSystem",
        "azureFrontDoorEndpointSuffix",
        "keyvaultDns",
        "sqlServerHostname",
        "storage",
    ),
}
_ALIASES: Final = (
    "https://raw.githubusercontent.com/Azure/azure-rest-api-specs/master/arm-compute/quickstart-templates/aliases.json"
)
_CLOUDS: Final[dict[str, dict[str, Value]]] = {
    "public": {
        "name": "AzureCloud",
        "gallery": "https://gallery.azure.com/",
        "graph": "https://graph.windows.net/",
        "portal": "https://portal.azure.com",
        "graphAudience": "https://graph.windows.net/",
        "activeDirectoryDataLake": "https://datalake.azure.net/",
        "batch": "https://batch.core.windows.net/",
        "media": "https://rest.media.azure.net",
        "sqlManagement": "https://management.core.windows.net:8443/",
        "vmImageAliasDoc": _ALIASES,
        "resourceManager": "https://management.azure.com/",
        "audiences": ["https://management.core.windows.net/", "https://management.azure.com/"],
        "tenant": "common",
        "identityProvider": "AAD",
        "acrLoginServer": ".azurecr.io",
        "azureDatalakeAnalyticsCatalogAndJob": "azuredatalakeanalytics.net",
        "azureDatalakeStoreFileSystem": "azuredatalakestore.net",
        "azureFrontDoorEndpointSuffix": "azurefd.net",
        "keyvaultDns": ".vault.azure.net",
        "sqlServerHostname": ".database.windows.net",
        "storage": "core.windows.net",
    },
    "usgov": {
        "name": "AzureUSGovernment",
        "portal": "https://portal.azure.us",
        "tenant": "common",
        "identityProvider": "AAD",
        "acrLoginServer": ".azurecr.us",
        "keyvaultDns": ".vault.usgovcloudapi.net",
        "sqlServerHostname": ".database.usgovcloudapi.net",
        "storage": "core.usgovcloudapi.net",
    },
    "china": {
        "name": "AzureChinaCloud",
        "portal": "https://portal.azure.cn",
        "tenant": "common",
        "identityProvider": "AAD",
        "acrLoginServer": ".azurecr.cn",
        "keyvaultDns": ".vault.azure.cn",
        "sqlServerHostname": ".database.chinacloudapi.cn",
        "storage": "core.chinacloudapi.cn",
    },
}


def environment(cloud: str) -> Value:
    """The object for a cloud; for `any` an unresolved call."""
    known = _CLOUDS.get(cloud)
    if known is None:
        return Unresolved("environment()", "context")

    def part(names: tuple[str, ...], path: str) -> dict[str, Value]:
        return {name: known.get(name, Unresolved(f"environment().{path}{name}", "context")) for name in names}

    return {
        **part(_SHAPE[""], ""),
        **part(_SHAPE["tail"], ""),
        "authentication": part(_SHAPE["authentication"], "authentication."),
        "suffixes": part(_SHAPE["suffixes"], "suffixes."),
    }
