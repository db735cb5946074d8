"""Fine points of the checks on training, exploration and the estate."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_policies import POLICIES

from linter.checks.bundle_clusters import transient
from linter.checks.fine_tuning import family
from linter.checks.machine_idle import stopped
from linter.checks.places import place
from linter.checks.quota_headroom import _read, fits
from linter.checks.scale_out import demands
from linter.checks.spot_training import _named
from linter.checks.training_jobs import job_compute, job_of
from linter.facts.gpu import graphics_size
from linter.kinship import above, below
from linter.model import Inventory, Place, Resource, Settings, Unresolved
from linter.usage import Quota

ML = "Microsoft.MachineLearningServices/workspaces"
GROUP = "/subscriptions/s/resourceGroups/g/providers"


def made(kind: str, name: str | Unresolved, **body: Any) -> Resource:
    """A resource whose id follows from its name."""
    identifier: str | Unresolved = Unresolved(f"resourceId('{kind}', {name})")
    if isinstance(name, str):
        steps = zip(kind.split("/")[1:], name.split("/"), strict=True)
        identifier = f"{GROUP}/{kind.split('/')[0]}" + "".join(f"/{part}/{leaf}" for part, leaf in steps)
    return Resource(kind, name, identifier, "2024-10-01", body, lambda _path, _key: Place("main.json"))


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("gpt-4o-mini-2024-07-18.ft-0a1b", "gpt-4o-mini"),
        ("azureml://registries/azure-openai/models/GPT-4o-mini/versions/3", "gpt-4o-mini"),
        ("azureml:gpt-35-turbo-0613:2", "gpt-35-turbo"),
        ("gpt-35-turbo-0613.ft-x", "gpt-35-turbo"),
        ("Llama-3.2-1B", "llama-3.2-1b"),
        ("", ""),
        (7, ""),
    ],
)
def test_family_of_a_model(model: Any, name: str) -> None:
    assert family(model) == name


@pytest.mark.parametrize(
    ("size", "answer"),
    [("standard_NV6ads_A10_v5", True), ("Standard_NG8ads_V620_v1", True), ("Standard_NC6s_v3", False)],
)
def test_graphics_sizes(size: str, answer: bool) -> None:
    assert graphics_size(size) is answer


@pytest.mark.parametrize(
    ("names", "answer"),
    [
        ({"MY_CHECKPOINT_DIR": "x"}, True),
        ({"EPOCHS": "10"}, False),
        ({}, False),
        ("checkpoint", False),
        (Unresolved("parameters('v')"), None),
    ],
)
def test_marks_stand_in_names_not_in_values(names: Any, answer: bool | None) -> None:
    assert _named(names, ["checkpoint"]) is answer


@pytest.mark.parametrize("named", ["gpu", "azureml:gpu", f"{GROUP}/{ML}/w/computes/GPU".lower()])
def test_a_job_names_its_compute_in_three_ways(named: str) -> None:
    compute = made(f"{ML}/computes", "w/gpu")
    job = made(f"{ML}/jobs", "w/j", properties={"jobType": "Command", "computeId": named})
    found = job_of(job)
    assert found is not None
    assert job_compute(job, found, Inventory([compute, job])) is compute


def test_a_sweep_keeps_its_run_under_trial_and_a_monitor_is_no_job() -> None:
    definition = {"jobType": "Sweep"}
    sweep = made(
        f"{ML}/schedules", "w/s", properties={"action": {"actionType": "CreateJob", "jobDefinition": definition}}
    )
    monitor = made(f"{ML}/schedules", "w/m", properties={"action": {"actionType": "CreateMonitor"}})
    found = job_of(sweep)
    assert found is not None
    assert (found.run, found.kind) == ("properties.action.jobDefinition.trial", "sweep")
    assert job_of(monitor) is None


def test_children_of_open_names() -> None:
    outer = made(ML, Unresolved("concat('ml-', parameters('p'))"), location="westeurope")
    inner = made(f"{ML}/computes", Unresolved("format('{0}/{1}', concat('ml-', parameters('p')), 'gpu')"))
    stray = made(f"{ML}/computes", Unresolved("format('{0}/{1}', parameters('other'), 'gpu')"))
    inventory = Inventory([outer, inner, stray])
    assert above(inner, inventory) is outer
    assert above(stray, inventory) is None
    assert below(outer, f"{ML}/computes", inventory) == [inner]
    assert place(inner, inventory) == "westeurope"


def test_a_blank_is_no_region() -> None:
    assert isinstance(place(made(ML, "w", location="<location>"), Inventory()), Unresolved)
    assert place(made(ML, "w", location="West Europe"), Inventory()) == "westeurope"
    assert place(made(ML, "w", location="global"), Inventory()) == ""


def quota(provider: str, name: str, limit: float | None, low: bool = False) -> Quota:
    return Quota(provider, "s", "westeurope", name, low, "", limit, 0)


@pytest.mark.parametrize(
    ("read", "family_name", "sku", "model"),
    [
        (quota("machine-learning", "standardNCADSA100v4Family", 96), "standardncadsa100v4family", "", ""),
        (quota("compute", "Standard NCASv3_T4 Family", 96), "standardncasv3_t4family", "", ""),
        (quota("compute", "cores", 96), "", "", ""),
        (quota("machine-learning", "Total Cluster LowPriority Regional vCPUs", 96, True), "", "", ""),
        (quota("cognitive-services", "OpenAI.GlobalStandard.gpt-4.1", 96), "", "globalstandard", "gpt-4.1"),
        (quota("cognitive-services", "OpenAI.ProvisionedManaged", 96), "", "provisionedmanaged", ""),
    ],
)
def test_limits_that_a_scan_read(read: Quota, family_name: str, sku: str, model: str) -> None:
    limit = _read(read)
    assert limit is not None
    assert (limit.family, limit.sku, limit.model, limit.low) == (family_name, sku, model, read.low_priority)


@pytest.mark.parametrize(
    "read",
    [
        quota("compute", "cores", None),
        quota("compute", "virtualMachines", 25000),
        quota("compute", "availabilitySets", 2500),
        quota("cognitive-services", "AccountCount", 30),
    ],
)
def test_what_is_no_quota_of_cores_or_models_bounds_nothing(read: Quota) -> None:
    assert _read(read) is None


def estate(nodes: Any, limit: float) -> tuple[Resource, Inventory]:
    properties = {"vmSize": "Standard_NC24ads_A100_v4", "scaleSettings": {"maxNodeCount": nodes}}
    cluster = made(
        f"{ML}/computes",
        "w/gpu",
        location="westeurope",
        properties={"computeType": "AmlCompute", "properties": properties},
    )
    entry = {"type": "cores", "family": "standardNCADSA100v4Family", "region": "westeurope", "limit": limit}
    return cluster, Inventory([cluster], settings=Settings(quotas=(entry,)))


@given(st.integers(0, 50), st.integers(0, 50), st.integers(1, 2000))
def test_more_nodes_never_fit_better(few: int, more: int, limit: int) -> None:
    ranks = {"pass": 0, "medium": 1, "high": 2}

    def rank(nodes: int) -> int:
        outcomes = fits(*estate(nodes, limit), {"warn": 0.8})
        assert outcomes is not None
        found = outcomes[0]
        return ranks["pass" if found.verdict == "pass" else found.severity or "high"]

    assert rank(min(few, more)) <= rank(max(few, more))


@pytest.mark.parametrize(
    ("nodes", "verdict", "severity"), [(4, "fail", "medium"), (5, "fail", None), (3, "pass", None)]
)
def test_exactly_the_quota_fits_without_headroom(nodes: int, verdict: str, severity: str | None) -> None:
    outcomes = fits(*estate(nodes, 96), {"warn": 0.8})
    assert outcomes is not None
    assert [(one.verdict, one.severity) for one in outcomes] == [(verdict, severity)]


def test_a_pool_of_machines_asks_for_each_of_its_sizes() -> None:
    scale = {
        "manual": [{"size": "Standard_NC6s_v3", "count": 2}],
        "autoscale": [{"size": "Standard_NC12s_v3", "minCount": 0, "maxCount": 3}],
    }
    pool = made(
        "Microsoft.ContainerService/managedClusters/agentPools",
        "aks/gpu",
        location="westeurope",
        properties={"type": "VirtualMachines", "virtualMachinesProfile": {"scale": scale}},
    )
    assert [demand.amount for demand in demands(Inventory([pool]))] == [12, 36]


def test_a_schedule_for_a_machine_that_surely_is_another_stops_none() -> None:
    machine = "Microsoft.Compute/virtualMachines"
    size = {"hardwareProfile": {"vmSize": "Standard_NC6s_v3"}}
    other = made(machine, Unresolved("parameters('vm')"), properties=size)
    mine = made(machine, "vm", properties=size)
    target = {"status": "Enabled", "taskType": "ComputeVmShutdownTask", "targetResourceId": other.id}
    schedule = made("Microsoft.DevTestLab/schedules", "s", properties=target)
    inventory = Inventory([other, mine, schedule])
    verdicts = [outcome.verdict for one in (other, mine) if (outcome := stopped(one, inventory, {"always_on": []}))]
    assert verdicts == ["pass", "fail"]


def test_the_fragment_for_bundles_makes_a_cluster_pass() -> None:
    """The fix of training/databricks-cluster-always-on, which no template proves."""
    fragment = json.loads("{" + POLICIES["training/databricks-cluster-always-on"].data["fix"]["arm"] + "}")
    cluster = Resource(
        "databricks/clusters", "churn/shared", "databricks/clusters/churn/shared", "", fragment,
        lambda _path, _key: Place("databricks.yml"), origin="bundle",
    )  # fmt: skip
    outcomes = transient(cluster, Inventory([cluster]), {"max_idle": 120, "words": []})
    assert isinstance(outcomes, list)
    assert [one.verdict for one in outcomes] == ["pass"]
