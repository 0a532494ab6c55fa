"""What people are told about what they reserved."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.kit.db import db, locked
from app.kit.refusal import N_
from app.messages import operations as messages
from app.messages.rules import describe, describe_group
from app.rewards.events import OrderCollected, OrderReleased, OrderReserved
from app.rewards.models import Item, Merchant, Order

REMIND_BEFORE = timedelta(hours=24)

describe_group("rewards", N_("Rewards"))
describe(
    "rewards.lapsing",
    name=N_("Something reserved is about to lapse"),
    subject=N_("Still to be collected: %(item)s"),
    text=N_("Collect it at %(place)s before %(until)s with your code; after that everything is released."),
    way="now",
)
describe(
    "rewards.reserved",
    name=N_("Something is reserved for my household"),
    subject=N_("Reserved: %(item)s"),
    text=N_("Collect it at %(place)s before %(until)s with your code."),
)
describe(
    "rewards.lapsed",
    name=N_("Something reserved was not collected in time"),
    subject=N_("Not collected in time: %(item)s"),
    text=N_("It is back on the shelf and nothing was taken from you. You can reserve it again while there is stock."),
)


def reserved(event: OrderReserved) -> None:
    """Whoever reserved it: until when and where stands in the inbox, too."""
    _tell("rewards.reserved", event.order_id, because=f"reserved:{event.order_id}", at=event.at)


def collected(event: OrderCollected) -> None:
    messages.take_back(f"reserved:{event.order_id}", _lapsing(event.order_id))


def released(event: OrderReleased) -> None:
    """What was given up needs no word; what lapsed is told."""
    messages.take_back(f"reserved:{event.order_id}", _lapsing(event.order_id))
    if event.outcome == "expired":
        _tell("rewards.lapsed", event.order_id, because=f"lapsed:{event.order_id}", at=event.at)


def remind_to_collect(at: datetime) -> int:
    """For `flask tick`: whoever has something waiting that lapses within a day; how many."""
    soon = select(Order.id).where(Order.state == "held", Order.expires_at > at, Order.expires_at <= at + REMIND_BEFORE)
    return sum(_remind(order_id) for order_id in db.session.scalars(soon.order_by(Order.id)).all())


def _remind(order_id: int) -> int:
    # Whoever hands it over, or gives it up, is waited for, and takes this reminder back.
    held = db.session.execute(
        locked(select(Order.expires_at).where(Order.id == order_id, Order.state == "held"))
    ).one_or_none()
    if held is None:
        return 0
    due, lapses = held.expires_at - REMIND_BEFORE, held.expires_at
    return _tell("rewards.lapsing", order_id, because=_lapsing(order_id), at=due, holds_until=lapses)


def _tell(kind: str, order_id: int, *, because: str, at: datetime, holds_until: datetime | None = None) -> int:
    order = _order(order_id)
    return messages.tell(
        [order.resident_id], kind,
        values={"item": order.item, "place": order.place, "until": order.expires_at},
        href=f"/orders/{order_id}", because=because, at=at, holds_until=holds_until,
    )  # fmt: skip


def _order(order_id: int) -> Any:
    found = (
        select(Order.resident_id, Order.expires_at, Item.name.label("item"), Merchant.name.label("place"))
        .join(Item, Item.id == Order.item_id)
        .join(Merchant, Merchant.id == Order.merchant_id)
    )
    return db.session.execute(found.where(Order.id == order_id)).one()


def _lapsing(order_id: int) -> str:
    return f"lapsing:{order_id}"
