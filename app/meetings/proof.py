"""Whether the seats that count as taken are the seats that people signed up for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, func, select

from app.kit.db import db
from app.kit.proof import Fault, first_faults
from app.meetings.models import Meeting, MeetingSignUp


def faults() -> Iterator[Fault]:
    """The first meeting whose count drifted."""
    yield from first_faults(("seats", "meeting", _taken_drifted()))


def counts() -> dict[str, int]:
    return {"meetings": db.session.scalar(select(func.count(Meeting.id))) or 0}


def _taken_drifted() -> Select[Any]:
    holds = (
        select(MeetingSignUp.meeting_id, func.count().label("seats"))
        .where(MeetingSignUp.withdrawn_at.is_(None))
        .group_by(MeetingSignUp.meeting_id)
        .subquery()
    )
    seats = func.coalesce(holds.c.seats, 0)
    columns: tuple[Any, ...] = (Meeting.id, Meeting.taken, seats.label("sign_ups"))
    return (
        select(*columns)
        .outerjoin(holds, holds.c.meeting_id == Meeting.id)
        .where(Meeting.taken != seats)
        .order_by(Meeting.id)
    )
