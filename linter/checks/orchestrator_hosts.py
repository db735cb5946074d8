"""Which resources host an orchestrator of model calls (prompt flow, LangChain, Semantic Kernel, agents), and which are
the managed service.

Patterns: `linter.facts.orchestrators`, or `roles.orchestration` of the configuration; the tag `role: orchestration`
says it too. A flow deployment is known by its model or environment, by a variable of prompt flow's serving image
(`PROMPTFLOW_RUN_MODE`) or by the property of its model (`azureml.promptflow.source_flow_id`); source, read
2026-11-24: https://learn.microsoft.com/azure/machine-learning/prompt-flow/how-to-deploy-to-code. Hosted agents:
Azure.Bicep.Types.Az 0.2.972, `agentDeployments.deploymentType` Hosted or Managed.
"""

from __future__ import annotations

from collections.abc import Iterator

from linter.checks.images import images
from linter.checks.outcomes import word
from linter.checks.pods import KINDS
from linter.facts.orchestrators import PATTERNS, SELF_BUILT, orchestrator
from linter.facts.resources import ACCOUNT, WORKSPACE
from linter.inventory import role
from linter.model import Inventory, Resource, Unresolved, format_path

APP = "microsoft.app/containerapps"
APP_JOB = "microsoft.app/jobs"
GROUP = "microsoft.containerinstance/containergroups"
SESSIONS = "microsoft.app/sessionpools"
DEPLOYMENT = f"{WORKSPACE}/onlineendpoints/deployments"
COMPUTE = f"{WORKSPACE}/computes"
AGENTS = f"{ACCOUNT}/projects/applications/agentdeployments"
CAPABILITY_HOSTS = (f"{ACCOUNT}/capabilityHosts", f"{ACCOUNT}/projects/capabilityHosts")
POD_TYPES = frozenset(kind.lower() for kind in KINDS)
_FLOW = ("*promptflow*", "*prompt-flow*", "*prompt_flow*")
ROLE = "orchestration"
_SOURCE_FLOW = "properties.properties['azureml.promptflow.source_flow_id']"


def hosting(resource: Resource, inventory: Inventory) -> tuple[str, str]:
    """(path, why) by which a resource is known to host an orchestrator; ("", "") where it is none."""
    patterns = _patterns(inventory)
    key = resource.type_key
    if key == AGENTS:
        return ("properties.deploymentType", "it hosts an agent") if _hosted(resource) else ("", "")
    if key == DEPLOYMENT:
        return _deployment(resource, inventory, patterns)
    if key in (APP, APP_JOB, GROUP, SESSIONS) or key in POD_TYPES:
        return _container(resource, inventory, patterns)
    if key == COMPUTE and word(resource.get("properties.computeType")) == "computeinstance":
        return _container(resource, inventory, patterns)
    return "", ""


def _patterns(inventory: Inventory) -> tuple[str, ...]:
    told = inventory.settings.roles.get(ROLE)
    return tuple(str(one) for one in told) if told else PATTERNS


def _hosted(agent: Resource) -> bool:
    return word(agent.get("properties.deploymentType")) == "hosted"


def _container(resource: Resource, inventory: Inventory, patterns: tuple[str, ...]) -> tuple[str, str]:
    for path, image in images(resource):
        text = image.expression if isinstance(image, Unresolved) else image
        if isinstance(text, str) and len(text) < 2000 and orchestrator(text, patterns):
            return format_path(path), f"its image is an orchestrator's ({text if len(text) <= 80 else text[:79] + '…'})"
    if isinstance(resource.name, str) and orchestrator(resource.name.rpartition("/")[2], patterns):
        return "name", "its name is an orchestrator's"
    if role(resource, inventory) == ROLE:
        return "tags", f"its role is {ROLE}"
    return "", ""


def _deployment(deployment: Resource, inventory: Inventory, patterns: tuple[str, ...]) -> tuple[str, str]:
    """By what it serves or runs in."""
    for name in ("PROMPTFLOW_RUN_MODE", "PRT_CONFIG_OVERRIDE"):
        path = f"properties.environmentVariables.{name}"
        if deployment.get(path):
            return path, "it serves a flow"
    if deployment.get(_SOURCE_FLOW):
        return _SOURCE_FLOW, "it serves a flow"
    model = deployment.get("properties.model")
    registered = inventory.by_id(model) if isinstance(model, str) else None
    if registered is not None and registered.get(_SOURCE_FLOW):
        return "properties.model", "its model is a flow"
    for path in ("properties.model", "properties.environmentId"):
        value = deployment.get(path)
        text = value.expression if isinstance(value, Unresolved) else value
        if isinstance(text, str) and len(text) < 2000 and orchestrator(text, [*patterns, *_FLOW]):
            return path, "it serves a flow or an orchestrator"
    environment = deployment.get("properties.environmentId")
    known = inventory.by_id(environment) if isinstance(environment, str) else None
    if known is not None and orchestrator(known.get("properties.image"), [*patterns, *_FLOW]):
        return "properties.environmentId", "its environment is an orchestrator's"
    return ("tags", f"its role is {ROLE}") if role(deployment, inventory) == ROLE else ("", "")


def self_built(resource: Resource, inventory: Inventory) -> tuple[str, str]:
    """As `hosting`, for what is hosted by hand: a framework's image or name on compute of one's own."""
    if resource.type_key in (APP, APP_JOB, GROUP, SESSIONS) or resource.type_key in POD_TYPES:
        told = inventory.settings.roles.get(ROLE)
        patterns = tuple(str(one) for one in told) if told else SELF_BUILT
        path, why = _container(resource, inventory, patterns)
        return ("", "") if path == "tags" else (path, why)
    if resource.type_key == AGENTS and _hosted(resource):
        return "properties.deploymentType", "it hosts an agent in a container of its own"
    return "", ""


def managed_services(inventory: Inventory) -> Iterator[Resource]:
    """Flow deployments, agent capability hosts, managed agent deployments, hubs and their projects."""
    for host in inventory.of_type(*CAPABILITY_HOSTS):
        if host.type_key.count("/") > 2 or word(host.get("properties.capabilityHostKind")) in ("", "agents"):
            yield host
    for agent in inventory.of_type(AGENTS):
        if word(agent.get("properties.deploymentType")) == "managed":
            yield agent
    for workspace in inventory.of_type(WORKSPACE):
        if word(workspace.get("kind")) in ("hub", "project"):
            yield workspace
    for deployment in inventory.of_type(DEPLOYMENT):
        if hosting(deployment, inventory)[0] not in ("", "tags"):
            yield deployment
