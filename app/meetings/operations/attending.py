"""Noting who was there, whether they had signed up or not."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.kit import audit
from app.kit.db import db
from app.kit.refusal import Refused, refuse_if
from app.meetings import queries, rules
from app.meetings.models import Meeting, Presence
from app.meetings.operations.holding import locked_meeting
from app.people import queries as people
from app.people.rules import Person


def mark_present(meeting_id: int, resident_id: int, *, part: str = "resident", by: Person, at: datetime) -> Presence:
    """Note that a resident of the place, or one who signed up, is there.

    Never oneself or one's household, because being there earns points.
    """
    meeting = _to_mark(meeting_id, by, at)
    resident = people.person(resident_id)
    expected = resident is not None and (
        resident.lives_in(meeting.place_path) or queries.sign_up_of(meeting_id, resident_id) is not None
    )
    if resident is None or not expected:
        raise Refused(rules.nobody_refusal())
    refuse_if(rules.own_refusal(by, resident_id=resident.id, household_id=resident.household_id))
    known = select(Presence.id).where(Presence.meeting_id == meeting_id, Presence.resident_id == resident_id)
    refuse_if(rules.twice_refusal() if db.session.scalar(known) is not None else None)
    return _note(meeting, Presence(meeting_id=meeting_id, resident_id=resident_id, guest="", part=part), by, at)


def note_guest(meeting_id: int, name: str, *, part: str, by: Person, at: datetime) -> Presence:
    """Note somebody who does not live here, by the name they gave."""
    meeting = _to_mark(meeting_id, by, at)
    return _note(meeting, Presence(meeting_id=meeting_id, resident_id=None, guest=name, part=part), by, at)


def take_back(presence_id: int, *, by: Person, at: datetime) -> Meeting:
    """Strike somebody off the list who was noted by mistake."""
    meeting_id = db.session.scalar(select(Presence.meeting_id).where(Presence.id == presence_id))
    meeting = _to_mark(meeting_id, by, at) if meeting_id is not None else None
    # Looked for again once it is this act's turn: a colleague may have struck the same line off.
    presence = db.session.scalar(select(Presence).where(Presence.id == presence_id))
    if meeting is None or presence is None:
        raise Refused(rules.struck_refusal())
    counted = any(one.published_at >= presence.marked_at for one in queries.minutes(meeting.id))
    refuse_if(rules.strike_refusal(**_standing(meeting), counted=counted, at=at))
    _audit("meetings.take_back", meeting, presence, by, at)
    db.session.delete(presence)
    db.session.flush()
    return meeting


def _to_mark(meeting_id: int, by: Person, at: datetime) -> Meeting:
    meeting = locked_meeting(meeting_id)
    refuse_if(rules.staff_refusal(by, meeting.place_path))
    refuse_if(rules.mark_refusal(**_standing(meeting), at=at))
    return meeting


def _standing(meeting: Meeting) -> dict[str, Any]:
    return {"starts_at": meeting.starts_at, "cancelled": meeting.cancelled_at is not None}


def _note(meeting: Meeting, presence: Presence, by: Person, at: datetime) -> Presence:
    presence.marked_at, presence.by_id = at, by.id
    db.session.add(presence)
    db.session.flush()
    _audit("meetings.mark", meeting, presence, by, at)
    return presence


def _audit(act: str, meeting: Meeting, presence: Presence, by: Person, at: datetime) -> None:
    audit.note(
        act, f"meeting:{meeting.id}", actor_id=by.id, at=at, place_id=meeting.place_id, resident=presence.resident_id
    )
