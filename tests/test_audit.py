"""`aiplint audit` as a process, with the real SDK clients and credentials, against a loopback Azure that goes wrong."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from azure_server.estate import ML, SECRETS, WORKSPACE_ID, estate, job
from azure_server.server import (
    SECRET,
    SUBSCRIPTION,
    TOKEN,
    Azure,
    Handler,
    Running,
    cut,
    environment,
    html,
    link,
    options,
    resource,
    saying,
    slow,
    status,
)

from linter.sources.azure.trouble import login_line

DIAGNOSTICS = r"GET .*/ml-churn/providers/Microsoft.Insights/diagnosticSettings"
COMPUTES = r"GET .*/ml-churn/computes$"


@dataclass
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    def verdicts(self) -> dict[tuple[str, str], str]:
        return {(row["policy"], row["resource"]["name"]): row["verdict"] for row in self.json["rows"]}

    def gaps(self) -> list[str]:
        return [gap["message"] for gap in self.json["gaps"]]


class Bench:
    """A server, a folder, and the command."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.azure = Azure(resources=estate())
        self.running = Running(self.azure, folder)

    def command(self, *more: str, scope: tuple[str, ...] = ("--subscription", SUBSCRIPTION)) -> list[str]:
        return [sys.executable, "-m", "linter", "audit", *scope, *options(self.running), *more]

    def env(self, **more: str) -> dict[str, str]:
        return environment(self.running, os.environ.items(), **more)

    def run(self, *more: str, scope: tuple[str, ...] = ("--subscription", SUBSCRIPTION), **env: str) -> Ran:
        """Run with JSON on standard output; nothing may be written to Azure, no secret may be told."""
        words = self.command("--format", "json", *more, scope=scope)
        done = subprocess.run(words, env=self.env(**env), cwd=self.folder, capture_output=True, text=True, timeout=60)
        ran = Ran(done.returncode, done.stdout, done.stderr)
        self.nothing_written()
        self.nothing_told(ran.out + ran.err)
        return ran

    def nothing_written(self) -> None:
        posts = {path.lower() for method, path, _ in self.azure.log if method != "GET"}
        allowed = {"/providers/microsoft.resourcegraph/resources"}
        assert {path for path in posts if not path.endswith("/oauth2/v2.0/token")} <= allowed

    def nothing_told(self, text: str) -> None:
        for secret in (*SECRETS, TOKEN, SECRET, "eyJ"):
            assert secret not in text


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    with made.running:
        yield made


def test_an_estate_is_judged_page_by_page(bench: Bench) -> None:
    bench.azure.page = 2
    ran = bench.run("--evidence", "--verbose")
    found = ran.verdicts()
    assert (1, []) == (ran.code, ran.gaps()), ran.err
    assert "fail" == found["training/cluster-never-idle", "ml-churn/cpu"]
    assert "fail" == found["serving/endpoint-not-elastic", "ml-churn/ep/blue"]
    assert "fail" == found["serving/gpu-pool-fixed-size", "aks/gpu"]
    assert "pass" == found["security/public-network-open", "aoai"]
    assert "pass" == found["serving/model-version-floating", "aoai/chat"]
    assert f"covered 1 subscription: Test ({SUBSCRIPTION})" in ran.err
    assert 12 + 1 == ran.json["summary"]["resources"]  # with the node pool
    assert 1 == bench.azure.tokens


def test_one_list_that_is_forbidden_blinds_its_policies_only(bench: Bench) -> None:
    before = bench.run("--evidence").verdicts()
    bench.azure.wrong(DIAGNOSTICS, status(403, "AuthorizationFailed", "client 'x' has no right"))
    asked = len(bench.azure.log)
    ran = bench.run("--evidence", "-o", "sarif=out.sarif")
    told = "diagnostic settings of ml-churn could not be read: 403 AuthorizationFailed (client 'x' has no right)"
    assert (3, [f"{told}; the role Reader covers it"]) == (ran.code, ran.gaps())
    assert ["operations/diagnostics-missing"] == [
        name for name in ran.json["gaps"][0]["policies"] if name.startswith("operations")
    ]
    after = ran.verdicts()
    assert "fail" == before["operations/diagnostics-missing", "ml-churn"]
    assert "unknown" == after["operations/diagnostics-missing", "ml-churn"]
    changed = {key for key in before if before[key] != after[key]}
    assert {("operations/diagnostics-missing", "ml-churn")} == changed
    tried = [path for _, path, _ in bench.azure.log[asked:] if "ml-churn/providers" in path]
    assert 1 == len(tried)  # at once, no second try
    log = json.loads((bench.folder / "out.sarif").read_text(encoding="utf-8"))
    assert log["runs"][0]["invocations"][0]["executionSuccessful"] is False
    assert f"aiplint/live/subscription/{SUBSCRIPTION}/" == log["runs"][0]["automationDetails"]["id"]


