"""Machines that train: is an orchestrator beside them, and are they kept by hand at all?

Sources, read 2026-11-24: https://github.com/Azure/kube-egress-gateway/blob/main/pkg/consts/const.go (AKS marks the
scale sets that it makes with tags such as `aks-managed-poolName`); https://learn.microsoft.com/azure/databricks/admin/account-settings/usage-detail-tags
(Databricks marks its machines with `Vendor: Databricks`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linter.checks.ai_workload import ai_workload
from linter.checks.gpu_purpose import gpu_machine
from linter.checks.outcomes import failed, open_value, passed, shown, titled, undecided, unseen, word
from linter.checks.platforms import PLATFORMS, platforms
from linter.facts.gpu import graphics_size
from linter.inventory import role, tag_path
from linter.model import Inventory, Outcome, Related, Resource, Unresolved


def made_by_service(machine: Resource) -> bool:
    """Is the machine one that AKS, Databricks or another service made for itself?"""
    if machine.get("managedBy"):
        return True
    tags = machine.get("tags")
    names = [str(name).lower() for name in tags] if isinstance(tags, dict) else []
    return any(name.startswith("aks-managed") for name in names) or word(machine.get("tags.vendor")) == "databricks"


def orchestrated(machine: Resource, inventory: Inventory, parameters: Mapping[str, Any]) -> Outcome | None:
    """A GPU machine for training (by its role, or without one) needs a platform beside it that starts and ends the
    runs."""
    has_gpu, path, size = gpu_machine(machine)
    purpose = role(machine, inventory)
    roles = {str(one).lower() for one in parameters["roles"]}
    if has_gpu is False or made_by_service(machine):
        return None
    if graphics_size(size) and purpose not in roles and not ai_workload(inventory):
        return None  # a size for desktops and rendering, and nothing says AI
    if isinstance(purpose, str) and purpose and purpose not in roles:
        return None
    if has_gpu is None and purpose not in roles:
        return None  # a machine of open size that nobody says trains is none of our business
    found = platforms(inventory)
    sure = [one for one in found if one.condition is None]
    if sure:
        return passed(path, size)
    what = f"{titled(machine)}: GPU machine ({shown(size)}) without an orchestrator"
    if has_gpu is None:
        return open_value(machine, path, size, "if it has a GPU, its training needs an orchestrator beside it")
    if isinstance(purpose, Unresolved):
        at = tag_path(machine, "role", inventory)
        return open_value(machine, at, purpose, "a machine that trains needs an orchestrator beside it")
    if found:
        related = [Related(f"{titled(found[0])} is deployed on a condition", found[0])]
        text = f"{what}, unless {titled(found[0])} is deployed, which is known only then"
        return undecided(text, path, size, related=related)
    hidden = unseen(inventory, "one", *PLATFORMS)
    if hidden:
        return undecided(f"{what}: {hidden}", path, size)
    text = "no Azure ML, Batch, Databricks, Synapse, AKS or Container Apps job in the workload starts and ends its runs"
    return failed(f"{what}: {text}", path, size)
