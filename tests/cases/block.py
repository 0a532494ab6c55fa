"""A group of homes with everybody who works on cases there, for the tests of reminders, deductions and appeals."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from app.cases import operations
from app.cases.models import Appeal, Case
from app.kit import clock
from app.kit.db import db
from app.kit.words import Words
from app.merits import operations as merits
from app.merits import queries as merits_queries
from app.people.models import Household, Resident
from app.people.rules import Person
from app.places.models import Place
from app.points import operations as points
from app.points.models import Transfer
from app.points.rules import Entry, Owner
from tests.makers import NOON, Street, a_household, a_resident, a_street, as_person, give
from tests.merits.documents import cap, line, tariff_document

DAY = timedelta(days=1)
TODAY = clock.local(NOON).date()
STAIRS = Words(zh="3号楼东侧楼道堆物", en="Things left in the east stairs of Building 3")
BOXES = Words(zh="两只纸箱、一辆旧车", en="Two boxes and an old bicycle")
WHY = Words(zh="照片看得清楚", en="The photo shows it clearly")
NOT_OURS = Words(zh="不是我们家的东西", en="These things are not ours")


@dataclass
class Block:
    """The home concerned with two adults and a child; a neighbour; everybody else works here and lives elsewhere."""

    street: Street
    adult: Person = field(init=False)
    spouse: Person = field(init=False)
    child: Person = field(init=False)
    neighbour: Person = field(init=False)
    officer: Person = field(init=False)
    officer2: Person = field(init=False)
    staff: Person = field(init=False)
    reviewer: Person = field(init=False)
    reviewer2: Person = field(init=False)
    reviewer3: Person = field(init=False)
    supervisor: Person = field(init=False)
    village_staff: Person = field(init=False)
    newcomer: Person = field(init=False)

    @property
    def household(self) -> int:
        assert self.adult.household_id is not None
        return self.adult.household_id

    def line(self, code: str) -> int:
        found = merits_queries.line_in_force(code, self.street.group.path, TODAY)
        assert found is not None
        return found.id

    def honour(self) -> int:
        """The household's honour of all entries, without the start of the quarter."""
        return self.sum("honour")

    def sum(self, asset: str) -> int:
        mine = Transfer.household_id == self.household, Transfer.asset == asset
        return db.session.scalar(select(func.coalesce(func.sum(Transfer.change), 0)).where(*mine)) or 0

    def entries(self) -> list[tuple[str, int]]:
        mine = Transfer.household_id == self.household
        return [tuple(row) for row in db.session.execute(
            select(Transfer.because, Transfer.change).where(mine).order_by(Transfer.id)
        )]  # fmt: skip


def a_tariff() -> dict[str, Any]:
    """K01 at 2, K02 at 5 with a photo, K03 at 2 and no lower than 4 a month, K04 at 8, K05 by person, K06 at 10."""
    document = tariff_document()
    by_hand = {"earn": "deduction", "per": "household"}
    photo = {"evidence": {"kind": "mask", "text": {"zh": "照片", "en": "photo"}}}
    document["lines"] += [
        line("K02", "deduction", -5, 0) | by_hand | photo,
        line("K03", "deduction", -2, 0, cap(-4, "amount", "month", "household")) | by_hand,
        line("K04", "deduction", -8, 0) | by_hand,
        line("K05", "deduction", -2, 0) | by_hand | {"per": "resident"},
        line("K06", "deduction", -10, 0) | by_hand | {"per": "resident"},
    ]
    return document


def a_block() -> Block:
    block = Block(a_street())
    street, home = block.street, a_household(block.street.group, door="3号楼102")
    block.adult, block.spouse = as_person(a_resident(home)), as_person(a_resident(home))
    block.child = as_person(a_resident(home, born_on=date(2014, 1, 1)))
    block.neighbour = as_person(a_resident(a_household(street.group)))
    block.newcomer = as_person(a_resident(None))
    for name in ("officer", "officer2"):
        setattr(block, name, at_work("grid", street.grid, street))
    for name in ("reviewer", "reviewer2", "reviewer3"):
        setattr(block, name, at_work("reviewer", street.community, street))
    block.staff = at_work("staff", street.community, street)
    block.supervisor = at_work("supervisor", street.community, street)
    block.village_staff = at_work("staff", street.village, street)
    long_ago = date(2020, 1, 1)
    merits.load_tariff(a_tariff(), place_id=street.street.id, effective_from=long_ago, by_id=None, at=NOON)
    return block


def at_work(role: str, place: Place, street: Street) -> Person:
    resident: Resident = a_resident(a_household(street.other_group))
    give(role, resident, place)
    return as_person(resident)


def give_at(household_id: int | None, role: str, block: Block) -> Resident:
    """One more of that household, who works here."""
    resident = a_resident(db.session.get_one(Household, household_id))
    give(role, resident, block.street.community)
    return resident


def a_case(block: Block, code: str = "K01", *, at: datetime = NOON, by: Person | None = None, **values: Any) -> Case:
    """Found on that day, to be put right by the day after."""
    today = clock.local(at).date()
    known: dict[str, Any] = {
        "line_id": block.line(code), "title": STAIRS, "text": BOXES, "happened_on": today, "cure_on": today + DAY,
        "by": by or block.officer, "at": at,
    }  # fmt: skip
    return operations.file(block.household, **(known | values))


def third(block: Block, code: str = "K01", *, at: datetime = NOON, **values: Any) -> Case:
    """The third time, found on the day of `at`; the steps before it two and four days earlier."""
    for before in (4, 2):
        a_case(block, code, at=at - before * DAY, by=block.officer2, **values)
    return a_case(block, code, at=at, **values)


def confirmed(block: Block, code: str = "K01", *, at: datetime = NOON, **values: Any) -> Case:
    """A deduction that the reviewer confirmed; the last day to appeal is a week later."""
    case = third(block, code, at=at, **values)
    operations.decide(case.id, confirmed=True, why=WHY, by=block.reviewer, at=at)
    return case


def once_more(block: Block, code: str = "K01", *, at: datetime) -> Case:
    """One more time after the third, confirmed as well."""
    case = a_case(block, code, at=at)
    operations.decide(case.id, confirmed=True, why=WHY, by=block.reviewer, at=at)
    return case


def appealed(block: Block, case: Case, *, at: datetime = NOON + DAY) -> Appeal:
    return operations.appeal(case.id, text=NOT_OURS, upload_id=None, by=block.adult, at=at)


def lower(household_id: int, amount: int, *, at: datetime) -> None:
    """So much honour less, by a correction: a quarter that has little left."""
    community = db.session.scalars(select(Household.community_id).where(Household.id == household_id)).one()
    points.post(
        [
            Entry(
                asset="honour", amount=amount, debit=Owner("household", household_id),
                credit=Owner("community", community, "issued"), code="X01", heading="adjustment",
                because=f"lower:{household_id}:{at.isoformat()}", community_id=community, household_id=household_id,
                resident_id=None, by_id=None, effective_at=at, posted_at=at,
            )
        ]
    )  # fmt: skip


def an_award(
    block: Block,
    because: str = "hours:1",
    *,
    minutes: int = 120,
    at: datetime = NOON - 9 * DAY,
    by_id: int | None = None,
) -> int:
    """Two hours of service: 4 of honour, 4 points and the minutes."""
    given = merits.award(
        "V01", resident_id=block.adult.id, because=because, effective_at=at, at=at, by_id=by_id, minutes=minutes
    )
    assert given is not None
    db.session.flush()
    return given.id
