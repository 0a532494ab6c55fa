"""Reads of one notice and its lines. What stands, is held or is over is decided at reading."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.engine import Row
from sqlalchemy.orm import aliased

from app.kit.db import db
from app.kit.kept import cached_property
from app.kit.words import Words
from app.notices import rules
from app.notices.models import Notice, NoticeLine, NoticeLineEnd, NoticePart, Objection, ObjectionEnd
from app.people.models import Resident
from app.people.rules import Anyone
from app.places.models import Place

AnyRow = Row[*tuple[Any, ...]]
_Partaker = aliased(Resident)


@dataclass(frozen=True)
class Said:
    """One objection with its answer; who filed it is told to staff and to that person alone."""

    id: int
    line_key: str
    text: Words
    filed_by: int
    filed_by_household: int | None
    filer_name: str
    filed_at: datetime
    outcome: str | None
    answer: Words | None
    ended_at: datetime | None

    @property
    def heard(self) -> rules.Heard:
        return rules.Heard(self.filed_at, self.outcome, self.ended_at)

    @property
    def due_at(self) -> datetime:
        return rules.answer_due(self.filed_at)


@dataclass(frozen=True)
class Line:
    """One point with what was said against it, the oldest first."""

    key: str
    number: int
    text: Words
    state: str
    objections: Sequence[Said]
    ends_at: datetime | None = None  # of its own period, where that goes on; None while it is held


@dataclass(frozen=True)
class NoticeView:
    """A notice as it stands at one moment."""

    id: int
    subject: str
    title: Words
    href: str
    place_id: int
    place_path: str
    place: Words
    committee: Words | None
    days: int
    working: bool
    starts_at: datetime
    ends_at: datetime
    at: datetime
    lines: Sequence[Line]
    goes_on: bool = False

    @cached_property
    def state(self) -> str:
        return rules.notice_state(self.starts_at, self.ends_at, [one.state for one in self.lines], self.at)

    @property
    def is_settled(self) -> bool:
        """Over, with every objection answered: each line stands or has been upheld against."""
        return self.state == "over"

    @property
    def last_end(self) -> datetime:
        """When the last of its lines ends its period, as far as is known."""
        return max([self.ends_at, *(line.ends_at for line in self.lines if line.ends_at is not None)])

    @property
    def standing(self) -> list[Line]:
        return [line for line in self.lines if line.state == "clear"]


def notice_of(subject: str, at: datetime) -> NoticeView | None:
    """What was put up about this ("topic:12"), with its lines as they stand at that moment; two statements."""
    return _view(Notice.subject == subject, at)


def notice(notice_id: int, at: datetime) -> NoticeView | None:
    return _view(Notice.id == notice_id, at)


def _view(which: ColumnElement[bool], at: datetime) -> NoticeView | None:
    found = db.session.execute(
        select(
            Notice.id, Notice.subject, Notice.title, Notice.href, Notice.place_id, Notice.place_path, Notice.days,
            Notice.working, Notice.goes_on, Notice.starts_at, Notice.ends_at, Place.name.label("place"),
            Place.committee.label("committee"), NoticeLine.key, NoticeLine.number, NoticeLine.text,
            NoticeLineEnd.at.label("taken_back_at"),
        )
        .join(Place, Place.id == Notice.place_id)
        .join(NoticeLine, NoticeLine.notice_id == Notice.id)
        .outerjoin(NoticeLineEnd)
        .where(which)
        .order_by(NoticeLine.number)
    ).all()  # fmt: skip
    if not found:
        return None
    first = found[0]
    said = _said(first.id, at)
    lines = [_line(row, [one for one in said if one.line_key == row.key], at) for row in found]
    return NoticeView(
        id=first.id, subject=first.subject, title=first.title, href=first.href, place_id=first.place_id,
        place_path=first.place_path, place=first.place, committee=first.committee, days=first.days,
        working=first.working, goes_on=first.goes_on, starts_at=first.starts_at, ends_at=first.ends_at, at=at,
        lines=lines,
    )  # fmt: skip


def _line(row: AnyRow, objections: Sequence[Said], at: datetime) -> Line:
    if row.taken_back_at is not None and row.taken_back_at <= at:
        return Line(row.key, row.number, row.text, "taken_back", objections)
    heard = [one.heard for one in objections]
    own_end = rules.line_ends_at(row.ends_at, heard, at) if row.goes_on else None
    state = rules.line_state(own_end or row.ends_at, heard, at)
    return Line(row.key, row.number, row.text, state, objections, own_end)


def keys_of(notice_id: int) -> dict[str, datetime | None]:
    """The keys of its lines, with when a line was taken back."""
    query: Any = select(NoticeLine.key, NoticeLineEnd.at).outerjoin(NoticeLineEnd)
    return dict(db.session.execute(query.where(NoticeLine.notice_id == notice_id)).all())


def own_lines(person: Anyone, notice_id: int) -> frozenset[str]:
    """The keys of the lines in which this person or their household has a part; a stranger has none."""
    if person.id is None:
        return frozenset()
    return frozenset(db.session.scalars(parts_of(person, NoticePart.notice_id == notice_id)))


def parts_of(person: Anyone, *which: ColumnElement[bool]) -> Select[str]:
    """The line of each of these parts that is this person's, or of somebody they live or lived with.

    Households count as they were when the notice was put up, and as they are now.
    """
    mine = [NoticePart.resident_id == person.id]
    if person.household_id is not None:
        mine += [one == person.household_id for one in (NoticePart.household_id, _Partaker.household_id)]
    query = select(NoticePart.line_key).outerjoin(_Partaker, _Partaker.id == NoticePart.resident_id)
    return query.where(*which, or_(*mine))


def takes_until(notice: Notice, line_key: str, at: datetime) -> datetime:
    """Until when this line takes objections: the end of the notice, or that of the line's own period."""
    heard = [one.heard for one in _said(notice.id, at) if one.line_key == line_key] if notice.goes_on else []
    return rules.line_ends_at(notice.ends_at, heard, at) or notice.ends_at


