"""What a git diff touches: `--changed-since REV` gates on findings in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from linter.errors import UsageError
from linter.model import Place, Resource, Row

_HUNK = re.compile(r"@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@")


@dataclass(frozen=True, slots=True)
class Changes:
    """Changed stretches of lines (first, last; 1-based) by resolved path; None for a file that is new as a whole."""

    files: dict[str, list[tuple[int, int]] | None]
    base: str

    def touch(self, place: Place) -> bool:
        """Does the diff touch a line of the place?"""
        path = _resolved(place.path)
        if path not in self.files:
            return False
        stretches = self.files[path]
        return stretches is None or any(first <= place.end_line and place.line <= until for first, until in stretches)

    def touch_row(self, row: Row, resource: Resource) -> bool:
        """A row is touched where its place, the whole of its resource, a related place or a module call above is."""
        places = [row.location, resource.place(), *(place for _, place in row.related)]
        return any(self.touch(place) or any(self.touch(call) for call in place.chain) for place in places)


def _resolved(path: str) -> str:
    return Path(path).resolve().as_posix()


def changes_since(revision: str, folder: Path) -> Changes:
    """The diff from `revision` to the work tree, untracked files included. Raises `UsageError` where git gives none."""
    if revision.startswith("-"):
        raise UsageError(f"--changed-since {revision}: not a revision")
    root = Path(_git(folder, "rev-parse", "--show-toplevel").strip())
    _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    diff = _git(
        root, "-c", "core.quotePath=false", "diff", "--unified=0", "--no-color", "--no-ext-diff", "--no-textconv",
        "--src-prefix=a/", "--dst-prefix=b/", revision, "--",
    )  # fmt: skip
    files: dict[str, list[tuple[int, int]] | None] = {}
    stretches: list[tuple[int, int]] = []
    for line in diff.split("\n"):
        if line.startswith("+++ "):
            stretches = []
            name = line[4:].split("\t")[0].strip('"')
            if name.startswith("b/"):
                files[_resolved((root / name[2:]).as_posix())] = stretches
        elif found := _HUNK.match(line):
            first, number = int(found[1]), int(found[2] or 1)
            # a deletion stands between two lines: both are touched
            stretches.append((first, first + number - 1) if number else (first, first + 1))
    for name in _git(root, "ls-files", "--others", "--exclude-standard", "-z").split("\0"):
        if name:
            files[_resolved((root / name).as_posix())] = None
    return Changes(files, revision)


def _git(folder: Path, *arguments: str) -> str:
    import subprocess

    try:
        done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, timeout=120, check=False)
    except FileNotFoundError:
        raise UsageError("--changed-since needs git on the PATH") from None
    except subprocess.TimeoutExpired:
        raise UsageError("--changed-since: git took longer than two minutes") from None
    if done.returncode:
        reason = done.stderr.decode("utf-8", "replace").strip().splitlines()
        said = reason[-1] if reason else "no such revision"
        raise UsageError(f"--changed-since: git {arguments[0]}: {said}")
    return done.stdout.decode("utf-8", "surrogateescape")
