"""Can other workloads land on GPU nodes? Asked of AKS pools (their taints and mode) and of pods (what they tolerate
without need).

Sources, read 2026-11-24: https://learn.microsoft.com/azure/aks/spot-node-pool (the taint that AKS puts on spot
pools); https://learn.microsoft.com/azure/aks/use-system-pools (an added pool is a user pool unless told;
`CriticalAddonsOnly=true:NoSchedule` is the taint of pools for system pods);
https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/ (`PreferNoSchedule` is a wish).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linter.checks import provisioned_nodes
from linter.checks.ai_workload import gpu_pool
from linter.checks.outcomes import failed, open_value, passed, shown, titled, undecided, word
from linter.checks.pods import (
    Taint,
    asks_for_gpu,
    gpu_toleration,
    namespace,
    parse_taint,
    selected_labels,
    sent_to_gpu,
    tolerates,
)
from linter.facts.resources import POOL
from linter.model import ABSENT, Inventory, Outcome, Path, Related, Resource, Unresolved, format_path

SPOT_KEY = "kubernetes.azure.com/scalesetpriority"
CRITICAL_KEY = "CriticalAddonsOnly"
SYSTEM_MODES = ("system", "managedsystem")
TAINTS = "properties.nodeTaints"


def isolation(resource: Resource, inventory: Inventory, _parameters: Mapping[str, Any]) -> Outcome | None:
    """A pool is isolated by a hard taint of its own in mode User. An absent `mode` is User. A pod is at fault where
    it may run on GPU nodes without asking for a GPU; DaemonSets and `kube-system` are not judged."""
    if resource.type_key == provisioned_nodes.KIND:
        return provisioned_nodes.isolated(resource)
    return _pool(resource) if resource.type_key == POOL else _pod(resource, inventory)


def _pool(pool: Resource) -> Outcome | None:
    has_gpu, size_path, size = gpu_pool(pool)
    if has_gpu is False:
        return None
    outcome = _isolated(pool, size if has_gpu else ABSENT)
    if has_gpu is None and outcome.verdict != "pass":
        return open_value(pool, size_path, size, "if that is a GPU size, the pool is not isolated")
    return outcome


def _isolated(pool: Resource, size: Any) -> Outcome:
    """The pool's own isolation, whatever its size."""
    what = f"{titled(pool)}: GPU node pool" + (f" ({size})" if isinstance(size, str) else "")
    mode = pool.get("properties.mode")
    if word(mode) in SYSTEM_MODES:
        message = f"{what} has mode {shown(mode)}, so system pods run on its nodes; use mode 'User' and a taint"
        return failed(message, "properties.mode", mode)
    taints = pool.get(TAINTS)
    if isinstance(taints, Unresolved):
        return open_value(pool, TAINTS, taints, "a NoSchedule or NoExecute taint must be among them")
    items = taints if isinstance(taints, list) else []
    known = [parse_taint(item) for item in items if isinstance(item, str)]
    if any(_isolates(taint) for taint in known):
        if isinstance(mode, Unresolved):
            return open_value(pool, "properties.mode", mode, "system pods run on a pool of mode System")
        return passed(TAINTS, taints)
    opened = next((item for item in items if isinstance(item, Unresolved)), None)
    if opened is not None:
        return open_value(pool, TAINTS, opened, "a NoSchedule or NoExecute taint must be among them")
    return failed(f"{what} {_lack(known, pool)}; add one such as 'sku=gpu:NoSchedule'", TAINTS, taints)


def _isolates(taint: Taint) -> bool:
    return taint.hard and taint.key not in (SPOT_KEY, CRITICAL_KEY)


def _lack(known: list[Taint], pool: Resource) -> str:
    spot = word(pool.get("properties.scaleSetPriority")) in ("spot", "low")
    hard = [taint for taint in known if taint.hard]
    if any(taint.key == CRITICAL_KEY for taint in hard):
        text = f"has only the taint {CRITICAL_KEY}, which system pods tolerate, and no NoSchedule taint of its own"
    elif hard or (spot and not known):
        text = "has only the taint that AKS puts on every spot pool, which every spot workload tolerates"
    elif known:
        text = f"has only soft taints ({', '.join(taint.effect for taint in known)}), which keep no pod away"
    else:
        text = "has no taint, so any pod of the cluster can take its nodes"
    if pool.get("properties.nodeInitializationTaints") is not ABSENT:
        text += "; nodeInitializationTaints do not count, as AKS does not keep them"
    return text


def _pod(resource: Resource, inventory: Inventory) -> Outcome | None:
    if resource.type_key.endswith("/daemonset") or namespace(resource) == "kube-system":
        return None
    way = _way_to_gpu(resource, inventory)
    if way is None:
        return None
    path, text, related = way
    asks = asks_for_gpu(resource)
    if asks:
        return passed(format_path(path))
    name = titled(resource)
    if asks is None:
        return undecided(f"{name}: {text}; whether its containers ask for a GPU is not known", format_path(path))
    message = f"{name}: {text}, but none of its containers asks for a GPU: it takes GPU nodes that it does not use"
    return failed(message, format_path(path), related=related)


def _way_to_gpu(resource: Resource, inventory: Inventory) -> tuple[Path, str, list[Related]] | None:
    """How the pods get onto GPU nodes: the path, the words, the pool."""
    for pool in inventory.of_type(POOL):
        if not gpu_pool(pool)[0]:
            continue
        related = [Related(f"the GPU pool {titled(pool)}", pool, TAINTS)]
        for taint in _taints(pool):
            found = tolerates(resource, taint)
            if found:
                text = f"tolerates the taint {taint.key}={taint.value}:{taint.effect} of the GPU pool {titled(pool)}"
                return found[0], text, related
        for path, label, value in selected_labels(resource):
            if (label, value.lower()) in _labels(pool):
                return path, f"is sent to the GPU pool {titled(pool)} by the label {label}={value}", related
    marked = gpu_toleration(resource)
    if marked:
        return marked[0], "tolerates the taint that marks GPU nodes", []
    sent = sent_to_gpu(resource)
    return (sent[0], f"is sent to GPU nodes by the label {sent[1]}", []) if sent else None


def _taints(pool: Resource) -> list[Taint]:
    taints = pool.get(TAINTS)
    items = taints if isinstance(taints, list) else []
    return [taint for taint in (parse_taint(item) for item in items if isinstance(item, str)) if _isolates(taint)]


def _labels(pool: Resource) -> set[tuple[str, str]]:
    """The labels of the pool's nodes, its name among them (AKS labels nodes with `agentpool`)."""
    labels = pool.get("properties.nodeLabels")
    found = {(str(k), str(v).lower()) for k, v in labels.items()} if isinstance(labels, dict) else set()
    if isinstance(pool.name, str):
        name = pool.name.rpartition("/")[2].lower()
        found |= {("agentpool", name), ("kubernetes.azure.com/agentpool", name)}
    return found
