"""Migrations lead to exactly the tables of the models, guards included, and back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text

from app import cli, create_app
from app.config import Settings
from app.kit.append_only import GUARDED
from app.kit.db import db
from app.kit.search.tables import is_of_the_index
from tests.databases import Databases


@pytest.fixture
def bare(databases: Databases, settings: Settings, make_settings, run) -> Iterator[Flask]:  # type: ignore[no-untyped-def]
    """The application over a database without any table."""
    name = f"bare-{run.worker}"
    databases.create(name)
    app = create_app(make_settings(databases.url(name)))
    cli.init_app(app)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def guards() -> set[str]:
    """Tables that carry a trigger against change."""
    sqlite = "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger'"
    postgresql = "SELECT DISTINCT event_object_table FROM information_schema.triggers WHERE trigger_name LIKE '%only'"
    with db.engine.connect() as connection:
        return set(connection.scalars(text(sqlite if db.engine.dialect.name == "sqlite" else postgresql)))


def is_of_the_models(name: str | None, kind: str, _parents: Any) -> bool:
    return not (kind == "table" and name and is_of_the_index(name))


def test_migrations_make_the_tables_of_the_models_and_take_them_away_again(bare: Flask) -> None:
    upgrade()
    with db.engine.connect() as connection:
        options = {"compare_type": True, "include_name": is_of_the_models}
        differences = compare_metadata(MigrationContext.configure(connection, opts=options), db.metadata)
        assert connection.scalar(text("SELECT COUNT(*) FROM search_words")) == 0
    assert differences == []
    assert guards() == GUARDED

    downgrade(revision="base")
    assert inspect(db.engine).get_table_names() == ["alembic_version"]

    upgrade()
    assert guards() == GUARDED
