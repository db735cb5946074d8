"""Resources as Azure gives them back: what `az`, Resource Graph, PowerShell and deployments write.

Forms: one resource; an array; `{"value": […]}`; Resource Graph's `{"data": […]}`; JSON lines of any of these; what-if
(`changes[].after`, deleted ones left out); a validated deployment (`validatedResources`); `bicep snapshot`
(`predictedResources`). Names of members are read without case: PowerShell writes `Properties`. Types and names come
from the id. `null` is left out. What a deployment would create has origin `template`: absent there means not asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any, Final, NamedTuple

from linter.errors import InputError
from linter.model import Gap, Locator, OpenKey, Origin, Path, Place, Resource, Unresolved, Value
from linter.sources.arm.reader import Document, parse, read_text

_MEMBERS: Final = {
    name.lower(): name
    for name in (
        *("location", "tags", "sku", "kind", "identity", "zones", "properties", "plan", "managedBy"),
        *("extendedLocation", "eTag", "systemData", "scale"),
    )
}
_NOT_BODY: Final = frozenset(
    [
        *("id", "type", "name", "apiversion", "condition", "dependson", "resourceid", "resourcename", "resourcetype"),
        *("resourcegroup", "resourcegroupname", "subscriptionid", "tenantid", "changedtime", "createdtime"),
        *("provisioningstate", "resources", "tagstable", "parentresource", "extensionresourcename", "powerstate"),
        *("extensionresourcetype",),
    ]
)
"""What `az resource`, Resource Graph and Az PowerShell add beside a resource's own members, in lower case."""
_EXPRESSION = re.compile(r"\[\s*[A-Za-z_]\w*\s*\(.*\]", re.DOTALL)
_CREATED: Final = ("create", "deploy")


class Item(NamedTuple):
    """A resource: where it stands, what it says, whether `[…]` in it is an expression, its id if told beside."""

    base: Path
    raw: dict[str, Any]
    origin: Origin = "export"
    expressions: bool = False
    id: str = ""


def get(raw: Value, name: str) -> Value:
    """A member by its name without case; `None` where there is none."""
    if not isinstance(raw, dict):
        return None
    if name in raw:
        return raw[name]
    return next((value for key, value in raw.items() if key.lower() == name.lower()), None)


def spelled(raw: dict[str, Any], name: str) -> str:
    """How a member's name is spelled here."""
    return name if name in raw else next((key for key in raw if key.lower() == name.lower()), name)


def is_resource(value: Value) -> bool:
    """Whether a value is a resource of Azure: it has a resource id, and a type or properties."""
    if not isinstance(value, dict):
        return False
    identifier = get(value, "id") or get(value, "resourceId")
    if not isinstance(identifier, str) or not re.match(r"/(subscriptions|providers)/", identifier, re.IGNORECASE):
        return False
    return isinstance(get(value, "type") or get(value, "resourceType"), str) or isinstance(
        get(value, "properties"), dict
    )


def is_export(value: Value) -> bool:
    """Whether a JSON value has one of the forms above."""
    if isinstance(value, list):
        return any(map(is_resource, value))
    if not isinstance(value, dict):
        return False
    if is_resource(value) or isinstance(get(value, "predictedResources"), list) or _changes(value) is not None:
        return True
    return any(isinstance(rows := get(value, name), list) and any(map(is_resource, rows)) for name in ("value", "data"))


def _changes(value: dict[str, Any]) -> Path | None:
    """The path of the list of changes of a what-if result."""
    for base in ((), (spelled(value, "properties"),)):
        holder = value.get(base[0]) if base else value
        changes = get(holder, "changes")
        if not isinstance(changes, list) or not isinstance(holder, dict) or not (changes or get(value, "status")):
            continue
        if all(isinstance(get(one, "changeType"), (str, int)) for one in changes):
            return (*base, spelled(holder, "changes"))
    return None


