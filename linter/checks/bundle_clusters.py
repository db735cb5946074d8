"""Do the clusters of a Databricks bundle end when nobody uses them, and does training run on clusters of its own?

Sources, read 2026-11-24: the text of Databricks' API as `CreateCluster` of
https://github.com/databricks/databricks-sdk-java has it (commit 053282f; a cluster without `autotermination_minutes`
is not terminated by itself; 0 turns it off);
https://learn.microsoft.com/azure/databricks/jobs/run-classic-jobs (jobs compute ends with its run).
`existing_cluster_id` names an all-purpose cluster.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from linter.checks.outcomes import failed, number, open_value, passed, shown, titled, truth, undecided, word
from linter.model import ABSENT, Absent, Inventory, Outcome, Resource, Unresolved, Value, dig, format_path, member

END, SCALE = "autotermination_minutes", "autoscale"
_WORDS = re.compile(r"[^a-z0-9]+")
_FILES = (
    ("notebook_task", "notebook_path"),
    ("spark_python_task", "python_file"),
    ("python_wheel_task", "entry_point"),
)


def transient(
    resource: Resource, _inventory: Inventory, parameters: Mapping[str, Any]
) -> list[Outcome] | Outcome | None:
    """All-purpose clusters must end and scale; training tasks must not run on one."""
    if resource.type_key == "databricks/jobs":
        return _training(resource, {str(one).lower() for one in parameters["words"]})
    found = [_ends(resource, number(parameters["max_idle"]) or 0), _scales(resource)]
    return [one for one in found if one.verdict != "pass"] or found[:1]


def _ends(cluster: Resource, limit: float) -> Outcome:
    name, value = titled(cluster), cluster.get(END)
    minutes = number(value)
    if isinstance(value, Unresolved):
        return open_value(cluster, END, value, "an idle cluster must end by itself")
    if value is ABSENT and cluster.get("policy_id") is not ABSENT:
        return undecided(f"{name}: no {END} of its own; its cluster policy, which is not in view, may set it", END)
    if not minutes:
        told = "is not set" if value is ABSENT else f"is {shown(value)}"
        return failed(f"{name}: all-purpose cluster that never ends by itself: {END} {told}", END, value)
    if minutes > limit:
        text = f"all-purpose cluster idles for {minutes:g} minutes before it ends; at most {limit:g}"
        return failed(f"{name}: {text}", END, value)
    return passed(END, value)


def _scales(cluster: Resource) -> Outcome:
    """A single node has nothing to scale."""
    name, scale, workers = titled(cluster), cluster.get(SCALE), cluster.get("num_workers")
    if isinstance(scale, Unresolved):
        return open_value(cluster, SCALE, scale, "a cluster of fixed size keeps its workers whatever the load")
    low, high = number(cluster.get("autoscale.min_workers")), number(cluster.get("autoscale.max_workers"))
    if isinstance(scale, dict):
        if low is not None and high is not None and low >= high:
            return failed(f"{name}: all-purpose cluster cannot scale: {low:g} to {high:g} workers", SCALE, scale)
        return passed(SCALE, scale)
    profile = dig(cluster.body, ("spark_conf", "spark.databricks.cluster.profile"))
    if number(workers) == 0 or truth(cluster.get("is_single_node")) or word(profile) == "singlenode":
        return passed("num_workers", workers)
    if isinstance(workers, Unresolved):
        return open_value(
            cluster, "num_workers", workers, "a cluster of fixed size keeps its workers whatever the load"
        )
    if cluster.get("policy_id") is not ABSENT:
        return undecided(f"{name}: no {SCALE} of its own; its cluster policy, which is not in view, may set it", SCALE)
    size = "a fixed size" if workers is ABSENT else f"{shown(workers)} workers"
    return failed(f"{name}: all-purpose cluster keeps {size} whatever the load: no {SCALE}", SCALE)


def _training(job: Resource, words: set[str]) -> Outcome | None:
    tasks = job.get("tasks")
    listed = tasks if isinstance(tasks, list) else []
    tags = job.get("tags")
    whole = _says(words, job.name, job.get("name"), *(tags.values() if isinstance(tags, dict) else ()))
    judged = [
        (i, task) for i, task in enumerate(listed) if whole or _says(words, member(task, "task_key"), _file(task))
    ]
    if not judged:
        return None
    opened: Outcome | None = None
    for index, task in judged:
        path, cluster = _shared(index, task)
        if isinstance(cluster, Unresolved) and not cluster.expression.startswith("resources.clusters."):
            opened = opened or open_value(job, path, cluster, "training on an all-purpose cluster keeps it running")
        elif cluster is not ABSENT:
            text = (
                f"the training task {shown(member(task, 'task_key'))} runs on the all-purpose cluster {shown(cluster)}"
            )
            return failed(f"{titled(job)}: {text}; a job cluster lives as long as the run", path, cluster)
    return opened or passed("tasks")


def _shared(index: int, task: Value) -> tuple[str, Value | Absent]:
    """Where a task (or the task that it repeats for each) names an all-purpose cluster."""
    for steps in (("existing_cluster_id",), ("for_each_task", "task", "existing_cluster_id")):
        value = dig(task, steps)
        if value is not ABSENT:
            return format_path(("tasks", index, *steps)), value
    return format_path(("tasks", index, "existing_cluster_id")), ABSENT


def _file(task: Value) -> Value | Absent:
    for kind, key in _FILES:
        found = dig(task, (kind, key))
        if isinstance(found, str):
            return found.rpartition("/")[2]
    return ABSENT


def _says(words: set[str], *texts: Any) -> bool:
    return any(words & set(_WORDS.split(word(text))) for text in texts if isinstance(text, str))
