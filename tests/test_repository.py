"""The repository about itself: policies, fixtures, checks, sources and pages hold together."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import jsonschema
import pytest
from test_policies import FIXTURES, POLICIES, fixtures_of

from linter.catalogue import GUIDANCE, UNSEEN, catalogue_page
from linter.engine import find_check
from linter.lined_yaml import parse_yaml
from linter.model import PolicyText
from linter.policy import Policy

ROOT = Path(__file__).parent.parent
SCHEMA = json.loads((ROOT / "linter/schemas/policy.schema.json").read_text(encoding="utf-8"))
CATALOGUE = ROOT / "policies" / "README.md"
TRACKED = [
    ROOT / name
    for name in subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.splitlines()
]


@pytest.mark.parametrize("policy", POLICIES.values(), ids=lambda policy: policy.id)
class TestPolicy:
    def test_has_its_proof(self, policy: Policy) -> None:
        kinds = {re.match("fail|pass|unknown", path.name)[0] for path in fixtures_of(policy.id)}  # type: ignore[index]  # fixtures_of matched it
        assert {"fail", "pass", "unknown"} == kinds

    def test_agrees_with_the_schema(self, policy: Policy) -> None:
        path = ROOT / "policies" / f"{policy.id}.yaml"
        jsonschema.validate(parse_yaml(path.read_text(encoding="utf-8")).data, SCHEMA)

    def test_is_complete(self, policy: Policy) -> None:
        text: PolicyText = policy.text()
        assert text.says
        assert text.pillars
        assert text.sources
        assert set(text.says) <= set(GUIDANCE)
        assert text.fix_arm
        assert text.fix_bicep
        assert all(source["url"].startswith("https://") for source in text.sources)
        assert not text.title.endswith(".")

    def test_its_check_is_there(self, policy: Policy) -> None:
        assert not policy.check or callable(find_check(policy))


def test_every_fixture_folder_names_a_policy() -> None:
    folders = {path.relative_to(FIXTURES).as_posix() for path in FIXTURES.glob("*/*") if path.is_dir()}
    assert set() == {name for name in folders if not name.startswith(("workloads/", "packages/"))} - set(POLICIES)


def test_every_check_is_used() -> None:
    """A public function of `linter.checks` is named by a policy, or imported by another check."""
    used = {policy.check.partition(":")[2] for policy in POLICIES.values() if policy.check}
    texts = {path: path.read_text(encoding="utf-8") for path in (ROOT / "linter/checks").glob("*.py")}
    unused = []
    for path, text in texts.items():
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and node.name not in used:
                others = (other for at, other in texts.items() if at != path)
                if not any(re.search(rf"\b{node.name}\b", other) for other in others) and text.count(node.name) < 2:
                    unused.append(f"{path.name}:{node.name}")
    assert [] == unused


def test_every_guidance_code_has_a_policy_or_a_reason() -> None:
    served = {code for policy in POLICIES.values() for code in policy.data["says"]}
    assert set(GUIDANCE) == served | set(UNSEEN)
    assert set() == served & set(UNSEEN)


def test_the_catalogue_page_is_what_its_generator_writes() -> None:
    assert catalogue_page(POLICIES) == CATALOGUE.read_text(encoding="utf-8")


def test_paths_in_pages_exist() -> None:
    missing = []
    for page in (path for path in TRACKED if path.suffix == ".md" and path != CATALOGUE):
        text = page.read_text(encoding="utf-8")
        for name in re.findall(r"`((?:\.github|linter|policies|fixtures|tests)/[\w./*-]+)`", text):
            base = name.rstrip("/")
            if "/my-" in base:
                continue  # an example that the page tells to make
            if not (ROOT / base).exists() and not any(ROOT.glob(base)):
                missing.append(f"{page.relative_to(ROOT)}: {name}")
        linked = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", text)
        missing += [f"{page.relative_to(ROOT)}: {name}" for name in linked if not (page.parent / name).exists()]
    assert [] == missing


def test_files_stay_small() -> None:
    """About 400 lines a file; what is over 500 must be split along a seam."""
    long = {
        path.relative_to(ROOT).as_posix(): lines
        for path in TRACKED
        if path.suffix == ".py"
        and path.parts[len(ROOT.parts)] == "linter"
        and path.exists()
        and (lines := len(path.read_text(encoding="utf-8").splitlines())) > 500
    }
    assert {} == long


def test_no_print_and_no_unexplained_ignore() -> None:
    bare = []
    for path in (path for path in TRACKED if path.suffix == ".py" and path.exists()):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            marks = re.findall(r"#\s*(?:type: ignore\[[^\]]*\]|noqa: [A-Z0-9, ]+)\s*(.*)$", line)
            bare += [f"{path.relative_to(ROOT)}:{number}" for mark in marks if not mark.strip("# \"'),")]
    assert [] == bare


def test_the_wheel_holds_the_compiled_policies(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    assert 0 == done.returncode, done.stderr.decode()
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        names = wheel.namelist()
        compiled = json.loads(wheel.read("linter/policies/compiled.json"))
    assert set(POLICIES) == set(compiled["policies"])
    assert {policy.id: policy.data for policy in POLICIES.values()} == compiled["policies"]
    assert "linter/schemas/config.schema.json" in names
    assert [] == [name for name in names if "/tests/" in name or name.startswith("fixtures/")]
