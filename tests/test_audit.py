"""`aiplint audit` as a process, with the real SDK clients and credentials, against a loopback Azure."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

import pytest
from azure_server.bench import COMPUTES, DIAGNOSTICS, Bench
from azure_server.estate import ML, WORKSPACE_ID, job
from azure_server.server import (
    SUBSCRIPTION,
    resource,
    slow,
    status,
)


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