class Export:
    """What one file holds."""

    def __init__(self, shown: str) -> None:
        self.shown = shown
        self.resources: list[Resource] = []
        self.gaps: list[Gap] = []
        self.planned = False
        """The file says what a deployment would leave behind, not what is there: it is a workload of its own."""
        self._bare: list[Resource] = []

    def add(self, document: Document, line: int = 0) -> None:
        """Take in a document; `line` is where it stands among JSON lines, 0 for a whole file."""
        self.gaps += [replace(gap, line=line or gap.line) for gap in document.gaps]
        for item in self._items(document, line):
            self._take(document, item, line)

    def settle(self) -> None:
        """Tell once a file what its resources lack."""
        if self._bare:
            place = self._bare[0].locate((), False)
            count = f"{len(self._bare)} resources stand" if len(self._bare) > 1 else "a resource stands"
            message = f"{count} without properties (`az resource list` leaves them out); export with `az graph query`"
            self.gaps.append(Gap(self.shown, message, place.line, place.column, "access"))
            self._bare = []

    def _gap(self, document: Document, path: Path, line: int, message: str) -> None:
        place = document.place(path)
        self.gaps.append(Gap(self.shown, message, line or place.line, place.column, "access"))

    def _items(self, document: Document, line: int) -> Iterator[Item]:
        value = document.value
        if isinstance(value, list):
            yield from self._rows(document, (), line)
            return
        if not isinstance(value, dict):
            return
        for more in ("nextLink", "skip_token", "skipToken", "$skipToken", "@odata.nextLink"):
            if get(value, more):
                self._gap(document, (more,), line, "is one page of an answer of several; export all pages")
        changes = _changes(value)
        if changes is not None:
            self.planned = True
            yield from self._changed(document, changes, line)
        elif isinstance(get(value, "predictedResources"), list):
            self.planned = True
            for item in self._rows(document, (spelled(value, "predictedResources"),), line):
                yield item._replace(origin="template", expressions=True)
        elif is_resource(value):
            yield Item((), value)
            yield from self._validated(document, value, line)
        else:
            for name in ("value", "data"):
                if isinstance(get(value, name), list):
                    yield from self._rows(document, (spelled(value, name),), line)

    def _rows(self, document: Document, base: Path, line: int) -> Iterator[Item]:
        rows = document.value
        for step in base:
            rows = rows[step]
        for index, row in enumerate(rows):
            if isinstance(row, dict) and (is_resource(row) or (get(row, "type") and get(row, "name"))):
                yield Item((*base, index), row)
            elif base[:1] != ("predictedResources",):  # there it is a resource of a Bicep extension, none of Azure's
                self._gap(document, (*base, index), line, "is no resource: it has no id with a type or properties")

    def _changed(self, document: Document, base: Path, line: int) -> Iterator[Item]:
        changes = document.value
        for step in base:
            changes = changes[step]
        for index, change in enumerate(changes):
            kind = str(get(change, "changeType")).lower()
            after, target = get(change, "after"), get(change, "resourceId")
            if kind == "delete":
                continue
            if isinstance(after, dict):
                origin: Origin = "template" if kind in _CREATED else "export"
                path = (*base, index, spelled(change, "after"))
                yield Item(path, after, origin, True, target if isinstance(target, str) else "")
            else:
                why = get(change, "unsupportedReason") or "what-if gives no state after the deployment"
                self._gap(document, (*base, index), line, f"{target}: {why}; ask with full resource payloads")

    def _validated(self, document: Document, value: dict[str, Any], line: int) -> Iterator[Item]:
        properties = get(value, "properties")
        listed = get(properties, "validatedResources")
        if not isinstance(listed, list):
            return
        self.planned = True
        base = (spelled(value, "properties"), spelled(properties, "validatedResources"))
        for index, row in enumerate(listed):
            if isinstance(row, dict) and isinstance(get(row, "properties"), dict):
                yield Item((*base, index), row, "template", True)
            elif index == 0:
                self._gap(
                    document, base, line, "the validated resources are ids only; export the what-if result instead"
                )

    def _take(self, document: Document, item: Item, line: int) -> None:
        found = resource(item, _locator(document, item.base, line))
        self.resources.append(found)
        if (
            "properties" not in found.body
            and item.origin == "export"
            and not found.type_key.startswith("microsoft.resources/")
        ):
            found.body["properties"] = Unresolved(f"reference({_quote(found.id)})", "export")
            self._bare.append(found)
        children = get(item.raw, "resources")
        if isinstance(children, list) and len(item.base) < 20:
            name = spelled(item.raw, "resources")
            for index, child in enumerate(children):
                if is_resource(child):
                    self._take(document, Item((*item.base, name, index), child, item.origin, item.expressions), line)


