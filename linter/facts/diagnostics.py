"""What a diagnostic setting can send, and where to.

Sources, read 2026-11-24: Azure.Bicep.Types.Az 0.2.972 (`Microsoft.Insights/diagnosticSettings` 2021-05-01-preview:
targets, `categoryGroup`); https://learn.microsoft.com/azure/azure-monitor/reference/supported-logs/logs-index, whose
pages list the categories of each type. Opened: those of online endpoints (by their names) and of Cognitive Services
accounts (by their display names); the names of the others were not seen on a page. They only stand in messages.
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
