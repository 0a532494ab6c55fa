"""Reserve, collect, cancel, lapse: stock and points on the real database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.kit.audit import AuditEntry
from app.kit.db import db
from app.kit.refusal import Refused
from app.people import operations as people
from app.people.models import Resident
from app.people.rules import Person
from app.points import queries as balances
from app.points.models import Transfer
from app.rewards import operations, queries, rules, vouchers
from app.rewards.models import Item, Order, OrderChange, StockMove
from tests.makers import NOON, as_person, give
from tests.rewards.shop import (
    DRILL,
    KEY,
    Shop,
    a_family,
    a_shop,
    an_item,
    available,
    digits,
    relative_of,
    reserve,
    shelf,
)

WEEK = timedelta(days=7)
SECOND = timedelta(seconds=1)


@pytest.fixture
def shop(context: Flask) -> Shop:
    return a_shop()


def redeem(order: Order, shop: Shop, at: Any = NOON, by: Any = None) -> Order:
    return operations.redeem(digits(order), key=KEY, by=by or shop.clerk, at=at)


def refused(act: Any) -> str:
    with pytest.raises(Refused) as no:
        act()
    return no.value.refusal.text


def changes(order: Order) -> list[str]:
    db.session.flush()
    return [row.state for row in queries.changes_of(order.id)]


def test_a_reservation_holds_points_and_stock_together(shop: Shop) -> None:
    rice, family = an_item(shop), a_family(shop)

    order = reserve(rice, family, shop)

    assert available(family) == 60
    assert shelf(rice) == (10, 1)
    assert (order.state, order.expires_at) == ("held", NOON + WEEK)
    assert changes(order) == ["held"]


def test_too_few_points_move_neither_points_nor_stock(shop: Shop) -> None:
    rice, family = an_item(shop), a_family(shop, points_given=39)

    assert "points short" in refused(lambda: reserve(rice, family, shop))

    assert available(family) == 39
    assert shelf(rice) == (10, 0)


def test_i30_the_last_one_goes_to_one_household(shop: Shop) -> None:
    rice, first, second = an_item(shop, stock=1), a_family(shop), a_family(shop)
    reserve(rice, first, shop)

    assert "last one has just gone" in refused(lambda: reserve(rice, second, shop))

    assert available(second) == 100
    assert shelf(rice) == (1, 1)


def test_i30_the_database_refuses_more_reserved_than_on_hand(shop: Shop) -> None:
    rice = an_item(shop, stock=1)

    with pytest.raises(IntegrityError):
        db.session.execute(update(Item).where(Item.id == rice).values(reserved=2))


def test_the_limit_counts_the_calendar_month_of_the_whole_household(shop: Shop) -> None:
    rice, family = an_item(shop, price=1), a_family(shop)
    reserve(rice, family, shop)
    reserve(rice, relative_of(family), shop)

    assert "limit is" in refused(lambda: reserve(rice, family, shop))

    reserve(rice, family, shop, at=datetime(2026, 11, 30, 16, 0, tzinfo=UTC))  # the first of December, 0:00


def test_the_limit_of_one_reward_leaves_another_alone(shop: Shop) -> None:
    rice, oil, family = an_item(shop, limit_count=1, price=10), an_item(shop, limit_count=1, price=10), a_family(shop)

    reserve(rice, family, shop)
    reserve(oil, family, shop)

    assert available(family) == 80


def test_what_was_cancelled_or_lapsed_does_not_count_against_the_limit(shop: Shop) -> None:
    rice, family = an_item(shop, limit_count=1), a_family(shop)
    first = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
    operations.cancel(reserve(rice, family, shop, at=first).id, by=family, at=first)
    lapsed = reserve(rice, family, shop, at=first)

    again = reserve(rice, family, shop, at=first + WEEK)

    assert (lapsed.state, again.state) == ("expired", "held")
    assert available(family, first + WEEK) == 60


def test_a_pick_up_point_that_does_not_keep_it_is_refused(shop: Shop) -> None:
    rice, family = an_item(shop), a_family(shop)
    elsewhere = {"merchant_id": shop.canteen, "key": KEY, "by": family, "at": NOON}

    assert "not kept at that" in refused(lambda: operations.reserve(rice, **elsewhere))

    assert shelf(rice) == (10, 0)


def test_a_withdrawn_reward_can_be_collected_but_not_reserved(shop: Shop) -> None:
    rice, family = an_item(shop), a_family(shop)
    order = reserve(rice, family, shop)
    operations.withdraw(rice, by=shop.staff, at=NOON)

    assert "no longer offered" in refused(lambda: reserve(rice, family, shop))
    assert redeem(order, shop).state == "posted"

    operations.put_back(rice, by=shop.staff, at=NOON)
    assert reserve(rice, family, shop).state == "held"


def test_a_loan_needs_no_points_and_moves_none(shop: Shop) -> None:
    drill, family = an_item(shop, name=DRILL, price=0, category="loan"), a_family(shop, points_given=0)

    order = reserve(drill, family, shop)
    redeem(order, shop)

    assert (order.state, order.hold_id) == ("posted", None)
    assert shelf(drill) == (9, 0)
    assert db.session.scalar(select(func.count()).select_from(Transfer)) == 0


def test_what_is_not_counted_never_runs_out(shop: Shop) -> None:
    printing, family = an_item(shop, stock=None, price=5, limit_count=None), a_family(shop)

    for _ in range(3):
        redeem(reserve(printing, family, shop), shop)

    assert available(family) == 85
    assert shelf(printing) == (None, 0)
    assert "not counted" in refused(lambda: operations.restock(printing, quantity=1, by=shop.staff, at=NOON))


def test_collecting_posts_the_points_to_the_pick_up_point_once(shop: Shop) -> None:
    rice, family = an_item(shop), a_family(shop)
    order = reserve(rice, family, shop)

    redeem(order, shop, at=NOON + SECOND)

    assert (order.state, order.ended_at, order.handed_over_by) == ("posted", NOON + SECOND, shop.clerk.id)
    assert balances.balances(family.household_id or 0, at=NOON).points == 60
    assert shelf(rice) == (9, 0)
    assert "already handed over" in refused(lambda: redeem(order, shop))
    assert balances.merchant_received(shop.market, NOON - WEEK, NOON + WEEK) == 40
    assert changes(order) == ["held", "posted"]


def test_i32_what_a_merchant_received_is_the_sum_of_its_posted_orders(shop: Shop) -> None:
    rice, soap, family = an_item(shop), an_item(shop, price=5), a_family(shop, points_given=200)
    redeem(reserve(rice, family, shop), shop)
    redeem(reserve(soap, family, shop), shop)
    operations.cancel(reserve(soap, family, shop).id, by=family, at=NOON)

    posted = db.session.scalar(select(func.sum(Order.price)).where(Order.state == "posted"))

    assert balances.merchant_received(shop.market, NOON - WEEK, NOON + WEEK) == posted == 45
    assert [(line.pieces, line.points) for line in queries.handed_over_today([shop.market], at=NOON)] == [
        (1, 40),
        (1, 5),
    ]
    assert list(queries.handed_over_today([shop.market], at=NOON + timedelta(days=1))) == []


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda order, shop, family: operations.cancel(order.id, by=family, at=NOON), "was cancelled"),
        (lambda order, shop, family: operations.release_lapsed(NOON + WEEK), "not collected in time"),
        (lambda order, shop, family: None, "not collected in time"),  # nothing ran: the clock alone says so
    ],
)
def test_i31_a_voucher_that_ended_hands_nothing_over(shop: Shop, spoil: Any, why: str) -> None:
    rice, family = an_item(shop), a_family(shop)
    order = reserve(rice, family, shop)
    spoil(order, shop, family)

    assert why in refused(lambda: redeem(order, shop, at=NOON + WEEK))

    assert available(family, NOON + WEEK) == 100


def test_l9_neither_another_counter_nor_ones_own_household_hands_over(shop: Shop) -> None:
    rice, family = an_item(shop), a_family(shop)
    order = reserve(rice, family, shop)
    operations.appoint_clerk(shop.market, family.id)
    clerk = as_clerk(family, shop)

    assert "kept at %(place)s" in refused(lambda: redeem(order, shop, by=shop.canteen_clerk))
    assert "own household" in refused(lambda: redeem(order, shop, by=clerk))
    assert "kept at %(place)s" in refused(lambda: redeem(order, shop, by=a_family(shop)))
    assert redeem(order, shop, by=shop.staff).state == "posted"


def as_clerk(family: Person, shop: Shop) -> Person:
    resident = db.session.get(Resident, family.id)
    assert resident is not None
    give("merchant", resident, shop.street.community)
    return as_person(resident)


def test_a_voucher_that_fits_nothing_is_refused_and_ten_make_the_clerk_wait(shop: Shop) -> None:
    order = reserve(an_item(shop), a_family(shop), shop)

    assert refused(lambda: operations.redeem("0" * 12, key=KEY, by=shop.clerk, at=NOON)) == rules.UNKNOWN_VOUCHER.text
    for _ in range(10):
        people.note_failure(vouchers.clerk_key(KEY, shop.clerk.id), at=NOON)
    assert "Too many vouchers" in refused(lambda: redeem(order, shop))
    assert redeem(order, shop, at=NOON + timedelta(minutes=10)).state == "posted"


def test_a_cancelled_order_is_free_once(shop: Shop) -> None:
    rice, family = an_item(shop), a_family(shop)
    order = reserve(rice, family, shop)

    operations.cancel(order.id, by=family, at=NOON)

    assert available(family) == 100
    assert shelf(rice) == (10, 0)
    assert "was cancelled" in refused(lambda: operations.cancel(order.id, by=family, at=NOON))
    assert changes(order) == ["held", "voided"]


def test_nothing_is_cancelled_once_it_lapsed(shop: Shop) -> None:
    family = a_family(shop)
    order = reserve(an_item(shop), family, shop)

    assert "not collected in time" in refused(lambda: operations.cancel(order.id, by=family, at=NOON + WEEK))


def test_i13_a_lapsed_reservation_is_free_whether_or_not_anything_ran(shop: Shop) -> None:
    rice, first, second = an_item(shop, stock=1), a_family(shop), a_family(shop)
    lapsed = reserve(rice, first, shop)

    assert queries.reward(rice, None, at=NOON + WEEK - SECOND).left == 0
    assert queries.reward(rice, None, at=NOON + WEEK).left == 1
    assert available(first, NOON + WEEK) == 100

    order = reserve(rice, second, shop, at=NOON + WEEK + SECOND)

    assert (lapsed.state, lapsed.ended_at) == ("expired", NOON + WEEK)
    assert shelf(rice) == (1, 1)
    assert order.state == "held"


def test_i13_releasing_late_or_twice_gives_the_same(shop: Shop) -> None:
    rice, drill, family = an_item(shop), an_item(shop, price=0), a_family(shop)
    orders = [reserve(rice, family, shop), reserve(drill, family, shop)]

    assert operations.release_lapsed(NOON + WEEK - SECOND) == 0
    assert operations.release_lapsed(NOON + 3 * WEEK) == 2
    assert operations.release_lapsed(NOON + 4 * WEEK) == 0

    assert [(order.state, order.ended_at) for order in orders] == [("expired", NOON + WEEK)] * 2
    assert (shelf(rice), shelf(drill)) == ((10, 0), (10, 0))
    assert available(family, NOON + WEEK) == 100
    assert changes(orders[0]) == ["held", "expired"]


def test_a_lapsed_order_of_the_household_frees_its_points_for_another_reward(shop: Shop) -> None:
    rice, oil, family = an_item(shop), an_item(shop, price=90), a_family(shop)
    lapsed = reserve(rice, family, shop)

    reserve(oil, family, shop, at=NOON + WEEK)

    assert lapsed.state == "expired"
    assert shelf(rice) == (10, 0)
    assert available(family, NOON + WEEK) == 10


def test_i30_what_was_received_is_on_the_shelf_or_was_handed_over(shop: Shop) -> None:
    rice, family = an_item(shop, price=1, limit_count=None), a_family(shop)
    at = NOON
    for step in range(24):
        order = reserve(rice, family, shop, at=at)
        if step % 4 == 0:
            redeem(order, shop, at=at)
        elif step % 4 == 1:
            operations.cancel(order.id, by=family, at=at)
        elif step % 4 == 2:
            operations.restock(rice, quantity=3, by=shop.staff, at=at)
        at += timedelta(days=3)
        _check_shelf(rice)
    operations.release_lapsed(at + WEEK)

    _check_shelf(rice)
    assert shelf(rice)[1] == 0


def _check_shelf(item_id: int) -> None:
    on_hand, reserved = shelf(item_id)
    moved = db.session.scalar(select(func.sum(StockMove.quantity)).where(StockMove.item_id == item_id))
    held = db.session.scalar(select(func.count()).where(Order.item_id == item_id, Order.state == "held"))
    assert (on_hand, reserved) == (moved, held)
    assert on_hand is not None
    assert 0 <= reserved <= on_hand


@pytest.mark.parametrize("table", [OrderChange.__tablename__, StockMove.__tablename__])
def test_steps_and_movements_are_never_changed(shop: Shop, table: str) -> None:
    redeem(reserve(an_item(shop), a_family(shop), shop), shop)
    db.session.flush()

    with pytest.raises(DBAPIError):
        db.session.execute(text(f"DELETE FROM {table}"))


def test_what_staff_do_with_stock_is_on_file(shop: Shop) -> None:
    rice = an_item(shop)

    operations.restock(rice, quantity=5, by=shop.staff, at=NOON)
    operations.withdraw(rice, by=shop.staff, at=NOON)

    notes = db.session.execute(select(AuditEntry.act, AuditEntry.subject, AuditEntry.actor_id).order_by(AuditEntry.id))
    assert [tuple(note) for note in notes] == [
        ("rewards.restock", f"reward:{rice}", shop.staff.id), ("rewards.withdraw", f"reward:{rice}", shop.staff.id),
    ]  # fmt: skip
    assert shelf(rice) == (15, 0)


def test_what_is_loaded_twice_is_there_once(shop: Shop) -> None:
    assert an_item(shop, source="sample:a:rice") == an_item(shop, source="sample:a:rice", price=1)


def test_home_shows_what_waits_to_be_collected(shop: Shop) -> None:
    rice, family = an_item(shop), a_family(shop)
    first = reserve(rice, family, shop)
    redeem(reserve(rice, family, shop), shop)

    assert [row.id for row in queries.waiting_orders(relative_of(family), NOON)] == [first.id]
    assert list(queries.waiting_orders(family, NOON + WEEK)) == []
