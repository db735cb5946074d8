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
    """The diff from `revision`, or from where the branch left it, to the work tree that `folder` (or a file) is in;
    untracked files included. Raises `UsageError` where git gives none."""
    if revision.startswith("-"):
        raise UsageError(f"--changed-since {revision}: not a revision")
    folder = folder if folder.is_dir() else folder.parent
    root = Path(_git(folder, "rev-parse", "--show-toplevel").strip())
    _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    try:  # what the other branch did since is none of this one's changes
        base = _git(folder, "merge-base", revision, "HEAD").strip()
    except UsageError:  # histories without a common commit, or one cut short
        base = revision
    diff = _git(
        root, "-c", "core.quotePath=false", "diff", "--unified=0", "--no-color", "--no-ext-diff", "--no-textconv",
        "--src-prefix=a/", "--dst-prefix=b/", base, "--",
    )  # fmt: skip
    files: dict[str, list[tuple[int, int]] | None] = {}
    stretches: list[tuple[int, int]] = []
    for line in diff.split("\n"):
        if line.startswith("+++ "):
            stretches = []
            name = _named(line[4:])
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


_ESCAPES = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def _named(text: str) -> str:
    """The name in a `+++` line; git quotes the odd ones as C does."""
    if not text.startswith('"'):
        return text.split("\t")[0]
    return re.sub(
        r"\\([0-7]{3}|.)",
        lambda found: chr(int(found[1], 8)) if len(found[1]) == 3 else _ESCAPES.get(found[1], found[1]),
        text[1:].rpartition('"')[0],
    )


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
