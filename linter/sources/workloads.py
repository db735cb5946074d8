"""Resources of an export or a live scan, grouped into workloads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from linter.model import Inventory, Path, Place, Resource, Value
from linter.sources.exports import get

DEPLOYMENTS: Final = "microsoft.resources/deployments"
ASSIGNMENT: Final = "microsoft.authorization/roleassignments"
IDENTITY: Final = "microsoft.managedidentity/userassignedidentities"


def workloads(resources: Iterable[Resource], tags: Iterable[str]) -> list[Inventory]:
    """The resources by workload, in the order of their first resource.

    A workload is the value of the first of the tag names `tags` that a resource or its nearest ancestor (its group
    too) has, else its resource group; what has no tag in a group whose tagged resources all name one workload belongs
    to that one.
    """
    listed = list(resources)
    found: dict[str, Inventory] = {}
    for one, (key, name) in zip(listed, _keys(listed, tags), strict=True):
        inventory = found.setdefault(key, Inventory(name=name))
        if one.type_key == DEPLOYMENTS:
            inventory.deployments.append(_deployment(one))
        else:
            inventory.resources.append(one)
    return list(found.values())


def workload_keys(raws: Iterable[Mapping[str, Any]], tags: Iterable[str]) -> dict[str, str]:
    """For each resource in the shape of ARM JSON, by its id in lower case, a key that is equal within a workload."""
    listed = [
        Resource(type=raw["type"], name=raw["name"], id=raw["id"], api_version="", body=dict(raw), locate=_nowhere)
        for raw in raws
    ]
    return {str(one.id).lower(): key for one, (key, _) in zip(listed, _keys(listed, tags), strict=True)}


def _nowhere(_path: Path, _key: bool) -> Place:
    return Place("")


def _keys(listed: Sequence[Resource], tags: Iterable[str]) -> list[tuple[str, str]]:
    """(key in lower case, name) of each resource's workload."""
    names = [name.lower() for name in tags]
    tagged: dict[str, str] = {}
    for one in listed:
        value = _tag(one, names)
        if value and isinstance(one.id, str):
            tagged[one.id.lower()] = value
    groups: dict[str, set[str]] = {}
    for identifier, value in tagged.items():
        groups.setdefault(group_of(identifier), set()).add(value)
    found = [_workload(one, tagged, groups) for one in listed]
    keys = [(key.lower(), name) for key, name in found]
    homes: dict[str, tuple[str, str]] = {}
    for one, key in zip(listed, keys, strict=True):
        for principal in _principals(one):
            homes.setdefault(principal, key)
    return [homes.get(_assigned(one) or "-", key) for one, key in zip(listed, keys, strict=True)] if homes else keys


def _principals(one: Resource) -> Iterator[str]:
    """The ids of the identities that a resource has or is."""
    identity, properties = one.body.get("identity"), one.body.get("properties")
    if one.type_key == IDENTITY:
        yield str(get(properties, "principalId") or "").lower()
    own = get(identity, "principalId")
    if isinstance(own, str) and own:
        yield own.lower()


def _assigned(one: Resource) -> str:
    """Whose role assignment this is, where it stands above all resource groups: it belongs to the workload of that
    identity."""
    if one.type_key != ASSIGNMENT or not isinstance(one.id, str) or group_of(one.id).count("/") > 2:
        return ""
    return str(get(one.body.get("properties"), "principalId") or "").lower()


def _workload(one: Resource, tagged: dict[str, str], groups: dict[str, set[str]]) -> tuple[str, str]:
    """A key that no other workload has, and the name."""
    if not isinstance(one.id, str):
        return "", ""
    identifier = one.id.lower()
    while identifier:
        if identifier in tagged:
            return tagged[identifier], tagged[identifier]
        identifier = identifier.rpartition("/")[0]
    group = group_of(one.id)
    named = groups.get(group.lower(), set())
    if len(named) == 1:
        only = next(iter(named))
        return only, only
    return group, group.rpartition("/")[2]


def _tag(one: Resource, names: Sequence[str]) -> str:
    for holder in (one.body.get("tags"), get(one.body.get("properties"), "tags")):
        if isinstance(holder, dict):
            low = {key.lower(): value for key, value in holder.items()}
            for name in names:
                if isinstance(low.get(name), str) and low[name]:
                    return str(low[name])
    return ""


def group_of(identifier: str) -> str:
    """The scope of a resource id: that of its resource group, else of its subscription, else nothing."""
    found = re.match(r"/subscriptions/[^/]+(/resourcegroups/[^/]+)?", identifier, re.IGNORECASE)
    return found.group() if found else ""


def _deployment(one: Resource) -> Resource:
    """A deployment in the form of `Inventory.deployments`."""
    properties = one.body.get("properties")
    body: dict[str, Value] = {"parameters": {}, "outputs": {}}
    for part, members in body.items():
        listed = get(properties, part)
        for name, said in listed.items() if isinstance(listed, dict) else ():
            kind = str(get(said, "type") or "")
            members[name] = {"type": kind, "secure": kind.lower().startswith("secure"), "value": get(said, "value")}
    locate = one.locate
    return replace(one, body=body, locate=lambda path, key: locate(("properties", *path) if path else path, key))
