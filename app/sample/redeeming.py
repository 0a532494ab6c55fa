"""Rewards: merchants with their clerks, what can be redeemed, and orders collected, lapsed and waiting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any

from sqlalchemy import select

from app.kit.db import db
from app.kit.words import Words
from app.people.queries import person
from app.people.rules import Person
from app.points.models import Account
from app.rewards import operations as rewards
from app.rewards import vouchers
from app.rewards.models import Item, Order
from app.sample.content import Content
from app.sample.homes import Someone
from app.sample.street_people import Street

REDEEMED_A_MONTH = 38  # of 1,000 households (people.yaml, demo_behaviour)
_CLERKS = {"market_a": "merchant", "canteen_a": "merchant2", "market_b": "b-merchant", "barber_b3": "b-merchant2"}
_WAITING = 16  # orders that wait to be collected at the moment of loading, besides those of the accounts
# Earlier orders of `resident`, by how many days ago they were made: how each ended and the most points it may have
# cost. Enough is left for the bag of rice of the README.
_EARLIER = {21: ("lapse", 12), 14: ("cancel", 9), 7: ("collect", 10)}


class Counter:
    """The pick-up points of the street and what they hand over. `key` is the house's secret, which vouchers hang on."""

    def __init__(self, street: Street, content: Content, *, key: bytes) -> None:
        self.street, self.key, self.rng = street, key, street.rng
        self.merchants = {one["key"]: self._open(one) for one in content["merchants"]}
        self._clerks()
        self.items = [item for one in content["items"] for item in self._offer(one)]
        self.used: set[int] = set()
        self.clerks: dict[int, Person] = {}  # who hands over, by pick-up point

    def _open(self, one: Content) -> int:
        return rewards.open_merchant(
            key=self.street.mark + one["key"], place_id=self.street.places[one["place"]].id,
            community_id=self.street.community(one["place"]).id, kind=one["kind"], name=Words.of(one["name"]),
            open_hours=Words.of(one["open"]), note=Words.of(one["note"]), spot_id=self.street.spots[one["pick_up"]],
        ).id  # fmt: skip

    def _clerks(self) -> None:
        """The accounts first; whoever else holds the role takes turns."""
        for key, merchant_id in self.merchants.items():
            rewards.appoint_clerk(merchant_id, self.street.account(_CLERKS[key]).id)
        for community in ("a", "b"):
            keys = [key for key in self.merchants if key.split("_")[1][0] == community]
            others = [one for one in self.street.village.holders("merchant", community) if one.account is None]
            for number, clerk in enumerate(others):
                rewards.appoint_clerk(self.merchants[keys[number % len(keys)]], clerk.id)

    def _offer(self, one: Content) -> list[tuple[Item, str]]:
        """A reward in each community where it can be collected. Gifts of any amount wait for the room of wishes."""
        if one.get("variable"):
            return []
        offered = []
        for community in ("a", "b"):
            here = [key for key in one["merchant"] if key.split("_")[1][0] == community]
            if here:
                limit = one.get("limit")
                item = rewards.offer_item(
                    source=f"{self.street.source}:{community}:{one['key']}",
                    community_id=self.street.places[community].id, category=one["category"],
                    name=Words.of(one["name"]), description=Words.of(one["description"]),
                    price=one["price_points"], stock=one.get("stock"), limit_count=limit["count"] if limit else None,
                    merchant_ids=[self.merchants[key] for key in here],
                    at=self.street.at - timedelta(days=self.street.days - 5),
                )  # fmt: skip
                offered.append((item, here[0]))
        return offered

    def redeem(self, at: datetime, count: int) -> Iterator[datetime]:
        """So many households reserve something they can pay for, and most collect it within a day.

        Yields the moment of each collection: what comes before it in the journal is to be posted first.
        """
        collected = []
        for who, balance in self._able(count):
            affordable = [one for one in self.items_of(who) if 0 < one[0].price <= balance]
            if not affordable:
                continue
            order = self._reserve(*self.rng.choice(affordable), who, at)
            if self.rng.random() < 0.9:
                collected.append((at + timedelta(hours=self.rng.randrange(1, 20)), order))
        for moment, order in sorted(collected, key=itemgetter(0)):
            yield moment
            self._collect(order, moment)

    def end(self, at: datetime, days_ago: int) -> Iterator[datetime]:
        """What `flask tick` writes down at this moment, and an order of `resident` that ends in a way of its own.

        Yields as `redeem` does.
        """
        rewards.release_lapsed(at)
        if days_ago not in _EARLIER:
            return
        way, most = _EARLIER[days_ago]
        who = self.street.account("resident")
        order = self._reserve(*self._small(who, most), who, at)
        if way == "collect":
            yield at + timedelta(hours=1)
            self._collect(order, at + timedelta(hours=1))
        elif way == "cancel":
            rewards.cancel(order.id, by=self._person(who), at=at + timedelta(hours=1))

    def _small(self, who: Someone, most: int) -> tuple[Item, str]:
        """The dearest thing for so many points that the household could pay for by then; a loan costs nothing."""
        limit = min(self._balance(who), most)
        return max((one for one in self.items_of(who) if one[0].price <= limit), key=lambda one: one[0].price)

    def wait(self) -> None:
        """Orders of the last days that nobody has collected yet; `resident` and the first voters have one each."""
        for who, balance in self._able(_WAITING):
            affordable = [one for one in self.items_of(who) if 0 < one[0].price <= balance]
            if affordable:
                at = self.street.at - timedelta(hours=self.rng.randrange(1, 100))
                self._reserve(*self.rng.choice(affordable), who, at)
        for name in ("resident", "b-resident", "neighbour"):
            who = self.street.account(name)
            cheap = [one for one in self.items_of(who) if one[0].source.endswith(":bags")]
            if self._balance(who) >= 60:
                self._reserve(*cheap[0], who, self.street.at - timedelta(days=1))

    def items_of(self, who: Someone) -> list[tuple[Item, str]]:
        community_id = self.street.places[self.street.village.home_of[who].community].id
        return [one for one in self.items if one[0].community_id == community_id]

    def _able(self, count: int) -> list[tuple[Someone, int]]:
        """Households with points to spend, other than those of the accounts, each at most once."""
        balances: dict[int, int] = {row.owner_id: row.balance for row in self.purses()}
        homes = [
            home for home in self.street.village.homes
            if home.id in balances and home.id not in self.used and not any(one.account for one in home.people)
        ]  # fmt: skip
        chosen = self.rng.sample(homes, min(count, len(homes)))
        self.used |= {home.id for home in chosen}
        return [(home.adults[0], balances[home.id]) for home in chosen]

    @staticmethod
    def purses() -> Sequence[Any]:
        """The accounts of all households with points to spend: id, owner_id, balance, available."""
        available = (Account.balance - Account.held).label("available")
        columns: tuple[Any, ...] = (Account.id, Account.owner_id, Account.balance, available)
        own = Account.asset == "points", Account.owner_kind == "household", available >= 5
        return db.session.execute(select(*columns).where(*own).order_by(Account.owner_id)).all()

    def _balance(self, who: Someone) -> int:
        own = Account.asset == "points", Account.owner_kind == "household"
        mine = Account.owner_id == self.street.village.home_of[who].id
        return db.session.scalar(select(Account.balance - Account.held).where(*own, mine)) or 0

    def _reserve(self, item: Item, merchant: str, who: Someone, at: datetime) -> Order:
        by = self._person(who)
        return rewards.reserve(item.id, merchant_id=self.merchants[merchant], key=self.key, by=by, at=at)

    def _person(self, who: Someone) -> Person:
        found = person(who.id)
        assert found is not None
        return found

    def _collect(self, order: Order, at: datetime) -> None:
        voucher = vouchers.digits(self.key, order.nonce)
        rewards.redeem(voucher, key=self.key, by=self.clerk_of(order.merchant_id), at=at)

    def clerk_of(self, merchant_id: int) -> Person:
        """Who hands over there."""
        if merchant_id not in self.clerks:
            merchant = next(key for key, one in self.merchants.items() if one == merchant_id)
            self.clerks[merchant_id] = self._person(self.street.account(_CLERKS[merchant]))
        return self.clerks[merchant_id]
