"""Are a cluster and its nodes patched without anybody thinking of it?

Sources, read 2026-11-24: Azure.Bicep.Types.Az 0.2.972 (`upgradeChannel` is none by default, `nodeOSUpgradeChannel` is
NodeImage); https://learn.microsoft.com/azure/aks/intro-aks-automatic (AKS Automatic upgrades itself on the stable
channel); https://learn.microsoft.com/azure/aks/auto-upgrade-node-os-image (Unmanaged leaves patches to the system's own
timer, which restarts nothing). Facts of use: `linter.usage`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linter.checks.ai_workload import ai_resource, ai_workload
from linter.checks.outcomes import failed, open_value, passed, shown, titled, word
from linter.model import ABSENT, Inventory, Outcome, Resource, Unresolved

CLUSTER_CHANNEL = "properties.autoUpgradeProfile.upgradeChannel"
NODE_CHANNEL = "properties.autoUpgradeProfile.nodeOSUpgradeChannel"
VERSION = "properties.kubernetesVersion"


def automatic(
    cluster: Resource, inventory: Inventory, _parameters: Mapping[str, Any]
) -> Outcome | list[Outcome] | None:
    """Either channel is enough to fail; live also a version out of support."""
    if not (ai_resource(cluster, inventory) or ai_workload(inventory)):
        return None
    found = [_cluster(cluster), _nodes(cluster), _supported(cluster, inventory)]
    lacks = [outcome for outcome in found if outcome is not None]
    faults = [outcome for outcome in lacks if outcome.verdict == "fail"]
    return faults or next(iter(lacks), None) or passed(CLUSTER_CHANNEL, cluster.get(CLUSTER_CHANNEL))


def _cluster(cluster: Resource) -> Outcome | None:
    channel = cluster.get(CLUSTER_CHANNEL)
    if isinstance(channel, Unresolved):
        return open_value(cluster, CLUSTER_CHANNEL, channel, "'none' leaves upgrades to somebody's memory")
    if channel is ABSENT and word(cluster.get("sku.name")) == "automatic":
        return None
    if channel is not ABSENT and word(channel) not in ("", "none"):
        return None
    told = f"upgradeChannel is {shown(channel)}" + (" (none unless told)" if channel is ABSENT else "")
    return failed(
        f"{titled(cluster)}: Kubernetes is upgraded by hand only: {told}; use patch or stable", CLUSTER_CHANNEL, channel
    )


def _nodes(cluster: Resource) -> Outcome | None:
    channel = cluster.get(NODE_CHANNEL)
    if isinstance(channel, Unresolved):
        return open_value(cluster, NODE_CHANNEL, channel, "'None' and 'Unmanaged' leave nodes unpatched")
    if word(channel) not in ("none", "unmanaged"):
        return None
    text = f"the nodes' system is patched by nobody: nodeOSUpgradeChannel is {shown(channel)}; use NodeImage"
    return failed(f"{titled(cluster)}: {text}", NODE_CHANNEL, channel)


def _supported(cluster: Resource, inventory: Inventory) -> Outcome | None:
    told = inventory.usage.get("clusters", {}).get(cluster.id.lower()) if isinstance(cluster.id, str) else None
    if not isinstance(told, dict) or told.get("supported") is not False:
        return None
    version = told.get("version")
    text = f"Kubernetes {version} is out of support: no fix comes for it any more"
    return failed(f"{titled(cluster)}: {text}", VERSION, version)
