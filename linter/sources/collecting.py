"""The files at a path of the command line that are something to us."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from linter.model import Gap
from linter.sources.ignore import walk
from linter.sources.pairing import FOLDERS, may_hold_parameters, pair
from linter.sources.sniff import File, look, normal

_CHART: Final = ("Chart.yaml", "Chart.yml")
_HELM = "a Helm chart, whose manifests are templates; render it (`helm template`) and scan what comes out"


def collect(given: Path, exclude: Sequence[str] = (), base: Path | None = None) -> list[File]:
    """The files at `given`, in the order of the walk.

    A template given by name brings the parameter files beside it, a parameter file the templates that it may belong to.
    """
    if given.is_dir():
        return list(_folder(given, exclude, base))
    file = look(normal(given), given.as_posix(), named=True)
    if file is None:
        return []
    if file.kind in ("template", "bicep"):
        return [file, *_parameters_of(file, given)]
    if file.kind == "parameters":
        return [*_templates_of(file, given), file]
    return [file]


def _folder(given: Path, exclude: Sequence[str], base: Path | None) -> Iterator[File]:
    top = normal(given)
    charts: set[Path] = set()
    lost: list[tuple[Path, str]] = []
    for folder, names in walk(given, exclude, base, lost):
        here = top / folder.relative_to(given)
        in_chart = any(above in charts for above in here.parents)
        chart = next((name for name in _CHART if name in names), None)
        if chart and (here / "templates").is_dir():
            shown = (folder / chart).as_posix()
            yield File(here / chart, shown, "unreadable", gap=Gap(shown, _HELM))
            in_chart = True
            charts.add(here)
        for name in names:
            if in_chart and name.lower().endswith((".yaml", ".yml")):
                continue
            file = look(here / name, (folder / name).as_posix())
            if file is not None:
                yield file
    for folder, reason in lost:
        shown = folder.as_posix()
        yield File(normal(folder), shown, "unreadable", gap=Gap(shown, f"cannot be listed: {reason}", kind="access"))


def _parameters_of(file: File, given: Path) -> list[File]:
    """The parameter files of a template; `.bicepparam` files say themselves whether they are."""
    found = list(_beside(file, given))
    others: list[File] = []
    if any(one.kind == "parameters" and not (one.links or one.stem.startswith(file.stem)) for one in found):
        others = [one for one in _templates_of(file, given) if one.path != file.path]
    mine = pair([file, *others, *found]).get(file.path, [])
    return [one for one in found if one.kind == "bicepparam" or one in mine]


def _beside(file: File, given: Path) -> Iterator[File]:
    for folder in (file.folder, *(file.folder / name for name in _names(file.folder) if name.lower() in FOLDERS)):
        for name in _names(folder):
            path = folder / name
            inside = folder != file.folder and name.lower().endswith((".json", ".jsonc"))
            if (inside or may_hold_parameters(name)) and path != file.path and path.is_file():
                found = look(path, _shown(path, file, given))
                if found is not None and found.kind in ("parameters", "bicepparam"):
                    yield found


def _templates_of(file: File, given: Path) -> Iterator[File]:
    """The templates beside a file: the one that a parameter file names, else those in the folder or the one above."""
    if file.links and file.kind == "parameters":
        paths = file.links
    else:
        folders = [file.folder, *([file.folder.parent] if file.folder.name.lower() in FOLDERS else [])]
        paths = [folder / name for folder in folders for name in _names(folder)]
    for path in paths:
        if path.suffix.lower() in (".json", ".jsonc", ".bicep") and path != file.path and path.is_file():
            found = look(path, _shown(path, file, given))
            if found is not None and found.kind in ("template", "bicep"):
                yield found


def _names(folder: Path) -> list[str]:
    try:
        return sorted(path.name for path in folder.iterdir())
    except OSError:
        return []


def _shown(path: Path, file: File, given: Path) -> str:
    """How reports name a neighbour of a file that the user gave: with the same beginning."""
    steps = path.parts
    common = 0
    for step, other in zip(steps, file.folder.parts, strict=False):
        if step != other:
            break
        common += 1
    up = [".."] * (len(file.folder.parts) - common)
    shown = given.parent.joinpath(*up, *steps[common:])
    return Path(os.path.normpath(shown)).as_posix()
