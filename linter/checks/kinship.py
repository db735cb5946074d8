"""Parents and children of resources, also where their names are known only to the deployment."""

from __future__ import annotations

from linter.checks.open_ids import child_of
from linter.inventory import parent
from linter.model import Inventory, Resource


def above(resource: Resource, inventory: Inventory) -> Resource | None:
    """The resource that a child hangs on, where it is in view."""
    found = parent(resource, inventory)
    if found is not None or isinstance(resource.id, str) or resource.type.count("/") < 2:
        return found
    kind = resource.type.rpartition("/")[0]
    return next((one for one in inventory.of_type(kind) if child_of(resource, one)), None)


def below(resource: Resource, child_type: str, inventory: Inventory) -> list[Resource]:
    """The children of `resource` of the full type `child_type`."""
    return [one for one in inventory.of_type(child_type) if child_of(one, resource)]
