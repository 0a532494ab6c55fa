"""What meetings announce."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app.kit.words import Words


@dataclass(frozen=True)
class MeetingCalled:
    """A meeting stands in the calendar. `subject` ("topic:12") is what it is about, None for a day of its own."""

    meeting_id: int
    kind: str
    subject: str | None
    title: Words
    starts_at: datetime
    href: str
    by_id: int | None
    at: datetime


@dataclass(frozen=True)
class MeetingPutOff:
    """A meeting begins at another time; `move_id` is that of this change, `signed_up` who meant to come."""

    meeting_id: int
    move_id: int
    title: Words
    starts_at: datetime
    why: Words
    signed_up: tuple[int, ...]
    href: str
    at: datetime


@dataclass(frozen=True)
class MeetingCancelled:
    """A meeting does not take place."""

    meeting_id: int
    title: Words
    starts_at: datetime
    why: Words
    signed_up: tuple[int, ...]
    href: str
    at: datetime


@dataclass(frozen=True)
class MinutesPublished:
    """The minutes can be read; `number` 1 is the first text, later ones correct it.

    `present` are its residents, each with who noted them as present: never they themselves, nor their household.
    """

    meeting_id: int
    kind: str
    subject: str | None
    number: int
    title: Words
    starts_at: datetime
    present: Mapping[int, int | None]
    href: str
    by_id: int
    at: datetime


@dataclass(frozen=True)
class SeatGivenBack:
    """Somebody who had signed up does not come."""

    meeting_id: int
    resident_id: int
    at: datetime
