"""A street with people at every level, for the tests of requests."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from app.grid import operations
from app.grid.models import Department, Request
from app.kit.db import db
from app.kit.words import Words
from app.people.models import Resident
from app.people.rules import Person
from app.places.models import Place
from tests.makers import NOON, Street, a_household, a_resident, a_street, as_person, give

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LAMP = {
    "category": "lamp",
    "title": Words(zh="楼道灯不亮", en="Lamp out on the stairs"),
    "text": Words(zh="昨晚起二楼的灯不亮。", en="The lamp on the second floor went out last night."),
}
WHY = Words(zh="要请电工开挖。", en="An electrician has to open the wall.")
DONE = Words(zh="换了灯头，试亮三次。", en="A new socket was fitted and tried three times.")


@dataclass
class Hall:
    """Two grid members, two of the community's staff, street staff and a supervisor; a reporter with a spouse."""

    street: Street
    reporter: Person = field(init=False)
    spouse: Person = field(init=False)
    neighbour: Person = field(init=False)
    grid: Person = field(init=False)
    grid2: Person = field(init=False)
    staff: Person = field(init=False)
    staff2: Person = field(init=False)
    above: Person = field(init=False)
    supervisor: Person = field(init=False)
    villager: Person = field(init=False)
    village_staff: Person = field(init=False)
    newcomer: Person = field(init=False)
    department: int = field(init=False)

    @property
    def place(self) -> Place:
        return self.street.grid


def a_hall() -> Hall:
    hall = Hall(a_street())
    street, home = hall.street, a_household(hall.street.group)
    hall.reporter = as_person(a_resident(home, family_name="罗", given_name="兰芳", family_name_en="Luo"))
    hall.spouse = as_person(a_resident(home))
    hall.neighbour = as_person(a_resident(a_household(street.group)))
    hall.grid, hall.grid2 = _at_work("grid", street.grid, street), _at_work("grid", street.grid, street)
    hall.staff, hall.staff2 = _at_work("staff", street.community, street), _at_work("staff", street.community, street)
    hall.above = _at_work("street", street.street, street)
    hall.supervisor = _at_work("supervisor", street.community, street)
    hall.village_staff = _at_work("staff", street.village, street)
    hall.villager = as_person(a_resident(a_household(street.village_group)))
    hall.newcomer = as_person(a_resident(None))
    drains = Department(street_id=street.street.id, key="drains", name=Words(zh="排水站", en="drainage service"))
    db.session.add(drains)
    db.session.flush()
    hall.department = drains.id
    return hall


def _at_work(role: str, place: Place, street: Street) -> Person:
    resident: Resident = a_resident(a_household(street.other_group))
    give(role, resident, place)
    return as_person(resident)


def a_request(hall: Hall, *, at: datetime = NOON, **values: Any) -> Request:
    known: dict[str, Any] = {"place": hall.place, "is_public": True, "by": hall.reporter, "at": at, **LAMP}
    return operations.report(**(known | values))


def in_hand(hall: Hall, *, at: datetime = NOON, **values: Any) -> Request:
    """A request that a grid member handles."""
    request = a_request(hall, at=at, **values)
    operations.take(request.id, seen=None, by=hall.grid, at=at)
    return operations.start(request.id, seen=None, by=hall.grid, at=at)


def resolved(hall: Hall, *, at: datetime = NOON, **values: Any) -> Request:
    request = in_hand(hall, at=at, **values)
    return operations.resolve(request.id, outcome="solved", answer=DONE, seen=None, by=hall.grid, at=at)


def rated(
    hall: Hall, request: Request, verdict: str, *, at: datetime = NOON + HOUR, stars: int = 4, words: Words | None = WHY
) -> Request:
    return operations.rate(request.id, verdict=verdict, stars=stars, comment=words, seen=None, by=hall.reporter, at=at)
