"""Does an AI resource, or data of an AI workload, stand in a region where it may not?

Source: Azure.Bicep.Types.Az 0.2.972, read 2026-11-24: accounts of several regions (`locations.regions`), ML
registries (`regionDetails`), Cosmos DB (`locations`) and replicas of image registries name further regions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from linter.checks.ai_workload import ai_resource, ai_workload
from linter.checks.outcomes import failed, open_value, passed, titled
from linter.facts.resources import ACCOUNT, SUPPORTING, TRACKED_CHILDREN
from linter.inventory import parent
from linter.model import (
    ABSENT,
    Absent,
    Inventory,
    Outcome,
    Resource,
    Unresolved,
    Value,
    format_path,
    member,
    parse_path,
)

_MORE = {
    ACCOUNT: ("properties.locations.regions", "name"),
    "microsoft.machinelearningservices/registries": ("properties.regionDetails", "location"),
    "microsoft.documentdb/databaseaccounts": ("properties.locations", "locationName"),
}
_REPLICAS = "microsoft.containerregistry/registries/replications"


def permitted(resource: Resource, inventory: Inventory, _parameters: Mapping[str, Any]) -> Outcome | None:
    """Judged once `regions.allowed` is configured: AI resources and supporting resources of AI workloads that name a
    region, a child only where it names another one than its parent. `global` is none."""
    allowed = allowed_regions(inventory)
    if not allowed or not _subject(resource, inventory):
        return None
    places = list(_places(resource, inventory))
    if not places:
        return None
    listed = ", ".join(sorted(allowed))
    outside = [(path, value) for path, value in places if _plain(value) not in allowed and not _open(value)]
    if outside:
        names = ", ".join(dict.fromkeys(_plain(value) for _, value in outside))
        return failed(f"{titled(resource)}: stands in {names}; allowed: {listed}", *outside[0])
    for path, value in places:
        if _open(value):
            return open_value(resource, path, value, f"it must be one of {listed}")
    return passed(*places[0])


def allowed_regions(inventory: Inventory) -> set[str]:
    """As the configuration says, as `westeurope`; empty where it says nothing."""
    return {_plain(name) for name in inventory.settings.regions.get("allowed") or ()}


def _subject(resource: Resource, inventory: Inventory) -> bool:
    if resource.type.count("/") > 1 and resource.type_key not in TRACKED_CHILDREN | {_REPLICAS}:
        return False  # a connection or a setting stands where its parent does, whatever location it bears
    if ai_resource(resource, inventory):
        return True
    return (resource.type_key in SUPPORTING or resource.type_key == _REPLICAS) and ai_workload(inventory)


def _places(resource: Resource, inventory: Inventory) -> Iterator[tuple[str, Value | Absent]]:
    own = resource.get("properties.computeLocation")
    path = "location" if own is ABSENT else "properties.computeLocation"
    where = resource.get(path)
    above = parent(resource, inventory)
    if where is not ABSENT and _plain(where) != "global":
        same = above is not None and _plain(above.get("location")) == _plain(where)
        if not same or resource.type_key == _REPLICAS:
            yield path, where
    base, leaf = _MORE.get(resource.type_key, ("", ""))
    further = resource.get(base) if base else ABSENT
    if isinstance(further, Unresolved):
        yield base, further
    for index, item in enumerate(further if isinstance(further, list) else []):
        name = member(item, leaf)
        if name is not ABSENT:
            yield format_path((*parse_path(base), index, leaf)), name


def _plain(value: Value | Absent) -> str:
    if isinstance(value, Unresolved):
        return f"[{value.expression}]"
    return value.lower().replace(" ", "") if isinstance(value, str) else ""


def _open(value: Value | Absent) -> bool:
    """Not known before deployment: an expression, or a text that is no region's name (`<location>`)."""
    return isinstance(value, Unresolved) or not _plain(value).isalnum()
