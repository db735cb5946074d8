"""Where a resource stands, for checks that compare regions."""

from __future__ import annotations

from linter.inventory import parent, region
from linter.model import Inventory, Resource, Unresolved


def place(resource: Resource, inventory: Inventory) -> str | Unresolved:
    """The region as `westeurope`, "" for none or global. A region's name has letters and digits only: anything else
    (`<location>`) is a blank that is filled in later, and open."""
    where = region(resource, inventory)
    host = parent(resource, inventory) if not where else None
    if host is not None:
        where = region(host, inventory)
    return where if isinstance(where, Unresolved) or not where or where.isalnum() else Unresolved(where, "parameter")
