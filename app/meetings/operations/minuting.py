"""Publishing what was said and agreed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.kit import audit
from app.kit.bus import announce
from app.kit.db import db
from app.kit.refusal import refuse_if
from app.kit.words import Words
from app.meetings import queries, rules
from app.meetings.events import MinutesPublished
from app.meetings.models import Conclusion, Meeting, Minutes
from app.meetings.operations.holding import href, locked_meeting
from app.people.rules import Person


def publish_minutes(
    meeting_id: int, *, text: Words, conclusions: Sequence[Words], corrects: Words | None = None,
    upload_id: int | None = None, by: Person, at: datetime,
) -> Minutes:  # fmt: skip
    """Publish the minutes, or a text that corrects them and says what; after the first nobody is struck off the list.

    `upload_id` is a file kept in the same transaction.
    """
    meeting = locked_meeting(meeting_id)
    refuse_if(rules.staff_refusal(by, meeting.place_path))
    cancelled = meeting.cancelled_at is not None
    refuse_if(rules.minutes_refusal(starts_at=meeting.starts_at, cancelled=cancelled, at=at))
    number = len(queries.minutes(meeting_id)) + 1
    refuse_if(rules.correction_refusal(number - 1, corrects=corrects is not None))
    minutes = Minutes(
        meeting_id=meeting_id, number=number, text=text, corrects=corrects, upload_id=upload_id, published_at=at,
        by_id=by.id,
    )  # fmt: skip
    db.session.add(minutes)
    db.session.flush()
    db.session.add_all(
        Conclusion(minutes_id=minutes.id, number=place, text=one) for place, one in enumerate(conclusions, start=1)
    )
    audit.note(
        "meetings.minutes", f"meeting:{meeting.id}", actor_id=by.id, at=at, place_id=meeting.place_id, version=number
    )
    db.session.flush()
    announce(_published(meeting, number, by, at))
    return minutes


def _published(meeting: Meeting, number: int, by: Person, at: datetime) -> MinutesPublished:
    return MinutesPublished(
        meeting_id=meeting.id, kind=meeting.kind, subject=meeting.subject, number=number, title=meeting.title,
        starts_at=meeting.starts_at, present=queries.who_noted(meeting.id), href=href(meeting), by_id=by.id, at=at,
    )  # fmt: skip
