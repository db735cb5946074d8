"""Have training nodes public addresses or an open SSH port?

Sources, read 2026-11-24: the REST API's own defaults (azure-rest-api-specs, commit 0bfa929, machinelearningservices
stable/2022-10-01: `enableNodePublicIp` is true); https://learn.microsoft.com/azure/machine-learning/how-to-managed-network-compute
(computes stand in the workspace's managed network; the page turns their public addresses off by hand, so what an
absent value means there is not settled, and it passes); Azure.Bicep.Types.Az 0.2.972
(`remoteLoginPortPublicAccess` NotSpecified: "closed … if VNet is defined, else is open"; AKS `enableNodePublicIP` false
and Databricks `enableNoPublicIp` true by default; Batch `provision`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linter.checks.ai_workload import gpu_pool, project
from linter.checks.gpu_purpose import gpu_machine
from linter.checks.outcomes import failed, open_value, passed, shown, titled, truth, undecided, word
from linter.checks.training_jobs import COMPUTES
from linter.facts.resources import POOL, WORKSPACE
from linter.inventory import parent
from linter.kinship import below
from linter.model import ABSENT, Absent, Inventory, Outcome, Related, Resource, Unresolved, Value
from linter.open_ids import same_id

ADDRESS, SSH = "properties.properties.enableNodePublicIp", "properties.properties.remoteLoginPortPublicAccess"
ISOLATION = "properties.managedNetwork.isolationMode"
ISOLATED = ("allowinternetoutbound", "allowonlyapprovedoutbound")
SERVERLESS = "properties.serverlessComputeSettings.serverlessComputeNoPublicIP"
POOL_ADDRESS = "properties.enableNodePublicIP"
BATCH = "properties.networkConfiguration.publicIPAddressConfiguration.provision"
DATABRICKS = "properties.parameters.enableNoPublicIp.value"


def closed(resource: Resource, inventory: Inventory, _parameters: Mapping[str, Any]) -> Outcome | list[Outcome] | None:
    """Clusters by address and SSH; workspaces by their serverless compute; GPU pools of AKS and Batch and Databricks
    workspaces where a public address is stated."""
    if resource.type_key == COMPUTES:
        return _cluster(resource, inventory)
    if resource.type_key == WORKSPACE:
        return _stated(resource, SERVERLESS, False, "serverless nodes have public addresses")
    if resource.type_key == POOL:
        if gpu_pool(resource)[0] is not True:
            return None
        return _stated(resource, POOL_ADDRESS, True, "GPU nodes have public addresses")
    if resource.type_key.startswith("microsoft.databricks/"):
        return _stated(resource, DATABRICKS, False, "cluster nodes have public addresses")
    return _batch(resource)


def _stated(resource: Resource, path: str, fault: bool, what: str) -> Outcome | None:
    value = resource.get(path)
    if value is ABSENT:
        return None
    if isinstance(value, Unresolved):
        return open_value(resource, path, value, f"{'false' if fault else 'true'} keeps the nodes off the internet")
    if truth(value) is not fault:
        return passed(path, value)
    return failed(f"{titled(resource)}: {what}: {path.removesuffix('.value')} is {shown(value)}", path, value)


def _batch(pool: Resource) -> Outcome | None:
    value = pool.get(BATCH)
    if gpu_machine(pool)[0] is not True or value is ABSENT:
        return None
    if isinstance(value, Unresolved):
        return open_value(pool, BATCH, value, "'NoPublicIPAddresses' keeps the nodes off the internet")
    if word(value) == "nopublicipaddresses":
        return passed(BATCH, value)
    return failed(f"{titled(pool)}: GPU nodes have public addresses: provision is {shown(value)}", BATCH, value)


def _cluster(compute: Resource, inventory: Inventory) -> list[Outcome] | None:
    """One outcome a fault; where nothing is wrong, the first open one or a pass."""
    if word(compute.get("properties.computeType")) != "amlcompute":
        return None
    address = node_address(compute, inventory)
    found = [address, _ssh(compute, address)]
    return (
        [one for one in found if one.verdict == "fail"] or [one for one in found if one.verdict != "pass"] or found[:1]
    )


def _ssh(compute: Resource, address: Outcome) -> Outcome:
    """Not stated, the port is open on every public node unless the cluster stands in a subnet."""
    name, access, subnet = titled(compute), compute.get(SSH), compute.get("properties.properties.subnet.id")
    if word(access) == "enabled":
        return failed(
            f"{name}: the SSH port of all nodes is open: remoteLoginPortPublicAccess is {shown(access)}", SSH, access
        )
    if isinstance(access, Unresolved):
        return open_value(compute, SSH, access, "only 'Disabled' keeps the SSH port closed")
    if word(access) == "disabled" or address.verdict == "pass" or isinstance(subnet, str):
        return passed(SSH, access)
    told = "is not set" if access is ABSENT else f"is {shown(access)}"
    text = (
        f"{name}: the SSH port is open on all public nodes: remoteLoginPortPublicAccess {told}, and there is no subnet"
    )
    if address.verdict == "fail" and subnet is ABSENT:
        return failed(text, SSH, access)
    return undecided(
        f"{name}: remoteLoginPortPublicAccess {told}; on public nodes outside a subnet it is open", SSH, access
    )


def node_address(compute: Resource, inventory: Inventory) -> Outcome:
    """Has a cluster or instance public addresses? Absent is yes, unless its workspace has a managed network."""
    name, value = titled(compute), compute.get(ADDRESS)
    if isinstance(value, Unresolved):
        return open_value(compute, ADDRESS, value, "false keeps the nodes off the internet")
    if value is not ABSENT:
        if truth(value) is not True:
            return passed(ADDRESS, value)
        return failed(f"{name}: has a public address: enableNodePublicIp is {shown(value)}", ADDRESS, value)
    workspace, mode, path = _network(compute, inventory)
    if workspace is None:
        text = "enableNodePublicIp is not set, which means a public address unless the workspace has a managed network"
        return undecided(f"{name}: {text}; the workspace is not in view", ADDRESS)
    if word(mode) in ISOLATED:
        return passed(ADDRESS)
    related = [Related(f"the workspace {titled(workspace)}", workspace, path)]
    if isinstance(mode, Unresolved):
        text = f"enableNodePublicIp is not set, and whether {titled(workspace)} has a managed network is not known"
        return undecided(f"{name}: {text}: {shown(mode)}", ADDRESS, related=related)
    text = "enableNodePublicIp is not set, and the service then takes true (the workspace has no managed network)"
    return failed(f"{name}: has a public address: {text}", ADDRESS, related=related)


def _network(compute: Resource, inventory: Inventory) -> tuple[Resource | None, Value | Absent, str]:
    """The workspace whose network counts (a project's is its hub's), its isolation mode, and where that stands."""
    workspace = parent(compute, inventory)
    if workspace is not None and project(workspace):
        hub = workspace.get("properties.hubResourceId")
        if isinstance(hub, Unresolved):
            workspace = next((one for one in inventory.of_type(WORKSPACE) if same_id(hub, one)), None)
        else:
            workspace = inventory.by_id(hub) if isinstance(hub, str) else None
    if workspace is None:
        return None, ABSENT, ""
    for child in below(workspace, f"{WORKSPACE}/managedNetworks", inventory):
        mode = child.get(ISOLATION)
        if mode is not ABSENT:
            return child, mode, ISOLATION
    return workspace, workspace.get(ISOLATION), ISOLATION
