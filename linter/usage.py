"""Floor 0: facts of use, as a live scan finds them and a snapshot keeps them; the one page on `Inventory.usage`.

`Inventory.usage` is empty offline (no live scan and no snapshot): a policy that needs use is then undecided. Every
workload of a scan has the facts of its subscriptions (all of them: filter by id). Plain JSON throughout, so that a
snapshot keeps it as it is. Ids, regions and sizes are in lower case, regions without blanks; times are ISO 8601 in UTC
(`2026-11-24T10:00:00Z`); hours and minutes follow from them. Keys:

    "window": {"since": time, "until": time}
        The stretch of time that jobs were read for. `until` is the time of the scan: use it for "now", never the clock
        (a snapshot is judged later).
    "jobs": [{"workspace": id, "id": id, "name": "…", "kind": "command|sweep|automl|spark|pipeline|finetuning|…",
              "status": "Completed", "serverless": true | false | null, "tier": "spot|basic|standard|premium|",
              "compute": id or "", "size": "standard_nc24ads_a100_v4" or "", "nodes": 1,
              "start": time or null, "end": time or null, "evidence": "recorded" | "created" | ""}]
        `serverless` null: not told. `evidence`: start and end as the service recorded them; or only the time of
        creation, as `start`, with `end` null; or nothing. A run that still goes on: recorded, `end` = `until`.
        A pipeline's steps are not told one by one.
    "job_lists": {workspace id: "whole" | "cut" | "failed" | "legacy"}
        "whole": every job of the window is in `jobs`; "cut": the page limit was reached; "legacy": v1LegacyMode hides
        the jobs. Only "whole" proves that nothing ran.
    "quotas": [{"provider": "machine-learning" | "compute" | "cognitive-services", "subscription": guid,
                "region": "westeurope", "name": "standardNCADSA100v4Family" | "OpenAI.GlobalStandard.gpt-4o",
                "low_priority": false, "workspace": id or "", "limit": 96 or null, "used": 24, "unit": "Count"}]
        Names as the service spells them (compare without case); `limit` null: none is set. Cores, or capacity units of
        a model.
    "quota_lists": {"provider/subscription/region": "whole" | "failed"}
    "sizes": [{"region": "westeurope", "name": "standard_nc24ads_a100_v4", "family": "standardNCADSA100v4Family",
               "cores": 24, "gpus": 1}]
    "images": [{"resource": id, "kind": "node" | "instance", "version": "…", "built": "2026-05-20" or null,
                "latest": true | false | null}]
        node: the node image of an AKS pool (`…/agentpools/<name>`), its day of building read out of the version;
        instance: the OS image of a compute instance. What stands in a registry (age of container images, untagged
        manifests) is data plane: out of reach of a reader of ARM, never here.
    "clusters": {cluster id: {"version": "1.29.4", "upgrades": ["1.30.1"], "supported": true | false | null}}
    "plans": {subscription guid: {"containers": "standard", …}}
        Defender for Cloud plans by name in lower case; a subscription that is not there was not read.

Shapes of the answers: azure-rest-api-specs, machinelearningservices 2025-06-01, compute 2024-07-01, cognitiveservices
2025-06-01, containerservice, read 2026-11-24 by way of Azure.Bicep.Types.Az 0.2.972 and the SDKs of that month.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, TypeAlias

Usage: TypeAlias = "dict[str, Any]"


class Job(NamedTuple):
    """A run of a job. Times are aware, in UTC; None where not known."""

    workspace: str
    name: str
    kind: str
    status: str
    serverless: bool | None
    tier: str
    compute: str
    size: str
    nodes: int
    start: datetime | None
    end: datetime | None
    evidence: str
    id: str = ""

    @property
    def recorded(self) -> bool:
        """Are both ends known as the service recorded them?"""
        return self.evidence == "recorded" and self.start is not None and self.end is not None


class Quota(NamedTuple):
    """A limit and what is used of it; `limit` None where none is set or told."""

    provider: str
    subscription: str
    region: str
    name: str
    low_priority: bool
    workspace: str
    limit: float | None
    used: float


def moment(text: Any) -> datetime | None:
    """A time of a usage fact (or of an ARM answer: seven digits of a second, `2026-03-31 18:14:56`) in UTC; None for
    anything else."""
    if not isinstance(text, str) or not 10 <= len(text) <= 40:
        return None
    head, dot, rest = text.strip().replace(" ", "T", 1).partition(".")
    digits = rest[: len(rest) - len(rest.lstrip("0123456789"))]
    zone = rest[len(digits) :]
    try:
        found = datetime.fromisoformat(f"{head}.{digits[:6].ljust(6, '0')}{zone}" if dot and digits else head)
    except ValueError:
        return None
    try:
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except OverflowError:
        return None


def stamp(time: datetime) -> str:
    """A time as usage facts write it."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def window(usage: Usage) -> tuple[datetime, datetime] | None:
    """The stretch of time that jobs were read for (none where `--jobs-since 0` asked for none); None offline."""
    told = usage.get("window")
    since, until = (moment(told.get(key)) if isinstance(told, dict) else None for key in ("since", "until"))
    return (since, until) if since is not None and until is not None and since <= until else None