def line_ends_with(row: AnyRow, outcome: str, at: datetime) -> datetime | None:
    """When the line of this objection will end its period, now that it ends so; asked while the notice is locked."""
    others = [one.heard for one in _said(row.notice_id, at) if one.line_key == row.line_key and one.id != row.id]
    return rules.line_ends_at(row.ends_at, [*others, rules.Heard(row.filed_at, outcome, at)], at)


def lines_of(subjects: Collection[str], keys: Collection[str], at: datetime) -> dict[tuple[str, str], Line]:
    """These lines of several notices as they stand, by subject and key; two statements."""
    wanted = Notice.subject.in_(subjects), NoticeLine.key.in_(keys)
    columns: tuple[Any, ...] = (
        Notice.id, Notice.subject, Notice.ends_at, Notice.goes_on, NoticeLine.key, NoticeLine.number, NoticeLine.text,
        NoticeLineEnd.at.label("taken_back_at"),
    )  # fmt: skip
    query = select(*columns).join(NoticeLine, NoticeLine.notice_id == Notice.id).outerjoin(NoticeLineEnd)
    rows = db.session.execute(query.where(*wanted)).all()
    filed = Objection.notice_id.in_({row.id for row in rows}), Objection.line_key.in_(keys), Objection.filed_at <= at
    said: dict[tuple[int, str], list[Said]] = defaultdict(list)
    for one in db.session.execute(_objections().where(*filed)) if rows else ():
        said[one.notice_id, one.line_key].append(said_of(one, at))
    return {(row.subject, row.key): _line(row, said[row.id, row.key], at) for row in rows}


def _said(notice_id: int, at: datetime) -> list[Said]:
    """The objections filed by that moment, each with its end if it had come by then."""
    rows = db.session.execute(_objections().where(Objection.notice_id == notice_id, Objection.filed_at <= at))
    return [said_of(row, at) for row in rows]


def _objections() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Objection.id, Objection.notice_id, Objection.line_key, Objection.text, Objection.by_id, Objection.filed_at,
            Resident.household_id, (Resident.family_name + Resident.given_name).label("filer_name"),
            ObjectionEnd.outcome, ObjectionEnd.text.label("answer"), ObjectionEnd.at.label("ended_at"),
        )
        .join(Resident, Resident.id == Objection.by_id)
        .outerjoin(ObjectionEnd, ObjectionEnd.objection_id == Objection.id)
        .order_by(Objection.filed_at, Objection.id)
    )  # fmt: skip


def said_of(row: AnyRow, at: datetime) -> Said:
    ended = row.ended_at is not None and row.ended_at <= at
    return Said(
        id=row.id, line_key=row.line_key, text=row.text, filed_by=row.by_id, filed_by_household=row.household_id,
        filer_name=row.filer_name, filed_at=row.filed_at, outcome=row.outcome if ended else None,
        answer=row.answer if ended else None, ended_at=row.ended_at if ended else None,
    )  # fmt: skip


def objection(objection_id: int) -> AnyRow | None:
    """One objection with its notice, how it ended, and when its line was taken back; of each the columns below."""
    return db.session.execute(
        select(
            Objection.id, Objection.notice_id, Objection.line_key, Objection.by_id, Objection.filed_at,
            Resident.household_id, ObjectionEnd.outcome, Notice.goes_on, Notice.ends_at, Notice.place_id,
            Notice.place_path, Notice.subject, Notice.title, Notice.href, NoticeLineEnd.at.label("taken_back_at"),
        )
        .join(Notice, Notice.id == Objection.notice_id)
        .join(Resident, Resident.id == Objection.by_id)
        .outerjoin(ObjectionEnd, ObjectionEnd.objection_id == Objection.id)
        .outerjoin(NoticeLineEnd, of_its_line())
        .where(Objection.id == objection_id)
    ).one_or_none()  # fmt: skip


def of_its_line() -> ColumnElement[bool]:
    """The end of the line that an objection is about."""
    return and_(NoticeLineEnd.notice_id == Objection.notice_id, NoticeLineEnd.line_key == Objection.line_key)
