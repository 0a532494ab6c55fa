"""Reads of the ledger. What lapsed by `at` no longer counts, whether anybody noted it or not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.engine import Row
from sqlalchemy.orm import aliased

from app.kit import clock
from app.kit.db import db
from app.kit.paging import Slice, slice_of
from app.people.models import Household
from app.points import expiring
from app.points.models import Account, Hold, HoldEnd, Seal, Transfer
from app.points.rules import ASSETS, HONOUR_AT_START, Asset, next_month, quarter_bounds

MONTHS = 12
_MOMENTS = (Transfer.posted_at, Transfer.effective_at)


@dataclass(frozen=True)
class Balances:
    """What a household has. `honour` is that of the running quarter with the start of 60, `honour_earned` without."""

    honour_earned: int
    points: int
    held: int

    @property
    def honour(self) -> int:
        return HONOUR_AT_START + self.honour_earned

    @property
    def available(self) -> int:
        return self.points - self.held


def balances(household_id: int, *, at: datetime) -> Balances:
    """What a household has at this moment; zeros for one that has no account yet."""
    settings = expiring.settings_of(household_id)
    *balances, settings = db.session.execute(select(*_balances(household_id, at), settings)).one()
    return _without_expired(household_id, balances, settings, at)


def _without_expired(household_id: int, balances: Sequence[int], settings: Any, at: datetime) -> Balances:
    """Points that expired count no longer, whether or not somebody has written it down."""
    honour, points, held = balances
    return Balances(honour, points - expiring.over(household_id, settings, at=at), held)


def _balances(household_id: int, at: datetime) -> tuple[Any, Any, Any]:
    """Honour of the running quarter, points, and what of them is held, as columns of a statement."""
    starts, ends = quarter_bounds(at)
    honour = _sum(Transfer.change, Transfer.household_id == household_id, *_honour_of(starts, ends))
    points = _sum(Account.balance, *_account("points", "household", household_id))
    ended = exists().where(HoldEnd.hold_id == Hold.id)
    held = _sum(Hold.amount, Hold.household_id == household_id, Hold.expires_at > at, ~ended)
    return honour, points, held


def honour_of_quarter(
    household_id: int, instant: datetime, *, until: datetime | None = None, and_because: Sequence[str] = ()
) -> int:
    """Honour of the quarter in which that moment lies, with its start.

    Only what was posted `until` then, if given, and what these causes led to, whenever that was posted.
    """
    mine = [Transfer.household_id == household_id, *_honour_of(*quarter_bounds(instant))]
    if until is not None:
        mine.append(or_(Transfer.posted_at <= until, Transfer.because.in_(and_because)))
    return HONOUR_AT_START + (db.session.scalar(select(_sum(Transfer.change, *mine))) or 0)


def holds(*which: ColumnElement[bool]) -> Select[Any]:
    """Holds with their `outcome` and `ended_at`, None for one whose end nobody noted yet."""
    ends: tuple[Any, ...] = (HoldEnd.outcome, HoldEnd.ended_at)
    columns: tuple[Any, ...] = (*Hold.__table__.columns, *ends)
    return select(*columns).outerjoin(HoldEnd, HoldEnd.hold_id == Hold.id).where(*which).order_by(Hold.id)


def minutes_of(resident_id: int) -> int:
    """All the minutes that somebody served."""
    return db.session.scalar(select(_minutes(resident_id))) or 0


def _minutes(resident_id: int) -> Any:
    return _sum(Account.balance, *_account("minutes", "resident", resident_id))


def figures(household_id: int, resident_id: int, *, at: datetime) -> tuple[Balances, int, datetime | None]:
    """What a household has, the minutes of one of its residents, when its first entry was posted: one statement."""
    firsts = [_first_posted(household_id, asset) for asset in ASSETS]
    settings = expiring.settings_of(household_id)
    query = select(*_balances(household_id, at), _minutes(resident_id), settings, *firsts)
    honour, points, held, minutes, settings, *began = db.session.execute(query).one()
    since = min((one for one in began if one is not None), default=None)
    return _without_expired(household_id, (honour, points, held), settings, at), minutes, since


def _first_posted(household_id: int, asset: Asset) -> Any:
    """When the first entry of an asset was posted: an index leads to it, however many came after."""
    mine = Transfer.household_id == household_id, Transfer.asset == asset
    return select(Transfer.posted_at).where(*mine).order_by(Transfer.id).limit(1).scalar_subquery()


def honour_entries(starts: datetime, ends: datetime, *, of: Select[*tuple[int]] | None = None) -> Select[Any]:
    """household_id and honour: what took effect from `starts` up to, not including, `ends`. Without the start of 60.

    `of` selects the households that are wanted, where that is a part of them.
    """
    columns: tuple[Any, ...] = (Transfer.household_id, func.sum(Transfer.change).label("honour"))
    query = select(*columns).where(*_honour_of(starts, ends)).group_by(Transfer.household_id)
    return query if of is None else query.where(Transfer.household_id.in_(of))


def entries_of(household_id: int, asset: str = "points", *, resident_id: int | None = None) -> Select[Any]:
    """The entries of one asset, with the `balance` after each, in the order of posting; or those of one resident."""
    columns: tuple[Any, ...] = (
        Transfer.id, Transfer.change, Transfer.balance_after.label("balance"), Transfer.code, Transfer.heading,
        Transfer.what, Transfer.why, Transfer.cut_by, Transfer.because, Transfer.reverses_id, Transfer.resident_id,
        Transfer.effective_at, Transfer.posted_at,
        Transfer.line_id,
    )  # fmt: skip
    return select(*columns).where(*_whose(household_id, asset, resident_id))


def _whose(household_id: int, asset: str, resident_id: int | None) -> tuple[ColumnElement[bool], ...]:
    """The household's entries of an asset; minutes are a resident's."""
    owner = Transfer.resident_id == resident_id if asset == "minutes" else Transfer.household_id == household_id
    return owner, Transfer.asset == asset


def statement(household_id: int, asset: str, *, resident_id: int, after: str | None) -> Slice:
    """One page of the household's entries, the latest first."""
    entries = entries_of(household_id, asset, resident_id=resident_id)
    return slice_of(entries, Transfer.id, after=after)


