"""Writes of rewards: reserve, cancel, hand over; what lapses; stock; merchants and rewards.

Locks are taken in one order: rewards by id, orders, then the accounts of households by id (in points). The row of the
reward guards its stock and its monthly limit (both are counted after that lock); the account guards the points, also
across two rewards at once.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Select, select, update

from app.kit import audit, bus, once
from app.kit.db import db, locked
from app.kit.refusal import Refused, refuse_if
from app.kit.words import Words
from app.people.rules import Person
from app.points import operations as points
from app.points import queries as balances
from app.rewards import queries, rules, vouchers
from app.rewards.events import OrderCollected, OrderReleased, OrderReserved
from app.rewards.models import Item, ItemMerchant, Merchant, MerchantClerk, Order, OrderChange, StockMove


def reserve(item_id: int, *, merchant_id: int, key: bytes, by: Person, at: datetime) -> Order:
    """Put one piece aside for the household: stock and points are held together for seven days.

    `key` is the house's secret, from which the voucher is derived. Raises `Refused` (sentences 4, 5, 6).
    """
    item = _free_what_lapsed(item_id, by.household_id, at=at)
    offer = queries.reward(item_id, by.household_id, at=at)
    if item is None or offer is None or by.household_id is None:
        raise LookupError(f"reward {item_id} for household {by.household_id}")
    available = balances.balances(by.household_id, at=at).available
    refuse_if(rules.reserve_refusal(queries.offer_of(offer), by, available=available, at=at))
    refuse_if(rules.pick_up_refusal(merchant_id, frozenset(point.id for point in queries.pick_ups(item_id))))
    order = _put_aside(item, merchant_id, by.household_id, key=key, by=by, at=at)
    bus.announce(OrderReserved(order.id, item.id, order.household_id, by.id, order.price, at))
    return order


def _put_aside(item: Item, merchant_id: int, household_id: int, *, key: bytes, by: Person, at: datetime) -> Order:
    form, expires_at = once.current(), at + rules.HOLD
    # Sent once more, the form leads to the same voucher (I18).
    nonce = vouchers.nonce(key, form) if form else secrets.token_hex(16)
    hold_id = None
    if item.price:
        hold_id = points.hold(
            household_id=household_id, resident_id=by.id, amount=item.price, because=f"voucher:{nonce}",
            what=item.name, expires_at=expires_at, by_id=by.id, at=at,
        ).id  # fmt: skip
    order = Order(
        item_id=item.id, merchant_id=merchant_id, household_id=household_id, resident_id=by.id, price=item.price,
        hold_id=hold_id, nonce=nonce, voucher_hash=vouchers.digest(key, vouchers.digits(key, nonce)),
        state="held", reserved_at=at, expires_at=expires_at,
    )  # fmt: skip
    _count(item, reserved=+1)
    db.session.add(order)
    db.session.flush()
    db.session.add(OrderChange(order_id=order.id, state="held", at=at, by_id=by.id))
    return order


def cancel(order_id: int, *, by: Person, at: datetime) -> Order:
    """The household does not want it after all: points and stock are free again. The caller found it to be theirs."""
    item, order = _locked_order(order_id)
    refuse_if(rules.cancel_refusal(_standing(order), at=at))
    _release(item, order, "voided", by_id=by.id, at=at)
    return order


def show_at_counter(voucher: str, *, key: bytes, by: Person, at: datetime) -> int:
    """Look at the order of a voucher before handing over; its id. Refuses as `redeem` does; changes nothing."""
    return _at_counter(voucher, key=key, by=by, at=at)


def redeem(voucher: str, *, key: bytes, by: Person, at: datetime) -> Order:
    """Hand the goods over: the points become the pick-up point's, the piece leaves the shelf. Once (points I32)."""
    order_id = _at_counter(voucher, key=key, by=by, at=at)
    item, order = _locked_order(order_id)
    # Asked again after the lock: of many who come at once, one finds it still held.
    _at_counter(voucher, key=key, by=by, at=at)
    _step(order, "collect", by_id=by.id, at=at)
    order.handed_over_by = by.id
    if order.hold_id is not None:
        points.settle(order.hold_id, merchant_id=order.merchant_id, because=f"order:{order.id}", by_id=by.id, at=at)
    _count(item, reserved=-1, on_hand=-1)
    if item.on_hand is not None:
        db.session.add(
            StockMove(item_id=item.id, kind="handed_over", quantity=-1, order_id=order.id, at=at, by_id=by.id)
        )
    audit.note("rewards.hand_over", f"order:{order.id}", actor_id=by.id, at=at, place_id=item.community_id)
    bus.announce(OrderCollected(order.id, item.id, order.merchant_id, order.household_id, order.price, at))
    return order


