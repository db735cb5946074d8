"""`policies`, `explain` and `completion`: what they print, and that an unknown id is told."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from test_policies import POLICIES

from linter.cli import build_parser, main

KEYS = {
    "id", "title", "severity", "sets", "resource", "says", "pillars", "overlaps", "parameters", "sources", "fixable"
}  # fmt: skip


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert 0 == main(list(words))
    out, err = capsys.readouterr()
    assert "" == err
    return out


def test_json_is_the_contract_s(capsys: pytest.CaptureFixture[str]) -> None:
    entries: list[dict[str, Any]] = json.loads(printed(capsys, "policies", "--format", "json"))
    assert list(POLICIES) == [entry["id"] for entry in entries]
    assert all(set(entry) == KEYS for entry in entries)
    strict = {entry["id"] for entry in entries if entry["sets"] == ["strict"]}
    assert strict == {name for name, policy in POLICIES.items() if policy.strict}


def test_json_of_one_is_the_policy_in_full(capsys: pytest.CaptureFixture[str]) -> None:
    entry = json.loads(printed(capsys, "policies", "serving/gpu-pool-shared", "--format", "json"))
    assert {"why", "fix", "when_not"} == set(entry) - KEYS
    assert {"text", "arm", "bicep"} <= set(entry["fix"])


def test_text_has_a_line_for_each(capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(capsys, "policies").splitlines()
    assert list(POLICIES) == [line.split()[0] for line in lines]
    assert all(POLICIES[line.split()[0]].title in line for line in lines)


@pytest.mark.parametrize("policy_id", POLICIES)
def test_explain_says_all(capsys: pytest.CaptureFixture[str], policy_id: str) -> None:
    text = printed(capsys, "explain", policy_id)
    words = " ".join(text.split())
    policy = POLICIES[policy_id].text()
    assert policy.title in words
    assert " ".join(policy.why.split()) in words
    assert " ".join(policy.fix.split()) in words
    assert all(name in words for name in (*policy.parameters, *policy.says, *policy.pillars))
    assert all(overlap["id"] in words for overlap in policy.overlaps)
    assert all(source["url"] in words for source in policy.sources)
    assert "\x1b" not in text
    assert text == printed(capsys, "policies", policy_id)
    assert policy.title in printed(capsys, "policies", policy_id, "--format", "markdown")


@pytest.mark.parametrize("words", [("explain", "serving/gpu-pool-shard"), ("policies", "serving/gpu-pool-shard")])
def test_an_unknown_id_is_told_with_the_nearest(capsys: pytest.CaptureFixture[str], words: tuple[str, str]) -> None:
    assert 2 == main(list(words))
    out, err = capsys.readouterr()
    assert "" == out
    assert "did you mean 'serving/gpu-pool-shared'" in err


def commands() -> list[str]:
    return [name for action in build_parser()._actions if action.dest == "command" for name in action.choices or ()]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_completion_knows_every_command(capsys: pytest.CaptureFixture[str], shell: str) -> None:
    script = printed(capsys, "completion", shell)
    assert all(name in script for name in (*commands(), "fail-on"))


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["aiplint", "ex"], ["expand", "explain"]),
        (["aiplint", "check", "--form"], ["--format"]),
        (["aiplint", "check", "--format", "git"], ["github", "gitlab"]),
        (["aiplint", "completion", "z"], ["zsh"]),
        (["aiplint", "expand", "--cloud", "us"], ["usgov"]),
        (["aiplint", "init", "--ci", "azure"], ["azure-devops"]),
        (["aiplint", "explain", "serving/gpu-pool-s"], ["serving/gpu-pool-shared"]),
        (["aiplint", "check", "--select", "training/cluster-n"], ["training/cluster-never-idle"]),
        (["aiplint", "check", "main"], []),  # files, by the shell itself
        (["aiplint", "check", ""], []),
        (["aiplint", "check", "--baseline", ""], []),
    ],
)
def test_bash_completes(capsys: pytest.CaptureFixture[str], words: list[str], expected: list[str]) -> None:
    script = printed(capsys, "completion", "bash")
    asked = " ".join(f"'{word}'" for word in words)
    script = f'aiplint() {{ "{Path(sys.executable).as_posix()}" -m linter "$@"; }}\n{script}'
    script += f'\nCOMP_WORDS=({asked}); COMP_CWORD={len(words) - 1}; _aiplint; printf "%s\\n" "${{COMPREPLY[@]}}"\n'
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)
    assert (expected, "") == (done.stdout.split(), done.stderr)
