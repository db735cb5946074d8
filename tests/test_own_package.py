"""A package of one's own: installed beside the product, its check found by entry point."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from linter.cli import main

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


PAGE = Path(__file__).parent.parent / ".github" / "writing-a-policy.md"


def test_the_example_of_the_page_is_a_policy_that_judges_mends_and_exports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    example, enforce, *_ = re.findall(r"```yaml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    file = tmp_path / "policies" / "contoso" / "account-zone.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(example, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    main_bicep = tmp_path / "main.bicep"
    main_bicep.write_text(
        "resource s 'Microsoft.Search/searchServices@2025-05-01' = {\n"
        "  name: 's'\n  location: 'westeurope'\n  sku: { name: 'standard' }\n  properties: {\n"
        "    replicaCount: 1\n  }\n}\n",
        encoding="utf-8",
    )
    words = ["check", "main.bicep", "--policies", "policies", "--select", "contoso/", "--format", "concise", "--quiet"]
    assert 1 == main(words)
    assert capsys.readouterr().out.startswith("main.bicep:6:19: medium contoso/account-zone: s has 1 replica(s)")
    assert 0 == main([*words, "--fix"])
    capsys.readouterr()
    assert 0 == main(["policies", "contoso/account-zone", "--policies", "policies", "--format", "azure-policy"])
    assert 1 == json.loads(capsys.readouterr().out)["metadata"]["aiplint"]["exported"]
    either, neither = enforce.split("# or\n")
    for text in (either, neither):
        file.write_text(example + text, encoding="utf-8")
        assert 0 == main(["explain", "contoso/account-zone", "--policies", "policies"])
