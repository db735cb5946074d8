"""Does somebody or something stop a compute instance that is not used?

Sources, read 2026-11-24: https://learn.microsoft.com/azure/machine-learning/how-to-create-compute-instance (idle
shutdown from 15 minutes to 3 days; off unless told; schedules start and stop); Azure.Bicep.Types.Az 0.2.972
(`idleTimeBeforeShutdown` is known to previews from 2022-06-01-preview and to stable api-versions from 2025-12-01;
`status` and `action` of a schedule stand under `schedule` in 2022-05-01).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linter.checks.outcomes import failed, open_value, passed, shown, titled, undecided, word
from linter.comparing import duration_seconds
from linter.model import ABSENT, Inventory, Outcome, Resource, Unresolved, Value, member

KIND = "properties.computeType"
IDLE = "properties.properties.idleTimeBeforeShutdown"
STOPS = "properties.properties.schedules.computeStartStop"


def stopped(compute: Resource, _inventory: Inventory, parameters: Mapping[str, Any]) -> Outcome | None:
    """An idle time up to `max_idle` passes, and so does one enabled schedule that stops."""
    kind = compute.get(KIND)
    if not isinstance(kind, Unresolved) and word(kind) != "computeinstance":
        return None
    idle, stops = compute.get(IDLE), compute.get(STOPS)
    limit = duration_seconds(str(parameters["max_idle"])) or 3600.0
    seconds = duration_seconds(idle) if isinstance(idle, str) else None
    if seconds is not None and seconds <= limit:
        return passed(IDLE, idle)
    verdicts = (
        [_stops(item) for item in stops] if isinstance(stops, list) else [None] if isinstance(stops, Unresolved) else []
    )
    if True in verdicts:
        return passed(STOPS, stops)
    if isinstance(kind, Unresolved):
        return open_value(compute, KIND, kind, "a compute instance needs an idle time or a stop schedule")
    for path, value in ((IDLE, idle), (STOPS, stops)):
        if isinstance(value, Unresolved):
            return open_value(compute, path, value, f"it must stop the instance after at most {parameters['max_idle']}")
    if None in verdicts:
        path = f"{STOPS}[{verdicts.index(None)}]"
        if compute.get(f"{path}.status") is ABSENT and compute.get(f"{path}.schedule.status") is ABSENT:
            text = "its stop schedule states no status, and no source says what the service then takes; say 'Enabled'"
            return undecided(f"{titled(compute)}: {text}", f"{path}.status")
        return open_value(compute, path, compute.get(path), "an enabled schedule must stop the instance")
    if isinstance(idle, str) and seconds is None:
        return failed(f"{titled(compute)}: idle time {shown(idle)} is no ISO 8601 duration such as 'PT30M'", IDLE, idle)
    what = f"is stopped only after {shown(idle)} of idling" if idle is not ABSENT else "is never stopped: no idle time"
    if idle is not ABSENT:
        what += f" (at most '{parameters['max_idle']}' is asked)"
    schedules = (
        "no enabled schedule that stops it" if stops is ABSENT or stops == [] else "none of its schedules stops it"
    )
    message = f"{titled(compute)}: compute instance {what}, and {schedules}"
    return failed(message, IDLE, idle)


def _stops(item: Value) -> bool | None:
    """Is this schedule enabled and its action `Stop`? None where it is open."""
    if isinstance(item, Unresolved):
        return None
    inner = member(item, "schedule")
    action = member(item, "action")
    status = member(item, "status")
    if status is ABSENT and inner is not ABSENT:
        status = member(inner, "status")
    if word(action) == "start" or word(status) == "disabled":
        return False
    if isinstance(action, Unresolved) or isinstance(status, Unresolved) or status is ABSENT:
        return None
    return word(action) == "stop" and word(status) == "enabled"
