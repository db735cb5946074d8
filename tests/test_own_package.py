"""A package of one's own: installed beside the product, its check found by entry point."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "fixtures" / "packages" / "contoso-checks"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("site")
    words = [
        "install",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
        "--target",
        str(target),
        str(PACKAGE),
    ]
    done = subprocess.run([sys.executable, "-m", "pip", *words], capture_output=True, check=False)
    assert 0 == done.returncode, done.stderr.decode()
    return target


def check(tmp_path: Path, *paths: Path) -> subprocess.CompletedProcess[bytes]:
    environment = {
        **os.environ, "PYTHONPATH": os.pathsep.join(map(str, paths)), "AIPLINT_CACHE_DIR": str(tmp_path / "cache"),
    }  # fmt: skip
    words = [
        "check",
        "main.json",
        "--policies",
        "policies",
        "--select",
        "contoso/",
        "--format",
        "json",
        "--fail-on",
        "low",
    ]
    return subprocess.run(
        [sys.executable, "-m", "linter", *words], capture_output=True, check=False, cwd=PACKAGE, env=environment
    )


def test_its_check_judges(tmp_path: Path, installed: Path) -> None:
    done = check(tmp_path, installed)
    report = json.loads(done.stdout)
    assert (1, {"pass": 1, "fail": 1, "unknown": 1}) == (done.returncode, report["summary"]["rows"])
    fail = next(row for row in report["rows"] if row["verdict"] == "fail")
    assert ("contoso/account-without-team", "two", 8) == (
        fail["policy"],
        fail["resource"]["name"],
        fail["location"]["line"],
    )


def test_without_it_the_policy_is_told_to_have_no_check(tmp_path: Path) -> None:
    done = check(tmp_path)
    assert (2, b"") == (done.returncode, done.stdout)
    assert b"no installed package offers the check 'contoso.named-by-team'" in done.stderr
