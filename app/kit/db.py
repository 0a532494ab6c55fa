"""The database, and the one place where anything is committed.

One request is one transaction: a status below 400 commits, anything else undoes itself. What must survive a refusal
(a failed sign-in, for one) is handed to `afterwards` and written in a transaction of its own once the first is gone.
What must still hold when everything is done (that a ballot is open) is handed to `lastly`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from functools import wraps
from importlib import import_module
from typing import Any, TypeVar, TypeVarTuple

from flask import Flask, Response, g, request, session
from flask.globals import request_ctx
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, Date, MetaData, Select, func, select, text
from sqlalchemy.engine import CursorResult
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import DeclarativeBase, registry

from app.kit.columns import Instant, WordsColumn
from app.kit.logs import log
from app.kit.refusal import Refused
from app.kit.words import Words

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

may_write: ContextVar[bool] = ContextVar("this transaction may write", default=True)


@contextmanager
def transaction(*, writing: bool = True) -> Iterator[None]:
    """One transaction outside a request: for commands and for what is written after a refusal."""
    token = may_write.set(writing)
    try:
        yield
        _commit()
    except BaseException:
        rollback()
        raise
    finally:
        may_write.reset(token)


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
    for look in g.pop("lastly", []):
        look()
    db.session.commit()


def lastly(look: Callable[[], None]) -> None:
    """Look once more right before this transaction is kept, after all that it waited for. `Refused` undoes it."""
    g.setdefault("lastly", []).append(look)


def rollback() -> None:
    """Forget what this transaction did so far, and let go of what it locked."""
    g.pop("lastly", None)
    db.session.rollback()


def refused() -> None:
    """A rule said no: forget what was done, and only read from here on. Nobody waits while the page is made."""
    rollback()
    may_write.set(False)


def take_your_time() -> None:
    """For commands that look at everything: no statement here is cut off, or takes several processors.

    What is read by key lies in the order of its keys; PostgreSQL believes each step to be a leap on a turning disk.
    """
    if db.engine.dialect.name == "postgresql":
        for setting in ("statement_timeout = 0", "max_parallel_workers_per_gather = 0", "random_page_cost = 1.1"):
            db.session.execute(text(f"SET LOCAL {setting}"))


def locked(statement: Select[*Columns]) -> Select[*Columns]:
    """Read the rows and keep others from changing them until the end (SQLite already has the only write lock)."""
    return statement.with_for_update()


def insert_into(table: Any) -> Any:
    """An INSERT that can say what becomes of a row that is there already.

    Both databases know `on_conflict_do_nothing` and `on_conflict_do_update`; SQLAlchemy has a class for each.
    """
    dialect: Any = import_module(f"sqlalchemy.dialects.{db.engine.dialect.name}")  # that of the other costs 6 MB
    return dialect.insert(table)


def built_once(make: Callable[..., T]) -> Callable[..., T]:
    """For statements that every vote or page sends: to make one takes several times as long as to send it.

    `make` is called once for each database and each shape (what it is called with); values come as `bindparam`s.
    """
    built: dict[Any, T] = {}

    @wraps(make)
    def statement(*shape: Any) -> T:
        key = (db.engine.dialect.name, *shape)
        if key not in built:
            built[key] = make(*shape)
        return built[key]

    return statement


def ask(statement: Any, /, **values: Any) -> CursorResult[*tuple[Any, ...]]:
    """Send one of those, filled in. No objects come of it, which spares half of what a session does for a statement.

    What was added to the session is written first, as always.
    """
    session = db.session()
    session.flush()
    return session.connection().execute(statement, values)


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
        token = may_write.set(True)
        try:
            return self._in_one_transaction()
        finally:
            may_write.reset(token)

    def _in_one_transaction(self) -> Response:
        for _ in range(REPLAYS):
            may_write.set(request.method not in SAFE_METHODS)  # again each time: a try that is refused ends by reading
            try:
                response = super().full_dispatch_request()
                if response.status_code < 400:
                    _commit()
                else:
                    rollback()
            except DBAPIError as error:
                self._forget()
                if not is_passing(error):
                    return self._answer(error)
            except Refused as no:  # said at the last look, when the view had answered already
                self._forget()
                return self._answer(no)
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
