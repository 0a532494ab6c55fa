"""The database, and the one place where anything is committed.

One request is one transaction: a status below 400 commits, anything else undoes itself. What must survive a refusal
(a failed sign-in, for one) is handed to `afterwards` and written in a transaction of its own once the first is gone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from importlib import import_module
from select import POLLERR, POLLHUP, POLLIN, poll
from typing import Any, TypeVar, TypeVarTuple

from flask import Flask, Response, g, request, session
from flask.globals import request_ctx
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, Date, MetaData, Select, event, func, select, text
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError, IntegrityError, InvalidatePoolError, OperationalError
from sqlalchemy.orm import DeclarativeBase, registry

from app.kit import turns
from app.kit.columns import Instant, WordsColumn
from app.kit.logs import log
from app.kit.words import Words, as_said

T = TypeVar("T")
Columns = TypeVarTuple("Columns")

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
REPLAYS = 8
# PostgreSQL: serialization failure, deadlock. Whoever waited in vain for a lock has waited long enough: 503.
PASSING = {"40001", "40P01"}


class Base(DeclarativeBase):
    """Every table; names of constraints follow one convention so that migrations can find them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    registry = registry(
        metadata=metadata,
        type_annotation_map={datetime: Instant, date: Date, Words: WordsColumn, dict[str, Any]: JSON, list[Any]: JSON},
    )


db = SQLAlchemy(model_class=Base, disable_autonaming=True)

_writing: ContextVar[bool] = ContextVar("this transaction may write", default=True)


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
    for name, act in (("sha256", _sha256), ("as_said", as_said)):
        connection.create_function(name, 1, act, deterministic=True)


def _sha256(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _begin_sqlite(connection: Connection) -> None:
    # A deferred BEGIN that turns into a write loses most races to "database is locked" (dependencies.md).
    writing = _writing.get()
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
    read_only = not _writing.get()
    if raw.read_only is not read_only and raw.info.transaction_status.name == "IDLE":
        raw.read_only = read_only


@contextmanager
def transaction(*, writing: bool = True) -> Iterator[None]:
    """One transaction outside a request: for commands and for what is written after a refusal."""
    token = _writing.set(writing)
    try:
        yield
        _commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        _writing.reset(token)


def replayed(act: Callable[[], T]) -> T:
    """For commands: do it in one transaction, and from the beginning again when it got into somebody's way."""
    for _ in range(REPLAYS):
        try:
            with transaction():
                return act()
        except DBAPIError as error:
            if not is_passing(error):
                raise
    raise Busy()


def _commit() -> None:
    db.session.commit()


def rollback() -> None:
    """Forget what this transaction did so far, and let go of what it locked."""
    db.session.rollback()


def refused() -> None:
    """A rule said no: forget what was done, and only read from here on. Nobody waits while the page is made."""
    rollback()
    _writing.set(False)


def take_your_time() -> None:
    """For commands that look at everything: no statement here is cut off, or takes several processors."""
    if db.engine.dialect.name == "postgresql":
        for setting in ("statement_timeout", "max_parallel_workers_per_gather"):
            db.session.execute(text(f"SET LOCAL {setting} = 0"))


def locked(statement: Select[*Columns]) -> Select[*Columns]:
    """Read the rows and keep others from changing them until the end (SQLite already has the only write lock)."""
    return statement.with_for_update()


def insert_into(table: Any) -> Any:
    """An INSERT that can say what becomes of a row that is there already.

    Both databases know `on_conflict_do_nothing` and `on_conflict_do_update`; SQLAlchemy has a class for each.
    """
    dialect: Any = import_module(f"sqlalchemy.dialects.{db.engine.dialect.name}")  # that of the other costs 6 MB
    return dialect.insert(table)


def one_at_a_time(name: str) -> None:
    """Whoever works on what bears this name waits here for the others, to the end of the transaction.

    For what has no row to lock. On SQLite a transaction that writes is alone anyhow.
    """
    if db.engine.dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


def afterwards(write: Callable[[], None]) -> None:
    """Write this once the transaction of the request is over, whatever became of it."""
    g.setdefault("afterwards", []).append(write)


class House(Flask):
    """Flask, with each request wrapped in its one transaction."""

    def full_dispatch_request(self) -> Response:
        token = _writing.set(True)
        try:
            return self._in_one_transaction()
        finally:
            _writing.reset(token)

    def _in_one_transaction(self) -> Response:
        for _ in range(REPLAYS):
            _writing.set(request.method not in SAFE_METHODS)  # again each time: a try that is refused ends by reading
            try:
                response = super().full_dispatch_request()
                if response.status_code < 400:
                    _commit()
                else:
                    db.session.rollback()
            except DBAPIError as error:
                self._forget()
                if not is_passing(error):
                    return self._answer(error)
            except BaseException:
                self._forget()
                raise
            else:
                return self._written_afterwards(response)
        return self._answer(Busy())

    def _forget(self) -> None:
        """Undo, and drop what this try kept in memory or put into the cookie, so that a replay starts afresh."""
        db.session.rollback()
        for name in list(g):
            g.pop(name)
        session.clear()
        session.update(self.session_interface.open_session(self, request) or {})
        request_ctx.flashes = None

    def _answer(self, error: Exception) -> Response:
        error.undone = True  # type: ignore[attr-defined] # one that came with the commit was seen by no handler yet
        return self.finalize_request(self.handle_user_exception(error))

    def _written_afterwards(self, response: Response) -> Response:
        """The answer, once what survives it is written. A refusal that could not be counted is not told (503)."""
        try:
            for write in g.pop("afterwards", []):
                with transaction():
                    write()
        except DBAPIError as error:
            if response.status_code >= 400:
                return self._answer(error)
            log.warning("not written afterwards", error=type(error.orig).__name__)  # what was done stays done
        return response


class Busy(Exception):
    """The database stayed busy through all replays; nothing was applied (503)."""


def is_passing(error: DBAPIError) -> bool:
    """Whether the same request may succeed when it is simply done again."""
    return getattr(error.orig, "sqlstate", None) in PASSING


def is_out_of_reach(error: DBAPIError) -> bool:
    """Whether the database could not be reached or stayed locked: 503, nothing applied."""
    return isinstance(error, OperationalError)


def breaks_a_limit(error: DBAPIError) -> bool:
    """Whether a uniqueness or check constraint had the last word (409), rather than a bug (500)."""
    if not isinstance(error, IntegrityError):
        return False
    state = getattr(error.orig, "sqlstate", None)
    said = str(error.orig)
    return state in {"23505", "23514"} or "UNIQUE constraint" in said or "CHECK constraint" in said
