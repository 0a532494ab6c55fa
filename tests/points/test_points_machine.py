"""The ledger against plain dictionaries: whatever is done in whatever order, both agree after every step.

The model keeps its own balances and holds ("double-double entry"); for each act it says beforehand whether the ledger
must accept or refuse it.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule, run_state_machine_as_test
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.kit import clock, once
from app.kit.db import db
from app.kit.refusal import Refused
from app.points import operations, proof, queries, sealed, sealing
from app.points.rules import MOST
from tests.points.ledger import guards_off, rows
from tests.points.model import HOUSEHOLDS, EntryModel, HoldModel, LedgerModel

# Small amounts and the edges of what an entry can hold.
amounts = st.one_of(st.integers(1, 60), st.sampled_from([1, 7, 8, 9, 63, 64, 65, 1_000_000]))
households = st.integers(0, HOUSEHOLDS - 1)

# What a tamperer does to an entry, and what `verify` must name. Behind a seal it is the entry, whatever was done.
TAMPERING = {
    "UPDATE transfers SET amount = amount % 1000000 + 1, change = change / amount * (amount % 1000000 + 1)"
    " WHERE id = {entry}": "account:",
    "UPDATE transfers SET change = -change WHERE id = {entry}": "transfer:{entry}",
    "UPDATE transfers SET balance_after = balance_after + 1 WHERE id = {entry}": "transfer:{entry}",
    "UPDATE transfers SET household_id = household_id + 1 WHERE id = {entry}": "transfer:{entry}",
    "DELETE FROM transfers WHERE id = {entry}": "account:",
}
# The same of what is kept beside the journal.
BESIDE = (
    "balance = balance + 1",
    "balance = balance + 1, held = held + 1",
)


def never() -> int:
    raise AssertionError("I15: a form that was carried out acted again")


class Ledger(LedgerModel):
    """Grant, hold, settle, release, lapse by the clock, sweep, reverse, do any earlier request again, seal, tamper."""

    @rule(household=households, amount=amounts)
    def grant(self, household: int, amount: int) -> None:
        self.grant_to(household, amount)

    @rule(amount=amounts)
    def grant_again_for_the_same_cause(self, amount: int) -> None:
        with pytest.raises(IntegrityError), db.session.begin_nested():
            operations.grant("points", amount, **self.last_grant)

    @rule(household=households, more=st.sampled_from([0, 0, 1]), days=st.integers(1, 7))
    def hold_all_or_more(self, household: int, more: int, days: int) -> None:
        self.hold(household, max(1, self.available(household) + more), days)

    @rule(household=households, amount=st.integers(1, 60), days=st.integers(1, 7))
    def hold_some(self, household: int, amount: int, days: int) -> None:
        self.hold(household, amount, days)

    def hold(self, household: int, amount: int, days: int) -> None:
        home, expires_at, amount = self.homes[household], self.at + timedelta(days=days), min(amount, MOST)
        enough = amount <= self.available(household)

        def act() -> int:
            made = operations.hold(
                household_id=home.household_id, amount=amount, because=self.cause(), expires_at=expires_at,
                by_id=home.id, at=self.at,
            )  # fmt: skip
            self.holds.append(HoldModel(made.id, household, amount, expires_at))
            return made.id

        assert self.send(act) is enough, "I7"

    @precondition(lambda self: self.holds)
    @rule(which=st.data(), part=st.sampled_from([1, 1, 2, 3]))
    def settle(self, which: st.DataObject, part: int) -> None:
        one = which.draw(st.sampled_from(self.holds))
        lived, paid = one.lives(self.at), -(-one.amount // part)

        def act() -> int:
            posted = operations.settle(
                one.id, merchant_id=3, because=self.cause(), by_id=None, at=self.at, amount=None if part == 1 else paid
            )
            self.entries.append(EntryModel(posted.id, "points", one.household, -paid))
            return posted.id

        assert self.send(act) is lived, "I8: an accepted hold can be posted while it lives, once"
        if lived:
            one.state, one.paid = "posted", paid
            self.balance[one.household] -= paid
            self.redeemed += paid

    @precondition(lambda self: self.holds)
    @rule(which=st.data())
    def void(self, which: st.DataObject) -> None:
        one = which.draw(st.sampled_from(self.holds))
        lived = one.lives(self.at)

        assert self.send(lambda: operations.release(one.id, at=self.at, outcome="voided")) is lived
        if lived:
            one.state = "voided"

    @precondition(lambda self: self.holds)
    @rule(which=st.data())
    def expire(self, which: st.DataObject) -> None:
        one = which.draw(st.sampled_from(self.holds))
        over = one.state == "expired" or (one.state == "held" and self.at >= one.expires_at)

        assert self.send(lambda: operations.release(one.id, at=self.at, outcome="expired")) is over
        if over:
            one.state = "expired"

    @rule(times=st.integers(0, 3))
    def sweep(self, times: int) -> None:
        """I13: noting what lapsed, never or often, changes nothing that anybody sees."""
        before = [queries.balances(home.household_id, at=self.at) for home in self.homes]
        self.note_what_lapsed(times)
        assert before == [queries.balances(home.household_id, at=self.at) for home in self.homes]

    def note_what_lapsed(self, times: int) -> None:
        for one in [one for one in self.holds if one.state == "held" and self.at >= one.expires_at]:
            for _ in range(times):
                operations.release(one.id, at=self.at, outcome="expired")
                one.state = "expired"

    @rule(hours=st.integers(1, 30))
    def time_passes(self, hours: int) -> None:
        self.at += timedelta(hours=hours)

    @precondition(lambda self: any(one.lives(self.at) for one in self.holds))
    @rule(which=st.data(), before=st.sampled_from([timedelta(0), timedelta(microseconds=1)]))
    def the_hour_of_a_hold_comes(self, which: st.DataObject, before: timedelta) -> None:
        one = which.draw(st.sampled_from([one for one in self.holds if one.lives(self.at)]))
        self.at = max(self.at, one.expires_at - before)

    @rule(which=st.data())
    def reverse(self, which: st.DataObject) -> None:
        """Of what was earned, spent or not; of what was paid, whole or in part."""
        one = which.draw(st.sampled_from(self.entries))
        reversible, spendable = one.reversible, self.available(one.household)

        act = lambda: operations.reverse(one.id, because=self.cause(), by_id=None, at=self.at).id  # noqa: E731
        assert self.send(act) is reversible, "I24"
        if not reversible:
            return
        one.reversible = False
        if one.asset == "honour":
            self.honour[one.household] -= one.change
            return
        missing = max(0, one.change - spendable)
        self.balance[one.household] += missing - one.change
        self.corrected += missing
        if one.change > 0:
            self.issued -= one.change
        else:
            self.redeemed += one.change

    @rule(which=st.data(), other=st.booleans())
    def send_an_earlier_form_again(self, which: st.DataObject, other: bool) -> None:
        request_id = which.draw(st.sampled_from(list(self.sent)))
        if other:
            with pytest.raises(Refused) as no, db.session.begin_nested():
                once.do(request_id, who=1, content={"form": "another"}, act=never)
            assert "already used for something else" in no.value.refusal.text
        else:
            again = once.do(request_id, who=1, content={"form": request_id}, act=never)
            assert again == self.sent[request_id]

    @rule(times=st.integers(1, 2), night=st.booleans())
    def seal(self, times: int, night: bool) -> None:
        """Now, or in the night that follows; what lapsed and nobody noted is noted after its day is sealed."""
        if night:
            self.at = clock.day_bounds(clock.local(self.at).date())[1] + sealing.GRACE
        made = sum(sealing.seal_days(self.at) for _ in range(times))
        self.heads = [head for (head,) in rows("SELECT head FROM seals ORDER BY number")]
        assert len(self.heads) >= made
        self.note_what_lapsed(1)

    @precondition(lambda self: self.heads)
    @rule()
    def cut_the_tail_off(self) -> None:
        """I20: without its last seal the journal looks whole; whoever kept the last head knows better."""
        cut = db.session.begin_nested()
        guards_off()
        last = "(SELECT MAX(number) FROM seals)"
        for statement in (
            f"DELETE FROM sealed_entries WHERE number >= (SELECT first FROM seals WHERE number = {last})",
            f"DELETE FROM seals WHERE number = {last}",
        ):
            db.session.execute(text(statement))
        missed = sealed.unknown(self.heads)
        cut.rollback()
        assert [one.where for one in missed] == [f"head:{self.heads[-1]}"]

    @rule(which=st.data(), how=st.sampled_from(sorted(TAMPERING)))
    def tamper_with_an_entry(self, which: st.DataObject, how: str) -> None:
        entry = which.draw(st.sampled_from(self.entries)).id
        kept = rows("SELECT COUNT(*) FROM sealed_entries WHERE kind = 'transfer' AND entry_id = :one", one=entry)
        found, found_in_seals = self.found_after(how.format(entry=entry))

        assert any(where.startswith(TAMPERING[how].format(entry=entry)) for where in found), found
        if kept == [(1,)]:
            assert found_in_seals[0] == f"transfer:{entry}"

    @rule(household=households, how=st.sampled_from(BESIDE))
    def tamper_beside_the_journal(self, household: int, how: str) -> None:
        owner = self.homes[household].household_id
        points = "asset = 'points' AND owner_kind = 'household'"
        found, _ = self.found_after(f"UPDATE accounts SET {how} WHERE {points} AND owner_id = {owner}")

        assert any(where.startswith("account:") for where in found), found

    def found_after(self, tampering: str) -> tuple[list[str], list[str]]:
        """What `verify` names in ledger and seals when somebody did this behind the guards; then it is undone."""
        trial = db.session.begin_nested()
        guards_off()
        db.session.execute(text(tampering))
        with clock.fixed(self.at):
            found = [one.where for one in proof.faults()], [one.where for one in sealed.faults()]
        trial.rollback()
        return found


def test_the_ledger_agrees_with_its_model(app: Flask) -> None:
    class OfThisApp(Ledger):
        pass

    OfThisApp.app = app
    run_state_machine_as_test(OfThisApp)
