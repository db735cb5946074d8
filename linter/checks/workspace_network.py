"""Do the computes of a workspace share an isolated network? And the agents of a Foundry account?

Sources, read 2026-11-24: https://learn.microsoft.com/azure/machine-learning/how-to-managed-network (no managed network
unless an isolation mode says so; a compute in a subnet of one's own is isolated by it); Azure.Bicep.Types.Az 0.2.972
(`isolationMode`: Disabled, AllowInternetOutbound, AllowOnlyApprovedOutbound; `managedNetworks` as child;
`networkInjections` with `subnetArmId` or `useMicrosoftManagedNetwork`, `customerSubnet` of capability hosts).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linter.checks.ai_workload import project
from linter.checks.outcomes import failed, open_value, passed, shown, titled, truth, undecided, unseen, word
from linter.facts.resources import ACCOUNT, WORKSPACE
from linter.model import ABSENT, Absent, Inventory, Outcome, Related, Resource, Unresolved, Value, dig
from linter.open_ids import child_of

MODE = "properties.managedNetwork.isolationMode"
SUBNET = "properties.properties.subnet.id"
INJECTIONS = "properties.networkInjections"
FOUNDRY = "properties.allowProjectManagement"
ISOLATED = ("allowinternetoutbound", "allowonlyapprovedoutbound")
_JUDGED_COMPUTES = ("amlcompute", "computeinstance")


def isolated(resource: Resource, inventory: Inventory, _parameters: Mapping[str, Any]) -> Outcome | None:
    """A managed network passes, and so do computes that all stand in a subnet. Projects take their hub's network."""
    if resource.type_key == ACCOUNT:
        return _account(resource, inventory)
    return None if project(resource) else _workspace(resource, inventory)


def managed_mode(resource: Resource, inventory: Inventory) -> tuple[Resource, Value | Absent]:
    """(where it stands, isolation mode) of a workspace or account: its own property, or its child
    `managedNetworks`."""
    own = resource.get(MODE)
    if word(own) in ISOLATED or isinstance(own, Unresolved):
        return resource, own
    for child in inventory.of_type(f"{resource.type}/managedNetworks"):
        mode = child.get(MODE)
        if child_of(child, resource) and mode is not ABSENT:
            return child, mode
    return resource, own


def _workspace(workspace: Resource, inventory: Inventory) -> Outcome:
    at, mode = managed_mode(workspace, inventory)
    if word(mode) in ISOLATED:
        return passed(MODE, mode)
    name, told = titled(workspace), f"managedNetwork.isolationMode is {shown(mode)}"
    bare, opened, count = [], None, 0
    for compute in inventory.of_type(f"{WORKSPACE}/computes"):
        if word(compute.get("properties.computeType")) not in _JUDGED_COMPUTES or not child_of(compute, workspace):
            continue
        count += 1
        subnet = compute.get(SUBNET)
        if subnet is ABSENT:
            bare.append(Related(f"the compute {titled(compute)} stands in no subnet", compute, SUBNET))
        elif isinstance(subnet, Unresolved) and subnet.reason == "parameter" and "/" not in subnet.expression:
            text = f"{told}, and whether {titled(compute)} stands in a subnet is known only when it is deployed"
            opened = opened or undecided(f"{name}: {text}", MODE, mode)
    if count and not bare and opened is None:
        return passed(MODE, mode)
    if isinstance(mode, Unresolved):
        return open_value(workspace, MODE, mode, "'Disabled' leaves its computes without an isolated network")
    if opened and not bare:
        return opened
    hidden = "" if count else unseen(inventory, "its computes and its managed network", f"{WORKSPACE}/computes")
    if hidden:
        return undecided(f"{name}: {told}, and {hidden}", MODE, mode)
    reason = (
        f"{len(bare)} of its {count} computes stand in no subnet"
        if count
        else "no compute in a subnet of its own is there"
    )
    text = f"its computes share no isolated network: {told} and {reason}; use AllowOnlyApprovedOutbound"
    return failed(f"{name}: {text}", MODE, mode, related=bare, at=at if at is not workspace else None)


def _account(account: Resource, inventory: Inventory) -> Outcome | None:
    """A Foundry account (projects are allowed) needs a network injection, a managed network or a capability host in a
    subnet; other accounts run no compute of their owner."""
    foundry = account.get(FOUNDRY)
    if truth(foundry) is not True and not isinstance(foundry, Unresolved):
        return None
    injections, name = account.get(INJECTIONS), titled(account)
    for injection in injections if isinstance(injections, list) else []:
        subnet = dig(injection, ("subnetArmId",))
        if subnet is not ABSENT or truth(dig(injection, ("useMicrosoftManagedNetwork",))):
            return passed(INJECTIONS, injections)
    if isinstance(injections, Unresolved) or (
        isinstance(injections, list) and any(isinstance(one, Unresolved) for one in injections)
    ):
        return open_value(account, INJECTIONS, injections, "its agents need a subnet or a managed network")
    at, mode = managed_mode(account, inventory)
    if word(mode) in ISOLATED:
        return passed(INJECTIONS)
    if isinstance(mode, Unresolved):
        return undecided(f"{name}: the isolation mode of {titled(at)} is {shown(mode)}", INJECTIONS)
    for host in inventory.of_type(f"{account.type}/capabilityHosts", f"{account.type}/projects/capabilityHosts"):
        if child_of(host, account) and host.get("properties.customerSubnet") is not ABSENT:
            return passed(INJECTIONS)
    if isinstance(foundry, Unresolved):
        return open_value(account, FOUNDRY, foundry, "agents of its projects then need an isolated network")
    hidden = unseen(inventory, "its managed network")
    if hidden:
        return undecided(f"{name}: {hidden}", INJECTIONS)
    text = (
        "agents of its projects run in no isolated network: networkInjections is not set and it has no managed network"
    )
    return failed(f"{name}: {text}", INJECTIONS)