def as_of(household_id: int, asset: str, *, resident_id: int, until: datetime) -> tuple[int, int]:
    """What there was at that moment, it not included: by what had been posted, and by what had taken effect (I6).

    The first never changes again. The second counts what was posted later for an earlier day, too.
    """
    mine = _whose(household_id, asset, resident_id)
    sums: list[Any] = [func.coalesce(func.sum(Transfer.change).filter(when < until), 0) for when in _MOMENTS]
    posted, effective = db.session.execute(select(*sums).where(*mine)).one()
    return int(posted), int(effective)


def every_entry(household_id: int, asset: str, *, resident_id: int) -> Sequence[Row[Any]]:
    """All entries of one asset, the first one first: for papers."""
    entries = entries_of(household_id, asset, resident_id=resident_id)
    return db.session.execute(entries.order_by(Transfer.id)).all()


def last_entries(
    household_id: int, asset: str, *, resident_id: int, within: tuple[datetime, datetime] | None, most: int
) -> tuple[Sequence[Row[Any]], bool]:
    """The last entries of one asset posted `within` that time, the first one first; whether there are earlier ones."""
    query = entries_of(household_id, asset, resident_id=resident_id)
    if within is not None:
        query = query.where(Transfer.posted_at >= within[0], Transfer.posted_at < within[1])
    rows = db.session.execute(query.order_by(Transfer.id.desc()).limit(most + 1)).all()
    return rows[most - 1 :: -1] if len(rows) > most else rows[::-1], len(rows) > most


def door_of(household_id: int) -> str:
    """Where a household lives, as its slip says."""
    return db.session.scalar(select(Household.door).where(Household.id == household_id)) or ""


