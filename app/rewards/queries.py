"""Reads of rewards: rows, or None. What is left counts reservations that lapsed by `at` as free."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from app.kit import clock, paging
from app.kit.db import db
from app.people.models import FailedAttempt
from app.people.rules import Person
from app.places.models import Place, Spot
from app.rewards.models import Item, ItemMerchant, Merchant, MerchantClerk, Order, OrderChange, StockMove
from app.rewards.rules import WRONG_VOUCHER_WINDOW, Offer, month_of


def _lapsed(at: datetime) -> ColumnElement[bool]:
    return and_(Order.state == "held", Order.expires_at <= at)


def _waits(at: datetime) -> ColumnElement[bool]:
    return and_(Order.state == "held", Order.expires_at > at)


def _waiting(at: datetime) -> ColumnElement[int]:
    """Pieces that wait to be collected now: those reserved, without what lapsed and was not noted yet."""
    lapsed = select(func.count()).where(Order.item_id == Item.id, _lapsed(at)).correlate(Item).scalar_subquery()
    return Item.reserved - lapsed


def _taken(household_id: int | None, at: datetime) -> ColumnElement[int]:
    """How many of a reward this household reserved or collected in the calendar month of `at`."""
    first, following = month_of(at)
    counted = select(func.count()).where(
        Order.item_id == Item.id, Order.household_id == household_id,
        Order.reserved_at >= first, Order.reserved_at < following, or_(Order.state == "posted", _waits(at)),
    )  # fmt: skip
    return counted.correlate(Item).scalar_subquery()


def _rewards(at: datetime) -> Select[*tuple[Any, ...]]:
    return select(
        Item.id, Item.category, Item.name, Item.description, Item.price, Item.limit_count, Item.withdrawn_at,
        Item.on_hand, _waiting(at).label("waiting"), (Item.on_hand - _waiting(at)).label("left"),
        Place.id.label("community_id"), Place.name.label("community_name"), Place.path.label("community_path"),
    ).join(Place, Place.id == Item.community_id)  # fmt: skip


def catalogue(community_id: int | None, category: str | None, *, after: str | None, at: datetime) -> paging.Slice:
    """What is offered now, the cheapest first; of every community when none is named."""
    statement = _rewards(at).where(Item.withdrawn_at.is_(None))
    if community_id is not None:
        statement = statement.where(Item.community_id == community_id)
    if category:
        statement = statement.where(Item.category == category)
    return paging.slice_of(statement, Item.price, Item.id, after=after, ascending=True)


def categories(community_id: int | None) -> set[str]:
    """The categories in which something is offered."""
    statement = select(Item.category).where(Item.withdrawn_at.is_(None)).distinct()
    if community_id is not None:
        statement = statement.where(Item.community_id == community_id)
    return set(db.session.scalars(statement))


def reward(item_id: int, household_id: int | None, *, at: datetime) -> Any:
    """One reward, with `taken`: how many this household took this month."""
    statement = _rewards(at).add_columns(_taken(household_id, at).label("taken")).where(Item.id == item_id)
    return db.session.execute(statement).one_or_none()


def offer_of(row: Any) -> Offer:
    """What the rule looks at, from a row of `reward`."""
    return Offer(
        item_id=row.id, community_name=row.community_name, community_path=row.community_path, price=row.price,
        left=row.left, limit_count=row.limit_count, taken=row.taken, withdrawn=row.withdrawn_at is not None,
    )  # fmt: skip


def pick_ups(item_id: int) -> Sequence[Any]:
    """Where a reward can be collected: id, name, open_hours, note, spot (name or None)."""
    return db.session.execute(
        select(Merchant.id, Merchant.name, Merchant.open_hours, Merchant.note, Spot.name.label("spot"))
        .join(ItemMerchant, ItemMerchant.merchant_id == Merchant.id)
        .outerjoin(Spot, Spot.id == Merchant.spot_id)
        .where(ItemMerchant.item_id == item_id)
        .order_by(Merchant.id)
    ).all()


_ORDER = (
    Order.id, Order.item_id, Order.household_id, Order.merchant_id, Order.price, Order.nonce, Order.state,
    Order.reserved_at, Order.expires_at, Order.ended_at,
    Item.name.label("item_name"), Item.description.label("item_description"), Merchant.name.label("merchant_name"),
    Merchant.open_hours, Merchant.note.label("merchant_note"), Spot.name.label("spot"),
)  # fmt: skip


def _orders() -> Select[*tuple[Any, ...]]:
    return (
        select(*_ORDER)
        .join(Item, Item.id == Order.item_id)
        .join(Merchant, Merchant.id == Order.merchant_id)
        .outerjoin(Spot, Spot.id == Merchant.spot_id)
    )


def orders_of(household_id: int, *, after: str | None) -> paging.Slice:
    """A household's orders, the newest first."""
    return paging.slice_of(_orders().where(Order.household_id == household_id), Order.id, after=after)


