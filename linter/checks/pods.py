"""What a Kubernetes object says of its pods: the template inside a Deployment, Job, CronJob or Pod; its containers,
tolerations, GPUs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from linter.facts.gpu import GPU_LABELS, GPU_TAINTS, gpu_resource
from linter.model import ABSENT, Path, Resource, Unresolved, Value, dig, member

KINDS = (
    "core/Pod",
    "apps/Deployment",
    "apps/StatefulSet",
    "apps/ReplicaSet",
    "apps/DaemonSet",
    "core/ReplicationController",
    "batch/Job",
    "batch/CronJob",
)
"""The objects that rows about pods name."""
_TEMPLATES: dict[str, Path] = {
    "pod": (),
    "cronjob": ("spec", "jobTemplate", "spec", "template"),
}
_CONTAINER_LISTS = ("initContainers", "containers", "ephemeralContainers")


def pod_path(resource: Resource) -> Path:
    """The path of the pod's spec inside the object."""
    kind = resource.type_key.rpartition("/")[2]
    return (*_TEMPLATES.get(kind, ("spec", "template")), "spec")


def containers(resource: Resource) -> Iterator[tuple[Path, Value]]:
    """(path, container) of every container of the object's pods, init containers first."""
    base = pod_path(resource)
    spec = dig(resource.body, base)
    for kind in _CONTAINER_LISTS:
        found = member(spec, kind)
        for index, container in enumerate(found if isinstance(found, list) else []):
            yield (*base, kind, index), container


def gpu_request(resource: Resource) -> tuple[Path, Value] | None:
    """The first request or limit of a GPU that can be seen, and its path."""
    for path, container in containers(resource):
        for part in ("limits", "requests"):
            names = dig(container, ("resources", part))
            for name, count in names.items() if isinstance(names, dict) else ():
                if gpu_resource(str(name)):
                    return (*path, "resources", part, name), count
    return None


def asks_for_gpu(resource: Resource) -> bool | None:
    """Does a container request (or, by a limit, imply a request of) a GPU? None where a resource list is open."""
    if gpu_request(resource) is not None:
        return True
    opened = any(
        isinstance(dig(container, ("resources", part)), Unresolved)
        for _, container in containers(resource)
        for part in ("requests", "limits")
    )
    claims = dig(resource.body, (*pod_path(resource), "resourceClaims"))
    if claims is not ABSENT and claims != []:
        return None  # a dynamic resource claim may be for a GPU; its class stands elsewhere
    return None if opened else False


class Taint(NamedTuple):
    """`effect` as Kubernetes spells it; `hard` keeps pods away that do not tolerate it."""

    key: str
    value: str
    effect: str

    @property
    def hard(self) -> bool:
        return self.effect.lower() in ("noschedule", "noexecute")


def parse_taint(text: str) -> Taint:
    """`key=value:Effect` or `key:Effect`."""
    head, _, effect = text.strip().rpartition(":")
    key, _, value = head.partition("=")
    return Taint(key, value, effect)


def tolerates(resource: Resource, taint: Taint) -> tuple[Path, Value] | None:
    """The toleration by which the object's pods may run on nodes with this taint, and its path."""
    base = (*pod_path(resource), "tolerations")
    found = dig(resource.body, base)
    for index, toleration in enumerate(found if isinstance(found, list) else []):
        key, operator = member(toleration, "key"), member(toleration, "operator")
        effect, value = member(toleration, "effect"), member(toleration, "value")
        if effect is not ABSENT and str(effect).lower() != taint.effect.lower():
            continue
        exists = str(operator).lower() == "exists"
        if key is ABSENT:
            if exists:
                return (*base, index), toleration
        elif key == taint.key and (exists or (taint.value if value is ABSENT else value) == taint.value):
            return (*base, index), toleration
    return None


def gpu_toleration(resource: Resource) -> tuple[Path, Value] | None:
    """A toleration of a taint that marks GPU nodes by convention (see `linter.facts.gpu.GPU_TAINTS`)."""
    base = (*pod_path(resource), "tolerations")
    found = dig(resource.body, base)
    for index, toleration in enumerate(found if isinstance(found, list) else []):
        key, value = member(toleration, "key"), member(toleration, "value")
        for name, wanted in GPU_TAINTS:
            if key == name and (wanted is None or (isinstance(value, str) and value.lower() == wanted)):
                return (*base, index), toleration
    return None


def selected_labels(resource: Resource) -> Iterator[tuple[Path, str, str]]:
    """(path, label, value) that send the pods to nodes: `nodeSelector` and required node affinity (`In` with one
    value)."""
    base = pod_path(resource)
    selector = dig(resource.body, (*base, "nodeSelector"))
    for label, value in selector.items() if isinstance(selector, dict) else ():
        yield (*base, "nodeSelector", label), str(label), str(value)
    terms_path: Path = (
        *base,
        "affinity",
        "nodeAffinity",
        "requiredDuringSchedulingIgnoredDuringExecution",
        "nodeSelectorTerms",
    )
    terms = dig(resource.body, terms_path)
    for at, term in enumerate(terms if isinstance(terms, list) else []):
        rules = member(term, "matchExpressions")
        for index, rule in enumerate(rules if isinstance(rules, list) else []):
            values = member(rule, "values")
            if str(member(rule, "operator")).lower() == "in" and isinstance(values, list) and len(values) == 1:
                yield (*terms_path, at, "matchExpressions", index), str(member(rule, "key")), str(values[0])


def sent_to_gpu(resource: Resource) -> tuple[Path, str] | None:
    """The label by which the pods are sent to GPU nodes by convention (`accelerator: nvidia`)."""
    for path, label, value in selected_labels(resource):
        if label.lower() in GPU_LABELS and (label.lower() != "sku" or value.lower() == "gpu"):
            return path, f"{label}={value}"
    return None


def namespace(resource: Resource) -> str:
    """The namespace in which the object stands."""
    name = resource.name if isinstance(resource.name, str) else ""
    return name.partition("/")[0] if "/" in name else "default"
