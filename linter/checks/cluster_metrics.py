"""Does anybody see what the containers and GPUs of a cluster do?

Sources, read 2026-11-24: Azure.Bicep.Types.Az 0.2.972 (`addonProfiles` is a map whose keys compare without case;
`azureMonitorProfile.metrics.enabled`; `azureMonitorProfile.containerInsights.enabled` in stable api-versions from
2026-06-01 on); https://learn.microsoft.com/azure/azure-monitor/containers/kubernetes-monitoring-enable (each is
enabled by a switch of its own); https://learn.microsoft.com/azure/aks/intro-aks-automatic (only the CLI and the portal
switch them on by themselves, for AKS Automatic). The exporter that `gpuProfile.nvidia.managementMode: Managed` puts on
GPU nodes sends nothing by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linter.checks.ai_workload import ai_resource
from linter.checks.outcomes import failed, open_value, passed, titled, truth
from linter.model import Inventory, Outcome, Resource, Unresolved

METRICS = "properties.azureMonitorProfile.metrics.enabled"
WAYS = (
    METRICS,
    "properties.addonProfiles.omsagent.enabled",
    "properties.azureMonitorProfile.containerInsights.enabled",
)


def watched(cluster: Resource, inventory: Inventory, _parameters: Mapping[str, Any]) -> Outcome | None:
    """One of the ways is enough. Judged: clusters with a GPU pool."""
    if not ai_resource(cluster, inventory):
        return None
    opened: Outcome | None = None
    for path in WAYS:
        value = cluster.get(path)
        if truth(value):
            return passed(path, value)
        if isinstance(value, Unresolved):
            opened = opened or open_value(cluster, path, value, "true sends metrics of containers")
    if opened:
        return opened
    text = (
        "GPU pools, and no metrics of containers: neither omsagent nor azureMonitorProfile is enabled (off unless told)"
    )
    return failed(f"{titled(cluster)}: {text}", METRICS, cluster.get(METRICS))