def order_of(order_id: int, household_id: int | None) -> Any:
    """One order of this household; None for anybody else's."""
    return db.session.execute(_orders().where(Order.id == order_id, Order.household_id == household_id)).one_or_none()


def order_by_voucher(voucher_hash: str) -> Any:
    return db.session.execute(_orders().where(Order.voucher_hash == voucher_hash)).one_or_none()


def waiting_orders(person: Person, at: datetime) -> Sequence[Any]:
    """What the household can collect now, what runs out first on top: id, item_name, merchant_name, expires_at."""
    mine = Order.household_id == person.household_id
    return db.session.execute(_orders().where(mine, _waits(at)).order_by(Order.expires_at, Order.id).limit(10)).all()


def changes_of(order_id: int) -> Sequence[Any]:
    """The steps of an order: state, at."""
    return db.session.execute(
        select(OrderChange.state, OrderChange.at).where(OrderChange.order_id == order_id).order_by(OrderChange.id)
    ).all()


def lapsed_orders(at: datetime, *, item_id: int | None = None, household_id: int | None = None) -> Select[Any]:
    """Orders that ran out but still hold stock and points: all, or those of a reward or of a household."""
    statement = select(Order).where(_lapsed(at))
    if item_id is not None or household_id is not None:
        statement = statement.where(or_(Order.item_id == item_id, Order.household_id == household_id))
    return statement


def counters_of(person: Person) -> Sequence[Any]:
    """The pick-up points where this person may hand over: as a clerk, or as committee staff of the place. id, name."""
    reach = [Place.path.startswith(path, autoescape=True) for path in person.reaches("staff")]
    serves = select(MerchantClerk.merchant_id).where(MerchantClerk.resident_id == person.id)
    if "merchant" in person.role_names:
        reach.append(Merchant.id.in_(serves))
    return db.session.execute(
        select(Merchant.id, Merchant.name)
        .join(Place, Place.id == Merchant.place_id)
        .where(or_(*reach) if reach else Merchant.id.is_(None))
        .order_by(Merchant.id)
    ).all()


def handed_over_today(merchant_ids: Sequence[int], *, at: datetime) -> Sequence[Any]:
    """For the till: what went over these counters on the local day of `at`: item_name, pieces, points."""
    first, following = clock.day_bounds(clock.local(at).date())
    totals = (
        select(Order.item_id, func.count().label("pieces"), func.sum(Order.price).label("points"))
        .where(
            Order.merchant_id.in_(merchant_ids), Order.state == "posted",
            Order.ended_at >= first, Order.ended_at < following,
        )
        .group_by(Order.item_id)
        .subquery()
    )  # fmt: skip
    return db.session.execute(
        select(Item.name.label("item_name"), totals.c.pieces, totals.c.points)
        .join(totals, totals.c.item_id == Item.id)
        .order_by(Item.id)
    ).all()


def wrong_vouchers(clerk_key: str, *, at: datetime) -> int:
    """How many vouchers of this clerk did not fit in the last ten minutes."""
    lately = FailedAttempt.key == clerk_key, FailedAttempt.at > at - WRONG_VOUCHER_WINDOW
    return db.session.scalar(select(func.count()).where(*lately)) or 0


def managed(person: Person, *, after: str | None, at: datetime) -> paging.Slice:
    """The rewards whose stock this member of staff keeps, withdrawn ones too, the newest first."""
    reach = [Place.path.startswith(path, autoescape=True) for path in person.reaches("staff")]
    return paging.slice_of(_rewards(at).where(or_(*reach)), Item.id, after=after)


def managed_item(person: Person, item_id: int, *, at: datetime) -> Any:
    """One of them; None when its stock is not this person's to keep."""
    row = reward(item_id, None, at=at)
    return row if row is not None and person.holds("staff", at=row.community_path) else None


def stock_moves(item_id: int) -> Sequence[Any]:
    """The latest movements of stock: kind, quantity, at."""
    return db.session.execute(
        select(StockMove.kind, StockMove.quantity, StockMove.at)
        .where(StockMove.item_id == item_id)
        .order_by(StockMove.id.desc())
        .limit(20)
    ).all()
