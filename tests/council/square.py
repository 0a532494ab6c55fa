"""A community with neighbours who talk and vote, for the tests of council, ballots and discussion."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from app.ballots import operations as ballots
from app.ballots.models import Question
from app.council import operations
from app.council.models import Topic
from app.kit.db import db
from app.kit.words import Words
from app.people.models import Household
from app.people.rules import Person
from app.places.models import Place
from tests.makers import NOON, Street, a_household, a_resident, a_street, as_person, give

DAY = timedelta(days=1)
CLOSES = NOON + 3 * DAY
SECOND = timedelta(seconds=1)


@dataclass
class Square:
    """Ten neighbours in ten households of one group, one with a spouse; staff, and somebody from the village."""

    street: Street
    community: Place
    homes: list[Household] = field(default_factory=list)
    neighbours: list[Person] = field(default_factory=list)
    spouse: Person = field(init=False)
    child: Person = field(init=False)
    newcomer: Person = field(init=False)
    staff: Person = field(init=False)
    villager: Person = field(init=False)


def a_square() -> Square:
    street = a_street()
    street.community.committee = Words(zh="梧桐里社区居委会", en="Wutongli residents' committee")
    square = Square(street, street.community)
    for _ in range(10):
        home = a_household(street.group)
        square.homes.append(home)
        square.neighbours.append(as_person(a_resident(home)))
    first = square.homes[0]
    square.spouse = as_person(a_resident(first))
    square.child = as_person(a_resident(first, born_on=date(2012, 1, 1)))
    square.newcomer = as_person(a_resident(first, verified=False))
    staff = a_resident(a_household(street.village_group), family_name="钱", family_name_en="Qian")
    give("staff", staff, street.community)
    square.staff = as_person(staff)
    square.villager = as_person(a_resident(a_household(street.village_group)))
    db.session.flush()
    return square


def a_topic(square: Square, **values: Any) -> Topic:
    """Proposed by the last neighbour."""
    known: dict[str, Any] = {
        "place": square.community, "kind": "parking", "title": Words(zh="建充电棚", en="Build a charging shed"),
        "body": Words(zh="两楼之间建一座棚。", en="A shed between the two buildings."),
        "by": square.neighbours[9], "at": NOON,
    }  # fmt: skip
    return operations.propose(**(known | values))


def under_discussion(square: Square) -> Topic:
    topic = a_topic(square)
    return operations.take_step(topic.id, "accept", by=square.staff, at=NOON)


def in_voting(square: Square, **values: Any) -> Topic:
    known: dict[str, Any] = {
        "wording": Words(zh="是否同意？", en="Do you agree?"), "method": "yes_no",
        "options": [], "electorate": "person", "quorum": Fraction(1, 5),
        "threshold": Fraction(1, 2), "closes_at": CLOSES, "by": square.staff, "at": NOON,
    }  # fmt: skip
    return operations.put_to_vote(under_discussion(square).id, **(known | values))


def a_question(square: Square, **values: Any) -> Question:
    known: dict[str, Any] = {
        "subject": "topic:1", "wording": Words(zh="是否同意？", en="Do you agree?"), "method": "yes_no",
        "electorate": "person", "place_path": square.community.path, "quorum": Fraction(1, 5),
        "threshold": Fraction(1, 2), "opens_at": NOON, "closes_at": CLOSES, "by": square.staff, "at": NOON,
    }  # fmt: skip
    return ballots.open_question(**(known | values))


def later(days: float) -> datetime:
    return NOON + timedelta(days=days)
