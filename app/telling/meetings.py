"""What people are told about meetings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, union

from app.council.models import Topic, TopicSupport
from app.kit.db import db, locked
from app.kit.refusal import N_
from app.meetings.events import MeetingCalled, MeetingCancelled, MeetingPutOff, MinutesPublished, SeatGivenBack
from app.meetings.models import Meeting, MeetingSignUp, Presence
from app.messages import operations as messages
from app.messages.rules import describe, describe_group
from app.telling.eve import end_of_tomorrow, noon_before
from app.telling.matter import Matter

describe_group("meetings", N_("Meetings"))
describe(
    "meetings.called",
    name=N_("A sitting on a topic that I proposed or supported"),
    subject=N_("You are invited: %(title)s"),
    text=N_(
        "The committee has called a sitting for %(begins)s. Read the agenda, and sign up if you would like to come."
    ),
)
describe(
    "meetings.put_off",
    name=N_("A meeting that I signed up for is put off"),
    subject=N_("Put off: %(title)s"),
    text=N_("It is held %(begins)s instead; your seat is kept. If you cannot come then, please withdraw. "
            "The reason: %(why)s"),
    way="now",
)  # fmt: skip
describe(
    "meetings.cancelled",
    name=N_("A meeting that I signed up for is called off"),
    subject=N_("Called off: %(title)s"),
    text=N_("It does not take place, so nobody needs to come. The reason: %(why)s"),
    way="now",
)
describe(
    "meetings.tomorrow",
    name=N_("A meeting that I signed up for is tomorrow"),
    subject=N_("Tomorrow: %(title)s"),
    text=N_("It begins %(begins)s at %(place)s. If you cannot come, please withdraw, so that somebody else can."),
    way="now",
)
describe(
    "meetings.minutes",
    name=N_("The minutes of a meeting of mine are out"),
    subject=N_("The minutes are out: %(title)s"),
    text=N_("You can read what was said and what was agreed."),
)


def called(event: MeetingCalled) -> None:
    """Whoever proposed or wanted the topic that it is about; a day for everybody stands on the list of meetings."""
    topic = _topic(event.subject)
    if topic is None:
        return
    because = f"meeting-called:{event.meeting_id}"
    _about(event).tell("meetings.called", _behind(topic), because=because, at=event.at, begins=event.starts_at)


def put_off(event: MeetingPutOff) -> None:
    """Everybody who had signed up; a reminder of the old time is taken back."""
    messages.take_back(_tomorrow(event.meeting_id))
    _about(event).tell(
        "meetings.put_off", event.signed_up, because=f"meeting-put-off:{event.move_id}", at=event.at,
        begins=event.starts_at, why=event.why,
    )  # fmt: skip


def cancelled(event: MeetingCancelled) -> None:
    """Everybody who had signed up; their reminders are taken back."""
    messages.take_back(_tomorrow(event.meeting_id))
    because = f"meeting-cancelled:{event.meeting_id}"
    _about(event).tell("meetings.cancelled", event.signed_up, because=because, at=event.at, why=event.why)


def seat_given_back(event: SeatGivenBack) -> None:
    """Whoever does not come needs no reminder."""
    messages.take_back(_tomorrow(event.meeting_id), residents=[event.resident_id])


def minutes_published(event: MinutesPublished) -> None:
    """Who was there or had signed up, and whoever stands behind the topic; of corrections the page tells."""
    if event.number > 1:
        return
    here = event.meeting_id
    people = union(
        select(MeetingSignUp.resident_id.label("id")).where(
            MeetingSignUp.meeting_id == here, MeetingSignUp.withdrawn_at.is_(None)
        ),
        select(Presence.resident_id).where(Presence.meeting_id == here, Presence.resident_id.is_not(None)),
        *([_behind(topic)] if (topic := _topic(event.subject)) is not None else []),
    ).subquery()
    _about(event).tell("meetings.minutes", select(people.c.id), because=f"meeting-minutes:{here}", at=event.at)


def remind_of_meetings(at: datetime) -> int:
    """For `flask tick`: from noon of the day before, everybody who has signed up; how many people."""
    tomorrow = Meeting.starts_at > at, Meeting.starts_at < end_of_tomorrow(at)
    soon = select(Meeting.id).where(Meeting.cancelled_at.is_(None), Meeting.taken > 0, *tomorrow)
    return sum(_remind(meeting_id, at) for meeting_id in db.session.scalars(soon.order_by(Meeting.id)).all())


def _remind(meeting_id: int, at: datetime) -> int:
    # Whoever puts it off or calls it off is waited for, and takes this reminder back.
    meeting = db.session.scalars(
        locked(select(Meeting).where(Meeting.id == meeting_id)).execution_options(populate_existing=True)
    ).one()
    due = noon_before(meeting.starts_at)
    if meeting.cancelled_at is not None or not due <= at < meeting.starts_at:
        return 0
    coming = select(MeetingSignUp.resident_id).where(
        MeetingSignUp.meeting_id == meeting_id, MeetingSignUp.withdrawn_at.is_(None), MeetingSignUp.signed_at < due
    )
    return Matter(f"/sittings/{meeting_id}", {"title": meeting.title}).tell(
        "meetings.tomorrow", coming, because=_tomorrow(meeting_id), at=due, holds_until=meeting.starts_at,
        begins=meeting.starts_at, place=meeting.venue,
    )  # fmt: skip


def _about(event: MeetingCalled | MeetingPutOff | MeetingCancelled | MinutesPublished) -> Matter:
    return Matter(event.href, {"title": event.title})


def _tomorrow(meeting_id: int) -> str:
    return f"meeting-tomorrow:{meeting_id}"


def _topic(subject: str | None) -> int | None:
    """The topic that a meeting is about, by its number in the house."""
    room, _, number = (subject or "").partition(":")
    return int(number) if room == "topic" else None


def _behind(topic_id: int) -> Select[Any]:
    """Who proposed a topic, and who wanted it with them."""
    both = union(
        select(TopicSupport.resident_id.label("id")).where(TopicSupport.topic_id == topic_id),
        select(Topic.proposer_id.label("id")).where(Topic.id == topic_id, Topic.proposer_id.is_not(None)),
    ).subquery()
    return select(both.c.id)
