"""`aiplint init`: a commented configuration file, its schema for editors, and the CI files asked for."""

from __future__ import annotations

import argparse
import sys
from importlib.resources import files
from pathlib import Path

from linter import __version__
from linter.config import NAMES
from linter.errors import UsageError

CI_FILES = {
    "github": {"github.yml": ".github/workflows/aiplint.yml"},
    "azure-devops": {
        "azure-devops.yml": "azure-pipelines-aiplint.yml",
        "azure-devops-steps.yml": ".azuredevops/aiplint-steps.yml",
    },
    "gitlab": {"gitlab.yml": ".gitlab/aiplint.yml"},
    "pre-commit": {"pre-commit.yaml": ".pre-commit-config.yaml"},
}
"""The CI that `--ci` names → starters in this package → paths in the user's repository."""
MARKS = {
    "github": (".github",),
    "gitlab": (".gitlab-ci.yml", ".gitlab"),
    "azure-devops": ("azure-pipelines.yml", ".azuredevops"),
}
"""What in a folder tells which CI it uses."""


def run(options: argparse.Namespace) -> int:
    """Write the files, tell each; raises `UsageError`, before anything is written, where one is there already."""
    folder = Path(options.folder)
    if not folder.is_dir():
        raise UsageError(f"{options.folder}: no such folder")
    ci = options.ci or (ask(guess(folder)) if sys.stdin.isatty() else "none")
    planned = plan(folder, ci)
    if not options.force:
        refuse_what_is_there(folder, planned)
    for path, text in planned.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        sys.stdout.write(f"wrote {path.as_posix()}\n")
    sys.stdout.write(NEXT)
    return 0


NEXT = """\
Next: aiplint check .
With old findings: aiplint check . --write-baseline .aiplint-baseline.json
Commit that file; from then on only new findings gate.
"""


def plan(folder: Path, ci: str) -> dict[Path, str]:
    """Path → text of all that is to be written."""
    planned = {
        folder / NAMES[0]: starter("config.yaml"),
        folder / ".aiplint.schema.json": (files("linter") / "schemas" / "config.schema.json").read_text("utf-8"),
    }
    for name, path in CI_FILES.get(ci, {}).items():
        planned[folder / path] = starter(name)
    return planned


def starter(name: str) -> str:
    """The text of a starter file, for this version of aiplint."""
    return (files("linter") / "starters" / name).read_text("utf-8").replace("@VERSION@", __version__)


def refuse_what_is_there(folder: Path, planned: dict[Path, str]) -> None:
    for path in (*planned, *(folder / name for name in NAMES)):
        if path.exists():
            raise UsageError(f"{path.as_posix()}: is there already; --force overwrites it")


def guess(folder: Path) -> str:
    """The CI that the folder seems to use."""
    return next((ci for ci, marks in MARKS.items() if any((folder / mark).exists() for mark in marks)), "none")


def ask(default: str) -> str:
    """Ask on the terminal which CI file to write."""
    words = (*CI_FILES, "none")
    while True:
        sys.stderr.write(f"CI file to write ({', '.join(words)}) [{default}]: ")
        sys.stderr.flush()
        answer = sys.stdin.readline()
        if not answer or not answer.strip():
            return default
        if answer.strip() in words:
            return answer.strip()
        sys.stderr.write(f"{answer.strip()!r} is none of these\n")
