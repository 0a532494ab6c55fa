"""What this room announces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.kit.words import Words


@dataclass(frozen=True)
class CheckedIn:
    """Somebody came: by the `code` on the screen, or ticked on the `roster`."""

    attendance_id: int
    activity_id: int
    shift_id: int
    resident_id: int
    method: str
    at: datetime


@dataclass(frozen=True)
class HoursConfirmed:
    """Whoever runs the activity confirmed somebody's whole minutes; once for each attendance.

    `effective_at` is the beginning of the shift: the day whose tariff counts. `in_charge`: was assigned to be.
    """

    attendance_id: int
    activity_id: int
    shift_id: int
    resident_id: int
    minutes: int
    tariff_code: str | None
    marks: tuple[str, ...]
    in_charge: bool
    effective_at: datetime
    confirmed_by: int
    at: datetime


@dataclass(frozen=True)
class ActivityCancelled:
    """It does not take place; `resident_ids` had signed up for a shift that was still to come."""

    activity_id: int
    resident_ids: tuple[int, ...]
    why: Words
    by_id: int
    at: datetime
