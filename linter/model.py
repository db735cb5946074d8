"""Floor 0: values, places, resources, inventory, verdicts, ledger. No I/O and no import from a higher floor.

A value is plain Python (`None`, `bool`, `int`, `float`, `str`, `list`, `dict`) when it is known, an `Unresolved` when
only the deployment will know it, and `ABSENT` when it was not written. Lists and dicts may hold unresolved members.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from typing import Any, Final, Literal, TypeAlias


class Unresolved:
    """A value that cannot be known before deployment.

    `expression`: ARM expression text without the outer brackets, arguments evaluated as far as they are known.
    `reason`: one of `runtime` (reference, list*), `parameter` (no value given), `secret`, `error` (its evaluation
    failed, a gap tells), `module` (an opaque module), `context` (environment(), deployer() …), `export` (text in
    brackets in an export).
    """

    __slots__ = ("expression", "reason")

    def __init__(self, expression: str, reason: str = "runtime") -> None:
        self.expression = expression
        self.reason = reason

    def __repr__(self) -> str:
        return f"Unresolved({self.expression!r}, {self.reason!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Unresolved) and other.expression == self.expression

    def __hash__(self) -> int:
        return hash(self.expression)


class OpenKey(str):
    """The key of a property whose name is not known: its text is `[expression]`. A dict that has one may hold any
    key."""

    __slots__ = ()


class _Absent(Enum):
    ABSENT = "absent"

    def __repr__(self) -> str:
        return "ABSENT"

    def __bool__(self) -> bool:
        return False


ABSENT: Final = _Absent.ABSENT
Absent: TypeAlias = Literal[_Absent.ABSENT]
Value: TypeAlias = Any
"""A known JSON value, possibly with `Unresolved` inside, or an `Unresolved`. mypy cannot hold a recursive alias
cheaply."""

Path: TypeAlias = tuple["str | int", ...]
"""Steps below a resource's body: `("properties", "agentPoolProfiles", 0, "nodeTaints")`."""


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of source text. Lines and columns are 1-based, columns in UTF-16 units, the end exclusive.

    `path` is as the user gave it, with forward slashes. `pointer` is a JSON pointer in JSON files, else empty.
    `chain`: the module calls that led here, outermost first.
    """

    path: str
    line: int = 1
    column: int = 1
    end_line: int = 1
    end_column: int = 1
    pointer: str = ""
    chain: tuple[Place, ...] = ()


Origin = Literal["template", "bicep", "export", "live", "manifest", "bundle"]
Locator: TypeAlias = Callable[[Path, bool], Place]
"""(path, key) → where the value at that path was written, or with `key` the name of the property. A path that was not
written gives the place of its nearest written ancestor's key. Called only for what is reported."""


@dataclass(slots=True, eq=False)
class Resource:
    """One resource, in the shape of ARM JSON, whatever the source.

    `body` holds what the source wrote below the resource: `location`, `tags`, `sku`, `kind`, `identity`, `zones`,
    `properties` … with the spelling of the source; never `id`, `type`, `name`, `apiVersion`, `condition`, `dependsOn`.
    `type` and `name` are the full ones (`Microsoft.X/a/b`, `a/b`). `condition` is unresolved where it could not be
    decided.
    `identity` is stable over moved lines and other parameter values: the symbolic path in the source (module chain,
    symbolic name or type and name expression, without loop indexes) or the ARM id of a live resource; in lower case.
    `deployment` is the name of the deployment that declares it. `workload` is set by the source, or later by grouping.
    """

    type: str
    name: str | Unresolved
    id: str | Unresolved
    api_version: str
    body: dict[str, Value]
    locate: Locator
    origin: Origin = "template"
    condition: Unresolved | None = None
    identity: str = ""
    deployment: str = ""
    scope: str = ""
    _type_key: str = field(default="", init=False, repr=False)

    @property
    def type_key(self) -> str:
        """The type in lower case."""
        if not self._type_key:
            self._type_key = self.type.lower()
        return self._type_key

    def get(self, path: str) -> Value | Absent:
        """The value at a path without wildcards (`properties.agentPoolProfiles[0].mode`); names without case; null is
        ABSENT.

        `Unresolved` where the value, a step above it, or a key beside it that could be it, is not known.
        `name`, `id`, `type` and `apiVersion` can be asked too.
        """
        if path in _HEAD:
            value = getattr(self, _HEAD[path])
            return ABSENT if value is None or value == "" else value
        return dig(self.body, parse_path(path))

    def place(self, path: str = "", *, key: bool = False) -> Place:
        """Where the value at `path` was written; see `Locator`."""
        return self.locate(parse_path(path), key)


_HEAD = {"name": "name", "id": "id", "type": "type", "apiVersion": "api_version"}
_STEP = re.compile(r"\.?([^.\[\]]+)|\[(\d+)\]|\['([^']*)'\]")


