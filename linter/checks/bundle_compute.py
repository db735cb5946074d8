"""Do the inference jobs of a Databricks bundle run on compute of their own?

Source, read 2026-11-24: https://learn.microsoft.com/azure/databricks/jobs/run-classic-jobs (jobs compute ends with its
run; all-purpose compute is often shared, and jobs on it compete for it). `existing_cluster_id` names such a cluster.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from linter.checks.outcomes import failed, open_value, passed, shown, titled, word
from linter.model import ABSENT, Inventory, Outcome, Resource, Unresolved, format_path, member

_WORDS = re.compile(r"[^a-z0-9]+")


def isolated(job: Resource, _inventory: Inventory, parameters: Mapping[str, Any]) -> Outcome | None:
    """Judged: jobs whose key, name, tags or tasks say inference, scoring or serving. An existing (all-purpose)
    cluster mixes them with others."""
    words = {str(one).lower() for one in parameters["words"]}
    tasks = job.get("tasks")
    listed = tasks if isinstance(tasks, list) else []
    whole = _says(words, job.name, job.get("name"), *_values(job.get("tags")))
    judged = [
        (i, task) for i, task in enumerate(listed) if whole or _says(words, member(task, "task_key"), _file(task))
    ]
    if not judged:
        return None
    opened: Outcome | None = None
    for index, task in judged:
        cluster = member(task, "existing_cluster_id")
        if isinstance(cluster, Unresolved):
            path = format_path(("tasks", index, "existing_cluster_id"))
            opened = opened or open_value(job, path, cluster, "an all-purpose cluster is used by other work too")
        elif cluster is not ABSENT:
            text = (
                f"the inference task {shown(member(task, 'task_key'))} runs on the all-purpose cluster {shown(cluster)}"
            )
            path = format_path(("tasks", index, "existing_cluster_id"))
            return failed(f"{titled(job)}: {text}, which other work uses too; give it a job cluster", path, cluster)
    return opened or passed("tasks")


def _values(value: Any) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else []


def _file(task: Any) -> Any:
    for kind, key in (("notebook_task", "notebook_path"), ("spark_python_task", "python_file")):
        found = member(member(task, kind), key) if member(task, kind) is not ABSENT else ABSENT
        if found is not ABSENT:
            return str(found).rpartition("/")[2]
    return ABSENT


def _says(words: set[str], *texts: Any) -> bool:
    return any(words & set(_WORDS.split(word(text))) for text in texts if isinstance(text, str))
