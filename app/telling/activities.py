"""What people are told about activities."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.activities.events import ActivityCancelled, HoursConfirmed
from app.activities.models import Activity, Shift, SignUp
from app.kit.db import db, locked
from app.kit.refusal import N_
from app.messages import operations as messages
from app.messages.rules import describe, describe_group
from app.places.models import Place, Spot
from app.telling.eve import end_of_tomorrow, noon_before

describe_group("activities", N_("Activities"))
describe(
    "activities.cancelled",
    name=N_("An activity that I signed up for is cancelled"),
    subject=N_("%(title)s is cancelled"),
    text=N_("It does not take place, so nobody needs to come. The reason: %(why)s"),
    way="now",
)
describe(
    "activities.tomorrow",
    name=N_("A shift of mine is tomorrow"),
    subject=N_("Your shift: %(title)s"),
    text=N_("It begins %(begins)s at %(place)s. If you cannot come, give up the place, so that somebody else can."),
    way="now",
)
describe(
    "activities.hours",
    name=N_("My hours are confirmed"),
    subject=N_("Your hours are confirmed: %(title)s"),
    text=N_("Thank you for coming. Your statement shows what they brought."),
)


def cancelled(event: ActivityCancelled) -> None:
    """Everybody who had signed up for a shift to come; their reminders are taken back."""
    activity = db.session.get_one(Activity, event.activity_id)
    shifts = db.session.scalars(select(Shift.id).where(Shift.activity_id == activity.id))
    messages.take_back(*[_tomorrow(shift_id) for shift_id in shifts])
    messages.tell(
        event.resident_ids, "activities.cancelled", values={"title": activity.title, "why": event.why},
        href=f"/activities/{activity.id}", because=f"cancelled:{activity.id}", at=event.at,
    )  # fmt: skip


def hours_confirmed(event: HoursConfirmed) -> None:
    activity = db.session.get_one(Activity, event.activity_id)
    messages.tell(
        [event.resident_id], "activities.hours", values={"title": activity.title},
        href="/points?asset=minutes", because=f"hours:{event.attendance_id}", at=event.at,
    )  # fmt: skip


def remind_of_shifts(at: datetime) -> int:
    """For `flask tick`: from noon of the day before, everybody who has a place on a shift; how many people."""
    tomorrow = Shift.starts_at > at, Shift.starts_at < end_of_tomorrow(at)
    open_ones = select(Shift.id).join(Activity, Activity.id == Shift.activity_id).where(Activity.state == "open")
    soon = open_ones.where(Shift.taken > 0, *tomorrow)
    return sum(_remind(shift_id, at) for shift_id in db.session.scalars(soon.order_by(Shift.id)).all())


def _remind(shift_id: int, at: datetime) -> int:
    found = (
        select(Shift.activity_id, Shift.starts_at, Activity.title, Spot.name.label("spot"), Place.name.label("place"))
        .join(Activity, Activity.id == Shift.activity_id)
        .join(Place, Place.id == Activity.place_id)
        .outerjoin(Spot, Spot.id == Activity.spot_id)
    )
    shift = db.session.execute(found.where(Shift.id == shift_id)).one()
    # Whoever calls it off is waited for, and takes this reminder back.
    still = locked(select(Activity.state).where(Activity.id == shift.activity_id))
    due = noon_before(shift.starts_at)
    if not due <= at < shift.starts_at or db.session.scalar(still) != "open":
        return 0
    coming = select(SignUp.resident_id).where(SignUp.shift_id == shift_id, SignUp.state == "confirmed")
    return messages.tell_all(
        coming.where(SignUp.signed_up_at < due), "activities.tomorrow",
        values={"title": shift.title, "begins": shift.starts_at, "place": shift.spot or shift.place},
        href=f"/activities/{shift.activity_id}", because=_tomorrow(shift_id), at=due,
        holds_until=shift.starts_at,
    )  # fmt: skip


def _tomorrow(shift_id: int) -> str:
    return f"shift-tomorrow:{shift_id}"
