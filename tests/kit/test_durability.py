"""What the databases are told about durability is read back from connections as the house opens them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import make_url, text

from app import readiness
from app.config import Settings
from app.kit.db import db, transaction
from tests import postgres

FULL = 2  # of `PRAGMA synchronous`: each commit waits for the disk


def told(statement: str) -> Any:
    return db.session.scalar(text(statement))


@pytest.mark.sqlite
@pytest.mark.parametrize("writing", [True, False])
def test_each_connection_to_sqlite_waits_for_the_disk(app: Flask, writing: bool) -> None:
    with app.app_context(), transaction(writing=writing):
        assert told("PRAGMA synchronous") == FULL
        assert told("PRAGMA journal_mode") == "wal"
        assert told("PRAGMA foreign_keys") == 1
        assert told("PRAGMA query_only") == (0 if writing else 1)


@pytest.mark.sqlite
def test_so_does_a_connection_that_came_later_than_the_first(app: Flask) -> None:
    with app.app_context():
        connections: list[Any] = [db.engine.raw_connection() for _ in range(3)]
        try:
            assert [one.cursor().execute("PRAGMA synchronous").fetchone() for one in connections] == [(FULL,)] * 3
        finally:
            for one in connections:
                one.close()


def in_production(app: Flask, settings: Settings) -> str | None:
    """What the house says before it serves this database as a production."""
    ready = replace(settings, env="production")
    app.config["SETTINGS"] = ready
    try:
        return readiness.refusal(app)
    finally:
        app.config["SETTINGS"] = settings


@pytest.mark.postgresql
def test_a_production_does_not_serve_a_postgresql_that_may_forget(app: Flask, settings: Settings, run: Any) -> None:
    """`synchronous_commit` can be set for one database; the other two are the server's, as it stands."""
    own = make_url(settings.database_url).database
    with psycopg.connect(postgres.plain(run.server_url)) as connection:
        server = {name: connection.execute(f"SHOW {name}".encode()).fetchone() for name in readiness.DURABLE[:2]}
    off = [name for name, value in server.items() if value == ("off",)]

    for setting, expected in (("off", [*off, "synchronous_commit"]), ("on", off), ("local", off)):
        postgres.admin(run.server_url, f'ALTER DATABASE "{own}" SET synchronous_commit = {setting}')
        said = in_production(app, settings)
        assert said == (
            f"The database may forget what it acknowledged; switch on in PostgreSQL: {', '.join(expected)}."
            if expected
            else None
        )
    postgres.admin(run.server_url, f'ALTER DATABASE "{own}" RESET synchronous_commit')