FAULTS = {
    "429 with Retry-After": (status(429, "TooManyRequests", Retry_After="0.05"), 3, ""),
    "429 with a day's Retry-After": (status(429, "TooManyRequests", Retry_After="86400"), 1, ""),
    "429 without": (status(429, "TooManyRequests"), 3, ""),
    "500 thrice": (status(500, "InternalServerError"), 3, ""),
    "503 for ever": (status(503, "ServiceUnavailable"), 99, "503 ServiceUnavailable"),
    "403 with Retry-After": (status(403, "AuthorizationFailed", Retry_After="1"), 99, "403 AuthorizationFailed"),
    "409": (status(409, "MissingSubscriptionRegistration"), 99, "409 MissingSubscriptionRegistration"),
    "slow once": (slow(1.0), 1, ""),
    "slow for ever": (slow(1.0), 99, "Timeout"),
    "cut once": (cut, 1, ""),
    "cut for ever": (cut, 99, "Connection"),
    "HTML": (html, 99, "NotJson"),
    "a link to another host": (link("https://localhost.example.com:1/x"), 99, "ForeignLink"),
    "a link to another port": (link("https://localhost:1/x"), 99, "ForeignLink"),
    "a plain link": (link("http://localhost/x"), 99, "ForeignLink"),
    "a token that has expired": (status(401, "ExpiredAuthenticationToken"), 1, ""),
    "401 for ever": (status(401, "InvalidAuthenticationToken"), 99, "401 InvalidAuthenticationToken"),
}  # fmt: skip


def test_what_goes_wrong_with_a_list(bench: Bench) -> None:
    """One scan a kind of fault would cost a second each: here each fault has two workspaces of its own, one for a list
    that is read raw and one for a list that the SDK's client reads."""
    names = {f"{way}{number}": name for way in ("raw", "sdk") for number, name in enumerate(FAULTS)}
    for workspace, name in names.items():
        answer, times, _ = FAULTS[name]
        bench.azure.resources.append(
            resource(f"rg-x/{workspace}", f"{ML}/workspaces", location="westeurope", properties={})
        )
        pattern = DIAGNOSTICS if workspace.startswith("raw") else COMPUTES
        bench.azure.wrong(pattern.replace("ml-churn", workspace), answer, times)
    limits = "retry_wait=0.01,longest_wait=0.1,read=0.6,connect=2,give_up_after=1000,threads=16,pace=1000"
    ran = bench.run(AIPLINT_LIVE_LIMITS=limits)
    gaps = ran.gaps()
    for workspace, name in names.items():
        mine = [gap for gap in gaps if f" of {workspace} " in gap]
        expected = FAULTS[name][2]
        assert [bool(expected)] == [bool(mine)], (name, mine)
        assert not expected or expected in mine[0], (name, mine)
    assert 3 == ran.code
    assert 2 * sum(bool(fault[2]) for fault in FAULTS.values()) == len(gaps)


