"""Does a job end at some time, whatever it does?

Source: Azure.Bicep.Types.Az 0.2.972, read 2026-11-24: `limits.timeout` of command and sweep jobs ("max run duration …
after which the job will be cancelled"; in 2021-03-01-preview `timeout`), `taskDetails.limitSettings.timeout` of AutoML;
Spark, fine-tuning and distillation jobs have no such property.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linter.checks.outcomes import failed, open_value, passed, titled
from linter.checks.training_jobs import job_of
from linter.model import ABSENT, Inventory, Outcome, Resource, Unresolved

LIMITS = {
    "command": ("limits.timeout", "timeout"),
    "sweep": ("limits.timeout", "timeout"),
    "automl": ("taskDetails.limitSettings.timeout",),
}


def bounded(resource: Resource, _inventory: Inventory, _parameters: Mapping[str, Any]) -> Outcome | None:
    """Command, sweep and AutoML jobs need a time limit of the whole; a sweep's `trialTimeout` bounds a trial only."""
    job = job_of(resource)
    if job is None:
        return None
    kind = resource.get(f"{job.base}.jobType")
    if isinstance(kind, Unresolved):
        return open_value(resource, f"{job.base}.jobType", kind, "command, sweep and AutoML jobs need a time limit")
    if job.kind not in LIMITS:
        return None
    for path in LIMITS[job.kind]:
        value = resource.get(f"{job.base}.{path}")
        if isinstance(value, Unresolved):
            return open_value(resource, f"{job.base}.{path}", value, "it must state how long the job may run")
        if value is not ABSENT:
            return passed(f"{job.base}.{path}", value)
    path = f"{job.base}.{LIMITS[job.kind][0]}"
    trial = resource.get(f"{job.base}.limits.trialTimeout")
    extra = "; trialTimeout bounds each trial, not the sweep" if trial is not ABSENT else ""
    return failed(f"{titled(resource)}: {kind} job without a time limit: no {path}{extra}", path)
