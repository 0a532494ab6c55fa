"""A clean-up tomorrow, an organiser, staff, and neighbours, for tests of activities."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from app.activities import operations
from app.activities.models import Activity, Shift
from app.activities.repeating import ShiftPlan
from app.kit.db import db
from app.kit.words import Words
from app.people.rules import Person
from tests.makers import NOON, Street, a_household, a_resident, a_street, as_person, give

_number = count(1)

SECRET = b"a secret for tests only, of no use elsewhere"
STARTS, ENDS = NOON + timedelta(days=1), NOON + timedelta(days=1, hours=2)


@dataclass(frozen=True)
class Village:
    """Who there is: `helper` and `neighbour` live in the community, `villager` in the other one."""

    street: Street
    staff: Person
    organiser: Person
    helper: Person
    neighbour: Person
    villager: Person
    newcomer: Person


def a_village() -> Village:
    street = a_street()
    staff, organiser = (a_resident(a_household(street.group)) for _ in range(2))
    give("staff", staff, street.community)
    give("organiser", organiser, street.community)
    home, village_home = a_household(street.group), a_household(street.village_group)
    return Village(
        street=street,
        staff=as_person(staff),
        organiser=as_person(organiser),
        helper=as_person(a_resident(home)),
        neighbour=as_person(a_resident(a_household(street.other_group))),
        villager=as_person(a_resident(village_home)),
        newcomer=as_person(a_resident(a_household(street.group), verified=False)),
    )


def a_plan(starts_at: datetime = STARTS, ends_at: datetime = ENDS, *, capacity: int = 3, minimum: int = 1) -> ShiftPlan:
    return ShiftPlan(starts_at, ends_at, capacity, minimum)


def an_activity(village: Village, *plans: ShiftPlan, **values: Any) -> Activity:
    """Open, planned by the organiser, with one shift of three places tomorrow at noon unless said otherwise."""
    known: dict[str, Any] = {
        "source": "test", "source_id": str(next(_number)), "place": village.street.community, "kind": "environment",
        "title": Words(zh="楼道清洁日", en="Stairway clean-up"),
        "description": Words(zh="带上手套。", en="Bring gloves."),
        "organisation": "", "shifts": plans or [a_plan()], "organiser_id": village.organiser.id, "tariff_code": "V01",
        "at": NOON - timedelta(days=3),
    }  # fmt: skip
    activity = operations.bring_in(**(known | values))
    assert activity is not None
    db.session.flush()
    return activity


def shift_ids(activity: Activity) -> list[int]:
    query = db.select(Shift.id).where(Shift.activity_id == activity.id).order_by(Shift.starts_at, Shift.id)
    return list(db.session.scalars(query))
