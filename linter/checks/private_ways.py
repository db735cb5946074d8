"""Is there a private way into what is closed to the internet?

Sources, read 2026-11-24: Azure.Bicep.Types.Az 0.2.972 (`privateLinkServiceConnections`,
`manualPrivateLinkServiceConnections`, `privateEndpointConnections`; `sharedPrivateLinkResources` of search services,
`outboundRules` of workspaces, `managedPrivateEndpoints`, `sharedPrivateLinkResource` of Front Door origins);
https://learn.microsoft.com/azure/machine-learning/how-to-managed-network (a managed network has private endpoints to
the workspace's own storage, vault and registry).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from linter.checks.ai_workload import ai_resource, ai_workload, project
from linter.checks.outcomes import failed, open_value, passed, titled, undecided, unseen, word
from linter.checks.workspace_network import ISOLATED, managed_mode
from linter.facts.resources import WORKSPACE
from linter.inventory import leaves
from linter.model import ABSENT, Absent, Inventory, Outcome, Path, Resource, Unresolved, Value, dig
from linter.open_ids import child_of, same_id

ACCESS = "properties.publicNetworkAccess"
ENDPOINTS = "Microsoft.Network/privateEndpoints"
CONNECTIONS = "properties.privateEndpointConnections"
_STATE: Path = ("properties", "privateLinkServiceConnectionState", "status")
_LISTS = ("privateLinkServiceConnections", "manualPrivateLinkServiceConnections")
_OTHER_WAYS = ("/sharedprivatelinkresources", "/outboundrules", "/managedprivateendpoints", "/origingroups/origins")
_OWN = ("properties.storageAccount", "properties.keyVault", "properties.containerRegistry")


def entered(resource: Resource, inventory: Inventory, _parameters: Mapping[str, Any]) -> Outcome | None:
    """Judged: what says `publicNetworkAccess: Disabled`. A manual connection counts. Projects are reached through
    their hub."""
    if project(resource) or not (ai_resource(resource, inventory) or ai_workload(inventory)):
        return None
    access = resource.get(ACCESS)
    if word(access) != "disabled" and not isinstance(access, Unresolved):
        return None
    way, opened = _ways(resource, inventory)
    if way:
        return passed(ACCESS, access)
    if isinstance(access, Unresolved):
        return open_value(resource, ACCESS, access, "if that is 'Disabled', a private endpoint must lead to it")
    name = titled(resource)
    if opened is not None:
        text = f"what the private endpoint {titled(opened)} leads to is known only when it is deployed"
        return undecided(f"{name}: {text}", ACCESS, access)
    hidden = unseen(inventory, "its private endpoint", ENDPOINTS, of=resource.id)
    if hidden:
        return undecided(f"{name}: {hidden}", ACCESS, access)
    text = "closed to the internet, and no private endpoint of the workload leads to it: nobody can reach it"
    return failed(f"{name}: {text}", ACCESS, access)


def _ways(resource: Resource, inventory: Inventory) -> tuple[bool, Resource | None]:
    """Does a private way surely lead to it; an endpoint of which it is open."""
    connections = resource.get(CONNECTIONS)
    states = [dig(one, _STATE) for one in connections] if isinstance(connections, list) else []
    if any(word(state) not in ("rejected", "disconnected") for state in states):
        return True, None
    if any(child_of(one, resource) for one in inventory.of_type(f"{resource.type}/privateEndpointConnections")):
        return True, None
    opened: Resource | None = None
    for endpoint in inventory.of_type(ENDPOINTS):
        for target in _targets(endpoint):
            if same_id(target, resource):
                if endpoint.condition is None:
                    return True, None
                opened = endpoint
            elif isinstance(target, Unresolved) and not _about_another(target, resource, inventory):
                opened = opened or endpoint
    return _managed_way(resource, inventory), opened


def _targets(endpoint: Resource) -> Iterator[Value | Absent]:
    """The ids that a private endpoint leads to; a list that is open is one open target."""
    for name in _LISTS:
        connections = endpoint.get(f"properties.{name}")
        if isinstance(connections, Unresolved):
            yield connections
        for one in connections if isinstance(connections, list) else []:
            yield one if isinstance(one, Unresolved) else dig(one, ("properties", "privateLinkServiceId"))


def _about_another(target: Unresolved, resource: Resource, inventory: Inventory) -> bool:
    """Is an open target surely not this resource: it names another type, or another open id?"""
    text = target.expression.lower()
    if "resourceid(" in text and f"'{resource.type_key}'" not in text:
        return True
    return any(same_id(target, other) for other in inventory.of_type(resource.type) if other is not resource)


def _managed_way(resource: Resource, inventory: Inventory) -> bool:
    """A private endpoint that a service keeps for itself: a shared private link, an outbound rule, a managed endpoint,
    the managed network of the workspace whose own storage it is."""
    for other in inventory.resources:
        if other.type_key.endswith(_OTHER_WAYS) and any(
            isinstance(value, (str, Unresolved)) and same_id(value, resource) for _, value in leaves(other.body)
        ):
            return True
    for workspace in inventory.of_type(WORKSPACE):
        rules = workspace.get("properties.managedNetwork.outboundRules")
        if any(same_id(value, resource) for _, value in leaves(rules) if isinstance(value, (str, Unresolved))):
            return True
        if word(managed_mode(workspace, inventory)[1]) in ISOLATED and any(
            workspace.get(path) is not ABSENT and same_id(workspace.get(path), resource) for path in _OWN
        ):
            return True
    return False
