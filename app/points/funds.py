"""Goods funds: what a committee sets aside for a quarter, and what goes out of it when goods are handed over."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.kit import audit, clock
from app.kit.db import db, one_at_a_time
from app.kit.periods import Period, period_of
from app.kit.refusal import refuse_if
from app.kit.words import Words
from app.people.models import Household
from app.people.rules import Person
from app.points import budget, fund_queries
from app.points.posting import Posted, post
from app.points.rules import Entry, Owner


def set_fund(place_id: int, quarter: Period, amount: int, *, why: Words, by: Person, at: datetime) -> Posted:
    """Set the goods fund of a quarter to so many yuan, by an entry over the difference. Raises `Refused`."""
    one_at_a_time(f"fund:{place_id}")
    now = fund_queries.flows(quarter).get(place_id, fund_queries.Flow())
    refuse_if(budget.fund_refusal(amount=amount, fund=now.fund, spent=now.spent, quarter=quarter, at=at))
    posted = post([fund_entry(place_id, quarter, amount - now.fund, number=now.changes, why=why, by_id=by.id, at=at)])
    audit.note(
        "points.fund", f"place:{place_id}", actor_id=by.id, at=at, place_id=place_id, quarter=quarter.key, yuan=amount
    )
    return posted[0]


def fund_entry(
    place_id: int, quarter: Period, change: int, *, number: int, why: Words | None, by_id: int | None, at: datetime
) -> Entry:
    """So much more, or less, for a quarter. `number`: how often it was changed before; its cause counts once (I16)."""
    outside, fund = Owner("community", place_id, "issued"), Owner("community", place_id, quarter.key)
    return Entry(
        asset="goods", amount=abs(change), debit=outside if change > 0 else fund,
        credit=fund if change > 0 else outside, code="fund", heading="goods",
        because=f"fund:{place_id}:{quarter.key}:{number}", community_id=place_id, household_id=None, resident_id=None,
        by_id=by_id, effective_at=max(quarter.starts, at), posted_at=at, why=why,
    )  # fmt: skip


def charge(order_id: int, *, household_id: int, merchant_id: int, points: int, at: datetime) -> None:
    """Goods went over the counter: the fund of the household's community pays, in the quarter in which they did."""
    if points:
        home = select(Household.community_id).where(Household.id == household_id)
        community_id = db.session.scalars(home).one()
        post([goods_entry(order_id, community_id=community_id, merchant_id=merchant_id, yuan=points, at=at)])


def goods_entry(order_id: int, *, community_id: int, merchant_id: int, yuan: int, at: datetime) -> Entry:
    """What a pick-up point handed over for an order. The fund may fall below zero: that is told, not refused."""
    quarter = period_of(clock.local(at).date(), "quarter")
    return Entry(
        asset="goods", amount=yuan, debit=Owner("community", community_id, quarter.key),
        credit=Owner("merchant", merchant_id), code="goods", heading="reward", because=f"goods:order:{order_id}",
        community_id=community_id, household_id=None, resident_id=None, by_id=None, effective_at=at, posted_at=at,
    )  # fmt: skip
