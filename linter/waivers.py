"""Waivers: findings that somebody answers for, with a reason and maybe a last day.

They stand in the configuration, in comments (`// aiplint: allow serving/gpu-pool-shared until=2026-12-31 -- reason`,
at the end of the line or on the line before; `#` in YAML), in ARM metadata on the resource, and in Bicep as directives
(`#disable-next-line ID`, `#disable-diagnostics ID` … `#restore-diagnostics ID`). Bicep's own lexer takes no slash in a
directive, so an id may be written there with a dash for it. A comment after a directive is its reason.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from linter.comparing import wildcard
from linter.errors import UsageError
from linter.inventory import pool_cluster
from linter.model import Inventory, Ledger, Place, Resource, Row

if TYPE_CHECKING:
    from linter.sources.arm.reader import Document

_ALLOW: Final = re.compile(
    r"(?://|#|/\*)\s*aiplint:\s*allow\b(?P<policies>[^\n]*?)(?:\s+--\s*(?P<reason>[^\n]*?))?\s*(?:\*/\s*)?\Z",
    re.IGNORECASE,
)
_DIRECTIVE: Final = re.compile(
    r"\s*#(?P<kind>disable-next-line|disable-diagnostics|restore-diagnostics)\s+(?P<codes>[^/\n]*(?:/[^/\n][^/\n]*)*?)"
    r"\s*(?://\s*(?P<reason>.*))?\Z"
)
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
END: Final = 1 << 30
UNREASONED: Final = "(none given)"


def parse_day(text: Any) -> date | None:
    """`2026-12-31` as a day; None where it is none."""
    if not isinstance(text, str) or not _DAY.match(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def today() -> date:
    """The day that waivers are judged on: the machine's, or `AIPLINT_TODAY` (what will fail then?). Raises `UsageError`
    where that is none."""
    text = os.environ.get("AIPLINT_TODAY", "")
    if not text:
        return date.today()
    day = parse_day(text)
    if day is None:
        raise UsageError(f"AIPLINT_TODAY is {text[:40]!r}, which is no day such as 2026-12-31")
    return day


@dataclass(frozen=True, slots=True)
class Waiver:
    """`policy` is an id, an area (`serving/`) or a pattern with `*`; `resource` a pattern over ARM id or name, without
    case.

    `until` is the last day on which it waives. `first` and `last` are the lines that an inline waiver covers, else 0.
    `fault` says why it waives nothing: a missing reason, a day that is none, a policy that does not exist.
    """

    policy: str
    resource: str = "*"
    reason: str = ""
    owner: str = ""
    until: date | None = None
    path: str = ""
    line: int = 1
    first: int = 0
    last: int = 0
    fault: str = ""

    def names(self, policy_id: str) -> bool:
        """Is the policy one that this waives?"""
        if self.policy.endswith("/"):
            return policy_id.startswith(self.policy)
        return policy_id == self.policy or ("*" in self.policy and wildcard(self.policy, policy_id))

    def names_any(self, policies: Iterable[str]) -> bool:
        """Does it name a policy at all?"""
        return any(self.names(policy_id) for policy_id in policies)

    def covers(self, row: Row) -> bool:
        """Is the row's resource one that a waiver of the configuration is about?"""
        return any(wildcard(self.resource, text) for text in (row.resource_id, row.resource_name, _full(row)))

    def expired(self, today: date) -> bool:
        """Its last day has passed."""
        return self.until is not None and self.until < today

    def as_mark(self) -> dict[str, Any]:
        """What a waived row bears."""
        return {
            "reason": self.reason,
            "owner": self.owner,
            "until": self.until.isoformat() if self.until else None,
            "source": f"{self.path}:{self.line}",
        }


def _full(row: Row) -> str:
    """`Microsoft.X/accounts/name/children/child`: what an id ends in, also where the id itself is open."""
    namespace, *kinds = row.resource_type.split("/")
    names = row.resource_name.split("/")
    if len(kinds) != len(names):
        return f"{row.resource_type}/{row.resource_name}"
    return "/".join([namespace, *(part for pair in zip(kinds, names, strict=True) for part in pair)])