@lru_cache(maxsize=4096)
def parse_path(path: str) -> Path:
    """`a.b[0]['c.d']` → `("a", "b", 0, "c.d")`; the empty path is the resource itself."""
    steps: list[str | int] = []
    at = 0
    while at < len(path):
        step = _STEP.match(path, at)
        if step is None:
            raise ValueError(f"not a property path: {path!r}")
        name, index, quoted = step.groups()
        steps.append(int(index) if index is not None else name if name is not None else quoted)
        at = step.end()
    return tuple(steps)


def format_path(steps: Path) -> str:
    """The text form of a path, as `parse_path` reads it."""
    text = ""
    for step in steps:
        if isinstance(step, int):
            text += f"[{step}]"
        elif re.fullmatch(r"[^.\[\]']+", step):
            text += f".{step}" if text else step
        else:
            text += f"['{step}']"
    return text


def member(value: Value, step: str | int) -> Value | Absent:
    """One step into a value: names without case, null is ABSENT."""
    if isinstance(value, dict):
        if isinstance(step, int):
            return ABSENT
        found = value.get(step, ABSENT)
        if found is ABSENT:
            low = step.lower()
            open_key = None
            for key, item in value.items():
                if isinstance(key, OpenKey):
                    open_key = key
                elif key.lower() == low:
                    found = item
            if found is ABSENT and open_key is not None:
                return Unresolved(open_key[1:-1])
        return ABSENT if found is None else found
    if isinstance(value, Unresolved):
        return Unresolved(
            f"{value.expression}[{step}]" if isinstance(step, int) else f"{value.expression}.{step}", value.reason
        )
    if isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value):
        return ABSENT if value[step] is None else value[step]
    return ABSENT


def dig(value: Value, steps: Path) -> Value | Absent:
    """Follow `member` along a path."""
    for step in steps:
        value = member(value, step)
        if value is ABSENT:
            return ABSENT
    return value


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that could not be seen. It blinds `policies` (empty: all that would have judged what is missing).

    `kind` counts gaps by cause: `unreadable`, `syntax`, `refused` (the engine would refuse it), `evaluation`,
    `module`, `link`,
    `limit`, `access`, `empty`, `check` (a check raised), `policy`.
    """

    path: str
    message: str
    line: int = 1
    column: int = 1
    kind: str = "unreadable"
    policies: tuple[str, ...] = ()


Severity = Literal["high", "medium", "low", "note"]
SEVERITIES: Final[tuple[Severity, ...]] = ("high", "medium", "low", "note")
"""Worst first."""
Verdict = Literal["pass", "fail", "unknown"]


@dataclass(frozen=True, slots=True)
class Related:
    """A second place that explains a finding: the cluster behind a deployment, the call of a module."""

    message: str
    resource: Resource
    path: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one policy says of one resource; a check returns `None` where the resource is not its subject.

    `path` is the property at fault, as written in `Resource.get` (a missing property is named too: its place is then
    its nearest ancestor's key). `observed` is never a secret. `severity` only where this case weighs other than the
    policy does.
    `origin` says where the observed value came from: literal, default (absent), parameter, evaluated.
    `at`: the resource in whose text the property stands, where that is not the judged one.
    """

    verdict: Verdict
    message: str = ""
    path: str = ""
    observed: Value | Absent = ABSENT
    severity: Severity | None = None
    related: tuple[Related, ...] = ()
    at: Resource | None = None


