"""Which resources are AI resources, and is a workload an AI workload. What this finds out is kept in
`Inventory.memo`."""

from __future__ import annotations

from linter.facts import gpu, models
from linter.facts.resources import APPS, CLUSTER, POOL, WORKSPACE, ai_type
from linter.inventory import leaves, pool_cluster
from linter.model import ABSENT, Absent, Inventory, Path, Resource, Unresolved, Value, dig, format_path, member

PROJECT_KINDS = frozenset({"project"})


def pool_sizes(pool: Resource) -> list[tuple[str, Value | Absent]]:
    """(path, size) of an AKS pool: one, or for a pool of type `VirtualMachines` one for each scale profile."""
    if str(pool.get("properties.type")).lower() != "virtualmachines":
        return [("properties.vmSize", pool.get("properties.vmSize"))]
    return [(path, size) for path, size, _ in scale_profiles(pool)]


def scale_profiles(pool: Resource) -> list[tuple[str, Value | Absent, Value]]:
    """(path of the size, size, profile) of each `virtualMachinesProfile.scale.manual` and `.autoscale` entry; a list
    of `sizes` in old previews gives one entry a size, an `autoscale` that is one object is one entry."""
    found: list[tuple[str, Value | Absent, Value]] = []
    for kind in ("manual", "autoscale"):
        steps: Path = ("properties", "virtualMachinesProfile", "scale", kind)
        entries = dig(pool.body, steps)
        if isinstance(entries, Unresolved):
            found.append((format_path(steps), entries, entries))
        many = entries if isinstance(entries, list) else [entries] if isinstance(entries, dict) else []
        for index, entry in enumerate(many):
            at: Path = (*steps, index) if isinstance(entries, list) else steps
            sizes = member(entry, "sizes")
            if isinstance(sizes, list):
                found += [(format_path((*at, "sizes", i)), size, entry) for i, size in enumerate(sizes)]
            else:
                found.append((format_path((*at, "size")), member(entry, "size"), entry))
    return found


def gpu_pool(pool: Resource) -> tuple[bool | None, str, Value | Absent]:
    """Has the pool a GPU size; the path and value that tell. None where a size is open and no other is a GPU's."""
    sizes = pool_sizes(pool)
    for path, size in sizes:
        if gpu.gpu_size(size):
            return True, path, size
    for path, size in sizes:
        if isinstance(size, Unresolved):
            return None, path, size
    path, size = sizes[0] if sizes else ("properties.vmSize", ABSENT)
    return False, path, size


def gpu_app(app: Resource, inventory: Inventory) -> bool | None:
    """Runs this container app, job or container group on a GPU? None where it is open."""
    if app.type_key == "microsoft.containerinstance/containergroups":
        return gpu_of_group(app) is not None
    for container in _list(app.get("properties.template.containers")):
        if dig(container, ("resources", "gpu")) not in (ABSENT, 0):
            return True
    name = app.get("properties.workloadProfileName")
    if name is ABSENT or not app.type_key.startswith("microsoft.app/"):
        return False
    if isinstance(name, Unresolved):
        return None
    for environment in inventory.of_type("Microsoft.App/managedEnvironments"):
        for profile in _list(environment.get("properties.workloadProfiles")):
            if str(member(profile, "name")).lower() == str(name).lower() and gpu.gpu_profile(
                member(profile, "workloadProfileType")
            ):
                return True
    return bool(gpu.gpu_profile(name))


def gpu_of_group(group: Resource) -> tuple[str, Value] | None:
    """The path and value of the first GPU that a container group asks for."""
    for index, container in enumerate(_list(group.get("properties.containers"))):
        for part in ("requests", "limits"):
            asked = dig(container, ("properties", "resources", part, "gpu"))
            if asked is not ABSENT:
                return f"properties.containers[{index}].properties.resources.{part}.gpu", asked
    return None


def _list(value: Value | Absent) -> list[Value]:
    return value if isinstance(value, list) else []


def names_model_host(resource: Resource) -> bool:
    """Does the resource's body name the address of a model (see `linter.facts.models`)?"""
    return any(
        models.model_host(value) for _, value in leaves(resource.body) if isinstance(value, str) and "." in value
    )


def gpu_clusters(inventory: Inventory) -> frozenset[str]:
    """The lower-case ids of the AKS clusters that have a GPU pool."""
    if "gpu clusters" not in inventory.memo:
        found = set()
        for pool in inventory.of_type(POOL):
            if gpu_pool(pool)[0]:
                host = pool_cluster(pool)
                identity = host.id if host else pool.id
                if isinstance(identity, str):
                    found.add(identity.lower() if host else identity.lower().rpartition("/agentpools/")[0])
        inventory.memo["gpu clusters"] = frozenset(found)
    clusters: frozenset[str] = inventory.memo["gpu clusters"]
    return clusters


def ai_resource(resource: Resource, inventory: Inventory) -> bool:
    """Is it an ML workspace, registry, account, search service, Databricks or Synapse workspace or a child of one; an
    AKS cluster with a GPU pool or such a pool; an app on a GPU? What is open counts as no."""
    key = resource.type_key
    if ai_type(key):
        return True
    if key == CLUSTER:
        return isinstance(resource.id, str) and resource.id.lower() in gpu_clusters(inventory)
    if key == POOL:
        return bool(gpu_pool(resource)[0])
    if key in APPS:
        return bool(gpu_app(resource, inventory))
    return False


def ai_workload(inventory: Inventory) -> bool:
    """Has the workload an AI resource?"""
    if "ai workload" not in inventory.memo:
        inventory.memo["ai workload"] = any(ai_resource(resource, inventory) for resource in inventory.resources)
    return bool(inventory.memo["ai workload"])


def serves_ai(app: Resource, inventory: Inventory) -> bool:
    """Does this app serve AI: it stands in an AI workload, runs on a GPU, or names a model host?"""
    return ai_workload(inventory) or bool(gpu_app(app, inventory)) or names_model_host(app)


def project(resource: Resource) -> bool:
    """Is it a project, which takes network, key and storage settings from its hub?"""
    return resource.type_key == WORKSPACE and str(resource.get("kind")).lower() in PROJECT_KINDS
