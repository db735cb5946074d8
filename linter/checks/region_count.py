"""Over how many regions does an AI workload spread?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from linter.checks.ai_workload import ai_resource, ai_workload
from linter.checks.outcomes import failed, number, passed, shown, titled, undecided
from linter.facts.resources import ACCOUNT, APP_HOSTS, APPS, SUPPORTING
from linter.inventory import region
from linter.model import ABSENT, Inventory, Outcome, Related, Resource, Unresolved, Value, member

LOCATION, COMPUTE_LOCATION, FURTHER = "location", "properties.computeLocation", "properties.locations.regions"


def sprawl(resource: Resource, inventory: Inventory, parameters: Mapping[str, Any]) -> Outcome | None:
    """One row a workload: at the first resource outside the commonest region (outside the declared pair), where there
    are too many; at the first whose region is not known, where that decides; else a pass at the first. Equal
    expressions are one region; `global` is none."""
    if "region sprawl" not in inventory.memo:
        inventory.memo["region sprawl"] = _judge(inventory, parameters)
    anchor, outcome = inventory.memo["region sprawl"]
    return outcome if resource is anchor else None


def _judge(inventory: Inventory, parameters: Mapping[str, Any]) -> tuple[Resource | None, Outcome | None]:
    if not ai_workload(inventory):
        return None, None
    placed = [(one, where) for one in _members(inventory) for _, where in _regions(one, inventory)]
    if not placed:
        return None, None
    counts = Counter(where for _, where in placed if isinstance(where, str))
    opened = {where.expression: one for one, where in reversed(placed) if isinstance(where, Unresolved)}
    allowed = int(number(inventory.settings.regions.get("max")) or number(parameters["max"]) or 1)
    pair = _pair(inventory, counts)
    home = {counts.most_common(1)[0][0]} if counts else set()
    if len(counts) <= allowed or (pair and set(counts) <= pair):
        if len(counts) + len(opened) <= allowed or (not opened):
            return placed[0][0], passed(LOCATION, placed[0][1])
        anchor, where = next((one, where) for one, where in placed if isinstance(where, Unresolved))
        path = _path(anchor, where, inventory)
        text = f"{titled(anchor)}: its region is {shown(anchor.get(path))}, known only when it is deployed"
        return anchor, undecided(f"{text}; others stand in {_names(counts)}", path, anchor.get(path))
    outside = [(one, where) for one, where in placed if isinstance(where, str) and where not in (pair or home)]
    path = _path(*outside[0], inventory)
    return outside[0][0], _too_many(placed, counts, outside, allowed, pair, path)


def _real(where: str | Unresolved) -> str | Unresolved:
    """A region's name has letters and digits only; anything else (`<location>`) is filled in later."""
    return where if isinstance(where, Unresolved) or where.isalnum() else Unresolved(where, "parameter")


def _regions(resource: Resource, inventory: Inventory) -> Iterator[tuple[str, str | Unresolved]]:
    """(path, region) of where the resource stands, and of the further regions of an account of several
    (`locations.regions`)."""
    if where := region(resource, inventory):
        own = resource.get(COMPUTE_LOCATION)
        yield LOCATION if own is ABSENT else COMPUTE_LOCATION, _real(where)
    further = resource.get(FURTHER) if resource.type_key == ACCOUNT else ABSENT
    if isinstance(further, Unresolved):
        yield FURTHER, further
    for index, entry in enumerate(further if isinstance(further, list) else []):
        name = entry if isinstance(entry, Unresolved) else member(entry, "name")
        if isinstance(name, Unresolved) or (isinstance(name, str) and name):
            yield f"{FURTHER}[{index}].name", name if isinstance(name, Unresolved) else name.lower().replace(" ", "")


def _path(resource: Resource, where: Value, inventory: Inventory) -> str:
    """Where the resource names that region."""
    return next((path for path, one in _regions(resource, inventory) if one == where), LOCATION)


def _members(inventory: Inventory) -> list[Resource]:
    """AI and supporting resources and apps that have a region of their own."""
    return [
        one
        for one in inventory.resources
        if one.get(LOCATION) or one.get(COMPUTE_LOCATION)
        if ai_resource(one, inventory)
        or one.type_key in SUPPORTING
        or one.type_key in APPS
        or one.type_key in APP_HOSTS
    ]


def _pair(inventory: Inventory, counts: Counter[str]) -> set[str]:
    """The declared pair that holds the commonest region; empty where none does."""
    home = counts.most_common(1)[0][0] if counts else ""
    for pair in inventory.settings.regions.get("pairs") or ():
        names = {str(name).lower().replace(" ", "") for name in pair}
        if home in names:
            return names
    return set()


def _too_many(
    placed: list[tuple[Resource, Value]],
    counts: Counter[str],
    outside: list[tuple[Resource, Value]],
    allowed: int,
    pair: set[str],
    path: str,
) -> Outcome:
    anchor, where = outside[0]
    at_home = "the declared pair " + " and ".join(sorted(pair)) if pair else counts.most_common(1)[0][0]
    listed = "; ".join(
        f"{name}: {_some([one for one, at in placed if at == name])}" for name, _ in counts.most_common()
    )
    message = f"{titled(anchor)}: stands in {where}, outside {at_home}; the workload spreads over {len(counts)} regions"
    message += f" (at most {allowed}): {listed}" if not pair else f": {listed}"
    related = [Related(f"stands in {at}", one, LOCATION) for one, at in outside[1:6]]
    return failed(message, path, anchor.get(path), related=related)


def _some(resources: list[Resource]) -> str:
    names = sorted((titled(one) for one in resources), key=str.lower)
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _names(counts: Counter[str]) -> str:
    return ", ".join(counts) or "no known region"
