"""The whole command, as a user calls it: exit codes, outputs, bad input, baselines, processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from test_engine import thing

from linter.cli import main

CLUSTER = "Microsoft.MachineLearningServices/workspaces/computes"


def cluster(name: str, minimum: Any, **more: Any) -> dict[str, Any]:
    return thing(
        f"ws/{name}",
        CLUSTER,
        properties={
            "computeType": "AmlCompute",
            "properties": {"vmSize": "Standard_DS3_v2", "scaleSettings": {"minNodeCount": minimum, "maxNodeCount": 4}},
        },
        **more,
    )


def write(path: Path, *resources: Any, parameters: Any = None) -> Path:
    body = {
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "parameters": parameters or {},
        "resources": list(resources),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(body, indent=2), encoding="utf-8")
    return path


@pytest.fixture(autouse=True)
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


IDLE = "training/cluster-never-idle"


def check(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, Any, str]:
    """Exit code, the JSON report, standard error."""
    code = main(["check", *words, "--format", "json", "--select", IDLE])
    out, err = capsys.readouterr()
    return code, json.loads(out) if out else None, err


@pytest.mark.parametrize(
    ("minimum", "words", "expected"),
    [
        (0, [], 0),
        (2, [], 1),
        (2, ["--fail-on", "never"], 0),
        (2, ["--fail-on", "high"], 1),
        ("[parameters('n')]", [], 0),
        ("[parameters('n')]", ["--unknown", "fail"], 1),
        ("[parameters('n')]", ["--unknown", "ignore"], 0),
    ],
)
def test_exit_code(capsys: pytest.CaptureFixture[str], minimum: Any, words: list[str], expected: int) -> None:
    write(Path("main.json"), cluster("c", minimum), parameters={"n": {"type": "int"}})
    code, report, _ = check(capsys, "main.json", *words)
    assert expected == code
    assert sum(report["summary"]["rows"].values()) == 1
    listed = [row["verdict"] for row in report["rows"]]
    assert ([] if minimum == 0 or "ignore" in words else ["fail" if minimum == 2 else "unknown"]) == listed


def test_evidence_lists_passes(capsys: pytest.CaptureFixture[str]) -> None:
    write(Path("main.json"), cluster("c", 0))
    _, report, _ = check(capsys, "main.json", "--evidence")
    assert ["pass"] == [row["verdict"] for row in report["rows"]]


def test_the_summary_goes_to_standard_error_and_can_be_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    write(Path("main.json"), cluster("c", 1))
    _, _, err = check(capsys, "main.json")
    assert err.startswith("aiplint: 1 file, 1 resource, 1 rows (1 fail, 0 unknown, 0 pass), 0 gaps in ")
    assert "" == check(capsys, "main.json", "--quiet")[2]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (
            "broken.json",
            '{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", ',
        ),
        (
            "cyclic.json",
            '{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",'
            '"contentVersion": "1.0.0.0", "variables": {"a": "[variables(\'b\')]", "b": "[variables(\'a\')]"},'
            '"resources": [{"type": "A/b", "apiVersion": "1", "name": "[variables(\'a\')]"}]}',
        ),
        (
            "deep.json",
            '{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",'
            '"contentVersion": "1.0.0.0", "resources": ' + "[" * 2000 + "]" * 2000 + "}",
        ),
        (
            "endless.json",
            '{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",'
            '"contentVersion": "1.0.0.0", "resources": [{"type": "A/b", "apiVersion": "1",'
            '"name": "[concat(\'x\', copyIndex())]",'
            '"copy": {"name": "c", "count": 1000000000}}]}',
        ),
    ],
)
def test_a_bad_file_is_a_gap_and_the_others_are_judged(
    capsys: pytest.CaptureFixture[str], name: str, content: str
) -> None:
    write(Path("dir/main.json"), cluster("c", 2))
    Path("dir", name).write_text(content, encoding="utf-8")
    code, report, _ = check(capsys, "dir")
    assert 3 == code
    assert {f"dir/{name}"} == {gap["path"] for gap in report["gaps"]}
    assert all(gap["line"] > 0 and gap["message"] and gap["policies"] == [IDLE] for gap in report["gaps"])
    assert ["ws/c"] == [row["resource"]["name"] for row in report["rows"]]


@pytest.mark.parametrize("files", [{}, {"notes.txt": "x"}, {"package.json": "{}"}])
def test_nothing_to_scan_is_3(capsys: pytest.CaptureFixture[str], files: dict[str, str]) -> None:
    Path("dir").mkdir()
    for name, text in files.items():
        Path("dir", name).write_text(text, encoding="utf-8")
    code, report, _ = check(capsys, "dir")
    assert 3 == code
    assert "nothing to scan" in report["gaps"][0]["message"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["gone.json"], "gone.json: no such file or folder"),
        (["main.json", "--select", "no/such"], "'no/such'"),
        (["main.json", "--ignore", "serving/gpu-pool-sharedd"], "did you mean"),
        (["main.json", "-o", "sarif"], "FORMAT=FILE"),
        (["main.json", "-o", "pdf=x"], "FORMAT is one of"),
        (["main.json", "-o", "json=no/such/dir/x"], "there is no folder"),
        (["main.json", "--config", "gone.yaml"], "no such configuration file"),
        (["main.json", "--baseline", "gone.json"], "cannot be read"),
        (["main.json", "--policies", "gone"], "no such folder of policies"),
        (["main.json", "-p", "gone.json"], "gone.json: no such file"),
        (["main.json", "--changed-since", "HEAD"], "--changed-since"),
    ],
)
def test_wrong_usage_is_2(capsys: pytest.CaptureFixture[str], words: list[str], said: str) -> None:
    write(Path("main.json"), cluster("c", 2))
    code = main(["check", *words])
    out, err = capsys.readouterr()
    assert (2, "") == (code, out)
    assert err.startswith("aiplint: ")
    assert said in err


def test_a_bad_policy_file_is_2_and_names_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    write(Path("main.json"), cluster("c", 2))
    Path("own/area").mkdir(parents=True)
    Path("own/area/mine.yaml").write_text("title: t\nseverity: huge\n", encoding="utf-8")
    code, _, err = check(capsys, "main.json", "--policies", "own")
    assert 2 == code
    assert "own/area/mine.yaml:" in err


def test_the_configuration_counts(capsys: pytest.CaptureFixture[str]) -> None:
    write(Path("main.json"), cluster("c", 2))
    write(Path("tests/other.json"), cluster("d", 2))
    Path(".aiplint.yaml").write_text(
        f"severity: {{{IDLE}: low}}\nparameters: {{{IDLE}: {{max_idle_nodes: 1}}}}\nexclude: ['tests/**']\n",
        encoding="utf-8",
    )
    code, report, _ = check(capsys, ".")
    assert 0 == code
    assert [("ws/c", "low")] == [(row["resource"]["name"], row["severity"]) for row in report["rows"]]
    assert 1 == check(capsys, ".", "--fail-on", "low")[0]


def test_waivers_of_the_configuration(capsys: pytest.CaptureFixture[str]) -> None:
    write(Path("main.json"), cluster("c", 2))
    text = f"waivers:\n- policy: {IDLE}\n  resource: '*/computes/c'\n  reason: r\n  until: {{day}}\n"
    Path(".aiplint.yaml").write_text(text.format(day=date.today()), encoding="utf-8")
    code, report, _ = check(capsys, "main.json", "--evidence")
    assert (0, "r") == (code, report["rows"][0]["waiver"]["reason"])
    Path(".aiplint.yaml").write_text(text.format(day=date.today() - timedelta(1)), encoding="utf-8")
    code, report, err = check(capsys, "main.json")
    assert (1, None) == (code, report["rows"][0]["waiver"])
    assert "expired on" in err


def test_an_inline_waiver_without_reason_is_2_after_the_report(capsys: pytest.CaptureFixture[str]) -> None:
    path = write(Path("main.json"), cluster("c", 2))
    text = path.read_text(encoding="utf-8").replace(
        '"minNodeCount": 2,', f'"minNodeCount": 2, // aiplint: allow {IDLE}'
    )
    path.write_text(text, encoding="utf-8")
    code, report, err = check(capsys, "main.json")
    assert (2, 1) == (code, len(report["rows"]))
    assert "has no reason" in err


def test_baseline_round_trip(capsys: pytest.CaptureFixture[str]) -> None:
    write(Path("dir/main.json"), cluster("old", 2))
    assert 1 == check(capsys, "dir")[0]
    assert 0 == check(capsys, "dir", "--write-baseline", "base.json")[0]
    code, report, _ = check(capsys, "dir", "--baseline", "base.json")
    assert (0, ["unchanged"]) == (code, [row["baseline"] for row in report["rows"]])
    Path("dir/main.json").rename("dir/renamed.json")
    assert 0 == check(capsys, "dir", "--baseline", "base.json")[0]
    write(Path("dir/renamed.json"), thing("first"), cluster("old", 3), cluster("new", 2))
    code, report, _ = check(capsys, "dir", "--baseline", "base.json")
    assert 1 == code
    assert {"ws/old": "unchanged", "ws/new": "new"} == {
        row["resource"]["name"]: row["baseline"] for row in report["rows"]
    }
    write(Path("dir/renamed.json"), cluster("old", 0))
    code, _, err = check(capsys, "dir", "--baseline", "base.json", "--verbose")
    assert 0 == code
    assert f"aiplint: 1 of the baseline are gone; --write-baseline drops them\n  {IDLE} ws/old" in err


@pytest.mark.parametrize("name", ["sarif", "json"])
def test_a_report_of_ours_is_a_baseline(capsys: pytest.CaptureFixture[str], name: str) -> None:
    loop = cluster("[concat('c', copyIndex())]", 2, copy={"name": "l", "count": 3})
    loop["name"] = "[concat('ws/c', copyIndex())]"
    write(Path("main.json"), cluster("one", 2), loop)
    assert 1 == check(capsys, "main.json", "-o", f"{name}=old")[0]
    code, report, _ = check(capsys, "main.json", "--baseline", "old")
    assert (0, {"unchanged"}) == (code, {row["baseline"] for row in report["rows"]})


def test_several_reports_at_once_and_two_runs_give_equal_bytes(capsys: pytest.CaptureFixture[str]) -> None:
    write(Path("main.json"), cluster("c", 2))
    for folder in ("one", "two"):
        Path(folder).mkdir()
        check(capsys, "main.json", "-o", f"sarif={folder}/a.sarif", "-o", f"concise={folder}/a.txt")
    assert Path("one/a.sarif").read_bytes() == Path("two/a.sarif").read_bytes()
    assert b"main.json" in Path("one/a.txt").read_bytes()
    assert ["a.sarif", "a.txt"] == sorted(path.name for path in Path("one").iterdir())


def test_processes_change_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    for index in range(12):
        write(Path(f"dir/{index}/main.json"), cluster(f"c{index}", index % 3), cluster("d", "[reference('x').y]"))
    reports = []
    for jobs in ("1", "2"):
        code, report, _ = check(capsys, "dir", "--jobs", jobs)
        assert 1 == code
        del report["summary"]["seconds"]
        reports.append(report)
    assert 12 == reports[0]["summary"]["files"]
    assert reports[0] == reports[1]


def test_policies_of_one_s_own_run_beside_the_product_s(capsys: pytest.CaptureFixture[str]) -> None:
    write(Path("main.json"), thing("t", "Contoso.X/things", properties={"port": 80}))
    Path("own/contoso").mkdir(parents=True)
    Path("own/contoso/port-open.yaml").write_text(
        "title: t\nseverity: high\nresource: Contoso.X/things\n"
        "require: {field: properties.port, notEquals: 80, default: 80}\n"
        'message: "{name} {observed}"\nwhy: w\nfix: {text: f}\nsays: []\npillars: []\noverlaps: []\nsources: []\n',
        encoding="utf-8",
    )
    code = main(["check", "main.json", "--policies", "own", "--format", "json"])
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert (1, ["contoso/port-open"]) == (code, [row["policy"] for row in rows])


def aiplint(*words: str, **more: Any) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "AIPLINT_CACHE_DIR": str(Path("cache").absolute())}
    return subprocess.run(
        [sys.executable, "-m", "linter", *words], capture_output=True, env=environment, check=False, **more
    )


def test_as_a_process_nothing_but_reports_on_standard_output() -> None:
    write(Path("main.json"), cluster("c", 2))
    done = aiplint("check", "main.json", "--select", IDLE, "--format", "json")
    assert 1 == done.returncode
    assert "ws/c" == json.loads(done.stdout)["rows"][0]["resource"]["name"]
    assert b"\r" not in done.stderr
    assert 1 == done.stderr.count(b"\n")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to one process")
def test_an_interrupt_is_130() -> None:
    for index in range(400):
        write(Path(f"dir/{index}/main.json"), *(cluster(f"c{number}", 2) for number in range(40)))
    process = subprocess.Popen(
        [sys.executable, "-m", "linter", "check", "dir", "--jobs", "2", "--verbose"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    assert process.stderr is not None
    while b" rows" not in process.stderr.readline():  # until the first unit is judged
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert 130 == process.returncode, err
    assert b"Traceback" not in err


HOSTILE = "\x1b[31m\u202e##vso[task.complete]"


@pytest.mark.parametrize(
    "words",
    [
        ["--select", HOSTILE],
        ["--baseline", HOSTILE],
        ["--config", "c.yaml"],
        ["--config", HOSTILE],
        [],
        ["--baseline", "b.json", "--verbose"],
    ],
)
def test_what_strangers_wrote_is_shown_not_obeyed(capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    write(Path("main.json"), cluster("one", 0))
    text = f"// aiplint: allow {HOSTILE} -- reason\n// aiplint: allow {IDLE} until={HOSTILE} -- reason\n"
    Path("main.json").write_text(text + Path("main.json").read_text("utf-8"), encoding="utf-8")
    Path("c.yaml").write_text(json.dumps({"waivers": [{"policy": HOSTILE, "reason": "r"}]}), encoding="utf-8")
    gone = {"fingerprint": "f", "path": HOSTILE, "policy": IDLE, "resource": HOSTILE, "property": HOSTILE}
    Path("b.json").write_text(json.dumps({"version": 1, "findings": [gone]}), encoding="utf-8")
    assert 2 == main(["check", "main.json", *words])
    err = capsys.readouterr().err
    assert "31m" in err
    assert not any(sign in err for sign in ("\x1b", "\u202e", "##vso["))
