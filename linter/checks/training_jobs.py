"""Jobs of Azure ML, whether they stand by themselves or in a schedule that creates them.

Source: Azure.Bicep.Types.Az 0.2.972, read 2026-11-24: a schedule keeps its job in `action.jobDefinition`; a sweep keeps
what a run is made of under `trial`; pipelines keep their steps in an untyped `jobs`.
"""

from __future__ import annotations

from typing import NamedTuple

from linter.checks.outcomes import word
from linter.facts.resources import WORKSPACE
from linter.kinship import named as find
from linter.model import ABSENT, Absent, Inventory, Resource, Unresolved, Value

JOBS, SCHEDULES, COMPUTES = f"{WORKSPACE}/jobs", f"{WORKSPACE}/schedules", f"{WORKSPACE}/computes"
DEFINITION = "properties.action.jobDefinition"


class Job(NamedTuple):
    """`base`: the path of the job's properties; `run`: where resources and variables stand (a sweep's `trial`);
    `kind`: the job type in lower case, "" where it is not known."""

    base: str
    run: str
    kind: str


def job_of(resource: Resource) -> Job | None:
    """The job that a job resource is, or that a schedule creates; None for anything else (a monitor, an endpoint's
    run)."""
    base = "properties"
    if resource.type_key == SCHEDULES:
        if word(resource.get("properties.action.actionType")) != "createjob":
            return None
        base = DEFINITION
    elif resource.type_key != JOBS:
        return None
    kind = word(resource.get(f"{base}.jobType"))
    return Job(base, f"{base}.trial" if kind == "sweep" else base, kind)


def jobs(inventory: Inventory) -> list[tuple[Resource, Job]]:
    """All jobs and schedules of the workload that create one."""
    found = [(one, job_of(one)) for one in inventory.of_type(JOBS, SCHEDULES)]
    return [(one, job) for one, job in found if job is not None]


def job_compute(resource: Resource, job: Job, inventory: Inventory) -> Resource | None:
    """The compute that a job names, by id, by an equal open id, or by its name in the same workspace; None where it
    names none or that is not in view."""
    named: Value | Absent = resource.get(f"{job.base}.computeId")
    if isinstance(named, Unresolved):
        return find(named, COMPUTES, inventory)
    if not isinstance(named, str):
        return None
    if "/" in named:
        return inventory.by_id(named)
    if not isinstance(resource.id, str):
        return None
    workspace = resource.id.rsplit("/", 2)[0]
    return inventory.by_id(f"{workspace}/computes/{named.removeprefix('azureml:')}")


def serverless(resource: Resource, job: Job) -> bool | None:
    """Names the job no compute, or the word `serverless`? None where that is open."""
    named = resource.get(f"{job.base}.computeId")
    if isinstance(named, Unresolved):
        return None
    return named is ABSENT or word(named).rstrip("/").rpartition("/")[2].rpartition(":")[2] == "serverless"