HOSTILE: dict[str, tuple[Any, bool]] = {
    "a list": ([], True),
    "no list": ({"value": {"a": 1}}, True),
    "null": (None, True),
    "no rows": ({"value": [1, None, "x", [], {}]}, False),
    "no ids": ({"value": [{"id": 5}, {"id": None}, {"id": "x"}, {"id": "/x"}, {"id": "/subscriptions"}]}, False),
    "a way out": ({"value": [
        {"id": "/subscriptions/../resourceGroups/../providers/../../x/y", "type": "../..", "name": ".."},
    ]}, False),
    "a long id": ({"value": [{"id": "/subscriptions/s/resourceGroups/r/providers/A.B/c/" + "x" * 3000}]}, False),
    "depth": ({"value": json.loads("[" * 900 + "]" * 900)}, False),
    "odd members": ({"value": [{
        "id": f"{WORKSPACE_ID}/computes/odd", "properties": [1], "tags": 7, "sku": "x", "identity": [], "location": {},
        "name": None, "systemData": 3, "zones": "1",
    }]}, False),
    "numbers that are none": ({"value": [{"id": f"{WORKSPACE_ID}/computes/n", "properties": float("inf")}]}, True),
    "a link that is none": ({"value": [], "nextLink": 5}, False),
    "half a character": ({"value": [{"id": f"{WORKSPACE_ID}/computes/\ud800", "properties": {"a": "\ud800"}}]}, False),
}  # fmt: skip
"""Bodies, and whether a list that has one cannot be read. The SDK's models (computes) take in less than raw JSON."""


def test_hostile_answers_break_nothing(bench: Bench) -> None:
    names = {f"ws{number}": name for number, name in enumerate(HOSTILE)}
    for workspace, name in names.items():
        bench.azure.resources.append(
            resource(f"rg-x/{workspace}", f"{ML}/workspaces", location="westeurope", properties={})
        )
        for path in ("computes", "schedules", "jobs"):
            bench.azure.wrong(rf"GET .*/{workspace}/{path}$", saying(HOSTILE[name][0]))
    ring = f"{bench.azure.url}{WORKSPACE_ID}/computes?api-version=x"
    bench.azure.wrong(COMPUTES, link(ring))
    ran = bench.run("--save", "saved", "--evidence")
    assert 3 == ran.code, ran.err
    assert "Traceback" not in ran.err
    assert [] == [gap for gap in ran.gaps() if "aiplint itself" in gap or "report it" in gap]
    for workspace, name in names.items():
        failed = {gap.partition(" ")[0] for gap in ran.gaps() if f" of {workspace} could not" in gap}
        assert {"computes", "schedules", "jobs"} == failed if HOSTILE[name][1] else failed <= {"computes"}, name
    assert any("computes of ml-churn could not be read: Cut" in gap for gap in ran.gaps())
    saved = bench.folder / "saved"
    assert all(path.resolve().is_relative_to(saved.resolve()) for path in bench.folder.rglob("*.json"))


def test_resource_graph_that_refuses_is_replaced_by_lists(bench: Bench) -> None:
    through_graph = bench.run("--evidence")
    bench.azure.wrong("POST .*ResourceGraph", status(403, "AccessDenied"))
    asked = len(bench.azure.log)
    ran = bench.run("--evidence", "--verbose")
    assert (1, []) == (ran.code, ran.gaps()), ran.err
    assert through_graph.verdicts() == ran.verdicts()
    paths = [path for _, path, _ in bench.azure.log[asked:]]
    assert f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.MachineLearningServices/workspaces" in paths
    assert f"/subscriptions/{SUBSCRIPTION}/resources" in paths
    assert "lists are read instead" in ran.err


def test_resource_graph_that_sees_nothing_is_replaced_by_lists(bench: Bench) -> None:
    bench.azure.graph = False  # no right to read looks like no rows
    ran = bench.run()
    assert (1, []) == (ran.code, ran.gaps())
    assert "fail" == ran.verdicts()["serving/endpoint-key-auth", "ml-churn/ep"]


def test_a_version_that_is_not_known_is_asked_of_the_manifest(bench: Bench) -> None:
    def refuse(handler: Handler) -> None:
        if handler.query["api-version"] == ["2024-10-01"]:
            handler.answer()
        else:
            status(400, "NoRegisteredProviderFound")(handler)

    bench.azure.wrong(COMPUTES, refuse)
    manifest = {"namespace": ML, "resourceTypes": [
        {"resourceType": "workspaces/computes", "apiVersions": ["2099-01-01-preview", "2024-10-01", "2023-04-01"]},
    ]}  # fmt: skip
    bench.azure.wrong(rf"GET /subscriptions/[^/]+/providers/{ML}$", lambda handler: handler.send(200, manifest))
    ran = bench.run()
    assert (1, []) == (ran.code, ran.gaps())
    assert "fail" == ran.verdicts()["training/cluster-never-idle", "ml-churn/cpu"]


