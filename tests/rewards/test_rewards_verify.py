"""flask verify: stock, orders and the ledger tell the same, and whoever tampers is found."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.kit import clock
from app.kit.db import db
from app.points import operations as points
from app.points import proof as ledger
from app.rewards import operations, proof, vouchers
from app.rewards.models import Order
from tests.makers import NOON, kept
from tests.rewards.shop import DRILL, KEY, a_family, a_shop, an_item

# A tamperer with the owner's rights switches the guards off first.
_OFF = {
    "sqlite": [
        "PRAGMA defer_foreign_keys=ON",
        "PRAGMA ignore_check_constraints=ON",
        "DROP TRIGGER stock_moves_no_delete",
        "DROP TRIGGER order_changes_no_update",
        "DROP TRIGGER hold_ends_no_update",
    ],
    "postgresql": ["SET LOCAL session_replication_role = replica"],
}


@pytest.fixture
def counter(app: Flask) -> Flask:
    """One order collected (O1), one cancelled, one lapsed and noted, one lapsed and not noted, a loan that waits."""
    with app.app_context(), kept():
        shop = a_shop()
        rice, drill = an_item(shop, limit_count=None), an_item(shop, name=DRILL, price=0, stock=None)
        family, other = a_family(shop), a_family(shop)

        def reserve(item: int = rice, by=family, days: int = 0) -> Order:  # type: ignore[no-untyped-def]
            at = NOON + timedelta(days=days)
            return operations.reserve(item, merchant_id=shop.market, key=KEY, by=by, at=at)

        collected, cancelled = reserve(), reserve()
        operations.redeem(vouchers.digits(KEY, collected.nonce), key=KEY, by=shop.clerk, at=NOON)
        operations.cancel(cancelled.id, by=family, at=NOON)
        reserve()
        operations.release_lapsed(NOON + timedelta(days=8))
        lapsed = reserve(by=other)
        reserve(drill)
        db.session.flush()
        points.release(lapsed.hold_id or 0, at=lapsed.expires_at, outcome="expired")
    return app


def test_an_honest_counter_is_in_order(counter: Flask) -> None:
    with counter.app_context():
        assert [*ledger.faults(), *proof.faults()] == []
        assert proof.counts() == {"orders": 5}
    with clock.fixed(NOON + timedelta(days=8)):
        assert counter.test_cli_runner().invoke(args=["verify"]).exit_code == 0


@pytest.mark.parametrize(
    ("tampering", "invariant", "where"),
    [
        ("UPDATE reward_items SET on_hand = on_hand + 1 WHERE price > 0", "I30", "reward:"),
        ("UPDATE reward_items SET reserved = 0", "I30", "reward:"),
        ("DELETE FROM stock_moves WHERE order_id = {O1}", "I30", "order:{O1}"),
        ("UPDATE orders SET price = 1 WHERE id = {O1}", "I31", "order:{O1}"),
        ("UPDATE orders SET household_id = household_id + 1 WHERE id = {O1}", "I31", "order:{O1}"),
        ("UPDATE hold_ends SET outcome = 'voided', amount = 0 WHERE outcome = 'posted'", "I31", "order:{O1}"),
        ("UPDATE orders SET merchant_id = merchant_id + 1 WHERE id = {O1}", "I32", "order:{O1}"),
        ("UPDATE order_changes SET state = 'voided' WHERE order_id = {O1} AND state = 'posted'", "I31", "order:{O1}"),
    ],
)
def test_what_was_tampered_with_is_named(counter: Flask, tampering: str, invariant: str, where: str) -> None:
    with counter.app_context():
        first = db.session.scalars(select(Order.id).order_by(Order.id)).first()
        for statement in (*_OFF[db.engine.dialect.name], tampering.format(O1=first)):
            db.session.connection().exec_driver_sql(statement)
        told = list(proof.faults())
        db.session.rollback()

    assert any(one.invariant == invariant and one.where.startswith(where.format(O1=first)) for one in told), told
