"""When people are reminded of something that they signed up for: at noon of the day before."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from app.kit import clock

NOON = time(12)


def noon_before(starts_at: datetime) -> datetime:
    """When a reminder is due. Who signed up after it knows anyway."""
    return clock.at_local(clock.local(starts_at).date() - timedelta(days=1), NOON)


def end_of_tomorrow(at: datetime) -> datetime:
    """What begins from then on is not to be reminded of yet."""
    return clock.day_bounds(clock.local(at).date() + timedelta(days=1))[1]
