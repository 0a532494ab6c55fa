"""Lists of notices, and of the objections that wait for an answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, or_, select

from app.kit.db import db
from app.kit.paging import Slice, slice_of
from app.kit.tasks import Waiting
from app.notices import queries, rules
from app.notices.models import Notice, NoticeLine, NoticeLineEnd, NoticePart, Objection, ObjectionEnd
from app.people.models import Resident
from app.people.rules import Person
from app.places.models import Place

MOST_TASKS = 20


def _waits() -> ColumnElement[bool]:
    """Of an objection: nobody has answered it and nobody took it back, nor the line that it is about."""
    ended = select(ObjectionEnd.objection_id).where(ObjectionEnd.objection_id == Objection.id)
    return and_(~ended.exists(), _counts())


def _counts() -> ColumnElement[bool]:
    """Of an objection: its line was not taken back."""
    return ~select(NoticeLineEnd.at).where(queries.of_its_line()).exists()


def notices(*, path: str, tab: str, at: datetime, after: str | None) -> Slice:
    """One page of the notices that concern a place: those at it, below it or above it ("" for all).

    `running`: those not over yet, or held by an objection, the first to end first. `over`: the latest first.
    """
    on_notice = select(Objection.notice_id).where(Objection.notice_id == Notice.id)
    open_now = on_notice.where(_waits()).exists()
    goes_on = on_notice.join(ObjectionEnd).where(ObjectionEnd.line_ends_at > at, _counts()).exists()
    upheld = on_notice.join(ObjectionEnd).where(ObjectionEnd.outcome == "upheld").exists()
    lines = select(func.count()).where(NoticeLine.notice_id == Notice.id).correlate(Notice).scalar_subquery()
    filed = select(func.count()).where(Objection.notice_id == Notice.id).correlate(Notice).scalar_subquery()
    query: Any = select(
        Notice.id, Notice.title, Notice.days, Notice.working, Notice.starts_at, Notice.ends_at,
        Place.name.label("place"), lines.label("lines"), filed.label("objections"), open_now.label("held"),
        goes_on.label("goes_on"), upheld.label("upheld"),
    ).join(Place, Place.id == Notice.place_id)  # fmt: skip
    if path:
        below = Notice.place_path.startswith(path, autoescape=True)
        query = query.where(or_(below, literal(path).startswith(Notice.place_path)))
    if tab == "over":
        return slice_of(query.where(Notice.ends_at <= at, ~open_now, ~goes_on), Notice.ends_at, Notice.id, after=after)
    running = or_(Notice.ends_at > at, open_now, goes_on)
    return slice_of(query.where(running), Notice.ends_at, Notice.id, after=after, ascending=True)


def state_of(row: queries.AnyRow, at: datetime) -> str:
    """The state of a row of `notices`."""
    signs = {"held": row.held, "on_notice": row.goes_on}
    return rules.notice_state(row.starts_at, row.ends_at, [state for state, true in signs.items() if true], at)


def tasks_for(person: Person, at: datetime) -> list[Waiting]:
    """Objections that wait for an answer by this person, the longest wait first."""
    reach = [Notice.place_path.startswith(path, autoescape=True) for path in person.reaches(*rules.STAFF)]
    if not reach:
        return []
    rows = db.session.execute(
        select(Notice.id, Notice.title, Objection.filed_at)
        .join(Notice, Notice.id == Objection.notice_id)
        .join(Resident, Resident.id == Objection.by_id)
        .where(_waits(), or_(*reach), _not_of(person))
        .order_by(Objection.filed_at, Objection.id)
        .limit(MOST_TASKS)
    )
    return [
        Waiting("objection", row.title, f"/notices/{row.id}", row.filed_at, rules.answer_due(row.filed_at))
        for row in rows
    ]


def _not_of(person: Person) -> ColumnElement[bool]:
    """Neither the person nor their household filed it, or has a part in the line that it is about."""
    about = NoticePart.notice_id == Objection.notice_id, NoticePart.line_key == Objection.line_key
    return and_(
        Objection.by_id != person.id,
        or_(Resident.household_id.is_(None), Resident.household_id != (person.household_id or 0)),
        ~queries.parts_of(person, *about).exists(),
    )


def pending(subject: ColumnElement[str], at: datetime) -> ColumnElement[bool]:
    """For another room's list: whether what hangs about this runs still, or is held by an objection."""
    filed = select(Objection.id).where(Objection.notice_id == Notice.id)
    open_now, goes_on = filed.where(_waits()), filed.join(ObjectionEnd).where(ObjectionEnd.line_ends_at > at, _counts())
    runs = or_(Notice.ends_at > at, open_now.exists(), goes_on.exists())
    return select(Notice.id).where(Notice.subject == subject, runs).exists()
