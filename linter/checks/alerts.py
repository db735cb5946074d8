"""Is there an alert on what serves in production?

Source: Azure.Bicep.Types.Az 0.2.972, read 2026-11-24 (`metricAlerts` and `scheduledQueryRules`: `scopes`, `enabled`;
`prometheusRuleGroups` likewise); https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-types (a scope may be a
resource group or a subscription).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from linter.checks.outcomes import failed, passed, titled, truth, undecided, unseen, word
from linter.checks.served_models import fronts_models, names_model
from linter.facts.gateways import API_MANAGEMENT, FRONT_DOOR, gateway
from linter.facts.resources import ACCOUNT, WORKSPACE
from linter.inventory import extensions, parent
from linter.model import ABSENT, Inventory, Outcome, Related, Resource, Unresolved, Value
from linter.open_ids import child_of, same_id

RULES = (
    "Microsoft.Insights/metricAlerts",
    "Microsoft.Insights/scheduledQueryRules",
    "Microsoft.AlertsManagement/prometheusRuleGroups",
)
_SERVING_KINDS = ("openai", "aiservices")


def alerted(resource: Resource, inventory: Inventory, _parameters: Mapping[str, Any]) -> Outcome | None:
    """An enabled rule on the resource, on what it hangs on, its group or subscription, or on where its logs go."""
    if _is_gateway(resource) and not _fronts_models(resource, inventory):
        return None
    if resource.type_key == ACCOUNT and word(resource.get("kind")) not in _SERVING_KINDS:
        return None
    sinks = list(_sinks(resource, inventory))
    opened, off = "", []
    for rule in inventory.of_type(*RULES):
        enabled = rule.get("properties.enabled")
        for scope in _scopes(rule):
            answer = True if _is_sink(scope, sinks) else _covers(scope, resource, inventory)
            if answer is False:
                continue
            if truth(enabled) is False:
                off.append(Related(f"the alert {titled(rule)} is not enabled", rule, "properties.enabled"))
            elif answer and not isinstance(enabled, Unresolved) and rule.condition is None:
                return passed()
            else:
                opened = opened or f"whether the alert {titled(rule)} is about it is known only when it is deployed"
    hidden = opened or unseen(inventory, "an alert on it", *RULES, of=resource.id)
    if hidden:
        return undecided(f"{titled(resource)}: {hidden}", related=off)
    reason = "its only alert is not enabled" if off else "no metric or log alert is about it"
    return failed(f"{titled(resource)}: nobody is told when it fails in production: {reason}", related=off)


def _is_gateway(resource: Resource) -> bool:
    return resource.type_key == FRONT_DOOR or gateway(resource.type_key, ABSENT)


def _fronts_models(front: Resource, inventory: Inventory) -> bool:
    """Does a gateway (a CDN is none) name a model, in itself or in a child?"""
    if front.type_key == API_MANAGEMENT:
        return fronts_models(front, inventory)
    if not gateway(front.type_key, front.get("sku.name")):
        return False
    parts = (one for one in inventory.resources if one is front or child_of(one, front))
    return any(names_model(part) for part in parts)


def _scopes(rule: Resource) -> Iterator[Value]:
    scopes = rule.get("properties.scopes")
    if isinstance(scopes, Unresolved):
        yield scopes
    yield from scopes if isinstance(scopes, list) else []


def _covers(scope: Value, resource: Resource, inventory: Inventory) -> bool | None:
    """Is the resource the scope, or below it? None where that is open."""
    if same_id(scope, resource):
        return True
    above = parent(resource, inventory)
    if above is None:
        above = next((one for one in inventory.of_type(WORKSPACE) if child_of(resource, one)), None)
    if above is not None and same_id(scope, above):
        return True
    if isinstance(scope, str):
        whole = resource.id if isinstance(resource.id, str) else resource.scope + "/"
        return f"{whole}/".lower().startswith(scope.lower().rstrip("/") + "/")
    if isinstance(scope, Unresolved):
        low = scope.expression.lower()
        if "resourceid(" in low:
            return None if f"'{resource.type_key}'" in low and not _about_others(scope, resource, inventory) else False
        return None
    return False


def _about_others(scope: Unresolved, resource: Resource, inventory: Inventory) -> bool:
    return any(same_id(scope, other) for other in inventory.of_type(resource.type) if other is not resource)


def _sinks(resource: Resource, inventory: Inventory) -> Iterator[Value]:
    """The Log Analytics workspaces and the Application Insights that the resource's records go to."""
    for setting in extensions(resource, "Microsoft.Insights/diagnosticSettings", inventory)[0]:
        yield setting.get("properties.workspaceId")
    for workspace in inventory.of_type(WORKSPACE):
        if child_of(resource, workspace):
            yield workspace.get("properties.applicationInsights")


def _is_sink(scope: Value, sinks: list[Value]) -> bool:
    if isinstance(scope, str):
        return any(isinstance(one, str) and one.lower() == scope.lower() for one in sinks)
    return scope is not ABSENT and scope in sinks
