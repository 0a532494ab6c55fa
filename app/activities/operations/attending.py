"""Coming and going, and hours: by the code on the screen, or by hand for those without it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.activities import codes, rules
from app.activities.events import CheckedIn, HoursConfirmed
from app.activities.models import Activity, Attendance, Shift, SignUp
from app.activities.operations.holding import attendance_of, held, sign_up_of, span_of
from app.activities.rules import Frame
from app.activities.spans import served, takes_check_ins
from app.kit import audit
from app.kit.bus import announce
from app.kit.db import db, locked
from app.kit.refusal import refuse_if
from app.people.models import Resident
from app.people.rules import Person


def check_in(activity_id: int, *, code: str, secret: bytes, by: Person, at: datetime) -> Attendance:
    """Come by the code on the screen. The code tells which of the person's shifts is meant; each counts once."""
    activity = db.session.get_one(Activity, activity_id)
    query = (
        select(SignUp)
        .join(Shift, Shift.id == SignUp.shift_id)
        .where(Shift.activity_id == activity_id, SignUp.resident_id == by.id, SignUp.state == "confirmed")
        .order_by(Shift.starts_at, Shift.id)
    )
    for mine in db.session.scalars(query.with_for_update(of=SignUp)).all():
        shift = db.session.get_one(Shift, mine.shift_id)
        in_time = takes_check_ins(span_of(shift), at=at) and activity.state == "open"
        if codes.fits(code, shift.id, at, secret) and in_time:
            return _let_in(shift, by.id, "code", at)
    refuse_if(rules.code_refusal())
    raise AssertionError("unreachable")


def _let_in(shift: Shift, resident_id: int, method: str, at: datetime) -> Attendance:
    earlier = attendance_of(shift.id, resident_id)
    if earlier is not None:
        refuse_if(rules.again_refusal(earlier.checked_in_at))
    came = Attendance(shift_id=shift.id, resident_id=resident_id, checked_in_at=at, method=method)
    db.session.add(came)
    db.session.flush()
    announce(CheckedIn(came.id, shift.activity_id, shift.id, resident_id, method, at))
    return came


def tick(shift_id: int, resident_id: int, *, by: Person, at: datetime) -> Attendance:
    """Tick somebody off the roster by hand."""
    shift = db.session.get_one(Shift, shift_id)
    activity, frame = run_by(by, shift.activity_id)
    theirs = sign_up_of(shift_id, resident_id)
    refuse_if(rules.tick_refusal(theirs.state if theirs else None, frame, span_of(shift), at=at))
    came = _let_in(shift, resident_id, "roster", at)
    audited("activities.tick", activity, resident_id, by, at)
    return came


def run_by(person: Person, activity_id: int) -> tuple[Activity, Frame]:
    """The activity, for somebody who may stand at its screen."""
    activity, frame = held(activity_id, share=True)
    refuse_if(rules.run_refusal(person, frame))
    return activity, frame


def audited(act: str, activity: Activity, resident_id: int, by: Person, at: datetime) -> None:
    subject = f"activity:{activity.id}"
    audit.note(act, subject, actor_id=by.id, at=at, place_id=activity.place_id, resident=resident_id)


def check_out(activity_id: int, *, by: Person, at: datetime) -> Attendance:
    """Leave: the last check-in of this person to the activity gets its end and its minutes."""
    query = (
        select(Attendance)
        .join(Shift, Shift.id == Attendance.shift_id)
        .where(Shift.activity_id == activity_id, Attendance.resident_id == by.id)
        .order_by(Attendance.checked_in_at.desc(), Attendance.id.desc())
        .limit(1)
    )
    mine = db.session.scalar(query.with_for_update(of=Attendance).execution_options(populate_existing=True))
    refuse_if(rules.out_refusal(mine.checked_out_at if mine else None, known=mine is not None))
    assert mine is not None
    return _let_out(mine, db.session.get_one(Shift, mine.shift_id), at)


