"""Which resource types are AI resources, which support them, which run apps.

The lists are those of the product's catalogue, spelt as Azure spells its types (Azure.Bicep.Types.Az 0.2.972, read
2026-11-24). All are in lower case.
"""

from __future__ import annotations

from typing import Final

WORKSPACE: Final = "microsoft.machinelearningservices/workspaces"
ACCOUNT: Final = "microsoft.cognitiveservices/accounts"
CLUSTER: Final = "microsoft.containerservice/managedclusters"
POOL: Final = "microsoft.containerservice/managedclusters/agentpools"

AI_ROOTS: Final = frozenset(
    {
        WORKSPACE,
        "microsoft.machinelearningservices/registries",
        ACCOUNT,
        "microsoft.search/searchservices",
        "microsoft.databricks/workspaces",
        "microsoft.synapse/workspaces",
    }
)
"""AI resources by their type alone, together with all their children. AKS clusters and apps are by what they hold."""
SUPPORTING: Final = frozenset(
    {
        "microsoft.storage/storageaccounts",
        "microsoft.keyvault/vaults",
        "microsoft.containerregistry/registries",
        "microsoft.network/virtualnetworks",
        "microsoft.eventhub/namespaces",
        "microsoft.documentdb/databaseaccounts",
        "microsoft.sql/servers",
        "microsoft.dbforpostgresql/flexibleservers",
        "microsoft.dbformysql/flexibleservers",
        "microsoft.cache/redis",
        "microsoft.cache/redisenterprise",
    }
)
"""They support an AI workload: storage, vaults, registries of images, networks, event hubs, databases."""
APPS: Final = frozenset(
    {
        "microsoft.app/containerapps",
        "microsoft.app/jobs",
        "microsoft.web/sites",
        "microsoft.web/sites/slots",
        "microsoft.containerinstance/containergroups",
        "microsoft.app/sessionpools",
    }
)
APP_HOSTS: Final = frozenset({"microsoft.app/managedenvironments", "microsoft.web/serverfarms"})
MACHINES: Final = frozenset({"microsoft.compute/virtualmachines", "microsoft.compute/virtualmachinescalesets"})
TRACKED_CHILDREN: Final = frozenset(
    {
        f"{WORKSPACE}/computes",
        f"{WORKSPACE}/onlineendpoints",
        f"{WORKSPACE}/onlineendpoints/deployments",
        f"{WORKSPACE}/batchendpoints",
        f"{WORKSPACE}/batchendpoints/deployments",
        f"{WORKSPACE}/serverlessendpoints",
        f"{ACCOUNT}/projects",
        "microsoft.synapse/workspaces/bigdatapools",
        "microsoft.synapse/workspaces/sqlpools",
    }
)
"""Children of AI resources that carry tags of their own (and a region, and a bill)."""
DSVM_PUBLISHER: Final = "microsoft-dsvm"


def ai_type(type_key: str) -> bool:
    """Is a resource of this lower-case type an AI resource whatever it holds?"""
    return type_key in AI_ROOTS or any(type_key.startswith(root + "/") for root in AI_ROOTS)
