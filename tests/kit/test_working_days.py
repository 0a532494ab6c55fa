"""Working days: weekends and holidays do not count, days that make up for them do."""

from __future__ import annotations

from datetime import date, time

import pytest

from app.kit import clock
from app.kit.working_days import end_after, is_working_day


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 3, 2), True),  # a Monday
        (date(2026, 3, 7), False),  # a Saturday
        (date(2026, 10, 1), False),  # National Day
        (date(2026, 2, 14), True),  # a Saturday that makes up for the Spring Festival
        (date(2031, 6, 4), True),  # a Wednesday nobody has announced anything about
        (date(2031, 6, 7), False),
    ],
)
def test_weekends_and_holidays_are_no_working_days(day: date, works: bool) -> None:
    assert is_working_day(day) is works


def test_five_working_days_from_a_friday_end_with_the_next_friday() -> None:
    friday = clock.at_local(date(2026, 3, 6), time(17, 30))

    assert end_after(friday, 5) == clock.at_local(date(2026, 3, 14))


def test_a_period_runs_over_the_national_holiday() -> None:
    assert end_after(clock.at_local(date(2026, 9, 30), time(9)), 1) == clock.at_local(date(2026, 10, 9))