def _quote(text: str | Unresolved) -> str:
    return f"'{text}'" if isinstance(text, str) else text.expression


def _locator(document: Document, base: Path, line: int) -> Locator:
    def locate(path: Path, key: bool) -> Place:
        place = document.place(base + path, key or not path)
        return replace(place, line=line, end_line=line) if line else place

    return locate


def resource(item: Item, locate: Locator) -> Resource:
    """One exported resource in the shape of all resources."""
    raw = item.raw
    identifier = _open(get(raw, "id") or get(raw, "resourceId") or item.id, item)
    kind, name = split_id(identifier) if isinstance(identifier, str) else ("", "")
    given_type = get(raw, "type") or get(raw, "resourceType")
    if not kind and isinstance(given_type, str):
        kind = given_type
    full_name: str | Unresolved = name or _open(get(raw, "name") or "", item)
    version = get(raw, "apiVersion")
    body: dict[str, Value] = {}
    for key, value in raw.items():
        low = key.lower()
        if low not in _NOT_BODY and value is not None and _MEMBERS.get(low, key) not in body:
            body[_MEMBERS.get(low, key)] = opened(value) if item.expressions else value
    return Resource(
        type=kind,
        name=full_name,
        id=identifier if identifier else Unresolved(f"resourceId('{kind}', {_quote(full_name)})", "export"),
        api_version=version if isinstance(version, str) else "",
        body=body,
        locate=locate,
        origin=item.origin,
        identity=(identifier if identifier and isinstance(identifier, str) else f"{kind}/{_quote(full_name)}").lower(),
    )


def _open(value: Any, item: Item) -> str | Unresolved:
    found = opened(value) if item.expressions else value
    return found if isinstance(found, (str, Unresolved)) else str(found)


def opened(value: Value) -> Value:
    """A value in which text that is an expression (`[reference(…)]`) is unresolved."""
    if isinstance(value, str):
        return Unresolved(value[1:-1], "export") if _EXPRESSION.fullmatch(value) else value
    if isinstance(value, list):
        return [opened(item) for item in value]
    if isinstance(value, dict):
        return {OpenKey(key) if _EXPRESSION.fullmatch(key) else key: opened(item) for key, item in value.items()}
    return value


def split_id(identifier: str) -> tuple[str, str]:
    """Full type and full name of a resource id; two empty texts where it is none."""
    steps = identifier.strip("/").split("/")
    low = [step.lower() for step in steps]
    if "providers" in low[::2]:
        at = len(low) - 1 - low[::-1].index("providers")
        types, names = steps[at + 2 :: 2], steps[at + 3 :: 2]
        return ("/".join([steps[at + 1], *types]), "/".join(names)) if types and len(types) == len(names) else ("", "")
    if len(steps) == 4 and low[2] == "resourcegroups":
        return "Microsoft.Resources/resourceGroups", steps[3]
    return (
        ("Microsoft.Resources/subscriptions", steps[1]) if len(steps) == 2 and low[0] == "subscriptions" else ("", "")
    )


def read_export(path: FilePath, shown: str) -> Export:
    """The resources of one file; what cannot be read is a gap."""
    export = Export(shown)
    try:
        text = read_text(path)
        if path.suffix.lower() in (".jsonl", ".ndjson"):
            _read_lines(text, export)
        else:
            try:
                export.add(parse(text, shown))
            except InputError:
                if not has_lines(text):
                    raise
                _read_lines(text, export)
    except InputError as error:
        export.gaps.append(
            Gap(shown, error.message, error.line or 1, error.column or 1, "syntax" if error.line else "unreadable")
        )
    export.settle()
    return export


def has_lines(text: str) -> bool:
    """Whether a text that is no JSON as a whole starts with a line that is an object or array by itself."""
    first, more, _ = text.lstrip().partition("\n")
    if not more or first[:1] not in ("{", "["):
        return False
    try:
        return isinstance(parse(first, "").value, (dict, list))
    except InputError:
        return False


def _read_lines(text: str, export: Export) -> None:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            export.add(parse(line, export.shown), number)
        except InputError as error:
            export.gaps.append(Gap(export.shown, error.message, number, error.column or 1, "syntax"))
