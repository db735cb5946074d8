"""Does a gateway stand between the callers and the AI APIs of a workload?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from linter.checks.ai_workload import serves_ai
from linter.checks.model_pools import names_resource
from linter.checks.outcomes import failed, passed, titled, truth, undecided, unseen, word
from linter.facts.gateways import GATEWAY_LISTS, gateway
from linter.inventory import leaves
from linter.model import Inventory, Outcome, Related, Resource, Unresolved

_ENDPOINTS = (
    "Microsoft.MachineLearningServices/workspaces/onlineEndpoints",
    "Microsoft.MachineLearningServices/workspaces/serverlessEndpoints",
)
_ADDRESSES = ("url", "serviceurl", "hostname", "address", "fqdn", "value", "resourceid")


def fronted(resource: Resource, inventory: Inventory, _parameters: Mapping[str, Any]) -> Outcome | None:
    """One row a workload: its first account, else its first endpoint, else its first app with external ingress.
    Fronted = a gateway's origin, backend or `serviceUrl` names the host or id of one of them."""
    if "fronted" not in inventory.memo:
        apis = list(_apis(inventory))
        inventory.memo["fronted"] = (apis[0], _judge(apis, inventory)) if apis else (None, None)
    anchor, outcome = inventory.memo["fronted"]
    return outcome if resource is anchor else None


def _apis(inventory: Inventory) -> Iterator[Resource]:
    for account in inventory.of_type("Microsoft.CognitiveServices/accounts"):
        if word(account.get("kind")) in ("openai", "aiservices"):
            yield account
    yield from inventory.of_type(*_ENDPOINTS)
    for app in inventory.of_type("Microsoft.App/containerApps"):
        if truth(app.get("properties.configuration.ingress.external")) and serves_ai(app, inventory):
            yield app


def gateways(inventory: Inventory) -> list[Resource]:
    return [one for one in inventory.resources if gateway(one.type_key, one.get("sku.name"))]


def _judge(apis: list[Resource], inventory: Inventory) -> Outcome:
    fronts, name = gateways(inventory), titled(apis[0])
    opened = False
    for front in fronts:
        for part in _parts(front, inventory):
            for path, value in leaves(part.body):
                text = value.expression if isinstance(value, Unresolved) else value
                if isinstance(text, str) and any(names_resource(text, api) for api in apis):
                    return passed()
                opened = opened or (isinstance(value, Unresolved) and str(path[-1]).lower() in _ADDRESSES)
    related = [Related(f"the gateway {titled(front)} names none of them", front) for front in fronts]
    if opened:
        return undecided(
            f"{name}: what the gateway {titled(fronts[0])} stands in front of is known only when it is deployed",
            related=related,
        )
    hidden = unseen(inventory, "a gateway", *GATEWAY_LISTS)
    if hidden:
        return undecided(f"{name}: {hidden}", related=related)
    what = (
        "no API Management, Application Gateway or Front Door is in the workload"
        if not fronts
        else "no gateway of the workload names it"
    )
    others = f" and {len(apis) - 1} more AI API{'s' if len(apis) > 2 else ''}" if len(apis) > 1 else ""
    return failed(f"{name}{others}: callers reach it directly: {what}", related=related)


def _parts(front: Resource, inventory: Inventory) -> Iterator[Resource]:
    """The gateway and its children."""
    yield front
    if isinstance(front.id, str):
        prefix = front.id.lower() + "/"
        yield from (one for one in inventory.resources if isinstance(one.id, str) and one.id.lower().startswith(prefix))
    elif isinstance(front.name, Unresolved):
        base = front.type_key + "/"
        yield from (one for one in inventory.resources if one.type_key.startswith(base))
