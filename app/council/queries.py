"""Reads of topics. Lists read rows; what a ballot's closing changes is decided at reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, case, cast, false, func, literal, or_, select
from sqlalchemy.engine import Row
from sqlalchemy.orm import aliased

from app.ballots import results
from app.ballots.models import Question
from app.ballots.queries import open_questions
from app.council.models import Topic, TopicChange, TopicSupport
from app.council.rules import STAFF, shown_state
from app.discussion.models import Comment, Thread
from app.kit.db import db
from app.kit.paging import Slice, slice_of
from app.kit.words import Words
from app.notices.lists import pending
from app.people.models import Resident
from app.people.rules import Anyone, Person
from app.places.models import Place

AnyRow = Row[*tuple[Any, ...]]

# What a tab of the list shows; a ballot that has closed counts as decided.
ENDED = ("declined", "withdrawn", "merged")
TABS = ("proposed", "deliberating", "voting", "decided", "implementing", "closed", "ended")

_Community, _Goal = aliased(Place), aliased(Topic)


def topics(*, path: str, tab: str | None, reader: Anyone, at: datetime, after: str | None) -> Slice:
    """One page of the topics at a place or below it, the newest first; `tab` keeps one state."""
    query = _rows().where(_in_tab(tab, reader, at))
    if path:
        query = query.where(Topic.place_path.startswith(path, autoescape=True))
    return slice_of(query, Topic.opened_at, Topic.id, after=after)


def _rows() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Topic.id, Topic.number, Topic.title, Topic.state, Topic.kind, Topic.opened_at, Topic.support_count,
            Topic.support_needed, Topic.outcome, Topic.decided_at, Place.name.label("place"),
            Thread.last_number.label("comments"), Question.closes_at,
        )
        .join(Place, Place.id == Topic.place_id)
        .join(Thread, Thread.id == Topic.thread_id)
        .outerjoin(Question, Question.id == Topic.question_id)
    )  # fmt: skip


def _in_tab(tab: str | None, reader: Anyone, at: datetime) -> ColumnElement[bool]:
    closed = and_(Topic.state == "voting", Question.closes_at <= at)
    if tab == "draft":
        return and_(Topic.state == "draft", Topic.proposer_id == (reader.id or 0))
    if tab == "voting":
        return and_(Topic.state == "voting", Question.closes_at > at)
    if tab == "decided":
        return or_(Topic.state == "decided", closed)
    if tab == "ended":
        return Topic.state.in_(ENDED)
    return Topic.state == tab if tab in TABS else Topic.state != "draft"


def topic_visible_to(reader: Anyone, topic_id: int) -> AnyRow | None:
    """A topic with what its page says of it; None when there is none or it is somebody else's draft."""
    mine = (
        select(TopicSupport.at)
        .where(TopicSupport.topic_id == Topic.id, TopicSupport.resident_id == reader.id)
        .scalar_subquery()
    )
    return db.session.execute(
        _rows()
        .add_columns(
            Topic.body, Topic.place_id, Topic.place_path, Topic.street_id, Topic.community_id, Topic.proposer_id,
            Topic.proposer_name, Topic.thread_id, Topic.question_id, Topic.merged_into, Topic.state_since, Topic.source,
            Resident.family_name, Resident.family_name_en, _Community.committee.label("committee"),
            _Goal.number.label("goal_number"), _Goal.title.label("goal_title"), mine.label("supported_at"),
        )
        .outerjoin(Resident, Resident.id == Topic.proposer_id)
        .outerjoin(_Community, _Community.id == func.coalesce(Topic.community_id, Topic.street_id))
        .outerjoin(_Goal, _Goal.id == Topic.merged_into)
        .where(Topic.id == topic_id, or_(Topic.state != "draft", Topic.proposer_id == (reader.id or 0)))
    ).one_or_none()  # fmt: skip


def timeline(topic_id: int) -> Sequence[AnyRow]:
    """Every change, oldest first, with the family name of who made it."""
    return db.session.execute(
        select(
            TopicChange.at, TopicChange.action, TopicChange.to_state, TopicChange.as_staff, TopicChange.why,
            TopicChange.by_id, Resident.family_name, Resident.family_name_en,
        )
        .outerjoin(Resident, Resident.id == TopicChange.by_id)
        .where(TopicChange.topic_id == topic_id)
        .order_by(TopicChange.at, TopicChange.id)
    ).all()  # fmt: skip


def path_of_comment(comment_id: int) -> str | None:
    """The address of what was said under a topic."""
    of = select(Topic.id).join(Comment, Comment.thread_id == Topic.thread_id).where(Comment.id == comment_id)
    topic_id = db.session.scalar(of)
    return None if topic_id is None else f"/topics/{topic_id}/comments/{comment_id}"


def question_of(topic_id: int) -> int | None:
    """What is or was voted on under a topic."""
    return db.session.scalar(select(Topic.question_id).where(Topic.id == topic_id))


def topic_by_number(number: str, street_id: int) -> int | None:
    return db.session.scalar(select(Topic.id).where(Topic.number == number, Topic.street_id == street_id))


def places_to_propose_for(person: Person) -> Sequence[AnyRow]:
    """Where somebody may propose a topic: the places they live in from the street down, and those they work for."""
    living = literal(person.path).startswith(Place.path) if person.is_verified else false()
    working = [Place.path.startswith(path, autoescape=True) for path in person.reaches(*STAFF)]
    within = Place.kind.in_(("street", "community", "village", "compound", "hamlet", "grid", "group"))
    # Staff of a street reach hundreds of groups; a list to choose from ends at the compounds.
    broad = Place.kind.in_(("street", "community", "village", "compound", "hamlet"))
    return db.session.execute(
        select(Place.id, Place.name, Place.kind, Place.path)
        .where(or_(and_(living, within), and_(or_(false(), *working), broad)))
        .order_by(Place.path)
        .limit(100)
    ).all()


