"""What a service does with a property that is absent, where no text of the resource types says so.

Keys are lower-case types and property paths. The value is what the service takes; `KEYS` and `OPEN` say which of them
are a fault. Sources, read 2026-11-24, in the order of the entries:
- https://learn.microsoft.com/azure/ai-services/cognitive-services-virtual-networks: accounts accept any network
  unless the rule changes.
- https://learn.microsoft.com/azure/search/service-configure-firewall: a search service allows its public endpoint by
  default.
- https://learn.microsoft.com/azure/storage/common/storage-network-security: accounts accept clients on any network by
  default.
- https://learn.microsoft.com/azure/key-vault/general/network-security: a new vault's firewall is disabled.
- https://learn.microsoft.com/azure/container-registry/container-registry-access-selected-networks: registries accept
  any network by default.
- https://azure.github.io/PSRule.Rules.Azure/en/rules/Azure.ML.PublicAccess/: a workspace's public endpoint is enabled
  by default. (The CLI's reference-yaml-workspace gives `disabled` as its own default, for workspaces behind a private
  link; a template has no such default.)
- https://learn.microsoft.com/azure/machine-learning/reference-yaml-registry: `public_network_access` is `enabled`
  unless told.
- https://learn.microsoft.com/azure/machine-learning/reference-yaml-endpoint-online: the same for a managed endpoint;
  `auth_mode` is `key`.
- https://learn.microsoft.com/azure/cosmos-db/how-to-configure-firewall: an account is reachable from the internet by
  default.
- Azure.Bicep.Types.Az 0.2.972: Event Hubs' `publicNetworkAccess` "by default enabled"; storage's null
  `allowSharedKeyAccess` is true. For Databricks and Synapse no text says it, nor does
  https://learn.microsoft.com/azure/synapse-analytics/security/connectivity-settings: absent stays undecided.
"""

from __future__ import annotations

from typing import Final

PUBLIC_NETWORK: Final = {
    "microsoft.cognitiveservices/accounts": "Enabled",
    "microsoft.search/searchservices": "Enabled",
    "microsoft.storage/storageaccounts": "Enabled",
    "microsoft.keyvault/vaults": "Enabled",
    "microsoft.containerregistry/registries": "Enabled",
    "microsoft.machinelearningservices/workspaces": "Enabled",
    "microsoft.machinelearningservices/registries": "Enabled",
    "microsoft.machinelearningservices/workspaces/onlineendpoints": "Enabled",
    "microsoft.documentdb/databaseaccounts": "Enabled",
    "microsoft.eventhub/namespaces": "Enabled",
}
"""`publicNetworkAccess` that a service takes when none is written."""
NETWORK_RULES: Final = {
    "microsoft.cognitiveservices/accounts": "properties.networkAcls.defaultAction",
    "microsoft.storage/storageaccounts": "properties.networkAcls.defaultAction",
    "microsoft.keyvault/vaults": "properties.networkAcls.defaultAction",
    "microsoft.containerregistry/registries": "properties.networkRuleSet.defaultAction",
    "microsoft.machinelearningservices/workspaces": "properties.networkAcls.defaultAction",
}
"""Where a service keeps its default action; absent is Allow (the sources above)."""
ALLOW_LISTS: Final = {
    "microsoft.search/searchservices": ("properties.networkRuleSet.ipRules",),
    "microsoft.documentdb/databaseaccounts": ("properties.ipRules", "properties.virtualNetworkRules"),
}
"""Services without a default action, where a rule that is there shuts out everybody else (text of `ipRules` in the
types; Cosmos DB: the firewall page above)."""
