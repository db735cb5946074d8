"""What Azure Policy calls the properties of resources: its aliases.

A condition of Azure Policy sees a property by its alias only, and only what has one can be asked. Names and paths are
those that `Get-AzPolicyAlias` gives (https://learn.microsoft.com/azure/governance/policy/concepts/definition-structure-alias),
as listed at https://github.com/maciejporebski/azure-policy-aliases, commit 92a0371 of 2026-08-22, read 2026-11-24; of
several aliases of one path the plain one, without a discriminator. Those that a built-in definition uses too
(https://github.com/Azure/azure-policy, commit f4a50ba of 2026-04-29) stand there with the same spelling.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

ALIASES: Final[Mapping[str, tuple[str, ...]]] = {
    "Microsoft.CognitiveServices/accounts": (
        "properties.disableLocalAuth", "properties.publicNetworkAccess", "properties.networkAcls.defaultAction",
        "properties.restrictOutboundNetworkAccess", "properties.encryption.keySource",
    ),
    "Microsoft.CognitiveServices/accounts/deployments": (
        "properties.versionUpgradeOption", "properties.model.version", "properties.raiPolicyName",
        "properties.spilloverDeploymentName", "properties.model.format", "properties.model.name", "sku.name",
    ),
    "Microsoft.Search/searchServices": (
        "properties.disableLocalAuth", "properties.publicNetworkAccess", "properties.networkRuleSet.ipRules[*]",
        "properties.replicaCount",
    ),
    "Microsoft.MachineLearningServices/workspaces": (
        "properties.publicNetworkAccess", "properties.networkAcls.defaultAction",
        "properties.managedNetwork.isolationMode", "properties.systemDatastoresAuthMode",
        "properties.encryption.status", "properties.serverlessComputeSettings.serverlessComputeNoPublicIP",
    ),
    "Microsoft.MachineLearningServices/registries": (
        "properties.publicNetworkAccess",
    ),
    "Microsoft.MachineLearningServices/workspaces/computes": (
        "properties.computeType", "properties.disableLocalAuth", "properties.properties.scaleSettings.minNodeCount",
        "properties.properties.scaleSettings.nodeIdleTimeBeforeScaleDown",
        "properties.properties.scaleSettings.maxNodeCount", "properties.properties.remoteLoginPortPublicAccess",
        "properties.properties.enableNodePublicIp", "properties.properties.sshSettings.sshPublicAccess",
        "properties.properties.applicationSharingPolicy", "properties.properties.idleTimeBeforeShutdown",
        "properties.properties.enableOSPatching", "properties.properties.schedules.computeStartStop[*]",
        "properties.properties.vmSize", "properties.properties.vmPriority",
        "properties.properties.personalComputeInstanceSettings.assignedUser.objectId",
        "properties.properties.computeInstanceAuthorizationType",
    ),
    "Microsoft.MachineLearningServices/workspaces/onlineEndpoints": (
        "properties.authMode", "properties.publicNetworkAccess", "properties.compute",
    ),
    "Microsoft.MachineLearningServices/workspaces/batchEndpoints": (
        "properties.authMode",
    ),
    "Microsoft.MachineLearningServices/workspaces/serverlessEndpoints": (
        "properties.authMode", "properties.contentSafety.contentSafetyStatus",
    ),
    "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments": (
        "properties.endpointComputeType", "properties.appInsightsEnabled", "properties.model",
        "properties.egressPublicNetworkAccess", "properties.containerResourceRequirements.containerResourceRequests",
        "properties.containerResourceRequirements.containerResourceLimits",
    ),
    "Microsoft.MachineLearningServices/workspaces/models/versions": (
        "properties.modelType",
    ),
    "Microsoft.ContainerService/managedClusters": (
        "properties.disableLocalAccounts", "properties.enableRBAC", "sku.name",
        "properties.aadProfile.enableAzureRBAC", "properties.aadProfile.managed",
        "properties.autoUpgradeProfile.upgradeChannel", "properties.autoUpgradeProfile.nodeOSUpgradeChannel",
        "properties.networkProfile.outboundType", "properties.azureMonitorProfile.metrics.enabled",
        "properties.azureMonitorProfile.containerInsights.enabled", "properties.addonProfiles.omsagent.enabled",
        "properties.metricsProfile.costAnalysis.enabled", "properties.agentPoolProfiles[*]",
        "properties.agentPoolProfiles[*].vmSize", "properties.agentPoolProfiles[*].mode",
        "properties.agentPoolProfiles[*].nodeTaints[*]", "properties.agentPoolProfiles[*].enableAutoScaling",
        "properties.agentPoolProfiles[*].type", "properties.agentPoolProfiles[*].minCount",
        "properties.agentPoolProfiles[*].maxCount", "properties.agentPoolProfiles[*].enableNodePublicIP",
    ),
    "Microsoft.ContainerService/managedClusters/agentPools": (
        "properties.vmSize", "properties.mode", "properties.nodeTaints[*]", "properties.enableAutoScaling",
        "properties.type", "properties.minCount", "properties.maxCount", "properties.enableNodePublicIP",
    ),
    "Microsoft.Databricks/workspaces": (
        "properties.publicNetworkAccess", "sku.name",
    ),
    "Microsoft.Synapse/workspaces": (
        "properties.publicNetworkAccess",
    ),
    "Microsoft.Synapse/workspaces/bigDataPools": (
        "properties.autoPause.enabled", "properties.autoPause.delayInMinutes", "properties.autoScale.enabled",
    ),
    "Microsoft.Batch/batchAccounts/pools": (
        "properties.vmSize", "properties.scaleSettings.fixedScale.targetDedicatedNodes",
        "properties.scaleSettings.fixedScale.targetLowPriorityNodes",
    ),
}  # fmt: skip
"""Type → the paths that have an alias, `[*]` for the members of a list. The alias: the type, a slash, the path less
every leading `properties.`, except where `_OTHER` says it."""
_OTHER: Final = {
    "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments": {
        "properties.containerResourceRequirements.": "Kubernetes.containerResourceRequirements.",
    }
}
"""Type → beginning of a path → that of its alias."""
PLAIN: Final[Mapping[str, str]] = {
    "name": "name", "type": "type", "kind": "kind", "location": "location", "identity.type": "identity.type",
}  # fmt: skip
"""Paths that every type has, and the field of Azure Policy for each
(https://learn.microsoft.com/azure/governance/policy/concepts/definition-structure-policy-rule, read 2026-11-24)."""
FACT_PATTERNS: Final[Mapping[str, tuple[str, ...]]] = {
    "gpu-size": ("Standard_NC*", "Standard_ND*", "Standard_NG*", "Standard_NV*"),
}
"""Yes/no tables of `linter.facts.tables` that patterns of `like` say in full."""
INLINE: Final[Mapping[str, tuple[str, str]]] = {
    "Microsoft.ContainerService/managedClusters/agentPools": (
        "Microsoft.ContainerService/managedClusters", "properties.agentPoolProfiles[*]",
    ),
}  # fmt: skip
"""Types that may be declared inside their parent too → (parent's type, path of the list)."""


def alias(resource_type: str, path: str) -> str | None:
    """What Azure Policy calls the property at `path` of a resource of this type (both without case); None: it does not
    see it. A tag is `tags['name']`."""
    low = path.lower()
    if low in PLAIN:
        return PLAIN[low]
    if low.startswith("tags."):
        return f"tags['{path[5:]}']"
    for known, paths in ALIASES.items():
        if known.lower() == resource_type.lower():
            found = next((entry for entry in paths if entry.lower() == low), None)
            return f"{known}/{_renamed(known, found)}" if found else None
    return None


def _renamed(resource_type: str, path: str) -> str:
    for beginning, other in _OTHER.get(resource_type, {}).items():
        if path.startswith(beginning):
            return other + path.removeprefix(beginning)
    while path.startswith("properties."):
        path = path.removeprefix("properties.")
    return path
