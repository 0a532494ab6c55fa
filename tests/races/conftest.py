"""Fixtures for races and crashes: several server processes over a private copy of the sample street."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import postgres
from tests.databases import Databases, ensure_template
from tests.run import Run
from tests.serving import Served, serving

WORKERS = 4
THREADS = 8


@pytest.fixture
def house(run: Run, databases: Databases) -> Iterator[Served]:
    """Four worker processes over the sample street; the database is as durable as in production."""
    ensure_template(databases, "street", run.folder)
    if run.own_server is not None:
        postgres.make_durable(run.server_url)
    name = f"races-{run.worker}"
    databases.copy("street", name)
    with serving(databases.url(name), workers=WORKERS, threads=THREADS) as served:
        yield served
    databases.drop(name)


@pytest.fixture
def house_url(run: Run, databases: Databases, house: Served) -> str:
    """The address of the database under `house`, for counting rows behind its back."""
    return databases.url(f"races-{run.worker}")
