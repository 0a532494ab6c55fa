"""How an activity comes to be and ends: planned, approved, changed, called off, reported on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from app.activities import rules
from app.activities.events import ActivityCancelled
from app.activities.life import LIFE
from app.activities.models import Activity, ActivityChange, Shift, SignUp
from app.activities.operations.holding import held, make_findable
from app.activities.repeating import ShiftPlan
from app.activities.spans import Span
from app.kit import audit, clock
from app.kit.bus import announce
from app.kit.db import db
from app.kit.refusal import refuse_if
from app.kit.words import Words
from app.merits.queries import line_in_force
from app.merits.rules import activity_refusal
from app.people.rules import Person
from app.places.models import Place
from app.places.queries import COMMUNITY_KINDS


def spans(activity_id: int) -> list[Span]:
    columns = Shift.starts_at, Shift.ends_at, Shift.capacity, Shift.taken
    return [Span(*row) for row in db.session.execute(select(*columns).where(Shift.activity_id == activity_id))]


def plan(
    *,
    place: Place,
    kind: str,
    title: Words,
    description: Words,
    shifts: Sequence[ShiftPlan],
    by: Person,
    at: datetime,
    spot_id: int | None = None,
    tariff_code: str | None = None,
    marks: Sequence[str] = (),
    age_from: int | None = None,
) -> Activity:
    """Plan an activity. What an organiser plans waits for the committee; what its staff plan opens at once."""
    refuse_if(rules.publish_refusal(by, place.path))
    refuse_if(rules.shifts_refusal([_numbers(shift) for shift in shifts], at=at))
    if tariff_code:
        refuse_if(activity_refusal(line_in_force(tariff_code, place.path, clock.local(at).date())))
    state = "open" if by.holds(*rules.STAFF_ROLES, at=place.path) else "review"
    activity = Activity(
        kind=kind, title=title, description=description, spot_id=spot_id, tariff_code=tariff_code, marks=list(marks),
        age_from=age_from, organiser_id=by.id, state=state,
    )  # fmt: skip
    return set_up(activity, place=place, shifts=shifts, by_id=by.id, at=at)


def bring_in(
    *,
    source: str,
    source_id: str,
    place: Place,
    kind: str,
    title: Words,
    description: Words,
    organisation: str,
    shifts: Sequence[ShiftPlan],
    at: datetime,
    by_id: int | None = None,
    spot_id: int | None = None,
    organiser_id: int | None = None,
    tariff_code: str | None = None,
    marks: Sequence[str] = (),
    age_from: int | None = None,
) -> Activity | None:
    """An activity from elsewhere, open at once; None when the same one came in before. `at` is when it was published.

    Raises `Refused` when it has no shift, or one that ends before it begins or has no place.
    """
    rows = [(shift.starts_at, shift.ends_at, shift.capacity, shift.minimum) for shift in shifts]
    refuse_if(rules.shifts_refusal(rows, at=None))
    same = Activity.source == source, Activity.source_id == source_id
    if db.session.scalar(select(Activity.id).where(*same)) is not None:
        return None
    activity = Activity(
        source=source, source_id=source_id, kind=kind, title=title, description=description, organisation=organisation,
        spot_id=spot_id, organiser_id=organiser_id, tariff_code=tariff_code, marks=list(marks), age_from=age_from,
        state="open",
    )  # fmt: skip
    return set_up(activity, place=place, shifts=shifts, by_id=by_id, at=at)


def set_up(
    activity: Activity, *, place: Place, shifts: Sequence[ShiftPlan], by_id: int | None, at: datetime
) -> Activity:
    """Give a new activity its place, its shifts and the first line of its timeline."""
    ids = [int(part) for part in place.path.split("/") if part]
    activity.place_id = place.id
    activity.street_id, activity.community_id = _street_and_community(place, ids)
    activity.starts_at = min(shift.starts_at for shift in shifts)
    activity.ends_at = max(shift.ends_at for shift in shifts)
    db.session.add(activity)
    db.session.flush()
    _insert_shifts(activity, shifts)
    _note(activity, None, None, by_id=by_id, at=at)
    make_findable(activity.id)
    return activity


def _street_and_community(place: Place, ids: list[int]) -> tuple[int, int | None]:
    """The ids of the street and of the community above a place; an activity of the street has no community."""
    kinds = {row.id: row.kind for row in db.session.execute(select(Place.id, Place.kind).where(Place.id.in_(ids)))}
    street = next((one for one in ids if kinds.get(one) == "street"), place.id)
    return street, next((one for one in ids if kinds.get(one) in COMMUNITY_KINDS), None)


def _insert_shifts(activity: Activity, shifts: Sequence[ShiftPlan]) -> None:
    db.session.execute(
        insert(Shift),
        [
            {
                "activity_id": activity.id, "starts_at": shift.starts_at, "ends_at": shift.ends_at,
                "capacity": shift.capacity, "minimum": shift.minimum, "taken": 0,
                "in_charge_id": activity.organiser_id,
            }
            for shift in shifts
        ],
    )  # fmt: skip


def _numbers(shift: ShiftPlan) -> tuple[datetime, datetime, int, int]:
    return shift.starts_at, shift.ends_at, shift.capacity, shift.minimum


def _note(activity: Activity, was: str | None, why: Words | None, *, by_id: int | None, at: datetime) -> None:
    db.session.add(ActivityChange(activity_id=activity.id, was=was, became=activity.state, why=why, by_id=by_id, at=at))


def take_step(activity_id: int, action: str, *, by: Person, at: datetime, why: Words | None = None) -> Activity:
    """One step of `life.LIFE`; `why` is the public reason of sending back or calling off, or the text of the report."""
    activity, frame = held(activity_id)
    refuse_if(rules.step_refusal(by, frame, action, spans(activity_id), at=at))
    was, activity.state = activity.state, LIFE.after(activity.state, action)
    if action == "report":
        activity.report = why
    _note(activity, was, None if action == "report" else why, by_id=by.id, at=at)
    audit.note(f"activities.{action}", f"activity:{activity_id}", actor_id=by.id, at=at, place_id=activity.place_id)
    make_findable(activity_id)
    if action == "call_off":
        announce(ActivityCancelled(activity_id, _still_expected(activity_id, at), why or Words(), by.id, at))
    return activity


def _still_expected(activity_id: int, at: datetime) -> tuple[int, ...]:
    """Who holds a place on a shift that has not ended: they must be told."""
    query = (
        select(SignUp.resident_id)
        .join(Shift, Shift.id == SignUp.shift_id)
        .where(Shift.activity_id == activity_id, Shift.ends_at > at, SignUp.state == "confirmed")
        .distinct()
    )
    return tuple(db.session.scalars(query.order_by(SignUp.resident_id)))


def amend(activity_id: int, *, title: Words, description: Words, by: Person, at: datetime) -> Activity:
    """Put the words of an activity right before it is reported on; the timeline of states does not change."""
    activity, frame = held(activity_id)
    refuse_if(rules.change_refusal(by, frame))
    activity.title, activity.description = title, description
    audit.note("activities.amend", f"activity:{activity_id}", actor_id=by.id, at=at, place_id=activity.place_id)
    make_findable(activity_id)
    return activity


def add_shift(activity_id: int, shift: ShiftPlan, *, by: Person, at: datetime) -> Activity:
    """One more shift that is still to come."""
    activity, frame = held(activity_id)
    refuse_if(rules.growth_refusal(by, frame))
    refuse_if(rules.shifts_refusal([_numbers(shift)], at=at))
    _insert_shifts(activity, [shift])
    activity.starts_at = min(activity.starts_at, shift.starts_at)
    activity.ends_at = max(activity.ends_at, shift.ends_at)
    audit.note("activities.add_shift", f"activity:{activity_id}", actor_id=by.id, at=at, place_id=activity.place_id)
    make_findable(activity_id)
    return activity


def change_capacity(shift_id: int, capacity: int, *, by: Person, at: datetime) -> Shift:
    """More places or fewer, never fewer than are taken: the condition is part of the one statement that changes it."""
    shift = db.session.get_one(Shift, shift_id)
    activity, frame = held(shift.activity_id)
    refuse_if(rules.change_refusal(by, frame))
    db.session.refresh(shift)  # nobody else changes its places while the activity is held
    refuse_if(rules.growth_refusal(by, frame) if capacity > shift.capacity else None)
    fits = Shift.taken <= capacity, Shift.minimum <= capacity
    changed: Any = db.session.execute(
        update(Shift)
        .where(Shift.id == shift_id, *fits)
        .values(capacity=capacity)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(shift)
    if not changed.rowcount:
        refuse_if(rules.capacity_refusal(capacity, shift.taken, shift.minimum))
    subject = f"activity:{activity.id}"
    audit.note("activities.capacity", subject, actor_id=by.id, at=at, place_id=activity.place_id, places=capacity)
    return shift
