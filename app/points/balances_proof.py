"""Whether balances, kept, running and held, are what the entries and the holds say (points I1, I3, I4, I5, I7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, and_, case, func, or_, select, union_all

from app.kit.db import db
from app.kit.proof import Fault, breaking_off, fault_at, first_faults
from app.points.models import Account, Hold, HoldEnd, Transfer
from app.points.rules import KEPT

_NOT_ENDED = HoldEnd.hold_id.is_(None)


def faults() -> Iterator[Fault]:
    """The first fault of every kind."""
    yield from _drifted()
    yield from first_faults(
        ("I5", "transfer", _not_running()),
        ("I4", "account", _held_drifted()),
        ("I7", "account", _short()),
        ("I3", "asset", _not_conserved()),
    )


def _select(*columns: Any) -> Select[Any]:
    return select(*columns)


def _drifted() -> Iterator[Fault]:
    """A kept balance that is not what the journal says; an asset whose balances, kept ones as kept and the others as
    derived, do not sum to nothing. The journal is added up once for both.
    """
    found: list[Fault] = []
    with breaking_off(found, "I4", "account"), db.session.begin_nested():
        sums: Counter[str] = Counter()
        for account in db.session.execute(_with_journal()):
            kept = account.owner_kind in KEPT
            if kept and account.balance != account.journal and not found:
                found.append(fault_at(account, "I4", "account"))
            sums[account.asset] += account.balance if kept else account.journal
        found += [Fault("I1", f"asset:{asset}", f"sum {left}") for asset, left in sorted(sums.items()) if left][:1]
    yield from found


def _with_journal() -> Select[Any]:
    """Every account, and credits less debits of it from the journal alone."""
    moved = union_all(
        select(Transfer.credit_id.label("account_id"), Transfer.amount.label("amount")),
        select(Transfer.debit_id, -Transfer.amount),
    ).subquery()
    net = select(moved.c.account_id, func.sum(moved.c.amount).label("net")).group_by(moved.c.account_id).subquery()
    journal = func.coalesce(net.c.net, 0).label("journal")
    query = _select(Account.id, Account.owner_kind, Account.owner_id, Account.asset, Account.balance, journal)
    return query.outerjoin(net, net.c.account_id == Account.id).order_by(Account.id)


def _not_running() -> Select[Any]:
    """The balance after an entry is what all entries of that account up to it sum to, in the order of their ids.

    Of the two accounts it is the one that `change` speaks of; where nobody keeps that one there is no such balance.
    """
    account_id = case((Transfer.change == Transfer.amount, Transfer.credit_id), else_=Transfer.debit_id)
    # By rows, and accounts joined to what came out: ranges and wider rows to sort take half as long again.
    sums = func.sum(Transfer.change).over(partition_by=account_id, order_by=Transfer.id, rows=(None, 0))
    moved = _select(Transfer.id, Transfer.balance_after, account_id.label("account_id"), sums.label("runs")).subquery()
    runs = case((Account.owner_kind.in_(KEPT), moved.c.runs))
    query = _select(moved.c.id, moved.c.balance_after, runs.label("runs"))
    query = query.join(Account, Account.id == moved.c.account_id)
    return query.where(moved.c.balance_after.is_distinct_from(runs)).order_by(moved.c.id)


def _held_drifted() -> Select[Any]:
    live = select(Hold.account_id, func.sum(Hold.amount).label("held")).outerjoin(HoldEnd).where(_NOT_ENDED)
    kept_back = live.group_by(Hold.account_id).subquery()
    holds = func.coalesce(kept_back.c.held, 0)
    return (
        _select(Account.id, Account.owner_kind, Account.owner_id, Account.held, holds.label("holds"))
        .outerjoin(kept_back, kept_back.c.account_id == Account.id)
        .where(Account.held != holds)
        .order_by(Account.id)
    )


def _short() -> Select[Any]:
    """An account that must never be short and is; or one of a household's points that forgot that it must not."""
    must = and_(Account.owner_kind.in_(KEPT), Account.asset != "honour")
    wrong = or_(Account.held < 0, Account.balance < Account.held, ~Account.bounded)
    return (
        _select(Account.id, Account.owner_kind, Account.owner_id, Account.asset, Account.balance, Account.held)
        .where(must, wrong)
        .order_by(Account.id)
    )


def _not_conserved() -> Select[Any]:
    """Issued less reversed, redeemed and expired, plus corrected, is what households and residents have."""
    has = (
        select(Account.asset, func.sum(Account.balance).label("has"))
        .where(Account.owner_kind.in_(KEPT))
        .group_by(Account.asset)
        .subquery()
    )
    flows = select(Transfer.asset, func.sum(Transfer.change).label("flow")).group_by(Transfer.asset).subquery()
    flow = func.coalesce(flows.c.flow, 0)
    query = _select(has.c.asset, has.c.has, flow.label("flow")).outerjoin(flows, flows.c.asset == has.c.asset)
    return query.where(has.c.has != flow).order_by(has.c.asset)
