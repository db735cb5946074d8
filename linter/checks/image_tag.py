"""Does every image of a resource say which version it is?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linter.checks.images import images, judged_for_images, known_tail
from linter.checks.outcomes import failed, open_value, passed, shown, titled
from linter.facts.images import floating, parse_image
from linter.model import Inventory, Outcome, Resource, Unresolved, Value, format_path


def meaning(resource: Resource, inventory: Inventory, parameters: Mapping[str, Any]) -> Outcome | list[Outcome] | None:
    """A digest passes; no tag and a tag that moves fail; an open reference is decided where its end is known. One
    outcome a fault."""
    if not judged_for_images(resource, inventory):
        return None
    words = [str(tag) for tag in parameters["floating"]]
    faults: list[Outcome] = []
    opened: Outcome | None = None
    seen = ""
    for path, reference in images(resource):
        seen = format_path(path)
        lack = _lack(reference, words)
        if lack:
            message = f"{titled(resource)}: image {shown(reference)} {lack}; use a version tag or a digest"
            faults.append(failed(message, seen, reference))
        elif lack is None and opened is None:
            opened = open_value(resource, seen, reference, "its tag must name a version")
    return faults or opened or (passed(seen) if seen else None)


def _lack(reference: Value, words: list[str]) -> str | None:
    """What the tag lacks; "" for nothing, None where it is open."""
    if isinstance(reference, Unresolved):
        return _open_lack(known_tail(reference), words)
    if not isinstance(reference, str) or not reference.strip():
        return ""
    image = parse_image(reference)
    if image.digest:
        return ""
    if not image.tag:
        return "has no tag, so it means whatever 'latest' is on that day"
    return f"has the tag '{image.tag}', which moves" if floating(image.tag, words) else ""


def _open_lack(tail: str, words: list[str]) -> str | None:
    """The same of the known end of an open reference."""
    name = tail.rpartition("/")[2]
    if "@" in name:
        return ""
    if ":" in name:
        tag = name.rpartition(":")[2]
        if not tag:
            return None
        return f"has the tag '{tag}', which moves" if floating(tag, words) else ""
    return "has no tag, so it means whatever 'latest' is on that day" if "/" in tail and name else None
