"""Where are prompts processed, and may they be?

Sources: `linter.facts.models` (deployment types, data zones), read 2026-11-24; the type Developer, for trials of
fine-tuned models, comes without data residency
(https://learn.microsoft.com/azure/foundry/foundry-models/concepts/deployment-types, read 2026-11-24).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linter.checks.model_capacity import kind_of
from linter.checks.outcomes import failed, open_value, passed, shown, titled, undecided, word
from linter.checks.places import place
from linter.checks.region_allowed import allowed_regions
from linter.facts.models import ZONES, zone_of
from linter.inventory import own_tag, tag, tag_names
from linter.model import ABSENT, Inventory, Outcome, Resource, Unresolved

_DATA = (
    "Microsoft.Storage/storageAccounts", "Microsoft.Search/searchServices", "Microsoft.DocumentDB/databaseAccounts",
    "Microsoft.Sql/servers/databases", "Microsoft.DBforPostgreSQL/flexibleServers",
)  # fmt: skip


def confined(deployment: Resource, inventory: Inventory, parameters: Mapping[str, Any]) -> Outcome | None:
    """Judged where regions are restricted, or the account or the workload's data is confidential. `Global*` fails;
    `DataZone*` fails where no allowed region is in its zone, and weighs low where the zone holds others too."""
    allowed = allowed_regions(inventory)
    secret = _confidential(deployment, inventory, {str(one).lower() for one in parameters["confidential"]})
    if not allowed and secret is False:
        return None
    path, sku = kind_of(deployment)
    if isinstance(sku, Unresolved):
        if secret is None and not allowed:
            return None
        return open_value(deployment, path, sku, "a Global type may process prompts in any region")
    kind = word(sku)
    why = f"only {', '.join(sorted(allowed))} is allowed" if allowed else "its data is tagged confidential"
    if kind.startswith("global") or kind == "developertier":
        text = f"{titled(deployment)}: {shown(sku)} may process prompts in any region"
        if not allowed and secret is None:
            return undecided(f"{text}; whether its data is confidential is known only when it is deployed", path, sku)
        return failed(f"{text}, but {why}", path, sku)
    if kind.startswith("datazone") and allowed:
        return _zone(deployment, inventory, allowed)
    return passed(path, sku)


def _zone(deployment: Resource, inventory: Inventory, allowed: set[str]) -> Outcome:
    path, sku = kind_of(deployment)
    name, where = titled(deployment), place(deployment, inventory)
    if isinstance(where, Unresolved):
        text = f"{shown(sku)} processes prompts in the data zone of its account, whose region is {shown(where)}"
        return undecided(f"{name}: {text}, known only when it is deployed", path, sku)
    zone = zone_of(where)
    if not zone:
        told = f"in {where}" if where else "not in view"
        return undecided(f"{name}: the data zone of its account ({told}) is not known", path, sku)
    listed = ", ".join(sorted(allowed))
    text = f"{name}: {shown(sku)} may process prompts anywhere in the data zone {zone.upper()}"
    if not allowed & ZONES[zone]:
        return failed(f"{text}, which holds none of the allowed regions ({listed})", path, sku)
    if ZONES[zone] - allowed:
        return failed(
            f"{text}, which also holds regions that are not allowed (allowed: {listed})", path, sku, severity="low"
        )
    return passed(path, sku)


def _confidential(deployment: Resource, inventory: Inventory, words: set[str]) -> bool | None:
    """By the tag of the deployment or its account, or of a store in the workload; None where it is open."""
    values = [tag(deployment, "data-classification", inventory)]
    names = tag_names("data-classification", inventory)
    values += [own_tag(one, names)[1] for one in inventory.of_type(*_DATA)]
    if any(word(value) in words for value in values):
        return True
    return None if any(isinstance(value, Unresolved) for value in values if value is not ABSENT) else False
