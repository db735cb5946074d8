"""How much of the time a schedule keeps something busy: starts and a duration, overlaps counted once.

Source: Azure.Bicep.Types.Az 0.2.972, `Microsoft.MachineLearningServices/workspaces/schedules`, read 2026-11-24:
`trigger` is `Recurrence` (frequency, interval, schedule of hours times minutes and week or month days) or `Cron`
(five fields). All in minutes.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from linter.checks.outcomes import number, word
from linter.model import ABSENT, Unresolved, Value, member

HOUR, DAY, WEEK = 60.0, 1440.0, 10080.0
MONTH = 30.4375 * DAY
_DAYS = {"sun": 0, "mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6}
_MAX_STARTS = 50_000
_MOST = 100
"""Entries of a list of hours or minutes that are read; there are 24 and 60."""


class Timetable(NamedTuple):
    """`starts` within one `period`, both in minutes."""

    period: float
    starts: tuple[float, ...]

    @property
    def shortest_gap(self) -> float:
        """The time between two starts that follow each other most closely."""
        ordered = sorted(self.starts)
        return min(b - a for a, b in zip(ordered, [*ordered[1:], ordered[0] + self.period], strict=True))

    def share(self, duration: float) -> float:
        """The part of the time that is busy when each start keeps busy for `duration` minutes."""
        ordered = sorted(self.starts)
        following = [*ordered[1:], ordered[0] + self.period]
        return sum(min(duration, after - start) for start, after in zip(ordered, following, strict=True)) / self.period


def timetable(trigger: Value) -> Timetable | None:
    """The timetable of a schedule's trigger; None where it is not known."""
    kind = word(member(trigger, "triggerType"))
    if kind == "cron":
        expression = member(trigger, "expression")
        return cron(expression) if isinstance(expression, str) else None
    return recurrence(trigger) if kind == "recurrence" or member(trigger, "frequency") is not ABSENT else None


def recurrence(trigger: Value) -> Timetable | None:
    frequency, interval = word(member(trigger, "frequency")), number(member(trigger, "interval"))
    if interval is None or interval < 1:
        return None
    if frequency in ("minute", "hour"):
        return Timetable(interval * (1.0 if frequency == "minute" else HOUR), (0.0,))
    period = {"day": DAY, "week": WEEK, "month": MONTH}.get(frequency)
    if period is None:
        return None
    times = _times(member(trigger, "schedule"))
    days = _days(member(trigger, "schedule"), frequency)
    if times is None or days is None:
        return None
    starts = tuple(sorted({day + time for day in sorted(set(days))[:_MOST] for time in times}))
    return Timetable(interval * period, starts)


def _times(schedule: Value) -> list[float] | None:
    """Minutes within the day: hours times minutes; one start where none are written."""
    hours, minutes = (_numbers(member(schedule, key)) for key in ("hours", "minutes"))
    if hours is None or minutes is None or isinstance(schedule, Unresolved):
        return None
    times = {(hour, minute) for hour in set(hours[:_MOST]) or {0.0} for minute in set(minutes[:_MOST]) or {0.0}}
    return [hour * HOUR + minute for hour, minute in sorted(times)]


def _days(schedule: Value, frequency: str) -> list[float] | None:
    if frequency == "week":
        names = member(schedule, "weekDays")
        if names is ABSENT or names == []:
            return [0.0]
        found = [_DAYS.get(word(name)[:3]) for name in names] if isinstance(names, list) else [None]
        return None if None in found else [float(day) * DAY for day in found if day is not None]
    if frequency == "month":
        days = _numbers(member(schedule, "monthDays"))
        return None if days is None else [(day - 1) * DAY for day in days or [1.0]]
    return [0.0]


def _numbers(value: Value) -> list[float] | None:
    """A list of numbers; empty where absent, None where open."""
    if value is ABSENT:
        return []
    if not isinstance(value, list):
        single = number(value)
        return None if single is None else [single]
    found = [number(item) for item in value]
    return None if None in found else [item for item in found if item is not None]


def cron(expression: str) -> Timetable | None:
    """`minute hour day-of-month month day-of-week`; the months of the year are taken as all (the share is that of an
    active week)."""
    fields = expression.split()
    if len(fields) != 5:
        return None
    minutes, hours, days, week = (
        _field(fields[0], 0, 59),
        _field(fields[1], 0, 23),
        _field(fields[2], 1, 31),
        _field(fields[4], 0, 7),
    )
    if not minutes or not hours or not days or not week or len(minutes) * len(hours) > _MAX_STARTS:
        return None
    times = [hour * HOUR + minute for hour in hours for minute in minutes]
    every_day, every_weekday = len(days) == 31, len({day % 7 for day in week}) == 7
    if every_day and every_weekday:
        return Timetable(DAY, tuple(times))
    if every_day:
        return Timetable(WEEK, tuple(sorted({day % 7 * DAY + time for day in week for time in times})))
    if every_weekday:
        return Timetable(MONTH, tuple(sorted({(day - 1) * DAY + time for day in days for time in times})))
    return None  # a day of the month and of the week: how the two meet is not the same in every cron


def _field(text: str, low: int, high: int) -> list[int] | None:
    """The numbers that a cron field names; None where it is none."""
    found: set[int] = set()
    for part in text.split(","):
        match = re.fullmatch(r"(\*|\?|[0-9A-Za-z]+)(?:-([0-9A-Za-z]+))?(?:/(\d+))?", part)
        if match is None:
            return None
        first, last = _cron_number(match[1]), _cron_number(match[2]) if match[2] else None
        step = int(match[3]) if match[3] else 1
        if match[1] in ("*", "?"):
            start, end = low, high
        elif first is None or (match[2] and last is None):
            return None
        else:
            start, end = first, last if last is not None else high if match[3] else first
        if step < 1 or not low <= start <= end <= high:
            return None
        found.update(range(start, end + 1, step))
    return sorted(found)


def _cron_number(text: str) -> int | None:
    return int(text) if text.isdigit() and len(text) < 4 else _DAYS.get(text.lower()[:3])


def busy_share(table: Timetable, minutes: float) -> float:
    """The busy part of the time, for a message and a comparison, without the noise of floating point."""
    return round(table.share(minutes), 9)
