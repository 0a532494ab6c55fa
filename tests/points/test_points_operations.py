"""The ledger on the real database; what is promised of it by number stands in test_points_invariants*.py."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from app.kit.db import db, is_out_of_reach
from app.people.models import Resident
from app.points import operations, queries
from app.points.models import Account, Transfer
from app.points.rules import Entry, quarter_bounds
from tests import postgres
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
    posted = operations.post([_entry(home, f"many:{number}") for number in range(900)])

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


@pytest.mark.postgresql
def test_a_server_that_goes_away_under_a_posting_is_told_as_any_other(home: Resident) -> None:
    """The posting asks the driver itself: whoever handles errors must not notice, nor the next who posts."""
    entry = _entry(home, "clean-up:1")
    db.session.commit()
    mine = db.session.scalar(text("SELECT pg_backend_pid()"))
    postgres.admin(db.engine.url.render_as_string(hide_password=False), f"SELECT pg_terminate_backend({mine}, 5000)")

    with pytest.raises(OperationalError) as gone:
        operations.post([entry])
    db.session.rollback()

    assert is_out_of_reach(gone.value)
    assert "clean-up" not in str(gone.value)
    operations.post([entry])
    assert has(home).points == 1


def _entry(home: Resident, because: str) -> Entry:
    return operations.grant_entry(
        "points", 1, community_id=a_street().community.id, household_id=home.household_id, resident_id=home.id,
        code="E04", heading="environment", because=because, by_id=None, effective_at=NOON, posted_at=NOON,
    )  # fmt: skip
