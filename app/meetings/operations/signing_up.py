"""Taking a seat at a meeting, and giving it back."""

from __future__ import annotations

from datetime import datetime

from app.kit.bus import announce
from app.kit.db import db
from app.kit.refusal import refuse_if
from app.kit.words import Words
from app.meetings import queries, rules
from app.meetings.events import SeatGivenBack
from app.meetings.models import MeetingSignUp
from app.meetings.operations.holding import locked_meeting
from app.people.rules import Person


def sign_up(meeting_id: int, *, question: Words | None, by: Person, at: datetime) -> MeetingSignUp:
    """Say that one comes, and what one would like to hear about. The row of the meeting is locked: seats are few."""
    meeting = locked_meeting(meeting_id)
    refuse_if(
        rules.sign_up_refusal(
            by, place_path=meeting.place_path, starts_at=meeting.starts_at, cancelled=meeting.cancelled_at is not None,
            at=at,
        )
    )  # fmt: skip
    mine = queries.sign_up_of(meeting_id, by.id)
    refuse_if(rules.already_refusal() if mine is not None and mine.withdrawn_at is None else None)
    refuse_if(rules.full_refusal() if rules.seats_left(meeting.capacity, meeting.taken) == 0 else None)
    meeting.taken += 1
    if mine is None:
        mine = MeetingSignUp(meeting_id=meeting_id, resident_id=by.id)
        db.session.add(mine)
    mine.question, mine.signed_at, mine.withdrawn_at = question, at, None
    db.session.flush()
    return mine


def withdraw(meeting_id: int, *, by: Person, at: datetime) -> MeetingSignUp:
    """Give the seat back: it is free at once."""
    meeting = locked_meeting(meeting_id)
    mine = queries.sign_up_of(meeting_id, by.id)
    signed_up = mine is not None and mine.withdrawn_at is None
    refuse_if(rules.withdraw_refusal(signed_up=signed_up, starts_at=meeting.starts_at, at=at))
    assert mine is not None
    meeting.taken -= 1
    mine.withdrawn_at = at
    db.session.flush()
    announce(SeatGivenBack(meeting_id, by.id, at))
    return mine