@dataclass(slots=True)
class Used:
    """What became of the waivers: those seen, those that met a finding, those that would have but are past their
    day."""

    seen: dict[Waiver, None] = field(default_factory=dict)
    met: set[Waiver] = field(default_factory=set)
    expired: dict[Waiver, int] = field(default_factory=dict)

    def absorb(self, other: Used) -> None:
        """Add what another process saw."""
        self.seen.update(other.seen)
        self.met |= other.met
        for waiver, number in other.expired.items():
            self.expired[waiver] = self.expired.get(waiver, 0) + number

    def apply(self, waiver: Waiver, row: Row, today: date) -> bool:
        """Mark the row if the waiver is valid."""
        self.met.add(waiver)
        if waiver.expired(today):
            self.expired[waiver] = self.expired.get(waiver, 0) + 1
            return False
        if waiver.fault:
            return False
        row.waiver = waiver.as_mark()
        return True

    def told(self, policies: Iterable[str]) -> Iterator[str]:
        """A sentence for each waiver that is wrong, expired or met nothing, in the order of files and lines. A waiver
        of policies that did not run is not told to be unused."""
        ran = list(policies)
        for waiver in sorted(self.seen, key=lambda found: (found.path, found.line, found.policy)):
            named = f"the waiver of {waiver.policy}" if waiver.policy else "a waiver"
            where = f"{waiver.path}:{waiver.line}: {named}"
            if waiver.fault:
                yield f"{where} {waiver.fault}"
            elif waiver in self.expired:
                number = self.expired[waiver]
                count = "1 finding counts" if number == 1 else f"{number} findings count"
                yield f"{where} expired on {waiver.until}; {count} again"
            elif waiver not in self.met and waiver.names_any(ran):
                yield f"{where} met no finding; remove it"
            elif waiver.reason == UNREASONED:
                yield f"{where} has no reason; write one as a comment behind the directive"

    @property
    def wrong(self) -> bool:
        """Is one of them an error: without reason, with a day that is none, for an unknown policy?"""
        return any(waiver.fault for waiver in self.seen)


def waive_by_config(ledger: Ledger, waivers: Iterable[Waiver], today: date, used: Used) -> None:
    """Mark the rows that waivers of the configuration are about; the first valid one counts."""
    rows = [row for row in ledger.rows if row.verdict != "pass"]
    for waiver in waivers:
        used.seen[waiver] = None
        for row in rows:
            if row.waiver is None and waiver.names(row.policy) and waiver.covers(row):
                used.apply(waiver, row, today)


class InlineWaivers:
    """The waivers in the texts of an inventory, by file. `policies` are all that exist, by id."""

    def __init__(self, policies: Iterable[str], today: date) -> None:
        self.policies = frozenset(policies)
        self.today = today
        self.used = Used()
        self.by_text: dict[tuple[str, int], list[Waiver]] = {}

    def waive(self, row: Row, resource: Resource, inventory: Inventory) -> None:
        """Mark the row where a waiver in the text covers its place, its resource's first line or a module call
        above."""
        hosts = [one for one in (resource, pool_cluster(resource)) if one is not None]
        places = [row.location, *(one.place() for one in hosts), *(place for _, place in row.related[:1])]
        places += [call for place in places for call in place.chain]
        for place in places:
            for waiver in self.of_file(place.path, inventory):
                if (
                    waiver.first <= place.line <= waiver.last
                    and waiver.names(row.policy)
                    and self.used.apply(waiver, row, self.today)
                ):
                    return
        for waiver in (found for one in hosts for found in self.of_metadata(one, inventory)):
            if waiver.names(row.policy) and self.used.apply(waiver, row, self.today):
                return

    def of_file(self, path: str, inventory: Inventory) -> list[Waiver]:
        """The waivers in one file's comments and directives; read once."""
        text = inventory.texts.get(path, "")
        key = (path, hash(text))
        if key not in self.by_text:
            found = (
                [self._checked(waiver) for waiver in find_waivers(text, path, self.policies)]
                if _may_waive(text)
                else []
            )
            self.by_text[key] = found
            self.used.seen.update(dict.fromkeys(found))
        return self.by_text[key]

    def read_all(self, inventory: Inventory) -> None:
        """Meet every waiver of a workload, so that one that waived nothing is told."""
        for path in list(inventory.texts):
            self.of_file(path, inventory)
        if any('"aiplint"' in text for text in inventory.texts.values()):
            for resource in inventory.resources:
                self.of_metadata(resource, inventory)

    def of_metadata(self, resource: Resource, inventory: Inventory) -> list[Waiver]:
        """`metadata: {aiplint: {allow: [{policy, reason, until}]}}` on the resource, read from the text: Azure's own
        engine drops the metadata of a resource when it expands a template."""
        place = resource.place()
        text = inventory.texts.get(place.path, "")
        if not place.pointer or not _names_us(text):
            return []
        key = (f"{place.path}#{place.pointer}", hash(text))
        if key not in self.by_text:
            found = [self._checked(waiver) for waiver in _metadata_waivers(text, place)]
            self.by_text[key] = found
            self.used.seen.update(dict.fromkeys(found))
        return self.by_text[key]

    def _checked(self, waiver: Waiver) -> Waiver:
        if waiver.fault or waiver.names_any(self.policies):
            return waiver
        return replace(waiver, fault="names no policy that exists")


@lru_cache(maxsize=8)
def _names_us(text: str) -> bool:
    """Whether the metadata of a resource may be about us; kept, since it is asked for every finding of a file."""
    return '"aiplint"' in text


