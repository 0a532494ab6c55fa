"""The ledger against plain dictionaries: whatever is done in whatever order, both agree after every step.

The model keeps its own balances and holds ("double-double entry"); for each act it says beforehand whether the ledger
must accept or refuse it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy.exc import IntegrityError

from app.kit.db import db
from app.kit.refusal import Refused
from app.points import operations, proof, queries
from tests.makers import NOON, a_household, a_resident, a_street

HOUSEHOLDS = 2
# Small amounts and the edges of what an entry can hold.
amounts = st.one_of(st.integers(1, 60), st.sampled_from([1, 7, 8, 9, 63, 64, 65, 1_000_000]))
households = st.integers(0, HOUSEHOLDS - 1)


@dataclass
class HoldModel:
    id: int
    household: int
    amount: int
    expires_at: datetime
    state: str = "held"

    def lives(self, at: datetime) -> bool:
        return self.state == "held" and at < self.expires_at


@dataclass
class EntryModel:
    id: int
    household: int
    amount: int
    reversible: bool = True


class Ledger(RuleBasedStateMachine):
    """Grant, hold, settle, release, lapse by the clock, reverse, and do any earlier request again."""

    app: Flask

    def __init__(self) -> None:
        super().__init__()
        self.context = self.app.app_context()
        self.context.push()
        self.at = NOON
        street = a_street()
        self.homes = [a_resident(a_household(street.group)) for _ in range(HOUSEHOLDS)]
        self.balance = [0] * HOUSEHOLDS
        self.honour = [0] * HOUSEHOLDS
        self.corrected = self.issued = self.redeemed = 0
        self.holds: list[HoldModel] = []
        self.entries: list[EntryModel] = []
        self.number = 0
        self.last_grant: dict[str, Any] | None = None
        for household in range(HOUSEHOLDS):
            self.grant_to(household, 100)

    def teardown(self) -> None:
        try:
            assert list(proof.faults()) == []
        finally:
            db.session.rollback()
            self.context.pop()

    def cause(self) -> str:
        self.number += 1
        return f"cause:{self.number}"

    def held(self, household: int) -> int:
        return sum(one.amount for one in self.holds if one.household == household and one.lives(self.at))

    def refused(self, act: Any) -> bool:
        """Do it in a savepoint; whether a rule said no. What it did before saying no is undone, as in a request."""
        try:
            with db.session.begin_nested():
                act()
        except Refused:
            return True
        return False

    @rule(household=households, amount=amounts)
    def grant(self, household: int, amount: int) -> None:
        self.grant_to(household, amount)

    def grant_to(self, household: int, amount: int) -> None:
        home = self.homes[household]
        self.last_grant = {
            "household_id": home.household_id, "resident_id": home.id, "code": "E04", "heading": "environment",
            "because": self.cause(), "effective_at": self.at, "at": self.at, "by_id": None,
        }  # fmt: skip
        posted = operations.grant("points", amount, **self.last_grant)
        operations.grant("honour", amount, **self.last_grant)
        self.balance[household] += amount
        self.honour[household] += amount
        self.issued += amount
        self.entries.append(EntryModel(posted.id, household, amount))

    @precondition(lambda self: self.last_grant is not None)
    @rule(amount=amounts)
    def grant_again_for_the_same_cause(self, amount: int) -> None:
        try:
            with db.session.begin_nested():
                operations.grant("points", amount, **self.last_grant)
        except IntegrityError:
            return
        raise AssertionError("I16: one cause earned twice")

    @rule(household=households, more=st.sampled_from([0, 0, 1]), days=st.integers(1, 7))
    def hold_all_or_more(self, household: int, more: int, days: int) -> None:
        self.hold(household, max(1, self.balance[household] - self.held(household) + more), days)

    @rule(household=households, amount=st.integers(1, 60), days=st.integers(1, 7))
    def hold_some(self, household: int, amount: int, days: int) -> None:
        self.hold(household, amount, days)

    def hold(self, household: int, amount: int, days: int) -> None:
        home, expires_at = self.homes[household], self.at + timedelta(days=days)
        available = self.balance[household] - self.held(household)
        kept: list[operations.Held] = []

        def act() -> None:
            kept.append(
                operations.hold(
                    household_id=home.household_id, amount=amount, because=self.cause(), expires_at=expires_at,
                    by_id=home.id, at=self.at,
                )
            )  # fmt: skip

        assert self.refused(act) == (amount > available)
        if kept:
            self.holds.append(HoldModel(kept[0].id, household, amount, expires_at))

    @precondition(lambda self: self.holds)
    @rule(which=st.data())
    def settle(self, which: st.DataObject) -> None:
        one = which.draw(st.sampled_from(self.holds))
        posted: list[operations.Posted] = []

        def act() -> None:
            posted.append(operations.settle(one.id, merchant_id=3, because=self.cause(), by_id=None, at=self.at))

        assert self.refused(act) is not one.lives(self.at), "I8: an accepted hold can be posted while it lives, once"
        if posted:
            one.state = "posted"
            self.balance[one.household] -= one.amount
            self.redeemed += one.amount
            self.entries.append(EntryModel(posted[0].id, one.household, -one.amount))

    @precondition(lambda self: self.holds)
    @rule(which=st.data())
    def void(self, which: st.DataObject) -> None:
        one = which.draw(st.sampled_from(self.holds))
        lived = one.lives(self.at)

        assert self.refused(lambda: operations.release(one.id, at=self.at, outcome="voided")) is not lived
        if lived:
            one.state = "voided"

    @precondition(lambda self: self.holds)
    @rule(which=st.data())
    def expire(self, which: st.DataObject) -> None:
        one = which.draw(st.sampled_from(self.holds))
        over = one.state == "expired" or (one.state == "held" and self.at >= one.expires_at)

        assert self.refused(lambda: operations.release(one.id, at=self.at, outcome="expired")) is not over
        if over:
            one.state = "expired"

    @rule(hours=st.integers(1, 30))
    def time_passes(self, hours: int) -> None:
        self.at += timedelta(hours=hours)

    @precondition(lambda self: any(one.lives(self.at) for one in self.holds))
    @rule(which=st.data(), before=st.sampled_from([timedelta(0), timedelta(microseconds=1)]))
    def the_hour_of_a_hold_comes(self, which: st.DataObject, before: timedelta) -> None:
        one = which.draw(st.sampled_from([one for one in self.holds if one.lives(self.at)]))
        self.at = max(self.at, one.expires_at - before)

    @precondition(lambda self: self.entries)
    @rule(which=st.data())
    def reverse(self, which: st.DataObject) -> None:
        one = which.draw(st.sampled_from(self.entries))
        missing = max(0, one.amount - (self.balance[one.household] - self.held(one.household)))

        act = lambda: operations.reverse(one.id, because=self.cause(), by_id=None, at=self.at)  # noqa: E731
        assert self.refused(act) is not one.reversible
        if one.reversible:
            one.reversible = False
            self.balance[one.household] += missing - one.amount
            self.corrected += missing
            if one.amount > 0:
                self.issued -= one.amount
            else:
                self.redeemed += one.amount

    @invariant()
    def i4_i7_balances_agree_and_nobody_is_in_debt(self) -> None:
        for number, home in enumerate(self.homes):
            has = queries.balances(home.household_id, at=self.at)
            assert (has.points, has.held) == (self.balance[number], self.held(number))
            assert has.available >= 0

    @invariant()
    def i1_i3_the_whole_agrees(self) -> None:
        assert self.issued - self.redeemed + self.corrected == sum(self.balance)


def test_the_ledger_agrees_with_its_model(app: Flask) -> None:
    class OfThisApp(Ledger):
        pass

    OfThisApp.app = app
    run_state_machine_as_test(OfThisApp)
