"""Taking a place on a shift, and giving it up."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Update, select, update

from app.activities import absences, rules
from app.activities.models import Activity, Shift, SignUp
from app.activities.operations.holding import attendance_of, held, sign_up_of, span_of
from app.activities.spans import ONE_DAY
from app.kit.db import db, locked
from app.kit.refusal import refuse_if
from app.people.models import Resident
from app.people.rules import Person


def sign_up(shift_id: int, *, by: Person, at: datetime) -> SignUp:
    """Take a place. The count in the row of the shift has the last word: it only grows while it is below capacity."""
    shift = db.session.get_one(Shift, shift_id)
    # Called off at the same moment, one of the two waits; others may sign up meanwhile.
    _, frame = held(shift.activity_id, share=True)
    refuse_if(rules.sign_up_refusal(by, frame, span_of(shift), at=at))
    # Two sign-ups of one person wait for each other here, so that the overlap is read after the first.
    db.session.execute(locked(select(Resident.id).where(Resident.id == by.id)))
    mine = sign_up_of(shift_id, by.id)
    refuse_if(rules.pause_refusal(absences.paused_until(by, at), at=at))
    refuse_if(rules.already_refusal(mine.state if mine else None))
    _refuse_overlap(shift, by)
    if not _take_place(shift_id):
        refuse_if(rules.full_refusal())
    if mine is None:
        mine = SignUp(shift_id=shift_id, resident_id=by.id)
        db.session.add(mine)
    mine.state, mine.signed_up_at = "confirmed", at
    db.session.flush()
    return mine


def _take_place(shift_id: int) -> bool:
    guard = Shift.id == shift_id, Shift.taken < Shift.capacity
    return _count(update(Shift).where(*guard).values(taken=Shift.taken + 1)) == 1


def _count(statement: Update) -> int:
    """How many rows a statement changed; what the session holds of them is read again when it is needed."""
    result: Any = db.session.execute(statement.execution_options(synchronize_session=False))
    db.session.expire_all()
    return int(result.rowcount)


def _refuse_overlap(shift: Shift, person: Person) -> None:
    """One person is in one place at a time; an offer that stands for days is no such time."""
    if shift.ends_at - shift.starts_at > ONE_DAY:
        return
    query = (
        select(Activity.title, Shift.starts_at, Shift.ends_at)
        .join(Shift, Shift.activity_id == Activity.id)
        .join(SignUp, SignUp.shift_id == Shift.id)
        .where(SignUp.resident_id == person.id, SignUp.state == "confirmed", Activity.state == "open")
        .where(Shift.starts_at < shift.ends_at, Shift.ends_at > shift.starts_at)
    )
    for title, starts_at, ends_at in db.session.execute(query.order_by(Shift.starts_at)):
        if ends_at - starts_at <= ONE_DAY:
            refuse_if(rules.overlap_refusal(title, starts_at))


def give_up(shift_id: int, *, by: Person, at: datetime) -> SignUp:
    """Let somebody else have the place; it is free at once."""
    shift = db.session.get_one(Shift, shift_id)
    mine = sign_up_of(shift_id, by.id)
    came = mine is not None and attendance_of(shift_id, by.id) is not None
    state = mine.state if mine else None
    refuse_if(rules.give_up_refusal(state, span_of(shift), checked_in=came, at=at))
    assert mine is not None
    set_free(mine)
    return mine


def set_free(place: SignUp) -> None:
    """It is given up, and counts as taken no more."""
    place.state = "cancelled"
    db.session.flush()
    _count(update(Shift).where(Shift.id == place.shift_id).values(taken=Shift.taken - 1))
