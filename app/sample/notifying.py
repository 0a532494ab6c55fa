"""Inboxes: what people would have been told of the last weeks, through the same kinds that tell them from now on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from app.activities.events import HoursConfirmed
from app.activities.models import Activity, Attendance, Shift
from app.council.events import OfficialAnswerGiven, ResultRecorded, SuggestionAdopted, TopicTakenUp
from app.council.models import Topic, TopicChange
from app.discussion.models import Comment
from app.grid.events import RequestPassedUp, RequestResolved
from app.grid.models import Request, RequestChange
from app.kit.bus import Reactions
from app.kit.db import db
from app.meetings.events import MeetingCalled, MeetingCancelled, MeetingPutOff, MinutesPublished
from app.meetings.models import Meeting, MeetingMove, Minutes
from app.meetings.queries import signed_up_ids
from app.messages.models import Message
from app.notices.events import ObjectionAnswered
from app.notices.models import Notice, NoticeLine, Objection, ObjectionEnd
from app.people.events import AddressConfirmed
from app.people.models import Resident
from app.sample.street_people import Street
from app.telling import activities, agreements, council, following, grid, meetings, people, rewards

WEEKS = timedelta(weeks=6)
HOURS = timedelta(days=8)  # those who help every week would see nothing else
READ_AFTER = timedelta(days=3)  # what is older has been read
LEFT_UNREAD = 2  # at least, of every account for trying things out that was told anything

_TELL: Reactions = {
    AddressConfirmed: (people.address_confirmed,),
    HoursConfirmed: (activities.hours_confirmed,),
    MeetingCalled: (meetings.called,),
    MeetingCancelled: (meetings.cancelled,),
    MeetingPutOff: (meetings.put_off,),
    MinutesPublished: (meetings.minutes_published,),
    ObjectionAnswered: (following.objection_answered,),
    OfficialAnswerGiven: (council.official_answer,),
    RequestPassedUp: (grid.passed_up,),
    RequestResolved: (grid.resolved,),
    ResultRecorded: (council.result_recorded,),
    SuggestionAdopted: (council.suggestion_adopted,),
    TopicTakenUp: (council.topic_taken_up,),
}


def fill_inboxes(street: Street) -> None:
    """Tell everybody what happened in the last weeks; of that most was read."""
    for event in (
        *_of_topics(street),
        *_of_accounts(street),
        *_of_requests(street),
        *_of_objections(street),
        *_of_meetings(street),
    ):
        for tell in _TELL[type(event)]:
            tell(event)
    council.remind_voters(street.at)
    agreements.remind_to_sign(street.at)
    activities.remind_of_shifts(street.at)
    meetings.remind_of_meetings(street.at)
    rewards.remind_to_collect(street.at)
    _read(street)


def _of_topics(street: Street) -> Iterator[object]:
    since = street.at - WEEKS
    taken_up = select(TopicChange.topic_id, TopicChange.at).where(TopicChange.action.in_(("gather", "accept")))
    for row in _rows(taken_up.where(TopicChange.at > since).order_by(TopicChange.id)):
        yield TopicTakenUp(row.topic_id, None, row.at)
    decided = select(Topic.id, Topic.question_id, Topic.outcome, Topic.decided_at).where(Topic.decided_at > since)
    for row in _rows(decided.where(Topic.question_id.is_not(None)).order_by(Topic.id)):
        yield ResultRecorded(row.id, row.question_id, row.outcome, row.decided_at)
    said = (
        select(
            Comment.id, Comment.author_id, Comment.said_at, Comment.official, Comment.adopted_at, Topic.id.label("of")
        )
        .join(Topic, Topic.thread_id == Comment.thread_id)
        .where(Comment.hidden_at.is_(None), Comment.said_at > since)
        .order_by(Comment.id)
    )
    for row in _rows(said.where(Comment.official)):
        yield OfficialAnswerGiven(row.of, row.id, row.author_id, row.said_at)
    for row in _rows(said.where(Comment.adopted_at.is_not(None))):
        yield SuggestionAdopted(row.id, row.author_id, row.adopted_at)


def _of_accounts(street: Street) -> Iterator[object]:
    """Hours and addresses of those whose inbox anybody will open."""
    ids = _accounts(street)
    confirmed = (
        select(Attendance, Shift.activity_id, Activity.tariff_code)
        .join(Shift, Shift.id == Attendance.shift_id)
        .join(Activity, Activity.id == Shift.activity_id)
        .where(Attendance.confirmed_at > street.at - HOURS, Attendance.resident_id.in_(ids))
        .order_by(Attendance.id)
    )
    for came, activity_id, code in _rows(confirmed):
        yield HoursConfirmed(
            came.id, activity_id, came.shift_id, came.resident_id, came.minutes, code, (), in_charge=False,
            effective_at=came.checked_in_at, confirmed_by=came.confirmed_by, at=came.confirmed_at,
        )  # fmt: skip
    moved_in = select(Resident.id, Resident.household_id, Resident.verified_by, Resident.verified_at)
    for row in _rows(moved_in.where(Resident.id.in_(ids), Resident.verified_at.is_not(None))):
        yield AddressConfirmed(row.id, row.household_id, row.verified_by, row.verified_at)


def _of_requests(street: Street) -> Iterator[object]:
    found = (
        select(Request.id, Request.reporter_id, Request.closes_at, RequestChange.action, RequestChange.to_level,
               RequestChange.at)
        .join(RequestChange, RequestChange.request_id == Request.id)
        .where(Request.reporter_id.is_not(None), RequestChange.at > street.at - WEEKS)
        .order_by(RequestChange.id)
    )  # fmt: skip
    for row in _rows(found):
        if row.action == "resolve" and row.closes_at is not None:
            yield RequestResolved(row.id, row.reporter_id, row.closes_at, row.at)
        elif row.action == "pass_up":
            yield RequestPassedUp(row.id, row.reporter_id, row.to_level, by_itself=False, at=row.at)


def _of_objections(street: Street) -> Iterator[object]:
    found = (
        select(Objection.id, Objection.notice_id, Objection.line_key, Objection.by_id, ObjectionEnd.outcome,
               ObjectionEnd.at, Notice.subject, Notice.title, Notice.href)
        .join(ObjectionEnd, ObjectionEnd.objection_id == Objection.id)
        .join(Notice, Notice.id == Objection.notice_id)
        .join(NoticeLine, (NoticeLine.notice_id == Notice.id) & (NoticeLine.key == Objection.line_key))
        .where(ObjectionEnd.outcome != "withdrawn", ObjectionEnd.at > street.at - WEEKS)
    )  # fmt: skip
    for row in _rows(found.order_by(Objection.id)):
        yield ObjectionAnswered(
            row.id, row.notice_id, row.subject, row.line_key, row.title, row.href, upheld=row.outcome == "upheld",
            filed_by=row.by_id, at=row.at,
        )  # fmt: skip


def _of_meetings(street: Street) -> Iterator[object]:
    """What was called, put off, called off, and whose minutes came out."""
    since, what = street.at - WEEKS, (Meeting.id, Meeting.kind, Meeting.subject, Meeting.title, Meeting.starts_at)
    for row in _rows(select(*what, Meeting.called_at).where(Meeting.called_at > since).order_by(Meeting.id)):
        yield MeetingCalled(
            row.id, row.kind, row.subject, row.title, row.starts_at, f"/sittings/{row.id}", None, row.called_at
        )
    moved = select(*what, MeetingMove.id.label("move"), MeetingMove.why, MeetingMove.at)
    for row in _rows(moved.join(MeetingMove, MeetingMove.meeting_id == Meeting.id).where(MeetingMove.at > since)):
        page, people = f"/sittings/{row.id}", signed_up_ids(row.id)
        yield MeetingPutOff(row.id, row.move, row.title, row.starts_at, row.why, people, page, row.at)
    off = select(*what, Meeting.cancelled_why, Meeting.cancelled_at).where(Meeting.cancelled_at > since)
    for row in _rows(off):
        page, people = f"/sittings/{row.id}", signed_up_ids(row.id)
        yield MeetingCancelled(row.id, row.title, row.starts_at, row.cancelled_why, people, page, row.cancelled_at)
    out = select(*what, Minutes.published_at, Minutes.by_id).join(Minutes, Minutes.meeting_id == Meeting.id)
    for row in _rows(out.where(Minutes.number == 1, Minutes.published_at > since)):
        yield MinutesPublished(
            row.id, row.kind, row.subject, 1, row.title, row.starts_at, {}, f"/sittings/{row.id}", row.by_id,
            row.published_at,
        )  # fmt: skip


def _read(street: Street) -> None:
    """Three days are enough for most; whoever comes to try things out finds something new."""
    old = Message.at <= street.at - READ_AFTER
    db.session.execute(update(Message).where(old).values(read_at=street.at - timedelta(hours=12)))
    for resident_id in _accounts(street):
        lately = Message.resident_id == resident_id, Message.at > street.at - WEEKS
        mine = select(Message.id).where(*lately).order_by(Message.at.desc(), Message.id.desc())
        newest = db.session.scalars(mine.limit(LEFT_UNREAD)).all()
        db.session.execute(update(Message).where(Message.id.in_(newest)).values(read_at=None))


def _rows(query: Any) -> Sequence[Any]:
    return db.session.execute(query).all()


def _accounts(street: Street) -> list[int]:
    return sorted(one.id for one in street.village.accounts.values() if one.id is not None)
