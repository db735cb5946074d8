"""Can work on spot capacity be interrupted?

Sources, read 2026-11-24: https://learn.microsoft.com/azure/machine-learning/how-to-use-serverless-compute (a job's tier
is Standard unless told; Spot may be taken away); https://learn.microsoft.com/azure/machine-learning/how-to-manage-optimize-cost
(low-priority nodes are preempted); Azure.Bicep.Types.Az 0.2.972 (`queueSettings.jobTier`, `vmPriority`,
`targetLowPriorityNodes`; a sweep's variables stand under `trial`; pipelines keep their steps untyped).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from linter.checks.ai_workload import ai_workload
from linter.checks.gpu_purpose import gpu_machine
from linter.checks.outcomes import failed, number, open_value, passed, shown, titled, truth, undecided, word
from linter.checks.training_jobs import COMPUTES, Job, job_compute, job_of, jobs
from linter.inventory import own_tag, role, tag, tag_names
from linter.model import ABSENT, Absent, Inventory, Outcome, Resource, Unresolved, Value, member

PRIORITY = "properties.properties.vmPriority"
LOW_NODES = "properties.scaleSettings.fixedScale.targetLowPriorityNodes"
POOL = "microsoft.batch/batchaccounts/pools"


def interruptible(resource: Resource, inventory: Inventory, parameters: Mapping[str, Any]) -> Outcome | None:
    """Spot needs a mark: the tag `interruptible`, or a variable, input or output whose name holds one of `marks`. An
    absent tier or priority is not spot."""
    marks = [str(mark).lower() for mark in parameters["marks"]]
    if resource.type_key == COMPUTES:
        return _cluster(resource, inventory, marks)
    if resource.type_key == POOL:
        return _pool(resource, inventory, marks)
    job = job_of(resource)
    return _job(resource, job, inventory, marks) if job is not None else None


def _job(resource: Resource, job: Job, inventory: Inventory, marks: list[str]) -> Outcome | None:
    path, tier = _tier(resource, job)
    if not isinstance(tier, Unresolved) and word(tier) != "spot":
        return passed(path, tier)
    return _judged(resource, path, tier, _marked(resource, job, inventory, marks), "a job on the tier Spot", inventory)


def _tier(resource: Resource, job: Job) -> tuple[str, Value | Absent]:
    """The tier of a job; of a pipeline the first step on spot, in either spelling of its untyped steps."""
    path = f"{job.base}.queueSettings.jobTier"
    if job.kind != "pipeline":
        return path, resource.get(path)
    first: tuple[str, Value | Absent] = (path, ABSENT)
    for name in _keys(resource.get(f"{job.base}.jobs")):
        for words in ("queueSettings.jobTier", "queue_settings.job_tier"):
            at = f"{job.base}.jobs['{name}'].{words}"
            value = resource.get(at)
            if word(value) == "spot":
                return at, value
            if value is not ABSENT and first[1] is ABSENT:
                first = at, value
    return first


def _marked(resource: Resource, job: Job, inventory: Inventory, marks: list[str]) -> bool | None:
    """Is the job marked as interruptible? None where that is open."""
    answers = [_tagged(resource, job.base, inventory)]
    places = [(job.run, "environmentVariables"), (job.base, "inputs"), (job.base, "outputs"), (job.run, "inputs")]
    if job.kind == "pipeline":
        steps = [f"{job.base}.jobs['{name}']" for name in _keys(resource.get(f"{job.base}.jobs"))]
        names = ("environmentVariables", "environment_variables", "inputs", "outputs")
        places += [(step, name) for step in steps for name in names]
    answers += [_named(resource.get(f"{base}.{name}"), marks) for base, name in places]
    return True if True in answers else None if None in answers else False


def _tagged(resource: Resource, base: str, inventory: Inventory) -> bool | None:
    """The tag of the job itself (`jobDefinition.tags` in a schedule), else the resource's, else its parent's."""
    value: Value | Absent = ABSENT
    for name in tag_names("interruptible", inventory):
        if value is ABSENT:
            value = member(resource.get(f"{base}.tags"), name)
    if value is ABSENT:
        value = tag(resource, "interruptible", inventory)
    return None if isinstance(value, Unresolved) else truth(value) is True


def _named(value: Value | Absent, marks: list[str]) -> bool | None:
    """Holds the name of one entry of a map a mark?"""
    if isinstance(value, Unresolved):
        return None
    names = list(_keys(value))
    if any(mark in name.lower() for name in names if not name.startswith("[") for mark in marks):
        return True
    return None if any(name.startswith("[") for name in names) else False


def _keys(value: Value | Absent) -> Iterator[str]:
    yield from (str(key) for key in value) if isinstance(value, dict) else ()


def _cluster(compute: Resource, inventory: Inventory, marks: list[str]) -> Outcome | None:
    """A low-priority cluster is marked by its own tag, or by all the jobs in view that name it."""
    if word(compute.get("properties.computeType")) != "amlcompute":
        return None
    priority = compute.get(PRIORITY)
    if not isinstance(priority, Unresolved) and word(priority) != "lowpriority":
        return passed(PRIORITY, priority)
    answer = _tagged(compute, "properties", inventory)
    users = _users(inventory).get(id(compute), [])
    if answer is not True and users:
        answers = [_marked(one, job, inventory, marks) for one, job in users]
        answer = True if all(answers) else None if None in (answer, *answers) else False
    return _judged(compute, PRIORITY, priority, answer, "a cluster of low-priority nodes", inventory)


def _users(inventory: Inventory) -> dict[int, list[tuple[Resource, Job]]]:
    """The jobs in view by the compute that they name."""
    if "users of computes" not in inventory.memo:
        built: dict[int, list[tuple[Resource, Job]]] = {}
        for one, job in jobs(inventory):
            built.setdefault(id(job_compute(one, job, inventory)), []).append((one, job))
        inventory.memo["users of computes"] = built
    users: dict[int, list[tuple[Resource, Job]]] = inventory.memo["users of computes"]
    return users


def _pool(pool: Resource, inventory: Inventory, marks: list[str]) -> Outcome | None:
    """Batch pools count with a GPU, for training (tag `role`), or in an AI workload; a variable of the start task can
    carry the mark."""
    if not gpu_machine(pool)[0] and role(pool, inventory) != "training" and not ai_workload(inventory):
        return None
    nodes = pool.get(LOW_NODES)
    if not isinstance(nodes, Unresolved) and (number(nodes) or 0) <= 0:
        return passed(LOW_NODES, nodes)
    answers = [_tagged(pool, "properties", inventory)]
    settings = pool.get("properties.startTask.environmentSettings")
    if isinstance(settings, list):
        answers += [_named({str(member(item, "name")): 1}, marks) for item in settings if isinstance(item, dict)]
        answers += [None for item in settings if isinstance(item, Unresolved)]
    elif isinstance(settings, Unresolved):
        answers.append(None)
    answer = True if True in answers else None if None in answers else False
    return _judged(pool, LOW_NODES, nodes, answer, "a pool of low-priority nodes", inventory)


def _judged(
    resource: Resource, path: str, value: Value | Absent, marked: bool | None, what: str, inventory: Inventory
) -> Outcome:
    if marked:
        return passed(path, value)
    ask = "the tag interruptible: true, or a variable, input or output for checkpoints, would show that it can be"
    if isinstance(value, Unresolved):
        return open_value(resource, path, value, f"nothing marks it as interruptible, which spot work must be; {ask}")
    if marked is None:
        tags = own_tag(resource, tag_names("interruptible", inventory))
        at = tags[0] if isinstance(tags[1], Unresolved) else path
        text = f"{titled(resource)}: {what}; whether its tags or variables mark it as interruptible is known only"
        return undecided(f"{text} when it is deployed", at, resource.get(at))
    text = f"{titled(resource)}: {what} ({path.rpartition('.')[2]} {shown(value)}) that nothing marks as interruptible"
    return failed(f"{text}; {ask}", path, value)
