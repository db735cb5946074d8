"""Can the internet reach the data or control plane of a resource? The defaults and their sources:
`linter.facts.defaults`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linter.checks.ai_workload import ai_resource, ai_workload, project
from linter.checks.outcomes import distrusted, failed, open_value, passed, shown, titled, undecided, word
from linter.facts.defaults import ALLOW_LISTS, NETWORK_RULES, PUBLIC_NETWORK
from linter.facts.resources import WORKSPACE
from linter.model import ABSENT, Absent, Inventory, Outcome, Resource, Unresolved, Value

ACCESS = "properties.publicNetworkAccess"
ISOLATION = "properties.managedNetwork.isolationMode"
ENDPOINT = f"{WORKSPACE}/onlineendpoints"
EVENT_HUBS = "microsoft.eventhub/namespaces"


def openness(resource: Resource, inventory: Inventory, _parameters: Mapping[str, Any]) -> Outcome | None:
    """`Disabled` passes, a default action `Deny` passes, `SecuredByPerimeter` is undecided. Projects take their hub's
    network; a Kubernetes online endpoint has none of its own."""
    if not ai_resource(resource, inventory) and not ai_workload(inventory):
        return None
    if project(resource) or (resource.type_key == ENDPOINT and resource.get("properties.compute") is not ABSENT):
        return None
    access = resource.get(ACCESS)
    if word(access) == "disabled":
        return distrusted(resource, ACCESS, access) or passed(ACCESS, access)
    closed, opened = _closed_by_rule(resource, inventory)
    if closed:
        return passed(closed)
    if isinstance(access, Unresolved):
        return open_value(
            resource, ACCESS, access, "only 'Disabled' (or a default action 'Deny') keeps the internet out"
        )
    if word(access) == "securedbyperimeter":
        return undecided(
            f"{titled(resource)}: a network perimeter decides who may reach it; it is not in view", ACCESS, access
        )
    if opened is not None:
        return opened
    if access is ABSENT:
        return _absent(resource)
    message = f"{titled(resource)}: open to the internet: publicNetworkAccess is {shown(access)}{_rule_text(resource)}"
    return failed(message, ACCESS, access)


def _absent(resource: Resource) -> Outcome:
    """What the service does when it is told nothing."""
    if resource.type_key == WORKSPACE:
        mode = resource.get(ISOLATION)
        if isinstance(mode, Unresolved):
            return open_value(resource, ISOLATION, mode, "with a managed network the workspace is closed unless told")
        if word(mode) in ("allowinternetoutbound", "allowonlyapprovedoutbound"):
            return passed(ISOLATION, mode)
    taken = PUBLIC_NETWORK.get(resource.type_key)
    if taken is None:
        text = "publicNetworkAccess is not set, and no source says what the service then takes"
        return undecided(f"{titled(resource)}: {text}; say 'Disabled'", ACCESS)
    text = f"publicNetworkAccess is not set, and the service then takes '{taken}'{_rule_text(resource)}"
    return failed(f"{titled(resource)}: open to the internet: {text}", ACCESS)


def _rule_text(resource: Resource) -> str:
    path = NETWORK_RULES.get(resource.type_key)
    action = resource.get(path) if path else ABSENT
    return f", and the default action is {shown(action)}" if action is not ABSENT else ""


def _closed_by_rule(resource: Resource, inventory: Inventory) -> tuple[str, Outcome | None]:
    """The path of the rule that shuts out everybody else; or the undecided row of one that may."""
    path = NETWORK_RULES.get(resource.type_key)
    if path:
        return _denies(resource, path, resource.get(path))
    opened: Outcome | None = None
    for listed in ALLOW_LISTS.get(resource.type_key, ()):
        rules = resource.get(listed)
        if isinstance(rules, list) and rules:
            return listed, None
        if isinstance(rules, Unresolved):
            opened = open_value(resource, listed, rules, "a rule that is there keeps everybody else out")
    if resource.type_key == EVENT_HUBS:
        return _event_hub_rules(resource, inventory)
    return "", opened


def _denies(resource: Resource, path: str, action: Value | Absent) -> tuple[str, Outcome | None]:
    if word(action) == "deny":
        doubt = distrusted(resource, path, action)
        return ("", doubt) if doubt else (path, None)
    if isinstance(action, Unresolved):
        return "", open_value(
            resource, path, action, "only 'Deny' (or publicNetworkAccess 'Disabled') keeps the internet out"
        )
    return "", None


def _event_hub_rules(namespace: Resource, inventory: Inventory) -> tuple[str, Outcome | None]:
    """An Event Hubs namespace keeps its rules in the child `networkRuleSets`."""
    for rules in inventory.children(namespace, "Microsoft.EventHub/namespaces/networkRuleSets"):
        for path in (ACCESS, "properties.defaultAction"):
            value = rules.get(path)
            if word(value) in ("disabled", "deny"):
                return ACCESS, None
            if isinstance(value, Unresolved):
                return "", open_value(namespace, ACCESS, value, "its network rules decide who may reach it")
    return "", None
