"""Does a Synapse Spark pool pause and shrink?

Sources, read 2026-11-24: https://learn.microsoft.com/azure/synapse-analytics/spark/apache-spark-pool-configurations
(automatic pause and autoscale are options of a pool: without them it keeps its nodes); Azure.Bicep.Types.Az 0.2.972
(`autoPause.enabled`, `.delayInMinutes`, `autoScale.enabled`, `.minNodeCount`, `.maxNodeCount`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linter.checks.outcomes import failed, number, open_value, passed, shown, titled, truth, undecided
from linter.model import ABSENT, Inventory, Outcome, Resource, Unresolved

PAUSE, DELAY = "properties.autoPause.enabled", "properties.autoPause.delayInMinutes"
SCALE, LEAST, MOST = (f"properties.autoScale.{name}" for name in ("enabled", "minNodeCount", "maxNodeCount"))


def transient(pool: Resource, _inventory: Inventory, parameters: Mapping[str, Any]) -> list[Outcome]:
    """Each lack is a fault of its own; absent `autoPause` or `autoScale` is off."""
    found = [_pauses(pool, number(parameters["max_delay"]) or 0), _scales(pool)]
    return [one for one in found if one.verdict != "pass"] or found[:1]


def _pauses(pool: Resource, limit: float) -> Outcome:
    name, on, delay = titled(pool), pool.get(PAUSE), pool.get(DELAY)
    if not isinstance(on, Unresolved) and not truth(on):
        told = "autoPause is not set (off unless told)" if on is ABSENT else f"autoPause.enabled is {shown(on)}"
        return failed(f"{name}: Spark pool that is never paused: {told}", PAUSE, on)
    minutes = number(delay)
    if minutes is not None and minutes > limit:
        return failed(f"{name}: Spark pool waits {minutes:g} minutes before it pauses; at most {limit:g}", DELAY, delay)
    if isinstance(on, Unresolved):
        return open_value(pool, PAUSE, on, "an idle pool must pause")
    if isinstance(delay, Unresolved):
        return open_value(pool, DELAY, delay, f"an idle pool must pause after at most {limit:g} minutes")
    if minutes is None:
        text = f"{name}: autoPause is on but says no delayInMinutes, and no source says what the service then takes"
        return undecided(text, DELAY, delay)
    return passed(PAUSE, on)


def _scales(pool: Resource) -> Outcome:
    name, on, least, most = titled(pool), pool.get(SCALE), pool.get(LEAST), pool.get(MOST)
    if isinstance(on, Unresolved):
        return open_value(pool, SCALE, on, "a pool of fixed size keeps all its nodes for the smallest session")
    if not truth(on):
        nodes = pool.get("properties.nodeCount")
        told = "autoScale is not set (off unless told)" if on is ABSENT else f"autoScale.enabled is {shown(on)}"
        size = f" of {shown(nodes)} nodes" if number(nodes) is not None else ""
        return failed(f"{name}: Spark pool{size} of fixed size: {told}", SCALE, on)
    low, high = number(least), number(most)
    if (least == most and least is not ABSENT) or (low is not None and high is not None and low >= high):
        text = f"minNodeCount {shown(least)}, maxNodeCount {shown(most)}"
        return failed(f"{name}: Spark pool cannot scale: {text}", MOST, most)
    for path, value in ((LEAST, least), (MOST, most)):
        if isinstance(value, Unresolved):
            return open_value(pool, path, value, "the minimum must be below the maximum")
    return passed(SCALE, on)
