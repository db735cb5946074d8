"""Does training data stand where its compute does?

Source: Azure.Bicep.Types.Az 0.2.972, read 2026-11-24: an ML workspace names its storage in `storageAccount`, a hub more
of them in `workspaceHubConfig.additionalWorkspaceStorageAccounts`, its datastores by `accountName` (Data Lake Gen1:
`storeName`); Synapse in `defaultDataLakeStorage`; Databricks its managed account in `parameters.storageAccountName`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from linter.checks.ai_workload import project
from linter.checks.outcomes import failed, passed, shown, titled, undecided, word
from linter.checks.places import place
from linter.checks.training_jobs import COMPUTES
from linter.facts.resources import WORKSPACE
from linter.inventory import ids_in, parent
from linter.kinship import below, named
from linter.model import ABSENT, Absent, Inventory, Outcome, Related, Resource, Unresolved, Value

STORAGE = "Microsoft.Storage/storageAccounts"
SYNAPSE, DATABRICKS = "microsoft.synapse/workspaces", "microsoft.databricks/workspaces"
OWN_PLACE = "properties.computeLocation"
MORE = "properties.workspaceHubConfig.additionalWorkspaceStorageAccounts"


class Store(NamedTuple):
    """A mention of a storage account: who names it, where, and as what."""

    owner: Resource
    path: str
    named: Value | Absent


def near_data(resource: Resource, inventory: Inventory, _parameters: Mapping[str, Any]) -> Outcome | None:
    """Judged: ML, Synapse and Databricks workspaces, and the clusters of an ML workspace."""
    home = place(resource, inventory)
    if resource.type_key != COMPUTES:
        return _compared(resource, home, list(_stores(resource, inventory)), inventory) if home else None
    if word(resource.get("properties.computeType")) != "amlcompute" or not home:
        return None
    workspace = parent(resource, inventory)
    if workspace is None:
        text = f"{titled(resource)}: stands in {_told(home)}; its workspace, and with it its storage, is not in view"
        return undecided(text, "location", resource.get("location"))
    outcome = _compared(resource, home, list(_stores(workspace, inventory)), inventory)
    if outcome is not None and outcome.verdict == "unknown" and home == place(workspace, inventory):
        return None  # the workspace's own row tells it
    return outcome


def _compared(resource: Resource, home: str | Unresolved, stores: list[Store], inventory: Inventory) -> Outcome | None:
    opened: Outcome | None = None
    own = "location" if resource.get(OWN_PLACE) is ABSENT else OWN_PLACE
    for store in stores:
        account = _account(store.named, inventory)
        at = store.path if store.owner is resource else own
        seen = resource.get(at)
        if account is None:
            if store.path.startswith("properties.parameters."):
                continue  # Databricks makes that account itself, where the workspace stands
            text = f"the storage account {shown(store.named)} ({_by(store, resource)}) "
            text += "is known only when it is deployed" if isinstance(store.named, Unresolved) else "is not in view"
            opened = opened or undecided(f"{titled(resource)}: {text}; it must stand in {_told(home)}", at, seen)
            continue
        there = place(account, inventory)
        if there == home or there == "":
            continue
        related = [Related(f"the storage account {titled(account)} in {_told(there)}", account, "location")]
        if isinstance(there, Unresolved) or isinstance(home, Unresolved):
            text = f"stands in {_told(home)}, its storage account {titled(account)} in {_told(there)}"
            text += "; whether that is one region is known only when they are deployed"
            opened = opened or undecided(f"{titled(resource)}: {text}", at, seen, related=related)
            continue
        text = f"stands in {home}, but its storage account {titled(account)} ({_by(store, resource)}) in {there}"
        return failed(f"{titled(resource)}: {text}: all data crosses regions", at, seen, related=related)
    if opened is None and not any(_account(store.named, inventory) for store in stores):
        return None
    return opened or passed("location", resource.get("location"))


def _by(store: Store, resource: Resource) -> str:
    leaf = store.path.rpartition(".")[2]
    return leaf if store.owner is resource else f"{leaf} of {titled(store.owner)}"


def _told(where: str | Unresolved) -> str:
    return where if isinstance(where, str) else shown(where)


def _stores(workspace: Resource, inventory: Inventory) -> Iterator[Store]:
    paths: tuple[str, ...]
    if workspace.type_key == SYNAPSE:
        paths = ("properties.defaultDataLakeStorage.resourceId", "properties.defaultDataLakeStorage.accountUrl")
    elif workspace.type_key == DATABRICKS:
        paths = ("properties.parameters.storageAccountName.value",)
    else:
        paths = ("properties.storageAccount",)
    path = next((path for path in paths if workspace.get(path) is not ABSENT), "")
    if path:
        yield Store(workspace, path, workspace.get(path))
    if workspace.type_key != WORKSPACE:
        return
    more = workspace.get(MORE)
    for index, _ in enumerate(more if isinstance(more, list) else []):
        yield Store(workspace, f"{MORE}[{index}]", workspace.get(f"{MORE}[{index}]"))
    for store in below(workspace, f"{WORKSPACE}/datastores", inventory):
        for path in ("properties.accountName", "properties.storeName"):
            if store.get(path) is not ABSENT:
                yield Store(store, path, store.get(path))
    hub = workspace.get("properties.hubResourceId")
    owner = named(hub, WORKSPACE, inventory) if project(workspace) else None
    if owner is not None and not project(owner):
        yield from _stores(owner, inventory)


def _account(value: Value | Absent, inventory: Inventory) -> Resource | None:
    """The account by id, by an equal open id or name, by an id inside of an expression
    (`reference(…).primaryEndpoints.dfs`), by the host of its address, or by its name."""
    by_name = _by_account_name(inventory)
    if isinstance(value, Unresolved):
        found = named(value, STORAGE, inventory) or by_name.get(value.expression)
        inside = (inventory.by_id(one) for one in ids_in(value))
        return found or next((one for one in inside if one is not None and one.type_key == STORAGE.lower()), None)
    if not isinstance(value, str):
        return None
    if value.startswith("/"):
        return inventory.by_id(value)
    return by_name.get("'" + word(value).removeprefix("https://").partition(".")[0].strip("/"))


def _by_account_name(inventory: Inventory) -> dict[str, Resource]:
    """Storage accounts by the expression of an open name, or by a quote and the known name in lower case."""
    if "storage names" not in inventory.memo:
        inventory.memo["storage names"] = {
            "'" + one.name.lower() if isinstance(one.name, str) else one.name.expression: one
            for one in reversed(inventory.of_type(STORAGE))
        }
    index: dict[str, Resource] = inventory.memo["storage names"]
    return index
