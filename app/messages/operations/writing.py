"""What both databases say in their own words."""

from __future__ import annotations

from typing import Any

from app.kit.db import db


def number_of_rows(statement: Any) -> int:
    """Carry out a statement; how many rows it touched."""
    done: Any = db.session.execute(statement.execution_options(preserve_rowcount=True))
    return int(done.rowcount)
