"""The inventory as policies want it: every form of a thing brought to one, and the questions that many checks ask.

`normalise` is called once before judging. The questions (`tag`, `is_production`, `region`, `references` …) may be
asked at any time; what they find out about a whole inventory is kept in `Inventory.memo`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from linter.kinship import above, forebear
from linter.model import ABSENT, Absent, Inventory, Path, Place, Resource, Unresolved, Value, dig, member

CLUSTER = "Microsoft.ContainerService/managedClusters"
POOL = "Microsoft.ContainerService/managedClusters/agentPools"
EXTENSIONS = (
    "Microsoft.Insights/diagnosticSettings", "Microsoft.Authorization/roleAssignments", "Microsoft.Authorization/locks",
)  # fmt: skip
TAGS: Mapping[str, tuple[str, ...]] = {
    "environment": ("environment", "env"), "workload": ("workload", "app"), "owner": ("owner",),
    "cost-center": ("cost-center",),
    "role": ("role",), "shared": ("shared",), "criticality": ("criticality",), "processing": ("processing",),
    "interruptible": ("interruptible",), "data-classification": ("data-classification",),
}  # fmt: skip
"""The tag names that carry a meaning, unless the configuration says other (`tags: {role: …}`)."""
DEPLOYED = ("template", "bicep")
"""Origins of what a deployment declares."""
PRODUCTION = ("prod", "production", "prd", "live")
_ID = re.compile(r"/(?:subscriptions|providers)/[^\s'\"\[\](),?#]+", re.IGNORECASE)


def normalise(inventory: Inventory) -> Inventory:
    """A copy in which node pools and extension resources have one form each, and of a resource that is deployed more
    than once only the last declaration; the resources are shared with the original."""
    resources = [_plain_extension(resource) for resource in _last_declared(inventory.resources)]
    pools = [pool for resource in resources if resource.type_key == CLUSTER.lower() for pool in _inline_pools(resource)]
    if pools:
        declared = {_pool_key(resource) for resource in resources if resource.type_key == POOL.lower()}
        resources = _beside_clusters(resources, [pool for pool in pools if _pool_key(pool) not in declared])
    return Inventory(
        resources=resources, deployments=inventory.deployments, gaps=inventory.gaps, name=inventory.name,
        live=inventory.live, complete=inventory.complete, usage=inventory.usage, settings=inventory.settings,
        texts=inventory.texts, unread=inventory.unread, restored=inventory.restored,
    )  # fmt: skip


def _last_declared(resources: list[Resource]) -> list[Resource]:
    """Without the declarations that a later one of the same id replaces: an account that a second module declares
    again, with its key, once its identity may read that. What stands for sure in the end is what the last says, as a
    declaration is the whole resource (https://learn.microsoft.com/azure/azure-resource-manager/templates/
    deployment-modes, read 2026-11-24: properties that are left out of a redeployment get their defaults)."""
    last: dict[tuple[str, str], int] = {}
    for index, one in enumerate(resources):
        if one.condition is None and (key := _declared_key(one)):
            last[key] = index
    return [one for index, one in enumerate(resources) if index >= last.get(_declared_key(one) or ("", ""), 0)]


def _declared_key(one: Resource) -> tuple[str, str] | None:
    """What two declarations of one resource share: the id, or the same expression of it; None for what no deployment
    declares, and for an id that may be another one each time (`newGuid()`, a parameter that two templates have)."""
    known = (one.id if isinstance(one.id, str) else one.id.expression).lower()
    varies = not isinstance(one.id, str) and ("newguid(" in known or "parameters(" in known)
    return None if varies or one.origin not in DEPLOYED else (one.type_key, known)


def _pool_key(pool: Resource) -> tuple[str, str]:
    """What two declarations of one pool share. A pool whose id is open is equal to itself only."""
    return (pool.id.lower(), "") if isinstance(pool.id, str) else ("", str(id(pool)))


def _beside_clusters(resources: list[Resource], pools: list[Resource]) -> list[Resource]:
    by_cluster: dict[int, list[Resource]] = {}
    for pool in pools:
        cluster = pool_cluster(pool)
        by_cluster.setdefault(id(cluster), []).append(pool)
    return [one for resource in resources for one in (resource, *by_cluster.get(id(resource), ()))]


class _Inline(Resource):
    """A resource that stands inside another: `host`."""

    __slots__ = ("host",)
    host: Resource


def pool_cluster(pool: Resource) -> Resource | None:
    """The cluster in whose text an inline pool stands; None for a pool of its own."""
    return pool.host if isinstance(pool, _Inline) else None


def _inline_pools(cluster: Resource) -> Iterator[Resource]:
    """Every item of `agentPoolProfiles` as an `agentPools` resource. Microsoft.ContainerService, ManagedCluster: the
    properties of an item are those of an agent pool, with its name beside them (azure-rest-api-specs, read
    2026-11-24)."""
    profiles = cluster.get("properties.agentPoolProfiles")
    if isinstance(profiles, Unresolved):
        yield _inline(
            cluster,
            Unresolved(f"{profiles.expression}[*].name", profiles.reason),
            profiles,
            ("properties", "agentPoolProfiles"),
        )
    if not isinstance(profiles, list):
        return
    for index, profile in enumerate(profiles):
        steps: Path = ("properties", "agentPoolProfiles", index)
        if isinstance(profile, Unresolved):
            yield _inline(cluster, Unresolved(f"{profile.expression}.name", profile.reason), profile, steps)
        elif isinstance(profile, dict):
            name = member(profile, "name")
            inner = {key: value for key, value in profile.items() if key.lower() != "name"}
            yield _inline(cluster, name if isinstance(name, (str, Unresolved)) else str(index), inner, steps)


def _inline(cluster: Resource, name: str | Unresolved, properties: Value, steps: Path) -> Resource:
    def locate(path: Path, key: bool) -> Place:
        if path and str(path[0]).lower() == "properties":
            return cluster.locate((*steps, *path[1:]), key)
        return cluster.locate((*steps, "name") if path in ((), ("name",)) else steps, key)

    if isinstance(name, str) and isinstance(cluster.name, str):
        full: str | Unresolved = f"{cluster.name}/{name}"
    else:
        inner = name.expression if isinstance(name, Unresolved) else f"'{name}'"
        outer = cluster.name.expression if isinstance(cluster.name, Unresolved) else f"'{cluster.name}'"
        reason = next((part.reason for part in (name, cluster.name) if isinstance(part, Unresolved)), "runtime")
        full = Unresolved(f"format('{{0}}/{{1}}', {outer}, {inner})", reason)
    known_id = isinstance(name, str) and isinstance(cluster.id, str)
    pool = _Inline(
        type=POOL,
        name=full,
        id=f"{cluster.id}/agentPools/{name}" if known_id else Unresolved(f"resourceId('{POOL}', {full})"),
        api_version=cluster.api_version,
        body={"properties": properties},
        locate=locate,
        origin=cluster.origin,
        condition=cluster.condition,
        identity=f"{cluster.identity}/agentpools/{name if isinstance(name, str) else name.expression}".lower(),
        deployment=cluster.deployment,
        scope=cluster.scope,
    )
    pool.host = cluster
    return pool


def _plain_extension(resource: Resource) -> Resource:
    """An extension in child form (`X/y/providers/diagnosticSettings`, name `y/Microsoft.Insights/name`) as the
    extension itself, its `scope` the id of what it is about; with an open name, what it is about is open too."""
    low = resource.type_key
    kind = next((one for one in EXTENSIONS if low.endswith(f"/providers/{one.lower().partition('/')[2]}")), None)
    if kind is None:
        return resource
    name: str | Unresolved = resource.name
    scope = resource.scope
    marker = f"/{kind.lower().partition('/')[0]}/"
    if isinstance(name, str):
        if marker not in name.lower():
            return resource
        name = name[name.lower().index(marker) + len(marker) :]
        if isinstance(resource.id, str) and f"/providers{marker}" in resource.id.lower():
            scope = resource.id[: resource.id.lower().rindex(f"/providers{marker}")]
    return Resource(
        type=kind,
        name=name,
        id=resource.id,
        api_version=resource.api_version,
        body=resource.body,
        locate=resource.locate,
        origin=resource.origin,
        condition=resource.condition,
        identity=resource.identity,
        deployment=resource.deployment,
        scope=scope,
    )


def target(resource: Resource) -> str | Unresolved:
    """The id of what an extension resource (diagnostic setting, role assignment, lock) is about; "" for no
    extension. Where only the extension's own name is open, what it is about is read out of its id."""
    if isinstance(resource.id, Unresolved):
        if "/providers/" in resource.scope.lower():
            return resource.scope
        return _written_target(resource.id)
    at = resource.id.lower().rfind(f"/providers/{resource.type_key.partition('/')[0]}/")
    return resource.id[:at] if at > 0 else resource.scope


