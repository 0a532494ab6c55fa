"""Whether what is kept still is what the rows beside it say; each check is a statement that yields what is not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select

from app.kit.db import db


@dataclass(frozen=True)
class Fault:
    """The first thing that does not fit: the invariant (of points.md, or a word), where it is, and the figures."""

    invariant: str
    where: str
    says: str


def first_faults(*checks: tuple[str, str, Select[Any]]) -> Iterator[Fault]:
    """For each (invariant, kind of thing, statement whose first column is its id): the first row, if there is one."""
    for invariant, kind, query in checks:
        row = db.session.execute(query.limit(1)).one_or_none()
        if row is not None:
            figures = ", ".join(f"{name} {value}" for name, value in list(row._asdict().items())[1:])
            yield Fault(invariant, f"{kind}:{row[0]}", figures)
