"""How much of the time did a workspace really run on serverless compute? From the job history of a live scan.

Source of the shapes: `linter.usage`. Prices are not known here: hours are compared, not money.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from linter.checks.outcomes import failed, number, passed, titled, undecided
from linter.model import Inventory, Outcome, Resource
from linter.usage import Job, busy_hours, job_list, jobs_of, window

_WHY = {
    "cut": "its job list was cut at the page limit",
    "failed": "its jobs could not be read",
    "legacy": "v1LegacyMode hides its jobs",
}


def history(workspace: Resource, inventory: Inventory, parameters: Mapping[str, Any]) -> Outcome | None:
    """One row for each workspace of a scan; none offline. What is known to be above the share fails whatever else is
    not known."""
    span = window(inventory.usage)
    listed = job_list(inventory.usage, workspace.id) if isinstance(workspace.id, str) else ""
    if span is None or not listed or not isinstance(workspace.id, str) or span[0] == span[1]:
        return None
    jobs = jobs_of(inventory.usage, workspace.id)
    serverless = [job for job in jobs if job.serverless]
    hours, nodes = busy_hours(serverless, *span)
    whole = (span[1] - span[0]) / timedelta(hours=1)
    share, limit = round(hours / whole, 9), number(parameters["max_share"]) or 0.0
    name = titled(workspace)
    if share > limit:
        days = round(whole / 24)
        text = f"{name}: serverless compute was busy {share:.0%} of the last {days} days ({hours:.0f} of {whole:.0f}"
        text += f" hours, {nodes:.0f} instance-hours in {len(serverless)} runs)"
        text += _cluster(serverless, span, nodes, whole)
        return failed(text)
    if listed != "whole":
        return undecided(f"{name}: how busy serverless compute was is open: {_WHY.get(listed, listed)}")
    opened = [job for job in jobs if job.serverless is None or (job.serverless and not job.recorded)]
    if opened and (serverless or any(not job.compute for job in opened)):
        return undecided(
            f"{name}: serverless compute was busy {share:.0%} of the time at least; when {len(opened)} more runs"
            " started and ended, or on what compute, is not recorded"
        )
    return passed()


def _cluster(jobs: list[Job], span: tuple[datetime, datetime], nodes: float, whole: float) -> str:
    """The compute cluster that would carry the same runs, by hours."""
    size = Counter(job.size for job in jobs if job.size).most_common(1)
    most = max(_peak(jobs, span), 1)
    kept = max(math.floor(nodes / whole), 0)
    machine = size[0][0] if size else "that size"
    text = f"; a compute cluster of up to {most} x {machine} with minimum 0 runs the same hours"
    if kept:
        text += f", and {kept} of these nodes would be busy all the time"
    return text


def _peak(jobs: list[Job], span: tuple[datetime, datetime]) -> int:
    """The most nodes that ran at once."""
    changes: list[tuple[datetime, int]] = []
    for job in jobs:
        if job.start is not None and job.end is not None and job.recorded and max(job.start, span[0]) < job.end:
            changes += [(max(job.start, span[0]), job.nodes), (job.end, -job.nodes)]
    now = most = 0
    for _, change in sorted(changes):
        now += change
        most = max(most, now)
    return most
