"""How much memory a worker holds once it has been used: resident set in MB."""

from __future__ import annotations

from bench.pages import PASSWORD, READER, pages
from bench.result import Result
from bench.street import street_database
from tests.races.harness import sign_in
from tests.serving import serving

REQUESTS = 200
GOAL_MB = 95


def measure() -> list[Result]:
    """One worker, 200 pages in turn, then its resident set; at the second start, with the templates compiled."""
    with street_database() as database:
        _, resident = (_after_use(database) for _start in range(2))
    return [Result("memory", round(resident, 1), GOAL_MB)]


def _after_use(database: str) -> float:
    with serving(database, workers=1) as served:
        reader = sign_in(served.address, READER, PASSWORD)
        known = pages(database)
        for count in range(REQUESTS):
            path = known[count % len(known)].path
            if (status := reader.get(path).status) != 200:
                raise RuntimeError(f"GET {path} answered {status}")
        (worker,) = served.worker_processes()
        return float(worker.memory_info().rss / 1024 / 1024)
