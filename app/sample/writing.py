"""Rows in bulk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert

from app.kit.db import db

CHUNK = 400  # SQLAlchemy puts the ids of one statement together in quadratic time


def insert_all(model: Any, rows: Sequence[dict[str, Any]]) -> list[int]:
    """Insert these rows in few statements; their ids, in the same order."""
    table = model.__table__
    statement = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    ids: list[int] = []
    for start in range(0, len(rows), CHUNK):
        ids += db.session.connection().execute(statement, list(rows[start : start + CHUNK])).scalars()
    return ids
