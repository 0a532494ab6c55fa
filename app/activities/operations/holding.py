"""Rows that an operation works on, kept from changing until its end."""

from __future__ import annotations

from sqlalchemy import select

from app.activities import searchable
from app.activities.models import Activity, Attendance, Shift, SignUp
from app.activities.queries import CANCELLED_AT
from app.activities.rules import Frame
from app.activities.spans import Span
from app.kit import search
from app.kit.db import db, locked
from app.places.models import Place


def held(activity_id: int, *, share: bool = False) -> tuple[Activity, Frame]:
    """An activity that nobody else changes until the end; with `share`, others may hold it the same way."""
    query = (
        select(Activity, Place.path, CANCELLED_AT)
        .join(Place, Place.id == Activity.place_id)
        .where(Activity.id == activity_id)
    )
    query = query.with_for_update(of=Activity, read=share).execution_options(populate_existing=True)
    activity, path, cancelled_at = db.session.execute(query).one()
    own = activity.community_id, activity.organiser_id, activity.age_from
    return activity, Frame(activity.state, path, *own, cancelled_at)


def make_findable(activity_id: int) -> None:
    """A search finds the activity as it is now, or not at all while it is not public."""
    db.session.flush()
    search.renew(searchable.KIND, activity_id, searchable.documents(only=activity_id))


def span_of(shift: Shift) -> Span:
    return Span(shift.starts_at, shift.ends_at, shift.capacity, shift.taken)


def sign_up_of(shift_id: int, resident_id: int) -> SignUp | None:
    """Somebody's sign-up for a shift, kept from changing until the end."""
    mine = select(SignUp).where(SignUp.shift_id == shift_id, SignUp.resident_id == resident_id)
    return db.session.scalar(locked(mine).execution_options(populate_existing=True))


def attendance_of(shift_id: int, resident_id: int) -> Attendance | None:
    return db.session.scalar(
        select(Attendance).where(Attendance.shift_id == shift_id, Attendance.resident_id == resident_id)
    )
