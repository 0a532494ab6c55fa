"""Points that expire, on the real database: oldest first, held points wait, and it does not matter when tick runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.cli.tick import written_down
from app.kit import clock
from app.kit.audit import AuditEntry
from app.kit.db import db
from app.kit.refusal import Refused
from app.people.rules import Person
from app.points import expiring, lots, operations, proof, queries, sweeping, switching
from app.points.models import Account, LotMark, PointsRun, Transfer
from tests.makers import NOON, Street, a_household, a_resident, a_street, as_person, give, kept

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
LAST_YEAR = NOON.replace(year=2025)
OVER = lots.expires_at(2025)  # 1 April 2026, midnight: long before the switch
STARTS = lots.first_expiry(NOON, lots.LEAST_GRACE)  # 18 January 2027, midnight
NEXT = lots.expires_at(2026)  # 1 April 2027, midnight


class Home:
    """One household in a community whose points expire from `STARTS` on."""

    def __init__(self, street: Street, staff: Person) -> None:
        self.street, self.staff = street, staff
        self.resident = a_resident(a_household(street.group))
        self.id = self.resident.household_id or 0
        self.number = 0

    def cause(self) -> str:
        self.number += 1
        return f"test:{self.id}:{self.number}"

    def earn(self, amount: int, at: datetime) -> int:
        return operations.grant(
            "points", amount, household_id=self.id, resident_id=self.resident.id, code="E04", heading="environment",
            because=self.cause(), effective_at=at, at=at, by_id=None,
        ).id  # fmt: skip

    def hold(self, amount: int, at: datetime, days: float = 7) -> int:
        return operations.hold(
            household_id=self.id, amount=amount, because=self.cause(), expires_at=at + days * DAY,
            by_id=self.resident.id, at=at,
        ).id  # fmt: skip

    def settle(self, hold_id: int, at: datetime, amount: int | None = None) -> int:
        because = self.cause()
        return operations.settle(hold_id, merchant_id=1, because=because, by_id=None, at=at, amount=amount).id

    def spend(self, amount: int, at: datetime) -> int:
        return self.settle(self.hold(amount, at), at)

    def available(self, at: datetime) -> int:
        return queries.balances(self.id, at=at).available

    def expired(self) -> list[tuple[datetime, int]]:
        rows = select(Transfer.effective_at, Transfer.amount).where(
            Transfer.code == lots.EXPIRY, Transfer.household_id == self.id
        )
        return [tuple(row) for row in db.session.execute(rows.order_by(Transfer.id))]


@pytest.fixture
def home(context: Flask) -> Iterator[Home]:
    """Whatever a test does with it, the books are right in the end."""
    street = a_street()
    staff = a_resident(a_household(street.other_group))
    give("staff", staff, street.community)
    switching.switch_on(street.community.id, days=lots.LEAST_GRACE, by=as_person(staff), at=NOON)
    yield Home(street, as_person(staff))
    assert list(proof.faults()) == []


def sweep(at: datetime) -> None:
    while operations.expire_points(at):
        pass


def test_i28_the_oldest_points_expire_and_the_others_stay(home: Home) -> None:
    home.earn(50, LAST_YEAR)
    home.earn(30, NOON)
    home.spend(20, NOON)

    sweep(STARTS)

    assert home.expired() == [(STARTS, 30)]
    assert home.available(STARTS) == 30
    account = select(Account.purpose).join(Transfer, Transfer.credit_id == Account.id)
    assert db.session.scalar(account.where(Transfer.code == lots.EXPIRY)) == "expired"


@pytest.mark.parametrize("days", [[], [0], [40], [0, 0, 1], list(range(-60, 200, 7))], ids=len)
def test_i29_expiry_run_never_once_or_often_leaves_the_same(home: Home, days: Sequence[int]) -> None:
    home.earn(50, LAST_YEAR)
    home.earn(30, NOON)
    for day in days:
        sweep(STARTS + day * DAY)
    later = STARTS + 200 * DAY

    assert home.available(later) == 0
    sweep(later)
    assert home.expired() == [(STARTS, 50), (NEXT, 30)]
    assert queries.balances(home.id, at=later) == queries.Balances(0, 0, 0)


def test_time_decides_at_reading_and_whoever_holds_next_writes_it_down(home: Home) -> None:
    home.earn(50, LAST_YEAR)
    home.earn(30, NOON)

    assert (home.available(STARTS - SECOND), home.available(STARTS)) == (80, 30)
    with pytest.raises(Refused) as no, db.session.begin_nested():
        home.hold(31, STARTS)
    assert dict(no.value.refusal.values) == {"missing": 1}
    home.hold(30, STARTS)

    assert home.expired() == [(STARTS, 50)]
    assert home.available(STARTS) == 0


def test_i29_held_points_do_not_expire_while_they_are_held(home: Home) -> None:
    home.earn(50, LAST_YEAR)
    held = home.hold(40, STARTS - DAY)
    sweep(STARTS)
    sweep(STARTS + DAY)

    assert home.expired() == [(STARTS, 10)]
    home.settle(held, STARTS + 2 * DAY)
    sweep(STARTS + 3 * DAY)

    assert home.expired() == [(STARTS, 10)]
    assert queries.balances(home.id, at=STARTS + 3 * DAY).points == 0


@pytest.mark.parametrize("swept", [True, False])
def test_i29_what_was_held_is_over_when_the_hold_is_cancelled(home: Home, swept: bool) -> None:
    home.earn(50, LAST_YEAR)
    held = home.hold(40, STARTS - DAY)
    if swept:
        sweep(STARTS)

    operations.release(held, at=STARTS + 2 * DAY, outcome="voided")

    assert home.expired() == [(STARTS, 10), (STARTS + 2 * DAY, 40)]
    assert home.available(STARTS + 2 * DAY) == 0


@pytest.mark.parametrize("note", ["tick", "release", "another hold", "nobody"])
def test_i29_what_was_held_is_over_when_the_hold_lapses_whoever_notes_it(home: Home, note: str) -> None:
    home.earn(50, LAST_YEAR)
    held = home.hold(40, STARTS - DAY, days=7)
    lapsed, later = STARTS + 6 * DAY, STARTS + 20 * DAY
    home.earn(5, later)

    assert (home.available(lapsed - SECOND), home.available(lapsed)) == (5, 5)
    if note == "tick":
        sweep(lapsed + DAY)
    elif note == "release":
        operations.release(held, at=later, outcome="expired")
    elif note == "another hold":
        home.hold(5, later)
    sweep(later)

    assert home.expired() == [(STARTS, 10), (lapsed, 40)]


def test_i29_of_an_order_that_is_paid_in_part_the_rest_is_over(home: Home) -> None:
    home.earn(50, LAST_YEAR)
    held = home.hold(40, STARTS - DAY)

    home.settle(held, STARTS + DAY, amount=25)

    assert home.expired() == [(STARTS, 10), (STARTS + DAY, 15)]


def test_i28_a_refund_returns_to_its_own_lots_and_what_is_over_there_expires_at_once(home: Home) -> None:
    home.earn(50, LAST_YEAR)
    home.earn(30, NOON)
    spent = home.spend(60, NOON)
    back = STARTS + 3 * DAY

    operations.reverse(spent, because="returned:1", by_id=None, at=back)

    assert home.expired() == [(back, 50)]
    assert home.available(back) == 30
    assert expiring.outlook(home.id, at=back) == [expiring.Coming(NEXT, 30)]


def test_i28_a_refund_in_time_can_be_spent_until_its_day(home: Home) -> None:
    home.earn(50, LAST_YEAR)
    spent = home.spend(20, NOON)

    operations.reverse(spent, because="returned:1", by_id=None, at=NOON + DAY)

    assert expiring.outlook(home.id, at=NOON + DAY) == [expiring.Coming(STARTS, 50)]
    sweep(STARTS)
    assert home.expired() == [(STARTS, 50)]


def test_i25_an_earning_that_was_a_mistake_is_taken_back_although_it_expired(home: Home) -> None:
    earned = home.earn(50, LAST_YEAR)
    home.earn(10, NOON)
    sweep(STARTS)

    operations.reverse(earned, because="mistake:1", by_id=None, at=STARTS + DAY)

    assert queries.balances(home.id, at=STARTS + DAY).points == 0


def test_an_expiry_that_was_a_mistake_is_taken_back_as_points_of_that_year(home: Home) -> None:
    home.earn(50, LAST_YEAR)
    sweep(STARTS)
    expiry = db.session.scalars(select(Transfer.id).where(Transfer.code == lots.EXPIRY)).one()

    operations.reverse(expiry, because="mistake:1", by_id=None, at=STARTS + DAY)
    sweep(NEXT)

    assert home.available(NEXT) == 50
    assert expiring.outlook(home.id, at=NEXT) == [expiring.Coming(lots.expires_at(2027), 50)]


def test_the_outlook_says_what_expires_when(home: Home) -> None:
    home.earn(50, LAST_YEAR)
    home.earn(30, NOON)
    home.hold(20, NOON)

    assert expiring.outlook(home.id, at=NOON) == [expiring.Coming(STARTS, 30), expiring.Coming(NEXT, 30)]
    assert [clock.last_day(one.expires_at) for one in expiring.outlook(home.id, at=NOON)] == [
        date(2027, 1, 17),
        date(2027, 3, 31),
    ]


# The setting ----------------------------------------------------------------------------------------------------


def test_points_expire_only_where_it_was_switched_on(home: Home) -> None:
    other = Home(home.street, home.staff)
    other.resident = a_resident(a_household(home.street.village_group))
    other.id = other.resident.household_id or 0
    other.earn(50, LAST_YEAR)

    sweep(NEXT)

    assert (other.available(NEXT), other.expired(), expiring.outlook(other.id, at=NEXT)) == (50, [], [])


def test_it_is_switched_on_and_off_once_and_that_is_noted(home: Home) -> None:
    place = home.street.community.id
    with pytest.raises(Refused):
        switching.switch_on(place, days=90, by=home.staff, at=NOON + DAY)
    switching.switch_off(place, by=home.staff, at=NOON + DAY)
    with pytest.raises(Refused):
        switching.switch_off(place, by=home.staff, at=NOON + DAY)
    switching.switch_on(place, days=90, by=home.staff, at=NOON + 2 * DAY)

    db.session.flush()
    acts = db.session.scalars(select(AuditEntry.act).where(AuditEntry.act.startswith("points")).order_by(AuditEntry.id))
    assert list(acts) == ["points.expiry_on", "points.expiry_off", "points.expiry_on"]
    rule = dict(expiring.places_with_expiry())[place]
    assert rule.starts_at == lots.first_expiry(NOON + 2 * DAY, 90)


@pytest.mark.parametrize("swept", [True, False])
def test_what_was_over_before_it_was_switched_off_stays_over(home: Home, swept: bool) -> None:
    home.earn(50, LAST_YEAR)
    home.earn(30, NOON)
    if swept:
        sweep(STARTS)

    switching.switch_off(home.street.community.id, by=home.staff, at=STARTS + DAY)

    assert home.available(NEXT) == 30
    sweep(NEXT)
    assert home.expired() == [(STARTS, 50)]
    assert expiring.outlook(home.id, at=NEXT) == []


def test_nothing_expires_when_it_was_switched_off_in_time(home: Home) -> None:
    home.earn(50, LAST_YEAR)

    switching.switch_off(home.street.community.id, by=home.staff, at=STARTS - SECOND)
    sweep(NEXT)

    assert (home.available(NEXT), home.expired()) == (50, [])


@pytest.mark.parametrize("swept", ["at once", "late", "never"])
def test_i13_what_was_over_before_it_was_switched_off_and_on_again_stays_over(home: Home, swept: str) -> None:
    """Whether the tick came before the switches, after them or not at all."""
    home.earn(50, LAST_YEAR)
    home.earn(30, NOON)
    place, off, on = home.street.community.id, STARTS + DAY, STARTS + 2 * DAY
    if swept == "at once":
        sweep(STARTS)
    switching.switch_off(place, by=home.staff, at=off)
    switching.switch_on(place, days=lots.LEAST_GRACE, by=home.staff, at=on)
    if swept == "late":
        sweep(on)

    assert home.available(on) == 30
    home.hold(30, on)
    with pytest.raises(Refused), db.session.begin_nested():
        home.hold(1, on)
    again = lots.first_expiry(on, lots.LEAST_GRACE)
    assert expiring.outlook(home.id, at=on) == []
    sweep(max(again, NEXT))
    assert home.expired() == [(STARTS, 50), (NEXT, 30)]


def test_a_rule_that_was_switched_off_before_it_began_is_forgotten(home: Home) -> None:
    place = home.street.community.id
    for number in range(3):
        switching.switch_off(place, by=home.staff, at=NOON + number * DAY)
        switching.switch_on(place, days=90, by=home.staff, at=NOON + number * DAY)

    starts = lots.first_expiry(NOON + 2 * DAY, 90)
    assert dict(expiring.places_with_expiry())[place] == lots.Rule(starts)
    switching.switch_off(place, by=home.staff, at=starts + DAY)
    switching.switch_on(place, days=90, by=home.staff, at=starts + 2 * DAY)
    switching.switch_off(place, by=home.staff, at=starts + 3 * DAY)
    switching.switch_on(place, days=90, by=home.staff, at=starts + 4 * DAY)

    first = lots.Rule(starts, starts + DAY)
    again = lots.Rule(lots.first_expiry(starts + 4 * DAY, 90), None, first)
    assert dict(expiring.places_with_expiry())[place] == again


# Many entries, many households ----------------------------------------------------------------------------------


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "MARK_AFTER", 5)
    monkeypatch.setattr(sweeping, "PORTION", 2)


def test_a_household_with_many_entries_is_read_from_its_last_mark_on(home: Home, often: None) -> None:
    home.earn(20, LAST_YEAR)
    early = home.spend(15, LAST_YEAR)
    ids = [home.earn(10, LAST_YEAR + number * DAY) for number in range(10)]
    sweep(STARTS)
    marks = select(LotMark.entry_id, LotMark.lots).order_by(LotMark.entry_id)
    assert [tuple(row) for row in db.session.execute(marks)] == [(ids[-1], [[2025, 105]])]

    read: list[int] = []
    original = expiring.moves_of

    def moves_of(household_id: int, *, after: int = 0) -> Any:
        read.append(after)
        return original(household_id, after=after)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(expiring, "moves_of", moves_of)
        home.earn(7, STARTS)
        assert home.available(STARTS) == 7
        operations.reverse(early, because="returned:1", by_id=None, at=STARTS + DAY)
    assert home.expired() == [(STARTS, 105), (STARTS + DAY, 15)]
    assert read[0] == ids[-1]
    assert read[-1] == 0, "a refund from before the mark is looked up from the beginning"


def test_a_mark_that_is_not_what_the_journal_says_is_named(home: Home, often: None) -> None:
    first = home.earn(10, LAST_YEAR)
    db.session.execute(LotMark.__table__.insert().values(household_id=home.id, entry_id=first, lots=[[2025, 9]]))

    with db.session.begin_nested() as tried:
        assert [(fault.invariant, fault.where) for fault in proof.faults()] == [("I28", f"transfer:{first}")]
        tried.rollback()
    db.session.rollback()


def test_an_expiry_before_its_day_is_named(home: Home) -> None:
    home.earn(10, NOON)
    entry = sweeping._entry(home.id, home.street.community.id, STARTS, 4, after=1, at=STARTS)
    operations.post([entry])

    assert [fault.invariant for fault in proof.faults()] == ["I29"]
    db.session.rollback()


def test_households_are_looked_through_by_portions(home: Home, often: None) -> None:
    families = [home, *(Home(home.street, home.staff) for _ in range(4))]
    for family in families:
        family.earn(20, LAST_YEAR)

    portions = [operations.expire_points(STARTS) for _ in range(4)]

    assert portions == [2, 2, 1, 0]
    assert [family.expired() for family in families] == [[(STARTS, 20)]] * 5
    assert db.session.scalars(select(PointsRun.finished_at)).all() == [STARTS]


def test_tick_writes_all_portions_down(app: Flask, often: None, capsys: pytest.CaptureFixture[str]) -> None:
    with app.app_context(), kept():
        street = a_street()
        staff = a_resident(a_household(street.other_group))
        give("staff", staff, street.community)
        switching.switch_on(street.community.id, days=lots.LEAST_GRACE, by=as_person(staff), at=NOON)
        families = [Home(street, as_person(staff)) for _ in range(5)]
        for family in families:
            family.earn(20, LAST_YEAR)

    with app.app_context():
        for _ in range(2):
            with clock.fixed(STARTS + DAY):
                assert written_down(STARTS + DAY)
        assert [family.expired() for family in families] == [[(STARTS, 20)]] * 5
        assert list(proof.faults()) == []
        db.session.rollback()
    assert "5 households looked through for points that expired" in capsys.readouterr().out
