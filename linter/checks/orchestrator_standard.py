"""Has a host of an orchestrator what production asks: an identity, a gateway in front of a public address, logs, more
than one zone?

Sources, read 2026-11-24: Azure.Bicep.Types.Az 0.2.972 (`appLogsConfiguration.destination`, `zoneRedundant` of an
environment; `diagnostics.logAnalytics`, `ipAddress.type` of a container group);
https://learn.microsoft.com/azure/container-apps/log-options (logs go to Log Analytics, to Azure Monitor, which needs a
diagnostic setting, or nowhere); https://learn.microsoft.com/azure/reliability/reliability-container-instances (a
container group stands in one zone at most); https://learn.microsoft.com/azure/aks/workload-identity-overview (the label
that gives a pod its identity); https://learn.microsoft.com/azure/reliability/reliability-container-apps (an
environment is zone-redundant only where that is enabled when it is made).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from linter.checks.diagnostic_logs import SETTINGS, sends
from linter.checks.gateway_front import gateways
from linter.checks.identity import has_identity
from linter.checks.model_pools import names_resource
from linter.checks.orchestrator_hosts import APP, COMPUTE, DEPLOYMENT, GROUP, POD_TYPES, hosting
from linter.checks.orchestrator_scaling import SCALERS
from linter.checks.outcomes import failed, number, passed, titled, truth, unseen, word
from linter.checks.pods import namespace, pod_path
from linter.facts.resources import WORKSPACE
from linter.inventory import extensions, leaves
from linter.model import ABSENT, Inventory, Outcome, Resource, Unresolved, Value, dig
from linter.open_ids import child_of, same_id

ENVIRONMENTS = "Microsoft.App/managedEnvironments"
ENDPOINTS = f"{WORKSPACE}/onlineendpoints"
IDENTITY = "identity.type"
EXTERNAL = "properties.configuration.ingress.external"
LOGS, ZONES = "properties.appLogsConfiguration.destination", "properties.zoneRedundant"
ACCESS, INSIGHTS = "properties.publicNetworkAccess", "properties.appInsightsEnabled"
_USES_IDENTITY = "azure.workload.identity/use"
_INTERNAL = "service.beta.kubernetes.io/azure-load-balancer-internal"


class Finding(NamedTuple):
    """`kept`: is the standard kept, None where that is open; `text`: what is lacking or open; `at`: the resource in
    which the property stands, where that is another one."""

    kept: bool | None
    path: str
    text: str
    at: Resource | None = None


def standard(resource: Resource, inventory: Inventory, _parameters: Mapping[str, Any]) -> Outcome | None:
    """One lack is enough."""
    where, why = hosting(resource, inventory)
    if not why:
        return None
    found = _findings(resource, inventory)
    if found is None:
        return None
    lacks = [one for one in found if one.kept is False]
    told = lacks or [one for one in found if one.kept is None]
    if not told:
        return passed(where)
    first, text = told[0], "; ".join(one.text for one in told)
    path = first.path if first.path or first.at else where
    if lacks:
        observed = (first.at or resource).get(path) if path else ABSENT
        seen = ABSENT if isinstance(observed, dict | list) else observed
        return failed(f"{titled(resource)}: {why}, and lacks what production asks: {text}", path, seen, at=first.at)
    return Outcome("unknown", f"{titled(resource)}: {why}; {text}", path, at=first.at)


def _findings(resource: Resource, inventory: Inventory) -> list[Finding] | None:
    key = resource.type_key
    if key == APP:
        return _app(resource, inventory)
    if key == GROUP:
        return _group(resource, inventory)
    if key == COMPUTE:
        return [_has(resource), Finding(False, "properties.computeType", "it is a single machine in one zone")]
    if key == DEPLOYMENT:
        return _deployment(resource, inventory)
    return _pod(resource, inventory) if key in POD_TYPES else None


def _has(resource: Resource) -> Finding:
    value = resource.get(IDENTITY)
    if isinstance(value, Unresolved):
        return Finding(None, IDENTITY, "its identity is known only when it is deployed")
    return Finding(has_identity(value), IDENTITY, "no managed identity")


def _fronted(resource: Resource, inventory: Inventory, path: str, at: Resource | None = None) -> Finding:
    """Does a gateway of the workload name it?"""
    opened = ""
    for front in gateways(inventory):
        for part in inventory.resources:
            if part is not front and not child_of(part, front):
                continue
            for _, value in leaves(part.body):
                text = value.expression if isinstance(value, Unresolved) else value
                if isinstance(text, str) and names_resource(text, resource):
                    return Finding(True, path, "")
        opened = opened or unseen(inventory, "what is behind its gateway")
    hidden = opened or unseen(inventory, "a gateway")
    return Finding(None if hidden else False, path, hidden or "public without a gateway in front", at)


def _app(app: Resource, inventory: Inventory) -> list[Finding]:
    """Logs and zones of a container app are its environment's."""
    external, found = app.get(EXTERNAL), [_has(app)]
    if isinstance(external, Unresolved):
        found.append(Finding(None, EXTERNAL, "whether it is public is known only when it is deployed"))
    elif truth(external):
        found.append(_fronted(app, inventory, EXTERNAL))
    named, path = app.get("properties.environmentId"), "properties.environmentId"
    if named is ABSENT:
        named, path = app.get("properties.managedEnvironmentId"), "properties.managedEnvironmentId"
    environment = next((one for one in inventory.of_type(ENVIRONMENTS) if same_id(named, one)), None)
    if environment is None:
        return [*found, Finding(None, path, "its environment, which has its logs and zones, is not in view")]
    return [*found, _app_logs(environment, inventory), _app_zones(environment)]


