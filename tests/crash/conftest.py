"""Fixtures for crashes: a house of its own for each test, which is killed and started again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app import create_app
from app.config import DEMO_SECRET, Settings
from tests import postgres
from tests.conftest import let_go
from tests.databases import Databases, ensure_template
from tests.races.village import Village
from tests.run import Run
from tests.serving import Served, serving


@pytest.fixture
def house(run: Run, databases: Databases) -> Iterator[Served]:
    """Two worker processes over a database of their own, as durable as in production."""
    ensure_template(databases, "empty", run.folder)
    if run.own_server is not None:
        postgres.make_durable(run.server_url)
    name = f"crash-{run.worker}"
    databases.copy("empty", name)
    with serving(databases.url(name), workers=2, threads=8) as served:
        yield served
    databases.drop(name)


@pytest.fixture
def village(run: Run, databases: Databases, house: Served) -> Iterator[Village]:
    app = create_app(
        Settings(
            env="test", database_url=databases.url(f"crash-{run.worker}"), secret_key=DEMO_SECRET, password_memory=64
        )
    )
    yield Village.settle(app, house.address, neighbours=PEOPLE)
    let_go(app)


PEOPLE = 16