def entry(entry_id: int, *, household_id: int, resident_id: int) -> Row[Any] | None:
    """One entry of the household as a whole or of that resident, with the entry that took it back; else None."""
    back = aliased(Transfer)
    own = or_(Transfer.resident_id.is_(None), Transfer.resident_id == resident_id)
    more = Transfer.balance_after.label("balance"), back.id.label("reversed_by")
    columns: tuple[Any, ...] = (*Transfer.__table__.columns, *more)
    query = select(*columns).outerjoin(back, back.reverses_id == Transfer.id)
    mine = Transfer.id == entry_id, Transfer.household_id == household_id, own
    return db.session.execute(query.where(*mine)).one_or_none()


def seals(after: str | None, wish: str = "") -> Slice:
    """The seals of the journal, the last day first; or those that a `wish` names, by number or as a head begins."""
    query = select(Seal.__table__)
    if re.fullmatch("[0-9]{1,7}", wish):
        query = query.where(Seal.number == int(wish))
    elif wish:
        query = query.where(Seal.head.startswith(wish.lower(), autoescape=True))
    return slice_of(query, Seal.number, after=after)


def head_at(moment: datetime) -> str | None:
    """The head of the last day that was over at that moment and is sealed: to be printed on what is published then."""
    before = select(Seal.head).where(Seal.until <= moment).order_by(Seal.until.desc()).limit(1)
    return db.session.scalar(before)


def last_seal() -> Row[Any] | None:
    return db.session.execute(select(Seal.__table__).order_by(Seal.number.desc()).limit(1)).one_or_none()


def earned_by_month(household_id: int, asset: str, *, resident_id: int, until: date) -> list[tuple[date, int]]:
    """What was earned in each of the twelve months up to that one, by its first day. Spending is left out."""
    months = [next_month(until.replace(day=1), number - MONTHS + 1) for number in range(MONTHS)]
    bounds = [clock.at_local(first) for first in (*months, next_month(months[-1]))]
    whose = *_whose(household_id, asset, resident_id), Transfer.heading.not_in(("reward", "adjustment", "expiry"))
    # A sum for each month, so that an index leads to its entries alone: earlier years cost nothing.
    sums = [
        _sum(Transfer.change, *whose, Transfer.effective_at >= starts, Transfer.effective_at < ends)
        for starts, ends in pairwise(bounds)
    ]
    return list(zip(months, db.session.execute(select(*sums)).one(), strict=True))


def merchant_received(merchant_id: int, starts: datetime, ends: datetime) -> int:
    """The points that a merchant took for goods in that time; what a settlement statement adds up."""
    account = select(Account.id).where(*_account("points", "merchant", merchant_id)).scalar_subquery()
    span = Transfer.posted_at >= starts, Transfer.posted_at < ends
    taken = _sum(Transfer.amount, Transfer.credit_id == account, *span)
    given_back = _sum(Transfer.amount, Transfer.debit_id == account, *span)
    return db.session.scalar(select(taken - given_back)) or 0


def transfers_because(causes: Sequence[str]) -> Sequence[int]:
    """Ids of the entries that these causes led to."""
    return db.session.scalars(select(Transfer.id).where(Transfer.because.in_(causes)).order_by(Transfer.id)).all()


def taken_because(causes: Sequence[str]) -> tuple[int, dict[Asset, int]]:
    """What these causes changed in all, for each asset, and the community whose accounts they moved."""
    columns: tuple[Any, ...] = (Transfer.asset, func.sum(Transfer.change), func.max(Transfer.community_id))
    rows = db.session.execute(select(*columns).where(Transfer.because.in_(causes)).group_by(Transfer.asset)).all()
    return max((row[2] for row in rows), default=0), {row[0]: int(row[1]) for row in rows}


def _account(asset: str, owner_kind: str, owner_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        Account.asset == asset, Account.owner_kind == owner_kind, Account.owner_id == owner_id,
        Account.purpose == "own",
    )  # fmt: skip


def _honour_of(starts: datetime, ends: datetime) -> tuple[ColumnElement[bool], ...]:
    return Transfer.asset == "honour", Transfer.effective_at >= starts, Transfer.effective_at < ends


def _sum(column: Any, *conditions: ColumnElement[bool]) -> Any:
    return select(func.coalesce(func.sum(column), 0)).where(*conditions).scalar_subquery()