def _app_logs(environment: Resource, inventory: Inventory) -> Finding:
    kind, whose = environment.get(LOGS), f"the logs of its environment {titled(environment)}"
    if isinstance(kind, Unresolved):
        return Finding(None, LOGS, f"where {whose} go is known only when it is deployed", environment)
    if word(kind) == "log-analytics":
        return Finding(True, LOGS, "")
    if word(kind) == "azure-monitor":
        return _setting(environment, inventory, LOGS, whose)
    return Finding(False, LOGS, f"{whose} go nowhere", environment)


def _setting(resource: Resource, inventory: Inventory, path: str, what: str) -> Finding:
    """A diagnostic setting that sends logs."""
    sure, unsure = extensions(resource, SETTINGS, inventory)
    answers = [sends(setting)[0] if setting.condition is None else None for setting in sure]
    if any(answer is True for answer in answers):
        return Finding(True, path, "")
    if None in answers or unsure or unseen(inventory, "a setting", SETTINGS, of=resource.id):
        return Finding(None, path, f"whether a diagnostic setting sends {what} is open", resource)
    return Finding(False, path, f"no diagnostic setting sends {what}", resource)


def _app_zones(environment: Resource) -> Finding:
    value, whose = environment.get(ZONES), f"its environment {titled(environment)}"
    if isinstance(value, Unresolved):
        return Finding(None, ZONES, f"whether {whose} is zone-redundant is known only when it is deployed", environment)
    return Finding(truth(value) is True, ZONES, f"{whose} stands in one zone", environment)


def _group(group: Resource, inventory: Inventory) -> list[Finding]:
    found, path = [_has(group)], "properties.diagnostics"
    if word(group.get("properties.ipAddress.type")) == "public":
        found.append(_fronted(group, inventory, "properties.ipAddress.type"))
    logs = group.get(f"{path}.logAnalytics")
    if isinstance(logs, Unresolved):
        found.append(Finding(None, path, "whether its logs are kept is known only when it is deployed"))
    else:
        found.append(Finding(logs is not ABSENT, path, "its logs go nowhere"))
    return [*found, Finding(False, "zones", "a container group stands in one zone")]


