"""`aiplint init`, and the files that put aiplint into a pipeline, as far as a machine without that pipeline can run them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml

from linter.cli import main
from linter.commands.init import CI_FILES
from linter.config import read_config

ROOT = Path(__file__).parents[1]
ACTION = ROOT / ".github" / "actions" / "aiplint" / "action.yml"
FAULTY = {
    "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
    "contentVersion": "1.0.0.0",
    "resources": [
        {
            "type": "Microsoft.MachineLearningServices/workspaces/onlineEndpoints",
            "apiVersion": "2024-10-01",
            "name": "ws/score",
            "location": "westeurope",
            "properties": {"authMode": "Key"},
        }
    ],
}


@pytest.mark.parametrize("ci", [*CI_FILES, "none"])
def test_writes_what_is_asked_for(tmp_path: Path, ci: str) -> None:
    assert main(["init", "--ci", ci, str(tmp_path)]) == 0
    written = sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file())
    asked = [CI_FILES[ci][1]] if ci in CI_FILES else []
    assert sorted([".aiplint.yaml", ".aiplint.schema.json", *asked]) == written
    for name in asked:
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert "@VERSION@" not in text
        assert isinstance(yaml.safe_load(text), dict)


def test_the_config_is_one_that_the_product_takes_with_all_defaults(tmp_path: Path) -> None:
    main(["init", "--ci", "none", str(tmp_path)])
    config = read_config(tmp_path / ".aiplint.yaml")
    assert ("default", (), ()) == (config.set, config.waivers, config.exclude)


def test_every_commented_line_of_the_config_is_one_that_the_product_takes(tmp_path: Path) -> None:
    text = (files("linter") / "starters" / "config.yaml").read_text("utf-8")
    lines = text.splitlines()
    data = [line.removeprefix("# ") for line in lines if line.startswith(("#   ", "# exclude:")) or is_key(line)]
    path = tmp_path / ".aiplint.yaml"
    path.write_text("\n".join(data) + "\n", encoding="utf-8")
    config = read_config(path)
    assert 1 == len(config.waivers)
    assert ("**/tests/**",) == config.exclude


def is_key(line: str) -> bool:
    words = line.removeprefix("# ")
    return line.startswith("# ") and words.endswith(":") and " " not in words


def test_writes_nothing_where_a_file_is_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    there = tmp_path / ".github" / "workflows" / "aiplint.yml"
    there.parent.mkdir(parents=True)
    there.write_text("mine\n", encoding="utf-8")
    assert main(["init", "--ci", "github", str(tmp_path)]) == 2
    assert "--force" in capsys.readouterr().err
    assert not (tmp_path / ".aiplint.yaml").exists()
    assert main(["init", "--ci", "github", "--force", str(tmp_path)]) == 0
    assert there.read_text(encoding="utf-8") != "mine\n"


def steps(path: Path) -> list[dict[str, Any]]:
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = document["runs"]["steps"] if "runs" in document else document["jobs"]["aiplint"]["steps"]
    return found


def shell(script: str, folder: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a step as the runner does: bash, stopping at the first fault."""
    bash = shutil.which("bash")
    assert bash, "these tests run the action's shell steps; install bash (Git for Windows brings one)"
    return subprocess.run(
        [bash, "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=folder, env={**os.environ, **env}, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False,
    )  # fmt: skip


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "main.json").write_text(json.dumps(FAULTY, indent=2), encoding="utf-8")
    return tmp_path


def aiplint_on_path(folder: Path) -> Path:
    """A command `aiplint` that is this checkout under this Python."""
    command = folder / "bin" / "aiplint"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{Path(sys.executable).as_posix()}" -m linter "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    return command


def test_the_action_checks_and_gates(repository: Path) -> None:
    check = next(s for s in steps(ACTION) if s["name"] == "Check")
    env = {
        "AIPLINT": aiplint_on_path(repository).as_posix(), "PATHS": "infra\n", "FAIL_ON": "medium", "BASELINE": "",
        "ARGUMENTS": "--select\nserving/endpoint-key-auth\n", "SARIF": "aiplint.sarif",
        "GITHUB_STEP_SUMMARY": (repository / "summary.md").as_posix(), "GITHUB_OUTPUT": (repository / "out").as_posix(),
        "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    ran = shell(check["run"], repository, env)
    assert (0, "sarif=aiplint.sarif\nexit-code=1\n") == (ran.returncode, (repository / "out").read_text("utf-8")), ran.stderr
    assert ran.stdout.startswith("::error ")
    assert "serving/endpoint-key-auth" in (repository / "summary.md").read_text("utf-8")
    sarif = json.loads((repository / "aiplint.sarif").read_text("utf-8"))
    assert ["serving/endpoint-key-auth"] == [r["ruleId"] for r in sarif["runs"][0]["results"]]
    gate = next(s for s in steps(ACTION) if s["name"] == "Gate")
    assert 1 == shell(gate["run"], repository, {"CODE": "1"}).returncode


def test_the_action_takes_no_input_into_a_script() -> None:
    for step in steps(ACTION):
        assert "${{" not in step.get("run", "")


def test_the_workflow_that_init_writes_runs(repository: Path) -> None:
    main(["init", "--ci", "github", str(repository)])
    check = next(s for s in steps(repository / ".github/workflows/aiplint.yml") if s.get("name") == "Check")
    path = f"{aiplint_on_path(repository).parent}{os.pathsep}{os.environ['PATH']}"
    env = {"PATH": path, "GITHUB_STEP_SUMMARY": (repository / "s.md").as_posix(), "PYTHONPATH": str(ROOT)}
    ran = shell(check["run"], repository, env)
    assert 1 == ran.returncode, ran.stderr
    baseline = [sys.executable, "-m", "linter", "check", ".", "--write-baseline", ".aiplint-baseline.json", "--quiet"]
    subprocess.run(baseline, cwd=repository, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, check=False)
    ran = shell(check["run"], repository, env)
    assert 0 == ran.returncode, ran.stderr


def test_zizmor_finds_nothing(tmp_path: Path) -> None:
    main(["init", "--ci", "github", str(tmp_path)])
    zizmor = shutil.which("zizmor", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    assert zizmor, "zizmor is one of the development dependencies: pip install -e '.[dev]'"
    ran = subprocess.run(
        [zizmor, "--offline", "--no-progress", str(ROOT / ".github"), str(tmp_path / ".github")],
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert 0 == ran.returncode, ran.stdout


def test_the_pre_commit_hook_names_a_command_that_is_there() -> None:
    hook = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))[0]
    assert ["aiplint", "check"] == hook["entry"].split()
