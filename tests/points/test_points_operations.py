"""The ledger on the real database."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.kit.db import db
from app.kit.refusal import Refused
from app.points import operations, queries
from app.points.models import Account, HoldEnd, Transfer
from app.points.rules import quarter_bounds
from tests.makers import NOON, a_household, a_resident, a_street

WEEK = timedelta(days=7)


@pytest.fixture
def home(context: Flask) -> Any:
    return a_resident(a_household(a_street().group))


def give(home: Any, amount: int, because: str, asset: Any = "points", **more: Any) -> operations.Posted:
    values = {"code": "E04", "heading": "environment", "effective_at": NOON, "at": NOON, "by_id": None} | more
    return operations.grant(
        asset, amount, household_id=home.household_id, resident_id=home.id, because=because, **values
    )


def keep_back(home: Any, amount: int, because: str, at: Any = NOON) -> operations.Held:
    return operations.hold(
        household_id=home.household_id, amount=amount, because=because, expires_at=at + WEEK, by_id=home.id, at=at
    )


def settle(hold_id: int, because: str = "collected:1", at: Any = NOON) -> operations.Posted:
    return operations.settle(hold_id, merchant_id=1, because=because, by_id=None, at=at)


def has(home: Any, at: Any = NOON) -> queries.Balances:
    return queries.balances(home.household_id, at=at)


def test_what_is_granted_can_be_spent_and_honour_is_counted_apart(home: Any) -> None:
    give(home, 5, "clean-up:1")
    give(home, 5, "clean-up:1", asset="honour")
    give(home, 90, "clean-up:1", asset="minutes")

    assert (has(home).points, has(home).available) == (5, 5)
    assert (has(home).honour_earned, has(home).honour) == (5, 65)
    assert queries.minutes_of(home.id) == 90


@pytest.mark.parametrize("amount", [0, -1, 1.0, True, 10**7, "5"])
def test_i2_an_amount_is_a_whole_positive_number(home: Any, amount: Any) -> None:
    with pytest.raises(ValueError, match="whole amount"):
        give(home, amount, "odd:1")


def test_i2_the_database_refuses_an_entry_across_assets(home: Any) -> None:
    give(home, 5, "a:1")
    give(home, 5, "a:1", asset="honour")
    accounts = {(row.asset, row.owner_kind): row.id for row in db.session.scalars(select(Account))}
    row = db.session.execute(select(Transfer.__table__).where(Transfer.asset == "points")).one()._asdict()
    del row["id"]

    for wrong in (
        {"credit_id": accounts["honour", "household"]},
        {"amount": 0, "change": 0},
        {"credit_id": row["debit_id"]},
        {"change": 4},
    ):
        with pytest.raises(IntegrityError), db.session.begin_nested():
            db.session.execute(Transfer.__table__.insert().values(row | {"because": "a:2"} | wrong))


def test_i16_one_cause_moves_one_asset_once(home: Any) -> None:
    give(home, 5, "clean-up:1")

    with pytest.raises(IntegrityError), db.session.begin_nested():
        give(home, 5, "clean-up:1")

    assert has(home).points == 5


def test_i7_no_more_is_held_than_there_is(home: Any) -> None:
    give(home, 50, "a:1")
    keep_back(home, 40, "order:1")

    with pytest.raises(Refused) as no:
        keep_back(home, 11, "order:2")

    assert dict(no.value.refusal.values) == {"missing": 1}
    assert (has(home).points, has(home).held, has(home).available) == (50, 40, 10)


def test_i7_the_database_itself_refuses_a_balance_below_what_is_held(home: Any) -> None:
    give(home, 50, "a:1")
    keep_back(home, 40, "order:1")

    for change in ("balance = 39", "held = -1", "held = 51"):
        with pytest.raises(IntegrityError), db.session.begin_nested():
            db.session.execute(text(f"UPDATE accounts SET {change} WHERE bounded AND asset = 'points'"))


def test_i8_a_hold_that_was_accepted_can_be_posted_although_the_earning_was_reversed(home: Any) -> None:
    earning = give(home, 50, "a:1")
    held = keep_back(home, 40, "order:1")

    operations.reverse(earning.id, because="mistake:1", by_id=None, at=NOON)
    settle(held.id)

    assert (has(home).points, has(home).held) == (0, 0)


def test_i12_a_hold_ends_once_and_says_how_it_ended(home: Any) -> None:
    give(home, 100, "a:1")
    posted, voided, lapsed = (keep_back(home, 10, f"order:{number}") for number in range(3))
    later = NOON + WEEK

    settle(posted.id)
    operations.release(voided.id, at=NOON, outcome="voided")
    operations.release(lapsed.id, at=later, outcome="expired")

    for held, word in ((posted, "collected, so"), (voided, "cancelled"), (lapsed, "not collected in time")):
        for again in (
            lambda held=held: settle(held.id, "again", at=later),
            lambda held=held: operations.release(held.id, at=later, outcome="voided"),
        ):
            with pytest.raises(Refused) as no:
                again()
            assert word in no.value.refusal.text
    assert (has(home, later).points, has(home, later).held) == (90, 0)
    assert db.session.scalars(select(HoldEnd.ended_at).where(HoldEnd.hold_id == lapsed.id)).one() == later


def test_i13_a_hold_lapses_by_the_clock_whoever_notes_it(home: Any) -> None:
    give(home, 50, "a:1")
    held = keep_back(home, 40, "order:1")
    last = NOON + WEEK - timedelta(microseconds=1)
    over = NOON + WEEK

    assert (has(home, last).available, has(home, over).available) == (10, 50)
    with pytest.raises(Refused):
        operations.release(held.id, at=last, outcome="expired")
    with pytest.raises(Refused):
        settle(held.id, at=over)

    keep_back(home, 50, "order:2", at=over)

    for _ in range(2):
        operations.release(held.id, at=over, outcome="expired")
    assert (has(home, over).held, has(home, over).available) == (50, 0)


def test_i19_the_journal_refuses_change_and_removal(home: Any) -> None:
    give(home, 5, "a:1")

    for statement in ("UPDATE transfers SET amount = 6", "DELETE FROM transfers"):
        with pytest.raises(DBAPIError, match="append-only"), db.session.begin_nested():
            db.session.execute(text(statement))


def test_i24_a_reversal_is_the_exact_opposite_and_happens_once(home: Any) -> None:
    earning = give(home, 5, "a:1", asset="honour", effective_at=NOON - timedelta(days=90))

    back = operations.reverse(earning.id, because="mistake:1", by_id=None, at=NOON)

    rows = {row.id: row for row in db.session.execute(select(Transfer.__table__))}
    first, second = rows[earning.id], rows[back.id]
    assert (second.debit_id, second.credit_id, second.amount) == (first.credit_id, first.debit_id, first.amount)
    assert (second.reverses_id, second.effective_at) == (first.id, first.effective_at)
    with pytest.raises(Refused):
        operations.reverse(earning.id, because="mistake:2", by_id=None, at=NOON)
    with pytest.raises(Refused):
        operations.reverse(back.id, because="mistake:3", by_id=None, at=NOON)


def test_i25_what_was_spent_before_a_reversal_is_borne_by_the_community(home: Any) -> None:
    earning = give(home, 50, "a:1")
    settle(keep_back(home, 40, "order:1").id)

    operations.reverse(earning.id, because="mistake:1", by_id=None, at=NOON)

    assert has(home).points == 0
    corrected = db.session.scalars(select(Account.id).where(Account.purpose == "corrected")).one()
    made_up = db.session.scalars(select(Transfer).where(Transfer.debit_id == corrected)).one()
    assert (made_up.amount, made_up.because) == (40, "mistake:1:corrected")


def test_a_handed_back_reward_returns_the_points(home: Any) -> None:
    give(home, 50, "a:1")
    taken = settle(keep_back(home, 40, "order:1").id)

    operations.reverse(taken.id, because="returned:1", by_id=None, at=NOON)

    assert has(home).points == 50


def test_i5_the_balance_after_each_entry_is_a_running_sum_in_the_order_of_posting(home: Any) -> None:
    give(home, 5, "a:1", effective_at=NOON)
    give(home, 7, "a:2", effective_at=NOON - timedelta(days=30))
    settle(keep_back(home, 4, "order:1").id)

    rows = queries.statement(home.household_id, "points", resident_id=home.id, after=None).rows

    assert [(row.change, row.balance) for row in rows] == [(-4, 8), (7, 12), (5, 5)]
    assert rows[0].balance == has(home).points


def test_i11_honour_counts_in_the_quarter_of_its_local_instant(home: Any) -> None:
    starts, ends = quarter_bounds(NOON)
    give(home, 1, "last", asset="honour", effective_at=starts - timedelta(milliseconds=1))
    give(home, 2, "first", asset="honour", effective_at=starts)
    give(home, 4, "next", asset="honour", effective_at=ends)

    assert has(home).honour_earned == 2
    assert db.session.execute(queries.honour_entries(starts, ends)).all() == [(home.household_id, 2)]


def test_a_reversed_pair_changes_no_period(home: Any) -> None:
    starts, ends = quarter_bounds(NOON)
    earning = give(home, 5, "a:1", asset="honour", effective_at=starts - timedelta(days=1))

    operations.reverse(earning.id, because="mistake:1", by_id=None, at=NOON)

    before = queries.quarter_bounds(starts - timedelta(days=1))
    assert db.session.execute(queries.honour_entries(*before)).all() == [(home.household_id, 0)]
    assert db.session.execute(queries.honour_entries(starts, ends)).all() == []


def test_many_entries_are_posted_in_a_few_statements(home: Any) -> None:
    entries = [
        operations.grant_entry(
            "points", 1, community_id=a_street().community.id, household_id=home.household_id, resident_id=home.id,
            code="E04", heading="environment", because=f"many:{number}", by_id=None, effective_at=NOON, posted_at=NOON,
        )
        for number in range(900)
    ]  # fmt: skip

    posted = operations.post(entries)

    assert has(home).points == 900
    assert [one.entry.because for one in posted] == [
        row.because for row in db.session.execute(select(Transfer.because).order_by(Transfer.id))
    ]


def test_a_merchant_account_keeps_no_balance_and_is_summed_up(home: Any) -> None:
    give(home, 50, "a:1")
    settle(keep_back(home, 40, "order:1").id)

    assert queries.merchant_received(1, NOON - WEEK, NOON + WEEK) == 40
    kept = db.session.scalars(select(Account.balance).where(Account.owner_kind == "merchant")).all()
    assert kept == [0]
