"""How much of the time a schedule keeps something busy."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linter.checks.timetable import DAY, MONTH, WEEK, Timetable, cron, timetable
from linter.model import ABSENT, Unresolved


@pytest.mark.parametrize(
    ("expression", "period", "starts"),
    [
        ("0 3 * * *", DAY, (180,)),
        ("*/30 0 * * *", DAY, (0, 30)),
        ("0 0,12 * * mon-tue", WEEK, (1440, 2160, 2880, 3600)),
        ("15 6 * * 0,7", WEEK, (375,)),
        ("0 0 1,15 * *", MONTH, (0, 20160)),
        ("0 5/6 * * *", DAY, (300, 660, 1020, 1380)),
    ],
)
def test_cron(expression: str, period: float, starts: tuple[float, ...]) -> None:
    assert cron(expression) == Timetable(period, starts)


@pytest.mark.parametrize(
    "expression", ["", "* * * *", "61 * * * *", "x * * * *", "*/0 * * * *", "5-1 * * * *", "0 0 1 * mon", "* * * * * *"]
)
def test_what_is_no_cron_is_not_known(expression: str) -> None:
    assert cron(expression) is None


@pytest.mark.parametrize(
    ("trigger", "minutes", "share"),
    [
        ({"triggerType": "Recurrence", "frequency": "hour", "interval": 2}, 60, 0.5),
        ({"triggerType": "Recurrence", "frequency": "Minute", "interval": "30"}, 45, 1.0),
        ({"triggerType": "Recurrence", "frequency": "Day", "interval": 2}, 1440, 0.5),
        (
            {
                "triggerType": "Recurrence",
                "frequency": "Day",
                "interval": 1,
                "schedule": {"hours": [1, 1], "minutes": [0, 30]},
            },
            60,
            1.5 / 24,
        ),
        (
            {
                "triggerType": "Recurrence",
                "frequency": "Week",
                "interval": 1,
                "schedule": {"hours": [0], "minutes": [0], "weekDays": ["Monday"]},
            },
            1440,
            1 / 7,
        ),
        ({"triggerType": "Cron", "expression": "0 23 * * *"}, 120, 2 / 24),
    ],
)
def test_share(trigger: dict[str, Any], minutes: float, share: float) -> None:
    table = timetable(trigger)
    assert table is not None
    assert table.share(minutes) == pytest.approx(share)


@pytest.mark.parametrize(
    "trigger",
    [
        ABSENT,
        Unresolved("parameters('trigger')", "parameter"),
        {"triggerType": "Recurrence", "frequency": "Fortnight", "interval": 1},
        {"triggerType": "Recurrence", "frequency": "Day", "interval": 0},
        {"triggerType": "Recurrence", "frequency": "Day", "interval": Unresolved("x")},
        {"triggerType": "Recurrence", "frequency": "Week", "interval": 1, "schedule": {"weekDays": ["Someday"]}},
        {"triggerType": "Recurrence", "frequency": "Day", "interval": 1, "schedule": {"hours": Unresolved("x")}},
        {"triggerType": "Cron", "expression": Unresolved("x")},
    ],
)
def test_what_is_open_is_not_known(trigger: Any) -> None:
    assert timetable(trigger) is None


@given(st.sets(st.integers(0, 1439), min_size=1, max_size=20), st.floats(0, 5000))
def test_a_share_lies_between_none_and_all(starts: set[int], minutes: float) -> None:
    table = Timetable(DAY, tuple(sorted(starts)))
    assert 0 <= table.share(minutes) <= 1 + 1e-9
    assert table.share(minutes) <= len(starts) * minutes / DAY + 1e-9