def test_scopes(bench: Bench) -> None:
    other = "44444444-4444-4444-4444-444444444444"
    bench.azure.subscriptions[other] = "Other"
    descendants = [
        {"type": "/subscriptions", "name": SUBSCRIPTION},
        {"type": "Microsoft.Management/managementGroups", "name": "below"},
    ]
    bench.azure.lists["/providers/microsoft.management/managementgroups/corp/descendants"] = descendants
    ran = bench.run("-o", "sarif=mg.sarif", scope=("--management-group", "corp"))
    assert (1, f"covered 1 subscription: Test ({SUBSCRIPTION})" in ran.err) == (ran.code, True)
    assert "aiplint/live/management-group/corp/" in (bench.folder / "mg.sarif").read_text(encoding="utf-8")
    ran = bench.run(scope=("--tenant",))
    assert "covered 2 subscriptions: Test" in ran.err
    ran = bench.run(scope=("--subscription", "55555555-5555-5555-5555-555555555555"))
    assert (3, 1) == (ran.code, len(ran.gaps()))
    assert "404 SubscriptionNotFound" in ran.gaps()[0]
    ran = bench.run("--resource-group", "RG-other")
    assert 3 == ran.code
    assert ["nothing to scan here: no resource that a policy looks at"] == ran.gaps()


def test_a_saved_scan_gives_the_same_findings(bench: Bench) -> None:
    bench.azure.wrong(DIAGNOSTICS, status(403, "AuthorizationFailed"))
    ran = bench.run("--save", "saved", "--evidence")
    words = [sys.executable, "-m", "linter", "check", "saved", "--format", "json", "--evidence"]
    done = subprocess.run(words, cwd=bench.folder, capture_output=True, text=True, timeout=60, env=bench.env())
    again = json.loads(done.stdout)
    assert (ran.code, ran.json["gaps"]) == (done.returncode, again["gaps"])
    assert ran.json["rows"] == again["rows"]
    files = sorted(path for path in (bench.folder / "saved").rglob("*") if path.is_file())
    assert 12 + 1 == len(files)
    for path in files:
        bench.nothing_told(path.read_text(encoding="utf-8"))
    places = {row["location"]["path"] for row in ran.json["rows"]}
    assert places <= {path.relative_to(bench.folder).as_posix() for path in files}


def test_what_is_gone_is_taken_out_of_a_saved_scan(bench: Bench) -> None:
    bench.run("--save", "saved")
    gone = bench.azure.resources.pop()
    bench.azure._index = None
    bench.run("--save", "saved")
    left = [path.name for path in (bench.folder / "saved").rglob("*.json")]
    assert 12 == len(left)
    assert f"{gone['name']}.json" not in left
    next((bench.folder / "saved").rglob("aoai.json")).unlink()
    words = [sys.executable, "-m", "linter", "check", "saved", "--format", "json"]
    done = subprocess.run(words, cwd=bench.folder, capture_output=True, text=True, timeout=60, env=bench.env())
    assert (3, 1) == (done.returncode, len(json.loads(done.stdout)["gaps"]))


def test_a_live_finding_points_at_the_template_that_declares_it(bench: Bench) -> None:
    template = {
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "resources": [
            {"type": f"{ML}/workspaces/computes", "apiVersion": "2024-10-01", "name": "ml-churn/cpu",
             "location": "westeurope",
             "properties": {"computeType": "AmlCompute", "properties": {
                 "vmSize": "Standard_DS3_v2", "scaleSettings": {"minNodeCount": 0, "maxNodeCount": 4}}}},
            {"type": f"{ML}/workspaces", "apiVersion": "2024-10-01", "name": "ml-gone", "location": "westeurope"},
        ],
    }  # fmt: skip
    (bench.folder / "main.json").write_text(json.dumps(template, indent=1), encoding="utf-8")
    ran = bench.run("--against", "main.json")
    row = next(row for row in ran.json["rows"] if row["policy"] == "training/cluster-never-idle")
    path = "properties.properties.scaleSettings.minNodeCount"
    told = f"declares {path} of ml-churn/cpu as 0; deployed is 2"
    assert [told] == [one["message"] for one in row["related"] if "declares" in one["message"]]
    assert "main.json" == row["related"][-1]["location"]["path"]
    line = row["related"][-1]["location"]["line"]
    assert f"aiplint: main.json:{line}: {told}" in ran.err
    assert ": declares ml-gone, which is not deployed in this scope" in ran.err
    assert all(row["verdict"] != "pass" for row in ran.json["rows"])


