"""Orders and points that expire against plain dictionaries: whatever is done in whatever order, both agree.

Two households earn, reserve, collect, cancel and get points back while time passes and ticks come never, late or often.
The model is punctual: what lapses or expires does so in it at its instant, lot by lot, as if somebody always watched.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import select

from app.kit import clock
from app.kit.db import db
from app.kit.refusal import Refused
from app.people.rules import Person
from app.points import expiring, lots, queries, switching
from app.points import operations as points
from app.points import proof as proof_of_points
from app.points.models import Transfer
from app.rewards import operations
from app.rewards import proof as proof_of_rewards
from app.rewards.models import Order
from tests.makers import NOON
from tests.rewards.shop import KEY, Shop, a_family, a_shop, an_item, digits, reserve, shelf

DAY, TICK = timedelta(days=1), timedelta(microseconds=1)
LAST_YEAR = NOON.replace(year=2025)
STARTS = lots.first_expiry(NOON, lots.LEAST_GRACE)  # 18 January 2027
ENDS = {2025: STARTS, 2026: lots.expires_at(2026), 2027: lots.expires_at(2027), 2028: lots.expires_at(2028)}
HOUSEHOLDS, STOCK, HELD_FOR = 2, 5, 7 * DAY
PRICES = (7, 40)


@dataclass
class OrderModel:
    id: int
    home: int
    item: int
    amount: int
    expires_at: datetime
    state: str = "held"
    taken: Counter[int] = field(default_factory=Counter)  # by year, once it is collected
    is_back: bool = False


@dataclass
class EarningModel:
    id: int
    home: int
    amount: int
    year: int
    is_back: bool = False


class Orders(RuleBasedStateMachine):
    """`shop` is made once; each history begins there, and is forgotten with its savepoint."""

    shop: Shop
    homes: tuple[Person, ...]
    items: tuple[int, ...]

    def __init__(self) -> None:
        super().__init__()
        self.at, self.history, self.number = NOON, db.session.begin_nested(), 0
        self.lots = [Counter[int]() for _ in self.homes]
        self.gone = Counter[tuple[int, datetime]]()  # by household and instant: points that expired
        self.orders: list[OrderModel] = []
        self.earnings: list[EarningModel] = []
        self.stock = [STOCK for _ in self.items]
        for home in range(HOUSEHOLDS):
            self.give(home, 50, LAST_YEAR)
            self.give(home, 30, NOON)

    def teardown(self) -> None:
        try:
            self.tick(1)
            assert self.expired() == {key: amount for key, amount in self.gone.items() if amount}
            for number, item in enumerate(self.items):
                assert shelf(item) == (self.stock[number], len(self.waiting(item=number)))
            assert [*proof_of_points.faults(), *proof_of_rewards.faults()] == []
        finally:
            self.history.rollback()

    # What the model knows -------------------------------------------------------------------------------------------

    def waiting(self, **those: int) -> list[OrderModel]:
        held = [one for one in self.orders if one.state == "held"]
        return [one for one in held if all(getattr(one, name) == value for name, value in those.items())]

    def held(self, home: int) -> int:
        return sum(one.amount for one in self.waiting(home=home))

    def available(self, home: int) -> int:
        return self.lots[home].total() - self.held(home)

    def take(self, home: int, amount: int, years: list[int]) -> Counter[int]:
        """So much, out of the lots of these years in this order."""
        taken = Counter[int]()
        for year in years:
            taken[year] = min(amount - taken.total(), self.lots[home][year])
        self.lots[home] -= taken
        return taken

    def expire(self, home: int, at: datetime) -> None:
        """What is over and not held is gone; what is held stands over the oldest."""
        years = sorted(year for year in self.lots[home] if ENDS[year] <= at)
        over = sum(self.lots[home][year] for year in years) - self.held(home)
        if over > 0:
            self.gone[home, at] += self.take(home, over, years).total()

    def goes_on(self, until: datetime) -> None:
        """Everything that comes due up to then, at its instant and in its order."""
        moments = {one.expires_at for one in self.orders} | set(ENDS.values())
        for moment in sorted(one for one in moments if self.at < one <= until):
            for order in self.waiting():
                if order.expires_at == moment:
                    order.state = "expired"
            for home in range(HOUSEHOLDS):
                self.expire(home, moment)
        self.at = max(self.at, until)

    def accepted(self, act: Callable[[], Any]) -> Any:
        """What it answered; None for a refusal, which undoes all of it."""
        try:
            with db.session.begin_nested():
                return act()
        except Refused:
            return None

    def expired(self) -> dict[tuple[int, datetime], int]:
        numbers = {home.household_id: number for number, home in enumerate(self.homes)}
        rows = select(Transfer.household_id, Transfer.effective_at, Transfer.amount).where(Transfer.code == lots.EXPIRY)
        found = Counter[tuple[int, datetime]]()
        for household_id, at, amount in db.session.execute(rows):
            found[numbers[household_id], at] += amount
        return dict(found)

    def cause(self) -> str:
        self.number += 1
        return f"machine:{self.number}"

    def give(self, home: int, amount: int, at: datetime) -> None:
        who, year = self.homes[home], clock.local(at).year
        posted = points.grant(
            "points", amount, household_id=who.household_id or 0, resident_id=who.id, code="E04",
            heading="environment", because=self.cause(), effective_at=at, at=at, by_id=None,
        )  # fmt: skip
        self.earnings.append(EarningModel(posted.id, home, amount, year))
        self.lots[home][year] += amount

    # What people do -------------------------------------------------------------------------------------------------

    @rule(home=st.integers(0, HOUSEHOLDS - 1), amount=st.integers(1, 40))
    def earn(self, home: int, amount: int) -> None:
        self.give(home, amount, self.at)

    @rule(home=st.integers(0, HOUSEHOLDS - 1), item=st.integers(0, len(PRICES) - 1))
    def reserve(self, home: int, item: int) -> None:
        price = PRICES[item]
        there = self.available(home) >= price and self.stock[item] > len(self.waiting(item=item))

        order = self.accepted(lambda: reserve(self.items[item], self.homes[home], self.shop, at=self.at))

        assert (order is not None) is there, "I7, I30"
        if order is not None:
            self.orders.append(OrderModel(order.id, home, item, price, self.at + HELD_FOR))

    @precondition(lambda self: self.orders)
    @rule(which=st.data())
    def collect(self, which: st.DataObject) -> None:
        one = which.draw(st.sampled_from(self.orders))
        voucher = digits(db.session.get_one(Order, one.id))

        done = self.accepted(lambda: operations.redeem(voucher, key=KEY, by=self.shop.clerk, at=self.at))

        assert (done is not None) is (one.state == "held"), "I8, I32"
        if done is not None:
            one.state = "posted"
            one.taken = self.take(one.home, one.amount, sorted(self.lots[one.home]))
            self.stock[one.item] -= 1
            self.expire(one.home, self.at)

    @precondition(lambda self: self.orders)
    @rule(which=st.data())
    def cancel(self, which: st.DataObject) -> None:
        one = which.draw(st.sampled_from(self.orders))

        done = self.accepted(lambda: operations.cancel(one.id, by=self.homes[one.home], at=self.at))

        assert (done is not None) is (one.state == "held"), "I12"
        if done is not None:
            one.state = "voided"
            self.expire(one.home, self.at)

    @precondition(lambda self: any(one.taken and not one.is_back for one in self.orders))
    @rule(which=st.data())
    def points_come_back(self, which: st.DataObject) -> None:
        """I28: to the lots that they came from; what is over there is over at once."""
        one = which.draw(st.sampled_from([one for one in self.orders if one.taken and not one.is_back]))
        paid = db.session.scalars(select(Transfer.id).where(Transfer.because == f"order:{one.id}")).one()
        points.reverse(paid, because=self.cause(), by_id=None, at=self.at)
        one.is_back = True
        self.lots[one.home] += one.taken
        self.expire(one.home, self.at)

    @precondition(lambda self: any(not one.is_back for one in self.earnings))
    @rule(which=st.data())
    def an_earning_was_a_mistake(self, which: st.DataObject) -> None:
        """I25: the community bears what was spent, expired or is held; its own lot is taken from first."""
        one = which.draw(st.sampled_from([one for one in self.earnings if not one.is_back]))
        missing = max(0, one.amount - self.available(one.home))
        points.reverse(one.id, because=self.cause(), by_id=None, at=self.at)
        one.is_back = True
        self.lots[one.home][clock.local(self.at).year] += missing
        years = sorted(self.lots[one.home], key=lambda year: (year != one.year, year))
        self.take(one.home, one.amount, years)

    @rule(times=st.integers(1, 2))
    def tick(self, times: int) -> None:
        """I13, I29: noting what lapsed and expired, once or often, changes nothing that anybody sees."""
        for _ in range(times):
            operations.release_lapsed(self.at)
            while points.expire_points(self.at):
                pass

    # Time -----------------------------------------------------------------------------------------------------------

    @rule(hours=st.sampled_from([1, 30, 24 * 9, 24 * 60]))
    def time_passes(self, hours: int) -> None:
        if self.at < ENDS[2027]:
            self.goes_on(self.at + timedelta(hours=hours))

    @rule(year=st.sampled_from([2025, 2026]), before=st.sampled_from([timedelta(0), TICK, DAY]))
    def the_end_of_a_lot_comes(self, year: int, before: timedelta) -> None:
        self.goes_on(max(self.at, ENDS[year] - before))

    @precondition(lambda self: self.waiting())
    @rule(which=st.data(), before=st.sampled_from([timedelta(0), TICK]))
    def the_end_of_an_order_comes(self, which: st.DataObject, before: timedelta) -> None:
        self.goes_on(max(self.at, which.draw(st.sampled_from(self.waiting())).expires_at - before))

    # What holds after every step ------------------------------------------------------------------------------------

    @invariant()
    def i7_i28_points_and_what_is_held_agree_and_are_the_sum_of_the_lots(self) -> None:
        for number, home in enumerate(self.homes):
            has = queries.balances(home.household_id or 0, at=self.at)
            assert (has.points, has.held) == (self.lots[number].total(), self.held(number))
            assert has.available >= 0

    @invariant()
    def i28_what_expires_next_is_what_the_lots_say(self) -> None:
        for number, home in enumerate(self.homes):
            held, ahead = self.held(number), Counter[datetime]()
            for year in sorted(self.lots[number]):
                free = max(0, self.lots[number][year] - held)
                held -= self.lots[number][year] - free
                if ENDS[year] > self.at:
                    ahead[ENDS[year]] += free
            coming = expiring.outlook(home.household_id or 0, at=self.at)
            assert [tuple(one) for one in coming] == sorted(item for item in ahead.items() if item[1])


@pytest.fixture
def machine(app: Flask) -> Iterator[type[Orders]]:
    with app.app_context():
        made = a_shop()
        switching.switch_on(made.street.community.id, days=lots.LEAST_GRACE, by=made.staff, at=NOON)
        families = tuple(a_family(made, points_given=0) for _ in range(HOUSEHOLDS))
        goods = tuple(an_item(made, price=price, stock=STOCK, limit_count=None) for price in PRICES)

        class OfThisShop(Orders):
            shop, homes, items = made, families, goods

        yield OfThisShop
        db.session.rollback()


def test_orders_and_lots_agree_with_their_model(machine: type[Orders]) -> None:
    run_state_machine_as_test(machine)


def test_the_model_would_notice(machine: type[Orders], monkeypatch: pytest.MonkeyPatch) -> None:
    """A house in which held points expire is seen through."""
    monkeypatch.setattr("app.points.expiring.open_holds", lambda _household_id: [])

    with pytest.raises(AssertionError):
        run_state_machine_as_test(machine, settings=settings(report_multiple_bugs=False, phases=[Phase.generate]))
