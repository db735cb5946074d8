"""Does an AI resource say whose it is, what it is for and who pays?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linter.checks.ai_workload import ai_resource
from linter.checks.outcomes import failed, open_value, passed, titled, undecided
from linter.facts.resources import ACCOUNT, POOL, TRACKED_CHILDREN, WORKSPACE
from linter.inventory import own_tag, parent, tag, tag_names
from linter.model import ABSENT, Inventory, Outcome, Resource, Unresolved

_CHILDREN = TRACKED_CHILDREN | {POOL}


def present(resource: Resource, inventory: Inventory, parameters: Mapping[str, Any]) -> Outcome | None:
    """Judged: AI resources that bear tags themselves. A child inherits its parent's, so it is judged only where the
    parent stands elsewhere; there a missing tag is open. An empty value is none."""
    if not ai_resource(resource, inventory) or not _judged(resource):
        return None
    above = parent(resource, inventory) if resource.type_key in _CHILDREN else None
    if above is not None:
        return None
    wanted = [str(name) for name in inventory.settings.tags.get("required") or parameters["required"]]
    missing, opened = [], None
    for meaning in wanted:
        value = tag(resource, meaning, inventory)
        if isinstance(value, Unresolved):
            opened = opened or (own_tag(resource, tag_names(meaning, inventory))[0], value)
        elif value is ABSENT or not str(value).strip():
            missing.append(tag_names(meaning, inventory)[0])
    path = _tags_path(resource)
    listed = ", ".join(missing)
    if missing and resource.type_key in _CHILDREN:
        text = f"has no tag {listed} of its own, and its parent, which may have it, is not in view"
        return undecided(f"{titled(resource)}: {text}", path, ABSENT)
    if missing:
        tags = resource.get(path)
        has = f"it has {', '.join(map(str, tags))}" if isinstance(tags, dict) and tags else "it has no tags"
        return failed(f"{titled(resource)}: required tags are missing or empty: {listed}; {has}", path, tags)
    if opened is not None:
        return open_value(resource, opened[0], opened[1], f"the tags {', '.join(wanted)} are required")
    return passed(path)


def _judged(resource: Resource) -> bool:
    """Top-level resources, and the children that Azure gives tags, a region and a bill of their own."""
    return (
        resource.type_key in _CHILDREN or resource.type_key.count("/") == 1 or resource.type_key in (WORKSPACE, ACCOUNT)
    )


def _tags_path(resource: Resource) -> str:
    return (
        "properties.tags" if resource.type_key == POOL or isinstance(resource.get("properties.tags"), dict) else "tags"
    )
