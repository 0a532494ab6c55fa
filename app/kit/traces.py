"""What was taken out of a table goes from the disk as well."""

from __future__ import annotations

from app.kit.db import db


def leave_no_trace(table: str) -> None:
    """For commands, between transactions: what was taken out of this table goes from the disk as well.

    PostgreSQL keeps removed rows until it tidies up; SQLite overwrites them (`secure_delete`), and its log of changes
    still holds them until it is emptied.
    """
    db.session.rollback()
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql(f"VACUUM {table}")
        return
    raw = db.engine.raw_connection()
    try:
        raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        raw.close()
