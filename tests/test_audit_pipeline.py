"""What leaves the machine: nothing but reading, and only to ARM."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from azure_server.estate import estate
from azure_server.server import SUBSCRIPTION, Azure, Running, environment
from hypothesis import given
from hypothesis import strategies as st

from linter.errors import UsageError
from linter.sources.azure.jobs import job_fact
from linter.sources.azure.kinds import spelled_id
from linter.sources.azure.limits import Limits, Pace, Stop, Stopped
from linter.sources.azure.login import Account, Login
from linter.sources.azure.pipeline import same_host
from linter.sources.azure.reader import Reader
from linter.sources.azure.trouble import Forbidden, login_line, plain
from linter.usage import busy_hours, jobs_of, moment, stamp

ARM = "https://management.azure.com"
POLICY = {"location": "westeurope"}


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reader]:
    azure = Azure(resources=estate())
    with Running(azure, tmp_path) as running:
        for key, value in environment(running, ()).items():
            monkeypatch.setenv(key, value)
        limits = Limits(retry_wait=0.01)
        made = Reader(Login(Account("env", "public", azure.url, None, azure.url, True), limits), limits, Stop())
        yield made
        assert {"GET", "POST"} >= azure.methods()
        assert [] == [path for method, path, _ in azure.log if method == "POST" and "oauth2" not in path]


WRITES: dict[str, Callable[[Reader], Any]] = {
    "a group": lambda one: one.resources(SUBSCRIPTION).resource_groups.create_or_update("rg", POLICY),
    "a deletion": lambda one: one.resources(SUBSCRIPTION).resource_groups.begin_delete("rg"),
    "a registration": lambda one: one.resources(SUBSCRIPTION).providers.register("Microsoft.Insights"),
    "a cluster's keys": lambda one: one.containers(SUBSCRIPTION).managed_clusters.list_cluster_admin_credentials(
        "g", "a"
    ),
    "a workspace's keys": lambda one: one.learning(SUBSCRIPTION).workspaces.list_keys("rg", "ws"),
    "a workspace": lambda one: one.learning(SUBSCRIPTION).workspaces.begin_delete("rg", "ws"),
    "a command in a cluster": lambda one: one.containers(SUBSCRIPTION).managed_clusters.begin_run_command(
        "rg", "aks", {"command": "kubectl get pods"}
    ),
}


@pytest.mark.parametrize("write", WRITES)
def test_no_client_can_write(reader: Reader, write: str) -> None:
    with pytest.raises(Forbidden, match="this scan only reads"):
        WRITES[write](reader)


@pytest.mark.parametrize(
    "url",
    [
        "https://management.azure.com.evil.example/x",
        "https://evil.example/https://management.azure.com/",
        "https://management.azure.com@evil.example/",
        "https://user@management.azure.com/",
        "https://management.azure.com:8443/",
        "http://management.azure.com/",
        "//management.azure.com/",
        "/subscriptions",
        "https://[::1",
        "https://management.azure.com:port/",
    ],
)
def test_another_host_is_refused(url: str) -> None:
    assert not same_host(url, ARM)


@pytest.mark.parametrize("url", [f"{ARM}/x", "https://MANAGEMENT.azure.com:443/x", "HTTPS://management.azure.com/?a=@"])
def test_arm_itself_is_not(url: str) -> None:
    assert same_host(url, ARM)


@pytest.mark.parametrize(
    ("account", "endpoint", "scope"),
    [
        (Account(), ARM, f"{ARM}/.default"),
        (
            Account(cloud="usgov"),
            "https://management.usgovcloudapi.net",
            "https://management.core.usgovcloudapi.net/.default",
        ),
        (Account(cloud="china"), "https://management.chinacloudapi.cn", "https://management.chinacloudapi.cn/.default"),
        (Account(arm_endpoint="https://arm.corp/"), "https://arm.corp", "https://arm.corp/.default"),
        (Account(arm_endpoint="https://arm.corp", arm_scope="x/.default"), "https://arm.corp", "x/.default"),
    ],
)
def test_clouds(account: Account, endpoint: str, scope: str) -> None:
    assert (endpoint, scope) == (account.endpoint, account.scope)


@pytest.mark.parametrize("url", ["http://arm.corp", "arm.corp", "https://", "https://arm.corp/path", "https://a@b"])
def test_endpoints_that_would_give_a_token_away(url: str) -> None:
    with pytest.raises(UsageError, match="--arm-endpoint"):
        _ = Account(arm_endpoint=url).endpoint


def test_limits_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIPLINT_LIVE_LIMITS", "pace=5,tries=2")
    assert Limits(pace=5.0, tries=2) == Limits.of_environment()
    for wrong in ("speed=1", "pace=fast", "pace=-1"):
        monkeypatch.setenv("AIPLINT_LIVE_LIMITS", wrong)
        with pytest.raises(UsageError, match="AIPLINT_LIVE_LIMITS"):
            Limits.of_environment()


def test_a_pace_waits_after_its_burst_and_ends_with_the_scan() -> None:
    stop = Stop()
    pace = Pace(rate=0.001, burst=2)
    pace.wait(stop)
    pace.wait(stop)
    stop.now()
    with pytest.raises(Stopped):
        pace.wait(stop)


@pytest.mark.parametrize(
    "text",
    [
        "Bearer eyJhbGciOiJ.eyJzdWIiOiIx.abc",
        "https://x/?sig=abcdef&code=1",
        "password=hunter2",
        "AccountKey=abc==;x",
        "client_secret=abc",
    ],
)
def test_no_secret_in_a_message(text: str) -> None:
    for secret in ("eyJ", "abcdef", "hunter2", "abc"):
        assert secret not in plain(text)
        assert secret not in login_line(text)


@given(st.text(max_size=60).map(lambda text: "/" + text))
def test_any_id_is_spelled_without_a_fault(identifier: str) -> None:
    assert spelled_id(identifier).lower() == identifier.rstrip("/").lower()


@pytest.mark.parametrize(
    ("identifier", "expected"),
    [
        (
            "/subscriptions/S/resourcegroups/RG/providers/microsoft.machinelearningservices/workspaces/WS/onlineendpoints/E",
            "/subscriptions/S/resourceGroups/RG/providers/Microsoft.MachineLearningServices/workspaces/WS/onlineEndpoints/E",
        ),
        (
            "/SUBSCRIPTIONS/S/resourceGroups/r/Providers/x/y/z/providers/microsoft.insights/diagnosticsettings/d/",
            "/subscriptions/S/resourceGroups/r/providers/x/y/z/providers/Microsoft.Insights/diagnosticSettings/d",
        ),
        ("/subscriptions/S/resourcegroups/providers", "/subscriptions/S/resourceGroups/providers"),
    ],
)
def test_ids_are_spelled_as_azure_does(identifier: str, expected: str) -> None:
    assert expected == spelled_id(identifier)


UNTIL = moment("2026-11-24T00:00:00Z")


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"jobType": "Command", "computeId": "/s/computes/gpu"}, (False, "", "created")),
        ({"jobType": "Command", "computeId": None, "queueSettings": {"jobTier": "Spot"}}, (True, "spot", "created")),
        ({"jobType": "Command", "computeId": "azureml:serverless"}, (True, "", "created")),
        ({"jobType": "Command", "properties": {"_azureml.ClusterName": "gpu"}}, (False, "", "created")),
        ({"jobType": "Command"}, (None, "", "created")),
        ({"jobType": "Sweep", "trial": {"resources": {"instanceType": "X"}}}, (True, "", "created")),
        (
            {"jobType": "Pipeline", "settings": {"default_compute": "serverless"}, "jobs": {"a": {}}},
            (True, "", "created"),
        ),
        (
            {"jobType": "Pipeline", "jobs": {"a": {"computeId": "/x/gpu"}, "b": {"computeId": "serverless"}}},
            (None, "", "created"),
        ),
        (
            {
                "jobType": "Pipeline",
                "properties": {
                    "azureml.pipelines.stages": '{"Init": {"StartTime": "2026-11-01T00:00:00.1234567+00:00",'
                    ' "EndTime": "2026-11-01T01:00:00+00:00", "Status": "Succeeded"}}'
                },
            },
            (None, "", "recorded"),
        ),
        (
            {"jobType": "Command", "status": "Running", "properties": {"StartTimeUtc": "2026-11-01 00:00:00"}},
            (None, "", "recorded"),
        ),
        ({"jobType": 7, "computeId": [], "properties": "x", "jobs": []}, (None, "", "created")),
    ],
)  # fmt: skip
def test_what_a_job_tells(properties: dict[str, Any], expected: tuple[bool | None, str, str]) -> None:
    assert UNTIL is not None
    row = {
        "id": "/x",
        "name": "j",
        "properties": properties,
        "systemData": {"createdAt": "2026-11-01T00:00:00.1234567Z"},
    }
    fact, made = job_fact(row, "/WS", UNTIL)
    assert expected == (fact["serverless"], fact["tier"], fact["evidence"])
    assert (moment("2026-11-01T00:00:00.123456Z"), "/ws") == (made, fact["workspace"])


def test_hours_that_overlap_count_once() -> None:
    def job(start: str, end: str, nodes: int = 1) -> dict[str, Any]:
        return {"workspace": "w", "start": start, "end": end, "evidence": "recorded", "nodes": nodes}

    usage = {"jobs": [
        job("2026-11-01T00:00:00Z", "2026-11-01T02:00:00Z"), job("2026-11-01T01:00:00Z", "2026-11-01T03:00:00Z", 4),
        job("2026-10-01T00:00:00Z", "2026-11-01T00:30:00Z"), {"workspace": "w", "start": "x", "evidence": "created"},
    ]}  # fmt: skip
    since, until = moment("2026-11-01T00:00:00Z"), moment("2026-11-02T00:00:00Z")
    assert since is not None
    assert until is not None
    assert (3.0, 10.5) == busy_hours(jobs_of(usage, "W"), since, until)
    assert "2026-11-01T00:00:00Z" == stamp(since)
