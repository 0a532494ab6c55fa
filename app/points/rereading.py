"""Reading the journal again line by line, whatever somebody made of it: even what cannot be read has a number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Select, Text, cast, func, select
from sqlalchemy.engine import Row

from app.kit.columns import Instant, WordsColumn
from app.kit.db import db
from app.kit.proof import Fault
from app.kit.words import as_said
from app.points import canonical, merkle
from app.points.models import SealedEntry
from app.points.sealing import KINDS, sealed_part

_CHUNK = 20_000
_Part = Callable[[int, int], Sequence[Row[Any]]]  # behind which number or id, how many
_UNREADABLE = "cannot be read"


def first_changed(kind: str) -> tuple[int, Fault] | None:
    """The first sealed entry of a kind that is not as it was sealed, and its number."""
    kept = _as_kept(kind)
    found = _first(kind, lambda after, many: sealed_part(kind, *kept, after=after, many=many), "_number", 0)
    if found is None:
        return None
    last, wrong = found
    which = select(SealedEntry.number, SealedEntry.entry_id).where(SealedEntry.kind == kind, SealedEntry.number > last)
    number, entry_id = db.session.execute(which.order_by(SealedEntry.number).limit(1)).one()
    return number, Fault("I20", f"{kind}:{entry_id}", f"entry {number} {wrong}")


def first_odd_since(kind: str) -> Fault | None:
    """The first entry behind those that are sealed which is not as the house writes one."""
    table, key, _ = KINDS[kind]
    columns = [table.c[name] for name in canonical.COLUMNS[kind]]
    more: list[Any] = [*columns, *_as_kept(kind), key.label("_id")]
    query: Select[Any] = select(*more).select_from(table).order_by(key)
    sealed = db.session.scalar(select(func.max(SealedEntry.entry_id)).where(SealedEntry.kind == kind)) or 0
    found = _first(
        kind, lambda after, many: db.session.execute(query.where(key > after).limit(many)).all(), "_id", sealed
    )
    if found is None:
        return None
    last, wrong = found
    entry_id = db.session.scalar(select(key).where(key > last).order_by(key).limit(1))
    return Fault("I20", f"{kind}:{entry_id}", wrong)


def _first(kind: str, part: _Part, place: str, last: int) -> tuple[int, str] | None:
    """What is wrong with the first row of which something is, and the place of the one before it."""
    many = _CHUNK
    while True:
        rows = _read(part, last, many)
        if rows is None and many == 1:
            return last, _UNREADABLE
        if rows is None:
            many = max(1, many // 10)  # it is among the next ones: come nearer
            continue
        for row in rows:
            if wrong := _wrong(kind, row):
                return last, wrong
            last = getattr(row, place)
        if len(rows) < many:
            return None


def _read(part: _Part, last: int, many: int) -> Sequence[Row[Any]] | None:
    """None where one of these rows cannot be read."""
    try:
        with db.session.begin_nested():
            return part(last, many)
    except Exception:  # noqa: BLE001 - drivers and types raise whatever a forged value leads them to
        return None


def _wrong(kind: str, row: Row[Any]) -> str | None:
    if row[0] is None:
        return "is not there any more"
    try:
        leaf = merkle.leaf_hash(canonical.line(kind, row))
    except Exception:  # noqa: BLE001 - as above
        return _UNREADABLE
    if leaf != getattr(row, "_leaf", leaf):
        return "is not what was sealed"
    return None if _is_as_written(kind, row) else "is not as the house writes it"


def _as_kept(kind: str) -> list[Any]:
    """What the database keeps of texts, and SQLite of instants: other characters may say the same."""
    return [cast(column, Text).label(f"_kept_{column.name}") for column in _kept_as_text(kind)]


def _kept_as_text(kind: str) -> list[Any]:
    table, _, _ = KINDS[kind]
    types = (WordsColumn, Instant) if db.engine.dialect.name == "sqlite" else (WordsColumn,)
    return [one for one in (table.c[name] for name in canonical.COLUMNS[kind]) if isinstance(one.type, types)]


def _is_as_written(kind: str, row: Row[Any]) -> bool:
    for column in _kept_as_text(kind):
        kept, said = getattr(row, f"_kept_{column.name}"), getattr(row, column.name)
        if isinstance(column.type, Instant):
            if kept != f"{said:%Y-%m-%d %H:%M:%S.%f}":
                return False
        elif kept is not None and as_said(kept) is None:
            return False
    return True
