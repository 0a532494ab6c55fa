"""Posting: the one way in which entries reach the journal and kept balances move."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, insert, select, tuple_, update

from app.kit import once
from app.kit.db import db, insert_into
from app.points import postgres, rules
from app.points.models import Account, Transfer
from app.points.rules import Asset, Entry, Owner

_CHUNK = 400
_Key = tuple[str, str, int, str]  # asset, owner kind, owner id, purpose


Known = dict[_Key, int]  # ids of accounts


@dataclass(slots=True)
class _Purse:
    """An account, and what it keeps as of the last entry that was made of it."""

    id: int
    balance: int


_Purses = dict[_Key, _Purse]


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

    One round trip on PostgreSQL, four on SQLite, for any number of entries (in steps of a few hundred). An account
    that would fall short, or a cause that moved this asset before, breaks a constraint of the database.
    """
    ids = _called(entries) if db.engine.dialect.name == "postgresql" else _stated(entries)
    return [Posted(one, entry) for one, entry in zip(ids, entries, strict=True)]


def record(entries: Sequence[Entry], *, known: Known) -> None:
    """The same for a loader of tens of thousands, while nobody else posts: `known` remembers from call to call."""
    if entries:
        purses = _find(entries, known)
        known |= {key: purse.id for key, purse in purses.items()}
        db.session.connection().execute(_INSERT, _rows(entries, purses))
        _keep(entries, purses)


_TRANSFERS: Any = Transfer.__table__
_ACCOUNTS: Any = Account.__table__
_INSERT = insert(_TRANSFERS)
_KEEP = update(_ACCOUNTS).where(_ACCOUNTS.c.id == bindparam("which")).values(balance=bindparam("has"))
_NAMES = ("asset", "owner_kind", "owner_id", "purpose")
_ONE = select(_ACCOUNTS.c.id, _ACCOUNTS.c.balance).where(*(_ACCOUNTS.c[name] == bindparam(name) for name in _NAMES))


def _called(entries: Sequence[Entry]) -> list[int]:
    """By the function of the database, in one round trip for each step."""
    return [one for part in _chunks(entries) for one in postgres.call([_told(entry) for entry in part])]


def _told(entry: Entry) -> dict[str, Any]:
    """An entry as the function takes it. `kept_kind` says which of its two accounts keeps a balance."""
    said = _plain(entry) | {
        "what": entry.what.as_dict() if entry.what else None,
        "why": entry.why.as_dict() if entry.why else None,
        "effective_at": entry.effective_at.isoformat(),
        "posted_at": entry.posted_at.isoformat(),
    }
    for side, owner in (("debit", entry.debit), ("credit", entry.credit)):
        said |= {f"{side}_kind": owner.kind, f"{side}_owner": owner.id, f"{side}_for": owner.purpose}
    if entry.kept is not None:
        said |= {"kept_kind": entry.kept.kind, "kept_owner": entry.kept.id}
    return said


def _stated(entries: Sequence[Entry]) -> list[int]:
    """By statements, each after the other: whoever writes to SQLite is alone. They are built once, not each time."""
    connection = db.session.connection()
    purses = {key: _purse(key) for key in sorted(_keys(entries))}
    ids = [connection.execute(_INSERT, row).lastrowid for row in _rows(entries, purses)]
    _keep(entries, purses)
    return ids


def _purse(key: _Key) -> _Purse:
    """The account of this owner as it stands, opened if it is not there yet."""
    connection, whose = db.session.connection(), dict(zip(_NAMES, key, strict=True))
    row = connection.execute(_ONE, whose).one_or_none()
    if row is None:
        open_accounts([key])
        row = connection.execute(_ONE, whose).one()
    return _Purse(*row)


def _rows(entries: Sequence[Entry], purses: _Purses) -> list[dict[str, Any]]:
    """The rows of these entries; the purses hold afterwards what each account has."""
    rows = []
    for entry in entries:
        kept = entry.kept and purses[_key(entry.asset, entry.kept)]
        if kept:
            kept.balance += entry.change
        sides = {
            "debit_id": purses[_key(entry.asset, entry.debit)].id,
            "credit_id": purses[_key(entry.asset, entry.credit)].id,
        }
        rows.append(_plain(entry) | sides | {"balance_after": kept.balance if kept else None})
    return rows


def _plain(entry: Entry) -> dict[str, Any]:
    values = {name: value for name, value in vars(entry).items() if name not in ("debit", "credit")}
    request_id = entry.request_id or once.current() or f"auto:{entry.because}"
    return values | {"change": entry.change, "request_id": request_id}


def _keep(entries: Sequence[Entry], purses: _Purses) -> None:
    """Write what the purses of these entries hold now."""
    moved = {_key(entry.asset, entry.kept) for entry in entries if entry.kept}
    if moved:
        values = [{"which": purses[key].id, "has": purses[key].balance} for key in sorted(moved)]
        db.session.connection().execute(_KEEP, values)


def _key(asset: str, owner: Owner) -> _Key:
    return asset, owner.kind, owner.id, owner.purpose


def _keys(entries: Sequence[Entry]) -> set[_Key]:
    return {_key(entry.asset, owner) for entry in entries for owner in (entry.debit, entry.credit)}


def _find(entries: Sequence[Entry], known: Known) -> _Purses:
    """The accounts that these entries touch, as they stand; those that are not there yet are opened."""
    wanted = _keys(entries)
    purses = _read(Account.id, [known[key] for key in wanted if key in known])
    purses |= _read(tuple_(*_KEY), sorted(wanted - purses.keys()))
    missing = sorted(wanted - purses.keys())
    if missing:
        open_accounts(missing)
        purses |= _read(tuple_(*_KEY), missing)
    return purses


_KEY = (Account.asset, Account.owner_kind, Account.owner_id, Account.purpose)


def _read(by: Any, values: Sequence[Any]) -> _Purses:
    found: _Purses = {}
    for part in _chunks(values):
        for row in db.session.execute(select(Account.id, Account.balance, *_KEY).where(by.in_(part))):
            found[(row.asset, row.owner_kind, row.owner_id, row.purpose)] = _Purse(row.id, row.balance)
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


def _chunks(things: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(things), _CHUNK):
        yield things[start : start + _CHUNK]
