"""The floors that a machine holds: who imports whom, strict types, lint."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SCRIPTS = Path(sys.executable).parent


@pytest.mark.parametrize(
    "words",
    [["lint-imports", "--no-cache"], ["mypy"], ["ruff", "check", "."], ["ruff", "format", "--check", "."]],
    ids=lambda words: " ".join(words),
)
def test_finds_nothing(words: list[str]) -> None:
    tool = SCRIPTS / (f"{words[0]}.exe" if os.name == "nt" else words[0])
    env = {**os.environ, "PYTHONUTF8": "1"}
    ran = subprocess.run(
        [tool, *words[1:]], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", env=env, check=False
    )
    assert 0 == ran.returncode, ran.stdout + ran.stderr
