"""Moments in time as .NET parses them in the invariant culture, in ticks of 100 ns since the first of January 1."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from typing import Final, NamedTuple

SECOND: Final = 10_000_000
DAY: Final = 86_400 * SECOND
MOST: Final = 3_652_059 * DAY
"""The first tick that is too late: the year 10000."""
DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


class Moment(NamedTuple):
    """`local`: ticks of the clock on the wall. `offset`: minutes that it is ahead of UTC."""

    local: int
    offset: int

    @property
    def utc(self) -> int:
        """Ticks in UTC."""
        return self.local - self.offset * 60 * SECOND


_NAMES = "|".join(f"{month}|{month[:3]}" for month in MONTHS)
_DAY_NAMES = "|".join(f"{day}|{day[:3]}" for day in DAYS)
_TIME = (
    r"(?P<hour>\d{1,2}):(?P<minute>\d{1,2})(?::(?P<second>\d{1,2})(?:[.,](?P<part>\d+))?)?"
    r"(?:\s*(?P<half>[AaPp][Mm]?))?"
)
_ZONE = r"(?:\s*(?P<zone>[Zz]|[+-]\d{1,2}(?::?\d{2})?))?"
_DATES = (
    r"(?P<year>\d{4})(?P<sep>[-/.])(?P<month>\d{1,2})(?P=sep)(?P<day>\d{1,2})",
    r"(?P<year>\d{4})-(?P<name>NAMES)-(?P<day>\d{1,2})",
    r"(?P<month>\d{1,2})(?P<sep>[-/.])(?P<day>\d{1,2})(?P=sep)(?P<year>\d{4})",
    r"(?:(?P<weekday>WEEKDAYS),?\s+)?(?P<name>NAMES)\s+(?P<day>\d{1,2}),?\s+(?P<year>\d{4})",
    r"(?P<year>\d{4})[-/](?P<month>\d{1,2})",
    r"(?P<name>NAMES),?\s+(?P<year>\d{4})",
    r"(?:(?P<weekday>WEEKDAYS),?\s+)?(?P<day>\d{1,2})[\s-](?P<name>NAMES)[\s-](?P<year>\d{4})",
)
_BASIC: Final = (
    r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})[Tt]"
    r"(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})(?P<zone>[Zz])\Z"
)


@cache
def _forms() -> tuple[re.Pattern[str], ...]:
    """The forms of a moment; made when the first one is read, as few templates have any."""
    tail = rf"(?:(?P<join>[Tt]|,?\s+){_TIME})?{_ZONE}(?P<gmt>\s+GMT)?\Z"
    dates = [one.replace("WEEKDAYS", _DAY_NAMES).replace("NAMES", _NAMES) + tail for one in _DATES]
    return tuple([re.compile(one, re.IGNORECASE | re.ASCII) for one in [*dates, _BASIC]])


def parse(text: str) -> Moment | None:
    """The moment in a text; without a zone it is UTC. None where it is none."""
    text = text.strip()
    if len(text) > 100:
        return None
    for form in _forms():
        match = form.match(text)
        if match is not None:
            moment = _moment(match.groupdict())
            if moment is not None:
                return moment
    return None


def _moment(parts: dict[str, str | None]) -> Moment | None:
    name = parts.get("name")
    month = [one[:3].lower() for one in MONTHS].index(name[:3].lower()) + 1 if name else int(parts["month"] or 0)
    try:
        day = date(int(parts["year"] or 0), month, int(parts.get("day") or 1))
    except ValueError:
        return None
    weekday = parts.get("weekday")
    if weekday and not DAYS[day.weekday()].lower().startswith(weekday.lower()):
        return None
    if parts.get("gmt") and not (weekday and len(weekday) == 3 and parts.get("hour")):
        return None
    clock = _clock(parts)
    offset = _offset(parts.get("zone"))
    if clock is None or offset is None:
        return None
    moment = Moment((day.toordinal() - 1) * DAY + clock, offset)
    return moment if 0 <= moment.utc < MOST else None


def _clock(parts: dict[str, str | None]) -> int | None:
    if not parts.get("hour"):
        return 0
    hour, minute, second = (int(parts.get(name) or 0) for name in ("hour", "minute", "second"))
    if parts.get("join") in ("T", "t") and any(
        len(parts.get(name) or "00") != 2 for name in ("hour", "minute", "second")
    ):
        return None
    half = (parts.get("half") or "").lower()
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half[0] == "p" else 0)
    if hour > 23 or minute > 59 or second > 59:
        return None
    part = parts.get("part") or ""
    ticks = int((part + "0000000")[:7]) + (1 if part[7:8] >= "5" else 0)
    return (hour * 3600 + minute * 60 + second) * SECOND + ticks


def _offset(zone: str | None) -> int | None:
    if not zone or zone in "Zz":
        return 0
    digits = zone[1:].replace(":", "")
    hours, minutes = (int(digits), 0) if len(digits) <= 2 else (int(digits[:-2]), int(digits[-2:]))
    if minutes > 59 or hours * 60 + minutes > 14 * 60:
        return None
    return (hours * 60 + minutes) * (-1 if zone[0] == "-" else 1)


_DURATION = re.compile(
    r"(?P<sign>-?)P(?=.)(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<days>\d+)D)?"
    r"(?:T(?=.)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)(?:\.(?P<part>\d+))?S)?)?\Z",
    re.ASCII,
)
_SIZES: Final = {"days": DAY, "hours": 3600 * SECOND, "minutes": 60 * SECOND, "seconds": SECOND}


def duration(text: str) -> int | None:
    """The ticks of an ISO 8601 duration: a year or 12 months are 365 days, a month is 30; None where it is none."""
    match = _DURATION.match(text) if len(text) <= 200 else None
    if match is None:
        return None
    counts: dict[str, int] = {}
    for name in ("years", "months", *_SIZES):
        digits = (match[name] or "0").lstrip("0") or "0"
        if len(digits) > 10 or int(digits) > 2**31 - 1:
            return None
        counts[name] = int(digits)
    years, months = divmod(counts["months"], 12)
    ticks = ((counts["years"] + years) * 365 + months * 30) * DAY
    ticks += sum(counts[name] * size for name, size in _SIZES.items())
    if match["part"]:
        ticks += int((match["part"] + "0000000")[:7])
    if ticks >= 2**63:
        return None
    return -ticks if match["sign"] else ticks
