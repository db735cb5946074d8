"""What a live scan has gathered so far: raw resources, facts of use, lists that failed. Safe for several threads."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from linter.sources.azure.kinds import spelled_id
from linter.sources.azure.trouble import Refused
from linter.sources.exports import split_id
from linter.sources.redact import redact

Raw = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Lack:
    """A list that failed: of resources of `type` (`*`: all; or a word for facts of use) below or about `scope`, an id
    ("" for the whole scan). `hides`: resources may stand there; false for facts of use."""

    type: str
    scope: str
    what: str
    status: int = 0
    code: str = ""
    reason: str = ""
    hides: bool = True

    @property
    def message(self) -> str:
        """One line, with what to do."""
        told = f"{self.what} could not be read"
        if self.code:
            told += f": {self.status} {self.code}" if self.status else f": {self.code}"
        if self.reason:
            told += f" ({self.reason})"
        if self.status in (401, 403):
            told += "; the role Reader covers it"
        return told


@dataclass(slots=True)
class Found:
    """`resources` by ARM id in lower case, redacted; `covered`: subscriptions that were read, id → name."""

    resources: dict[str, Raw] = field(default_factory=dict)
    lacks: list[Lack] = field(default_factory=list)
    usage: dict[str, Any] = field(default_factory=dict)
    covered: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    waiting: dict[int, str] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, raw: Raw, version: str = "") -> str:
        """Keep one resource as ARM or Resource Graph gave it; its id in lower case, "" where it is none."""
        identifier = raw.get("id")
        if not isinstance(identifier, str) or not identifier.startswith("/") or len(identifier) > 4096:
            return ""
        identifier = spelled_id(identifier)
        kind, name = split_id(identifier)
        if not kind:
            return ""
        kept = {key: value for key, value in redact(kind, raw).items() if value is not None and key not in _DROPPED}
        system = kept.get("systemData")
        if isinstance(system, dict):  # when, but not who: names of people are nobody's business here
            kept["systemData"] = {key: system[key] for key in ("createdAt", "lastModifiedAt") if key in system}
        kept |= {"id": identifier, "type": kind, "name": name}
        if version:
            kept["apiVersion"] = version
        with self.lock:
            self.resources.setdefault(identifier.lower(), _without_nulls(kept))
        return identifier.lower()

    def lack(self, type_: str, scope: str, what: str, error: Refused, *, hides: bool = True) -> None:
        with self.lock:
            self.lacks.append(Lack(type_, scope, what, error.status, error.code, error.message, hides))

    def facts(self, kind: str, rows: list[Raw]) -> None:
        with self.lock:
            self.usage.setdefault(kind, []).extend(rows)

    def fact(self, kind: str, key: str, value: Any) -> None:
        with self.lock:
            self.usage.setdefault(kind, {})[key] = value

    def of_type(self, *types: str) -> list[Raw]:
        """The resources of these types so far, in the order of their ids."""
        kinds = {name.lower() for name in types}
        with self.lock:
            return [raw for _, raw in sorted(self.resources.items()) if raw["type"].lower() in kinds]


_DROPPED = frozenset({"tenantId", "subscriptionId", "resourceGroup", "managedByTenants", "etag"})


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, float) and not isfinite(value):  # 1e999: no JSON can say it again
        return str(value)
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value
