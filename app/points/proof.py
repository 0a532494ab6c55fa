"""Whether the ledger is whole: everything that is kept is computed again from the journal and from the holds.

Each check is one statement that yields what does not fit, the first one first; a ledger in order yields nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, String, and_, case, cast, func, or_, select, union_all
from sqlalchemy.orm import aliased

from app.kit.db import db
from app.kit.proof import Fault, first_faults
from app.points import accounts_proof, lots_proof
from app.points.models import Account, Hold, HoldEnd, OpeningBalance, Transfer
from app.points.rules import KEPT, MOST

_NOT_ENDED = HoldEnd.hold_id.is_(None)
_debit, _credit, _other = aliased(Account), aliased(Account), aliased(Transfer)


def faults() -> Iterator[Fault]:
    """The first fault of every kind; causes come before what follows from them."""
    yield from first_faults(
        ("I2", "account", accounts_proof.misdescribed()),
        ("I2", "transfer", _misshapen()),
        ("I2", "transfer", accounts_proof.paid_by_no_fund()),
        ("I2", "hold", accounts_proof.held_elsewhere()),
        ("I16", "transfer", _twice()),
        ("I24", "transfer", _not_opposite()),
        ("I25", "transfer", _unexplained_correction()),
        ("I12", "hold", _ended_oddly()),
        ("opening", "opening balance", _opened_oddly()),
        ("I4", "account", _balance_drifted()),
        ("I5", "transfer", _not_running()),
        ("I4", "account", _held_drifted()),
        ("I7", "account", _short()),
        ("I1", "asset", _not_zero()),
        ("I3", "asset", _not_conserved()),
    )
    yield from accounts_proof.funds_of_another_quarter()
    yield from lots_proof.faults()


def counts() -> dict[str, int]:
    """How much there is to look at."""
    tables = {"accounts": Account.id, "transfers": Transfer.id, "holds": Hold.id, "hold ends": HoldEnd.hold_id}
    found = {name: db.session.scalar(select(func.count(column))) or 0 for name, column in tables.items()}
    return found | lots_proof.counts()


def _select(*columns: Any) -> Select[Any]:
    return select(*columns)


def _misshapen() -> Select[Any]:
    """Amount, assets and sign of every entry, and whether it moved the accounts that it says."""
    credited = _credit.owner_kind.in_(KEPT)
    kind = case((credited, _credit.owner_kind), else_=_debit.owner_kind)
    owner = case((credited, _credit.owner_id), else_=_debit.owner_id)
    named = case((kind == "household", Transfer.household_id), (kind == "resident", Transfer.resident_id), else_=owner)
    sign = case((_debit.owner_kind.in_(KEPT), -Transfer.amount), else_=Transfer.amount)
    wrong = or_(
        ~Transfer.amount.between(1, MOST),
        Transfer.debit_id == Transfer.credit_id,
        func.coalesce(_debit.asset, "") != Transfer.asset,
        func.coalesce(_credit.asset, "") != Transfer.asset,
        Transfer.change != sign,
        func.coalesce(named, 0) != owner,
        accounts_proof.is_of_others(_debit),
        accounts_proof.is_of_others(_credit),
    )
    return (
        _select(Transfer.id, Transfer.asset, Transfer.amount, Transfer.change, Transfer.because)
        .outerjoin(_debit, _debit.id == Transfer.debit_id)
        .outerjoin(_credit, _credit.id == Transfer.credit_id)
        .where(wrong)
        .order_by(Transfer.id)
    )


def _twice() -> Select[Any]:
    """One cause that moved one asset more than once."""
    times = func.count().label("times")
    group = _select(func.max(Transfer.id), Transfer.because, Transfer.asset, times)
    return group.group_by(Transfer.because, Transfer.asset).having(func.count() > 1).order_by(func.max(Transfer.id))


def _not_opposite() -> Select[Any]:
    """A reversal that is not the exact opposite of what it names, or that names a reversal."""
    wrong = or_(
        Transfer.debit_id != _other.credit_id,
        Transfer.credit_id != _other.debit_id,
        Transfer.amount != _other.amount,
        Transfer.effective_at != _other.effective_at,
        _other.reverses_id.is_not(None),
    )
    return (
        _select(Transfer.id, Transfer.reverses_id, Transfer.amount, _other.amount.label("original"))
        .join(_other, _other.id == Transfer.reverses_id)
        .where(wrong)
        .order_by(Transfer.id)
    )


def _unexplained_correction() -> Select[Any]:
    """What the community bears belongs to a reversal of that household and is no more than it."""
    reversal = and_(
        _other.reverses_id.is_not(None), _other.asset == Transfer.asset, _other.household_id == Transfer.household_id,
        _other.because + ":corrected" == Transfer.because,
    )  # fmt: skip
    return (
        _select(Transfer.id, Transfer.amount, Transfer.because)
        .join(_debit, _debit.id == Transfer.debit_id)
        .outerjoin(_other, reversal)
        .where(_debit.purpose == "corrected", func.coalesce(_other.amount, 0) < Transfer.amount)
        .order_by(Transfer.id)
    )


def _ended_oddly() -> Select[Any]:
    """A hold that was posted has one entry of what its end says, made in time; any other has none."""
    posted = HoldEnd.outcome == "posted"
    wrong = or_(
        HoldEnd.held != Hold.amount,
        ~HoldEnd.amount.between(0, Hold.amount),
        func.coalesce(Transfer.amount, 0) != func.coalesce(HoldEnd.amount, 0),
        and_(posted, or_(HoldEnd.amount == 0, HoldEnd.ended_at >= Hold.expires_at)),
        and_(posted, Transfer.debit_id != Hold.account_id),
        and_(HoldEnd.outcome == "expired", HoldEnd.ended_at != Hold.expires_at),
    )
    return (
        _select(Hold.id, HoldEnd.outcome, Hold.amount, Transfer.amount.label("posted"))
        .outerjoin(HoldEnd, HoldEnd.hold_id == Hold.id)
        .outerjoin(Transfer, Transfer.hold_id == Hold.id)
        .where(wrong)
        .order_by(Hold.id)
    )


def _opened_oddly() -> Select[Any]:
    """A balance brought in from elsewhere of which something else was posted than its whole points."""
    entry = and_(Transfer.because == OpeningBalance.because, Transfer.asset == "points")
    whole = cast(OpeningBalance.whole, String)
    posted, stood = func.coalesce(Transfer.change, 0), OpeningBalance.stood
    wrong = or_(
        posted != OpeningBalance.whole,
        Transfer.household_id != OpeningBalance.household_id,
        and_(OpeningBalance.household_id.is_not(None), ~or_(stood == whole, stood.startswith(whole + "."))),
    )
    return (
        _select(OpeningBalance.id, OpeningBalance.source_id, OpeningBalance.stood, posted.label("posted"))
        .outerjoin(Transfer, entry)
        .where(wrong)
        .order_by(OpeningBalance.id)
    )


def _net() -> Any:
    """Credits less debits of every account, from the journal alone."""
    moved = union_all(
        select(Transfer.credit_id.label("account_id"), Transfer.amount.label("amount")),
        select(Transfer.debit_id, -Transfer.amount),
    ).subquery()
    return select(moved.c.account_id, func.sum(moved.c.amount).label("net")).group_by(moved.c.account_id).subquery()


def _balance_drifted() -> Select[Any]:
    """A kept balance that is not what the journal says."""
    net = _net()
    journal = func.coalesce(net.c.net, 0)
    return (
        _select(
            Account.id, Account.owner_kind, Account.owner_id, Account.asset, Account.balance, journal.label("journal")
        )
        .outerjoin(net, net.c.account_id == Account.id)
        .where(Account.owner_kind.in_(KEPT), Account.balance != journal)
        .order_by(Account.id)
    )


def _not_running() -> Select[Any]:
    """The balance after an entry is what all entries of that account up to it sum to, in the order of their ids."""
    kept_id = case((_credit.owner_kind.in_(KEPT), Transfer.credit_id), else_=Transfer.debit_id)
    is_kept = or_(_credit.owner_kind.in_(KEPT), _debit.owner_kind.in_(KEPT))
    runs = func.sum(Transfer.change).over(partition_by=kept_id, order_by=Transfer.id)
    lines = (
        _select(Transfer.id, Transfer.balance_after, case((is_kept, runs)).label("runs"))
        .join(_debit, _debit.id == Transfer.debit_id)
        .join(_credit, _credit.id == Transfer.credit_id)
        .subquery()
    )
    return _select(lines).where(lines.c.balance_after.is_distinct_from(lines.c.runs)).order_by(lines.c.id)


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


def _not_zero() -> Select[Any]:
    """The balances of all accounts of an asset, kept ones as kept and the others as derived, must sum to nothing."""
    net = _net()
    balance = case((Account.owner_kind.in_(KEPT), Account.balance), else_=func.coalesce(net.c.net, 0))
    query = _select(Account.asset, func.sum(balance).label("sum")).outerjoin(net, net.c.account_id == Account.id)
    return query.group_by(Account.asset).having(func.sum(balance) != 0).order_by(Account.asset)


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