@pytest.mark.skipif(os.name == "nt", reason="SIGINT is sent")
def test_an_interrupt_gives_a_partial_report(bench: Bench) -> None:
    bench.azure.wrong(COMPUTES, slow(20))
    words = bench.command("--format", "json")
    process = subprocess.Popen(
        words, env=bench.env(), cwd=bench.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 30
    while not any("/computes" in path for path in bench.azure.paths()) and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert 130 == process.returncode, err
    gaps = [gap["message"] for gap in json.loads(out)["gaps"]]
    assert ["what the scan had not reached when it was interrupted could not be read"] == [
        gap.partition(" (")[0] for gap in gaps
    ]
    assert any(row["policy"] == "serving/endpoint-key-auth" for row in json.loads(out)["rows"])


def test_the_time_limit_gives_a_partial_report(bench: Bench) -> None:
    bench.azure.wrong(COMPUTES, slow(20))
    ran = bench.run("--timeout", "1.5")
    assert 3 == ran.code
    assert "computes of ml-churn" in ran.gaps()[0]
    assert "the time limit was reached" in ran.gaps()[0]


LOGIN = {
    "AADSTS7000215: Invalid client secret provided.": "the client secret is wrong or has expired",
    "AADSTS700016: Application was not found": "the application is not known in this tenant",
    "AADSTS700082: The refresh token has expired": "the login has expired (AADSTS700082): run `az login` again",
    "AADSTS700024: Client assertion is not within its valid time range.": "the assertion of the workload identity has",
    "AADSTS50076: you must use multi-factor authentication": "more proof of identity is asked (MFA)",
}


@pytest.mark.parametrize("error", LOGIN)
def test_each_kind_of_login_trouble_has_its_words(error: str) -> None:
    assert LOGIN[error] in login_line(error)


def test_login_trouble_is_one_line(bench: Bench) -> None:
    error = "AADSTS7000215: Invalid client secret provided."
    bench.azure.token_answer = (400, {"error": "invalid_client", "error_description": error})
    ran = bench.run()
    lines = [line for line in ran.err.splitlines() if "cannot log in" in line]
    assert (3, 1, 1) == (ran.code, len(lines), len(ran.gaps())), ran.err
    assert LOGIN[error] in lines[0]
    assert [] == [path for path in bench.azure.paths() if path.startswith("/subscriptions")]


@pytest.mark.skipif(os.name == "nt", reason="the fake az is a shell script")
@pytest.mark.parametrize(
    ("script", "code", "told"),
    [
        (f'echo x >> "$AZ_LOG"; echo \'{{"accessToken": "{TOKEN}", "expires_on": 4102444800}}\'', 1, ""),
        (
            "echo 'ERROR: Please run az login to setup account.' >&2; exit 1",
            3,
            "Azure CLI: it is logged out: run `az login`",
        ),
        (
            "echo 'ERROR: AADSTS700082: The refresh token has expired' >&2; exit 1",
            3,
            "the login has expired (AADSTS700082)",
        ),
        ("", 3, "there is no Azure CLI on the PATH"),
    ],
    ids=["works", "logged out", "expired", "no az"],
)
def test_the_azure_cli(bench: Bench, script: str, code: int, told: str) -> None:
    tools = bench.folder / "bin"
    tools.mkdir()
    if script:
        (tools / "az").write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        (tools / "az").chmod(0o755)
    log = bench.folder / "az.log"
    path = f"{tools}:/bin" if script else str(tools)
    ran = bench.run("--auth", "cli", PATH=path, AZ_LOG=str(log))
    assert code == ran.code, ran.err
    assert told in ran.err
    assert not script or code == 3 or log.read_text(encoding="utf-8") == "x\n"  # started once


def test_a_token_that_arm_no_longer_takes_is_replaced(bench: Bench) -> None:
    bench.azure.stale = 1
    ran = bench.run()
    assert (1, [], 2) == (ran.code, ran.gaps(), bench.azure.tokens)
    bench.azure.stale = 99
    ran = bench.run()
    assert (3, True) == (ran.code, "401 ExpiredAuthenticationToken" in ran.gaps()[0])


def test_workload_identity(bench: Bench) -> None:
    (bench.folder / "token").write_text("an-assertion", encoding="utf-8")
    ran = bench.run("--auth", "workload-identity", AZURE_FEDERATED_TOKEN_FILE=str(bench.folder / "token"))
    assert (1, []) == (ran.code, ran.gaps())


def test_network_trouble_is_one_line(bench: Bench) -> None:
    ran = bench.run(REQUESTS_CA_BUNDLE="")
    assert (3, True) == (ran.code, "is not trusted" in ran.err), ran.err
    url = bench.azure.url
    words = ("--arm-endpoint", "https://arm.invalid", "--arm-scope", f"{url}/.default")
    ran = bench.run(*words)
    assert (3, True) == (ran.code, "the name of arm.invalid cannot be resolved" in ran.gaps()[0]), ran.gaps()
    ran = bench.run("--arm-endpoint", "http://localhost")
    assert (2, True) == (ran.code, "--arm-endpoint http://localhost: takes https://HOST" in ran.err)


def test_jobs_are_facts_of_use(bench: Bench) -> None:
    now = time.time()

    def text(days_ago: float) -> str:
        return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(now - days_ago * 86_400))

    bench.azure.resources += [job(f"run{day}", text(day + 1), text(day + 0.2)) for day in range(25)]
    bench.azure.resources.append(job("old", text(60), text(59)))
    ran = bench.run("--save", "saved", "--evidence")
    assert [] == ran.gaps()
    scan = json.loads((bench.folder / "saved" / "scan.json").read_text(encoding="utf-8"))
    jobs = scan["usage"]["jobs"]
    assert 25 == len(jobs)
    assert {("recorded", True, "standard", "standard_nc24ads_a100_v4")} == {
        (one["evidence"], one["serverless"], one["tier"], one["size"]) for one in jobs
    }
    assert {WORKSPACE_ID.lower(): "whole"} == scan["usage"]["job_lists"]
    verdicts = {key: verdict for key, verdict in ran.verdicts().items() if key[0] == "training/serverless-full-time"}
    assert "fail" == verdicts["training/serverless-full-time", "ml-churn"]


