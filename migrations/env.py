"""How Alembic meets the house: same engine, same tables, plain types in the scripts."""

from __future__ import annotations

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from app.kit.columns import Instant, WordsColumn
from app.kit.search.tables import is_of_the_index

migrate = current_app.extensions["migrate"]
database = migrate.db


def plain_type(kind: str, thing: Any, _autogenerate: Any) -> str | bool:
    """Scripts name types of SQLAlchemy, never ours: they must run when ours have long changed."""
    if kind == "type" and isinstance(thing, Instant):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(thing, WordsColumn):
        return "sa.JSON()"
    return False


def is_ours(name: str | None, kind: str, _parents: Any) -> bool:
    """The index of the search is made by its own statements; to Alembic it is not there."""
    return not (kind == "table" and name and is_of_the_index(name))


def nothing_when_nothing_changed(_context: Any, _revision: Any, directives: list[Any]) -> None:
    if getattr(context.config.cmd_opts, "autogenerate", False) and directives[0].upgrade_ops.is_empty():
        directives[:] = []


def follow_references(connection: Connection, *, follow: bool) -> None:
    """SQLite changes a table by making it anew, and must not take what refers to the old one for orphans meanwhile.

    The setting counts from the next transaction on.
    """
    if connection.dialect.name == "sqlite":
        raw: Any = connection.connection.dbapi_connection
        raw.execute(f"PRAGMA foreign_keys={'ON' if follow else 'OFF'}")


def take_time(connection: Connection) -> None:
    """A page is given up after some seconds; years of rows may take longer. Until the end of this transaction."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")


def refuse_orphans(connection: Connection) -> None:
    """What refers to nothing after all undoes the migration."""
    if connection.dialect.name == "sqlite" and (
        orphans := connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    ):
        raise RuntimeError(f"Rows that refer to nothing: {orphans[:5]}")


with database.engine.connect() as connection:
    follow_references(connection, follow=False)
    context.configure(
        connection=connection,
        target_metadata=database.metadatas[None],
        render_item=plain_type,
        include_name=is_ours,
        process_revision_directives=nothing_when_nothing_changed,
        transactional_ddl=True,  # all or nothing, on SQLite too: our connections send BEGIN themselves
        **migrate.configure_args,
    )
    try:
        with context.begin_transaction():
            take_time(connection)
            context.run_migrations()
            refuse_orphans(connection)
    finally:
        follow_references(connection, follow=True)
