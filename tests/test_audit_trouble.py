"""`aiplint audit` against a loopback Azure that goes wrong: nothing written, the right gaps, the right exit code."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from typing import Any

import pytest
from azure_server.bench import COMPUTES, DIAGNOSTICS, Bench
from azure_server.estate import ML, WORKSPACE_ID
from azure_server.server import (
    SUBSCRIPTION,
    Handler,
    cut,
    html,
    link,
    resource,
    saying,
    slow,
    status,
)

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
    ran = bench.run("--timeout", "3")
    assert 3 == ran.code
    assert "computes of ml-churn" in ran.gaps()[0]
    assert "the time limit was reached" in ran.gaps()[0]
