"""Whether accounts are whose and what for the sealed entries say: no seal is over an account itself (points I2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, and_, case, func, or_, select, union_all

from app.kit import clock
from app.kit.db import db
from app.kit.periods import period_of
from app.kit.proof import Fault, breaking_off
from app.points.lots import EXPIRY
from app.points.models import Account, Hold, Transfer
from app.points.rules import KEPT

# Which assets each kind of owner can have.
_ASSETS = {"household": ("honour", "points"), "resident": ("minutes",), "merchant": ("points", "goods")}


def _select(*columns: Any) -> Select[Any]:
    return select(*columns)


def is_of_others(account: Any) -> Any:
    """That this account of an entry is of another community than the entry, or for something else.

    A reversal goes between the accounts of what it reverses (I24).
    """
    about = case(
        (Transfer.code == EXPIRY, "expired"), (Transfer.because.endswith(":corrected"), "corrected"), else_="issued"
    )
    other = and_(Transfer.asset != "goods", Transfer.reverses_id.is_(None), account.purpose != about)
    return and_(account.owner_kind == "community", or_(account.owner_id != Transfer.community_id, other))


def misdescribed() -> Select[Any]:
    """An account of a kind that nobody of that kind has."""
    kind, has = Account.owner_kind, Account.asset
    wrong = or_(
        *(and_(kind == one, has.not_in(assets)) for one, assets in _ASSETS.items()),
        (kind == "community") == (Account.purpose == "own"),
        Account.bounded != and_(kind.in_(KEPT), has != "honour"),
    )
    return _select(Account.id, has, kind, Account.owner_id, Account.purpose).where(wrong).order_by(Account.id)


def held_elsewhere() -> Select[Any]:
    """A hold over what is not its household's account of points."""
    wrong = or_(
        Account.owner_kind != "household", Account.owner_id != Hold.household_id, Account.asset != "points"
    )  # fmt: skip
    query = _select(Hold.id, Hold.household_id, Account.owner_kind, Account.owner_id, Account.asset)
    return query.join(Account, Account.id == Hold.account_id).where(wrong).order_by(Hold.id)


def paid_by_no_fund() -> Select[Any]:
    """Goods that no fund of a quarter paid, and a fund that was not set from outside when it was first set."""
    wrong = or_(
        and_(Transfer.code == "goods", Account.purpose == "issued"),
        and_(Transfer.code == "fund", Transfer.because.endswith(":0"), Account.purpose != "issued"),
    )
    query = _select(Transfer.id, Transfer.code, Account.purpose).join(Account, Account.id == Transfer.debit_id)
    return query.where(Transfer.asset == "goods", wrong).order_by(Transfer.id)


def funds_of_another_quarter() -> Iterator[Fault]:
    """Goods funds of which something moved outside their quarter."""
    found: list[Fault] = []
    with breaking_off(found, "I2", "account"), db.session.begin_nested():
        for fund in db.session.execute(_funds()):
            quarters = {period_of(clock.local(moment).date(), "quarter").key for moment in (fund.first, fund.last)}
            if quarters != {fund.purpose}:
                says = f"is for {fund.purpose}, its entries are of {', '.join(sorted(quarters))}"
                found.append(Fault("I2", f"account:{fund.id}", says))
    yield from found[:1]


def _funds() -> Select[Any]:
    sides = (
        select(side.label("account_id"), Transfer.effective_at) for side in (Transfer.debit_id, Transfer.credit_id)
    )
    moved = union_all(*(side.where(Transfer.asset == "goods") for side in sides)).subquery()
    first, last = func.min(moved.c.effective_at).label("first"), func.max(moved.c.effective_at).label("last")
    query = _select(Account.id, Account.purpose, first, last).join(moved, moved.c.account_id == Account.id)
    is_fund = Account.owner_kind == "community", Account.purpose != "issued"
    return query.where(*is_fund).group_by(Account.id, Account.purpose).order_by(Account.id)