def jobs_of(usage: Usage, workspace: str) -> list[Job]:
    """The jobs of one workspace (its ARM id, without case) in the window."""
    low = workspace.lower().rstrip("/")
    return [_job(told) for told in usage.get("jobs", ()) if told.get("workspace") == low]


def job_list(usage: Usage, workspace: str) -> str:
    """How far the job list of a workspace was read: `whole`, `cut`, `failed`, `legacy`; "" where none was."""
    return str(usage.get("job_lists", {}).get(workspace.lower().rstrip("/"), ""))


def _text(told: dict[str, Any], key: str) -> str:
    value = told.get(key)
    return value if isinstance(value, str) else ""


def _job(told: dict[str, Any]) -> Job:
    serverless, nodes = told.get("serverless"), told.get("nodes")
    return Job(
        workspace=_text(told, "workspace"),
        name=_text(told, "name"),
        kind=_text(told, "kind"),
        status=_text(told, "status"),
        serverless=serverless if isinstance(serverless, bool) else None,
        tier=_text(told, "tier"),
        compute=_text(told, "compute"),
        size=_text(told, "size"),
        nodes=nodes if isinstance(nodes, int) and nodes > 0 else 1,
        start=moment(told.get("start")),
        end=moment(told.get("end")),
        evidence=_text(told, "evidence"),
        id=_text(told, "id"),
    )


def busy_hours(jobs: list[Job], since: datetime, until: datetime) -> tuple[float, float]:
    """(hours of the window in which at least one of these ran, node hours of all): overlaps count once in the first.
    Only recorded runs count; what reaches out of the window is cut."""
    spans: list[tuple[datetime, datetime]] = []
    nodes = timedelta()
    for job in jobs:
        if job.start is None or job.end is None or job.evidence != "recorded":
            continue
        start, end = max(job.start, since), min(job.end, until)
        if start < end:
            spans.append((start, end))
            nodes += (end - start) * job.nodes
    busy, last = timedelta(), since
    for start, end in sorted(spans):
        if end > last:
            busy += end - max(start, last)
            last = end
    return busy / timedelta(hours=1), nodes / timedelta(hours=1)


def quotas(usage: Usage, provider: str, subscription: str, region: str) -> list[Quota] | None:
    """The limits of one provider, subscription and region; None where they were not read (offline, or the list
    failed)."""
    key = f"{provider}/{subscription.lower()}/{region.lower()}"
    if usage.get("quota_lists", {}).get(key) != "whole":
        return None
    return [_quota(told) for told in usage.get("quotas", ()) if _quota_key(told) == key]


def _quota_key(told: dict[str, Any]) -> str:
    return f"{told.get('provider')}/{told.get('subscription')}/{told.get('region')}"


def _quota(told: dict[str, Any]) -> Quota:
    limit, used = told.get("limit"), told.get("used")
    known = isinstance(limit, (int, float)) and not isinstance(limit, bool) and limit >= 0
    return Quota(
        provider=_text(told, "provider"),
        subscription=_text(told, "subscription"),
        region=_text(told, "region"),
        name=_text(told, "name"),
        low_priority=told.get("low_priority") is True,
        workspace=_text(told, "workspace"),
        limit=limit if known else None,
        used=used if isinstance(used, (int, float)) else 0,
    )
