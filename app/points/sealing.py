"""Sealing: each local day of the journal gets a root that nobody can change afterwards without being found out.

A day is sealed once it is over and what was under way at midnight has ended. Entries are numbered here, without gaps,
and not when they are posted: a counter that every posting must turn would hold all of them up (I23).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.engine import Row

from app.kit import clock
from app.kit.db import db, one_at_a_time
from app.points import canonical, merkle
from app.points.models import Hold, HoldEnd, Seal, SealedEntry, Transfer

_CHUNK = 20_000
GRACE = timedelta(minutes=10)  # no request lasts as long
DAY = timedelta(days=1)
# Of each kind: its table, its key, and when an entry of it belongs to.
KINDS: dict[str, tuple[Any, Any, Any]] = {
    "transfer": (Transfer.__table__, Transfer.id, Transfer.posted_at),
    "hold": (Hold.__table__, Hold.id, Hold.made_at),
    "hold_end": (HoldEnd.__table__, HoldEnd.hold_id, HoldEnd.ended_at),
}
_SEALED: Any = SealedEntry.__table__
_SEALS: Any = Seal.__table__
Days = dict[date, dict[str, set[int]]]


@dataclass(frozen=True)
class _Last:
    """The seal before the one to be made."""

    number: int = 0
    day: date | None = None
    next: int = 1
    head: str = canonical.BEGINNING


def seal_days(at: datetime) -> int:
    """Seal every local day that is over and is not sealed yet; how many. Late or twice gives the same."""
    over = clock.local(at - GRACE).date()
    if _last().day == over - DAY:
        return 0
    one_at_a_time("seal")
    last = _last()
    waiting = _unsealed(over, not_before=last.day + DAY if last.day else None)
    day = last.day + DAY if last.day else min(waiting, default=over)
    sealed = 0
    while day < over:
        last = _seal(day, waiting.get(day, {}), last)
        day, sealed = day + DAY, sealed + 1
    return sealed


def _last() -> _Last:
    row = db.session.scalars(select(Seal).order_by(Seal.number.desc()).limit(1)).one_or_none()
    if row is None:
        return _Last()
    return _Last(row.number, clock.local(row.until).date() - DAY, row.first + row.entries, row.head)


def _unsealed(over: date, *, not_before: date | None) -> Days:
    """What waits, by the day that it is sealed with: its own, or the first that is still open when that is past."""
    found: Days = defaultdict(lambda: defaultdict(set))
    for kind, (table, key, moment) in KINDS.items():
        sealed = select(SealedEntry.entry_id).where(SealedEntry.kind == kind)
        waits = moment < clock.at_local(over), key.not_in(sealed)
        for entry_id, instant in db.session.execute(select(key, moment).select_from(table).where(*waits)):
            day = clock.local(instant).date()
            found[max(day, not_before) if not_before else day][kind].add(entry_id)
    return found


def _seal(day: date, entries: dict[str, set[int]], last: _Last) -> _Last:
    leaves: list[dict[str, Any]] = []
    for kind in KINDS:
        for row in _rows(kind, entries.get(kind, set())):
            leaf = merkle.leaf_hash(canonical.line(kind, row))
            leaves.append({"number": last.next + len(leaves), "kind": kind, "entry_id": row[0], "leaf": leaf})
    until = clock.at_local(day + DAY)
    root = merkle.root([one["leaf"] for one in leaves]).hex()
    made: dict[str, Any] = {
        "number": last.number + 1, "until": until, "first": last.next, "entries": len(leaves), "root": root,
    }  # fmt: skip
    head = canonical.head(last.head, **made)
    if leaves:
        db.session.connection().execute(insert(_SEALED), leaves)
    db.session.connection().execute(insert(_SEALS), made | {"head": head})
    return _Last(last.number + 1, day, last.next + len(leaves), head)


def _rows(kind: str, ids: set[int]) -> Sequence[Any]:
    """These entries in the order of their keys; they lie close together."""
    if not ids:
        return []
    table, key, _ = KINDS[kind]
    columns = [table.c[name] for name in canonical.COLUMNS[kind]]
    rows = db.session.execute(select(*columns).where(key.between(min(ids), max(ids))).order_by(key))
    return [row for row in rows if row[0] in ids]


def sealed_rows(kind: str) -> Iterator[tuple[int, int, bytes, Row[Any] | None]]:
    """Number, id, sealed hash and row (None when it is gone) of each sealed entry of a kind, in chunks."""
    last = 0
    while rows := sealed_part(kind, after=last, many=_CHUNK):
        for row in rows:
            yield row._number, row._entry_id, row._leaf, None if row[0] is None else row
        last = rows[-1]._number


def sealed_part(kind: str, *more: Any, after: int, many: int) -> Sequence[Row[Any]]:
    """So many sealed entries of a kind behind that number: their rows as far as they are there, and the seals'."""
    table, key, _ = KINDS[kind]
    columns = [table.c[name] for name in canonical.COLUMNS[kind]]
    seals: tuple[Any, ...] = (SealedEntry.number, SealedEntry.entry_id, SealedEntry.leaf)
    query = select(*columns, *(one.label(f"_{one.key}") for one in seals), *more).select_from(SealedEntry)
    query = query.outerjoin(table, key == SealedEntry.entry_id)
    return db.session.execute(
        query.where(SealedEntry.kind == kind, SealedEntry.number > after).order_by(SealedEntry.number).limit(many)
    ).all()
