"""A live scan on disk: one canonical JSON file for each resource, and `scan.json` with all else that a verdict needs.

`live/<subscription>/<group>/<type>/<name>.json`: keys in order, two blanks, UTF-8, a newline at the end. Slashes of a
type are points, those of a name tildes; a step that a file system would not take, or that another resource has
already, bears a hash. `scan.json`: `{"aiplintScan": 1, "scope", "covered": {id: name}, "resources": number, "usage":
see linter.usage, "gaps": [{"path", "message", "kind", "policies"}], "unread": [[type, id]], "partial": bool}`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from linter.errors import InputError
from linter.model import Gap, Inventory, Locator, Place, Resource
from linter.model import Path as Steps
from linter.sources.arm.reader import Document, parse, read_text
from linter.sources.exports import Item, resource
from linter.sources.ignore import SKIPPED
from linter.sources.workloads import group_of, workloads

MARK: Final = "aiplintScan"
SCAN_FILE: Final = "scan.json"
FOLDER: Final = "live"
MAX_STEP: Final = 100
KEPT_TEXTS: Final = 64
_BAD = re.compile(r"[^A-Za-z0-9._()@=+~-]")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?\Z", re.IGNORECASE)


@dataclass(slots=True)
class Snapshot:
    """`resources` in the shape of ARM JSON (`id`, `type`, `name`, `apiVersion`, …), redacted; `base`: the folder as
    reports show it, "" for a scan that was not saved."""

    resources: list[dict[str, Any]]
    base: str = ""
    scope: str = ""
    covered: Mapping[str, str] = field(default_factory=dict)
    usage: dict[str, Any] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)
    unread: frozenset[tuple[str, str]] = frozenset()
    partial: bool = False
    expected: int = -1
    """How many resources there are said to be; -1: nobody says."""

    def __post_init__(self) -> None:
        self.resources = sorted(self.resources, key=lambda raw: str(raw["id"]).lower())


def canonical(value: Any) -> str:
    """The same text for the same value."""
    text = json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:  # a half of a surrogate pair
        return json.dumps(value, indent=2, sort_keys=True) + "\n"
    return text


def file_names(resources: Iterable[Mapping[str, Any]]) -> list[str]:
    """Where each resource is kept below the folder; in the order given, no two the same on any file system."""
    taken: set[str] = set()
    found = []
    for raw in resources:
        name = file_name(str(raw["id"]), str(raw["type"]), str(raw["name"]))
        plain, number = name.removesuffix(".json"), 0
        while name.lower() in taken:
            name = f"{plain}-{_hash(str(raw['id']))}{f'-{number}' if number else ''}.json"
            number += 1
        taken.add(name.lower())
        found.append(name)
    return found


def file_name(identifier: str, kind: str, name: str) -> str:
    """`live/<subscription>/<group>/<type>/<name>.json` for an ARM id."""
    scope = group_of(identifier).split("/")
    subscription = scope[2].lower() if len(scope) > 2 else "_"
    group = scope[4].lower() if len(scope) > 4 else "_"
    about = identifier.lower().count("/providers/") > 1
    if about:  # an extension: two resources may have one of the same name
        target = identifier[: identifier.lower().rindex("/providers/")]
        name = f"{target.rpartition('/')[2]}~{name}"
    steps = [subscription, group, kind.replace("/", "."), name.replace("/", "~")]
    return "/".join([FOLDER, *map(_step, steps[:3]), _step(steps[3], 5) + ".json"])


def _step(text: str, more: int = 0) -> str:
    """One step of a path that every file system takes and no tool passes over."""
    plain = _BAD.sub("_", text)
    sound = bool(plain.strip(". ")) and not plain.endswith((".", " ")) and not plain.startswith("~")
    if (
        plain == text
        and sound
        and len(plain) <= MAX_STEP - more
        and not _RESERVED.match(plain)
        and plain not in SKIPPED
    ):
        return plain
    return f"{plain.strip('. ~')[: MAX_STEP - more - 9] or '_'}-{_hash(text)}"


def _hash(text: str) -> str:
    return hashlib.sha256(text.lower().encode("utf-8", "surrogatepass")).hexdigest()[:8]


class Texts(dict[str, str]):
    """The canonical text of each resource by the path that reports show, made when it is asked for; the last few are
    kept."""

    def __init__(self, raws: Mapping[str, Mapping[str, Any]]) -> None:
        super().__init__()
        self._raws = raws

    def __missing__(self, shown: str) -> str:
        if shown not in self._raws:
            return ""
        if len(self) >= KEPT_TEXTS:
            del self[next(iter(self))]
        self[shown] = canonical(self._raws[shown])
        return self[shown]

    def get(self, shown: str, default: Any = None) -> Any:
        """As `dict.get`."""
        return self[shown] or default


def inventories(snapshot: Snapshot, tags: Sequence[str]) -> list[Inventory]:
    """The workloads of a scan, the same from memory and from disk. All gaps stand with the first."""
    prefix = f"{snapshot.base}/" if snapshot.base else ""
    raws = {prefix + name: raw for name, raw in zip(file_names(snapshot.resources), snapshot.resources, strict=True)}
    texts = Texts(raws)
    listed = [_resource(shown, raw, texts) for shown, raw in raws.items()]
    found = workloads(listed, tags) or [Inventory()]
    for inventory in found:
        inventory.live = True
        inventory.usage = snapshot.usage
        inventory.texts = texts
        inventory.unread = _concerning(snapshot.unread, inventory)
        inventory.complete = not inventory.unread
    found[0].gaps = list(snapshot.gaps)
    return found


def _concerning(unread: frozenset[tuple[str, str]], inventory: Inventory) -> frozenset[tuple[str, str]]:
    """The failed lists that could have held something of this workload."""
    if not unread:
        return unread
    ids = {one.id.lower() for one in inventory.resources if isinstance(one.id, str)}
    above = {prefix for one in ids for prefix in _prefixes(one)}

    def concerns(scope: str) -> bool:
        return not scope or scope in above or any(prefix in ids for prefix in _prefixes(scope))

    return frozenset(pair for pair in unread if concerns(pair[1]))


def _prefixes(identifier: str) -> Iterator[str]:
    """The id and all that it stands below."""
    while identifier:
        yield identifier
        identifier = identifier.rpartition("/")[0]


def _resource(shown: str, raw: Mapping[str, Any], texts: Texts) -> Resource:
    document: list[Document] = []

    def locate(path: Steps, key: bool) -> Place:
        if not document:
            document.append(parse(texts[shown], shown))
        place = document[0].place(path, key or not path)
        return place if place.line > 1 else document[0].place(("id",), False)  # the first line is a mere brace

    located: Locator = locate
    return resource(Item((), dict(raw), "live"), located)


def save(snapshot: Snapshot, folder: Path) -> int:
    """Write a scan below `folder` and take away what an older scan left there. Raises `OSError`. How many files."""
    old = set((folder / FOLDER).rglob("*.json")) if (folder / SCAN_FILE).is_file() else set()
    names = file_names(snapshot.resources)
    for name, raw in zip(names, snapshot.resources, strict=True):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(canonical(raw), encoding="utf-8", newline="\n")
        old.discard(path)
    folder.mkdir(parents=True, exist_ok=True)
    head = {
        MARK: 1, "scope": snapshot.scope, "covered": dict(snapshot.covered), "resources": len(names),
        "usage": snapshot.usage, "unread": sorted(map(list, snapshot.unread)), "partial": snapshot.partial,
        "gaps": [
            {"path": gap.path, "message": gap.message, "kind": gap.kind, "policies": list(gap.policies)}
            for gap in snapshot.gaps
        ],
    }  # fmt: skip
    (folder / SCAN_FILE).write_text(canonical(head), encoding="utf-8", newline="\n")
    for path in old:
        path.unlink(missing_ok=True)
    return len(names) + 1


def is_scan(value: Any) -> bool:
    """Whether a JSON value is a `scan.json`."""
    return isinstance(value, dict) and value.get(MARK) == 1


def load(scan_file: tuple[Path, str], files: Iterable[tuple[Path, str]]) -> Snapshot:
    """The scan that a `scan.json` belongs to, with those of the files that stand beside it; each is (path, as shown).
    What cannot be read is a gap."""
    path, shown = scan_file
    base = shown.rpartition("/")[0]
    found = Snapshot([], base)
    _head(path, shown, found)
    for file, name in files:
        try:
            raw = parse(read_text(file), name).value
        except InputError as error:
            found.gaps.append(Gap(name, error.message, error.line or 1, error.column or 1, "syntax"))
            continue
        if isinstance(raw, dict) and all(isinstance(raw.get(key), str) for key in ("id", "type", "name")):
            found.resources.append(raw)
        else:
            found.gaps.append(Gap(name, "is no resource of a saved scan: it has no id, type and name"))
    if found.expected not in (-1, len(found.resources)):
        message = f"the scan held {found.expected} resources, {len(found.resources)} of them are here; save it again"
        found.gaps.append(Gap(shown, message, kind="access"))
        found.unread |= {("*", "")}
    found.__post_init__()
    return found


def _head(path: Path, shown: str, found: Snapshot) -> None:
    try:
        head = parse(read_text(path), shown).value
    except InputError as error:
        found.gaps.append(Gap(shown, error.message, error.line or 1, error.column or 1, "syntax"))
        found.unread = frozenset({("*", "")})
        return
    usage = head.get("usage")
    found.usage = dict(usage) if isinstance(usage, dict) else {}
    expected = head.get("resources")
    found.expected = expected if isinstance(expected, int) else -1
    covered = head.get("covered")
    found.covered = covered if isinstance(covered, dict) else {}
    found.scope = str(head.get("scope") or "")
    found.partial = head.get("partial") is True
    for told in head.get("gaps") or ():
        if isinstance(told, dict):
            listed = [str(one) for one in told.get("policies") or ()]
            found.gaps.append(
                Gap(str(told.get("path")), str(told.get("message")), kind=str(told.get("kind")), policies=tuple(listed))
            )
    pairs = [pair for pair in head.get("unread") or () if isinstance(pair, list) and len(pair) == 2]
    found.unread = frozenset((str(kind), str(scope)) for kind, scope in pairs)
    found.gaps = [based(gap, found.base) for gap in found.gaps]


def based(gap: Gap, base: str) -> Gap:
    """A gap of a scan as reports name its place: below the folder that the scan is saved in."""
    return replace(gap, path="/".join(filter(None, (base, gap.path or SCAN_FILE))))
