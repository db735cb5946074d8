"""The types that a live scan reads, how each is listed, and what stands below which.

Versions: the newest stable one of 2025 (Azure.Bicep.Types.Az 0.2.972, read 2026-11-24); where a cloud or region does
not know it, the reader asks the provider's manifest. What Resource Graph lacks (computes, jobs, schedules,
environments, models, datastores, account deployments, content filters, diagnostic settings …) is listed parent by
parent.
"""

from __future__ import annotations

from typing import Final, NamedTuple

ML: Final = "Microsoft.MachineLearningServices"
WORKSPACE: Final = f"{ML}/workspaces"
ML_VERSION: Final = "2025-06-01"
NEWEST_ML: Final = "2026-03-01"
"""Lists the idle time of compute instances; regions that do not know it are asked with the manifest's newest."""
ACCOUNT: Final = "Microsoft.CognitiveServices/accounts"
CLUSTER: Final = "Microsoft.ContainerService/managedClusters"
APIM: Final = "Microsoft.ApiManagement/service"
ROLE_ASSIGNMENT: Final = "Microsoft.Authorization/roleAssignments"
APPLICATIONS_VERSION: Final = "2026-07-01"
DIAGNOSTICS: Final = "Microsoft.Insights/diagnosticSettings"
DIAGNOSTICS_VERSION: Final = "2021-05-01-preview"
JOB: Final = f"{WORKSPACE}/jobs"
GROUP: Final = "Microsoft.Resources/resourceGroups"

TOP: Final[dict[str, str]] = {
    WORKSPACE: ML_VERSION, f"{ML}/registries": ML_VERSION,
    ACCOUNT: "2025-06-01", CLUSTER: "2025-10-01",
    "Microsoft.ContainerRegistry/registries": "2025-11-01", "Microsoft.Databricks/workspaces": "2024-05-01",
    "Microsoft.Synapse/workspaces": "2021-06-01", "Microsoft.Search/searchServices": "2025-05-01",
    "Microsoft.Storage/storageAccounts": "2025-01-01", "Microsoft.KeyVault/vaults": "2024-11-01",
    "Microsoft.Network/virtualNetworks": "2024-07-01", "Microsoft.Network/privateEndpoints": "2024-07-01",
    "Microsoft.Network/applicationGateways": "2024-07-01", "Microsoft.Network/frontDoors": "2021-06-01",
    "Microsoft.Network/azureFirewalls": "2024-07-01", "Microsoft.Network/privateDnsZones": "2020-06-01",
    "Microsoft.Network/routeTables": "2024-07-01",
    "Microsoft.ServiceBus/namespaces": "2024-01-01", "Microsoft.AlertsManagement/prometheusRuleGroups": "2023-03-01",
    "Microsoft.ApiManagement/aigateways": "2026-09-01-preview", "Microsoft.BotService/botServices": "2022-09-15",
    "Microsoft.EventHub/namespaces": "2024-01-01", "Microsoft.DocumentDB/databaseAccounts": "2024-11-15",
    "Microsoft.Sql/servers": "2023-08-01", "Microsoft.DBforPostgreSQL/flexibleServers": "2024-08-01",
    "Microsoft.DBforMySQL/flexibleServers": "2023-12-30", "Microsoft.Cache/redis": "2024-11-01",
    "Microsoft.Cache/redisEnterprise": "2025-04-01", "Microsoft.App/containerApps": "2025-01-01",
    "Microsoft.App/jobs": "2025-01-01", "Microsoft.App/managedEnvironments": "2025-01-01",
    "Microsoft.App/sessionPools": "2025-01-01", "Microsoft.Web/sites": "2024-11-01",
    "Microsoft.Web/serverfarms": "2024-11-01", "Microsoft.ContainerInstance/containerGroups": "2023-05-01",
    "Microsoft.Compute/virtualMachines": "2024-11-01", "Microsoft.Compute/virtualMachineScaleSets": "2024-11-01",
    "Microsoft.Batch/batchAccounts": "2024-07-01", "Microsoft.DevTestLab/schedules": "2018-09-15",
    "Microsoft.Logic/workflows": "2019-05-01", "Microsoft.Automation/automationAccounts": "2023-11-01",
    APIM: "2024-05-01", "Microsoft.ApiManagement/gateways": "2024-05-01", "Microsoft.Cdn/profiles": "2025-04-15",
    "Microsoft.Insights/autoscaleSettings": "2022-10-01", "Microsoft.Insights/metricAlerts": "2018-03-01",
    "Microsoft.Insights/scheduledQueryRules": "2023-12-01", "Microsoft.Insights/activityLogAlerts": "2020-10-01",
    "Microsoft.Insights/components": "2020-02-02", "Microsoft.OperationalInsights/workspaces": "2023-09-01",
    "Microsoft.ManagedIdentity/userAssignedIdentities": "2023-01-31",
    "Microsoft.LoadTestService/loadTests": "2022-12-01", "Microsoft.DataFactory/factories": "2018-06-01",
    "Microsoft.Kubernetes/connectedClusters": "2024-01-01",
}  # fmt: skip
"""Top-level types with the version of their list under the subscription."""


