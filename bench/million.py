"""A million entries, written by the database itself: every household goes through the same turns, one turn a day.

What comes out is a ledger in order: awards of all three assets, goods taken by way of holds, and reversals; balances,
kept and running, are summed up here while the turns are made. It is sealed by the house.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import Integer, String, and_, cast, insert, literal, null, select, update
from sqlalchemy.orm import aliased

from app.kit.columns import Instant, WordsColumn
from app.kit.db import db, transaction
from app.kit.words import Words
from app.people.models import Household, Resident
from app.points import posting, sealing
from app.points.models import Account, Hold, HoldEnd, Transfer
from bench.village import BEGAN, settle_down

ENTRIES = 1_000_000
MERCHANT = 1
# Ten turns again and again; every second round of them goods are taken, in the others an award is taken back.
_TURNS = ("points", "honour", "points", "minutes", "points", "honour", "points", "points", "points", "back or goods")
_AMOUNTS = {"points": 3, "honour": 2, "minutes": 60}
_WHAT = Words(zh="参加楼道大扫除", en="Helped to clean the stairs")
_MIDDAY = timedelta(hours=4)


@dataclass(frozen=True)
class Turn:
    """What every household does on one day. `kind`: an asset that is granted, "goods", or "back"."""

    number: int
    kind: str
    asset: str
    amount: int
    balance: int  # what the household (of minutes: the resident) has of the asset afterwards

    @property
    def at(self) -> datetime:
        return BEGAN + timedelta(days=self.number) + _MIDDAY


def fill(app: Flask, entries: int = ENTRIES) -> int:
    """Fill an empty database and seal it; how many entries of the journal there are, holds and their ends besides."""
    village = settle_down(app)
    homes = len(village.spread) + len(village.together)
    turns, has = _turns(entries // homes)
    with app.app_context(), transaction():
        _open_the_others()
        for turn in turns:
            if turn.kind == "goods":
                _hold(turn)
            _write(turn)
        for asset, balance in has.items():
            kept = Account.asset == asset, Account.owner_kind.in_(("household", "resident"))
            db.session.execute(update(Account).where(*kept).values(balance=balance))
    with app.app_context(), transaction():
        sealing.seal_days(turns[-1].at + 2 * sealing.DAY)
    return len(turns) * homes


def _turns(number: int) -> tuple[list[Turn], dict[str, int]]:
    """The turns, and what each household has of each asset in the end."""
    has: defaultdict[str, int] = defaultdict(int)
    turns = []
    for one in range(number):
        kind = _TURNS[one % len(_TURNS)]
        if kind == "back or goods":
            kind = "goods" if one // len(_TURNS) % 2 else "back"
        asset = kind if kind in _AMOUNTS else "points"
        amount = 10 if kind == "goods" else _AMOUNTS[asset]
        has[asset] += amount if kind in _AMOUNTS else -amount
        turns.append(Turn(one, kind, asset, amount, has[asset]))
    return turns, dict(has)


def _open_the_others() -> None:
    """What communities issued of each asset, and the account of the merchant."""
    communities = db.session.scalars(select(Household.community_id).distinct()).all()
    issued = [(asset, "community", one, "issued") for asset in _AMOUNTS for one in communities]
    posting.open_accounts([*issued, ("points", "merchant", MERCHANT, "own")])


def _because(turn: int) -> Any:
    return literal(f"turn:{turn}:") + cast(Household.id, String)


def _at(moment: datetime) -> Any:
    return literal(moment, Instant())


def _hold(turn: Turn) -> None:
    account = and_(Account.asset == "points", Account.owner_kind == "household", Account.owner_id == Household.id)
    made_at = turn.at - timedelta(hours=1)
    held: dict[str, Any] = {
        "account_id": Account.id, "household_id": Household.id, "amount": literal(turn.amount),
        "because": _because(turn.number), "made_at": _at(made_at), "expires_at": _at(turn.at + timedelta(days=7)),
        "request_id": literal("auto:") + _because(turn.number),
    }  # fmt: skip
    query = select(*held.values()).select_from(Household).join(Account, account).order_by(Household.id)
    db.session.execute(insert(Hold).from_select(list(held), query))
    ended: dict[str, Any] = {
        "hold_id": Hold.id, "held": Hold.amount, "outcome": literal("posted"), "amount": Hold.amount,
        "ended_at": _at(turn.at), "request_id": Hold.request_id,
    }  # fmt: skip
    query = select(*ended.values()).where(Hold.made_at == made_at).order_by(Hold.id)
    db.session.execute(insert(HoldEnd).from_select(list(ended), query))


def _write(turn: Turn) -> None:
    """One entry for each household, in the order of their doors."""
    kept, other, before = aliased(Account), aliased(Account), aliased(Transfer)
    owner = ("resident", Resident.id) if turn.asset == "minutes" else ("household", Household.id)
    across = ("merchant", literal(MERCHANT)) if turn.kind == "goods" else ("community", Household.community_id)
    comes_in = turn.kind in _AMOUNTS
    values: dict[str, Any] = {
        "asset": literal(turn.asset), "debit_id": (other if comes_in else kept).id,
        "credit_id": (kept if comes_in else other).id, "amount": literal(turn.amount),
        "change": literal(turn.amount if comes_in else -turn.amount), "balance_after": literal(turn.balance),
        "code": literal("X01" if turn.kind == "back" else "E04"),
        "heading": literal("reward" if turn.kind == "goods" else "environment"),
        "because": _because(turn.number), "what": literal(_WHAT, WordsColumn()),
        "reverses_id": before.id if turn.kind == "back" else cast(null(), Integer),
        "hold_id": Hold.id if turn.kind == "goods" else cast(null(), Integer),
        "community_id": Household.community_id, "household_id": Household.id, "resident_id": Resident.id,
        "by_id": Resident.id, "effective_at": before.effective_at if turn.kind == "back" else _at(turn.at),
        "posted_at": _at(turn.at), "request_id": literal("auto:") + _because(turn.number),
    }  # fmt: skip
    query = (
        select(*values.values())
        .select_from(Household)
        .join(Resident, Resident.household_id == Household.id)
        .join(kept, and_(kept.asset == turn.asset, kept.owner_kind == owner[0], kept.owner_id == owner[1]))
        .join(other, and_(other.asset == turn.asset, other.owner_kind == across[0], other.owner_id == across[1]))
    )
    if turn.kind == "back":
        query = query.join(before, before.because == _because(turn.number - 1))
    if turn.kind == "goods":
        query = query.join(Hold, Hold.because == _because(turn.number))
    db.session.execute(insert(Transfer).from_select(list(values), query.order_by(Household.id)))
