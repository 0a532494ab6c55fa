"""Rows in bulk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, insert, select

from app.kit.db import db

CHUNK = 400  # SQLAlchemy puts the ids of one statement together in quadratic time


def insert_all(model: Any, rows: Sequence[dict[str, Any]]) -> list[int]:
    """Insert these rows in few statements; their ids, in the same order."""
    if not rows:
        return []
    if db.engine.dialect.name == "sqlite":
        return _insert_all_sqlite(model.__table__, list(rows))
    table = model.__table__
    statement = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    ids: list[int] = []
    for start in range(0, len(rows), CHUNK):
        ids += db.session.connection().execute(statement, list(rows[start : start + CHUNK])).scalars()
    return ids


def _insert_all_sqlite(table: Any, rows: list[dict[str, Any]]) -> list[int]:
    """RETURNING in order would take one statement a row here.

    An id is one more than the largest there is (sqlite.org/autoinc.html), and nobody else writes meanwhile.
    """
    largest = select(func.coalesce(func.max(table.c.id), 0))
    before: int = db.session.connection().execute(largest).scalar_one()
    db.session.connection().execute(insert(table), rows)
    after: int = db.session.connection().execute(largest).scalar_one()
    if after - before != len(rows):
        raise RuntimeError(f"{table.name}: {after - before} ids for {len(rows)} rows")
    return list(range(before + 1, after + 1))
