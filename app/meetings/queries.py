"""Reads of meetings. Where one stands is decided at reading."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, exists, false, func, literal, or_, select
from sqlalchemy.engine import Row

from app.kit.db import db
from app.kit.paging import Slice, slice_of
from app.kit.tasks import Waiting
from app.kit.uploads import Upload
from app.kit.words import Words
from app.meetings import rules
from app.meetings.models import AgendaItem, Conclusion, Meeting, MeetingMove, MeetingSignUp, Minutes, Presence
from app.people.models import Household, Resident
from app.people.names import plain_phone
from app.people.rules import Person
from app.places.models import Place

AnyRow = Row[*tuple[Any, ...]]
MOST_TASKS = 20
LONGEST_OWED = timedelta(days=366)  # what nobody wrote down within a year nobody will
_NAMES = Resident.family_name, Resident.given_name, Resident.family_name_en


def _rows() -> Select[*tuple[Any, ...]]:
    moved = exists().where(MeetingMove.meeting_id == Meeting.id)
    minutes = exists().where(Minutes.meeting_id == Meeting.id)
    return select(
        Meeting.id, Meeting.kind, Meeting.subject, Meeting.href, Meeting.title, Meeting.place_id, Meeting.place_path,
        Meeting.venue, Meeting.starts_at, Meeting.ends_at, Meeting.capacity, Meeting.taken, Meeting.called_at,
        Meeting.cancelled_at, Meeting.cancelled_why, Place.name.label("place"), Place.committee,
        moved.label("moved"), minutes.label("minutes"),
    ).join(Place, Place.id == Meeting.place_id)  # fmt: skip


def state_of(row: Any, at: datetime) -> str:
    """Where a row of these reads stands at that moment."""
    return rules.state_at(
        row.starts_at, row.ends_at, at, cancelled=row.cancelled_at is not None, moved=row.moved, minutes=row.minutes
    )


def meetings(kinds: Collection[str], *, path: str, tab: str, at: datetime, after: str | None) -> Slice:
    """One page of the meetings at a place, below it or above it ("" for all).

    `coming`: what has not ended yet, the next first. `past`: the latest first.
    """
    query: Any = _rows().where(Meeting.kind.in_(kinds))
    if path:
        below = Meeting.place_path.startswith(path, autoescape=True)
        query = query.where(or_(below, literal(path).startswith(Meeting.place_path)))
    if tab == "past":
        return slice_of(query.where(Meeting.ends_at <= at), Meeting.starts_at, Meeting.id, after=after)
    return slice_of(query.where(Meeting.ends_at > at), Meeting.starts_at, Meeting.id, after=after, ascending=True)


def meeting(meeting_id: int) -> AnyRow | None:
    """One meeting; None when there is none."""
    return db.session.execute(_rows().where(Meeting.id == meeting_id)).one_or_none()


def meetings_of(subject: str) -> Sequence[AnyRow]:
    """All meetings about this ("topic:12"), the next or latest first."""
    return db.session.execute(
        _rows().where(Meeting.subject == subject).order_by(Meeting.starts_at.desc(), Meeting.id.desc()).limit(20)
    ).all()


def agenda(meeting_id: int) -> list[Words]:
    query = select(AgendaItem.text).where(AgendaItem.meeting_id == meeting_id).order_by(AgendaItem.number)
    return list(db.session.scalars(query))


def moves(meeting_id: int) -> Sequence[AnyRow]:
    """How often it was put off, oldest first: at, from_starts_at, to_starts_at, why."""
    return db.session.execute(
        select(MeetingMove.at, MeetingMove.from_starts_at, MeetingMove.to_starts_at, MeetingMove.why)
        .where(MeetingMove.meeting_id == meeting_id)
        .order_by(MeetingMove.id)
    ).all()


def minutes(meeting_id: int) -> Sequence[AnyRow]:
    """All texts of its minutes, the one that counts first: id, number, text, corrects, published_at, and the file."""
    return db.session.execute(
        select(
            Minutes.id, Minutes.number, Minutes.text, Minutes.corrects, Minutes.published_at, Minutes.upload_id,
            Upload.name.label("file"), Upload.size,
        )
        .outerjoin(Upload, Upload.id == Minutes.upload_id)
        .where(Minutes.meeting_id == meeting_id)
        .order_by(Minutes.number.desc())
    ).all()  # fmt: skip


def conclusions(meeting_ids: Collection[int]) -> dict[int, list[Words]]:
    """What each of these meetings agreed on, by the minutes that count."""
    if not meeting_ids:
        return {}
    last = (
        select(func.max(Minutes.id).label("id"))
        .where(Minutes.meeting_id.in_(meeting_ids))
        .group_by(Minutes.meeting_id)
        .subquery()
    )
    found: dict[int, list[Words]] = {}
    for meeting_id, text in db.session.execute(
        select(Minutes.meeting_id, Conclusion.text)
        .join(last, last.c.id == Minutes.id)
        .join(Conclusion, Conclusion.minutes_id == Minutes.id)
        .order_by(Minutes.meeting_id, Conclusion.number)
    ):
        found.setdefault(meeting_id, []).append(text)
    return found


def agreed(meeting_id: int) -> dict[int, list[Words]]:
    """What a meeting agreed on, by each text of its minutes."""
    found: dict[int, list[Words]] = {}
    for minutes_id, text in db.session.execute(
        select(Conclusion.minutes_id, Conclusion.text)
        .join(Minutes, Minutes.id == Conclusion.minutes_id)
        .where(Minutes.meeting_id == meeting_id)
        .order_by(Conclusion.minutes_id, Conclusion.number)
    ):
        found.setdefault(minutes_id, []).append(text)
    return found


def has_file(meeting_id: int, upload_id: int) -> bool:
    return any(one.upload_id == upload_id for one in minutes(meeting_id))


def sign_up_of(meeting_id: int, resident_id: int | None) -> MeetingSignUp | None:
    """The sign-up of this resident, withdrawn or not."""
    return None if resident_id is None else db.session.get(MeetingSignUp, (meeting_id, resident_id))


def signed_up(meeting_id: int) -> Sequence[AnyRow]:
    """Who means to come, with the question they bring, by their names; for staff."""
    return db.session.execute(
        select(Resident.id, *_NAMES, Household.door, MeetingSignUp.question, MeetingSignUp.signed_at)
        .join(Resident, Resident.id == MeetingSignUp.resident_id)
        .outerjoin(Household, Household.id == Resident.household_id)
        .where(MeetingSignUp.meeting_id == meeting_id, MeetingSignUp.withdrawn_at.is_(None))
        .order_by(Resident.family_name, Resident.given_name, Resident.id)
    ).all()


def signed_up_ids(meeting_id: int) -> tuple[int, ...]:
    """Who means to come."""
    query = select(MeetingSignUp.resident_id).where(
        MeetingSignUp.meeting_id == meeting_id, MeetingSignUp.withdrawn_at.is_(None)
    )
    return tuple(db.session.scalars(query.order_by(MeetingSignUp.resident_id)))


def present(meeting_id: int) -> Sequence[AnyRow]:
    """Who was there, as they were noted; for staff."""
    return db.session.execute(
        select(Presence.id, Presence.resident_id, Presence.guest, Presence.part, Presence.marked_at, *_NAMES)
        .outerjoin(Resident, Resident.id == Presence.resident_id)
        .where(Presence.meeting_id == meeting_id)
        .order_by(Presence.marked_at, Presence.id)
    ).all()


def who_noted(meeting_id: int) -> dict[int, int | None]:
    """The residents who were there, each with who noted them, in the order of their households: what they earn locks
    those.
    """
    query = select(Resident.id, Presence.by_id).join(Presence, Presence.resident_id == Resident.id)
    query = query.where(Presence.meeting_id == meeting_id).order_by(Resident.household_id, Resident.id)
    return {row.id: row.by_id for row in db.session.execute(query)}


def present_parts(meeting_id: int) -> dict[str, int]:
    """How many were there, by the part they came in."""
    return dict(
        db.session.execute(
            select(Presence.part, func.count()).where(Presence.meeting_id == meeting_id).group_by(Presence.part)
        ).all()
    )


def is_present(meeting_id: int) -> bool:
    """Whether anybody was noted as present."""
    return db.session.scalar(select(exists().where(Presence.meeting_id == meeting_id))) or False


def who_goes_by(typed: str, place_path: str) -> Sequence[AnyRow]:
    """Residents of a place by telephone or full name, as somebody at the door says it: id, names, door."""
    name = "".join(typed.split())
    return db.session.execute(
        select(Resident.id, *_NAMES, Household.door, Resident.household_id)
        .join(Household, Household.id == Resident.household_id)
        .join(Place, Place.id == Household.group_id)
        .where(
            Place.path.startswith(place_path, autoescape=True), Resident.disabled_at.is_(None),
            or_(Resident.phone == plain_phone(typed), Resident.family_name + Resident.given_name == name),
        )
        .order_by(Resident.id)
        .limit(10)
    ).all()  # fmt: skip


def places_to_call_for(person: Person) -> Sequence[AnyRow]:
    """Where somebody may call a meeting: the places they work for, down to the compounds; their own first."""
    reaches = [Place.path.startswith(path, autoescape=True) for path in person.reaches(*rules.STAFF)]
    broad = Place.kind.in_(("street", "community", "village", "compound", "hamlet"))
    return db.session.execute(
        select(Place.id, Place.name, Place.path).where(broad, or_(false(), *reaches)).order_by(Place.path).limit(100)
    ).all()


def tasks_for(person: Person, at: datetime) -> list[Waiting]:
    """Meetings of this person's places that have ended and owe their minutes; the first due first."""
    mine = [Meeting.place_path.startswith(path, autoescape=True) for path in person.reaches(*rules.STAFF)]
    if not mine:
        return []
    owing = and_(
        Meeting.ends_at <= at, Meeting.ends_at > at - LONGEST_OWED, Meeting.cancelled_at.is_(None),
        ~exists().where(Minutes.meeting_id == Meeting.id),
    )  # fmt: skip
    rows = db.session.execute(
        select(Meeting.id, Meeting.title, Meeting.ends_at)
        .where(owing, or_(*mine))
        .order_by(Meeting.ends_at, Meeting.id)
        .limit(MOST_TASKS)
    )
    return [
        Waiting("minutes", row.title, f"/sittings/{row.id}", row.ends_at, rules.minutes_due(row.ends_at))
        for row in rows
    ]
