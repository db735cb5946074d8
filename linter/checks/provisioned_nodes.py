"""Karpenter node pools (AKS node auto-provisioning): do they make GPU nodes, and do those keep other pods away?

Sources, read 2026-11-24: https://learn.microsoft.com/azure/aks/node-auto-provisioning-node-pools (requirements by
`karpenter.azure.com/sku-*`, the family N has GPUs; pools with taints that a pod does not tolerate are passed over);
https://learn.microsoft.com/azure/aks/node-auto-provisioning-disruption (requirements by
`node.kubernetes.io/instance-type`). Such nodes come from no AKS pool: the manifests alone show them.
"""

from __future__ import annotations

from linter.checks.outcomes import failed, passed, titled, undecided, word
from linter.checks.pods import Taint
from linter.facts.gpu import gpu_size
from linter.model import Outcome, Path, Resource, dig, format_path, member

KIND = "karpenter.sh/nodepool"
REQUIREMENTS: Path = ("spec", "template", "spec", "requirements")
TAINTS: Path = ("spec", "template", "spec", "taints")
_GPU_KEYS = (
    "karpenter.azure.com/sku-gpu-name",
    "karpenter.azure.com/sku-gpu-count",
    "karpenter.azure.com/sku-gpu-manufacturer",
)
_SIZE_KEYS = ("karpenter.azure.com/sku-name", "node.kubernetes.io/instance-type")


def isolated(pool: Resource) -> Outcome | None:
    """A pool that makes GPU nodes only needs a hard taint; one that may make some is undecided without."""
    makes = _makes_gpu_nodes(pool)
    if makes is False:
        return None
    taints = dig(pool.body, TAINTS)
    listed = taints if isinstance(taints, list) else []
    known = [Taint(str(member(one, "key")), str(member(one, "value")), word(member(one, "effect"))) for one in listed]
    if any(taint.hard for taint in known):
        return passed(format_path(TAINTS), taints)
    text = "has no NoSchedule taint, so any pod of the cluster can take its nodes"
    if makes is None:
        return undecided(f"{titled(pool)}: may make GPU nodes among others and {text}", format_path(TAINTS), taints)
    return failed(
        f"{titled(pool)}: makes GPU nodes and {text}; add one such as sku=gpu:NoSchedule", format_path(TAINTS), taints
    )


def _makes_gpu_nodes(pool: Resource) -> bool | None:
    """Only GPU nodes, none (False), or some among others (None)."""
    found: list[bool | None] = []
    requirements = dig(pool.body, REQUIREMENTS)
    for rule in requirements if isinstance(requirements, list) else []:
        key, operator, values = word(member(rule, "key")), word(member(rule, "operator")), member(rule, "values")
        named = [str(value) for value in values] if isinstance(values, list) else []
        if key in _GPU_KEYS:
            found.append(operator in ("exists", "gt") or (operator == "in" and named != ["0"]))
        elif key == "karpenter.azure.com/sku-family" and operator == "in":
            gpus = [value.upper() in ("N", "NC", "ND", "NV", "NG") for value in named]
            found.append(all(gpus) if named and (all(gpus) or not any(gpus)) else None)
        elif key in _SIZE_KEYS and operator == "in":
            sizes = [bool(gpu_size(value)) for value in named]
            found.append(all(sizes) if named and (all(sizes) or not any(sizes)) else None)
    if not found or found == [False] * len(found):
        return False
    return True if True in found else None if None in found else False
