"""Azure Monitor autoscale settings: does one move the number of instances of a resource?

Source: Azure.Bicep.Types.Az 0.2.972, `Microsoft.Insights/autoscaleSettings`, read 2026-11-24 (`enabled` is false by
default; capacities are strings; a profile may stand without rules, and then holds the number at its default).
"""

from __future__ import annotations

from linter.checks.outcomes import number, truth
from linter.model import ABSENT, Absent, Inventory, Resource, Unresolved, Value, dig
from linter.open_ids import other_id, same_id

SETTINGS = "Microsoft.Insights/autoscaleSettings"


def settings_of(target: Resource, inventory: Inventory) -> tuple[list[Resource], list[Resource]]:
    """The autoscale settings of a resource, and those of which it is open whether they are."""
    sure: list[Resource] = []
    unsure: list[Resource] = []
    for setting in inventory.of_type(SETTINGS):
        about = setting.get("properties.targetResourceUri")
        if same_id(about, target):
            (sure if setting.condition is None else unsure).append(setting)
        elif (
            isinstance(about, Unresolved)
            and not other_id(about, target)
            and not any(same_id(about, one) for one in _open_others(target, inventory))
        ):
            unsure.append(setting)
    return sure, unsure


def _open_others(target: Resource, inventory: Inventory) -> list[Resource]:
    """The other resources of the same type whose ids are open."""
    return [one for one in inventory.of_type(target.type) if isinstance(one.id, Unresolved) and one is not target]


def moves(setting: Resource) -> tuple[bool | None, str, Value | Absent, str]:
    """Does this setting move the number of instances? With the path and value that tell, and why not."""
    enabled = setting.get("properties.enabled")
    if not truth(enabled) and not isinstance(enabled, Unresolved):
        reason = "it is not enabled (false unless told)" if enabled is ABSENT else "it is not enabled"
        return False, "properties.enabled", enabled, reason
    found = _profiles_move(setting)
    if isinstance(enabled, Unresolved) and found[0] is not False:  # a profile that moves nothing settles it
        return None, "properties.enabled", enabled, "whether it is enabled is open"
    return found


def _profiles_move(setting: Resource) -> tuple[bool | None, str, Value | Absent, str]:
    profiles = setting.get("properties.profiles")
    if isinstance(profiles, Unresolved):
        return None, "properties.profiles", profiles, "its profiles are open"
    if not isinstance(profiles, list) or not profiles:
        return False, "properties.profiles", profiles, "it has no profile"
    held, opened = set(), None
    for index, profile in enumerate(profiles):
        path = f"properties.profiles[{index}]"
        low, high = (dig(profile, ("capacity", bound)) for bound in ("minimum", "maximum"))
        rules = dig(profile, ("rules",))
        parts = (profile, low, high, rules)
        if any(isinstance(part, Unresolved) for part in parts):
            opened = opened or (None, f"{path}.capacity", low, "its capacity or rules are open")
            continue
        least, most = number(low), number(high)
        if isinstance(rules, list) and rules and least is not None and most is not None and least < most:
            return True, path, ABSENT, ""
        held.add((least, most) if rules else (number(dig(profile, ("capacity", "default"))),))
    if opened:
        return opened
    if len(held) > 1:
        return True, "properties.profiles", ABSENT, ""
    capacity = dig(profiles[0], ("capacity",))
    if not dig(profiles[0], ("rules",)):
        return False, "properties.profiles[0].rules", [], "its profile has no rule that moves the number"
    return False, "properties.profiles[0].capacity", capacity, "its minimum equals its maximum"
