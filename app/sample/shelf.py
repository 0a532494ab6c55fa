"""Orders of the months before: reserved, then collected, cancelled or lapsed. Written in bulk, week by week."""

from __future__ import annotations

import random
from collections import Counter as Tally
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert

from app.kit import clock
from app.kit.db import db
from app.points.funds import goods_entry
from app.points.models import Hold, HoldEnd
from app.points.rules import Entry, Owner
from app.rewards import rules, vouchers
from app.rewards.models import Item, Order, OrderChange, StockMove
from app.sample.homes import Home, Someone
from app.sample.redeeming import Counter
from app.sample.talking import awake
from app.sample.writing import insert_all

SEED = 38
A_WHILE = timedelta(minutes=30)
# How orders end, of a hundred, and after how many hours at most.
_ENDS = {"posted": (90, 50), "voided": (4, 40), "expired": (6, 0)}


@dataclass(frozen=True)
class _Past:
    """One order and how it ended."""

    item: Item
    merchant_id: int
    home: Home
    who: Someone
    account_id: int
    nonce: str
    at: datetime
    state: str
    ended_at: datetime


class PastOrders:
    """What one counter handed over in the months before the last one. Of a household once a month at most."""

    def __init__(self, counter: Counter) -> None:
        self.counter, self.street = counter, counter.street
        self.rng = random.Random(SEED + self.street.number)  # noqa: S311 - nothing to guess: these orders have ended
        self._month: tuple[int, int] = (0, 0)
        self._used: set[int] = set()

    def redeem(self, since: datetime, count: int) -> list[Entry]:
        """So many households reserve something in the days that follow; what they pay within a week of that moment."""
        self._turn(since)
        homes = {home.id: home for home in self.street.village.homes}
        able = [
            row for row in self.counter.purses()
            if row.owner_id in homes and row.owner_id not in self._used
            and not any(one.account for one in homes[row.owner_id].people)
        ]  # fmt: skip
        orders = []
        for row in self.rng.sample(able, min(count, len(able))):
            home = homes[row.owner_id]
            offered = [one for one in self.counter.items_of(home.people[0]) if 0 < one[0].price <= row.available]
            if offered:
                self._used.add(home.id)
                orders.append(self._order(home, row.id, *self.rng.choice(offered), since))
        return self._write(sorted(orders, key=lambda one: one.at))

    def _turn(self, at: datetime) -> None:
        month = clock.local(at).year, clock.local(at).month
        if month != self._month:
            self._month, self._used = month, set()

    def _order(self, home: Home, account_id: int, item: Item, merchant: str, since: datetime) -> _Past:
        reserved = awake(since + timedelta(hours=24, minutes=self.rng.randrange(3 * 24 * 60)))
        state = self.rng.choices(list(_ENDS), [share for share, _ in _ENDS.values()])[0]
        hours = _ENDS[state][1]
        ended = reserved + rules.HOLD
        if hours:
            ended = max(awake(reserved + timedelta(minutes=self.rng.randrange(30, hours * 60))), reserved + A_WHILE)
        return _Past(
            item, self.counter.merchants[merchant], home, home.adults[0], account_id,
            f"{self.rng.getrandbits(128):032x}", reserved, state, ended,
        )  # fmt: skip

    def _write(self, orders: list[_Past]) -> list[Entry]:
        holds = insert_all(Hold, [_hold(one) for one in orders])
        ids = insert_all(Order, [self._row(one, hold) for one, hold in zip(orders, holds, strict=True)])
        steps, moves, entries = [], [], []
        for one, hold, order_id in zip(orders, holds, ids, strict=True):
            steps += self._steps(one, order_id)
            if one.state == "posted":
                entries += [self._entry(one, hold, order_id), self._goods(one, order_id)]
                if one.item.on_hand is not None:
                    moves.append(self._handed_over(one, order_id))
        if orders:
            db.session.execute(insert(OrderChange), steps)
            ends = [self._end(one, hold) for one, hold in zip(orders, holds, strict=True)]
            db.session.execute(insert(HoldEnd), ends)
        if moves:
            db.session.execute(insert(StockMove), self._came_in(moves) + moves)
        return entries

    def _row(self, one: _Past, hold: int) -> dict[str, Any]:
        key = self.counter.key
        return {
            "item_id": one.item.id, "merchant_id": one.merchant_id, "household_id": one.home.id,
            "resident_id": one.who.id, "price": one.item.price, "hold_id": hold, "nonce": one.nonce,
            "voucher_hash": vouchers.digest(key, vouchers.digits(key, one.nonce)), "state": one.state,
            "reserved_at": one.at, "expires_at": one.at + rules.HOLD, "ended_at": one.ended_at,
            "handed_over_by": self._clerk(one) if one.state == "posted" else None,
        }  # fmt: skip

    def _end(self, one: _Past, hold: int) -> dict[str, Any]:
        posted = one.state == "posted"
        return {
            "hold_id": hold, "held": one.item.price, "outcome": one.state, "amount": one.item.price if posted else 0,
            "by_id": self._ended_by(one), "ended_at": one.ended_at, "request_id": f"auto:voucher:{one.nonce}:ended",
        }  # fmt: skip

    def _ended_by(self, one: _Past) -> int | None:
        return {"posted": self._clerk(one), "voided": one.who.id, "expired": None}[one.state]

    def _clerk(self, one: _Past) -> int:
        return self.counter.clerk_of(one.merchant_id).id

    def _steps(self, one: _Past, order_id: int) -> list[dict[str, Any]]:
        return [
            {"order_id": order_id, "state": "held", "at": one.at, "by_id": one.who.id},
            {"order_id": order_id, "state": one.state, "at": one.ended_at, "by_id": self._ended_by(one)},
        ]

    def _handed_over(self, one: _Past, order_id: int) -> dict[str, Any]:
        return {
            "item_id": one.item.id, "kind": "handed_over", "quantity": -1, "order_id": order_id, "at": one.ended_at,
            "by_id": self._clerk(one),
        }  # fmt: skip

    @staticmethod
    def _came_in(moves: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """As many pieces as went out that week came in before it: what lies on the shelf now is as it was."""
        before = min(move["at"] for move in moves) - timedelta(hours=2)
        counted = Tally(move["item_id"] for move in moves)
        return [
            {
                "item_id": item_id, "kind": "received", "quantity": quantity, "order_id": None, "at": before,
                "by_id": None,
            }
            for item_id, quantity in sorted(counted.items())
        ]  # fmt: skip

    def _entry(self, one: _Past, hold: int, order_id: int) -> Entry:
        return Entry(
            asset="points", amount=one.item.price, debit=Owner("household", one.home.id),
            credit=Owner("merchant", one.merchant_id), code="redeem", heading="reward", because=f"order:{order_id}",
            community_id=self.street.places[one.home.community].id, household_id=one.home.id, resident_id=one.who.id,
            by_id=self._clerk(one), effective_at=one.ended_at, posted_at=one.ended_at, hold_id=hold,
            what=one.item.name,
        )  # fmt: skip

    def _goods(self, one: _Past, order_id: int) -> Entry:
        """What the goods fund of the quarter pays for it."""
        return goods_entry(
            order_id, community_id=self.street.places[one.home.community].id, merchant_id=one.merchant_id,
            yuan=one.item.price, at=one.ended_at,
        )  # fmt: skip


def _hold(one: _Past) -> dict[str, Any]:
    return {
        "account_id": one.account_id, "household_id": one.home.id, "resident_id": one.who.id,
        "amount": one.item.price, "because": f"voucher:{one.nonce}", "what": one.item.name, "made_by": one.who.id,
        "made_at": one.at, "expires_at": one.at + rules.HOLD, "request_id": f"auto:voucher:{one.nonce}",
    }  # fmt: skip
