"""Files and folders → inventories, one workload at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from linter.errors import InputError
from linter.model import Gap, Inventory, Resource
from linter.sources.discovery import Job, Named, Plan, Unit, plan

if TYPE_CHECKING:
    from linter.sources.bicep.library import Library
    from linter.sources.template.scope import Context

WORKLOAD_TAGS: Final = ("workload", "app")
_ENTRIES_A_LIBRARY: Final = 50
_CLUSTERS: Final = ("Microsoft.ContainerService/managedClusters", "Microsoft.Kubernetes/connectedClusters")
_WORKSPACES: Final = ("Microsoft.Databricks/workspaces",)


class _Parsed:
    """The Bicep files that were parsed for one run, for modules that many entry points use; renewed lest it grow."""

    def __init__(self) -> None:
        self.run = ""
        self.used = 0
        self.library: Library | None = None

    def of(self, unit: Unit) -> Library | None:
        """The library for an entry point of a unit; `None` where there is no run to share it in."""
        from linter.sources.bicep.library import Library

        if not unit.run:
            return None
        if self.library is None or self.run != f"{unit.run} {unit.root}" or self.used >= _ENTRIES_A_LIBRARY:
            self.library, self.run, self.used = Library(unit.root), f"{unit.run} {unit.root}", 0
        self.used += 1
        return self.library


_parsed = _Parsed()


class Texts(dict[str, str]):
    """Source texts by the path that reports show; one that was not kept is read when it is asked for."""

    def __missing__(self, shown: str) -> str:
        from linter.sources.arm.reader import read_text

        try:
            self[shown] = read_text(Path(shown))
        except InputError:
            self[shown] = ""
        return self[shown]

    def get(self, shown: str, default: Any = None) -> Any:
        """As `dict.get`, read from the file where need be."""
        return self[shown] or default


class Reading(Iterable[Inventory]):
    """A run over files: `plan.files` and `len(plan.units)` are known before the first inventory."""

    def __init__(self, found: Plan, scope: Mapping[str, Any], tags: Sequence[str]) -> None:
        self.plan = found
        self._scope = scope
        self._tags = tags

    def __iter__(self) -> Iterator[Inventory]:
        if self.plan.gaps:
            yield Inventory(gaps=list(self.plan.gaps), complete=False)
        for unit in self.plan.units:
            yield from load(unit, self._scope, self._tags)


def read(
    paths: Iterable[str],
    *,
    parameters: Sequence[str] = (),
    exclude: Sequence[str] = (),
    base: Path | None = None,
    scope: Mapping[str, Any] | None = None,
    tags: Sequence[str] = WORKLOAD_TAGS,
) -> Reading:
    """The workloads of files and folders, each read when it is asked for.

    `parameters`, `exclude` and `base` as for `discovery.plan`; `scope`: the options of `cli.scope_options` by name;
    `tags`: the tag names that hold the workload of an exported resource.
    """
    return Reading(plan(paths, parameters, exclude, base), scope or {}, tags)


def load(unit: Unit, scope: Mapping[str, Any], tags: Sequence[str] = WORKLOAD_TAGS) -> Iterator[Inventory]:
    """The workloads of one unit. What cannot be read is a gap; nothing that a file holds raises."""
    if not (unit.manifests or unit.bundles):
        yield from (_expand(job, unit, scope) for job in unit.jobs)
        if unit.exports:
            yield from _estate(unit.exports, tags)
        return
    beside = [*(_manifests(unit.manifests) if unit.manifests else ()), *map(_bundle, unit.bundles)]
    found = [_expand(job, unit, scope) for job in unit.jobs]
    if unit.exports:
        found += _estate(unit.exports, tags)
    for part in beside:
        if not _join(part, found):
            found.append(part)
    yield from found


def _join(part: Inventory, found: list[Inventory]) -> bool:
    """Put manifests or a bundle into the workloads that they belong to; False where that is none of `found`.

    They belong to the only workload there is, else to each that declares something for them to run on.
    """
    kinds = _WORKSPACES if part.resources and part.resources[0].origin == "bundle" else _CLUSTERS
    hosts = found if len(found) == 1 else [inventory for inventory in found if inventory.of_type(*kinds)]
    for number, host in enumerate(hosts):
        _merge(host, part, gaps=number == 0)
    return bool(hosts)


def _merge(host: Inventory, part: Inventory, *, gaps: bool = True) -> None:
    host.resources = [*host.resources, *part.resources]
    host.gaps += part.gaps if gaps else []
    host.complete = host.complete and part.complete
    host.texts.update(part.texts)
    host.restored |= part.restored
    host._by_type = host._by_id = None  # they were asked for before the part came


def _expand(job: Job, unit: Unit, scope: Mapping[str, Any]) -> Inventory:
    try:
        context = _context(job, unit.root, scope)
        found = _bicep(job, context, _parsed.of(unit)) if job.is_bicep else _template(job, context)
    except InputError as error:
        kind = "syntax" if error.line else "unreadable"
        gap = Gap(job.shown, error.message, error.line or 1, error.column or 1, kind)
        found = Inventory(name=job.shown, gaps=[gap], complete=False)
    except Exception as error:  # a fault of ours in one file must not keep the others from being judged
        message = f"could not be evaluated: {type(error).__name__} in aiplint itself; please report it"
        gap = Gap(job.shown, message, kind="evaluation")
        found = Inventory(name=job.shown, gaps=[gap], complete=False)
    found.texts = Texts(found.texts)
    return found


def _context(job: Job, root: Path, scope: Mapping[str, Any]) -> Context:
    from linter.sources.template.scope import Context, Scope

    names = ("subscription_id", "resource_group", "location", "tenant_id", "cloud")
    told = {name: scope[name] for name in names if scope.get(name)}
    group = scope.get("management_group_id") or told.get("tenant_id") or Scope().tenant_id
    modules = scope.get("modules")
    return Context(
        scope=Scope(management_group_id=group, **told),
        deployment_name=scope.get("deployment_name") or job.path.stem,
        root=root,
        modules=(Path(modules),) if modules else (),
    )


def _template(job: Job, context: Context) -> Inventory:
    from linter.sources.arm.deployment import expand
    from linter.sources.arm.reader import read as read_json

    document = read_json(job.path, job.shown)
    parameters, fault = None, None
    if job.parameters is not None:
        path, shown = job.parameters
        try:
            parameters = read_json(path, shown)
        except InputError as error:
            fault = Gap(
                shown, error.message, error.line or 1, error.column or 1, "syntax" if error.line else "unreadable"
            )
    found = expand(document, parameters, context)
    if fault is not None:
        found.gaps.insert(0, fault)
        found.complete = False
    found.texts[job.shown] = document.text
    return found


def _bicep(job: Job, context: Context, library: Library | None) -> Inventory:
    from linter.sources.bicep.expand import expand_file

    given = [Path(job.parameters[1])] if job.parameters else []
    return expand_file(Path(job.shown), given, context, library)


def _manifests(files: Iterable[Named]) -> Iterator[Inventory]:
    """One inventory of all the manifests."""
    from linter.sources.kubernetes import read_manifest
    from linter.sources.kustomize import NAMES, Kustomizations

    listed = list(files)
    changes = Kustomizations()
    for path, _ in listed:
        if path.name.lower() in NAMES:
            changes.add(path)
    whole = Inventory(name=Path(listed[0][1]).parent.as_posix())
    for path, shown in listed:
        if path not in changes.patches:
            _merge(whole, read_manifest(path, shown))
    changes.apply(whole.resources)
    yield whole


def _bundle(file: Named) -> Inventory:
    from linter.sources.databricks import read_bundle

    return read_bundle(*file)


def _estate(files: Iterable[Named], tags: Sequence[str]) -> list[Inventory]:
    """The workloads of all exports together; a file that says what a deployment would leave behind stands alone."""
    from linter.sources.exports import read_export

    scans, files = _scans(files)
    known: list[Resource] = []
    gaps: list[Gap] = []
    found = [inventory for scan, mine in scans for inventory in _scan(scan, mine, tags)]
    for path, shown in files:
        export = read_export(path, shown)
        if export.planned:
            found += _grouped(export.resources, export.gaps, tags)
        else:
            known += export.resources
            gaps += export.gaps
    return (_grouped(_once(known, gaps), gaps, tags) if known or gaps or not found else []) + found


def _scans(files: Iterable[Named]) -> tuple[list[tuple[Named, list[Named]]], list[Named]]:
    """The saved scans among exports, each with the files of its folder; and the other files."""
    from linter.sources.arm.reader import parse, read_text
    from linter.sources.snapshot import SCAN_FILE, is_scan

    listed = list(files)
    heads: list[Named] = []
    for path, shown in listed:
        if path.name == SCAN_FILE:
            try:
                heads += [(path, shown)] if is_scan(parse(read_text(path), shown).value) else []
            except InputError:
                continue  # told when it is read as an export
    found: list[tuple[Named, list[Named]]] = []
    for head in heads:
        top = head[0].parent
        mine = [file for file in listed if top in file[0].parents]
        listed = [file for file in listed if top not in file[0].parents]
        found.append((head, [file for file in mine if file[0] != head[0]]))
    return found, listed


def _scan(head: Named, files: list[Named], tags: Sequence[str]) -> list[Inventory]:
    from linter.sources.snapshot import inventories
    from linter.sources.snapshot import load as load_scan

    return inventories(load_scan(head, files), tags)


def _grouped(resources: list[Resource], gaps: list[Gap], tags: Sequence[str]) -> list[Inventory]:
    from linter.sources.workloads import workloads

    found = workloads(resources, tags)
    if gaps and not found:
        found = [Inventory()]
    for number, inventory in enumerate(found):
        inventory.texts = Texts()
        inventory.complete = not gaps
        inventory.gaps = gaps if number == 0 else []
    return found


def _once(resources: list[Resource], gaps: list[Gap]) -> list[Resource]:
    """Each resource once: the export that has its properties, else the first; two that differ are told."""
    by_id: dict[str, Resource] = {}
    for number, one in enumerate(resources):
        key = one.identity if isinstance(one.id, str) else str(number)
        first = by_id.setdefault(key, one)
        if first is one or one.body == first.body or not isinstance(one.body.get("properties"), dict):
            continue
        if not isinstance(first.body.get("properties"), dict):
            by_id[key] = one
            continue
        place, other = one.locate((), False), first.locate((), False)
        message = f"{one.name} stands in {other.path}:{other.line} too, with other content; the first one is judged"
        gaps.append(Gap(place.path, message, place.line, place.column))
    return list(by_id.values())
