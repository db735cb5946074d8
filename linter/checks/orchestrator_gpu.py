"""Does an orchestrator, which only calls models, sit on a GPU?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linter.checks.ai_workload import gpu_app, gpu_of_group, gpu_pool
from linter.checks.orchestrator_hosts import APP, APP_JOB, COMPUTE, DEPLOYMENT, GROUP, POD_TYPES, hosting
from linter.checks.outcomes import failed, number, open_value, passed, shown, titled, undecided, word
from linter.checks.pods import asks_for_gpu, gpu_request, selected_labels, sent_to_gpu
from linter.facts.gpu import gpu_size
from linter.facts.resources import POOL
from linter.model import ABSENT, Absent, Inventory, Outcome, Path, Resource, Unresolved, Value, dig, format_path

SIZE = "properties.instanceType"
MACHINE = "properties.properties.vmSize"
PROFILE = "properties.workloadProfileName"
_NEEDS = "properties.containerResourceRequirements"
_POOL_LABELS = ("agentpool", "kubernetes.azure.com/agentpool")
"""Labels that AKS puts on the nodes of a pool (https://learn.microsoft.com/azure/aks/use-labels, read 2026-11-24)."""


def on_cpu(resource: Resource, inventory: Inventory, _parameters: Mapping[str, Any]) -> Outcome | None:
    """Judged: what hosts an orchestrator (see `linter.checks.orchestrator_hosts`)."""
    _, why = hosting(resource, inventory)
    if not why:
        return None
    answer, path, value = _gpu(resource, inventory)
    if answer is False:
        return passed(path, value)
    if answer is None and isinstance(value, Unresolved):
        return open_value(resource, path, value, f"{why}, and needs no GPU")
    if answer is None:
        return undecided(f"{titled(resource)}: {why}; whether it gets a GPU is not known", path, value)
    text = f"{why}, and it sits on a GPU ({shown(value)}): it waits for models that run elsewhere"
    return failed(f"{titled(resource)}: {text}; move it to a size without one", path, value)


def _gpu(resource: Resource, inventory: Inventory) -> tuple[bool | None, str, Value | Absent]:
    key = resource.type_key
    if key in POD_TYPES:
        return _pod(resource, inventory)
    if key == DEPLOYMENT:
        return _deployment(resource)
    if key == COMPUTE:
        size = resource.get(MACHINE)
        return (None if isinstance(size, Unresolved) else bool(gpu_size(size))), MACHINE, size
    if key in (APP, APP_JOB):
        asked = _asked(resource)
        if asked:
            return asked
        on_gpu = gpu_app(resource, inventory)
        return on_gpu if on_gpu or _known_profile(resource, inventory) else None, PROFILE, resource.get(PROFILE)
    if key == GROUP:
        found = gpu_of_group(resource)
        return (True, *found) if found else (False, "properties.containers", ABSENT)
    return False, "", ABSENT


def _known_profile(app: Resource, inventory: Inventory) -> bool:
    """Is it known what the app's workload profile is: none, `Consumption`, or one that an environment in view has?"""
    name = app.get(PROFILE)
    if name is ABSENT or word(name) == "consumption":
        return True
    for environment in inventory.of_type("Microsoft.App/managedEnvironments"):
        profiles = environment.get("properties.workloadProfiles")
        for profile in profiles if isinstance(profiles, list) else []:
            kind = dig(profile, ("workloadProfileType",))
            if word(dig(profile, ("name",))) == word(name) and not isinstance(kind, Unresolved):
                return True
    return False


def _asked(app: Resource) -> tuple[bool, str, Value | Absent] | None:
    """A container app whose container asks for a GPU by itself (previews only)."""
    listed = app.get("properties.template.containers")
    for index, one in enumerate(listed if isinstance(listed, list) else []):
        count = dig(one, ("resources", "gpu"))
        if (number(count) or 0) > 0:
            return True, f"properties.template.containers[{index}].resources.gpu", count
    return None


def _pod(pod: Resource, inventory: Inventory) -> tuple[bool | None, str, Value | Absent]:
    sent = sent_to_gpu(pod) or _sent_to_pool(pod, inventory)
    asked = gpu_request(pod)
    if sent is not None:
        return True, format_path(sent[0]), sent[1]
    if asked is not None:
        return True, format_path(asked[0]), asked[1]
    return asks_for_gpu(pod), "spec", ABSENT


def _sent_to_pool(pod: Resource, inventory: Inventory) -> tuple[Path, str] | None:
    """The label by which the pods are sent to a GPU pool of the workload, named by AKS's own label."""
    pools = {str(one.name).rpartition("/")[2].lower() for one in inventory.of_type(POOL) if gpu_pool(one)[0]}
    for path, label, value in selected_labels(pod):
        if label.lower() in _POOL_LABELS and value.lower() in pools:
            return path, f"{label}={value}"
    return None


def _deployment(deployment: Resource) -> tuple[bool | None, str, Value | Absent]:
    for part in ("containerResourceRequests", "containerResourceLimits"):
        path = f"{_NEEDS}.{part}.gpu"
        count = deployment.get(path)
        if isinstance(count, Unresolved):
            return None, path, count
        if (number(count) or 0) > 0:
            return True, path, count
    size = deployment.get(SIZE)
    if word(deployment.get("properties.endpointComputeType")) == "kubernetes":
        return False, SIZE, size
    return (None if isinstance(size, Unresolved) else bool(gpu_size(size))), SIZE, size