def test_limits_and_ages_are_facts_of_use(bench: Bench) -> None:
    provider = f"/subscriptions/{SUBSCRIPTION}/providers/microsoft."
    usage = {"id": "x", "unit": "Count", "currentValue": 8}
    bench.azure.lists |= {
        f"{provider}machinelearningservices/locations/westeurope/usages": [
            {**usage, "limit": 14, "name": {"value": "standardDSv2Family"}}
        ],
        f"{provider}machinelearningservices/locations/westeurope/vmsizes": [
            {"name": "Standard_DS3_v2", "family": "standardDSv2Family", "vCPUs": 4, "gpus": 0}
        ],
        f"{provider}compute/locations/westeurope/usages": [
            {**usage, "limit": 10, "name": {"value": "standardNCADSA100v4Family"}}
        ],
        f"{provider}cognitiveservices/locations/westeurope/usages": [
            {**usage, "limit": 5, "name": {"value": "OpenAI.Standard.gpt-4o"}}
        ],
        f"{provider}security/pricings": [{"name": "Containers", "properties": {"pricingTier": "Free"}}],
    }
    bench.azure.resources.append(
        resource("rg-churn/reg", "Microsoft.ContainerRegistry/registries", location="westeurope", properties={})
    )
    bench.azure.wrong(
        "POST .*ResourceGraph", status(429, "RateLimiting"), 3
    )  # a POST, which azure-core would not repeat
    ran = bench.run("--save", "saved", "--select", "estate/quota-headroom,operations/image-stale")
    found = ran.verdicts()
    assert (1, []) == (ran.code, ran.gaps()), ran.err
    for name in ("ml-churn/cpu", "aks/gpu", "aoai/chat"):
        assert "fail" == found["estate/quota-headroom", name]
    assert "fail" == found["operations/image-stale", "aks/gpu"]
    facts = json.loads((bench.folder / "saved" / "scan.json").read_text(encoding="utf-8"))["usage"]
    assert {SUBSCRIPTION: {"containers": "free"}} == facts["plans"]
    assert [False] == [cluster["supported"] for cluster in facts["clusters"].values()]
    assert ["2024-05-20", "2024-05-20"] == [image["built"] for image in facts["images"]]
    sizes = [{"region": "westeurope", "name": "standard_ds3_v2", "family": "standardDSv2Family", "cores": 4, "gpus": 0}]
    assert sizes == facts["sizes"]


