"""A new user's way with the tool in a repository of its own, each step as the pipeline runs it: init, old findings,
baseline, a pull request that adds one fault, a waiver with an end, and the day after."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
MAIN = """\
param location string = resourceGroup().location

module search 'modules/search.bicep' = {
  name: 'search'
  params: { location: location }
}

resource account 'Microsoft.CognitiveServices/accounts@2025-06-01' = {
  name: 'models'
  location: location
  kind: 'AIServices'
  sku: { name: 'S0' }
  properties: {
    publicNetworkAccess: 'Enabled'
    disableLocalAuth: true
  }
}
"""
SEARCH = """\
param location string

resource search 'Microsoft.Search/searchServices@2025-05-01' = {
  name: 'index'
  location: location
  sku: { name: 'standard' }
  properties: {
    publicNetworkAccess: 'Disabled'
  }
}
"""
NEW = """
resource ws 'Microsoft.MachineLearningServices/workspaces@2025-06-01' existing = {
  name: 'ws'

  resource train 'computes' = {
    name: 'train'
    properties: {
      computeType: 'AmlCompute'
      properties: {
        vmSize: 'Standard_DS3_v2'
        scaleSettings: {
          minNodeCount: 2
          maxNodeCount: 4
        }
      }
    }
  }
}
"""
SELECT = "--select=security/public-network-open,security/local-auth-open,training/cluster-never-idle"
FAULT = "training/cluster-never-idle"


class Repository:
    """A checkout, and what a person or a pipeline runs in it."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        binary = folder.parent / "bin" / "aiplint"
        binary.parent.mkdir()
        binary.write_text(f'#!/bin/sh\nexec "{Path(sys.executable).as_posix()}" -m linter "$@"\n', encoding="utf-8")
        binary.chmod(0o755)
        monkeypatch.setenv("PYTHONPATH", str(ROOT))
        monkeypatch.setenv("PATH", f"{binary.parent}{os.pathsep}{os.environ['PATH']}")
        monkeypatch.delenv("AIPLINT_TODAY", raising=False)

    def run(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            words, cwd=self.folder, env={**os.environ, **environment}, capture_output=True, text=True, encoding="utf-8",
            timeout=120, check=False,
        )  # fmt: skip

    def aiplint(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return self.run(sys.executable, "-m", "linter", *words, **environment)

    def git(self, *words: str) -> str:
        done = self.run(
            "git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false", *words
        )
        assert 0 == done.returncode, done.stderr
        return done.stdout

    def commit(self, message: str) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")

    def counting(self, *words: str) -> tuple[int, list[tuple[str, str]]]:
        """Exit code, and (policy, resource) of the findings that count."""
        done = self.aiplint("check", ".", SELECT, "--format", "json", *words)
        rows: list[dict[str, Any]] = json.loads(done.stdout)["rows"]
        return done.returncode, [
            (row["policy"], row["resource"]["name"])
            for row in rows
            if row["verdict"] == "fail" and row["baseline"] == "new" and row["waiver"] is None
        ]

    def pipeline(self, **environment: str) -> subprocess.CompletedProcess[str]:
        """The check step of the workflow that init wrote, as the runner runs it."""
        workflow = yaml.safe_load((self.folder / ".github/workflows/aiplint.yml").read_text("utf-8"))
        step = next(one for one in workflow["jobs"]["aiplint"]["steps"] if one.get("name") == "Check")
        bash = shutil.which("bash")
        assert bash, "these tests run the workflow's shell steps; install bash (Git for Windows brings one)"
        summary = (self.folder.parent / "summary.md").as_posix()
        script = step["run"].replace("aiplint check .", f"aiplint check . {SELECT}")
        return self.run(
            bash, "--noprofile", "--norc", "-eo", "pipefail", "-c", script, GITHUB_STEP_SUMMARY=summary, **environment
        )


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    folder = tmp_path / "checkout"
    folder.mkdir()
    found = Repository(folder, monkeypatch)
    found.write("infra/main.bicep", MAIN)
    found.write("infra/modules/search.bicep", SEARCH)
    found.git("init", "--quiet", "--initial-branch", "main")
    found.commit("infrastructure")
    return found


def annotations(text: str) -> list[str]:
    """The policies that GitHub's annotations name."""
    return [
        policy
        for line in text.splitlines()
        if line.startswith("::error")
        for policy in re.findall(r"[a-z]+/[a-z-]+", line)
    ]


def test_the_way_of_a_team(repository: Repository) -> None:
    assert 0 == repository.aiplint("init", "--ci", "github").returncode
    old = [("security/public-network-open", "models"), ("security/local-auth-open", "index")]
    assert (1, old) == repository.counting()
    assert 1 == repository.pipeline().returncode

    written = repository.aiplint("check", ".", SELECT, "--write-baseline", ".aiplint-baseline.json", "--quiet")
    assert (0, "") == (written.returncode, written.stderr)
    assert (0, []) == repository.counting("--baseline", ".aiplint-baseline.json")
    assert 0 == repository.pipeline().returncode
    repository.commit("switch aiplint on")

    repository.git("switch", "--quiet", "--create", "train")
    repository.write("infra/main.bicep", f"// moved by a line\n{MAIN}{NEW}")
    repository.commit("train on a cluster of our own")
    done = repository.pipeline()
    assert 1 == done.returncode
    assert {FAULT} == {name for name in annotations(done.stdout) if name.partition("/")[0] in ("security", "training")}
    assert (1, [(FAULT, "ws/train")]) == repository.counting("--baseline", ".aiplint-baseline.json")
    assert (1, [(FAULT, "ws/train")]) == repository.counting("--changed-since", "main")

    waiver = f"// aiplint: allow {FAULT} until=2030-06-30 -- demo for the fair, then it goes"
    repository.write("infra/main.bicep", f"{MAIN}{NEW}".replace("minNodeCount: 2", f"minNodeCount: 2 {waiver}"))
    repository.commit("say why")
    assert 0 == repository.pipeline(AIPLINT_TODAY="2030-06-30").returncode

    late = repository.pipeline(AIPLINT_TODAY="2030-07-01")
    assert 1 == late.returncode
    assert "expired on 2030-06-30; 1 finding counts again" in late.stderr
    assert "as of 2030-07-01 (AIPLINT_TODAY)" in late.stderr


def test_a_fix_ends_the_finding_too(repository: Repository) -> None:
    repository.write("infra/main.bicep", f"{MAIN}{NEW}")
    look = repository.aiplint("check", ".", "--select", FAULT, "--fix", "--diff")
    changed = [line for line in look.stdout.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    assert (1, ["-          minNodeCount: 2", "+          minNodeCount: 0"]) == (look.returncode, changed)
    assert 0 == repository.aiplint("check", ".", "--select", FAULT, "--fix").returncode
    assert "minNodeCount: 0" in (repository.folder / "infra/main.bicep").read_text("utf-8")


def test_the_baseline_survives_a_rename_and_says_what_is_gone(repository: Repository) -> None:
    repository.aiplint("check", ".", SELECT, "--write-baseline", "b.json")
    repository.git("mv", "infra/modules/search.bicep", "infra/modules/finder.bicep")
    repository.write("infra/main.bicep", MAIN.replace("search.bicep", "finder.bicep"))
    assert (0, []) == repository.counting("--baseline", "b.json")
    repository.write(
        "infra/main.bicep", MAIN.replace("search.bicep", "finder.bicep").replace("'Enabled'", "'Disabled'")
    )
    done = repository.aiplint("check", ".", SELECT, "--baseline", "b.json", "--verbose")
    assert 0 == done.returncode
    assert "1 of the baseline are gone" in done.stderr
    assert "security/public-network-open models" in done.stderr


@pytest.mark.parametrize("day", ["2026-02-30", "tomorrow", "20261231"])
def test_a_day_that_is_none_is_refused(repository: Repository, day: str) -> None:
    done = repository.aiplint("check", ".", SELECT, AIPLINT_TODAY=day)
    assert (2, "") == (done.returncode, done.stdout)
    assert "which is no day" in done.stderr