def _written_target(identifier: Unresolved) -> str | Unresolved:
    """`extensionResourceId('/…/accounts/a', …)` is about a known id, `extensionResourceId(if(startsWith(X, '/'), X, …`
    about the open id X."""
    text = identifier.expression
    if len(text) > 4000:
        return identifier  # the search below compares every stretch with what follows it
    literal = re.match(r"extensionResourceId\('(/[^']+)',", text)
    if literal:
        return literal[1]
    opened = re.search(r"extensionResourceId\(if\(startsWith\((.+?), '/'\), \1, ", text)
    return Unresolved(opened[1], identifier.reason) if opened else identifier


def extensions(resource: Resource, kind: str, inventory: Inventory) -> tuple[list[Resource], list[Resource]]:
    """The extension resources of type `kind` on `resource`: those that surely are, and those of which it is open. Two
    open ids are the same where their expressions are."""
    key = f"extensions {kind.lower()}"
    if key not in inventory.memo:
        sure: dict[str, list[Resource]] = {}
        unsure: list[Resource] = []
        opened = {
            one.id.expression.lower()
            for one in inventory.resources
            if isinstance(one.id, Unresolved) and one.type_key != kind.lower()
        }
        for extension in inventory.of_type(kind):
            about = target(extension)
            text = about.lower() if isinstance(about, str) else about.expression.lower()
            if isinstance(about, str) or text in opened:
                sure.setdefault(text, []).append(extension)
            else:
                unsure.append(extension)
        inventory.memo[key] = (sure, unsure)
    sure, unsure = inventory.memo[key]
    identity = resource.id if isinstance(resource.id, str) else resource.id.expression
    return sure.get(identity.lower(), []), unsure