class Child(NamedTuple):
    """A list below a parent. `graph`: Resource Graph has it, so the list is only asked where Graph could not be.

    `near`: only where the parent stands in a workload with an AI resource. `optional`: a 404, or a provider
    that does not know the type in this cloud, means that there is none.
    `one`: the path names one resource, no list. `v2`: not to be had of a workspace in v1LegacyMode.
    """

    type: str
    path: str
    version: str
    graph: bool = False
    near: bool = False
    optional: bool = False
    one: bool = False
    v2: bool = False


CHILDREN: Final[dict[str, tuple[Child, ...]]] = {
    WORKSPACE: (
        Child(f"{WORKSPACE}/computes", "computes", NEWEST_ML),
        Child(f"{WORKSPACE}/onlineEndpoints", "onlineEndpoints", ML_VERSION, graph=True, v2=True),
        Child(f"{WORKSPACE}/batchEndpoints", "batchEndpoints", ML_VERSION, graph=True, v2=True),
        Child(f"{WORKSPACE}/serverlessEndpoints", "serverlessEndpoints", ML_VERSION, graph=True, v2=True),
        Child(f"{WORKSPACE}/schedules", "schedules", ML_VERSION, v2=True),
        Child(f"{WORKSPACE}/datastores", "datastores", ML_VERSION, optional=True, v2=True),
        Child(f"{WORKSPACE}/connections", "connections", ML_VERSION, optional=True),
    ),
    f"{WORKSPACE}/onlineEndpoints": (
        Child(f"{WORKSPACE}/onlineEndpoints/deployments", "deployments", ML_VERSION, graph=True),
    ),
    f"{WORKSPACE}/batchEndpoints": (
        Child(f"{WORKSPACE}/batchEndpoints/deployments", "deployments", ML_VERSION, graph=True),
    ),
    ACCOUNT: (
        Child(f"{ACCOUNT}/deployments", "deployments", "2025-06-01"),
        Child(f"{ACCOUNT}/raiPolicies", "raiPolicies", "2025-06-01", optional=True),
        Child(f"{ACCOUNT}/projects", "projects", "2025-06-01", graph=True, optional=True),
        Child(f"{ACCOUNT}/connections", "connections", "2025-06-01", optional=True),
        Child(f"{ACCOUNT}/capabilityHosts", "capabilityHosts", "2025-06-01", optional=True),
    ),
    f"{ACCOUNT}/projects": (
        Child(f"{ACCOUNT}/projects/connections", "connections", "2025-06-01", optional=True),
        Child(f"{ACCOUNT}/projects/applications", "applications", APPLICATIONS_VERSION, optional=True),
        Child(f"{ACCOUNT}/projects/capabilityHosts", "capabilityHosts", "2025-06-01", optional=True),
    ),
    f"{ACCOUNT}/projects/applications": (
        Child(
            f"{ACCOUNT}/projects/applications/agentDeployments", "agentDeployments", APPLICATIONS_VERSION, optional=True
        ),
    ),
    "Microsoft.ContainerRegistry/registries": (
        Child("Microsoft.ContainerRegistry/registries/tasks", "tasks", "2019-04-01", graph=True),
        Child("Microsoft.ContainerRegistry/registries/replications", "replications", "2025-11-01", graph=True),
    ),
    "Microsoft.Sql/servers": (
        Child("Microsoft.Sql/servers/databases", "databases", "2023-08-01", graph=True),
    ),
    "Microsoft.Synapse/workspaces": (
        Child("Microsoft.Synapse/workspaces/bigDataPools", "bigDataPools", "2021-06-01", graph=True),
        Child("Microsoft.Synapse/workspaces/sqlPools", "sqlPools", "2021-06-01", graph=True),
    ),
    "Microsoft.Web/sites": (
        Child("Microsoft.Web/sites/slots", "slots", "2024-11-01", graph=True),
        Child("Microsoft.Web/sites/config", "config/web", "2024-11-01", near=True, one=True),
        Child("Microsoft.Web/sites/sitecontainers", "sitecontainers", "2024-11-01", near=True, optional=True),
    ),
    "Microsoft.Web/sites/slots": (
        Child("Microsoft.Web/sites/slots/config", "config/web", "2024-11-01", near=True, one=True),
        Child("Microsoft.Web/sites/slots/sitecontainers", "sitecontainers", "2024-11-01", near=True, optional=True),
    ),
    "Microsoft.Batch/batchAccounts": (Child("Microsoft.Batch/batchAccounts/pools", "pools", "2024-07-01"),),
    "Microsoft.EventHub/namespaces": (
        Child("Microsoft.EventHub/namespaces/networkRuleSets", "networkRuleSets", "2024-01-01", near=True),
    ),
    "Microsoft.Storage/storageAccounts": (
        Child(
            "Microsoft.Storage/storageAccounts/fileServices/shares",
            "fileServices/default/shares",
            "2025-01-01",
            near=True,
            optional=True,
        ),
    ),
    "Microsoft.Automation/automationAccounts": (
        Child("Microsoft.Automation/automationAccounts/jobSchedules", "jobSchedules", "2023-11-01", near=True),
        Child("Microsoft.Automation/automationAccounts/schedules", "schedules", "2023-11-01", near=True),
    ),
    APIM: (
        Child(f"{APIM}/apis", "apis", "2024-05-01"),
        Child(f"{APIM}/backends", "backends", "2024-05-01"),
        Child(f"{APIM}/policies", "policies", "2024-05-01", optional=True),
        Child(f"{APIM}/policyFragments", "policyFragments", "2024-05-01", optional=True),
        Child(f"{APIM}/products", "products", "2024-05-01"),
        Child(f"{APIM}/workspaces", "workspaces", "2024-05-01", optional=True),
    ),
    f"{APIM}/workspaces": (
        Child(f"{APIM}/workspaces/apis", "apis", "2024-05-01", optional=True),
        Child(f"{APIM}/workspaces/backends", "backends", "2024-05-01", optional=True),
        Child(f"{APIM}/workspaces/policies", "policies", "2024-05-01", optional=True),
        Child(f"{APIM}/workspaces/policyFragments", "policyFragments", "2024-05-01", optional=True),
    ),
    f"{APIM}/workspaces/apis": (
        Child(f"{APIM}/workspaces/apis/policies", "policies", "2024-05-01", optional=True),
    ),
    f"{APIM}/apis": (
        Child(f"{APIM}/apis/policies", "policies", "2024-05-01", optional=True),
    ),
    f"{APIM}/products": (
        Child(f"{APIM}/products/policies", "policies", "2024-05-01", optional=True),
        Child(f"{APIM}/products/apis", "apis", "2024-05-01", optional=True),
    ),
    "Microsoft.Cdn/profiles": (
        Child("Microsoft.Cdn/profiles/originGroups", "originGroups", "2025-04-15", optional=True),
        Child("Microsoft.Cdn/profiles/afdEndpoints", "afdEndpoints", "2025-04-15", optional=True),
    ),
    "Microsoft.Cdn/profiles/originGroups": (
        Child("Microsoft.Cdn/profiles/originGroups/origins", "origins", "2025-04-15", optional=True),
    ),
}  # fmt: skip

