"""Is the operating system of a compute instance refreshed?

Sources, read 2026-11-24: Azure.Bicep.Types.Az 0.2.972 (`enableOSPatching` from 2023-08-01-preview on, in no stable
api-version; `osImageMetadata` and `osPatchingStatus` are read-only); `linter.usage` (`images` of a live scan).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linter.checks.outcomes import distrusted, failed, number, open_value, passed, shown, titled, truth, undecided, word
from linter.facts.api_versions import unknown_to
from linter.model import ABSENT, Inventory, Outcome, Resource, Unresolved
from linter.usage import moment, window

PATCHING = "properties.properties.enableOSPatching"
IMAGE = "properties.properties.osImageMetadata"
LATEST, PATCHED = f"{IMAGE}.isLatestOsImageVersion", f"{IMAGE}.osPatchingStatus.latestPatchTime"


def refreshed(compute: Resource, inventory: Inventory, parameters: Mapping[str, Any]) -> Outcome | None:
    """Patching switched on passes. Where the api-version cannot state it, the age of the image decides, if a live scan
    tells it."""
    kind = compute.get("properties.computeType")
    if not isinstance(kind, Unresolved) and word(kind) != "computeinstance":
        return None
    value = compute.get(PATCHING)
    if isinstance(value, Unresolved):
        return open_value(compute, PATCHING, value, "true refreshes the operating system")
    if truth(value):
        return distrusted(compute, PATCHING, value) or passed(PATCHING, value)
    seen = _image(compute, inventory, number(parameters["max_age"]) or 0)
    if seen is not None:
        return seen
    name = titled(compute)
    if isinstance(kind, Unresolved):
        return open_value(compute, "properties.computeType", kind, "a compute instance must be refreshed")
    reason = unknown_to(compute.type_key, PATCHING, compute.api_version)
    if value is ABSENT and (reason or not compute.api_version or compute.origin in ("live", "export")):
        text = "enableOSPatching is not set" + (f", and {reason}" if reason else "")
        return undecided(f"{name}: whether its operating system is refreshed is not known: {text}", PATCHING, value)
    told = "is not set" if value is ABSENT else f"is {shown(value)}"
    return failed(f"{name}: operating system that is never refreshed: enableOSPatching {told}", PATCHING, value)


def _image(compute: Resource, inventory: Inventory, max_age: float) -> Outcome | None:
    """What the scan, or an export, tells of the image; None where it tells nothing that decides."""
    if truth(compute.get(LATEST)):
        return passed(LATEST, True)
    told = window(inventory.usage)
    if told is None or not isinstance(compute.id, str):
        return None
    now, low = told[1], compute.id.lower()
    patched = moment(compute.get(PATCHED))
    if patched is not None and (now - patched).days <= max_age:
        return passed(PATCHED, compute.get(PATCHED))
    for image in inventory.usage.get("images", ()):
        if image.get("resource") != low or image.get("kind") != "instance":
            continue
        if image.get("latest") is True:
            return passed(LATEST, True)
        built = moment(image.get("built"))
        if built is None:
            return None
        age = (now - built).days
        if age <= max_age:
            return passed(IMAGE, image.get("version"))
        text = f"runs the image {shown(image.get('version'))}, {age} days old (at most {max_age:g})"
        return failed(
            f"{titled(compute)}: {text}; recreate it, or switch enableOSPatching on", IMAGE, image.get("version")
        )
    return None
