"""A shift as time and places: when its door is open, until when a place may be given up, how long somebody served."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

DOORS_OPEN = timedelta(minutes=30)  # before a shift begins, check-in is open
GRACE = timedelta(minutes=30)  # domain 5: hours are never more than the shift and this
LONGEST_STAY = timedelta(hours=12)  # a longer one is a forgotten check-out
ONE_DAY = timedelta(days=1)  # a longer shift is an offer that stands for days: it blocks no other


@dataclass(frozen=True)
class Span:
    """A shift as rules see it."""

    starts_at: datetime
    ends_at: datetime
    capacity: int
    taken: int

    @property
    def left(self) -> int:
        return self.capacity - self.taken

    @property
    def is_standing(self) -> bool:
        return self.ends_at - self.starts_at > ONE_DAY

    @property
    def last_call(self) -> datetime:
        """Until when a place may be given up: the beginning, or the end of an offer that stands for days."""
        return self.ends_at if self.is_standing else self.starts_at


def takes_check_ins(shift: Span, *, at: datetime) -> bool:
    """From half an hour before the beginning until the end, which does not count any more."""
    return shift.starts_at - DOORS_OPEN <= at < shift.ends_at


def served(shift: Span, checked_in_at: datetime, checked_out_at: datetime) -> int:
    """Whole minutes between check-in and check-out, one at least: whoever came has something to be confirmed.

    What lies more than half an hour after the end does not count, nor more than the shift and half an hour in all
    (domain 5), nor more than twelve hours at a stretch.
    """
    stay = min(checked_out_at, shift.ends_at + GRACE) - checked_in_at
    most = min(shift.ends_at - shift.starts_at + GRACE, LONGEST_STAY)
    return max(1, int(min(stay, most).total_seconds()) // 60)
