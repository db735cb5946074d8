"""What a diagnostic setting can send, and where to.

Sources, read 2026-11-24: Azure.Bicep.Types.Az 0.2.972 (`Microsoft.Insights/diagnosticSettings` 2021-05-01-preview:
targets, `categoryGroup`); https://learn.microsoft.com/azure/azure-monitor/reference/supported-logs/logs-index, whose
pages list the categories of each type. Opened: that of online endpoints, which gives the names as here; those of
Cognitive Services, search, API Management and ML registries, which give display names only. The names of the others
were seen on no page. They stand in messages only.
"""

from __future__ import annotations

from typing import Final

TARGETS: Final = ("workspaceId", "storageAccountId", "eventHubAuthorizationRuleId", "marketplacePartnerId")
"""A setting sends to at least one of these; an Event Hub is named by its authorization rule."""
CATEGORIES: Final = {
    "microsoft.machinelearningservices/workspaces": (
        "AmlComputeClusterEvent",
        "AmlComputeJobEvent",
        "AmlRunStatusChangedEvent",
    ),
    "microsoft.machinelearningservices/registries": ("RegistryAssetReadEvent", "RegistryAssetWriteEvent"),
    "microsoft.machinelearningservices/workspaces/onlineendpoints": (
        "AmlOnlineEndpointTrafficLog",
        "AmlOnlineEndpointConsoleLog",
        "AmlOnlineEndpointEventLog",
    ),
    "microsoft.cognitiveservices/accounts": ("Audit", "RequestResponse", "Trace", "AzureOpenAIRequestUsage"),
    "microsoft.search/searchservices": ("OperationLogs",),
    "microsoft.containerservice/managedclusters": ("kube-audit-admin", "guard", "cluster-autoscaler"),
    "microsoft.databricks/workspaces": ("clusters", "jobs", "notebook", "accounts", "workspace"),
    "microsoft.synapse/workspaces": ("SynapseRbacOperations", "BuiltinSqlReqsEnded", "IntegrationPipelineRuns"),
    "microsoft.apimanagement/service": ("GatewayLogs", "GatewayLlmLogs"),
}
"""The categories worth naming in a message, by lower-case type; `categoryGroup: allLogs` sends all."""
