"""Which JSON parameter file belongs to which template: by what it says, else by its name."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from linter.sources.sniff import File

FOLDERS: Final = frozenset(["parameters", "parameter", "params", "param", "parameter-files", "parameterfiles"])
"""Folders of parameter files, beside the template."""
_MAIN: Final = ("azuredeploy", "template", "main", "maintemplate", "deploy")
"""Templates that a parameter file means which names none, in this order."""


def pair(files: Iterable[File]) -> dict[Path, list[File]]:
    """The parameter files of each template or Bicep file, by its path; both in the order of `files`."""
    listed = list(files)
    by_path = {file.path: file for file in listed if file.kind == "template" or (file.kind == "bicep" and file.deploys)}
    by_folder: dict[Path, list[File]] = {}
    for file in by_path.values():
        by_folder.setdefault(file.folder, []).append(file)
    pairs: dict[Path, list[File]] = {}
    for file in listed:
        if file.kind == "parameters":
            for template in _linked(file, by_path) or _named(file, by_folder):
                pairs.setdefault(template.path, []).append(file)
    return pairs


def may_hold_parameters(name: str) -> bool:
    """Whether a file of this name may be a parameter file, as a look without opening says."""
    low = name.lower()
    return low.endswith(".bicepparam") or ("param" in low and low.endswith((".json", ".jsonc")))


def _linked(file: File, by_path: dict[Path, File]) -> list[File]:
    return [by_path[link] for link in file.links if link in by_path]


def _named(file: File, by_folder: dict[Path, list[File]]) -> list[File]:
    inside = file.folder.name.lower() in FOLDERS
    if not inside and "param" not in file.stem:
        return []
    for folder in (file.folder, file.folder.parent) if inside else (file.folder,):
        found = _matching(file.stem, by_folder.get(folder, []))
        if found:
            return found
    return []


def _matching(stem: str, templates: list[File]) -> list[File]:
    names = {template.stem for template in templates}
    longest = max((name for name in names if _starts(stem, name)), key=len, default=None)
    if longest is None and len(names) == 1:
        longest = next(iter(names))
    if longest is None and stem.startswith(("param", "azuredeploy")):
        longest = next((name for name in _MAIN if name in names), None)
    return [template for template in templates if template.stem == longest]


def _starts(stem: str, name: str) -> bool:
    return stem == name or (stem.startswith(name) and stem[len(name)] in ".-_")
