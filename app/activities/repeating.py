"""Shifts planned ahead: local days and times, repeating dates (RFC 5545 RRULE), times that reach past midnight."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from importlib import import_module
from itertools import takewhile
from typing import Any

from app.kit import clock


@dataclass(frozen=True)
class ShiftPlan:
    """A shift that is to be: two instants, the number of places, and how few are enough."""

    starts_at: datetime
    ends_at: datetime
    capacity: int
    minimum: int = 1


def between(day: date, starts: time, ends: time, *, capacity: int, minimum: int = 1) -> ShiftPlan:
    """A shift of one day: an end not after its start lies on the next one, so 20:00 to 0:00 ends at midnight."""
    last = day if ends > starts else day + timedelta(days=1)
    return ShiftPlan(clock.at_local(day, starts), clock.at_local(last, ends), capacity, minimum)


def whole_days(first: date, last: date, *, capacity: int, minimum: int = 1) -> ShiftPlan:
    """An offer that stands for days or months: from 0:00 of the first day to 24:00 of the last."""
    return ShiftPlan(clock.at_local(first), clock.at_local(last + timedelta(days=1)), capacity, minimum)


def occurrences(rrule: str, first_day: date, shifts: Sequence[Mapping[str, Any]], until: date) -> list[ShiftPlan]:
    """Every shift on every day that the rule names from `first_day` to `until`, both included, in the order of time.

    `shifts` are written as `{starts: '20:00', ends: '24:00', capacity: 6, minimum: 3}` in local time. COUNT counts from
    `first_day`. Raises ValueError for a rule or a time that cannot be read.
    """
    # Loaded when somebody plans: it is no use to the rest.
    days = import_module("dateutil.rrule").rrulestr(rrule, dtstart=datetime.combine(first_day, time.min), ignoretz=True)
    end = datetime.combine(until, time.min)
    named = takewhile(lambda day: day <= end, days.xafter(datetime.combine(first_day, time.min), inc=True))
    plans = [_plan(day.date(), shift) for day in named for shift in shifts]
    return sorted(plans, key=lambda plan: (plan.starts_at, plan.ends_at))


def _plan(day: date, shift: Mapping[str, Any]) -> ShiftPlan:
    starts, ends = clock_time(shift["starts"]), clock_time(shift["ends"])
    return between(day, starts, ends, capacity=shift["capacity"], minimum=shift.get("minimum", 1))


def clock_time(text: str) -> time:
    """'8:30' and '24:00', which is the midnight at the end of the day."""
    hour, _, minute = text.partition(":")
    return time(0, 0) if (hour, minute) == ("24", "00") else time(int(hour), int(minute))
