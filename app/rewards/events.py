"""What happened to an order. Points are those of the order; instants are UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True)
class OrderReserved:
    """A household put a reward aside; its points and one piece of stock are held."""

    order_id: int
    item_id: int
    household_id: int
    resident_id: int
    price: int
    at: datetime


@dataclass(frozen=True)
class OrderCollected:
    """The goods went over the counter; the points are the pick-up point's."""

    order_id: int
    item_id: int
    merchant_id: int
    household_id: int
    price: int
    at: datetime


@dataclass(frozen=True)
class OrderReleased:
    """Cancelled (`voided`) or not collected in time (`expired`): points and stock are free again since `at`."""

    order_id: int
    item_id: int
    household_id: int
    price: int
    outcome: Literal["voided", "expired"]
    at: datetime
