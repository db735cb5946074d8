"""Which gateways stand in front of models, and what is behind them."""

from __future__ import annotations

from linter.facts.gateways import API_MANAGEMENT
from linter.facts.models import model_host
from linter.facts.resources import ACCOUNT, WORKSPACE
from linter.inventory import ids_in, leaves
from linter.model import Inventory, Resource, Unresolved

_MODEL_TYPES = (f"/{ACCOUNT}/", f"/{WORKSPACE}/")


def names_model(resource: Resource) -> bool:
    """Does a part of an API Management service name a model: its host, or the id of an account, a workspace or an
    endpoint?"""
    for _, value in leaves(resource.body):
        text = value.expression if isinstance(value, Unresolved) else value
        if isinstance(text, str) and (
            model_host(text)
            or any(kind in f"{found}/" for found in ids_in(value) for kind in _MODEL_TYPES)
            or _by_endpoint(value)
        ):
            return True
    return False


def _by_endpoint(value: object) -> bool:
    """An open value that reads the address of an account or an endpoint: `reference(…/accounts/x).endpoint`."""
    if not isinstance(value, Unresolved):
        return False
    low = value.expression.lower()
    return "reference(" in low and (
        ("microsoft.cognitiveservices/accounts" in low and "endpoint" in low)
        or "scoringuri" in low
        or "inferenceendpoint" in low
    )


def parts_of(service: Resource, inventory: Inventory) -> list[Resource]:
    """The children of an API Management service, at any depth."""
    if not isinstance(service.id, str):
        return []
    prefix = service.id.lower() + "/"
    return [one for one in inventory.resources if isinstance(one.id, str) and one.id.lower().startswith(prefix)]


def fronts_models(service: Resource, inventory: Inventory) -> bool:
    """Has this API Management service an API, backend, named value or policy that names a model?"""
    if service.type_key != API_MANAGEMENT:
        return False
    key = f"fronts {id(service)}"
    if key not in inventory.memo:
        inventory.memo[key] = any(names_model(part) for part in parts_of(service, inventory))
    return bool(inventory.memo[key])
