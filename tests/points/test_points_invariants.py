"""Conservation and shape of the ledger: I1 to I6 of points.md, asked of the database in SQL of its own.

Each test says what must be taken away for it to fail; each was seen to fail like that.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.kit.db import db
from app.people.models import Resident
from app.points import operations, queries
from app.points.models import Transfer
from app.points.rules import Owner
from tests.makers import NOON
from tests.points.ledger import DAY, NET, SPRING, give, has, keep_back, life_of, rows, settle, transfer

LIVE_HOLDS = """
SELECT COALESCE(SUM(h.amount), 0) FROM holds h
WHERE NOT EXISTS (SELECT 1 FROM hold_ends e WHERE e.hold_id = h.id)
"""


def test_i01_debits_and_credits_of_each_asset_are_equal_posted_and_held(home: Resident) -> None:
    """Fails without `_keep` in posting (the UPDATE of ledger_post), and without `_change` in operations."""
    for step in life_of(home):
        step()
        sums: dict[str, int] = {}
        for _id, asset, owner, _purpose, balance, _held, net in rows(NET):
            sums[asset] = sums.get(asset, 0) + (balance if owner in ("household", "resident") else net)
        assert set(sums.values()) == {0}, sums
        assert rows("SELECT SUM(held) FROM accounts") == rows(LIVE_HOLDS)


@pytest.mark.parametrize("amount", [0, -1, 1.0, True, 1_000_001, 2**63, "5", float("nan")])
def test_i02_an_amount_is_a_whole_positive_number_within_bounds(home: Resident, amount: Any) -> None:
    """Fails without the first question of `rules.Entry`."""
    with pytest.raises(ValueError, match="whole amount"):
        give(home, amount, "odd:1")


def test_i02_the_database_refuses_odd_entries(home: Resident) -> None:
    """Fails when any of the constraints of `models.Transfer` is taken away; each line below has its own."""
    entry = transfer(give(home, 5, "a:1").id)
    honour = transfer(give(home, 5, "a:1", asset="honour").id)
    del entry["id"]

    for wrong in (
        {"credit_id": honour["credit_id"]},
        {"debit_id": honour["debit_id"]},
        {"asset": "gold"},
        {"amount": 0, "change": 0},
        {"amount": -5},
        {"amount": 1_000_001, "change": 1_000_001},
        {"credit_id": entry["debit_id"]},
        {"change": 4},
    ):
        with pytest.raises(IntegrityError), db.session.begin_nested():
            db.session.execute(Transfer.__table__.insert().values(entry | {"because": "a:2"} | wrong))


@pytest.mark.parametrize("statement", [
    "INSERT INTO transfers ({names}) SELECT {values} FROM transfers WHERE id = (SELECT MIN(id) FROM transfers)",
    "INSERT INTO holds (account_id, household_id, amount, because, made_at, expires_at, request_id) "
    "SELECT account_id, household_id, 1.5, 'odd', made_at, expires_at, 'auto:odd' FROM holds",
])  # fmt: skip
@pytest.mark.sqlite
def test_i02_half_a_point_gets_in_by_no_door(home: Resident, statement: str) -> None:
    """Fails without the CAST in `models._WHOLE`: SQLite would keep 1.5 in a column of whole numbers."""
    give(home, 50, "a:1")
    keep_back(home, 40, "order:1")
    columns = [column.name for column in Transfer.__table__.columns if column.name != "id"]
    odd = {"amount": "1.5", "change": "1.5", "because": "'odd'"}
    values = ", ".join(odd.get(name, name) for name in columns)

    with pytest.raises(IntegrityError, match="CHECK"), db.session.begin_nested():
        db.session.execute(text(statement.format(names=", ".join(columns), values=values)))


def test_i02_between_households_everything_goes_through_their_community(home: Resident) -> None:
    """Fails without the last question of `rules.Entry`: the entry would move two kept balances and change one."""
    to_them = operations.grant_entry(
        "points", 5, community_id=1, household_id=1, resident_id=None, code="E04", heading="environment",
        because="a:1", effective_at=NOON, posted_at=NOON, by_id=None,
    )  # fmt: skip

    with pytest.raises(ValueError, match="through their community"):
        replace(to_them, debit=Owner("household", 2))
    with pytest.raises(ValueError, match="two accounts"):
        replace(to_them, debit=to_them.credit)


def test_i03_issued_less_redeemed_reversed_and_expired_is_what_households_have(home: Resident) -> None:
    """Fails when a reversal leaves out what the community bears (`missing` in operations.reverse)."""
    seen: set[str] = set()
    for step in life_of(home):
        step()
        by_purpose: dict[str, int] = {}
        for _id, asset, owner, purpose, balance, _held, net in rows(NET):
            if asset == "points":
                name = "has" if owner == "household" else "redeemed" if owner == "merchant" else purpose
                by_purpose[name] = by_purpose.get(name, 0) + (balance if owner == "household" else net)
        has_all = by_purpose.pop("has", 0)
        assert -sum(by_purpose.values()) == has_all, by_purpose
        assert has_all == has(home).points, "what is held still belongs to its household"
        seen |= {name for name, sum_of_all in by_purpose.items() if sum_of_all}
    assert seen == {"issued", "redeemed", "corrected", "expired"}, "each had its part in it"


def test_i04_kept_balances_are_those_of_the_journal_after_every_step(home: Resident) -> None:
    """Fails without `_keep` in posting (the UPDATE of ledger_post)."""
    for step in life_of(home):
        step()
        for account, _asset, owner, _purpose, balance, _held, net in rows(NET):
            assert balance == (net if owner in ("household", "resident") else 0), account


def test_i05_the_balance_after_each_entry_is_a_running_sum_in_the_order_of_posting(home: Resident) -> None:
    """Fails when `balance_after` is taken from the purse before it moves, or lines are sorted by their day."""
    give(home, 5, "a:1", effective_at=NOON)
    give(home, 7, "a:2", effective_at=NOON - timedelta(days=30))
    settle(keep_back(home, 4, "order:1").id)
    give(home, 1, "a:3", at=NOON - DAY)  # another process whose clock is behind

    lines = queries.statement(home.household_id, "points", resident_id=home.id, after=None).rows

    assert [(row.change, row.balance) for row in lines] == [(1, 9), (-4, 8), (7, 12), (5, 5)]
    assert lines[0].balance == has(home).points


def test_i05_the_statement_runs_through_partial_payment_and_return(home: Resident) -> None:
    """Fails when settle posts what was held instead of what was handed over."""
    for step in life_of(home):
        step()

    lines = queries.every_entry(home.household_id, "points", resident_id=home.id)

    # Of 100, 25 were paid and 27 are held when 60 are taken back: the community bears 12. Later 64 expire, by mistake.
    assert [row.change for row in lines] == [60, 40, -25, 12, -60, 12, 25, 9, -64, 64]
    assert [row.balance for row in lines] == [60, 100, 75, 87, 27, 39, 64, 73, 9, 73]
    assert has(home, SPRING).points == 73
    assert has(home, SPRING).available == 68


def as_of(home: Resident, until: Any, asset: str = "points") -> tuple[int, int]:
    return queries.as_of(home.household_id, asset, resident_id=home.id, until=until)


def test_i06_what_is_posted_later_never_changes_what_was_there_by_posting(home: Resident) -> None:
    """Fails when `as_of` asks one moment for both sums, or takes the moment itself in."""
    give(home, 5, "a:1")
    give(home, 7, "a:2", at=NOON + DAY)
    until = NOON + DAY

    before = as_of(home, until)
    give(home, 11, "late:1", effective_at=NOON - DAY, at=NOON + 2 * DAY)  # for an earlier day
    give(home, 13, "late:2", at=until, effective_at=until)  # at that very moment: no longer within

    assert before == (5, 12)
    assert as_of(home, until) == as_of(home, until) == (5, 23)
    assert as_of(home, NOON) == (0, 11)
    assert as_of(home, NOON + 9 * DAY) == (36, 36)


def test_i06_honour_and_minutes_have_their_own_day(home: Resident) -> None:
    """Fails when `_whose` forgets the asset, or takes minutes for the household's."""
    give(home, 5, "a:1", asset="honour")
    give(home, 90, "a:1", asset="minutes", effective_at=NOON - DAY)

    assert as_of(home, NOON, "honour") == (0, 0)
    assert as_of(home, NOON, "minutes") == (0, 90)
    assert as_of(home, NOON + DAY, "honour") == (5, 5)
