"""What the ledger must say, kept in plain dictionaries and lists: its own balances, its own holds, its own forms.

`LedgerModel` is the machine without its rules: it asks the ledger after every step whether both still agree.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Flask
from hypothesis.stateful import RuleBasedStateMachine, invariant

from app.kit import clock, once
from app.kit.db import db
from app.kit.refusal import Refused
from app.points import operations, proof, queries, sealed
from tests.makers import NOON, a_household, a_resident, a_street
from tests.points.ledger import NET, rows

HOUSEHOLDS = 2
ENDS = "SELECT h.id, e.outcome, e.amount FROM holds h LEFT JOIN hold_ends e ON e.hold_id = h.id"

MISSHAPEN = """
SELECT COUNT(*) FROM transfers t JOIN accounts d ON d.id = t.debit_id JOIN accounts c ON c.id = t.credit_id
WHERE t.amount NOT BETWEEN 1 AND 1000000 OR d.id = c.id OR d.asset <> t.asset OR c.asset <> t.asset
   OR t.change <> CASE WHEN d.owner_kind = 'household' THEN -t.amount ELSE t.amount END
"""


@dataclass
class HoldModel:
    id: int
    household: int
    amount: int
    expires_at: datetime
    state: str = "held"
    paid: int = 0

    def lives(self, at: datetime) -> bool:
        return self.state == "held" and at < self.expires_at


@dataclass
class EntryModel:
    id: int
    asset: str
    household: int
    change: int
    reversible: bool = True


class LedgerModel(RuleBasedStateMachine):
    """Two households with a hundred points each at noon, and what is asked after every step."""

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
        self.sent: dict[str, int | None] = {}  # forms that were carried out, and what came of them
        self.heads: list[str] = []
        self.number = 0
        self.last_grant: dict[str, Any] = {}
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

    def available(self, household: int) -> int:
        return self.balance[household] - self.held(household)

    def send(self, act: Callable[[], int | None]) -> bool:
        """Act as a form does, under an id of its own; whether the ledger accepted it. A refusal undoes what it did."""
        request_id = self.cause().replace(":", "-")
        try:
            with db.session.begin_nested():
                result = once.do(request_id, who=1, content={"form": request_id}, act=act)
        except Refused:
            return False
        self.sent[request_id] = result
        return True

    def grant_to(self, household: int, amount: int) -> None:
        home = self.homes[household]
        self.last_grant = {
            "household_id": home.household_id, "resident_id": home.id, "code": "E04", "heading": "environment",
            "because": self.cause(), "effective_at": self.at, "at": self.at, "by_id": None,
        }  # fmt: skip

        def act() -> int:
            for asset in ("points", "honour"):
                posted = operations.grant(asset, amount, **self.last_grant)
                self.entries.append(EntryModel(posted.id, asset, household, amount))
            return posted.id

        assert self.send(act)
        self.balance[household] += amount
        self.honour[household] += amount
        self.issued += amount

    @invariant()
    def i4_i7_i9_balances_agree_and_nobody_is_in_debt(self) -> None:
        for number, home in enumerate(self.homes):
            has = queries.balances(home.household_id, at=self.at)
            assert (has.points, has.held) == (self.balance[number], self.held(number))
            assert has.available >= 0
            assert has.honour_earned == self.honour[number] >= 0

    @invariant()
    def i1_i2_i3_i4_the_journal_agrees_with_what_is_kept_and_with_the_model(self) -> None:
        sums, flows = Counter[str](), Counter[str]()
        for _id, asset, owner, purpose, balance, held, net in rows(NET):
            kept = owner == "household"
            assert balance == (net if kept else 0)
            assert not (kept and asset == "points") or balance >= held >= 0
            sums[asset] += net
            if asset == "points":
                flows["has" if kept else "redeemed" if owner == "merchant" else purpose] += net
        assert set(sums.values()) == {0}
        assert (-flows["issued"], flows["redeemed"], -flows["corrected"]) == (
            self.issued,
            self.redeemed,
            self.corrected,
        )
        assert self.issued - self.redeemed + self.corrected == flows["has"] == sum(self.balance)
        assert rows(MISSHAPEN) == [(0,)]

    @invariant()
    def i12_each_hold_ended_as_it_did(self) -> None:
        ends = {hold: (outcome, amount) for hold, outcome, amount in rows(ENDS)}
        assert len(ends) == len(self.holds)
        for one in self.holds:
            outcome, paid = ends[one.id]
            if one.state == "held":
                assert outcome in ((None,) if one.lives(self.at) else (None, "expired"))
            else:
                assert (outcome, paid) == (one.state, one.paid)

    @invariant()
    def i20_what_was_sealed_is_as_it_was(self) -> None:
        if self.heads:
            with clock.fixed(self.at):
                assert list(sealed.faults()) == []
            assert sealed.unknown(self.heads) == []
