"""Which platforms of a workload could run the work of a machine?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linter.checks.gpu_purpose import gpu_machine
from linter.checks.outcomes import failed, open_value, passed, shown, titled, undecided, unseen, word
from linter.facts.resources import CLUSTER, DSVM_PUBLISHER, WORKSPACE
from linter.inventory import role, tag_path
from linter.model import Inventory, Outcome, Resource, Unresolved

PLATFORMS = (
    WORKSPACE,
    "Microsoft.Batch/batchAccounts",
    "Microsoft.Databricks/workspaces",
    "Microsoft.Synapse/workspaces",
    "Microsoft.App/jobs",
    CLUSTER,
)
"""Azure ML, Batch, Databricks, Synapse, Container Apps jobs, AKS."""
SERVING_ROLES = ("inference", "serving")


def platforms(inventory: Inventory) -> list[Resource]:
    return inventory.of_type(*PLATFORMS)


def data_science_vm(resource: Resource) -> bool:
    """Is the machine made from Microsoft's Data Science image (its offer `ubuntu-hpc` is none)?"""
    for base in ("properties.storageProfile", "properties.virtualMachineProfile.storageProfile"):
        if word(resource.get(f"{base}.imageReference.publisher")) == DSVM_PUBLISHER:
            return word(resource.get(f"{base}.imageReference.offer")) != "ubuntu-hpc"
    return False


def hand_kept(machine: Resource, inventory: Inventory, _parameters: Mapping[str, Any]) -> Outcome | None:
    """A GPU or Data Science machine with a serving role fails; one without is judged only where no platform is."""
    has_gpu, path, size = gpu_machine(machine)
    if has_gpu is False and not data_science_vm(machine):
        return None
    purpose = role(machine, inventory)
    found = platforms(inventory)
    if has_gpu is None and not data_science_vm(machine):
        if purpose not in SERVING_ROLES:
            return None  # a machine of open size that nobody says serves is none of our business
        return open_value(machine, path, size, "if it has a GPU, a platform should run its work")
    what = f"{titled(machine)}: {'GPU machine' if has_gpu else 'Data Science machine'} ({shown(size)})"
    if purpose in SERVING_ROLES:
        text = "serves models and is patched, scaled and watched by hand; use a managed endpoint, AKS or Container Apps"
        return failed(f"{what} {text}", path, size)
    if isinstance(purpose, Unresolved):
        return open_value(
            machine, tag_path(machine, "role", inventory), purpose, "a machine that serves belongs on a platform"
        )
    if found:
        return passed(path, size) if not purpose else None
    hidden = unseen(inventory, "a platform")
    if hidden:
        return undecided(f"{what}: {hidden}", path, size)
    return failed(f"{what} kept by hand, in a workload without any platform to run models on", path, size)
