"""Whether stock, orders and the ledger tell the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, String, and_, case, cast, func, literal, not_, or_, select
from sqlalchemy.orm import aliased

from app.kit.db import db
from app.kit.proof import Fault, first_faults
from app.points.models import Account, Hold, HoldEnd, Transfer
from app.rewards.models import Item, Order, OrderChange, StockMove


def faults() -> Iterator[Fault]:
    """The first reward whose counts drifted; the first order that its hold, its goods or its steps contradict."""
    yield from first_faults(
        ("I30", "reward", _stock_drifted()),
        ("I30", "reward", _reserved_drifted()),
        ("I31", "order", _unlike_its_hold()),
        ("I32", "order", _paid_to_another()),
        ("I30", "order", _unlike_its_goods()),
        ("I31", "order", _step_not_written()),
        ("I32", "order", _unlike_its_goods_entry()),
    )


def counts() -> dict[str, int]:
    return {"orders": db.session.scalar(select(func.count(Order.id))) or 0}


def _select(*columns: Any) -> Select[Any]:
    return select(*columns)


def _stock_drifted() -> Select[Any]:
    """What lies on the shelf is what came in less what went out."""
    moves = func.coalesce(
        select(func.sum(StockMove.quantity)).where(StockMove.item_id == Item.id).correlate(Item).scalar_subquery(), 0
    )
    drifted = Item.on_hand.is_not(None), Item.on_hand != moves
    return _select(Item.id, Item.on_hand, moves.label("moves")).where(*drifted).order_by(Item.id)


def _reserved_drifted() -> Select[Any]:
    """What is reserved is one piece for each order that still says `held`."""
    held = Order.item_id == Item.id, Order.state == "held"
    orders = select(func.count()).where(*held).correlate(Item).scalar_subquery()
    return _select(Item.id, Item.reserved, orders.label("orders")).where(Item.reserved != orders).order_by(Item.id)


def _unlike_its_hold() -> Select[Any]:
    """An order and its hold have one price, one household, one end; a lapsed hold may be noted before its order."""
    stands = case((Order.hold_id.is_(None), Order.state), else_=func.coalesce(HoldEnd.outcome, "held"))  # a loan
    noted_first = and_(Order.state == "held", stands == "expired")
    wrong = or_(
        Order.price != func.coalesce(Hold.amount, 0),
        Order.household_id != Hold.household_id,
        Order.expires_at != Hold.expires_at,
        and_(Order.state != stands, not_(noted_first)),
    )
    query = _select(Order.id, Order.state, Order.price, stands.label("hold"), Hold.amount)
    ends = query.outerjoin(Hold, Hold.id == Order.hold_id).outerjoin(HoldEnd, HoldEnd.hold_id == Hold.id)
    return ends.where(wrong).order_by(Order.id)


def _paid_to_another() -> Select[Any]:
    """The points of an order belong to the pick-up point that handed it over."""
    wrong = or_(Account.owner_kind != "merchant", Account.owner_id != Order.merchant_id)
    return (
        _select(Order.id, Order.merchant_id, Transfer.id.label("transfer"), Account.owner_kind, Account.owner_id)
        .join(Transfer, Transfer.hold_id == Order.hold_id)
        .join(Account, Account.id == Transfer.credit_id)
        .where(wrong)
        .order_by(Order.id)
    )


def _unlike_its_goods() -> Select[Any]:
    """A counted piece leaves the shelf with its order, once, and with no order that was not collected."""
    collected = Order.state == "posted"
    wrong = or_(
        and_(collected, Item.on_hand.is_not(None), StockMove.id.is_(None)),
        and_(~collected, StockMove.id.is_not(None)),
        StockMove.quantity != -1,
        StockMove.item_id != Order.item_id,
    )
    return (
        _select(Order.id, Order.state, Order.item_id, StockMove.quantity)
        .join(Item, Item.id == Order.item_id)
        .outerjoin(StockMove, StockMove.order_id == Order.id)
        .where(wrong)
        .order_by(Order.id)
    )


def _step_not_written() -> Select[Any]:
    """How an order stands, and since when, is its last step."""
    here = and_(OrderChange.order_id == Order.id, OrderChange.state == Order.state)
    since = func.coalesce(Order.ended_at, Order.reserved_at)
    return (
        _select(Order.id, Order.state, since.label("since"), OrderChange.at)
        .outerjoin(OrderChange, here)
        .where(or_(OrderChange.id.is_(None), OrderChange.at != since))
        .order_by(Order.id)
    )


def _unlike_its_goods_entry() -> Select[Any]:
    """What the goods fund paid for an order is its price, to the pick-up point, in the quarter of that moment.

    Orders that were collected before there were goods funds have no such entry.
    """
    debit, credit, goods = aliased(Account), aliased(Account), aliased(Transfer)
    of_goods = goods.asset == "goods", goods.code == "goods"
    began = select(func.min(goods.posted_at)).where(*of_goods).scalar_subquery()
    paid = and_(Transfer.asset == "goods", Transfer.because == literal("goods:order:") + cast(Order.id, String))
    owed = and_(Order.state == "posted", Order.price > 0)
    wrong = or_(
        and_(owed, Order.ended_at >= began, Transfer.id.is_(None)),
        and_(not_(owed), Transfer.id.is_not(None)),
        Transfer.amount != Order.price,
        Transfer.effective_at != Order.ended_at,
        credit.owner_id != Order.merchant_id,
        credit.owner_kind != "merchant",
        debit.owner_kind != "community",
    )
    return (
        _select(Order.id, Order.state, Order.price, Transfer.amount.label("paid"))
        .outerjoin(Transfer, paid)
        .outerjoin(debit, debit.id == Transfer.debit_id)
        .outerjoin(credit, credit.id == Transfer.credit_id)
        .where(wrong)
        .order_by(Order.id)
    )
