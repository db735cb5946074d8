"""`check --fix` on files: what is deployed more than once is left alone, bytes that are not asked for stay, a second
run finds nothing to do."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from test_policies import POLICIES, config_of, fixtures_of

from linter.cli import main
from linter.policy_schema import check_policy

IDLE = "training/cluster-never-idle"
HEAD = (
    '{ "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",\n'
    '  "contentVersion": "1.0.0.0",\n  "resources": [\n'
)
COMPUTE = "Microsoft.MachineLearningServices/workspaces/computes"


def computes(name: str, nodes: str, extra: str = "") -> str:
    return f"""    {{
      "type": "{COMPUTE}", "apiVersion": "2025-06-01", "name": "{name}", "location": "westeurope", {extra}
      "properties": {{ "computeType": "AmlCompute", "properties": {{ "vmSize": "Standard_DS3_v2",
        "scaleSettings": {{ "minNodeCount":  {nodes} , "maxNodeCount": 4 }} }} }}   // kept
    }}"""


def bicep(head: str, nodes: str = "1", name: str = "'ws/train'") -> str:
    return f"""{head}{{
  name: {name}
  properties: {{
    computeType: 'AmlCompute'
    properties: {{
      vmSize: 'Standard_DS3_v2'
      scaleSettings: {{ minNodeCount: {nodes}, maxNodeCount: 4 }} // kept
    }}
  }}
}}"""


RESOURCE = f"resource c '{COMPUTE}@2025-06-01' = "


@pytest.fixture(autouse=True)
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def fix(*words: str, select: str = IDLE) -> int:
    return main(["check", ".", "--select", select, "--fix", "--quiet", "--format", "concise", *words])


def write(name: str, text: str) -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")
    return path


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("last", ["", "\n"])
def test_mark_line_ends_and_comments_stay(mark: bytes, end: str, last: str) -> None:
    before = f"{HEAD}{computes('ws/café', '12')}\n  ]\n}}{last}".replace("\n", end)
    path = Path("main.json")
    path.write_bytes(mark + before.encode())
    assert 0 == fix()
    assert mark + before.replace("12", "0").encode() == path.read_bytes()
    assert 0 == fix()
    assert mark + before.replace("12", "0").encode() == path.read_bytes()


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"main.bicep": bicep(RESOURCE + "[for i in range(0, 2): ", name="'ws/c${i}'") + "]"}, id="loop"),
        pytest.param(
            {
                "main.json": HEAD
                + computes("[concat('ws/c', copyIndex())]", "1", '"copy": {"name": "c", "count": 2},')
                + "]}"
            },
            id="copy",
        ),
        pytest.param(
            {
                "main.bicep": "module a 'm.bicep' = {\n  name: 'a'\n  params: { n: 'a' }\n}\n"
                "module b 'm.bicep' = {\n  name: 'b'\n  params: { n: 'b' }\n}\n",
                "m.bicep": "param n string\n" + bicep(RESOURCE, name="'ws/${n}'"),
            },
            id="module of two callers",
        ),
        pytest.param(
            {
                "main.bicep": "module a 'm.bicep' = [for i in range(0, 2): {\n"
                "  name: 'a${i}'\n  params: { n: 'a${i}' }\n}]\n",
                "m.bicep": "param n string\n" + bicep(RESOURCE, name="'ws/${n}'"),
            },
            id="module in a loop",
        ),
        pytest.param({"main.bicep": "param n int = 1\n" + bicep(RESOURCE, "n")}, id="parameter"),
        pytest.param({"main.bicep": "var n = 1\n" + bicep(RESOURCE, "n")}, id="variable"),
        pytest.param({"main.bicep": bicep(RESOURCE, "1 + 1")}, id="expression"),
    ],
)
def test_what_is_deployed_more_than_once_or_computed_is_left_alone(files: dict[str, str]) -> None:
    for name, text in files.items():
        write(name, text)
    assert 1 == fix()
    assert files == {name: Path(name).read_bytes().decode() for name in files}


def test_a_module_of_one_caller_is_mended() -> None:
    write("main.bicep", "module a 'm.bicep' = {\n  name: 'a'\n}\n")
    module = write("m.bicep", bicep(RESOURCE))
    assert 0 == fix()
    assert bicep(RESOURCE, "0") == module.read_text("utf-8")


def test_a_finding_that_a_waiver_answers_for_is_left_alone() -> None:
    text = bicep(RESOURCE) + f" // aiplint: allow {IDLE} -- no\n"
    path = write("main.bicep", f"// aiplint: allow {IDLE} -- a demo\n{text}")
    before = path.read_bytes()
    fix()
    assert before == path.read_bytes()
    write(".aiplint.yaml", f"waivers: [{{policy: {IDLE}, reason: a demo}}]\n")
    write("main.bicep", bicep(RESOURCE))
    assert 0 == fix()
    assert bicep(RESOURCE) == path.read_text("utf-8")


def test_a_change_that_uncovers_another_is_followed() -> None:
    registry = """resource r 'Microsoft.ContainerRegistry/registries@2025-04-01' = {
  name: 'images'
  location: 'westeurope'
  sku: { name: 'Premium' }
  properties: {
    adminUserEnabled: true
    anonymousPullEnabled: true
  }
}
resource a 'Microsoft.CognitiveServices/accounts@2025-06-01' = {
  name: 'models'
  location: 'westeurope'
  kind: 'AIServices'
  sku: { name: 'S0' }
  properties: { disableLocalAuth: true }
}
"""
    path = write("main.bicep", registry)
    assert 0 == fix(select="security/local-auth-open")
    mended = registry.replace("adminUserEnabled: true", "adminUserEnabled: false")
    assert mended.replace("PullEnabled: true", "PullEnabled: false") == path.read_text("utf-8")


def test_diff_shows_and_writes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    path = write("main.bicep", bicep(RESOURCE))
    assert 1 == fix("--diff")
    shown = capsys.readouterr().out
    assert bicep(RESOURCE) == path.read_text("utf-8")
    lines = [line for line in shown.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    kept = "      scaleSettings: { minNodeCount: %s, maxNodeCount: 4 } // kept"
    assert [f"-{kept % 1}", f"+{kept % 0}"] == lines


def test_diff_of_nothing_to_scan_is_no_success(capsys: pytest.CaptureFixture[str]) -> None:
    assert 3 == fix("--diff")
    assert "nothing to scan" in capsys.readouterr().err


@pytest.mark.skipif(
    os.name == "nt" or not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere"
)
def test_a_file_that_cannot_be_written_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    write("sub/main.bicep", bicep(RESOURCE))
    Path("sub").chmod(0o555)
    try:
        assert 2 == fix()
    finally:
        Path("sub").chmod(0o755)
    assert "cannot be written" in capsys.readouterr().err


FIXABLE = [
    pytest.param(name, path, id=f"{name}/{path.name}")
    for name, policy in POLICIES.items()
    if policy.text().fixable
    for path in fixtures_of(name)
    if path.is_file() and path.suffix in (".json", ".bicep") and not config_of(path).path
]


@pytest.mark.parametrize(("policy_id", "fixture"), FIXABLE)
def test_only_lines_of_findings_change(policy_id: str, fixture: Path) -> None:
    """Every fixture of a fixable policy, passing and undecided ones too."""
    path = Path(fixture.name)
    before = fixture.read_bytes()
    path.write_bytes(before)
    fix(select=policy_id)
    after = path.read_bytes()
    old, new = before.decode().splitlines(), after.decode().splitlines()
    gone = [line for line in old if line not in new]
    if fixture.name.startswith("pass"):
        assert before == after
    assert all("expect: fail" in line for line in gone if line.strip())
    fix(select=policy_id)
    assert after == path.read_bytes()


def test_a_fix_after_which_the_property_is_still_not_right_is_not_offered() -> None:
    """Only previews know enableOSPatching: with a stable api-version the service would drop it."""
    text = """resource c 'Microsoft.MachineLearningServices/workspaces/computes@%s' = {
  name: 'ws/mine'
  properties: {
    computeType: 'ComputeInstance'
    properties: { vmSize: 'Standard_DS3_v2', enableOSPatching: false }
  }
}
"""
    path = write("main.bicep", text % "2025-06-01")
    fix(select="eda/compute-instance-unpatched")
    assert text % "2025-06-01" == path.read_text("utf-8")
    write("main.bicep", text % "2024-10-01-preview")
    fix(select="eda/compute-instance-unpatched")
    assert (text % "2024-10-01-preview").replace("false", "true") == path.read_text("utf-8")


@pytest.mark.parametrize(
    ("kind", "properties", "mended"),
    [
        ("Microsoft.Search/searchServices@2025-05-01", "disableLocalAuth: false", True),
        (
            "Microsoft.Search/searchServices@2025-05-01",
            "disableLocalAuth: false, authOptions: { apiKeyOnly: {} }",
            False,
        ),
        ("Microsoft.CognitiveServices/accounts@2025-06-01", "disableLocalAuth: false", True),
        ("Microsoft.CognitiveServices/accounts@2025-06-01", "", True),
    ],
)
def test_a_fix_is_made_where_its_policy_says_that_it_is_right(kind: str, properties: str, mended: bool) -> None:
    text = f"resource r '{kind}' = {{\n  name: 'r'\n  location: 'westeurope'\n  properties: {{ {properties} }}\n}}\n"
    path = write("main.bicep", text)
    assert (0 if mended else 1) == fix(select="security/local-auth-open")
    assert ("disableLocalAuth: true" in path.read_text("utf-8")) is mended


@pytest.mark.parametrize(
    ("fix_of_policy", "words"),
    [
        ({"text": "t", "when": {"field": "kind", "exists": True}}, "there is no `set`"),
        ({"text": "t", "set": {"a": 1}, "when": {"field": "kind", "equals": "a"}}, "what absence means"),
        ({"text": "t", "set": {"a[": 1}}, "not a property path"),
    ],
)
def test_what_a_policy_says_of_its_fix_is_checked(fix_of_policy: dict[str, object], words: str) -> None:
    data = {**POLICIES[IDLE].data, "fix": fix_of_policy}
    assert any(words in message for _, message in check_policy(data))