def certain_part(inventory: Inventory) -> Inventory | None:
    """The inventory without the resources whose condition only the deployment decides; None where it has none."""
    sure = [one for one in inventory.resources if one.condition is None]
    if len(sure) == len(inventory.resources):
        return None
    return replace(inventory, resources=sure, memo={}, _by_type=None, _by_id=None)


def parent(resource: Resource, inventory: Inventory) -> Resource | None:
    """The resource that a child hangs on, inline pools and open names included."""
    return pool_cluster(resource) or above(resource, inventory)


def tag_names(meaning: str, inventory: Inventory) -> tuple[str, ...]:
    """The names under which a tag of this meaning is looked for."""
    configured = inventory.settings.tags.get(meaning)
    if isinstance(configured, str):
        return (configured,)
    if isinstance(configured, (list, tuple)) and meaning not in ("required", "production"):
        return tuple(str(name) for name in configured)
    return TAGS.get(meaning, (meaning,))


def own_tag(resource: Resource, names: tuple[str, ...]) -> tuple[str, Value | Absent]:
    """(path, value) of the first of these tags that the resource itself has; an open one where none is known to be
    there."""
    opened: tuple[str, Value | Absent] = ("tags", ABSENT)
    for base in (("tags",), ("properties", "tags")):
        tags = dig(resource.body, base)
        for name in names:
            value = member(tags, name)
            if isinstance(value, Unresolved) and opened[1] is ABSENT:
                opened = (".".join(base) + f"['{name}']", value)
            elif value is not ABSENT and not isinstance(value, Unresolved):
                return ".".join(base) + f"['{name}']", value
    return opened