# For the pages that show several rooms at once ------------------------------------------------------------------


@dataclass(frozen=True)
class Decided:
    """A topic that came to a decision; `outcome` is `carried`, `not_carried`, `no_quorum`, or None without a ballot."""

    id: int
    number: str
    title: Words
    state: str
    outcome: str | None
    decided_at: datetime


def concerns(path: str) -> ColumnElement[bool]:
    """Topics at this place, below it, or at a place that it belongs to."""
    return or_(Topic.place_path.startswith(path, autoescape=True), literal(path).startswith(Topic.place_path))


def open_for_me(person: Person, at: datetime, limit: int = 5) -> Sequence[AnyRow]:
    """Votes that wait for this person's own or household's vote, the first to close first."""
    return db.session.execute(
        select(Topic.id, Topic.number, Topic.title, Topic.question_id, Question.closes_at, Question.electorate)
        .join(Question, Question.id == Topic.question_id)
        .where(Topic.state == "voting", open_questions(person, at))
        .order_by(Question.closes_at, Topic.id)
        .limit(limit)
    ).all()


def lately_decided(path: str, at: datetime, limit: int = 5) -> list[Decided]:
    """What was decided last, ballots included whose result nobody has written down yet; two statements at most."""
    when = func.coalesce(Topic.decided_at, Question.closes_at)
    rows = db.session.execute(
        select(
            Topic.id, Topic.number, Topic.title, Topic.state, Topic.outcome, Topic.question_id,
            Question.closes_at, when.label("decided"),
        )
        .outerjoin(Question, Question.id == Topic.question_id)
        .where(
            concerns(path),
            or_(
                Topic.state.in_(("decided", "implementing", "closed")) & Topic.decided_at.is_not(None),
                and_(Topic.state == "voting", Question.closes_at <= at),
            ),
        )
        .order_by(when.desc(), Topic.id.desc())
        .limit(limit)
    ).all()  # fmt: skip
    unwritten = [row.question_id for row in rows if row.state == "voting"]
    found = results.outcomes(unwritten, at) if unwritten else {}
    return [
        Decided(
            row.id, row.number, row.title, shown_state(row.state, row.closes_at, at),
            found[row.question_id].result if row.question_id in found else row.outcome, row.decided,
        )
        for row in rows
    ]  # fmt: skip


def being_discussed(path: str, at: datetime, limit: int = 5) -> Sequence[AnyRow]:
    """Topics that neighbours weigh now, the newest first."""
    now = or_(Topic.state.in_(("proposed", "deliberating")), and_(Topic.state == "voting", Question.closes_at > at))
    query = _rows().where(now, concerns(path) if path else Topic.id.is_not(None))
    return db.session.execute(query.order_by(Topic.opened_at.desc(), Topic.id.desc()).limit(limit)).all()


def waiting_for_staff(person: Person, at: datetime, limit: int = 20) -> Sequence[AnyRow]:
    """What waits for staff of these places, longest first; `waits_for`: accept, ballot, record or carry_out."""
    reach = [Topic.place_path.startswith(path, autoescape=True) for path in person.reaches(*STAFF)]
    waits_for = case(
        (Topic.state == "proposed", "accept"), (Topic.state == "deliberating", "ballot"),
        (Topic.state == "voting", "record"), else_="carry_out",
    )  # fmt: skip
    since = case((Topic.state == "voting", Question.closes_at), else_=Topic.state_since)
    on_notice = pending(literal("topic:") + cast(Topic.id, String), at)
    waiting = or_(
        Topic.state.in_(("proposed", "deliberating")),
        and_(Topic.state == "decided", ~on_notice),
        and_(Topic.state == "voting", Question.closes_at <= at),
    )
    return db.session.execute(
        select(
            Topic.id, Topic.number, Topic.title, Topic.state, Question.closes_at,
            since.label("since"), waits_for.label("waits_for"),
        )
        .outerjoin(Question, Question.id == Topic.question_id)
        .where(waiting, or_(false(), *reach))
        .order_by(since, Topic.id)
        .limit(limit)
    ).all()  # fmt: skip


def closed_unrecorded(at: datetime) -> Sequence[int]:
    """Topics whose ballot has closed and whose result is not written down yet, the first closed first."""
    query = (
        select(Topic.id)
        .join(Question, Question.id == Topic.question_id)
        .where(Topic.state == "voting", Question.closes_at <= at)
        .order_by(Question.closes_at, Topic.id)
    )
    return db.session.scalars(query).all()


def decided_by_community(since: datetime, at: datetime) -> dict[int, int]:
    """By the id of the community, how many topics were decided since then; what concerns the whole street counts none.

    A ballot that has closed counts, whether its result is written down or not.
    """
    when = func.coalesce(Topic.decided_at, Question.closes_at)
    decided = or_(Topic.decided_at.is_not(None), Topic.state == "voting")
    query = (
        select(Topic.community_id, func.count())
        .outerjoin(Question, Question.id == Topic.question_id)
        .where(decided, when > since, when <= at, Topic.community_id.is_not(None))
        .group_by(Topic.community_id)
    )
    return {community: number for community, number in db.session.execute(query) if community is not None}
