"""Whether what is kept still is what the rows beside it say; each check is a statement that yields what is not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select

from app.kit.db import db


@dataclass(frozen=True)
class Fault:
    """The first thing that does not fit: the invariant (of points.md, or a word), where it is, and the figures."""

    invariant: str
    where: str
    says: str


@dataclass(frozen=True)
class FaultsFound:
    """Somebody had everything computed again, and this did not fit."""

    faults: Sequence[Fault]
    at: datetime


def first_faults(*checks: tuple[str, str, Select[Any]]) -> Iterator[Fault]:
    """For each (invariant, kind of thing, statement whose first column is its id): the first row, if there is one."""
    for invariant, kind, query in checks:
        found: list[Fault] = []
        with breaking_off(found, invariant, kind), db.session.begin_nested():
            # PostgreSQL would read rows one by one towards a first one that is hardly ever there. Asked for all of
            # them it plans to come to the end soon.
            wrong = query.cte("wrong").prefix_with("MATERIALIZED", dialect="postgresql")
            row = db.session.execute(select(wrong).order_by(wrong.c[0]).limit(1)).one_or_none()
            if row is not None:
                found.append(fault_at(row, invariant, kind))
        yield from found


def fault_at(row: Row[Any], invariant: str, kind: str) -> Fault:
    """What a row says that does not fit: its first column is the id, the others are the figures."""
    figures = ", ".join(f"{name} {value}" for name, value in list(row._asdict().items())[1:])
    return Fault(invariant, f"{kind}:{row[0]}", figures)


@contextmanager
def breaking_off(found: list[Fault], invariant: str, where: str) -> Iterator[None]:
    """Whatever breaks this off is a fault among those found: somebody wrote what cannot even be read."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - drivers and types raise whatever a forged value leads them to
        why = str(getattr(error, "orig", error)).partition("\n")[0]
        found.append(Fault(invariant, where, f"could not be looked at: {type(error).__name__}, {why}"))
