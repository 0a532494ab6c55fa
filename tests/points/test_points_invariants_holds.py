"""Limits and holds: I7, I8, I11 to I13 of points.md. What happens at one moment stands in tests/races (I14).

Each test says what must be taken away for it to fail; each was seen to fail like that.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.kit.db import db
from app.kit.refusal import Refused
from app.people.models import Resident
from app.points import operations, queries
from app.points.models import HoldEnd, Transfer
from app.points.rules import MOST, quarter_bounds
from tests.makers import NOON
from tests.points.ledger import WEEK, give, has, keep_back, rows, settle


def test_i07_no_more_is_held_than_there_is(home: Resident) -> None:
    """Fails without `short_refusal` in operations.hold: then the database answers, which is no sentence."""
    give(home, 50, "a:1")
    keep_back(home, 40, "order:1")

    with pytest.raises(Refused) as no:
        keep_back(home, 11, "order:2")

    assert dict(no.value.refusal.values) == {"missing": 1}
    assert (has(home).points, has(home).held, has(home).available) == (50, 40, 10)


def test_i07_the_database_itself_refuses_a_balance_below_what_is_held(home: Resident) -> None:
    """Fails without the constraint `never_short` of `models.Account`."""
    give(home, 50, "a:1")
    keep_back(home, 40, "order:1")

    for change in ("balance = 39", "held = -1", "held = 51"):
        with pytest.raises(IntegrityError), db.session.begin_nested():
            db.session.execute(text(f"UPDATE accounts SET {change} WHERE bounded AND asset = 'points'"))


def test_i08_a_hold_that_was_accepted_can_be_posted_although_the_earning_was_reversed(home: Resident) -> None:
    """Fails when operations.reverse counts the balance instead of what is available of it."""
    earning = give(home, 50, "a:1")
    held = keep_back(home, 40, "order:1")

    operations.reverse(earning.id, because="mistake:1", by_id=None, at=NOON)
    settle(held.id)

    assert (has(home).points, has(home).held) == (0, 0)


@pytest.mark.parametrize("second", ["post", "void"])
def test_i08_the_second_step_of_any_accepted_hold_never_fails_for_points(home: Resident, second: str) -> None:
    """Fails when `hold` does not raise `held` (`_change` in operations): the next hold would take the same points."""
    give(home, 50, "a:1")
    held = [keep_back(home, amount, f"order:{amount}") for amount in (20, 25, 5)]

    for one in held:
        if second == "post":
            settle(one.id, f"collected:{one.id}")
        else:
            operations.release(one.id, at=NOON, outcome="voided")

    assert (has(home).points, has(home).held) == (0 if second == "post" else 50, 0)


def test_i08_no_hold_is_accepted_that_no_entry_could_post(home: Resident) -> None:
    """Fails when `hold` takes more than an entry moves."""
    for number in range(2):
        give(home, MOST, f"a:{number}")

    for amount in (0, -1, MOST + 1):
        with pytest.raises(ValueError, match="keeps 1 to"):
            keep_back(home, amount, "order:1")

    assert settle(keep_back(home, MOST, "order:1").id).entry.amount == MOST


def test_i11_honour_counts_in_the_quarter_of_its_local_instant(home: Resident) -> None:
    """Fails when `_honour_of` takes its end in, or quarters begin at midnight of another zone."""
    starts, ends = quarter_bounds(NOON)
    give(home, 1, "last", asset="honour", effective_at=starts - timedelta(milliseconds=1))
    give(home, 2, "first", asset="honour", effective_at=starts)
    give(home, 4, "next", asset="honour", effective_at=ends)

    assert has(home).honour_earned == 2
    assert db.session.execute(queries.honour_entries(starts, ends)).all() == [(home.household_id, 2)]


def test_i12_a_hold_ends_once_and_says_how_it_ended(home: Resident) -> None:
    """Fails without `ended_refusal` in settle or release."""
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


@pytest.mark.parametrize("amount", [1, 39, 40])
def test_i12_what_was_held_and_not_posted_is_free_again(home: Resident, amount: int) -> None:
    """Fails when `_end` releases the part that was posted only."""
    give(home, 50, "a:1")
    held = keep_back(home, 40, "order:1")

    posted = settle(held.id, amount=amount)

    assert posted.entry.amount == amount
    assert (has(home).points, has(home).held, has(home).available) == (50 - amount, 0, 50 - amount)
    assert rows("SELECT balance, held FROM accounts WHERE owner_kind = 'household'") == [(50 - amount, 0)]
    assert rows("SELECT outcome, held, amount FROM hold_ends") == [("posted", 40, amount)]
    assert rows("SELECT amount, change FROM transfers WHERE hold_id IS NOT NULL") == [(amount, -amount)]
    with pytest.raises(Refused):
        settle(held.id, "rest", amount=1)


@pytest.mark.parametrize("amount", [0, 41, -1])
def test_i12_no_more_is_posted_than_was_held(home: Resident, amount: int) -> None:
    """Fails without the constraints of `models.HoldEnd`: more than was held, or an end that is none."""
    give(home, 50, "a:1")
    held = keep_back(home, 40, "order:1")

    with pytest.raises(IntegrityError), db.session.begin_nested():
        settle(held.id, amount=amount)

    assert (has(home).points, has(home).held) == (50, 40)


def test_i12_the_database_knows_one_end_of_a_hold(home: Resident) -> None:
    """Fails when the end of a hold has a key of its own."""
    give(home, 50, "a:1")
    held = keep_back(home, 40, "order:1")
    operations.release(held.id, at=NOON, outcome="voided")
    end = {"held": 40, "by_id": None, "ended_at": NOON, "request_id": "x", "outcome": "expired", "amount": 0}

    for wrong in ({"hold_id": held.id}, {"hold_id": held.id + 1}, {"hold_id": held.id, "held": 41}):
        with pytest.raises(IntegrityError), db.session.begin_nested():
            db.session.execute(HoldEnd.__table__.insert().values(end | wrong))


def test_i13_a_hold_lapses_by_the_clock_whoever_notes_it(home: Resident) -> None:
    """Fails when `ended_refusal` or `balances` lets a hold live at its last moment."""
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


@pytest.mark.parametrize("late", [timedelta(0), timedelta(days=90)])
def test_i13_noting_what_lapsed_never_once_or_often_gives_the_same(home: Resident, late: timedelta) -> None:
    """Fails when `_swept` is left out of hold or reverse, or notes the moment of noting."""
    over = NOON + WEEK + late
    told: list[Any] = []
    for times in (0, 1, 3):
        with db.session.begin_nested() as trial:
            earning = give(home, 50, "a:1")
            held = [keep_back(home, amount, f"order:{amount}") for amount in (40, 10)]
            for _ in range(times):
                for one in held:
                    operations.release(one.id, at=over, outcome="expired")
            seen = has(home, over)
            keep_back(home, 30, "order:next", at=over)
            operations.reverse(earning.id, because="mistake:1", by_id=None, at=over)
            ends = rows("SELECT outcome, amount, ended_at FROM hold_ends ORDER BY hold_id")
            changes = db.session.scalars(select(Transfer.change).order_by(Transfer.id)).all()
            told.append((seen, has(home, over), ends, changes))
            trial.rollback()

    assert told[0] == told[1] == told[2]
    assert (told[0][0].held, told[0][1].held, told[0][1].points) == (0, 30, 30)
