"""Posting: the one way in which entries reach the journal and kept balances move."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, insert, select, tuple_, update

from app.kit.db import db, insert_into
from app.points import rules
from app.points.models import Account, Transfer
from app.points.rules import Asset, Entry, Owner

_CHUNK = 400
_Key = tuple[str, str, int, str]  # asset, owner kind, owner id, purpose
Known = dict[_Key, int]  # ids of accounts


@dataclass(frozen=True)
class Posted:
    """An entry that was written: its id and what it says."""

    id: int
    entry: Entry


def grant_entry(
    asset: Asset, amount: int, *, community_id: int, household_id: int, resident_id: int | None, **more: Any
) -> Entry:
    """The entry that `grant` posts; for those who post several at once."""
    if asset == "minutes":
        if resident_id is None:
            raise ValueError("minutes are a resident's, never a household's")
        credit = Owner("resident", resident_id)
    else:
        credit = Owner("household", household_id)
    return Entry(
        asset=asset, amount=amount, debit=Owner("community", community_id, "issued"), credit=credit,
        community_id=community_id, household_id=household_id, resident_id=resident_id, **more,
    )  # fmt: skip


def post(entries: Sequence[Entry]) -> list[Posted]:
    """Write these entries and move the kept balances; opens accounts that are not there yet.

    Three statements for any number of entries (in steps of a few hundred), which is what a rush and a loader need.
    An account that would fall short, or a cause that moved this asset before, breaks a constraint of the database.
    """
    accounts = _accounts(entries)
    ids: list[int] = []
    for part in _chunks(entries):
        rows = [_row(entry, accounts) for entry in part]
        written = db.session.execute(insert(Transfer).returning(Transfer.id, sort_by_parameter_order=True), rows)
        ids += [row.id for row in written]
    _keep(entries, accounts)
    return [Posted(one, entry) for one, entry in zip(ids, entries, strict=True)]


def record(entries: Sequence[Entry], *, known: Known) -> None:
    """The same for a loader of tens of thousands: without ids, and `known` remembers accounts from call to call."""
    owners = {_key(entry.asset, owner) for entry in entries for owner in (entry.debit, entry.credit)}
    known |= _opened(sorted(owners - known.keys()))
    if entries:
        table: Any = Transfer.__table__
        db.session.connection().execute(insert(table), [_row(entry, known) for entry in entries])
    _keep(entries, known)


def _keep(entries: Sequence[Entry], accounts: dict[_Key, int]) -> None:
    """Move the kept balances by what these entries say."""
    moved: defaultdict[int, int] = defaultdict(int)
    for entry in entries:
        for owner, sign in ((entry.debit, -1), (entry.credit, 1)):
            if rules.is_kept(owner.kind):
                moved[accounts[_key(entry.asset, owner)]] += sign * entry.amount
    _move(moved)


def _move(moved: dict[int, int]) -> None:
    """Add to kept balances, in one order so that two rushes do not wait for each other in a circle."""
    table: Any = Account.__table__
    changes = [{"which": one, "by": by} for one, by in sorted(moved.items()) if by]
    if changes:
        statement = (
            update(table).where(table.c.id == bindparam("which")).values(balance=table.c.balance + bindparam("by"))
        )
        db.session.connection().execute(statement, changes)


def _key(asset: str, owner: Owner) -> _Key:
    return asset, owner.kind, owner.id, owner.purpose


def _accounts(entries: Sequence[Entry]) -> dict[_Key, int]:
    """The ids of all accounts that these entries touch."""
    return _opened(sorted({_key(entry.asset, owner) for entry in entries for owner in (entry.debit, entry.credit)}))


def _opened(wanted: Sequence[_Key]) -> dict[_Key, int]:
    """The ids of these accounts; those that are not there yet are opened."""
    found = _find(wanted)
    missing = [key for key in wanted if key not in found]
    if missing:
        open_accounts(missing)
        found |= _find(missing)
    return found


def _find(keys: Sequence[_Key]) -> dict[_Key, int]:
    columns = (Account.asset, Account.owner_kind, Account.owner_id, Account.purpose)
    found: dict[_Key, int] = {}
    for part in _chunks(keys):
        for row in db.session.execute(select(Account.id, *columns).where(tuple_(*columns).in_(part))):
            found[(row.asset, row.owner_kind, row.owner_id, row.purpose)] = row.id
    return found


def open_accounts(keys: Sequence[_Key]) -> None:
    """Open these accounts; somebody else may do so at the same moment."""
    rows = [
        {
            "asset": asset, "owner_kind": kind, "owner_id": owner_id, "purpose": purpose,
            "bounded": rules.is_bounded(asset, kind), "balance": 0, "held": 0,
        }
        for asset, kind, owner_id, purpose in keys
    ]  # fmt: skip
    for part in _chunks(rows):
        db.session.connection().execute(insert_into(Account.__table__).on_conflict_do_nothing(), part)


def _row(entry: Entry, accounts: dict[_Key, int]) -> dict[str, Any]:
    values = {name: value for name, value in vars(entry).items() if name not in ("debit", "credit")}
    return values | {
        "debit_id": accounts[_key(entry.asset, entry.debit)],
        "credit_id": accounts[_key(entry.asset, entry.credit)],
        "change": entry.change,
    }


def _chunks(things: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(things), _CHUNK):
        yield things[start : start + _CHUNK]
