"""What goes out of the house to be checked elsewhere: the journal as it was sealed, and the proof of one entry.

`tools/verify_ledger.py` reads both, without the house.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Row

from app.kit.db import db
from app.points import canonical, merkle
from app.points.models import Seal, SealedEntry
from app.points.sealing import KINDS, sealed_rows


def journal() -> Iterator[bytes]:
    """The lines of the journal in the order of their numbers, each day's followed by its seal; without line ends."""
    seals = db.session.execute(select(Seal.__table__).order_by(Seal.number)).all()
    entries = heapq.merge(*(_lines(kind) for kind in KINDS))
    following = next(entries, None)
    for seal in seals:
        while following is not None and following[0] < seal.first + seal.entries:
            yield following[1]
            following = next(entries, None)
        yield json.dumps(_seal(seal), separators=(",", ":")).encode()


def _lines(kind: str) -> Iterator[tuple[int, bytes]]:
    for number, _id, _leaf, row in sealed_rows(kind):
        if row is not None:
            yield number, canonical.line(kind, row)


def proof_of(kind: str, entry_id: int) -> dict[str, Any] | None:
    """That an entry stands in the seal of its day: the entry, the path up to the root, the seal. None before that."""
    which = SealedEntry.kind == kind, SealedEntry.entry_id == entry_id
    number = db.session.scalar(select(SealedEntry.number).where(*which))
    if number is None:
        return None
    seal = db.session.execute(
        select(Seal.__table__).where(Seal.first <= number, Seal.first + Seal.entries > number)
    ).one()
    within = SealedEntry.number >= seal.first, SealedEntry.number < seal.first + seal.entries
    leaves = db.session.scalars(select(SealedEntry.leaf).where(*within).order_by(SealedEntry.number)).all()
    table, key, _ = KINDS[kind]
    columns = [table.c[name] for name in canonical.COLUMNS[kind]]
    row = db.session.execute(select(*columns).where(key == entry_id)).one()
    before = db.session.scalar(select(Seal.head).where(Seal.number == seal.number - 1))
    return {
        "number": number,
        "entry": json.loads(canonical.line(kind, row)),
        "path": [[side, other.hex()] for side, other in merkle.path(leaves, number - seal.first)],
        "before": before or canonical.BEGINNING,
        "seal": _seal(seal),
    }


def _seal(row: Row[Any]) -> dict[str, Any]:
    return {
        "seal": row.number, "until": canonical.instant(row.until), "first": row.first, "entries": row.entries,
        "root": row.root, "head": row.head,
    }  # fmt: skip
