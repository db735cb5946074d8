"""Parents and children of resources, and what an id names, also where names are known only to the deployment.

Indexed, so that a large template costs no more than its size.
"""

from __future__ import annotations

from typing import TypeAlias

from linter.model import Absent, Inventory, Resource, Unresolved, Value
from linter.open_ids import id_key, name_key

Key: TypeAlias = tuple[str, ...]


def above(resource: Resource, inventory: Inventory) -> Resource | None:
    """The resource that a child hangs on, where it is in view; `linter.inventory.parent` knows inline pools too."""
    found = inventory.parent(resource)
    if found is not None or isinstance(resource.id, str) or resource.type.count("/") < 2:
        return found
    key = name_key(resource)
    return _by_name(resource.type_key.rpartition("/")[0], inventory).get(key[1:-1]) if key else None


def forebear(resource: Resource, inventory: Inventory) -> Resource | None:
    """The nearest resource above that is in view: a child may be written without the one between
    (`workspaces/models/versions` beside its workspace)."""
    key = name_key(resource) if isinstance(resource.id, Unresolved) else None
    kind, place = resource.type_key, resource.id
    for step in range(1, resource.type.count("/")):
        kind = kind.rpartition("/")[0]
        if isinstance(place, str):
            place = place.rsplit("/", 2)[0]
            found = inventory.by_id(place)
        else:
            found = _by_name(kind, inventory).get(key[1:-step]) if key and len(key) > step + 1 else None
        if found is not None:
            return found
    return None


def below(resource: Resource, child_type: str, inventory: Inventory) -> list[Resource]:
    """The children of `resource` of the full type `child_type`, one step below it."""
    memo = f"children {child_type.lower()}"
    if memo not in inventory.memo:
        built: dict[Key | str, list[Resource]] = {}
        for child in inventory.of_type(child_type):
            key = name_key(child)
            if isinstance(child.id, str):
                built.setdefault(child.id.lower().rsplit("/", 2)[0], []).append(child)
            elif key:
                built.setdefault(key[1:-1], []).append(child)
        inventory.memo[memo] = built
    index: dict[Key | str, list[Resource]] = inventory.memo[memo]
    key = name_key(resource)
    own = index.get(resource.id.lower(), []) if isinstance(resource.id, str) else []
    return own + (index.get(key[1:], []) if key else [])


def named(value: Value | Absent, kind: str, inventory: Inventory) -> Resource | None:
    """The resource of this type that an id names: a known one without case, an open one by its expression or its
    parts."""
    if isinstance(value, str):
        found = inventory.by_id(value)
        return found if found is not None and found.type_key == kind.lower() else None
    if not isinstance(value, Unresolved):
        return None
    memo = f"open ids {kind.lower()}"
    if memo not in inventory.memo:
        inventory.memo[memo] = {
            one.id.expression: one for one in reversed(inventory.of_type(kind)) if isinstance(one.id, Unresolved)
        }
    index: dict[str, Resource] = inventory.memo[memo]
    if value.expression in index:
        return index[value.expression]
    key = id_key(value)
    if key is None or key[0] != kind.lower():
        return None
    candidate = _by_name(kind.lower(), inventory).get(key[1:])
    return candidate if candidate is not None and isinstance(candidate.id, Unresolved) else None


def _by_name(kind: str, inventory: Inventory) -> dict[Key, Resource]:
    memo = f"names {kind}"
    if memo not in inventory.memo:
        keys = [(name_key(one), one) for one in reversed(inventory.of_type(kind))]
        inventory.memo[memo] = {key[1:]: one for key, one in keys if key}
    index: dict[Key, Resource] = inventory.memo[memo]
    return index
