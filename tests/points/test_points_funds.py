"""Goods funds on the real database: set by the committee, charged when goods go over the counter."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app.kit.audit import AuditEntry
from app.kit.db import db
from app.kit.periods import Period
from app.kit.refusal import Refused
from app.kit.words import Words
from app.points import budget, fund_queries, funds
from app.points import operations as points
from app.points import proof as ledger
from app.points import queries as balances
from app.points.models import Account, Transfer
from app.points.rules import Entry, Owner
from app.rewards import operations as rewards
from app.rewards import proof, vouchers
from tests.makers import NOON
from tests.points.ledger import guards_off
from tests.rewards.shop import KEY, Shop, a_family, a_shop, an_item, reserve

QUARTER = Period("quarter", 2026, 4)
WHY = Words(zh="公益资金", en="Grants")
DAY = timedelta(days=1)


@pytest.fixture
def shop(context: Flask) -> Shop:
    return a_shop()


def set_fund(shop: Shop, amount: int, quarter: Period = QUARTER, at: Any = NOON) -> points.Posted:
    return funds.set_fund(shop.street.community.id, quarter, amount, why=WHY, by=shop.staff, at=at)


def now(shop: Shop, quarter: Period = QUARTER, at: Any = NOON) -> budget.Budget:
    place_id = shop.street.community.id
    return fund_queries.budgets(quarter, [place_id], at=at)[place_id]


def collect(shop: Shop, item: int, at: Any = NOON, points_given: int = 100) -> Any:
    order = reserve(item, a_family(shop, points_given=points_given), shop, at=at)
    return rewards.redeem(vouchers.digits(KEY, order.nonce), key=KEY, by=shop.clerk, at=at)


def test_a_fund_is_set_by_entries_over_the_difference(shop: Shop) -> None:
    set_fund(shop, 500)
    set_fund(shop, 800)
    set_fund(shop, 300)

    assert now(shop).fund == 300
    changes = fund_queries.changes_of(shop.street.community.id, QUARTER)
    assert [(row.change, row.why) for row in changes] == [(-500, WHY), (300, WHY), (500, WHY)]
    account = select(Account).where(Account.purpose == "2026-Q4")
    assert [(one.asset, one.owner_kind, one.balance) for one in db.session.scalars(account)] == [
        ("goods", "community", 0)
    ]
    assert list(ledger.faults()) == []
    db.session.flush()
    noted = select(AuditEntry.detail).where(AuditEntry.act == "points.fund").order_by(AuditEntry.id)
    assert list(db.session.scalars(noted)) == [{"quarter": "2026-Q4", "yuan": yuan} for yuan in (500, 800, 300)]


def test_each_quarter_has_a_fund_of_its_own(shop: Shop) -> None:
    set_fund(shop, 500)
    set_fund(shop, 900, QUARTER.next)

    assert [now(shop, one).fund for one in (QUARTER.previous, QUARTER, QUARTER.next)] == [0, 500, 900]
    with pytest.raises(Refused):
        set_fund(shop, 900, QUARTER.next)
    with pytest.raises(Refused):
        set_fund(shop, 900, QUARTER.previous)


def test_goods_that_go_over_the_counter_are_paid_by_the_fund_of_that_quarter(shop: Shop) -> None:
    set_fund(shop, 500)
    set_fund(shop, 700, QUARTER.next)
    item = an_item(shop, limit_count=None)
    order = collect(shop, item)
    reserve(item, a_family(shop), shop)
    later = QUARTER.ends
    with db.session.begin_nested():
        collect(shop, item, at=later)

    assert (now(shop).spent, now(shop).held) == (40, 40)
    assert now(shop, QUARTER.next, at=later).spent == 40
    entry = db.session.scalars(select(Transfer).where(Transfer.because == f"goods:order:{order.id}")).one()
    assert (entry.asset, entry.amount, entry.effective_at, entry.household_id) == ("goods", 40, NOON, None)
    credit = db.session.get_one(Account, entry.credit_id)
    assert (credit.owner_kind, credit.owner_id) == ("merchant", shop.market)
    assert [*ledger.faults(), *proof.faults()] == []


def test_a_fund_that_is_used_up_refuses_no_order(shop: Shop) -> None:
    set_fund(shop, 30)
    item = an_item(shop, limit_count=None)

    collect(shop, item)
    collect(shop, item)

    assert (now(shop).spent, now(shop).left, now(shop).state) == (80, -50, "over")
    with pytest.raises(Refused):
        set_fund(shop, 79)
    set_fund(shop, 80)
    assert list(ledger.faults()) == []


def test_a_loan_costs_the_fund_nothing(shop: Shop) -> None:
    collect(shop, an_item(shop, price=0, stock=None))

    assert now(shop).spent == 0
    assert [*ledger.faults(), *proof.faults()] == []


def test_the_liability_is_all_that_households_of_the_place_have(shop: Shop) -> None:
    family = a_family(shop, points_given=100)
    a_family(shop, points_given=70)
    reserve(an_item(shop), family, shop)

    ours = now(shop)
    assert (ours.unredeemed, ours.held, ours.left) == (170, 40, -40)
    assert ours.earned_lately == 0  # what came in at this very instant is not of the days before
    assert (now(shop, at=NOON + DAY).earned_lately, now(shop, at=NOON + DAY).earners) == (170, 2)
    village = shop.street.village.id
    assert fund_queries.budgets(QUARTER, [village], at=NOON)[village] == budget.Budget(QUARTER, NOON)


def test_what_was_handed_over_lately_is_counted_from_the_first_day_on(shop: Shop) -> None:
    item = an_item(shop, limit_count=None)
    collect(shop, item)
    collect(shop, item, at=NOON + 3 * DAY)

    ten = now(shop, at=NOON + 10 * DAY)
    assert (ten.lately, ten.spent_lately, ten.forecast) == (10, 80, 80 + 34 * 8)
    assert now(shop, at=NOON + 89 * DAY).lately == 89
    assert (now(shop, at=NOON + 92 * DAY).lately, now(shop, at=NOON + 92 * DAY).spent_lately) == (90, 40)


def test_each_community_is_looked_back_at_as_far_as_it_hands_goods_over(shop: Shop) -> None:
    """A neighbour that has handed goods over for a year says nothing of the pace of one that began last week."""
    village = shop.street.village.id
    entry = funds.goods_entry(99, community_id=village, merchant_id=shop.market, yuan=7, at=NOON - 360 * DAY)
    points.post([entry, replace(entry, because="goods:order:100", effective_at=NOON - 60 * DAY)])
    collect(shop, an_item(shop, limit_count=None))
    at = NOON + 10 * DAY

    both = fund_queries.budgets(QUARTER, [shop.street.community.id, village], at=at)

    ours, theirs = both[shop.street.community.id], both[village]
    assert (ours.lately, ours.spent_lately, ours.forecast) == (10, 40, 40 + 34 * 4)
    assert (theirs.lately, theirs.spent_lately) == (90, 7)


def test_points_that_came_before_goods_were_handed_over_do_not_count_for_the_pace(shop: Shop) -> None:
    grant = {"community_id": shop.street.community.id, "code": "E04", "heading": "environment", "by_id": None}
    early = {"because": "early:1", "effective_at": NOON - 30 * DAY, "posted_at": NOON - 30 * DAY}
    family = a_family(shop, points_given=5)
    home: dict[str, Any] = {"household_id": family.household_id, "resident_id": None}
    points.post([points.grant_entry("points", 900, **grant, **early, **home)])
    collect(shop, an_item(shop), points_given=100)

    assert (now(shop, at=NOON + 10 * DAY).earned_lately, now(shop, at=NOON + 10 * DAY).earners) == (105, 2)


def test_two_who_set_a_fund_at_once_do_so_one_after_the_other(shop: Shop) -> None:
    """The clock of the second one stood still while it waited for the first: what is there now decides, not then."""
    set_fund(shop, 500)

    set_fund(shop, 800, at=NOON - timedelta(milliseconds=5))

    assert now(shop).fund == 800
    with pytest.raises(Refused, match="already"):
        set_fund(shop, 800, at=NOON - timedelta(milliseconds=5))


def test_a_budget_as_it_stood_does_not_know_what_came_later(shop: Shop) -> None:
    item = an_item(shop, limit_count=None)
    set_fund(shop, 500)
    order = reserve(item, a_family(shop), shop)
    at = NOON + DAY
    rewards.redeem(vouchers.digits(KEY, order.nonce), key=KEY, by=shop.clerk, at=at)
    set_fund(shop, 900, at=at)

    before = now(shop, at=at - timedelta(seconds=1))
    assert (before.fund, before.spent, before.held) == (500, 0, 40)
    assert (now(shop, at=at).fund, now(shop, at=at).spent, now(shop, at=at).held) == (900, 40, 0)


@pytest.mark.parametrize(
    "owner",
    [
        Owner("household", 1),
        Owner("resident", 1),
        Owner("community", 1, "2026"),
        Owner("community", 1, "2026-Q4x"),
        Owner("merchant", 1, "2026-Q4"),
    ],
)
def test_the_database_knows_goods_funds_of_communities_by_quarter_alone(shop: Shop, owner: Owner) -> None:
    common: dict[str, Any] = {
        "asset": "goods", "amount": 5, "code": "fund", "heading": "goods", "because": "odd:1",
        "community_id": shop.street.community.id, "household_id": None, "resident_id": None, "by_id": None,
        "effective_at": NOON, "posted_at": NOON,
    }  # fmt: skip

    with pytest.raises(IntegrityError), db.session.begin_nested():
        points.post([Entry(**common, debit=Owner("community", 1, "issued"), credit=owner)])


@pytest.mark.parametrize(
    "change", ["amount = 39, change = 39", "effective_at = '2026-10-01 00:00:00'", "because = 'goods:order:0'"]
)
def test_i32_a_fund_that_paid_another_price_is_found(shop: Shop, change: str) -> None:
    order = collect(shop, an_item(shop))
    off = {
        "sqlite": ["DROP TRIGGER transfers_no_update"],
        "postgresql": ["SET LOCAL session_replication_role = replica"],
    }
    for statement in (*off[db.engine.dialect.name], f"UPDATE transfers SET {change} WHERE asset = 'goods'"):
        db.session.connection().exec_driver_sql(statement)

    assert [(one.invariant, one.where) for one in proof.faults()] == [("I32", f"order:{order.id}")]


def test_i02_a_fund_that_was_made_that_of_another_quarter_is_found(shop: Shop) -> None:
    """Fails when only the entries are looked at: none of them names the quarter but by its account."""
    collect(shop, an_item(shop))
    set_fund(shop, 500, QUARTER.next)
    guards_off()
    for was, now_is in ((QUARTER.key, "2030-Q1"), (QUARTER.next.key, QUARTER.key), ("2030-Q1", QUARTER.next.key)):
        db.session.execute(update(Account).where(Account.purpose == was).values(purpose=now_is))

    funds = db.session.scalars(select(Account.id).where(Account.purpose.like("2%")).order_by(Account.id)).all()
    assert [(one.invariant, one.where) for one in ledger.faults()] == [("I2", f"account:{funds[0]}")]


def test_i02_a_fund_that_changed_places_with_what_is_outside_is_found(shop: Shop) -> None:
    set_fund(shop, 500)
    guards_off()
    for was, now_is in (("issued", "redeemed"), (QUARTER.key, "issued"), ("redeemed", QUARTER.key)):
        goods = Account.asset == "goods", Account.purpose == was
        db.session.execute(update(Account).where(*goods).values(purpose=now_is))

    assert [one.invariant for one in ledger.faults()] == ["I2"]


def test_households_see_nothing_of_it_in_their_statement(shop: Shop) -> None:
    family = a_family(shop)
    order = reserve(an_item(shop), family, shop)
    rewards.redeem(vouchers.digits(KEY, order.nonce), key=KEY, by=shop.clerk, at=NOON)

    rows = balances.statement(family.household_id or 0, "points", resident_id=family.id, after=None).rows
    assert [row.change for row in rows] == [-40, 100]
