"""Jobs of a workspace: as resources, and as facts of use.

The list has no date filter and no page size. It is read to its end, to the page limit, or until it has told by its
order (newest first, page after page) that all that follows was made 30 days before the window or earlier: no job runs
longer than 21 days on Azure's machines (learn.microsoft.com, azure/machine-learning/how-to-manage-quotas). When a job
ran is told by the bag `properties.properties` (`StartTimeUtc`, `EndTimeUtc`; a pipeline's `azureml.pipelines.stages`),
else only when it was made (machinelearningservices 2025-06-01, whose schema has no start and end; recordings of
azure-sdk-assets). All read 2026-11-24.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from linter.sources.azure.kinds import JOB, ML_VERSION
from linter.sources.azure.reader import Raw
from linter.sources.azure.trouble import Refused
from linter.usage import moment, stamp

if TYPE_CHECKING:
    from linter.sources.azure.scan import Scan

LONGEST: Final = timedelta(days=30)
_ENDED: Final = frozenset({"completed", "failed", "canceled", "notresponding"})
_RUNNING: Final = frozenset({"running", "finalizing", "cancelrequested"})


def read_jobs(scan: Scan, workspace: Raw) -> None:
    """The jobs of one workspace within the window; a list that was cut is a lack."""
    window = scan.found.usage["window"]
    since, until = moment(window["since"]), moment(window["until"])
    assert since is not None
    assert until is not None
    listing = _Listing(scan, workspace["id"], since, until)
    scan.found.fact("job_lists", workspace["id"].lower(), "failed")
    scan.attempt(JOB, workspace["id"], f"jobs of {workspace['name']}", listing.read, hides=False)
    scan.found.facts("jobs", listing.facts)


class _Listing:
    def __init__(self, scan: Scan, workspace: str, since: datetime, until: datetime) -> None:
        self.scan, self.workspace, self.since, self.until = scan, workspace, since, until
        self.facts: list[dict[str, Any]] = []
        self._last: datetime | None = None
        self._ordered = True

    def read(self) -> None:
        path = f"{self.workspace}/jobs"
        self.scan.reader.with_version(path, lambda: self._pages(path))
        self.scan.found.fact("job_lists", self.workspace.lower(), "whole")

    def _pages(self, path: str) -> None:
        try:
            for page in self.scan.reader.pages(path, ML_VERSION, self.scan.limits.job_pages, listViewType="All"):
                for row in page:
                    self._take(row, self.scan.reader.version_for(path, ML_VERSION))
                if self._ordered and self._last is not None and self._last < self.since - LONGEST:
                    return
        except Refused as error:
            if error.code == "Cut":
                self.scan.found.fact("job_lists", self.workspace.lower(), "cut")
                raise Refused(0, "Cut", f"{error.message}; the older ones are not judged") from None
            raise

    def _take(self, row: Raw, version: str) -> None:
        fact, made = job_fact(row, self.workspace, self.until)
        if made is not None:
            self._ordered = self._ordered and (self._last is None or made <= self._last)
            self._last = made
        ends = moment(fact["end"]) or (made if fact["status"].lower() in _ENDED else None)
        if ends is not None and ends < self.since:
            return
        identifier = self.scan.found.add(row, version)
        if identifier:
            fact["id"] = identifier
            self.facts.append(fact)


def job_fact(row: Raw, workspace: str, until: datetime) -> tuple[dict[str, Any], datetime | None]:
    """The fact of one job in the shape of `linter.usage`, and when it was made."""
    properties = row.get("properties")
    told: dict[str, Any] = properties if isinstance(properties, dict) else {}
    system = row.get("systemData")
    made = moment(system.get("createdAt")) if isinstance(system, dict) else None
    start, end = _times(told)
    status = _text(told.get("status"))
    if start is not None and end is None and status.lower() in _RUNNING:
        end = until
    recorded = start is not None and end is not None
    serverless, compute = _compute(told)
    queue, resources = _dict(told.get("queueSettings")), _dict(told.get("resources"))
    trial = _dict(_dict(told.get("trial")).get("resources"))
    nodes = resources.get("instanceCount") or trial.get("instanceCount")
    first = start if recorded else made
    fact = {
        "workspace": workspace.lower(), "id": _text(row.get("id")).lower(), "name": _text(row.get("name")),
        "kind": _text(told.get("jobType")).lower(), "status": status, "serverless": serverless,
        "tier": _text(queue.get("jobTier")).lower(), "compute": compute.lower(),
        "size": _text(resources.get("instanceType") or trial.get("instanceType")).lower(),
        "nodes": nodes if isinstance(nodes, int) and not isinstance(nodes, bool) and nodes > 0 else 1,
        "start": stamp(first) if first else None, "end": stamp(end) if recorded and end else None,
        "evidence": "recorded" if recorded else "created" if first else "",
    }  # fmt: skip
    return fact, made


def _times(told: dict[str, Any]) -> tuple[datetime | None, datetime | None]:
    bag = _dict(told.get("properties"))
    low = {str(key).lower(): value for key, value in bag.items()}
    start, end = moment(low.get("starttimeutc")), moment(low.get("endtimeutc"))
    stages = low.get("azureml.pipelines.stages")
    if start is None and isinstance(stages, str) and len(stages) < 100_000:
        try:
            parsed = json.loads(stages)
        except (ValueError, RecursionError):
            return None, None
        spans = [_dict(stage) for stage in _dict(parsed).values()]
        starts = [time for span in spans if (time := moment(span.get("StartTime"))) is not None]
        ends = [time for span in spans if (time := moment(span.get("EndTime"))) is not None]
        start = min(starts, default=None)
        end = max(ends, default=None) if len(ends) == len(spans) else None
    return start, end


def _compute(told: dict[str, Any]) -> tuple[bool | None, str]:
    """Whether a job ran on serverless compute, and on which compute else. A pipeline: where all its steps did."""
    if _text(told.get("jobType")).lower() == "pipeline":
        settings = _dict(told.get("settings"))
        default = next((_text(settings[key]) for key in _DEFAULTS if _text(settings.get(key))), "")
        steps = [_text(_dict(step).get("computeId")) or default for step in _dict(told.get("jobs")).values()]
        used = sorted({step for step in [*steps, *([default] if not steps else [])] if step})
        answers = {_serverless(step) for step in used}
        return (answers.pop() if len(answers) == 1 else None), (
            used[0] if len(used) == 1 and not _serverless(used[0]) else ""
        )
    compute = _text(told.get("computeId"))
    if compute:
        return _serverless(compute), "" if _serverless(compute) else compute
    bag = _dict(told.get("properties"))
    cluster = _text(bag.get("_azureml.ClusterName"))
    if cluster:
        return False, cluster
    tier = _text(_dict(told.get("queueSettings")).get("jobTier"))
    resources = _dict(told.get("resources")) or _dict(_dict(told.get("trial")).get("resources"))
    if tier.lower() not in ("", "null") or resources.get("instanceType"):
        return True, ""
    return None, ""


_DEFAULTS: Final = ("default_compute", "defaultCompute", "default_computeId")


def _serverless(compute: str) -> bool:
    return compute.rstrip("/").rpartition("/")[2].rpartition(":")[2].lower() == "serverless"


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