def test_a_cut_list_of_jobs_is_a_gap(bench: Bench) -> None:
    bench.azure.page = 1
    today = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime())
    bench.azure.resources += [job(f"j{n}", today, "2099-01-01 00:00:00") for n in range(5)]
    limits = "retry_wait=0.01,longest_wait=0.2,job_pages=3,graph_pace=100"
    ran = bench.run(AIPLINT_LIVE_LIMITS=limits)
    assert 3 == ran.code
    assert ["jobs of ml-churn could not be read: Cut (cut after 3 pages; the older ones are not judged)"] == ran.gaps()


def test_legacy_workspaces_are_not_assessed(bench: Bench) -> None:
    workspace = next(raw for raw in bench.azure.resources if raw["id"] == WORKSPACE_ID)
    workspace["properties"]["v1LegacyMode"] = True
    ran = bench.run()
    assert (3, True) == (ran.code, "LegacyMode" in ran.gaps()[0])


def test_sarif_of_a_live_scan_is_the_same_twice(bench: Bench) -> None:
    for name in ("one", "two"):
        bench.run("-o", f"sarif={name}.sarif")
    one, two = ((bench.folder / f"{name}.sarif").read_bytes() for name in ("one", "two"))
    assert one == two
    result = json.loads(one)["runs"][0]["results"][0]
    place = result["locations"][0]
    assert place["physicalLocation"]["artifactLocation"]["uri"].startswith(f"live/{SUBSCRIPTION}/rg-churn/")
    assert place["logicalLocations"][0]["kind"] == "resource"
    assert place["physicalLocation"]["artifactLocation"]["properties"]["href"].startswith("https://portal.azure.com/")


@pytest.mark.skipif(os.name == "nt", reason="a pseudo-terminal is asked for")
def test_progress_shows_on_a_terminal(bench: Bench) -> None:
    import pty

    bench.azure.wrong(COMPUTES, slow(0.8))
    ours, theirs = pty.openpty()
    done = subprocess.run(
        bench.command("--format", "json"), env=bench.env(), cwd=bench.folder, stdout=subprocess.PIPE, stderr=theirs,
        timeout=60,
    )  # fmt: skip
    os.close(theirs)
    text = os.read(ours, 100_000).decode()
    os.close(ours)
    assert 1 == done.returncode
    assert "waiting for computes of ml-churn" in text
    bench.nothing_told(text)


@pytest.mark.parametrize("words", [["policies"], ["check", "main.json"], ["--version"]])
def test_offline_commands_load_no_azure_module(words: list[str], tmp_path: Path) -> None:
    (tmp_path / "main.json").write_text(
        '{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",'
        ' "contentVersion": "1.0.0.0", "resources": []}',
        encoding="utf-8",
    )
    program = (
        "import sys\nfrom linter.cli import main\ntry:\n    main(sys.argv[1:])\nexcept SystemExit:\n    pass\n"
        "bad = sorted(n for n in sys.modules if n.split('.')[0] in ('azure', 'msal', 'requests', 'urllib3'))\n"
        "sys.exit(len(bad))"
    )
    done = subprocess.run([sys.executable, "-c", program, *words], cwd=tmp_path, capture_output=True, timeout=60)
    assert 0 == done.returncode, done.stderr
