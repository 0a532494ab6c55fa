"""Whether what expired was over, and whether the marks of lots are what the journal says (points I28, I29)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import func, select

from app.kit.db import db
from app.kit.proof import Fault
from app.points import expiring, lots
from app.points.models import LotMark, Transfer


def faults() -> Iterator[Fault]:
    """The first fault of each household whose points expired or were marked; of others lots say nothing."""
    marks: dict[int, dict[int, Any]] = defaultdict(dict)
    for mark in db.session.execute(select(LotMark.__table__)):
        marks[mark.household_id][mark.entry_id] = mark.lots
    expired = select(Transfer.household_id).where(Transfer.asset == "points", Transfer.code == lots.EXPIRY)
    marked = select(LotMark.household_id)
    concerned = Transfer.household_id.in_(expired.union(marked))
    rows = db.session.execute(expiring.entries().where(concerned).execution_options(yield_per=5_000))
    for household_id, part in groupby(rows, key=lambda row: row.household_id):
        fault = _first_fault(part, marks.pop(household_id, {}))
        if fault is not None:
            yield fault
    for household_id in marks:
        yield Fault("I28", f"household:{household_id}", "has a mark of lots and no entries")


def counts() -> dict[str, int]:
    return {"marks of lots": db.session.scalar(select(func.count()).select_from(LotMark)) or 0}


def _first_fault(rows: Iterator[Any], marks: dict[int, Any]) -> Fault | None:
    now = lots.Lots()
    for row in rows:
        try:
            now.add(expiring.move(row))
        except (ValueError, lots.Forgotten) as wrong:
            return Fault("I28", f"transfer:{row.id}", str(wrong) or "gives back what was never taken")
        if row.code == lots.EXPIRY and row.change < 0:
            early = [year for year in now.taken_by(row.id) if lots.expires_at(year) > row.effective_at]
            if early:
                return Fault("I29", f"transfer:{row.id}", f"points of {early[0]} expired before their day")
        left = [[year, amount] for year, amount in sorted(now.left.items())]
        if marks.pop(row.id, left) != left:
            return Fault("I28", f"transfer:{row.id}", "the mark of lots after it is not what the entries say")
    return Fault("I28", f"mark:{next(iter(marks))}", "stands after no entry") if marks else None
