"""The ledger on the real database; what is promised of it by number stands in test_points_invariants*.py."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from app.kit.db import db
from app.people.models import Resident
from app.points import operations, queries
from app.points.models import Account, Transfer
from app.points.rules import quarter_bounds
from tests.makers import NOON, a_street
from tests.points.ledger import WEEK, give, has, keep_back, settle


def test_what_is_granted_can_be_spent_and_honour_is_counted_apart(home: Resident) -> None:
    give(home, 5, "clean-up:1")
    give(home, 5, "clean-up:1", asset="honour")
    give(home, 90, "clean-up:1", asset="minutes")

    assert (has(home).points, has(home).available) == (5, 5)
    assert (has(home).honour_earned, has(home).honour) == (5, 65)
    assert queries.minutes_of(home.id) == 90


def test_a_handed_back_reward_returns_the_points(home: Resident) -> None:
    give(home, 50, "a:1")
    taken = settle(keep_back(home, 40, "order:1").id)

    operations.reverse(taken.id, because="returned:1", by_id=None, at=NOON)

    assert has(home).points == 50


def test_a_reversed_pair_changes_no_period(home: Resident) -> None:
    starts, ends = quarter_bounds(NOON)
    earning = give(home, 5, "a:1", asset="honour", effective_at=starts - timedelta(days=1))

    operations.reverse(earning.id, because="mistake:1", by_id=None, at=NOON)

    before = queries.quarter_bounds(starts - timedelta(days=1))
    assert db.session.execute(queries.honour_entries(*before)).all() == [(home.household_id, 0)]
    assert db.session.execute(queries.honour_entries(starts, ends)).all() == []


def test_many_entries_are_posted_in_a_few_statements(home: Resident) -> None:
    community_id = a_street().community.id
    entries = [
        operations.grant_entry(
            "points", 1, community_id=community_id, household_id=home.household_id, resident_id=home.id,
            code="E04", heading="environment", because=f"many:{number}", by_id=None, effective_at=NOON, posted_at=NOON,
        )
        for number in range(900)
    ]  # fmt: skip

    posted = operations.post(entries)

    assert has(home).points == 900
    assert [one.entry.because for one in posted] == [
        row.because for row in db.session.execute(select(Transfer.because).order_by(Transfer.id))
    ]


def test_a_merchant_account_keeps_no_balance_and_is_summed_up(home: Resident) -> None:
    give(home, 50, "a:1")
    settle(keep_back(home, 40, "order:1").id)

    assert queries.merchant_received(1, NOON - WEEK, NOON + WEEK) == 40
    kept = db.session.scalars(select(Account.balance).where(Account.owner_kind == "merchant")).all()
    assert kept == [0]