def _let_out(attendance: Attendance, shift: Shift, at: datetime) -> Attendance:
    attendance.checked_out_at = at
    attendance.minutes = served(span_of(shift), attendance.checked_in_at, at)
    db.session.flush()
    return attendance


def see_off(attendance_id: int, *, by: Person, at: datetime) -> Attendance:
    """Check somebody out by hand. After the end of the shift its end counts: nobody saw when they left."""
    attendance, shift = _came(attendance_id)
    activity, _ = run_by(by, shift.activity_id)
    refuse_if(rules.out_refusal(attendance.checked_out_at, known=True))
    _let_out(attendance, shift, max(attendance.checked_in_at, min(at, shift.ends_at)))
    audited("activities.see_off", activity, attendance.resident_id, by, at)
    return attendance


def _came(attendance_id: int) -> tuple[Attendance, Shift]:
    query = locked(select(Attendance).where(Attendance.id == attendance_id)).execution_options(populate_existing=True)
    attendance = db.session.scalars(query).one()
    return attendance, db.session.get_one(Shift, attendance.shift_id)


def confirm_hours(attendance_id: int, *, by: Person, at: datetime) -> Attendance:
    """Confirm somebody's minutes; what follows (points, honour) follows once, however often this is done."""
    attendance, shift = _came(attendance_id)
    activity, frame = held(shift.activity_id, share=True)
    refuse_if(rules.hours_refusal(by, frame, span_of(shift)))
    household_id = db.session.get_one(Resident, attendance.resident_id).household_id
    refuse_if(rules.confirm_refusal(by, attendance.resident_id, household_id, attendance.minutes))
    if attendance.confirmed_at is None:
        _confirm(attendance, shift, activity, by, at)
    return attendance


def _confirm(attendance: Attendance, shift: Shift, activity: Activity, by: Person, at: datetime) -> None:
    attendance.confirmed_at, attendance.confirmed_by = at, by.id
    db.session.flush()
    audited("activities.confirm_hours", activity, attendance.resident_id, by, at)
    announce(
        HoursConfirmed(
            attendance.id, activity.id, shift.id, attendance.resident_id, attendance.minutes or 0, activity.tariff_code,
            tuple(activity.marks), attendance.resident_id == shift.in_charge_id, shift.starts_at, by.id, at,
        )
    )  # fmt: skip


def confirm_all(shift_id: int, *, by: Person, at: datetime) -> int:
    """Confirm everybody who has checked out of this shift but oneself and one's household; how many were new."""
    shift = db.session.get_one(Shift, shift_id)
    activity, frame = held(shift.activity_id, share=True)
    refuse_if(rules.hours_refusal(by, frame, span_of(shift)))
    waiting = (
        select(Attendance)
        .join(Resident, Resident.id == Attendance.resident_id)
        .where(
            Attendance.shift_id == shift_id,
            Attendance.checked_out_at.is_not(None),
            Attendance.confirmed_at.is_(None),
            Attendance.resident_id != by.id,
            Resident.household_id.is_distinct_from(by.household_id),
        )
    )
    # What is earned locks households: in the order of their ids, or two lists could wait for each other in a circle.
    by_household = waiting.order_by(Resident.household_id, Attendance.id)
    found = db.session.scalars(by_household.with_for_update(of=Attendance)).all()
    for attendance in found:
        _confirm(attendance, shift, activity, by, at)
    return len(found)


def note_absence(shift_id: int, resident_id: int, *, by: Person, at: datetime) -> SignUp:
    """Note that somebody who held a place did not come."""
    shift = db.session.get_one(Shift, shift_id)
    activity, frame = run_by(by, shift.activity_id)
    theirs = sign_up_of(shift_id, resident_id)
    came = attendance_of(shift_id, resident_id) is not None
    refuse_if(rules.absence_refusal(theirs.state if theirs else None, frame, span_of(shift), came=came, at=at))
    assert theirs is not None
    theirs.state = "no-show"
    audited("activities.note_absence", activity, resident_id, by, at)
    return theirs
