"""The files of a run: parsed once, found beside the file that names them, data never outside the scanned tree."""

from __future__ import annotations

import os
from pathlib import Path as FilePath
from typing import Final

from linter.errors import InputError
from linter.sources.arm.reader import MAX_BYTES, Document, decode, parse
from linter.sources.bicep import lexer
from linter.sources.bicep.parser import parse as parse_bicep
from linter.sources.bicep.program import Program
from linter.sources.yamlfile import YamlText

_ROOT_MARKS: Final = (".git", ".github", "azure.yaml")
"""What the folder of a repository holds: a file named on the command line belongs to the tree of its repository."""


class Library:
    """What was read so far, by absolute path. One library may serve many entry points.

    `root` is the scanned tree.
    """

    def __init__(self, root: FilePath | None) -> None:
        self.root = None if root is None else root.resolve()
        self.cwd = FilePath.cwd()
        self._base: tuple[FilePath, str] | None = None
        self._shown: dict[FilePath, str] = {}
        self._programs: dict[FilePath, Program | InputError] = {}
        self._documents: dict[FilePath, Document | InputError] = {}
        self._texts: dict[FilePath, bytes | InputError] = {}
        self._yaml: dict[FilePath, YamlText] = {}

    def name(self, path: FilePath, shown: str) -> None:
        """Reports call the file at the absolute `path` as the user did, and its neighbours relative to that."""
        self._shown[path] = FilePath(shown).as_posix()
        if self._base is None:
            self._base = (path, shown)

    def shown(self, path: FilePath) -> str:
        """How reports name a file: as the user gave it, else relative to the working folder, with forward slashes."""
        known = self._shown.get(path)
        if known is None:
            known = self._shown[path] = self._relative(path)
        return known

    def _relative(self, path: FilePath) -> str:
        if self._base is not None:
            absolute, shown = self._base
            try:
                inside = os.path.relpath(path, absolute.parent)
            except ValueError:
                return path.as_posix()
            return FilePath(os.path.normpath(FilePath(shown).parent / inside)).as_posix()
        try:
            return path.relative_to(self.cwd).as_posix()
        except ValueError:
            return path.as_posix()

    def program(self, path: FilePath) -> Program:
        """A Bicep file or Bicep parameter file, parsed; `InputError` where it cannot be read."""
        found = self._programs.get(path)
        if found is None:
            try:
                text = lexer.decode(self._bytes(path))
            except InputError as error:
                found = error
            else:
                found = Program(path, self.shown(path), parse_bicep(text, path.suffix.lower() == ".bicepparam"))
            self._programs[path] = found
        if isinstance(found, InputError):
            raise found
        return found

    def document(self, path: FilePath) -> Document:
        """A JSON file; `InputError` where it cannot be read."""
        found = self._documents.get(path)
        if found is None:
            try:
                found = parse(decode(self._bytes(path)), self.shown(path))
            except InputError as error:
                found = error
            self._documents[path] = found
        if isinstance(found, InputError):
            raise found
        return found

    def yaml(self, path: FilePath, text: str) -> YamlText:
        """A YAML text of a file, kept for the places of its values."""
        found = self._yaml.get(path)
        if found is None:
            found = self._yaml[path] = YamlText(text, self.shown(path))
        return found

    def data(self, path: FilePath) -> bytes:
        """The bytes of a file inside the scanned tree; `InputError` where it is outside or cannot be read."""
        if not self.inside(path):
            raise InputError(f"'{self.shown(path)}' lies outside the scanned tree and is not read")
        return self._bytes(path)

    def inside(self, path: FilePath) -> bool:
        """Whether a path lies in the scanned tree, links followed."""
        if self.root is None:
            return False
        try:
            return path.resolve().is_relative_to(self.root)
        except (OSError, RuntimeError, ValueError):
            return False

    def _bytes(self, path: FilePath) -> bytes:
        found = self._texts.get(path)
        if found is None:
            found = self._texts[path] = _read(path)
        if isinstance(found, InputError):
            raise found
        return found


def _read(path: FilePath) -> bytes | InputError:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        return InputError(f"cannot be read: {getattr(error, 'strerror', None) or error}")
    if len(data) > MAX_BYTES:
        return InputError(f"is larger than {MAX_BYTES // 1024**2} MB, the most that is read of one file")
    return data


def widen(folder: FilePath) -> FilePath:
    """The root of the repository that an absolute folder belongs to; the folder itself where there is none."""
    for one in (folder, *folder.parents):
        if any((one / mark).exists() for mark in _ROOT_MARKS):
            return one
    return folder


def absolute_path(path: FilePath) -> FilePath:
    """A path from the root, `..` taken out, links not followed: a linked file is what its name says."""
    return FilePath(os.path.normpath(FilePath.cwd() / path))


def resolve(base: FilePath, written: str) -> FilePath:
    """The absolute path that a file at `base` means by a relative one, without following links."""
    return FilePath(os.path.normpath(base.parent / written))
