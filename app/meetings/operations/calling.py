"""Calling a meeting, changing what is on it, putting it off, calling it off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete

from app.kit import audit
from app.kit.bus import announce
from app.kit.db import db
from app.kit.refusal import refuse_if
from app.kit.words import Words
from app.meetings import queries, rules
from app.meetings.events import MeetingCalled, MeetingCancelled, MeetingPutOff
from app.meetings.models import AgendaItem, Meeting, MeetingMove
from app.meetings.operations.holding import href as href_of
from app.meetings.operations.holding import locked_meeting
from app.people.rules import Person


def call(
    *, kind: str, subject: str | None, href: str | None, title: Words, place_id: int, place_path: str, where: Words,
    starts_at: datetime, ends_at: datetime, agenda: Sequence[Words], capacity: int | None, by: Person, at: datetime,
) -> Meeting:  # fmt: skip
    """Call a meeting of that kind at a place, about a `subject` whose page is `href`, or about nothing else."""
    refuse_if(rules.staff_refusal(by, place_path))
    refuse_if(rules.time_refusal(starts_at, ends_at, at))
    refuse_if(rules.agenda_refusal(len(agenda)))
    meeting = Meeting(
        kind=kind, subject=subject, href=href, title=title, place_id=place_id, place_path=place_path, venue=where,
        starts_at=starts_at, ends_at=ends_at, capacity=capacity, taken=0, called_at=at, by_id=by.id,
    )  # fmt: skip
    db.session.add(meeting)
    db.session.flush()
    _write_agenda(meeting, agenda)
    _audit("meetings.call", meeting, by, at)
    announce(
        MeetingCalled(
            meeting_id=meeting.id, kind=kind, subject=subject, title=title, starts_at=starts_at,
            href=href_of(meeting), by_id=by.id, at=at,
        )
    )  # fmt: skip
    return meeting


def change(
    meeting_id: int, *, where: Words, agenda: Sequence[Words], capacity: int | None, by: Person, at: datetime
) -> Meeting:
    """Write the agenda anew, or move it to another room, until it begins."""
    meeting = locked_meeting(meeting_id)
    refuse_if(rules.staff_refusal(by, meeting.place_path))
    cancelled = meeting.cancelled_at is not None
    refuse_if(rules.change_refusal(starts_at=meeting.starts_at, cancelled=cancelled, at=at))
    refuse_if(rules.agenda_refusal(len(agenda)))
    refuse_if(rules.seats_refusal(capacity, meeting.taken))
    meeting.venue, meeting.capacity = where, capacity
    db.session.execute(delete(AgendaItem).where(AgendaItem.meeting_id == meeting.id))
    _write_agenda(meeting, agenda)
    _audit("meetings.change", meeting, by, at)
    return meeting


def put_off(
    meeting_id: int, *, starts_at: datetime, ends_at: datetime, why: Words, by: Person, at: datetime
) -> Meeting:
    """Hold it at another time; who signed up stays signed up, and is told."""
    meeting = _to_move(meeting_id, by)
    refuse_if(rules.time_refusal(starts_at, ends_at, at))
    move = MeetingMove(
        meeting_id=meeting.id, from_starts_at=meeting.starts_at, to_starts_at=starts_at, why=why, by_id=by.id, at=at
    )
    db.session.add(move)
    meeting.starts_at, meeting.ends_at = starts_at, ends_at
    db.session.flush()
    _audit("meetings.put_off", meeting, by, at)
    announce(
        MeetingPutOff(
            meeting_id=meeting.id, move_id=move.id, title=meeting.title, starts_at=starts_at, why=why,
            signed_up=queries.signed_up_ids(meeting.id), href=href_of(meeting), at=at,
        )
    )  # fmt: skip
    return meeting


def call_off(meeting_id: int, *, why: Words, by: Person, at: datetime) -> Meeting:
    """It does not take place; the reason stands on it for everybody."""
    meeting = _to_move(meeting_id, by)
    meeting.cancelled_at, meeting.cancelled_why = at, why
    db.session.flush()
    _audit("meetings.call_off", meeting, by, at)
    announce(
        MeetingCancelled(
            meeting_id=meeting.id, title=meeting.title, starts_at=meeting.starts_at, why=why,
            signed_up=queries.signed_up_ids(meeting.id), href=href_of(meeting), at=at,
        )
    )  # fmt: skip
    return meeting


def _to_move(meeting_id: int, by: Person) -> Meeting:
    meeting = locked_meeting(meeting_id)
    refuse_if(rules.staff_refusal(by, meeting.place_path))
    refuse_if(
        rules.move_refusal(
            cancelled=meeting.cancelled_at is not None, minutes=bool(queries.minutes(meeting_id)),
            present=queries.is_present(meeting_id),
        )
    )  # fmt: skip
    return meeting


def _write_agenda(meeting: Meeting, agenda: Sequence[Words]) -> None:
    db.session.add_all(
        AgendaItem(meeting_id=meeting.id, number=number, text=text) for number, text in enumerate(agenda, start=1)
    )
    db.session.flush()


def _audit(act: str, meeting: Meeting, by: Person, at: datetime) -> None:
    audit.note(act, f"meeting:{meeting.id}", actor_id=by.id, at=at, place_id=meeting.place_id)
