"""Reads of the goods funds: what was set aside, what went out, what is promised. One statement for all communities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, exists, func, or_, select
from sqlalchemy.engine import Row
from sqlalchemy.orm import aliased

from app.kit import clock
from app.kit.db import db
from app.kit.periods import Period
from app.people.models import Household
from app.points.budget import LATELY, Budget
from app.points.models import Account, Hold, HoldEnd, Transfer

_debit, _credit = aliased(Account), aliased(Account)


@dataclass(frozen=True)
class Flow:
    """What moved in the fund of one quarter, in yuan; `changes`: how often it was set."""

    fund: int = 0
    spent: int = 0
    changes: int = 0


def budgets(quarter: Period, place_ids: Sequence[int], *, at: datetime) -> Mapping[int, Budget]:
    """The budget of each of these communities for a quarter, as it stood at that moment."""
    days = _days_of_spending(at)
    moved, owed, held, lately = flows(quarter, at=at), _unredeemed(), _held(at), _lately(at, days)
    found = {}
    for place_id in place_ids:
        flow = moved.get(place_id, Flow())
        spent, earned, earners = lately.get(place_id, (0, 0, 0))
        found[place_id] = Budget(
            quarter, at, fund=flow.fund, spent=flow.spent, held=held.get(place_id, 0),
            unredeemed=owed.get(place_id, 0), spent_lately=spent, earned_lately=earned, earners=earners,
            lately=days.get(place_id, LATELY),
        )  # fmt: skip
    return found


def flows(quarter: Period, *, at: datetime | None = None) -> dict[int, Flow]:
    """By community: what was set aside for that quarter and what went out of it; `at`: of what was posted by then."""
    goods = Transfer.credit_id == _credit.id, Transfer.debit_id == _debit.id
    within = [Transfer.effective_at >= quarter.starts, Transfer.effective_at < quarter.ends]
    if at is not None:
        within.append(Transfer.posted_at <= at)
    fund = case((_credit.purpose == quarter.key, Transfer.amount), else_=-Transfer.amount)
    is_fund, is_goods = Transfer.code == "fund", Transfer.code == "goods"
    columns: tuple[Any, ...] = (
        Transfer.community_id, func.coalesce(func.sum(fund).filter(is_fund), 0),
        func.coalesce(func.sum(Transfer.amount).filter(is_goods), 0), func.count().filter(is_fund),
    )  # fmt: skip
    query = select(*columns).join(_credit, goods[0]).join(_debit, goods[1]).where(Transfer.asset == "goods", *within)
    return {row[0]: Flow(*map(int, row[1:])) for row in db.session.execute(query.group_by(Transfer.community_id))}


def changes_of(place_id: int, quarter: Period) -> Sequence[Row[Any]]:
    """How the fund of a quarter was set, the last first: change (yuan), why, posted_at."""
    change = case((_credit.purpose == quarter.key, Transfer.amount), else_=-Transfer.amount).label("change")
    columns: tuple[Any, ...] = (change, Transfer.why, Transfer.posted_at)
    return db.session.execute(
        select(*columns)
        .join(_credit, _credit.id == Transfer.credit_id)
        .where(
            Transfer.asset == "goods", Transfer.code == "fund", Transfer.community_id == place_id,
            Transfer.effective_at >= quarter.starts, Transfer.effective_at < quarter.ends,
        )
        .order_by(Transfer.id.desc())
        .limit(50)
    ).all()  # fmt: skip


def _unredeemed() -> dict[int, int]:
    """By community: all points that its households have."""
    query = (
        select(Household.community_id, func.sum(Account.balance))
        .join(Household, Household.id == Account.owner_id)
        .where(Account.asset == "points", Account.owner_kind == "household", Account.purpose == "own")
    )
    return {row[0]: int(row[1]) for row in db.session.execute(query.group_by(Household.community_id))}


def _held(at: datetime) -> dict[int, int]:
    """By community: what orders keep back at that moment."""
    over = exists().where(HoldEnd.hold_id == Hold.id, HoldEnd.ended_at <= at)
    query = (
        select(Household.community_id, func.sum(Hold.amount))
        .join(Household, Household.id == Hold.household_id)
        .where(Hold.made_at <= at, Hold.expires_at > at, ~over)
    )
    return {row[0]: int(row[1]) for row in db.session.execute(query.group_by(Household.community_id))}


def _lately(at: datetime, days: Mapping[int, int]) -> dict[int, tuple[int, int, int]]:
    """By community, of its last days: yuan of goods handed over, points that came in, households that they came to."""
    went = select(Transfer.community_id, func.sum(Transfer.amount)).where(
        Transfer.asset == "goods", Transfer.code == "goods", *_last(days, Transfer.community_id, at)
    )
    came: Any = (
        select(Household.community_id, func.sum(Transfer.change), func.count(func.distinct(Transfer.household_id)))
        .join(Household, Household.id == Transfer.household_id)
        .where(Transfer.asset == "points", Transfer.change > 0, *_last(days, Household.community_id, at))
        .group_by(Household.community_id)
    )
    spent = {row[0]: int(row[1]) for row in db.session.execute(went.group_by(Transfer.community_id))}
    earned = {row[0]: (int(row[1]), int(row[2])) for row in db.session.execute(came)}
    return {one: (spent.get(one, 0), *earned.get(one, (0, 0))) for one in spent.keys() | earned.keys()}


def _last(days: Mapping[int, int], place: Any, at: datetime) -> Sequence[ColumnElement[bool]]:
    """Of the last days before `at`; where goods were first handed over after those began, only since then."""
    fewer = [or_(place != one, Transfer.effective_at >= at - timedelta(days=many)) for one, many in days.items()]
    return [Transfer.effective_at >= at - timedelta(days=LATELY), Transfer.effective_at < at, *fewer]


def _days_of_spending(at: datetime) -> dict[int, int]:
    """How many days back there is something to look at, where that is fewer: since goods were first handed over."""
    first = select(Transfer.community_id, func.min(Transfer.effective_at)).where(
        Transfer.asset == "goods", Transfer.code == "goods", Transfer.effective_at < at
    )
    today = clock.local(at).date()
    found = db.session.execute(first.group_by(Transfer.community_id))
    ago = {row[0]: (today - clock.local(row[1]).date()).days for row in found}
    return {place_id: max(1, days) for place_id, days in ago.items() if days < LATELY}