def _at_counter(voucher: str, *, key: bytes, by: Person, at: datetime) -> int:
    """The order of this voucher, when this person may hand it over now. Raises `Refused`."""
    refuse_if(rules.voucher_pace_refusal(queries.wrong_vouchers(vouchers.clerk_key(key, by.id), at=at)))
    order = queries.order_by_voucher(vouchers.digest(key, voucher))
    if order is None:
        raise Refused(rules.UNKNOWN_VOUCHER)
    refuse_if(
        rules.hand_over_refusal(
            rules.Standing(order.state, order.expires_at, order.ended_at),
            merchant_id=order.merchant_id,
            merchant_name=order.merchant_name,
            for_household=order.household_id,
            counters=frozenset(counter.id for counter in queries.counters_of(by)),
            clerk_household=by.household_id,
            at=at,
        )
    )
    order_id: int = order.id
    return order_id


def release_lapsed(at: datetime) -> int:
    """Note every reservation that ran out, as of the moment it did; how many. Late or twice gives the same."""
    lapsed = queries.lapsed_orders(at)
    items = _locked_items(set(db.session.scalars(lapsed.with_only_columns(Order.item_id))))
    return _lapse(items, lapsed, at=at)


def _free_what_lapsed(item_id: int, household_id: int | None, *, at: datetime) -> Item | None:
    """Lock the reward and the household; release what lapsed of both, so that stock and points are what they seem."""
    lapsed = queries.lapsed_orders(at, item_id=item_id, household_id=household_id)
    items = _locked_items({item_id, *db.session.scalars(lapsed.with_only_columns(Order.item_id))})
    _lapse(items, lapsed, at=at, household_id=household_id)
    return items.get(item_id)


def _lapse(items: dict[int, Item], lapsed: Select[Any], *, at: datetime, household_id: int | None = None) -> int:
    """Release these orders of locked rewards; `household_id` is locked with the households they belong to."""
    statement = lapsed.where(Order.item_id.in_(items)).order_by(Order.household_id, Order.id)
    orders = db.session.scalars(locked(statement).execution_options(populate_existing=True)).all()
    households = {order.household_id for order in orders} | ({household_id} if household_id is not None else set())
    for one in sorted(households):
        points.lock_household(one)
    for order in orders:
        _release(items[order.item_id], order, "expired", by_id=None, at=order.expires_at, noted_at=at)
    db.session.flush()
    return len(orders)


def _release(
    item: Item,
    order: Order,
    outcome: Literal["voided", "expired"],
    *,
    by_id: int | None,
    at: datetime,
    noted_at: datetime | None = None,
) -> None:
    """`at` is when it ended; what follows from that in the ledger is posted when it is noted, and never earlier."""
    _step(order, "cancel" if outcome == "voided" else "lapse", by_id=by_id, at=at)
    if order.hold_id is not None:
        points.release(order.hold_id, at=noted_at or at, outcome=outcome, by_id=by_id)
    _count(item, reserved=-1)
    bus.announce(OrderReleased(order.id, item.id, order.household_id, order.price, outcome, at))


def _step(order: Order, action: str, *, by_id: int | None, at: datetime) -> None:
    order.state, order.ended_at = rules.LIFE.after(order.state, action), at
    db.session.add(OrderChange(order_id=order.id, state=order.state, at=at, by_id=by_id))


def _count(item: Item, *, reserved: int = 0, on_hand: int = 0) -> None:
    """Move the counts in the database itself, where the constraint sees them; what is not counted stays so."""
    db.session.execute(
        update(Item)
        .where(Item.id == item.id)
        .values(reserved=Item.reserved + reserved, on_hand=Item.on_hand + on_hand)
        .execution_options(synchronize_session="fetch")
    )


