"""The statement of a household with 100,000 entries beside that of one with 100: pages in turn, medians."""

from __future__ import annotations

import logging
import statistics
import sys
import time
from datetime import UTC, datetime, timedelta

from flask.testing import FlaskClient

from app.kit.db import transaction
from app.points import posting
from app.points.operations import grant_entry
from app.points.rules import Entry
from bench.result import Result
from bench.village import Home, house, postgresql_database, settle_down, sqlite_database
from tests.makers import sign_in
from tests.postgres import DURABLE, OwnServer, admin

FEW, MANY = 100, 100_000
GOAL = 1.2
TIMES = 60
YEARS = 10  # a household that is thanked 27 times a day; the chart of the page looks at twelve months
_CHUNK = 5_000


def measure() -> list[Result]:
    with sqlite_database() as url:
        found = [Result("statement-sqlite", _ratio(url), GOAL)]
    server = OwnServer(DURABLE)
    try:
        with postgresql_database(server.url) as url:
            found.append(Result("statement-postgresql", _ratio(url), GOAL))
    finally:
        server.stop()
    return found


def _ratio(url: str) -> float:
    app = house(url)
    village = settle_down(app)
    few, many = village.spread[0], village.spread[-1]
    with app.app_context(), transaction():
        known: posting.Known = {}
        for home, number in ((few, FEW), (many, MANY)):
            entries = _entries(home, number)
            for start in range(0, number, _CHUNK):
                posting.record(entries[start : start + _CHUNK], known=known)
    if url.startswith("postgresql"):
        admin(url, "VACUUM ANALYZE")
    with app.app_context():
        readers = [sign_in(app.test_client(), one.resident_id) for one in (few, many)]
    return _compared(readers)


def _entries(home: Home, number: int) -> list[Entry]:
    now = datetime.now(UTC)
    step = timedelta(days=365 * YEARS) / number
    return [
        grant_entry(
            "points", 3, community_id=home.community_id, household_id=home.id, resident_id=home.resident_id, code="E04",
            heading="environment", because=f"statement:{home.id}:{one}", effective_at=now - step * (number - one),
            posted_at=now - step * (number - one), by_id=None,
        )
        for one in range(number)
    ]  # fmt: skip


def _compared(readers: list[FlaskClient]) -> float:
    logging.disable(logging.INFO)  # a line for each page would stand among the figures
    for reader in readers * 3:
        _milliseconds(reader)
    rounds = [[_milliseconds(reader) for reader in readers] for _ in range(TIMES)]
    few, many = (statistics.median(one[which] for one in rounds) for which in range(2))
    print(f"# the statement took {few:.1f} ms with {FEW} entries, {many:.1f} ms with {MANY:,}", file=sys.stderr)
    return round(many / few, 2)


def _milliseconds(reader: FlaskClient) -> float:
    began = time.perf_counter()
    answer = reader.get("/points")
    took = (time.perf_counter() - began) * 1000
    if answer.status_code != 200:
        raise RuntimeError(f"the statement answered {answer.status_code}")
    return took
