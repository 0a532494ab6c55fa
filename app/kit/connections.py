"""What every connection to either database is given: durability, locks, and whether it may write."""

from __future__ import annotations

import hashlib
from select import POLLERR, POLLHUP, POLLIN, poll
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import InvalidatePoolError

from app.kit import turns
from app.kit.db import Base, may_write
from app.kit.words import as_said

_LEAF = hashlib.sha256(b"\x00")


def engine_options(url: str, *, lock_wait_seconds: float) -> dict[str, Any]:
    """Pool and driver settings for one of the two databases."""
    # An error's text ends in the log: it must not carry names, telephone numbers or digests along.
    if url.startswith("sqlite"):
        return {
            "connect_args": {"timeout": lock_wait_seconds, "check_same_thread": False},
            "hide_parameters": True,
        }
    wait = int(lock_wait_seconds * 1000)
    options = f"-c lock_timeout={wait} -c statement_timeout={wait * 3} -c timezone=UTC"
    return {
        # The last one used is used first: it still knows plans and rows, and quiet hours need few.
        "pool_size": 8, "max_overflow": 8, "pool_use_lifo": True, "connect_args": {"options": options},
        "hide_parameters": True,
    }  # fmt: skip


def prepare_engine(engine: Engine) -> None:
    """Give each connection of the application the durability and the locking that the ledger relies on."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        event.listen(engine, "checkin", turns.give_back)
    else:
        _limit_indexes()
        event.listen(engine, "checkout", _still_there)
        event.listen(engine, "begin", _begin_postgresql)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we send BEGIN ourselves
    cursor = connection.cursor()
    # A megabyte of cache each (half the usual): the system keeps the file in memory once for all connections.
    # What is taken away (papers of an urn) is overwritten: not every build of SQLite does so by itself.
    settings = "foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL", "cache_size=-1000", "secure_delete=ON"
    for pragma in settings:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
    # What `flask verify` asks the database to do. Made here: while statements run SQLite takes no new function.
    for name, act in (("leaf_hash", _leaf_hash), ("as_said", as_said)):
        connection.create_function(name, 1, act, deterministic=True)


def _leaf_hash(line: bytes) -> bytes:
    """As `app.points.merkle` has it. A copy of what began with the zero byte is quicker than a new beginning."""
    digest = _LEAF.copy()
    digest.update(line)
    return digest.digest()


def _begin_sqlite(connection: Connection) -> None:
    # A deferred BEGIN that turns into a write loses most races to "database is locked" (dependencies.md).
    writing = may_write.get()
    if writing:
        turns.take(connection)
    connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if writing else 'ON'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _limit_indexes() -> None:
    """Indexes over a part of the rows: models tell SQLite which, and PostgreSQL is told the same."""
    for table in Base.metadata.tables.values():
        for index in table.indexes:
            index.dialect_options["postgresql"]["where"] = index.dialect_options["sqlite"]["where"]


def _still_there(raw: Any, _record: object, _lent: object) -> None:
    """Leave a connection whose server went away, and all others of the pool.

    Nothing is asked, which would be one more trip for every request: of a server that is gone there is something to
    read, its end.
    """
    waiting = poll()
    waiting.register(raw.fileno(), POLLIN | POLLHUP | POLLERR)
    if raw.closed or waiting.poll(0):
        raise InvalidatePoolError()


def _begin_postgresql(connection: Connection) -> None:
    """A GET never writes. Said at each beginning: a connection of the pool remembers what its last user might do."""
    raw: Any = connection.connection.dbapi_connection
    read_only = not may_write.get()
    if raw.read_only is not read_only and raw.info.transaction_status.name == "IDLE":
        raw.read_only = read_only
