"""The sample street as `flask demo` loads it, with its whole year; for reading only."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from app import cli, create_app
from app.config import Settings
from app.kit.db import db
from tests.conftest import let_go
from tests.databases import Databases, ensure_template
from tests.run import Run


@pytest.fixture(scope="session")
def _year_app(run: Run, databases: Databases, make_settings: Callable[[str], Settings]) -> Iterator[Flask]:
    ensure_template(databases, "year", run.folder)
    app = create_app(make_settings(databases.url("year")))
    cli.init_app(app)
    yield app
    let_go(app)


@pytest.fixture
def year_app(_year_app: Flask) -> Iterator[Flask]:
    """The application over the one copy of it that all tests share; no context is pushed."""
    yield _year_app
    let_go(_year_app)


@pytest.fixture
def year(year_app: Flask) -> Iterator[Flask]:
    with year_app.app_context():
        yield year_app
        db.session.rollback()