def _waiver(
    policy: str, reason: str, until: str, place: Place, owner: str = "", first: int = 0, last: int = 0,
    lacking: str = "write ` -- reason` behind it",
) -> Waiver:  # fmt: skip
    day = parse_day(until)
    fault = ""
    if not policy:
        fault = "names no policy; it waives nothing"
    elif not reason.strip():
        fault = f"has no reason and waives nothing; {lacking}"
    elif until and day is None:
        fault = f"ends on {until[:40]!r}, which is no day such as 2026-12-31; it waives nothing"
    return Waiver(
        policy=policy,
        reason=reason.strip(),
        owner=owner,
        until=day,
        path=place.path,
        line=place.line,
        first=first,
        last=last,
        fault=fault,
    )


@lru_cache(maxsize=2)
def _document(text: str, path: str) -> Document:
    from linter.sources.arm.reader import parse

    return parse(text, path)


def _metadata_waivers(text: str, place: Place) -> Iterator[Waiver]:
    document = _document(text, place.path)
    at = f"{place.pointer}/metadata/aiplint/allow"
    value = document.value
    for step in (part.replace("~1", "/").replace("~0", "~") for part in at.split("/")[1:]):
        if isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            value = value.get(step) if isinstance(value, dict) else None
    if value is not None and not isinstance(value, list):
        here = document.place(at)
        fault = "is no list of {policy, reason, until}; it waives nothing"
        yield Waiver(policy="", path=here.path, line=here.line, fault=fault)
    for index, entry in enumerate(value if isinstance(value, list) else ()):
        words = {key: item for key, item in entry.items() if isinstance(item, str)} if isinstance(entry, dict) else {}
        yield _waiver(
            words.get("policy", ""), words.get("reason", ""), words.get("until", ""), document.place(f"{at}/{index}"),
            words.get("owner", ""), lacking="add a `reason` to it",
        )  # fmt: skip


def _may_waive(text: str) -> bool:
    return "aiplint:" in text or "#disable-" in text


def find_waivers(text: str, path: str, policies: Iterable[str] = ()) -> list[Waiver]:
    """The waivers in a text, faults included. Directives are read in Bicep only, ids with a slash or those of
    `policies` with a dash for it; other codes are Bicep's own."""
    dashed = {name.replace("/", "-"): name for name in policies}
    lines = re.split(r"\r\n|\n|\r", text)
    found: list[Waiver] = []
    opened: dict[str, tuple[int, str]] = {}
    for number, line in enumerate(lines, 1):
        if "aiplint:" in line:
            found += _in_comment(line, number, lines, path)
        if path.lower().endswith((".bicep", ".bicepparam")) and "#" in line:
            found += _directives(line, number, lines, path, opened, dashed)
    for policy, (number, reason) in opened.items():
        found.append(_directive(policy, reason, path, number, number, END))
    return found


def _in_comment(line: str, number: int, lines: list[str], path: str) -> Iterator[Waiver]:
    comment = _ALLOW.search(line)
    if comment is None or _in_string(line[: comment.start()]):
        return
    words = comment["policies"].split()
    until = next((word[6:] for word in words if word.lower().startswith("until=")), "")
    owner = next((word[6:] for word in words if word.lower().startswith("owner=")), "")
    names = [name for word in words if "=" not in word for name in word.split(",") if name]
    alone = not line[: comment.start()].strip()
    first, last = (number + 1, _next_code(lines, number)) if alone else (number, number)
    for name in names or [""]:
        yield _waiver(name, comment["reason"] or "", until, Place(path, number), owner, first, last)


def _next_code(lines: list[str], number: int) -> int:
    """The line of code that a line of comment is about; decorators before it belong to it."""
    return next((n for n in range(number + 1, len(lines) + 1) if _is_code(lines[n - 1])), number)


def _is_code(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith(("//", "#", "/*", "@"))


def _in_string(before: str) -> bool:
    """Does an odd number of quotes stand before it? Either kind: JSON has the one, Bicep the other."""
    plain = re.sub(r"\\.", "", before)
    return plain.count('"') % 2 == 1 or plain.count("'") % 2 == 1


def _directives(
    line: str,
    number: int,
    lines: list[str],
    path: str,
    opened: dict[str, tuple[int, str]],
    dashed: Mapping[str, str],
) -> Iterator[Waiver]:
    found = _DIRECTIVE.match(line)
    if found is None:
        return
    for word in found["codes"].split():
        code = dashed.get(word, word if "/" in word else "")
        if not code:
            continue
        if found["kind"] == "disable-next-line":
            yield _directive(code, found["reason"] or "", path, number, number + 1, _next_code(lines, number))
        elif found["kind"] == "disable-diagnostics":
            opened.setdefault(code, (number, found["reason"] or ""))
        elif code in opened:
            start, reason = opened.pop(code)
            yield _directive(code, reason, path, start, start, number)


def _directive(policy: str, reason: str, path: str, line: int, first: int, last: int) -> Waiver:
    """Bicep has no place for a reason in a directive: one without waives, and is told of."""
    return Waiver(policy=policy, reason=reason.strip() or UNREASONED, path=path, line=line, first=first, last=last)
