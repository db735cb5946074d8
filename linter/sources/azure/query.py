"""The Resource Graph queries. Ordered by id, never with `limit`: paging needs both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from linter.sources.azure.kinds import ACCOUNT, ACCOUNT_COLUMNS, IN_GRAPH

COLUMNS: Final = "id, name, type, location, tags, sku, kind, identity, zones, plan, managedBy, extendedLocation"
GROUPS: Final = (
    "resourcecontainers | where type =~ 'microsoft.resources/subscriptions/resourcegroups'"
    " | project id, name, type, location, tags | order by id asc"
)
ROLES: Final = (
    "authorizationresources | where type =~ 'microsoft.authorization/roleassignments'"
    " | where properties.principalType !in~ ('User', 'Group', 'ForeignGroup')"
    " | project id, name, type, properties | order by id asc"
)


def resources_query(groups: Sequence[str] = ()) -> str:
    """All types but accounts, with their whole properties."""
    types = ", ".join(_quoted(name.lower()) for name in IN_GRAPH if name != ACCOUNT)
    return f"resources | where type in~ ({types}){_within(groups)} | project {COLUMNS}, properties | order by id asc"


def accounts_query(groups: Sequence[str] = ()) -> str:
    """Cognitive Services accounts with the properties that are asked about."""
    packed = ", ".join(f"'{name}', properties.{name}" for name in ACCOUNT_COLUMNS)
    return (
        f"resources | where type =~ '{ACCOUNT.lower()}'{_within(groups)}"
        f" | project {COLUMNS}, properties = pack({packed}) | order by id asc"
    )


def _within(groups: Sequence[str]) -> str:
    return f" | where resourceGroup in~ ({', '.join(_quoted(name) for name in groups)})" if groups else ""


def _quoted(text: str) -> str:
    plain = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{plain}'"
