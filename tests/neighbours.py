"""The people of one group of households, as several rooms need them: neighbours, their committee, a villager."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from app.kit.db import db
from app.kit.words import Words
from app.people.models import Household
from app.people.rules import Person
from tests.makers import Street, a_household, a_resident, as_person, give


@dataclass
class Neighbours:
    """Neighbours in households of one group, the first with a spouse, a child and a newcomer; staff; a villager."""

    street: Street
    homes: list[Household] = field(default_factory=list)
    neighbours: list[Person] = field(default_factory=list)
    spouse: Person = field(init=False)
    child: Person = field(init=False)
    newcomer: Person = field(init=False)
    staff: Person = field(init=False)
    villager: Person = field(init=False)

    def settle(self, many: int) -> None:
        """Let so many households move in, and the others come."""
        street = self.street
        street.community.committee = Words(zh="梧桐里社区居委会", en="Wutongli residents' committee")
        for _ in range(many):
            home = a_household(street.group)
            self.homes.append(home)
            self.neighbours.append(as_person(a_resident(home)))
        first = self.homes[0]
        self.spouse = as_person(a_resident(first))
        self.child = as_person(a_resident(first, born_on=date(2012, 1, 1)))
        self.newcomer = as_person(a_resident(first, verified=False))
        staff = a_resident(a_household(street.village_group), family_name="钱", family_name_en="Qian")
        give("staff", staff, street.community)
        self.staff = as_person(staff)
        self.villager = as_person(a_resident(a_household(street.village_group)))
        db.session.flush()
