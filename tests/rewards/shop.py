"""A points supermarket with a few things on the shelf, for tests of rewards."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import Any

from sqlalchemy import select

from app.kit.db import db
from app.kit.words import Words
from app.people.models import Household, Resident
from app.people.rules import Person
from app.points import operations as points
from app.points import queries as balances
from app.rewards import operations, vouchers
from app.rewards.models import Item, Order
from tests.makers import NOON, Street, a_household, a_resident, a_street, as_person, give

KEY = b"a secret for these tests"
RICE, DRILL = Words(zh="5公斤大米", en="Rice, 5 kg"), Words(zh="电钻", en="Drill")

_number = count(1)


@dataclass(frozen=True)
class Shop:
    """Two pick-up points of one community, each with a clerk who lives elsewhere; ids, and people as rules see them."""

    street: Street
    market: int
    canteen: int
    clerk: Person
    canteen_clerk: Person
    staff: Person


def a_shop() -> Shop:
    street = a_street()
    market, canteen = (_merchant(street, name) for name in ("Market", "Canteen"))
    clerk, canteen_clerk, staff = (a_resident(a_household(street.other_group)) for _ in range(3))
    for resident, merchant in ((clerk, market), (canteen_clerk, canteen)):
        give("merchant", resident, street.community)
        operations.appoint_clerk(merchant, resident.id)
    give("staff", staff, street.community)
    return Shop(street, market, canteen, *(as_person(one) for one in (clerk, canteen_clerk, staff)))


def _merchant(street: Street, name: str) -> int:
    return operations.open_merchant(
        key=f"m{next(_number)}", place_id=street.community.id, community_id=street.community.id, kind="shop",
        name=Words(zh=f"{name}店", en=name), open_hours=Words(zh="每天9:00至17:00", en="every day 9:00-17:00"),
    ).id  # fmt: skip


def an_item(shop: Shop, **values: Any) -> int:
    """Rice for 40 points, ten bags, two a month for each household, at the market; its id."""
    known: dict[str, Any] = {
        "source": f"t{next(_number)}", "community_id": shop.street.community.id, "category": "food", "name": RICE,
        "description": Words(zh="一袋", en="one bag"), "price": 40, "stock": 10, "limit_count": 2,
        "merchant_ids": [shop.market], "at": NOON,
    }  # fmt: skip
    return operations.offer_item(**(known | values)).id


def a_family(shop: Shop, *, points_given: int = 100) -> Person:
    """Somebody of a household of their own that has so many points."""
    return as_person(with_points(a_resident(a_household(shop.street.group)), points_given))


def with_points(resident: Resident, amount: int) -> Resident:
    if amount:
        points.grant(
            "points", amount, household_id=resident.household_id or 0, resident_id=resident.id, code="E04",
            heading="environment", because=f"test:{next(_number)}", effective_at=NOON, at=NOON, by_id=None,
        )  # fmt: skip
    return resident


def relative_of(person: Person) -> Person:
    return as_person(a_resident(db.session.get(Household, person.household_id)))


def reserve(item_id: int, by: Person, shop: Shop, at: Any = NOON) -> Order:
    return operations.reserve(item_id, merchant_id=shop.market, key=KEY, by=by, at=at)


def digits(order: Order, key: bytes = KEY) -> str:
    return vouchers.digits(key, order.nonce)


def available(person: Person, at: Any = NOON) -> int:
    return balances.balances(person.household_id or 0, at=at).available


def shelf(item_id: int) -> tuple[int | None, int]:
    """What the row of the reward says: on hand, reserved."""
    db.session.flush()
    row = db.session.execute(select(Item.on_hand, Item.reserved).where(Item.id == item_id)).one()
    return row.on_hand, row.reserved