@dataclass(slots=True)
class Inventory:
    """The resources that are judged together: one workload.

    `deployments` are resources of type `Microsoft.Resources/deployments` (not in `resources`), the root first; body:
    `{"parameters": {name: {"type", "secure": bool, "defaultValue"?, "value"?}}, "outputs": {name: {"type", "secure":
    bool, "value"}}}`.
    `usage` holds facts of use from a live scan by kind, see `linter.usage`; empty offline. `settings` is the
    configuration, see `Settings`.
    `complete` is false where something of this workload could not be seen: what is missing may stand there.
    `unread`: where that is known exactly (a live scan), pairs (type, id of the parent or scope) in lower case of the
    lists that failed; None where it is not known what is missing. See `may_hold`.
    `restored`: the files, as places name them, that came from a registry: nobody mends anything there.
    """

    resources: list[Resource] = field(default_factory=list)
    deployments: list[Resource] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    name: str = ""
    live: bool = False
    complete: bool = True
    unread: frozenset[tuple[str, str]] | None = None
    usage: dict[str, Any] = field(default_factory=dict)
    settings: Settings = field(default_factory=lambda: Settings())
    texts: dict[str, str] = field(default_factory=dict)
    restored: frozenset[str] = frozenset()
    memo: dict[str, Any] = field(default_factory=dict)
    _by_type: dict[str, list[Resource]] | None = field(default=None, repr=False)
    _by_id: dict[str, Resource] | None = field(default=None, repr=False)

    def of_type(self, *types: str) -> list[Resource]:
        """The resources of these types, without case, in the order of the inventory for each type."""
        if self._by_type is None:
            self._by_type = {}
            for resource in self.resources:
                self._by_type.setdefault(resource.type_key, []).append(resource)
        return [resource for name in types for resource in self._by_type.get(name.lower(), ())]

    def by_id(self, resource_id: str) -> Resource | None:
        """The resource with this ARM id, without case."""
        if self._by_id is None:
            self._by_id = {r.id.lower(): r for r in self.resources if isinstance(r.id, str)}
        return self._by_id.get(resource_id.lower().rstrip("/"))

    def may_hold(self, *types: str, of: str = "") -> bool:
        """Whether resources of these types (all where none is named) may exist that were not seen; `of`: the id of what
        they would hang on or be about, where that is known."""
        if self.complete or self.unread is None:
            return not self.complete
        kinds = {name.lower() for name in types}
        low = of.lower().rstrip("/")
        for kind, scope in self.unread:
            concerned = not low or low == scope or low.startswith(scope + "/") or scope.startswith(low + "/")
            if concerned and (not kinds or kind == "*" or kind in kinds):
                return True
        return False

    def parent(self, resource: Resource) -> Resource | None:
        """The resource that a child hangs on, where it is in the inventory."""
        if not isinstance(resource.id, str) or resource.type.count("/") < 2:
            return None
        return self.by_id(resource.id.rsplit("/", 2)[0])

    def children(self, resource: Resource, child_type: str) -> list[Resource]:
        """The children of `resource` of the full type `child_type`."""
        if not isinstance(resource.id, str):
            return []
        prefix = resource.id.lower() + "/"
        return [r for r in self.of_type(child_type) if isinstance(r.id, str) and r.id.lower().startswith(prefix)]


@dataclass(frozen=True, slots=True)
class Settings:
    """The configuration that policies read; the defaults are those of the contract. See `linter.config` for the
    file."""

    tags: Mapping[str, Any] = field(default_factory=dict)
    regions: Mapping[str, Any] = field(default_factory=dict)
    benchmarks: Mapping[str, Sequence[str]] = field(default_factory=dict)
    roles: Mapping[str, Sequence[str]] = field(default_factory=dict)
    quotas: Sequence[Mapping[str, Any]] = ()
    production: bool = False


@dataclass(slots=True)
class Row:
    """One line of the ledger: a policy, a resource, a verdict. All places are concrete, nothing refers to an inventory.

    `severity` is final. `cause` is equal for rows that one change mends. `fingerprint` holds no line, value or text.
    `snippet` is the source line at `location`; `line_hash` GitHub's primaryLocationLineHash without its `:n`.
    """

    policy: str
    severity: Severity
    verdict: Verdict
    resource_id: str
    resource_type: str
    resource_name: str
    property: str
    observed: Value | Absent
    message: str
    location: Place
    related: tuple[tuple[str, Place], ...] = ()
    cause: str = ""
    fingerprint: str = ""
    region: str = ""
    snippet: str = ""
    line_hash: str = ""
    waiver: dict[str, Any] | None = None
    baseline: str = "new"
    fix: Fix | None = None


@dataclass(frozen=True, slots=True)
class Fix:
    """A certain change of text: replace the stretch `place` by `text`."""

    description: str
    place: Place
    text: str


@dataclass(frozen=True, slots=True)
class PolicyText:
    """What reports say of a policy: its written fields, nothing that judges."""

    id: str
    title: str
    severity: Severity
    sets: tuple[str, ...]
    resource: tuple[str, ...]
    why: str
    fix: str
    fix_arm: str
    fix_bicep: str
    says: tuple[str, ...]
    pillars: tuple[str, ...]
    overlaps: tuple[Mapping[str, str], ...]
    parameters: Mapping[str, Any]
    sources: tuple[Mapping[str, str], ...]
    fixable: bool
    when_not: str = ""


@dataclass(slots=True)
class Ledger:
    """The result of a run. It balances: for each policy, the pairs judged = pass + fail + unknown.

    `rows` holds fails and unknowns always, passes only when evidence is asked for; `counts` counts all.
    """

    rows: list[Row] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    policies: dict[str, PolicyText] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=lambda: {"pass": 0, "fail": 0, "unknown": 0})
    pairs: int = 0
    not_applicable: int = 0
    files: int = 0
    resources: int = 0
    seconds: float = 0.0
    scope: str = ""
    evidence: bool = False
    gone: list[str] = field(default_factory=list)

    def gating(self, fail_on: Severity | Literal["never"]) -> Iterator[Row]:
        """The rows that decide exit code 1: failed, new, not waived, at or above `fail_on`."""
        if fail_on == "never":
            return
        limit = SEVERITIES.index(fail_on)
        for row in self.rows:
            if (
                row.verdict == "fail"
                and row.waiver is None
                and row.baseline == "new"
                and SEVERITIES.index(row.severity) <= limit
            ):
                yield row
