"""Reads of activities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, null, or_, select, union_all

from app.activities.life import PUBLIC_STATES
from app.activities.models import Activity, ActivityChange, Attendance, Shift, SignUp
from app.activities.rules import PUBLISHER_ROLES, STAFF_ROLES, Frame, may_see
from app.activities.spans import Span
from app.kit.db import db
from app.kit.paging import Slice, slice_of
from app.kit.words import Words
from app.people.models import Resident
from app.people.rules import Anyone, Person
from app.places.models import Place, Spot

Line = Any  # a row of named columns
Rows = Sequence[Line]

PLACES_WITH_ACTIVITIES = ("street", "community", "village", "compound", "hamlet")


# When an activity was called off; nothing for any other.
CANCELLED_AT: Any = (
    select(func.max(ActivityChange.at))
    .where(ActivityChange.activity_id == Activity.id, ActivityChange.became == "cancelled")
    .correlate(Activity)
    .scalar_subquery()
    .label("cancelled_at")
)


@dataclass(frozen=True)
class Detail:
    """One activity as its pages show it; `frame` for the rules."""

    row: Line
    frame: Frame
    shifts: Rows

    @property
    def spans(self) -> list[Span]:
        return [span_of(shift) for shift in self.shifts]


def span_of(shift: Line) -> Span:
    return Span(shift.starts_at, shift.ends_at, shift.capacity, shift.taken)


def activity_for(person: Anyone, activity_id: int) -> Detail | None:
    """The activity with its shifts, when this person may see it."""
    query = (
        select(
            Activity.id, Activity.kind, Activity.title, Activity.description, Activity.organisation, Activity.state,
            Activity.tariff_code, Activity.marks, Activity.age_from, Activity.report, Activity.community_id,
            Activity.organiser_id, Activity.source, Place.path, Place.name.label("place_name"),
            Spot.name.label("spot_name"), Resident.family_name, Resident.family_name_en, CANCELLED_AT,
        )
        .join(Place, Place.id == Activity.place_id)
        .outerjoin(Spot, Spot.id == Activity.spot_id)
        .outerjoin(Resident, Resident.id == Activity.organiser_id)
        .where(Activity.id == activity_id)
    )  # fmt: skip
    row = db.session.execute(query).one_or_none()
    if row is None:
        return None
    frame = Frame(row.state, row.path, row.community_id, row.organiser_id, row.age_from, row.cancelled_at)
    return Detail(row, frame, shifts_of(activity_id)) if may_see(person, frame) else None


def shifts_of(activity_id: int) -> Rows:
    columns = Shift.id, Shift.starts_at, Shift.ends_at, Shift.capacity, Shift.minimum, Shift.taken, Shift.in_charge_id
    query = select(*columns).where(Shift.activity_id == activity_id)
    return db.session.execute(query.order_by(Shift.starts_at, Shift.id).limit(500)).all()


def places_of(person: Anyone, activity_id: int) -> dict[int, Line]:
    """What this person has to do with each shift: sign-up state, check-in and check-out, minutes, whether confirmed."""
    query = (
        select(
            SignUp.shift_id, SignUp.state, Attendance.checked_in_at, Attendance.checked_out_at, Attendance.minutes,
            Attendance.confirmed_at,
        )
        .join(Shift, Shift.id == SignUp.shift_id)
        .outerjoin(
            Attendance, and_(Attendance.shift_id == SignUp.shift_id, Attendance.resident_id == SignUp.resident_id)
        )
        .where(Shift.activity_id == activity_id, SignUp.resident_id == person.id)
    )  # fmt: skip
    return {row.shift_id: row for row in db.session.execute(query)}


def neighbours(activity_id: int, but: int | None, *, at: datetime) -> Rows:
    """Who else is signed up for what is still to come: family names only, for masking."""
    query = (
        select(Resident.id, Resident.family_name, Resident.family_name_en)
        .join(SignUp, SignUp.resident_id == Resident.id)
        .join(Shift, Shift.id == SignUp.shift_id)
        .where(Shift.activity_id == activity_id, Shift.ends_at > at, SignUp.state == "confirmed", Resident.id != but)
    )
    return db.session.execute(query.distinct().order_by(Resident.id).limit(40)).all()


def timeline(activity_id: int) -> Rows:
    columns = ActivityChange.was, ActivityChange.became, ActivityChange.why, ActivityChange.at
    query = select(*columns).where(ActivityChange.activity_id == activity_id)
    return db.session.execute(query.order_by(ActivityChange.id)).all()


def roster(shift_id: int) -> Rows:
    """Everybody with a place on the shift, in the order of the family name, with when they came and left."""
    query = (
        select(
            Resident.id, Resident.family_name, Resident.given_name, Resident.household_id, SignUp.state,
            SignUp.id.label("sign_up_id"), Attendance.id.label("attendance_id"), Attendance.checked_in_at,
            Attendance.checked_out_at, Attendance.method, Attendance.minutes, Attendance.confirmed_at,
        )
        .join(SignUp, SignUp.resident_id == Resident.id)
        .outerjoin(Attendance, and_(Attendance.shift_id == shift_id, Attendance.resident_id == Resident.id))
        .where(SignUp.shift_id == shift_id, SignUp.state != "cancelled")
        .order_by(Attendance.checked_in_at.is_(None), Attendance.checked_in_at, SignUp.id)
    )  # fmt: skip
    return db.session.execute(query.limit(500)).all()


def _next_shift(at: datetime) -> Any:
    """Of each activity the shift that ends next, how many more there are, and the free places on all of them."""
    every: Any = {"partition_by": Shift.activity_id}
    return (
        select(
            Shift.activity_id, Shift.id.label("shift_id"), Shift.starts_at, Shift.ends_at, Shift.capacity, Shift.taken,
            func.row_number().over(**every, order_by=(Shift.starts_at, Shift.id)).label("rank"),
            func.count().over(**every).label("shifts"),
            func.sum(Shift.capacity - Shift.taken).over(**every).label("left"),
        )
        .where(Shift.ends_at > at)
        .subquery()
    )  # fmt: skip


_CARD = (
    Activity.id, Activity.title, Activity.kind, Activity.state, Activity.organisation, Activity.tariff_code,
    Activity.age_from, Place.name.label("place_name"), Spot.name.label("spot_name"),
)  # fmt: skip


def _cards(*more: Any) -> Select[Any]:
    return select(*_CARD, *more).join(Place, Place.id == Activity.place_id).outerjoin(Spot, Spot.id == Activity.spot_id)


def _coming(at: datetime) -> tuple[Select[Any], Any]:
    shift = _next_shift(at)
    more = [shift.c[name] for name in ("shift_id", "starts_at", "ends_at", "capacity", "taken", "shifts", "left")]
    query = _cards(*more).join(shift, and_(shift.c.activity_id == Activity.id, shift.c.rank == 1))
    return query.where(Activity.state == "open"), shift


def menu(*, kind: str | None, community_id: int | None, after: str | None, at: datetime) -> Slice:
    """What is open and not over, soonest first; of a community with what belongs to the whole street."""
    query, shift = _coming(at)
    query = query.where(*_of(kind, community_id))
    return slice_of(query, shift.c.starts_at, Activity.id, after=after, ascending=True)


def past(*, kind: str | None, community_id: int | None, after: str | None, at: datetime) -> Slice:
    """What is over or was called off, latest first."""
    query = _cards(Activity.starts_at, Activity.ends_at).where(
        Activity.state.in_(PUBLIC_STATES),
        or_(Activity.ends_at <= at, Activity.state != "open"),
        *_of(kind, community_id),
    )
    return slice_of(query, Activity.ends_at, Activity.id, after=after)


def _of(kind: str | None, community_id: int | None) -> list[ColumnElement[bool]]:
    wanted = [Activity.kind == kind] if kind else []
    if community_id is not None:
        wanted.append(or_(Activity.community_id == community_id, Activity.community_id.is_(None)))
    return wanted


def waiting(person: Person) -> Rows:
    """What this person works on and nobody else sees yet: drafts and what awaits approval."""
    query = _cards(Activity.starts_at).where(Activity.state.in_(("draft", "review")), _worked_on(person))
    return db.session.execute(query.order_by(Activity.starts_at, Activity.id).limit(50)).all()


def _worked_on(person: Person, *, own: bool = True) -> ColumnElement[bool]:
    """Activities that this person organises, or whose place a staff role of theirs reaches."""
    reached = [Place.path.startswith(path, autoescape=True) for path in person.reaches(*STAFF_ROLES)]
    planned = [Place.path.startswith(path, autoescape=True) for path in person.reaches(*PUBLISHER_ROLES)]
    mine = and_(Activity.organiser_id == person.id, or_(*planned, literal(False)))
    return or_(mine if own else literal(False), *reached)


def my_shifts(person: Person, at: datetime, *, limit: int = 5) -> Rows:
    """The shifts somebody has a place on and that are not over, soonest first; for the front page."""
    query = (
        select(
            Shift.id.label("shift_id"), Activity.id.label("activity_id"), Activity.title, Shift.starts_at,
            Shift.ends_at, Spot.name.label("spot_name"), Place.name.label("place_name"), Attendance.checked_in_at,
            Attendance.checked_out_at,
        )
        .join(SignUp, SignUp.shift_id == Shift.id)
        .join(Activity, Activity.id == Shift.activity_id)
        .join(Place, Place.id == Activity.place_id)
        .outerjoin(Spot, Spot.id == Activity.spot_id)
        .outerjoin(
            Attendance, and_(Attendance.shift_id == Shift.id, Attendance.resident_id == SignUp.resident_id)
        )
        .where(SignUp.resident_id == person.id, SignUp.state == "confirmed", Activity.state == "open")
        .where(Shift.ends_at > at)
    )  # fmt: skip
    return db.session.execute(query.order_by(Shift.starts_at, Shift.id).limit(limit)).all()


def coming_up(path: str, at: datetime, *, limit: int = 3) -> Rows:
    """What is coming at or below a place, and above it; everywhere for an empty path. For the front page."""
    query, shift = _coming(at)
    if path:
        above = [int(part) for part in path.split("/") if part]
        query = query.where(or_(Place.path.startswith(path, autoescape=True), Place.id.in_(above)))
    return db.session.execute(query.order_by(shift.c.starts_at, Activity.id).limit(limit)).all()


@dataclass(frozen=True)
class Waiting:
    """Something for the work list: an activity to approve (`review`), or hours of a shift to confirm (`hours`)."""

    kind: str
    activity_id: int
    title: Words
    since: datetime
    number: int
    shift_id: int | None = None


def waiting_for_staff(person: Person, at: datetime) -> list[Waiting]:
    """What waits for this person, oldest first: reviews at their places, and hours where they run the activity."""
    handed_in = func.max(ActivityChange.at).label("since")
    one = literal(1).label("number"), null().label("shift_id")
    reviews: Any = (
        select(literal("review").label("kind"), Activity.id.label("activity_id"), Activity.title, handed_in, *one)
        .join(Place, Place.id == Activity.place_id)
        .join(ActivityChange, and_(ActivityChange.activity_id == Activity.id, ActivityChange.became == "review"))
        .where(Activity.state == "review", Activity.ends_at > at, _worked_on(person, own=False))
        .group_by(Activity.id)
    )
    still_counts = or_(Activity.state.in_(("open", "reported")), Shift.ends_at <= CANCELLED_AT.element)
    open_hours: Any = (
        select(
            literal("hours"),
            Activity.id,
            Activity.title,
            func.min(Attendance.checked_out_at),
            func.count(),
            func.min(Shift.id),
        )
        .join(Shift, Shift.activity_id == Activity.id)
        .join(Attendance, Attendance.shift_id == Shift.id)
        .join(Place, Place.id == Activity.place_id)
        .join(Resident, Resident.id == Attendance.resident_id)
        .where(Attendance.checked_out_at.is_not(None), Attendance.confirmed_at.is_(None), still_counts)
        .where(Resident.household_id.is_distinct_from(person.household_id))
        .where(Attendance.resident_id != person.id, _worked_on(person))
        .group_by(Activity.id)
    )
    both = union_all(reviews, open_hours)
    return [Waiting(*row) for row in db.session.execute(both.order_by("since", "activity_id").limit(100))]


def attendance_id(shift_id: int, resident_id: int) -> int | None:
    mine = Attendance.shift_id == shift_id, Attendance.resident_id == resident_id
    return db.session.scalar(select(Attendance.id).where(*mine))


def places_below(paths: Sequence[str]) -> Rows:
    """The street, communities and compounds at or below one of these places."""
    reached = [Place.path.startswith(path, autoescape=True) for path in paths]
    query = select(Place.id, Place.name).where(Place.kind.in_(PLACES_WITH_ACTIVITIES), or_(literal(False), *reached))
    return db.session.execute(query.order_by(Place.path).limit(200)).all()


def spots_below(paths: Sequence[str]) -> Rows:
    """Where people can meet at or below one of these places."""
    reached = [Place.path.startswith(path, autoescape=True) for path in paths]
    query = select(Spot.id, Spot.name).join(Place, Place.id == Spot.place_id).where(or_(literal(False), *reached))
    return db.session.execute(query.order_by(Spot.id).limit(200)).all()


def path_of_attendance(attendance_id: int) -> str | None:
    """The page of the activity that somebody came to."""
    found = db.session.scalar(select(Shift.activity_id).join(Attendance).where(Attendance.id == attendance_id))
    return f"/activities/{found}" if found else None
