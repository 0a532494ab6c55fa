"""Fixtures for races: four server processes, and a small village under them that every race adds to."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Any

import pytest

from app import create_app
from app.config import DEMO_SECRET, Settings
from tests import postgres
from tests.conftest import let_go
from tests.databases import Databases, ensure_template
from tests.races.hands import Hands
from tests.races.harness import lasting
from tests.races.village import Village
from tests.run import Run
from tests.serving import Served, serving

WORKERS = 4
THREADS = 8


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, None]:
    """What the house wrote of its errors stands under the test that they made fail."""
    outcome = yield
    report, served = outcome.get_result(), getattr(item, "funcargs", {}).get("served_house")
    if report.failed and served is not None:
        report.sections.append(("errors of the house", "\n".join(served.troubles())))


@pytest.fixture(autouse=True)
def served_house(house: Served) -> Served:
    """For the report above."""
    return house


@pytest.fixture(scope=lasting("session"))
def house(run: Run, databases: Databases) -> Iterator[Served]:
    """Four worker processes over a database of this session, as durable as in production."""
    ensure_template(databases, "empty", run.folder)
    if run.own_server is not None:
        postgres.make_durable(run.server_url)
    name = f"races-{run.worker}"
    databases.copy("empty", name)
    with serving(databases.url(name), workers=WORKERS, threads=THREADS, beside={"WEB_PRELOAD": "1"}) as served:
        yield served
    databases.drop(name)


@pytest.fixture(scope=lasting("session"))
def village(run: Run, databases: Databases, house: Served) -> Iterator[Village]:
    """People, a tariff and a shop in the database under `house`; what a race needs besides it makes itself."""
    url = databases.url(f"races-{run.worker}")
    app = create_app(Settings(env="test", database_url=url, secret_key=DEMO_SECRET, password_memory=64))
    yield Village.settle(app, house.address)
    let_go(app)


@pytest.fixture(scope=lasting("session"))
def hands(run: Run, databases: Databases, house: Served) -> Iterator[Hands]:
    """Processes that act on the database under `house`, past its buttons."""
    hands = Hands(databases.url(f"races-{run.worker}"))
    yield hands
    hands.end()
