"""From an outcome to a row of the ledger: places made concrete, identity, cause, the source line and GitHub's hash of
it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from linter.concealment import concealed, cut, masked
from linter.inventory import region
from linter.model import ABSENT, Inventory, Outcome, Place, Resource, Row, Severity, Unresolved

BLOCK = 100
MOD = 1 << 64
MAX_SNIPPET = 400
MAX_HASHED = 4_000_000
_INDEX = re.compile(r"\[\d+\]")


def make_row(
    policy: str,
    severity: Severity,
    resource: Resource,
    outcome: Outcome,
    others: Iterable[Outcome],
    inventory: Inventory,
) -> Row:
    """The row of one outcome; `others` are further outcomes of the same pair, told as related places."""
    at = outcome.at or resource
    place = one_line(at, outcome.path, inventory)
    related: list[tuple[str, Place]] = []
    if place.path in inventory.restored:
        related.append((f"{outcome.path or 'the resource'} in the restored module", place))
        place = clipped(_call(place, inventory), inventory)
    elif outcome.path:
        key = at.place(outcome.path, key=True)
        if (key.path, key.line) != (place.path, place.line):
            whose = "in the restored module" if key.path in inventory.restored else f"of {shown_name(at)}"
            related.append((f"{outcome.path} {whose}", clipped(key, inventory)))
    related += [(entry.message, one_line(entry.resource, entry.path, inventory)) for entry in outcome.related]
    related += [(other.message, one_line(other.at or resource, other.path, inventory)) for other in others]
    where = region(resource, inventory)
    return Row(
        policy=policy,
        severity=severity,
        verdict=outcome.verdict,
        resource_id=plain(resource.id),
        resource_type=resource.type,
        resource_name=shown_name(resource),
        property=outcome.path,
        observed=concealed(outcome.observed, outcome.path),
        message=cut(outcome.message),
        location=place,
        related=tuple(related),
        cause=f"{policy}@{place.path}:{place.line}:{place.column}",
        fingerprint=fingerprint(policy, resource, outcome.path),
        region=where if isinstance(where, str) else "",
        snippet=masked(source_line(place, inventory)[:MAX_SNIPPET]),
        line_hash=line_hash(inventory.texts.get(place.path, ""), place.line),
    )


def bare_row(policy: str, severity: Severity, resource: Resource, outcome: Outcome, inventory: Inventory) -> Row:
    """The row of a pair whose check failed: nothing is asked that could fail again."""
    place = safe_place(resource, inventory)
    return Row(
        policy=policy,
        severity=severity,
        verdict=outcome.verdict,
        resource_id=plain(resource.id),
        resource_type=resource.type,
        resource_name=shown_name(resource),
        property="",
        observed=ABSENT,
        message=cut(outcome.message),
        location=place,
        cause=f"{policy}@{place.path}:{place.line}:{place.column}",
        fingerprint=fingerprint(policy, resource, ""),
    )


def safe_place(resource: Resource, inventory: Inventory) -> Place:
    """The resource's place; the workload's file where even that cannot be told."""
    try:
        return clipped(resource.place(), inventory)
    except Exception:  # a locator follows whatever the source holds; a row must not be lost for its place
        return Place(inventory.name or "?")


def plain(value: str | Unresolved) -> str:
    """A name or id as text; an open one as `[expression]`."""
    return cut(value if isinstance(value, str) else f"[{value.expression}]")


def shown_name(resource: Resource) -> str:
    """The full name; where it is open, the expression."""
    return plain(resource.name)


def fingerprint(policy: str, resource: Resource, path: str) -> str:
    """Equal over moved lines, other values and loop counts: policy, resource identity, property path without
    indexes."""
    identity = resource.identity or (f"{resource.type}|{plain(resource.id)}").lower()
    whole = "\0".join((policy, identity, _INDEX.sub("[*]", path).lower()))
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def one_line(resource: Resource, path: str, inventory: Inventory) -> Place:
    """Where the value stands; of a value of several lines the property's key, or (a list's item) the first line."""
    place = resource.place(path)
    if place.line != place.end_line and path:
        key = resource.place(path, key=True)
        if (key.path, key.line, key.end_line) == (place.path, place.line, place.line):
            place = key
    return clipped(place, inventory)


def _call(place: Place, inventory: Inventory) -> Place:
    """Of a place in a restored module, the innermost call that stands in a file of the user's: what can be mended."""
    chain = list(place.chain)
    while chain:
        call = chain.pop()
        if call.path not in inventory.restored:
            return replace(call, chain=tuple(chain))
    return place


def clipped(place: Place, inventory: Inventory) -> Place:
    """The place itself, or what of it stands on its first line."""
    if place.line == place.end_line:
        return place
    line = source_line(place, inventory).rstrip("\r\n")
    end = max(place.column + 1, utf16_length(line) + 1)
    return Place(place.path, place.line, place.column, place.line, end, place.pointer, place.chain)


def utf16_length(text: str) -> int:
    """The length in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def source_line(place: Place, inventory: Inventory) -> str:
    """The line of text at a place, "" where the text is not at hand."""
    lines = _lines(inventory.texts.get(place.path, ""))
    return lines[place.line - 1] if 0 < place.line <= len(lines) else ""


@lru_cache(maxsize=8)
def _lines(text: str) -> list[str]:
    return re.split(r"\r\n|\n|\r", text) if text else []


def line_hash(text: str, line: int) -> str:
    """GitHub's primaryLocationLineHash of a 1-based line, with its `:n`; "" where the line is not there.

    A polynomial hash (base 37 modulo 2^64) of the 100 UTF-16 units from the start of the line, blanks and tabs left
    out, line ends as \\n, U+FFFF at the end of the file and zeros behind it; n counts the lines before it with the
    same hash (github/codeql-action, src/fingerprints.ts, behaviour read 2026-11-24).
    """
    if not text or len(text) > MAX_HASHED:
        return ""
    units, starts, numbers = _units(text)
    if not 0 < line <= len(starts):
        return ""
    window = units[starts[line - 1] : starts[line - 1] + BLOCK]
    value = 0
    for unit in window:
        value = (value * 37 + unit) % MOD
    value = value * pow(37, BLOCK - len(window), MOD) % MOD
    return f"{value:x}:{numbers[line - 1]}"


@lru_cache(maxsize=4)
def _units(text: str) -> tuple[memoryview, list[int], list[int]]:
    """The UTF-16 units that count, where each line begins among them, and how many lines up to it are hashed alike."""
    flat = text.replace("\r\n", "\n").replace("\r", "\n").replace(" ", "").replace("\t", "")
    units = memoryview((flat + "\uffff").encode("utf-16-le", "surrogatepass")).cast("H")
    starts = [0]
    at = 0
    for part in flat.split("\n")[:-1]:
        at += utf16_length(part) + 1
        starts.append(at)
    seen: dict[bytes, int] = {}
    numbers = []
    for start in starts:
        window = units[start : start + BLOCK].tobytes()
        seen[window] = number = seen.get(window, 0) + 1
        numbers.append(number)
    return units, starts, numbers