def _locked_order(order_id: int) -> tuple[Item, Order]:
    """An order with its reward, both locked and read afresh."""
    item_id = db.session.scalars(select(Order.item_id).where(Order.id == order_id)).one()
    item = _locked_items({item_id})[item_id]
    statement = locked(select(Order).where(Order.id == order_id)).execution_options(populate_existing=True)
    return item, db.session.scalars(statement).one()


def _locked_items(ids: set[int]) -> dict[int, Item]:
    statement = locked(select(Item).where(Item.id.in_(ids)).order_by(Item.id)).execution_options(populate_existing=True)
    return {item.id: item for item in db.session.scalars(statement)}


def restock(item_id: int, *, quantity: int, by: Person, at: datetime) -> Item:
    """More pieces came in. The caller found the reward to be this person's to keep."""
    item = _locked_items({item_id})[item_id]
    refuse_if(rules.restock_refusal(item.on_hand))
    _receive(item, quantity, by_id=by.id, at=at)
    place_id = item.community_id
    audit.note("rewards.restock", f"reward:{item.id}", actor_id=by.id, at=at, place_id=place_id, quantity=quantity)
    return item


def _receive(item: Item, quantity: int, *, by_id: int | None, at: datetime) -> None:
    _count(item, on_hand=quantity)
    db.session.add(StockMove(item_id=item.id, kind="received", quantity=quantity, at=at, by_id=by_id))


def withdraw(item_id: int, *, by: Person, at: datetime) -> Item:
    """Take a reward out of the catalogue. What is reserved can still be collected."""
    item = _locked_items({item_id})[item_id]
    item.withdrawn_at = item.withdrawn_at or at
    audit.note("rewards.withdraw", f"reward:{item.id}", actor_id=by.id, at=at, place_id=item.community_id)
    return item


def put_back(item_id: int, *, by: Person, at: datetime) -> Item:
    """Offer a withdrawn reward again."""
    item = _locked_items({item_id})[item_id]
    item.withdrawn_at = None
    audit.note("rewards.put_back", f"reward:{item.id}", actor_id=by.id, at=at, place_id=item.community_id)
    return item


def open_merchant(
    *,
    key: str,
    place_id: int,
    community_id: int,
    kind: str,
    name: Words,
    open_hours: Words,
    note: Words | None = None,
    spot_id: int | None = None,
) -> Merchant:
    """Name a pick-up point; one that bears this key already comes back as it is."""
    merchant = db.session.scalar(select(Merchant).where(Merchant.key == key))
    if merchant is None:
        merchant = Merchant(
            key=key, place_id=place_id, community_id=community_id, spot_id=spot_id, kind=kind, name=name,
            open_hours=open_hours, note=note,
        )  # fmt: skip
        db.session.add(merchant)
        db.session.flush()
    return merchant


def appoint_clerk(merchant_id: int, resident_id: int) -> None:
    """Somebody stands behind this counter from now on; the door also asks for the role `merchant`."""
    if db.session.get(MerchantClerk, (merchant_id, resident_id)) is None:
        db.session.add(MerchantClerk(merchant_id=merchant_id, resident_id=resident_id))
        db.session.flush()


def offer_item(
    *,
    source: str,
    community_id: int,
    category: str,
    name: Words,
    description: Words,
    price: int,
    stock: int | None,
    limit_count: int | None,
    merchant_ids: Sequence[int],
    at: datetime,
    by_id: int | None = None,
) -> Item:
    """Put a reward into the catalogue; `stock` None when not counted. One from this `source` comes back as it is."""
    item = db.session.scalar(select(Item).where(Item.source == source))
    if item is not None:
        return item
    item = Item(
        source=source, community_id=community_id, category=category, name=name, description=description, price=price,
        on_hand=None if stock is None else 0, reserved=0, limit_count=limit_count,
    )  # fmt: skip
    db.session.add(item)
    db.session.flush()
    db.session.add_all(ItemMerchant(item_id=item.id, merchant_id=one) for one in merchant_ids)
    if stock:
        _receive(item, stock, by_id=by_id, at=at)
    db.session.flush()
    return item


def _standing(order: Order) -> rules.Standing:
    return rules.Standing(order.state, order.expires_at, order.ended_at)