def tag(resource: Resource, meaning: str, inventory: Inventory) -> Value | Absent:
    """The value of the tag of that meaning (`environment`, `role` …, or any tag name), inherited from the parent."""
    names = tag_names(meaning, inventory)
    at: Resource | None = resource
    while at is not None:
        value = own_tag(at, names)[1]
        if value is not ABSENT:
            return value
        at = parent(at, inventory) or forebear(at, inventory)
    return ABSENT


def tag_path(resource: Resource, meaning: str, inventory: Inventory) -> str:
    """The path of the resource's own tag of that meaning; `tags` where it has none."""
    return own_tag(resource, tag_names(meaning, inventory))[0]


def is_production(resource: Resource, inventory: Inventory) -> bool | None:
    """By the configuration, else by the environment tag; None where the tag is open. No tag: not production."""
    if inventory.settings.production:
        return True
    value = tag(resource, "environment", inventory)
    if isinstance(value, Unresolved):
        return None
    words = inventory.settings.tags.get("production", PRODUCTION)
    return isinstance(value, str) and value.lower() in {str(word).lower() for word in words}


def region(resource: Resource, inventory: Inventory) -> str | Unresolved:
    """Where the resource stands, as `westeurope` (lower case, no blanks); "" for none or global. `computeLocation`
    goes first (the cluster's own region in Microsoft.MachineLearningServices/workspaces/computes); a child stands where
    its parent does."""
    at: Resource | None = resource
    while at is not None:
        for path in ("properties.computeLocation", "location"):
            value = at.get(path)
            if isinstance(value, Unresolved):
                return value
            if isinstance(value, str) and value:
                plain = value.lower().replace(" ", "")
                return "" if plain == "global" else plain
        at = parent(at, inventory) or forebear(at, inventory)
    return ""


def role(resource: Resource, inventory: Inventory) -> str | Unresolved:
    """The role tag in lower case, inherited; "" where there is none."""
    value = tag(resource, "role", inventory)
    return value if isinstance(value, Unresolved) else str(value).lower() if value is not ABSENT else ""


def leaves(value: Value, path: Path = ()) -> Iterator[tuple[Path, Value]]:
    """Every leaf below a value with its path; an unresolved value is a leaf."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from leaves(item, (*path, index))
    else:
        yield path, value


def references(resource: Resource, inventory: Inventory) -> frozenset[str]:
    """The ids, in lower case, that the body names: written out, or inside the expression of an unresolved value."""
    key = f"references {id(resource)}"
    if key not in inventory.memo:
        inventory.memo[key] = frozenset(found for _, value in leaves(resource.body) for found in ids_in(value))
    found: frozenset[str] = inventory.memo[key]
    return found


def ids_in(value: Value) -> Iterator[str]:
    """The ARM ids in a leaf, in lower case, without a trailing slash."""
    text = value.expression if isinstance(value, Unresolved) else value
    if isinstance(text, str) and "/" in text:
        for found in _ID.findall(text):
            yield found.lower().rstrip("/.")


def referring(resource: Resource, inventory: Inventory) -> list[Resource]:
    """The resources whose bodies name `resource` or a child of it."""
    if not isinstance(resource.id, str):
        return []
    if "referring" not in inventory.memo:
        inventory.memo["referring"] = _index_references(inventory)
    index: dict[str, list[Resource]] = inventory.memo["referring"]
    return [other for other in index.get(resource.id.lower(), ()) if other is not resource]


def _index_references(inventory: Inventory) -> dict[str, list[Resource]]:
    """The resources that name an id, or one below it, each once and in the order of the inventory."""
    index: dict[str, list[Resource]] = {}
    for other in inventory.resources:
        above: set[str] = set()
        for named in references(other, inventory):
            above.update(named[:at] for at, sign in enumerate(named) if sign == "/")
            above.add(named)
        for identifier in above:
            index.setdefault(identifier, []).append(other)
    return index


def known(value: Any) -> bool:
    """Neither absent nor open."""
    return value is not ABSENT and not isinstance(value, Unresolved)