DIAGNOSED: Final = (
    WORKSPACE, f"{ML}/registries", ACCOUNT, "Microsoft.Search/searchServices", CLUSTER,
    "Microsoft.Databricks/workspaces", "Microsoft.Synapse/workspaces", APIM, "Microsoft.App/managedEnvironments",
)  # fmt: skip
"""Whose diagnostic settings are read, one call each."""

AI: Final = (
    WORKSPACE, f"{ML}/registries", ACCOUNT, "Microsoft.Search/searchServices", "Microsoft.Databricks/workspaces",
    "Microsoft.Synapse/workspaces", CLUSTER,
)  # fmt: skip
"""A workload that holds one of these has the lists of its supporting resources read too."""

ACCOUNT_COLUMNS: Final = (
    "publicNetworkAccess", "networkAcls", "disableLocalAuth", "restrictOutboundNetworkAccess", "allowedFqdnList",
    "encryption", "customSubDomainName", "endpoint", "privateEndpointConnections", "userOwnedStorage", "apiProperties",
    "dynamicThrottlingEnabled", "networkInjections", "allowProjectManagement", "associatedProjects", "defaultProject",
    "storedCompletionsDisabled", "provisioningState", "amlWorkspace", "raiMonitorConfig",
)  # fmt: skip
"""What of an account's properties is asked of Resource Graph; the whole is 60 to 80 kB, most of it model lists."""

SPELLING: Final[dict[str, str]] = {
    name.lower(): name
    for name in (
        *TOP, *(child.type for below in CHILDREN.values() for child in below), ROLE_ASSIGNMENT, DIAGNOSTICS, JOB, GROUP,
        f"{CLUSTER}/agentPools", f"{WORKSPACE}/models/versions", f"{WORKSPACE}/environments/versions",
        f"{ML}/registries/models/versions", f"{ML}/registries/environments/versions",
        "Microsoft.Authorization/locks",
    )
}  # fmt: skip
"""Types as Azure spells them, by their lower case: Resource Graph gives lower case, providers what they like."""

IN_GRAPH: Final = (*TOP, *(child.type for below in CHILDREN.values() for child in below if child.graph))


def spelled_id(identifier: str) -> str:
    """An ARM id with its known types, and `resourceGroups`, in Azure's spelling; names stay as they are."""
    steps = identifier.rstrip("/").split("/")
    low = [step.lower() for step in steps]
    for at in range(1, len(steps), 2):
        if low[at] in ("subscriptions", "providers"):
            steps[at] = low[at]
        elif low[at] == "resourcegroups":
            steps[at] = "resourceGroups"
    if "providers" in low[1::2]:
        at = len(low) - 1 - low[::-1].index("providers")
        names = SPELLING.get("/".join([low[at + 1], *low[at + 2 :: 2]]) if at + 1 < len(low) else "")
        if names:
            for offset, name in zip([1, *range(2, len(steps), 2)], names.split("/"), strict=False):
                steps[at + offset] = name
    return "/".join(steps)
