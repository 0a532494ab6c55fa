"""Fixtures for every test. `pytest --database sqlite|postgresql` chooses the database (SQLite when nothing is said).

A test that asks for no fixture with a database behind it runs in the SQLite run only: once is enough.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from app import cli, create_app
from app.config import Settings
from app.kit import clock
from app.kit.db import db
from tests.databases import Databases, ensure_template
from tests.run import Run

RUN = pytest.StashKey[Run]()
SECRET = "a secret for tests only, of no use elsewhere"

hypothesis_settings.register_profile(
    "ci",
    max_examples=50,
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
hypothesis_settings.register_profile(
    "gates",
    max_examples=500,
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=("sqlite", "postgresql"), default="sqlite", help="which database to test on")
    parser.addoption("--turns", type=int, default=0, help="run each race so often, with a database of its own")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """With `--turns 10` each race is ten tests: what one of them spoiled is not there for the next."""
    if turns := metafunc.config.getoption("--turns"):
        metafunc.fixturenames.append("turn")
        metafunc.parametrize("turn", range(turns))


def pytest_configure(config: pytest.Config) -> None:
    config.stash[RUN] = Run(config)


def pytest_unconfigure(config: pytest.Config) -> None:
    if RUN in config.stash:
        config.stash[RUN].end()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of xdist which folder and which server this run has."""
    run = node.config.stash[RUN]
    node.workerinput["folder"] = str(run.folder)
    node.workerinput["server_url"] = run.server_url


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what belongs to the other database, and on PostgreSQL what needs no database."""
    kind: str = config.getoption("database")
    other = "sqlite" if kind == "postgresql" else "postgresql"
    kept: list[pytest.Item] = []
    left_out: list[pytest.Item] = []
    for item in items:
        needs_database = "databases" in getattr(item, "fixturenames", ())
        foreign = item.get_closest_marker(other) is not None
        (left_out if foreign or (kind == "postgresql" and not needs_database) else kept).append(item)
    items[:] = kept
    if left_out:
        config.hook.pytest_deselected(items=left_out)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI a skipped test is a failed run: there is nothing there that could be missing with good reason."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if os.environ.get("CI") == "true" and skipped and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    stats = terminalreporter.stats
    skipped = stats.get("skipped", [])
    if skipped:
        in_ci = "; in CI this fails the run" if os.environ.get("CI") == "true" else ""
        terminalreporter.section(f"{len(skipped)} SKIPPED{in_ci}", red=True, bold=True)
        for report in skipped:
            terminalreporter.line(f"skipped: {report.nodeid}: {report.longrepr[2]}", red=True)
    ran = sum(len(stats.get(outcome, [])) for outcome in ("passed", "failed", "xfailed", "xpassed"))
    terminalreporter.line(f"{ran} tests on {config.getoption('database')}")


@pytest.fixture(scope="session")
def run(request: pytest.FixtureRequest) -> Run:
    return request.config.stash[RUN]


@pytest.fixture(scope="session")
def databases(run: Run) -> Databases:
    """The databases of this run; every fixture with a database behind it comes from here."""
    return run.databases


@pytest.fixture(scope="session")
def make_settings() -> Callable[[str], Settings]:
    """Settings of a test for the database at this address; passwords are hashed cheaply."""
    return lambda url: Settings(env="test", database_url=url, secret_key=SECRET, password_memory=64, password_rounds=1)


@pytest.fixture(scope="session")
def settings(run: Run, databases: Databases, make_settings: Callable[[str], Settings]) -> Settings:
    """The settings of `app`."""
    return make_settings(databases.url(f"unit-{run.worker}"))


@pytest.fixture(scope="session")
def _app_of_worker(run: Run, databases: Databases, settings: Settings) -> Iterator[Flask]:
    ensure_template(databases, "empty", run.folder)
    databases.copy("empty", f"unit-{run.worker}")
    app = create_app(settings)
    cli.init_app(app)
    yield app
    let_go(app)


@pytest.fixture
def app(run: Run, databases: Databases, _app_of_worker: Flask) -> Iterator[Flask]:
    """The application over an empty database. No context is pushed: a request of `client` brings its own."""
    if databases.kind == "sqlite":
        let_go(_app_of_worker)  # the file is replaced; nobody may have it open
    databases.clear(f"unit-{run.worker}")
    yield _app_of_worker
    refuse_leak(_app_of_worker)


@pytest.fixture
def context(app: Flask) -> Iterator[Flask]:
    """`app` with its context, for calling operations and queries directly. Do not use it together with `client`."""
    with app.app_context():
        yield app
        db.session.rollback()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without a window on `app`, signed out."""
    return app.test_client()


@pytest.fixture(scope="session")
def _street_app_of_worker(
    run: Run, databases: Databases, make_settings: Callable[[str], Settings]
) -> Iterator[tuple[Flask, str]]:
    ensure_template(databases, "street", run.folder)
    name = f"street-{run.worker}"
    databases.copy("street", name)
    app = create_app(make_settings(databases.url(name)))
    cli.init_app(app)
    yield app, name
    let_go(app)


@pytest.fixture
def street_app(databases: Databases, _street_app_of_worker: tuple[Flask, str]) -> Iterator[Flask]:
    """The application over a private copy of the sample street."""
    app, name = _street_app_of_worker
    let_go(app)
    databases.copy("street", name)
    yield app
    refuse_leak(app)


@pytest.fixture
def at() -> Iterator[Callable[[datetime], datetime]]:
    """`at(instant)` holds the clock there until the next `at` or the end of the test; the instant comes back."""
    with ExitStack() as held:

        def hold(instant: datetime) -> datetime:
            held.close()
            held.enter_context(clock.fixed(instant))
            return instant

        yield hold


def let_go(app: Flask) -> None:
    """Close every connection of this application."""
    with app.app_context():
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()


def refuse_leak(app: Flask) -> None:
    """Fail the test that left a connection open: the next one would wait for its locks."""
    with app.app_context():
        open_now = sum(engine.pool.checkedout() for engine in db.engines.values())  # type: ignore[attr-defined]
    if open_now:
        let_go(app)  # a new pool: the next test is not to blame
    assert open_now == 0, f"this test left {open_now} connection(s) to the database open"
