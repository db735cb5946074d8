"""From which registry does an image come?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

from linter.checks.images import images, judged_for_images
from linter.checks.outcomes import failed, open_value, passed, shown, titled
from linter.facts.images import DOCKER_HUB, parse_image
from linter.model import Inventory, Outcome, Resource, Unresolved, Value, format_path
from linter.open_ids import call_arguments


def private(resource: Resource, inventory: Inventory, parameters: Mapping[str, Any]) -> Outcome | list[Outcome] | None:
    """Every host is one of `allowed`; an image without a host is Docker Hub's. One outcome a fault."""
    if not judged_for_images(resource, inventory):
        return None
    allowed = [str(host).lower() for host in parameters["allowed"]]
    faults: list[Outcome] = []
    opened: Outcome | None = None
    seen = ""
    for path, reference in images(resource):
        seen = format_path(path)
        host = _host(reference)
        if host is None:
            opened = opened or open_value(resource, seen, reference, "its registry must be the team's own")
        elif host and not any(fnmatchcase(host, pattern) for pattern in allowed):
            where = "Docker Hub" if host == DOCKER_HUB else host
            message = f"{titled(resource)}: image {shown(reference)} is pulled from {where}"
            message += "; import it into a registry of your own"
            faults.append(failed(message, seen, reference))
    return faults or opened or (passed(seen) if seen else None)


def _host(reference: Value) -> str | None:
    """The host, "" where there is no reference, None where it is open."""
    if isinstance(reference, Unresolved):
        return _open_host(reference.expression)
    return parse_image(reference).host if isinstance(reference, str) and reference.strip() else ""


def _open_host(expression: str) -> str | None:
    """The host of an open reference: read from a registry (`….loginServer`), or written at its head; of
    `concat(parameters('registry'), '.azurecr.io/…')` all but the registry's own name."""
    joined = call_arguments(expression, "concat")
    filled = call_arguments(expression, "format")
    head = joined[0] if joined else filled[1] if len(filled) > 1 and filled[0].startswith("'{0}") else ""
    if head.lower().startswith("reference(") and head.lower().endswith(").loginserver"):
        return "registry.azurecr.io"
    written = re.match(r"format\('((?:[^']|'')*)'", expression, re.IGNORECASE)
    head = re.sub(r"\{\d+\}", "x", written[1]) if written else ""
    if not written:
        literal = re.match(r"concat\('((?:[^']|'')*)'", expression, re.IGNORECASE)
        named = re.match(
            r"concat\((?:parameters|variables|toLower)\([^,]*\), *'(\.(?:[^']|'')*)'", expression, re.IGNORECASE
        )
        head = literal[1] if literal else f"x{named[1]}" if named else ""
    host, slash, _ = head.partition("/")
    opening = bool(written) and written[1].startswith("{0}/") if written else False
    return parse_image(head).host if slash and host and not opening and ("." in host or ":" in host) else None
