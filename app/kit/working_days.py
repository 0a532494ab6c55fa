"""Working days 工作日: Monday to Friday, less public holidays, plus the weekend days that make up for them.

Holidays are those of the State Council's yearly notices, as the library chinesecalendar keeps them. For years that have
not been announced yet Monday to Friday count.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from importlib import import_module

from app.kit import clock

FRIDAY = 4


def is_working_day(day: date) -> bool:
    """Loads twenty years of holidays when it is asked for the first time."""
    try:
        return bool(import_module("chinese_calendar").is_workday(day))
    except NotImplementedError:  # not announced yet, or long past
        return day.weekday() <= FRIDAY


def end_after(at: datetime, days: int) -> datetime:
    """The instant at which the last of so many working days is over: the local midnight that ends it.

    The day of `at` itself does not count (Civil Code of the PRC, article 201: the day on which a period begins is left
    out).
    """
    day = clock.local(at).date()
    while days > 0:
        day += timedelta(days=1)
        days -= is_working_day(day)
    return clock.day_bounds(day)[1]
