"""Is a GPU used for an AI function? Told by the tag `role`, or by an AI resource that names the machine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linter.checks.ai_workload import ai_workload, gpu_app, gpu_of_group
from linter.checks.outcomes import failed, open_value, passed, shown, titled
from linter.facts import gpu
from linter.facts.resources import ai_type
from linter.inventory import referring, role, tag_path
from linter.model import ABSENT, Absent, Inventory, Outcome, Resource, Unresolved, Value, member

_SIZES = {
    "microsoft.compute/virtualmachines": ("properties.hardwareProfile.vmSize",),
    "microsoft.compute/virtualmachinescalesets": ("sku.name",),
    "microsoft.batch/batchaccounts/pools": ("properties.vmSize",),
}
ENVIRONMENT = "microsoft.app/managedenvironments"


def for_ai(resource: Resource, inventory: Inventory, parameters: Mapping[str, Any]) -> Outcome | None:
    """A GPU needs an AI role (its own tag, an app's or a pool's that of what it runs on), or an AI resource that
    names it."""
    found, path, value = _gpu(resource, inventory)
    if found is False:
        return None
    purpose = _role(resource, inventory)
    roles = [str(one).lower() for one in inventory.settings.roles.get("ai") or parameters["roles"]]
    if isinstance(purpose, str) and purpose in roles:
        return passed(path, value)
    if any(ai_type(other.type_key) for other in referring(resource, inventory)):
        return passed(path, value)
    if found is None:
        if not ai_workload(inventory):
            return None  # a machine of open size in a workload without AI is none of our business
        return open_value(resource, path, value, "if that has a GPU, its role must be an AI role")
    if isinstance(purpose, Unresolved):
        return open_value(
            resource,
            tag_path(resource, "role", inventory),
            purpose,
            f"the role of a GPU must be one of {', '.join(roles)}",
        )
    told = f"its role is '{purpose}'" if purpose else "it has no role tag and no AI resource names it"
    return failed(
        f"{titled(resource)}: GPU compute ({shown(value)}) for no AI function: {told}; AI roles: {', '.join(roles)}",
        path,
        value,
    )


def _role(resource: Resource, inventory: Inventory) -> str | Unresolved:
    own = role(resource, inventory)
    if own or not resource.type_key.startswith("microsoft.app/"):
        return own
    if resource.type_key == ENVIRONMENT:
        named = [
            app
            for app in inventory.of_type("Microsoft.App/containerApps", "Microsoft.App/jobs")
            if gpu_app(app, inventory)
        ]
        return next((purpose for app in named if (purpose := role(app, inventory))), "")
    host = resource.get("properties.environmentId") or resource.get("properties.managedEnvironmentId")
    environment = inventory.by_id(host) if isinstance(host, str) else None
    return role(environment, inventory) if environment is not None else ""


def gpu_machine(resource: Resource) -> tuple[bool | None, str, Value | Absent]:
    """Has this machine, scale set or Batch pool a GPU size? With the path and value that tell."""
    path = _SIZES[resource.type_key][0]
    sizes = [(path, resource.get(path))]
    profiles = resource.get("properties.skuProfile.vmSizes")
    for index, profile in enumerate(profiles if isinstance(profiles, list) else []):
        sizes.append((f"properties.skuProfile.vmSizes[{index}].name", member(profile, "name")))
    for at, size in sizes:
        if gpu.gpu_size(size):
            return True, at, size
    opened = next(((at, size) for at, size in sizes if isinstance(size, Unresolved)), None)
    return (None, *opened) if opened else (False, *sizes[0])


def _gpu(resource: Resource, inventory: Inventory) -> tuple[bool | None, str, Value | Absent]:
    if resource.type_key in _SIZES:
        return gpu_machine(resource)
    if resource.type_key == ENVIRONMENT:
        profiles = resource.get("properties.workloadProfiles")
        for index, profile in enumerate(profiles if isinstance(profiles, list) else []):
            kind = member(profile, "workloadProfileType")
            if gpu.gpu_profile(kind):
                return True, f"properties.workloadProfiles[{index}].workloadProfileType", kind
        return False, "", ABSENT
    if resource.type_key.startswith("microsoft.app/"):
        return (
            gpu_app(resource, inventory),
            "properties.workloadProfileName",
            resource.get("properties.workloadProfileName"),
        )
    found = gpu_of_group(resource)
    return (True, *found) if found else (False, "properties.containers", ABSENT)
