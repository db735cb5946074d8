"""Files and folders → what is to be read together. Nothing is evaluated; a file is opened only to see what it is."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

from linter.model import Gap
from linter.sources.collecting import collect
from linter.sources.pairing import pair
from linter.sources.sniff import File, look, normal

Named: TypeAlias = tuple[Path, str]
"""An absolute path, and how reports name it."""
_runs = itertools.count()


@dataclass(frozen=True, slots=True)
class Job:
    """A template or Bicep file with the parameter file of one deployment."""

    path: Path
    shown: str
    parameters: Named | None = None

    @property
    def is_bicep(self) -> bool:
        """Whether the Bicep front end reads it; a `.bicepparam` file may use a template in JSON, too."""
        by_parameters = self.parameters is not None and self.parameters[0].suffix.lower() == ".bicepparam"
        return by_parameters or self.path.suffix.lower() == ".bicep"


@dataclass(frozen=True, slots=True)
class Unit:
    """What is read together and gives one or more workloads. Units are independent of each other and can be pickled.

    `manifests` and `bundles` stand beside `jobs` or `exports` and belong to their workloads; without these, manifests
    are one workload and each bundle is one. `root`: the folder that links may not leave. `run`: equal for the units of
    one plan, so that what was read for one may serve the next.
    """

    root: Path
    jobs: tuple[Job, ...] = ()
    exports: tuple[Named, ...] = ()
    manifests: tuple[Named, ...] = ()
    bundles: tuple[Named, ...] = ()
    run: str = ""


@dataclass(slots=True)
class Plan:
    """The units in the order of their paths, what cannot be read, and how many files are something to us."""

    units: list[Unit] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    files: int = 0


def plan(
    paths: Iterable[str], parameters: Sequence[str] = (), exclude: Sequence[str] = (), base: Path | None = None
) -> Plan:
    """What to read for the paths of a command line.

    `parameters`: the parameter files that the user names for the templates; without them each template has those that
    belong to it. `exclude` counts from `base`, see `ignore.walk`; a file given by name is read whatever it says.
    """
    found = Plan()
    seen: set[Path] = set()
    given = [file for path in parameters if (file := look(normal(Path(path)), Path(path).as_posix(), named=True))]
    found.gaps += [file.gap for file in given if file.gap is not None]
    for path in paths:
        files = [file for file in collect(Path(path), exclude, base) if file.path not in seen]
        seen.update(file.path for file in files)
        found.files += len(files)
        found.gaps += [file.gap for file in files if file.gap is not None]
        if files:
            tree = _Tree(normal(Path(path)), files, given)
            found.units += tree.units()
            found.gaps += tree.gaps
    run = f"{os.getpid()}.{next(_runs)}"
    found.units = [replace(unit, run=run) for unit in found.units]
    if not (found.units or found.gaps):
        found.files = 0  # parameter files or types alone are nothing to judge
    return found


def tree_of(path: Path) -> Path:
    """The folder that links from `path` (absolute) may not leave: its git work tree, else the folder itself."""
    folder = path if path.is_dir() else path.parent
    return next((above for above in (folder, *folder.parents) if (above / ".git").exists()), folder)


class _Tree:
    """The files at one path of the command line."""

    def __init__(self, given: Path, files: list[File], parameters: list[File]) -> None:
        self.top = given if given.is_dir() else given.parent
        self.root = tree_of(given)
        self.files = files
        self.by_path = {file.path: file for file in files}
        self.places = {file.path: index for index, file in enumerate(files)}
        self.given = parameters
        self.gaps: list[Gap] = []

    def of(self, *kinds: str) -> list[File]:
        return [file for file in self.files if file.kind in kinds]

    def units(self) -> list[Unit]:
        jobs: dict[Path, list[Job]] = {}
        for job in self.jobs():
            jobs.setdefault(job.path.parent, []).append(job)
        exports = self.of("export")
        homes = {file.folder for file in exports} | jobs.keys()
        homes |= {above for file in exports for above in file.folder.parents if self.top in above.parents}
        beside: dict[Path | None, list[File]] = {}
        for file in self.of("manifest", "bundle"):
            beside.setdefault(self.home(file.folder, homes), []).append(file)
        found: list[Unit] = []
        for folder, listed in jobs.items():
            near = beside.pop(folder, [])
            groups = [tuple(listed)] if near else [(job,) for job in listed]
            found += [Unit(self.root, group, (), _of(near, "manifest"), _of(near, "bundle")) for group in groups]
        alone = beside.pop(None, [])
        if exports:
            near = [file for files in beside.values() for file in files]
            found.append(Unit(self.root, (), _of(exports, "export"), _of(near, "manifest"), _of(near, "bundle")))
        found += self.alone(alone)
        return sorted(found, key=self.order)

    def order(self, unit: Unit) -> int:
        """Where the first file of a unit stands in the walk; what lies outside of it comes last."""
        first = unit.jobs[0].path if unit.jobs else (*unit.exports, *unit.manifests, *unit.bundles)[0][0]
        return self.places.get(first, len(self.files))

    def home(self, folder: Path, homes: Iterable[Path]) -> Path | None:
        """The nearest of `homes` at or above a folder, inside the tree."""
        while folder not in homes:
            if folder == self.top or folder.parent == folder:
                return None
            folder = folder.parent
        return folder

    def alone(self, files: list[File]) -> Iterator[Unit]:
        """Manifests without a template: those of a folder, with the folders below it, are one workload."""
        manifests = [file for file in files if file.kind == "manifest"]
        folders = {file.folder for file in manifests}
        groups: dict[Path, list[File]] = {}
        for file in manifests:
            top = file.folder
            while top != self.top and (above := self.home(top.parent, folders)) is not None:
                top = above
            groups.setdefault(top, []).append(file)
        for group in groups.values():
            yield Unit(self.root, manifests=_of(group, "manifest"))
        for file in files:
            if file.kind == "bundle":
                yield Unit(self.root, bundles=((file.path, file.shown),))

    def jobs(self) -> list[Job]:
        """The deployments, in the order of their templates."""
        pairs = pair(self.files)
        uses = dict(self.entry_points(pairs))
        if any(file.named for file in self.files):
            uses = self.asked_for(uses)
        found = []
        for template, files in sorted(uses.items(), key=lambda item: self.places.get(item[0], len(self.files))):
            shown = self.by_path[template].shown if template in self.by_path else self.shown(template)
            parameters = self.given_for(template) if self.given else files
            jobs = [Job(template, shown, (file.path, file.shown)) for file in parameters]
            found += jobs or [Job(template, shown)]
        return found

    def asked_for(self, uses: dict[Path, list[File]]) -> dict[Path, list[File]]:
        """What a file given by name asks for: a template with what belongs to it, or a parameter file's template."""
        named = next(file for file in self.files if file.named)
        if named.kind in ("template", "bicep"):
            return {named.path: uses.get(named.path, [])}
        mine = {template: [named] for template, files in uses.items() if named in files}
        if not mine and named.kind == "parameters":
            message = "is a parameter file whose template is not here; give the template, with this file by -p"
            self.gaps.append(Gap(named.shown, message))
        return mine

    def given_for(self, template: Path) -> list[File]:
        """The parameter files that the user named: all but those that name another template of this tree."""
        return [file for file in self.given if template in file.links or not self.by_path.keys() & set(file.links)]

    def shown(self, path: Path) -> str:
        """How reports name a file outside of the tree, that a file in it uses."""
        first = self.files[0]
        above = len(first.path.parts) - len(Path(first.shown).parts)
        shares = path.parts[:above] == first.path.parts[:above]
        return Path(*path.parts[above:]).as_posix() if shares and above > 0 else path.as_posix()

    def entry_points(self, pairs: dict[Path, list[File]]) -> Iterator[tuple[Path, list[File]]]:
        """Templates and Bicep files that no other one calls, each with its parameter files.

        Of files that call each other in a ring, the first is an entry point.
        """
        by_bicepparam: dict[Path, list[File]] = {}
        bicep = self.of("bicep", "bicepparam")
        if bicep:
            from linter.sources.bicep.entry import entries

            for entry in entries([file.path for file in bicep]):
                files = [self.by_path[path] for path in entry.parameters]
                if entry.template is None:
                    self.without_template(files)
                else:
                    by_bicepparam[normal(entry.template)] = files
        for path in [*self.json_entries(pairs, by_bicepparam), *(p for p in by_bicepparam if not self.is_json(p))]:
            files = [*pairs.get(path, []), *by_bicepparam.get(path, [])]
            file = self.by_path.get(path)
            if files or file is None or file.deploys or file.named:
                yield path, files
        for file in bicep:
            if file.kind == "bicep" and file.named and file.path not in by_bicepparam:
                yield file.path, pairs.get(file.path, [])

    def is_json(self, path: Path) -> bool:
        return path in self.by_path and self.by_path[path].kind == "template"

    def without_template(self, files: list[File]) -> None:
        for file in files:
            if file.deploys or file.named:
                message = "the template that it uses is not on disk; restore it (`bicep restore`) or judge its source"
                self.gaps.append(Gap(file.shown, message, kind="module"))

    def json_entries(self, pairs: dict[Path, list[File]], by_bicepparam: dict[Path, list[File]]) -> list[Path]:
        templates = [file for file in self.of("template") if not self.is_compiled(file)]
        known = {file.path: file for file in templates}
        links = {file.path: [link for link in file.links if link in known] for file in templates}
        called = {link for file in self.of("template", "bicep") for link in file.links if link != file.path}
        chosen = {path for files in pairs.values() for file in files for path in file.links}
        starts = [
            file.path
            for file in templates
            if file.path not in called or file.named or file.path in chosen or file.path in by_bicepparam
        ]
        from_bicep = {link for file in self.of("bicep") for link in file.links if link in known}
        reached = _reached([*starts, *from_bicep], links)
        for path in known:
            if path not in reached:
                starts.append(path)
                reached |= _reached([path], links)
        return starts

    def is_compiled(self, file: File) -> bool:
        """Whether a template is what the compiler made of a Bicep file that is judged itself."""
        if not file.generated or file.named:
            return False
        sources = [file.path.with_suffix(".bicep")]
        if file.stem == "azuredeploy":
            sources.append(file.path.with_name("main.bicep"))
        return any(source in self.by_path for source in sources)


def _of(files: list[File], kind: str) -> tuple[Named, ...]:
    return tuple((file.path, file.shown) for file in files if file.kind == kind)


def _reached(starts: Iterable[Path], links: dict[Path, list[Path]]) -> set[Path]:
    reached = set(starts)
    pending = list(reached)
    while pending:
        for path in links.get(pending.pop(), ()):
            if path not in reached:
                reached.add(path)
                pending.append(path)
    return reached
