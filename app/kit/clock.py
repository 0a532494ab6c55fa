"""What time it is: instants in UTC inside, the village's own clock for what people read and for business days."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_fixed: ContextVar[datetime | None] = ContextVar("fixed clock", default=None)
_zone = ZoneInfo("Asia/Shanghai")


def set_zone(name: str) -> None:
    """Choose the village's time zone once, when the program starts."""
    global _zone  # noqa: PLW0603 - one installation serves one street, in one zone
    _zone = ZoneInfo(name)


def now() -> datetime:
    """This moment, an aware instant in UTC."""
    return _fixed.get() or datetime.now(UTC)


def today() -> date:
    """The village's date at this moment."""
    return local(now()).date()


def local(instant: datetime) -> datetime:
    """The same moment on the village's clock."""
    return instant.astimezone(_zone)


def at_local(day: date, clock_time: time = time.min) -> datetime:
    """The UTC instant at which the village's clock shows that day and time."""
    return datetime.combine(day, clock_time, tzinfo=_zone).astimezone(UTC)


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """First instant of a local day and of the next one: a half-open interval."""
    return at_local(day), at_local(day + timedelta(days=1))


def last_moment(midnight: datetime) -> datetime:
    """An instant of the day that this local midnight ends: people say the day of a term, not the midnight after it."""
    return midnight - timedelta(seconds=1)


def last_day(midnight: datetime) -> date:
    """The local day that ends at this midnight: until when something is promised, or hangs."""
    return local(last_moment(midnight)).date()


@contextmanager
def fixed(instant: datetime) -> Iterator[None]:
    """Hold the clock still, for tests and for loading a past."""
    token = _fixed.set(instant)
    try:
        yield
    finally:
        _fixed.reset(token)
