"""What is declared and what is deployed: live resources related to the templates that declare them.

A live resource is declared by the resource of a template with its id; templates seldom know subscription and group, so
else by type and full name, where only one resource on each side has them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from linter.concealment import concealed
from linter.config import Config
from linter.engine import shown
from linter.inventory import known, normalise
from linter.model import ABSENT, Absent, Inventory, Ledger, Resource, Row, Value
from linter.rows import clipped
from linter.running import Order, inventories
from linter.sources.redact import HIDDEN, cleaned

MAX_LINES = 200
_IGNORED = ("name", "id", "type", "apiVersion", "")


@dataclass(slots=True)
class Declared:
    """The declared resources, each with its workload, by id and by (type, full name), all in lower case."""

    by_id: dict[str, tuple[Resource, Inventory]] = field(default_factory=dict)
    by_name: dict[tuple[str, str], list[tuple[Resource, Inventory]]] = field(default_factory=dict)

    def of(self, resource_id: str, kind: str, name: str, alone: bool) -> tuple[Resource, Inventory] | None:
        """What declares a live resource; `alone`: no other live one has its type and name."""
        found = self.by_id.get(resource_id.lower())
        named = self.by_name.get((kind.lower(), name.lower()), [])
        return found or (named[0] if len(named) == 1 and alone else None)

    def missing(self, live: Mapping[str, Resource], names: Mapping[tuple[str, str], int], ledger: Ledger) -> list[str]:
        """A line for each declared resource of a judged type that is not deployed: neither its id nor its type and name
        are there. One whose condition is open may rightly be absent."""
        judged = {kind.lower() for policy in ledger.policies.values() for kind in policy.resource}
        lines = []
        for identifier, (resource, _) in self.by_id.items():
            there = identifier in live or (resource.type_key, str(resource.name).lower()) in names
            if not there and resource.condition is None and resource.type_key in judged:
                place = resource.place()
                lines.append(
                    f"{place.path}:{place.line}: declares {resource.name}, which is not deployed in this scope"
                )
        return sorted(lines)


def declared_in(path: str, config: Config) -> Declared:
    """The resources that the templates at `path` declare. What cannot be read declares nothing."""
    found = Declared()
    for inventory in inventories(Order(paths=(path,), settings=config.settings, exclude=config.exclude)):
        inventory = normalise(inventory)
        for resource in inventory.resources:
            if isinstance(resource.id, str):
                found.by_id.setdefault(resource.id.lower(), (resource, inventory))
            if isinstance(resource.name, str):
                found.by_name.setdefault((resource.type_key, resource.name.lower()), []).append((resource, inventory))
    return found


def relate(ledger: Ledger, live: list[Inventory], declared: Declared) -> list[str]:
    """Give each row of a declared resource its declaring line as a related place. The lines to tell: judged properties
    that are deployed other than declared, then how many resources are declared and how many are not."""
    resources = [(one, inventory) for inventory in map(normalise, live) for one in inventory.resources]
    by_id = {one.id.lower(): one for one, _ in resources if isinstance(one.id, str)}
    count: dict[tuple[str, str], int] = {}
    for one, _ in resources:
        key = (one.type_key, str(one.name).lower())
        count[key] = count.get(key, 0) + 1
    matched: dict[str, tuple[Resource, Inventory] | None] = {}
    told: dict[tuple[str, str], str] = {}
    for index, row in enumerate(ledger.rows):
        key_id = row.resource_id.lower()
        if key_id not in matched:
            alone = count.get((row.resource_type.lower(), row.resource_name.lower()), 0) < 2
            matched[key_id] = declared.of(row.resource_id, row.resource_type, row.resource_name, alone)
        match = matched[key_id]
        if match is None:
            continue
        ledger.rows[index], line = _related(row, by_id.get(key_id), *match)
        if line:
            told.setdefault((key_id, row.property.lower()), line)
    judged = sum(match is not None for match in matched.values())
    lines = [line for _, line in sorted(told.items())][:MAX_LINES]
    summary = f"{judged} of {len(matched)} judged resources are declared there, {len(told)} judged properties differ"
    gone = [] if any(not inventory.complete for inventory in live) else declared.missing(by_id, count, ledger)
    return [*lines, *gone[:MAX_LINES], summary]


def _related(row: Row, live: Resource | None, resource: Resource, inventory: Inventory) -> tuple[Row, str]:
    path = row.property
    place = clipped(resource.place(path, key=bool(path)) if path else resource.place(), inventory)
    message, line = f"declares {row.resource_name}", ""
    if live is not None and path not in _IGNORED:
        there, here = resource.get(path), live.get(path)
        secret = HIDDEN in shown(here)
        if (known(there) or there is ABSENT) and not secret and not _same(there, here):
            message = f"declares {path} of {row.resource_name} as {_told(there, path)}; deployed is {_told(here, path)}"
            line = f"{place.path}:{place.line}: {message}"
    return replace(row, related=(*row.related, (message, place))), line


def _told(value: Value | Absent, path: str) -> str:
    return cleaned(shown(value if value is ABSENT else concealed(value, path)))


def _same(one: object, other: object) -> bool:
    """Equal as services compare: texts without case, absent is not empty; what a list or object holds more live than
    declared (defaults that a service fills in) is no difference."""
    if isinstance(one, str) and isinstance(other, str):
        return one.strip().lower() == other.strip().lower()
    if isinstance(one, dict) and isinstance(other, dict):
        low = {key.lower(): value for key, value in other.items()}
        return all(not known(value) or _same(value, low.get(key.lower(), ABSENT)) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(not known(a) or _same(a, b) for a, b in zip(one, other, strict=True))
    return one is other or one == other
