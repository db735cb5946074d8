"""Is serverless compute kept busy around the clock?

Sources, read 2026-11-24: https://learn.microsoft.com/azure/machine-learning/how-to-use-serverless-compute (a job
without a compute runs on serverless compute); Azure.Bicep.Types.Az 0.2.972 (where each kind of job keeps its compute,
its size and its time limit; monitors run on serverless Spark).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linter.checks.outcomes import failed as failing
from linter.checks.outcomes import number, open_value, passed, shown, titled, truth, undecided, word
from linter.checks.serverless_history import history
from linter.checks.timetable import busy_share, timetable
from linter.comparing import duration_seconds
from linter.facts.resources import WORKSPACE
from linter.model import ABSENT, Absent, Inventory, Outcome, Resource, Unresolved, Value, dig, parse_path

SCHEDULE = "microsoft.machinelearningservices/workspaces/schedules"
DEFINITION = "properties.action.jobDefinition"
ENABLED, TRIGGER = "properties.isEnabled", "properties.trigger"
_LIMITS = {"command": "limits.timeout", "sweep": "limits.timeout", "automl": "taskDetails.limitSettings.timeout"}
_KINDS = ("command", "sweep", "automl", "spark", "finetuning", "distillation")


def full_time(resource: Resource, inventory: Inventory, parameters: Mapping[str, Any]) -> Outcome | None:
    """The share of a schedule is its starts times the duration of its job; exactly `max_share` passes. A job of its
    own starts once. A workspace is judged by the job history of a live scan."""
    if resource.type_key == WORKSPACE:
        return history(resource, inventory, parameters)
    if resource.type_key != SCHEDULE:
        serverless = _serverless(resource, "properties")
        return passed("properties.computeId") if serverless else None
    action = resource.get("properties.action.actionType")
    if word(action) == "createmonitor":
        return _share(resource, "properties.action.monitorDefinition", ABSENT, parameters)
    if word(action) != "createjob":
        return None
    serverless = _serverless(resource, DEFINITION)
    if serverless is False:
        return None
    kind = word(resource.get(f"{DEFINITION}.jobType"))
    path = f"{DEFINITION}.{_LIMITS[kind]}" if kind in _LIMITS else DEFINITION
    outcome = _share(resource, path, resource.get(path) if kind in _LIMITS else ABSENT, parameters)
    if serverless is None and outcome.verdict != "pass":
        compute = resource.get(f"{DEFINITION}.computeId")
        return open_value(resource, f"{DEFINITION}.computeId", compute, "if it is serverless compute, it is kept busy")
    return outcome


def _serverless(resource: Resource, base: str) -> bool | None:
    """Runs the job at `base` on serverless compute: no compute named, or `serverless`? Pipelines say it in
    `settings`."""
    kind, compute = word(resource.get(f"{base}.jobType")), resource.get(f"{base}.computeId")
    if kind == "pipeline" and compute is ABSENT:
        settings = resource.get(f"{base}.settings")
        compute = next(
            (
                value
                for key in ("default_compute", "defaultCompute", "default_computeId")
                if (value := dig(settings, (key,))) is not ABSENT
            ),
            "a compute of each step",
        )
    elif kind not in _KINDS and kind != "pipeline":
        return False
    if isinstance(compute, Unresolved):
        return None
    return compute is ABSENT or word(compute).rstrip("/").rpartition("/")[2].rpartition(":")[2] == "serverless"


def _share(schedule: Resource, path: str, declared: Value | Absent, parameters: Mapping[str, Any]) -> Outcome:
    name = titled(schedule)
    enabled = schedule.get(ENABLED)
    if truth(enabled) is False:
        return passed(ENABLED, enabled)
    table = timetable(schedule.get(TRIGGER))
    if table is None:
        trigger = schedule.get(TRIGGER)
        return undecided(f"{name}: how often it starts is not known: trigger {shown(trigger)}", TRIGGER, trigger)
    seconds = duration_seconds(declared) if isinstance(declared, str) else None
    typical = duration_seconds(str(parameters["typical_duration"] or ""))
    if seconds is None and isinstance(declared, Unresolved):
        return open_value(schedule, path, declared, "the duration of a run decides how much of the day is busy")
    length = seconds if seconds is not None else typical
    limit = number(parameters["max_share"]) or 0.0
    if length is None:
        text = "has no time limit and no typical duration is configured (parameter typical_duration)"
        return undecided(f"{name}: the job {text}, so how much of the day is busy is open", path, declared)
    share = busy_share(table, length / 60)
    if share <= limit:
        return passed(path, declared)
    if isinstance(enabled, Unresolved):
        return open_value(schedule, ENABLED, enabled, "if it is enabled, serverless compute is kept busy")
    every = min(table.shortest_gap, table.period)
    origin = f"its limit {declared}" if seconds is not None else f"the configured {parameters['typical_duration']}"
    message = f"{name}: keeps serverless compute busy {share:.0%} of the time"
    message += f" (a run of {origin}, at the closest every {_span(every)})"
    if length / 60 > every:
        message += "; a run is longer than the time to the next"
    return failing(f"{message}; above {limit:.0%} use a compute cluster with minimum 0", TRIGGER, _trigger(schedule))


def _trigger(schedule: Resource) -> Value:
    trigger = schedule.get(TRIGGER)
    return trigger if not isinstance(trigger, dict) else dig(trigger, parse_path("expression")) or trigger


def _span(minutes: float) -> str:
    return (
        f"{minutes:g} min" if minutes < 60 else f"{minutes / 60:g} h" if minutes < 1440 else f"{minutes / 1440:g} days"
    )
