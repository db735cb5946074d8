"""A team switches the linter on in a repository with old findings, and keeps it on."""

from __future__ import annotations

import json
import subprocess
from datetime import date, timedelta
from pathlib import Path

import pytest
from test_check_command import cluster, write

from linter.cli import main

IDLE = "training/cluster-never-idle"


def git(*words: str) -> None:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *identity, *words], check=True, capture_output=True)


def check(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, list[str]]:
    """Exit code, and the resources of the findings that count."""
    code = main(["check", "infra", "--select", IDLE, "--format", "json", "--quiet", *words])
    rows = json.loads(capsys.readouterr().out)["rows"]
    counting = [row for row in rows if row["verdict"] == "fail" and row["baseline"] == "new" and row["waiver"] is None]
    return code, [row["resource"]["name"] for row in counting]


def test_from_init_to_a_waiver_that_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    git("init", "-q", "-b", "main")
    old = [cluster("one", 1), cluster("two", 2)]
    write(Path("infra/main.json"), *old)
    assert 0 == main(["init", "--ci", "none"])
    capsys.readouterr()
    assert Path(".aiplint.yaml").is_file()
    assert (1, ["ws/one", "ws/two"]) == check(capsys)

    assert (0, []) == check(capsys, "--write-baseline", "baseline.json")
    assert (0, []) == check(capsys, "--baseline", "baseline.json")
    git("add", ".")
    git("commit", "-q", "-m", "switch aiplint on")

    write(Path("infra/main.json"), cluster("three", 3), *old)
    assert (1, ["ws/three"]) == check(capsys, "--baseline", "baseline.json")
    assert (1, ["ws/three"]) == check(capsys, "--changed-since", "HEAD")

    waiver = f"waivers:\n- policy: {IDLE}\n  resource: '*/computes/three'\n  reason: demo until the fair\n  until: "
    Path(".aiplint.yaml").write_text(f"{waiver}{date.today()}\n", encoding="utf-8")
    assert (0, []) == check(capsys, "--baseline", "baseline.json")

    Path(".aiplint.yaml").write_text(f"{waiver}{date.today() - timedelta(1)}\n", encoding="utf-8")
    assert (1, ["ws/three"]) == check(capsys, "--baseline", "baseline.json")

    assert (0, []) == check(capsys, "--baseline", "baseline.json", "--fix")
    assert (0, []) == check(capsys)
