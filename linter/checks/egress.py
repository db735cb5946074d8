"""Does outbound traffic pass a firewall or a list of what is allowed?

Sources, read 2026-11-24: https://learn.microsoft.com/azure/aks/egress-outboundtype (a load balancer unless told, on AKS
Automatic a managed NAT gateway; with userDefinedRouting and none the way out is the user's own; block, in preview,
closes it); https://learn.microsoft.com/azure/machine-learning/how-to-managed-network (AllowInternetOutbound lets
everything out, AllowOnlyApprovedOutbound puts a firewall in between);
https://learn.microsoft.com/azure/ai-services/cognitive-services-data-loss-prevention (outbound calls are not restricted
unless told, and which services can); Azure.Bicep.Types.Az 0.2.972 (`egressPublicNetworkAccess` is Enabled by default;
`outboundType` knows managedNATGatewayV2; `sessionNetworkConfiguration.status`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linter.checks.ai_workload import ai_resource, ai_workload, project, serves_ai
from linter.checks.outcomes import distrusted, failed, open_value, passed, shown, titled, truth, undecided, word
from linter.checks.workspace_network import ISOLATED, MODE, managed_mode
from linter.facts.resources import ACCOUNT, CLUSTER, WORKSPACE
from linter.model import ABSENT, Inventory, Outcome, Resource, Unresolved
from linter.open_ids import child_of

OUTBOUND = "properties.networkProfile.outboundType"
EGRESS = "properties.egressPublicNetworkAccess"
RESTRICTED = "properties.restrictOutboundNetworkAccess"
SESSIONS = "properties.sessionNetworkConfiguration.status"
_RESTRICTABLE = (
    "openai",
    "aiservices",
    "cognitiveservices",
    "computervision",
    "contentmoderator",
    "customvision",
    "face",
    "formrecognizer",
    "speechservices",
    "qnamaker",
)
"""Kinds of accounts with data loss prevention (the last page above), and those that hold several of them."""
_FILTERED = ("userdefinedrouting", "none", "block")
_UNFILTERED = ("loadbalancer", "managednatgateway", "managednatgatewayv2", "userassignednatgateway")


def filtered(resource: Resource, inventory: Inventory, _parameters: Mapping[str, Any]) -> Outcome | None:
    """Workspaces with a managed network, AKS clusters, managed online deployments without one, accounts (low),
    session pools."""
    key = resource.type_key
    if key == CLUSTER:
        return _cluster(resource) if ai_resource(resource, inventory) or ai_workload(inventory) else None
    if key == ACCOUNT:
        return _account(resource)
    if key.endswith("/sessionpools"):
        return _sessions(resource) if serves_ai(resource, inventory) else None
    if key.endswith("/onlineendpoints/deployments"):
        return _deployment(resource, inventory)
    return None if project(resource) else _managed(resource)


def _managed(resource: Resource) -> Outcome | None:
    """A workspace, or the managed network of an account; without a managed network another policy speaks."""
    mode = resource.get(MODE)
    if isinstance(mode, Unresolved):
        return open_value(resource, MODE, mode, "only 'AllowOnlyApprovedOutbound' puts a firewall in between")
    if word(mode) == "allowonlyapprovedoutbound":
        return passed(MODE, mode)
    if word(mode) != "allowinternetoutbound":
        return None
    text = f"its computes may send anything anywhere: isolationMode is {shown(mode)}; use AllowOnlyApprovedOutbound"
    return failed(f"{titled(resource)}: {text}", MODE, mode)


def _cluster(cluster: Resource) -> Outcome:
    """The outbound type decides."""
    kind = cluster.get(OUTBOUND)
    if isinstance(kind, Unresolved):
        return open_value(cluster, OUTBOUND, kind, "only 'userDefinedRouting' (or 'none') leads through a firewall")
    if word(kind) in _FILTERED:
        return passed(OUTBOUND, kind)
    if kind is not ABSENT and word(kind) not in _UNFILTERED:
        return undecided(f"{titled(cluster)}: outboundType {shown(kind)} is not a known one", OUTBOUND, kind)
    preset = "managedNATGateway" if word(cluster.get("sku.name")) == "automatic" else "loadBalancer"
    told = f"outboundType is {shown(kind)}" if kind is not ABSENT else f"outboundType is not set ({preset} unless told)"
    text = f"pods reach the internet past any firewall: {told}; route through one with userDefinedRouting"
    return failed(f"{titled(cluster)}: {text}", OUTBOUND, kind)


def _account(account: Resource) -> Outcome | None:
    """Of the kinds that can restrict it."""
    value, kind = account.get(RESTRICTED), account.get("kind")
    if isinstance(kind, str) and not word(kind).startswith(_RESTRICTABLE):
        return None
    if isinstance(value, Unresolved):
        return open_value(account, RESTRICTED, value, "true restricts where the account may send data")
    if truth(value):
        return passed(RESTRICTED, value)
    told = f"restrictOutboundNetworkAccess is {shown(value)}"
    told += " (false unless told)" if value is ABSENT else ""
    text = f"the account may send data to any address: {told}; set it to true with an allowedFqdnList"
    return failed(f"{titled(account)}: {text}", RESTRICTED, value, severity="low")


def _sessions(pool: Resource) -> Outcome | None:
    value = pool.get(SESSIONS)
    if value is ABSENT:
        return None
    if isinstance(value, Unresolved):
        return open_value(pool, SESSIONS, value, "'EgressEnabled' lets generated code reach the internet")
    if word(value) != "egressenabled":
        return passed(SESSIONS, value)
    return failed(
        f"{titled(pool)}: code in its sessions reaches the internet: {SESSIONS} is {shown(value)}", SESSIONS, value
    )


def _deployment(deployment: Resource, inventory: Inventory) -> Outcome | None:
    """Asked where the workspace has no managed network, which would decide instead."""
    if word(deployment.get("properties.endpointComputeType")) == "kubernetes":
        return None
    workspace = next((one for one in inventory.of_type(WORKSPACE) if child_of(deployment, one)), None)
    mode = managed_mode(workspace, inventory)[1] if workspace else ABSENT
    if word(mode) in ISOLATED:
        return None
    egress = deployment.get(EGRESS)
    if isinstance(egress, Unresolved):
        return open_value(deployment, EGRESS, egress, "'Disabled' keeps the deployment off the internet")
    if word(egress) == "disabled":
        return distrusted(deployment, EGRESS, egress) or passed(EGRESS, egress)
    told = f"egressPublicNetworkAccess is {shown(egress)}" + (" (Enabled unless told)" if egress is ABSENT else "")
    if workspace is None:
        text = f"{told}; whether its workspace has a managed network, which would decide, is not in view"
        return undecided(f"{titled(deployment)}: {text}", EGRESS, egress)
    if isinstance(mode, Unresolved):
        text = f"{told}; whether its workspace has a managed network, which would decide, is open: {shown(mode)}"
        return undecided(f"{titled(deployment)}: {text}", EGRESS, egress)
    text = f"the deployment reaches the internet: {told}, and the workspace has no managed network"
    return failed(f"{titled(deployment)}: {text}", EGRESS, egress)
