"""Have the people who work on compute instances a file share in common?

Sources, read 2026-11-24: https://learn.microsoft.com/azure/machine-learning/v1/how-to-access-data (a workspace has a
datastore `workspacefilestore` of its own, on an Azure Files share); Azure.Bicep.Types.Az 0.2.972 (`datastoreType`
AzureFile).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linter.checks.outcomes import failed, passed, titled, undecided, unseen, word
from linter.facts.resources import WORKSPACE
from linter.kinship import below
from linter.model import Inventory, Outcome, Related, Resource, Unresolved

SHARES = "Microsoft.Storage/storageAccounts/fileServices/shares"
STORES = f"{WORKSPACE}/datastores"
OWN = "workspacefilestore"


def shared(workspace: Resource, inventory: Inventory, _parameters: Mapping[str, Any]) -> Outcome | None:
    """Judged: workspaces with compute instances. The service's own store counts live only, and for one instance."""
    computes = below(workspace, f"{WORKSPACE}/computes", inventory)
    instances = [one for one in computes if word(one.get("properties.computeType")) == "computeinstance"]
    if not instances:
        return None
    stores = below(workspace, STORES, inventory)
    files = [one for one in stores if word(one.get("properties.datastoreType")) == "azurefile" and not _own(one)]
    shares = [*files, *inventory.of_type(SHARES)]
    if any(one.condition is None for one in shares):
        return passed("name", workspace.name)
    if inventory.live and len(instances) == 1 and any(_own(one) for one in stores):
        return passed("name", workspace.name)
    name = titled(workspace)
    what = f"{len(instances)} compute instance{'s' if len(instances) > 1 else ''} and no team file share"
    opened = [one for one in stores if isinstance(one.get("properties.datastoreType"), Unresolved)]
    doubtful = (shares + opened)[:1]
    if doubtful:
        text = f"{name}: {what}, unless {titled(doubtful[0])} is one, which is known only when it is deployed"
        return undecided(text, related=[Related("it may be a file share", doubtful[0])])
    hidden = unseen(inventory, "a share", STORES, SHARES)
    if hidden:
        return undecided(f"{name}: {what}: {hidden}")
    related = [Related(f"the compute instance {titled(one)}", one) for one in instances[:3]]
    return failed(f"{name}: {what}: no Azure Files share or AzureFile datastore is declared", related=related)


def _own(store: Resource) -> bool:
    return isinstance(store.name, str) and store.name.rpartition("/")[2].lower() == OWN
