"""Does an orchestrator, which is always on, follow load?

Sources, read 2026-11-24: https://learn.microsoft.com/azure/container-instances/container-instances-overview (a
container group is a single instance; NGroups are several); https://keda.sh/docs/latest/reference/scaledobject-spec (a
ScaledObject names a Deployment, StatefulSet or custom resource by `scaleTargetRef`; 0 to 100 replicas unless told);
`replicas` of a hosted agent: Azure.Bicep.Types.Az 0.2.972.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linter.checks.app_scaling import replicas
from linter.checks.endpoint_scaling import elasticity
from linter.checks.orchestrator_hosts import AGENTS, APP, COMPUTE, DEPLOYMENT, GROUP, POD_TYPES, hosting
from linter.checks.outcomes import failed, number, open_value, passed, shown, titled, undecided, unseen
from linter.checks.pods import namespace
from linter.model import ABSENT, Inventory, Outcome, Related, Resource, Unresolved

SCALERS = ("autoscaling/HorizontalPodAutoscaler", "keda.sh/ScaledObject")
_SCALED = ("deployment", "statefulset", "replicaset", "replicationcontroller")
_RANGES = (("spec.minReplicas", "spec.maxReplicas", 1), ("spec.minReplicaCount", "spec.maxReplicaCount", 0))
"""(least, most, what an absent least means) of a HorizontalPodAutoscaler and a ScaledObject."""


def elastic(resource: Resource, inventory: Inventory, parameters: Mapping[str, Any]) -> Outcome | None:
    """Container groups and compute instances cannot scale. Jobs end by themselves and are not judged."""
    path, why = hosting(resource, inventory)
    key, name = resource.type_key, titled(resource)
    if not why:
        return None
    if key in (GROUP, COMPUTE):
        what = "a container group" if key == GROUP else "a compute instance"
        return failed(f"{name}: {why}, on {what}, which cannot follow load; host it where replicas scale", path)
    if key == APP:
        return replicas(resource)
    if key == DEPLOYMENT:
        return elasticity(resource, inventory, parameters)
    if key == AGENTS:
        return _agent(resource)
    return _pod(resource, inventory, path, why) if key in POD_TYPES else None


def _agent(agent: Resource) -> Outcome:
    low, high = agent.get("properties.minReplicas"), agent.get("properties.maxReplicas")
    for path, value in (("properties.minReplicas", low), ("properties.maxReplicas", high)):
        if isinstance(value, Unresolved):
            return open_value(agent, path, value, "the minimum must be below the maximum")
    least, most = number(low), number(high)
    if least is None or most is None:
        told = f"minReplicas is {shown(low)} and maxReplicas {shown(high)}"
        text = f"{titled(agent)}: {told}; what is taken then is not told"
        return undecided(text, "properties.maxReplicas", high)
    if least < most:
        return passed("properties.maxReplicas", high)
    text = f"hosted agent keeps {shown(low)} replica(s) whatever the load: minReplicas = maxReplicas"
    return failed(f"{titled(agent)}: {text}", "properties.maxReplicas", high)


def _pod(pod: Resource, inventory: Inventory, path: str, why: str) -> Outcome | None:
    kind = pod.type_key.rpartition("/")[2]
    if kind not in _SCALED and kind != "pod":
        return None
    reason, related = "no HorizontalPodAutoscaler and no KEDA object names it", []
    for scaler in inventory.of_type(*SCALERS):
        if not _names(scaler, pod):
            continue
        answer, told = _moves(scaler)
        if answer:
            return passed(path)
        related.append(Related(f"{titled(scaler)}: {told}", scaler, "spec"))
        reason = f"its scaler {titled(scaler)} does not move it: {told}"
        if answer is None:
            return undecided(f"{titled(pod)}: {why}; {reason}", path, related=related)
    hidden = unseen(inventory, "its scaler", *SCALERS)
    if hidden:
        return undecided(f"{titled(pod)}: {why}; {hidden}", path, related=related)
    count = pod.get("spec.replicas")
    fixed = f"stays at {shown(count) if count is not ABSENT else 1} replica(s)" if kind != "pod" else "is a single pod"
    at = path if count is ABSENT or kind == "pod" else "spec.replicas"
    observed = count if at != path else ABSENT
    return failed(f"{titled(pod)}: {why}, and it {fixed} whatever the load: {reason}", at, observed, related=related)


def _names(scaler: Resource, pod: Resource) -> bool:
    """`scaleTargetRef` names the object in the same namespace; KEDA takes a Deployment where no kind is written."""
    name = scaler.get("spec.scaleTargetRef.name")
    kind = scaler.get("spec.scaleTargetRef.kind")
    wanted = "Deployment" if kind is ABSENT else str(kind)
    return (
        isinstance(pod.name, str)
        and str(name) == pod.name.rpartition("/")[2]
        and wanted.lower() == pod.type_key.rpartition("/")[2]
        and namespace(scaler) == namespace(pod)
    )


def _moves(scaler: Resource) -> tuple[bool | None, str]:
    low_path, high_path, least_default = _RANGES[scaler.type_key.endswith("scaledobject")]
    low, high = scaler.get(low_path), scaler.get(high_path)
    if isinstance(low, Unresolved) or isinstance(high, Unresolved):
        return None, "its range is open"
    most_default = 100 if scaler.type_key.endswith("scaledobject") else None
    least = number(least_default if low is ABSENT else low)
    most = number(most_default if high is ABSENT else high) if (high is not ABSENT or most_default) else None
    if least is None or most is None:
        return None, "its range is not told"
    if scaler.type_key.endswith("scaledobject") and not scaler.get("spec.triggers"):
        return False, "it has no trigger"
    return (True, "") if least < most else (False, f"its least and most replicas are {least:g} and {most:g}")
