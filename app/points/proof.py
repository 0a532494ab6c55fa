"""Whether the ledger is whole: everything that is kept is computed again from the journal and from the holds.

Each check is one statement that yields what does not fit, the first one first; a ledger in order yields nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, String, and_, case, cast, func, or_, select
from sqlalchemy.orm import aliased

from app.kit.db import db
from app.kit.proof import Fault, first_faults
from app.points import accounts_proof, balances_proof, lots_proof
from app.points.models import Account, Hold, HoldEnd, OpeningBalance, Transfer
from app.points.rules import KEPT, MOST

_debit, _credit, _other = aliased(Account), aliased(Account), aliased(Transfer)


def faults() -> Iterator[Fault]:
    """The first fault of every kind; causes come before what follows from them."""
    for look in LOOKS:
        yield from look()


def entries() -> Iterator[Fault]:
    """Accounts, entries and holds that are not as the house writes them, each for itself."""
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
    )
    yield from accounts_proof.funds_of_another_quarter()


LOOKS = (entries, balances_proof.faults, lots_proof.faults)


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
    """One cause that moved one asset more than once: found in the index of causes, which knows no ids."""
    same = _other.because == Transfer.because, _other.asset == Transfer.asset
    last = select(func.max(_other.id)).where(*same).scalar_subquery().label("id")
    group = _select(last, Transfer.because, Transfer.asset, func.count().label("times"))
    return group.group_by(Transfer.because, Transfer.asset).having(func.count() > 1).order_by(last)


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
        .where(Transfer.reverses_id.is_not(None), wrong)
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
