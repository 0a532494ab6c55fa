"""What can be redeemed and where, what is reserved, and every movement of stock and of an order."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.append_only import append_only
from app.kit.db import Base
from app.kit.words import Words


class Merchant(Base):
    """A pick-up point: the points supermarket, a canteen, a shop. Its account in the ledger bears its id."""

    __tablename__ = "merchants"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    spot_id: Mapped[int | None] = mapped_column(ForeignKey("spots.id"))
    kind: Mapped[str] = mapped_column(String(32))
    name: Mapped[Words]
    open_hours: Mapped[Words]
    note: Mapped[Words | None]


class MerchantClerk(Base):
    """Who stands behind which counter."""

    __tablename__ = "merchant_clerks"

    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchants.id"), primary_key=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"), primary_key=True, index=True)


class Item(Base):
    """A reward in the catalogue of one community. `price` in points, 0 for a loan.

    `on_hand` is what lies on the shelf, the `reserved` pieces among it; None where nothing is counted (a service).
    `limit_count` is how many one household may reserve in a calendar month; None where there is no limit.
    """

    __tablename__ = "reward_items"
    __table_args__ = (
        CheckConstraint("price >= 0", name="price"),
        CheckConstraint("on_hand IS NULL OR (reserved >= 0 AND on_hand >= reserved)", name="stock"),
        Index("ix_reward_items_catalogue", "community_id", "price", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(64), unique=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    category: Mapped[str] = mapped_column(String(16))
    name: Mapped[Words]
    description: Mapped[Words]
    price: Mapped[int]
    on_hand: Mapped[int | None]
    reserved: Mapped[int] = mapped_column(default=0)
    limit_count: Mapped[int | None]
    withdrawn_at: Mapped[datetime | None]


class ItemMerchant(Base):
    """Where a reward can be collected."""

    __tablename__ = "reward_item_merchants"

    item_id: Mapped[int] = mapped_column(ForeignKey("reward_items.id"), primary_key=True)
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchants.id"), primary_key=True, index=True)


class Order(Base):
    """One piece reserved for a household. `state` is held, posted, voided or expired (words.md 8).

    While `held`, a moment at or after `expires_at` means lapsed, whether or not anything has run since. The voucher is
    derived from `nonce` (vouchers.py); the database knows only `voucher_hash`.
    """

    __tablename__ = "orders"
    __table_args__ = (
        CheckConstraint("state IN ('held', 'posted', 'voided', 'expired')", name="state"),
        CheckConstraint("price = 0 OR hold_id IS NOT NULL", name="points_are_held"),
        CheckConstraint("(state = 'held') = (ended_at IS NULL)", name="ended"),
        CheckConstraint("(state = 'posted') = (handed_over_by IS NOT NULL)", name="handed_over"),
        Index("ix_orders_item_id_state", "item_id", "state", "expires_at"),
        Index("ix_orders_household_id_id", "household_id", "id"),
        Index("ix_orders_merchant_id_ended_at", "merchant_id", "ended_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("reward_items.id"))
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchants.id"))
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"))
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    price: Mapped[int]
    hold_id: Mapped[int | None] = mapped_column(ForeignKey("holds.id"), unique=True)
    nonce: Mapped[str] = mapped_column(String(32), unique=True)
    voucher_hash: Mapped[str] = mapped_column(String(64), unique=True)
    state: Mapped[str] = mapped_column(String(8), default="held")
    reserved_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    handed_over_by: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))


class OrderChange(Base):
    """One step of an order: into which state, when, by whom (nobody when it lapsed). No state is entered twice."""

    __tablename__ = "order_changes"
    __table_args__ = (UniqueConstraint("order_id", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    state: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))


class StockMove(Base):
    """Pieces that came in (`received`, positive) or went out over the counter (`handed_over`, negative, by its order).

    What lies on the shelf is the sum of these (points I30).
    """

    __tablename__ = "stock_moves"
    __table_args__ = (CheckConstraint("quantity <> 0", name="quantity"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("reward_items.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    quantity: Mapped[int]
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"), unique=True)
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))


append_only(OrderChange.__table__)  # type: ignore[arg-type]
append_only(StockMove.__table__)  # type: ignore[arg-type]
