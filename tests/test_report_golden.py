"""Whole reports, byte by byte: of a ledger of one of everything, and of two workloads in fixtures/workloads.

`python tests/test_report_golden.py` writes them anew; read the diff before you commit it.
"""

from __future__ import annotations

import contextlib
import importlib
import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from report_ledgers import EVIDENCE, OPTIONS, mixed

from linter import __version__

TOP = Path(__file__).parent.parent
GOLDEN = TOP / "tests" / "golden"
WORKLOADS = TOP / "fixtures" / "workloads"
FORMATS = ("text", "concise", "json", "sarif", "markdown", "junit", "github", "azure-devops", "gitlab")
OF_WORKLOADS = ("text", "sarif", "markdown")
"""Formats that bear no time."""
HELD = ("churn-platform", "steady-platform")
"""`test_workloads` holds the workload of a hundred faults, finding by finding: its reports would be half a megabyte."""


def cases() -> Iterator[tuple[str, str]]:
    """(file below tests/golden, format)."""
    for name in FORMATS:
        yield f"mixed/{name}", name
        yield f"mixed-evidence/{name}", name
    for folder in (WORKLOADS / name for name in HELD):
        for name in OF_WORKLOADS:
            yield f"workloads/{folder.name}/{name}", name


def made(file: str, name: str) -> str:
    """The report as it is now, for a terminal of 100 columns."""
    if not file.startswith("workloads/"):
        options = EVIDENCE if "evidence" in file else OPTIONS
        module = importlib.import_module(f"linter.reports.{name.replace('-', '_')}")
        return "".join(module.render(mixed(), replace(options, version="1.2.3")))
    from linter.cli import main

    told = io.StringIO()
    with (
        pytest.MonkeyPatch.context() as patch,
        contextlib.redirect_stdout(told),
        contextlib.redirect_stderr(io.StringIO()),
        contextlib.chdir(TOP),
    ):
        patch.setenv("COLUMNS", "100")
        main(["check", f"fixtures/{file.rsplit('/', 1)[0]}", "--format", name, "--quiet", "--jobs", "1"])
    return _placeless(told.getvalue())


def _placeless(text: str) -> str:
    """SARIF without what differs from one checkout or release to the next: its provenance and version."""
    text = text.replace(f'"{__version__}"', '"1.2.3"')
    start = text.find(',"versionControlProvenance":[')
    return text if start < 0 else text[:start] + text[text.index("}]", start) + 2 :]


@pytest.mark.parametrize(("file", "name"), list(cases()))
def test_golden(file: str, name: str) -> None:
    assert (GOLDEN / file).read_text(encoding="utf-8") == made(file, name)


def test_every_golden_report_is_compared() -> None:
    there = sorted(path.relative_to(GOLDEN).as_posix() for path in GOLDEN.rglob("*") if path.is_file())
    assert sorted(file for file, _ in cases()) == there


if __name__ == "__main__":
    for file, name in cases():
        target = GOLDEN / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(made(file, name), encoding="utf-8", newline="\n")
