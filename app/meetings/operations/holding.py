"""The meeting that an operation works on, kept from changing until its end."""

from __future__ import annotations

from sqlalchemy import select

from app.kit.db import db, locked
from app.meetings.models import Meeting


def locked_meeting(meeting_id: int) -> Meeting:
    """Sign-ups, marks and changes of one meeting come one after another: seats are counted behind this lock."""
    query = locked(select(Meeting).where(Meeting.id == meeting_id))
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def href(meeting: Meeting) -> str:
    """The page of a meeting."""
    return f"/sittings/{meeting.id}"