def _deployment(deployment: Resource, inventory: Inventory) -> list[Finding]:
    endpoint = next((one for one in inventory.of_type(ENDPOINTS) if child_of(deployment, one)), None)
    found = [Finding(None, "", "its endpoint is not in view")] if endpoint is None else _endpoint(endpoint, inventory)
    insights = deployment.get(INSIGHTS)
    if isinstance(insights, Unresolved):
        found.append(Finding(None, INSIGHTS, "whether its requests are logged is known only when it is deployed"))
    elif not truth(insights) and (endpoint is None or not _setting(endpoint, inventory, "", "its logs").kept):
        found.append(Finding(False, INSIGHTS, "its requests are not logged (appInsightsEnabled is off)"))
    if word(deployment.get("properties.endpointComputeType")) != "kubernetes":
        found.append(_instances(deployment))
    return found


def _endpoint(endpoint: Resource, inventory: Inventory) -> list[Finding]:
    whose, access = f"its endpoint {titled(endpoint)}", endpoint.get(ACCESS)
    found = []
    if word(endpoint.get(IDENTITY)) == "none":
        found.append(Finding(False, IDENTITY, f"{whose} has no managed identity", endpoint))
    if isinstance(access, Unresolved):
        found.append(Finding(None, ACCESS, f"whether {whose} is public is known only when it is deployed", endpoint))
    elif word(access) != "disabled":
        found.append(_fronted(endpoint, inventory, ACCESS, endpoint))
    return found


def _instances(deployment: Resource) -> Finding:
    value = deployment.get("sku.capacity")
    if isinstance(value, Unresolved):
        return Finding(None, "sku.capacity", "its number of instances is known only when it is deployed")
    count = number(1 if value is ABSENT else value) or 0
    return Finding(count >= 3, "sku.capacity", f"{count:g} instance(s), three are needed for one in each zone")


def _pod(pod: Resource, inventory: Inventory) -> list[Finding] | None:
    """Of what manifests can show: the label of workload identity, a public service, more than one replica."""
    kind = pod.type_key.rpartition("/")[2]
    if kind in ("job", "cronjob", "daemonset"):
        return None
    base = (*pod_path(pod)[:-1], "metadata", "labels")
    label: Value = dig(pod.body, (*base, _USES_IDENTITY))
    found = [Finding(truth(label) is True, "", f"no workload identity (label {_USES_IDENTITY})")]
    found += _exposed(pod, inventory)
    count = pod.get("spec.replicas")
    scaled = any(
        str(one.get("spec.scaleTargetRef.name")) == str(pod.name).rpartition("/")[2]
        for one in inventory.of_type(*SCALERS)
    )
    if not scaled and not isinstance(count, Unresolved):
        least = number(1 if count is ABSENT else count) or 0
        path = "spec.replicas" if count is not ABSENT else ""
        found.append(Finding(kind != "pod" and least >= 2, path, "a single replica, so one zone"))
    return found


def _exposed(pod: Resource, inventory: Inventory) -> list[Finding]:
    """A Service of type LoadBalancer that selects the pods, without the annotation that keeps it internal."""
    labels = dig(pod.body, (*pod_path(pod)[:-1], "metadata", "labels"))
    if gateways(inventory) or not isinstance(labels, dict):
        return []
    for service in inventory.of_type("core/Service"):
        selector = service.get("spec.selector")
        if word(service.get("spec.type")) != "loadbalancer" or namespace(service) != namespace(pod):
            continue
        if not isinstance(selector, dict) or any(labels.get(key) != wanted for key, wanted in selector.items()):
            continue
        if truth(dig(service.body, ("metadata", "annotations", _INTERNAL))) is not True:
            return [Finding(False, "spec.type", f"public by {titled(service)} without a gateway in front", service)]
    return []
