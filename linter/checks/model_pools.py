"""Which accounts share the load behind a backend pool of API Management."""

from __future__ import annotations

from linter.checks.outcomes import word
from linter.inventory import leaves
from linter.model import ABSENT, Inventory, Resource, Unresolved, member

BACKENDS = "Microsoft.ApiManagement/service/backends"


def names_resource(text: str, resource: Resource) -> bool:
    """Does a text (an address, an id, an expression) name this account, endpoint or app: its id, or its own name as
    the head of a host?"""
    low = text.lower()
    if isinstance(resource.id, str) and resource.id.lower() in low:
        return True
    if isinstance(resource.id, Unresolved) and resource.id.expression.lower() in low:
        return True
    names = [
        resource.name.rpartition("/")[2] if isinstance(resource.name, str) else ABSENT,
        resource.get("properties.customSubDomainName"),
    ]
    for name in names:
        if (
            isinstance(name, str)
            and name
            and (f"//{name.lower()}." in f"//{low.removeprefix('https://')}" or f"'{name.lower()}'" in low)
        ):
            return True
        if isinstance(name, Unresolved) and name.expression.lower() in low:
            return True
    return False


def pooled_accounts(inventory: Inventory) -> tuple[list[list[Resource]], bool]:
    """The accounts behind each backend pool with at least two services; and whether a pool's members are open."""
    if "pooled accounts" not in inventory.memo:
        inventory.memo["pooled accounts"] = _pools(inventory)
    found: tuple[list[list[Resource]], bool] = inventory.memo["pooled accounts"]
    return found


def _pools(inventory: Inventory) -> tuple[list[list[Resource]], bool]:
    backends = inventory.of_type(BACKENDS)
    accounts = inventory.of_type("Microsoft.CognitiveServices/accounts")
    pools, opened = [], False
    for pool in backends:
        services = pool.get("properties.pool.services")
        if word(pool.get("properties.type")) != "pool" and services is ABSENT:
            continue
        if not isinstance(services, list):
            opened = opened or isinstance(services, Unresolved)
            continue
        if len(services) < 2:
            continue
        members = [_backend(member(service, "id"), backends) for service in services]
        opened = opened or None in members
        named = [one for one in accounts if any(backend is not None and _behind(backend, one) for backend in members)]
        pools.append(named)
    return pools, opened


def _backend(identifier: object, backends: list[Resource]) -> Resource | None:
    for backend in backends:
        if identifier == backend.id:
            return backend
        if (
            isinstance(identifier, str)
            and isinstance(backend.name, str)
            and identifier.lower().endswith(f"/backends/{backend.name.rpartition('/')[2].lower()}")
        ):
            return backend
    return None


def _behind(backend: Resource, account: Resource) -> bool:
    texts = [value.expression if isinstance(value, Unresolved) else value for _, value in leaves(backend.body)]
    return any(isinstance(text, str) and names_resource(text, account) for text in texts)
