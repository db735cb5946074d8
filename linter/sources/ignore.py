"""Walking folders: what `.gitignore` files and `exclude` globs leave out is not looked into, links are not followed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

SKIPPED: Final = frozenset(
    [
        *(".git", ".hg", ".svn", "node_modules", ".venv", "venv", "__pycache__", "site-packages", ".terraform"),
        *(".tox", ".nox", ".mypy_cache", ".ruff_cache", ".pytest_cache"),
    ]
)
"""Folders of tools, not looked into unless asked for by name."""


class Rules(NamedTuple):
    """The patterns of one file. `says` tells of a path below `folder` whether it is left out; `None`: nothing said."""

    folder: str
    says: Callable[[str], bool | None]


def walk(
    root: Path, exclude: Sequence[str] = (), base: Path | None = None, lost: list[tuple[Path, str]] | None = None
) -> Iterator[tuple[Path, list[str]]]:
    """The folders at and below `root` with the names of their files, in the order of names, parents first.

    `exclude` are patterns as in a `.gitignore` that stands in `base` (the working folder unless told). The `.gitignore`
    files above `root` count up to the top of its git work tree. Links to folders are not followed; a link to a file is
    that file, unless it lies below `root` itself. A folder that cannot be listed is added to `lost` with the reason.
    """
    yield from _Walk(root, exclude, base or Path(), [] if lost is None else lost).folders()


class _Walk:
    def __init__(self, root: Path, exclude: Sequence[str], base: Path, lost: list[tuple[Path, str]]) -> None:
        self.root = root
        self.lost = lost
        self.top = root.resolve().as_posix()
        self.excluded = [Rules(base.resolve().as_posix(), _compiled(exclude))] if exclude else []

    def folders(self) -> Iterator[tuple[Path, list[str]]]:
        rules = _above(Path(self.top))
        if _left_out(self.top, True, rules):
            rules = []  # an ignored folder that is asked for by name
        pending: list[tuple[str, Path, list[Rules]]] = [(self.top, self.root, rules)]
        while pending:
            folder, shown, above = pending.pop()
            files, below, own = self.listed(folder, shown, above)
            if files:
                yield shown, files
            pending += [(f"{folder}/{name}", shown / name, own) for name in reversed(below)]

    def listed(self, folder: str, shown: Path, above: list[Rules]) -> tuple[list[str], list[str], list[Rules]]:
        """The files and folders to look at, sorted, and the rules that hold below."""
        files: list[str] = []
        below: list[str] = []
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        below.append(entry.name)
                    elif self.is_file(entry):
                        files.append(entry.name)
        except OSError as error:
            self.lost.append((shown, error.strerror or str(error)))
            return [], [], above
        own = _rules_of(folder) if ".gitignore" in files else None
        rules = [*above, own] if own else above
        return (
            [name for name in sorted(files) if not self.is_out(f"{folder}/{name}", False, rules)],
            [name for name in sorted(below) if not self.is_out(f"{folder}/{name}", True, rules)],
            rules,
        )

    def is_file(self, entry: os.DirEntry[str]) -> bool:
        try:
            if not entry.is_symlink():
                return entry.is_file(follow_symlinks=False)
            target = Path(entry.path).resolve()
            return target.is_file() and not target.is_relative_to(self.top)
        except (OSError, RuntimeError):  # a link that leads nowhere, or to itself
            return False

    def is_out(self, path: str, is_folder: bool, rules: list[Rules]) -> bool:
        if is_folder and path.rpartition("/")[2] in SKIPPED:
            return True
        return _left_out(path, is_folder, rules) or _left_out(path, is_folder, self.excluded)


def _left_out(path: str, is_folder: bool, rules: list[Rules]) -> bool:
    """What the innermost rules say that say anything."""
    for rule in reversed(rules):
        prefix = rule.folder.rstrip("/") + "/"
        if path.startswith(prefix):
            relative = path[len(prefix) :]
            said = rule.says(relative + "/" if is_folder else relative)
            if said is not None:
                return said
    return False


def _above(top: Path) -> list[Rules]:
    """The rules of the folders above, outermost first, where one of them is the top of a git work tree."""
    found: list[Rules | None] = []
    folder = top
    while not (folder / ".git").exists():
        if folder.parent == folder:
            return []
        folder = folder.parent
        found.append(_rules_of(folder.as_posix()))
    found.append(_rules_of(folder.as_posix(), ".git/info/exclude"))
    return [rules for rules in reversed(found) if rules]


def _rules_of(folder: str, name: str = ".gitignore") -> Rules | None:
    try:
        text = Path(folder, name).read_text(encoding="utf-8-sig", errors="replace")
    except OSError:
        return None
    patterns = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return Rules(folder, _compiled(patterns)) if patterns else None


def _compiled(patterns: Sequence[str]) -> Callable[[str], bool | None]:
    from pathspec import GitIgnoreSpec  # costs 20 ms, and a run on single files needs none of it

    sound = []
    for pattern in patterns:
        try:
            GitIgnoreSpec.from_lines([pattern])
        except ValueError:  # git passes over what is no pattern, too
            continue
        sound.append(pattern)
    spec = GitIgnoreSpec.from_lines(sound)
    return lambda path: spec.check_file(path).include
