"""`flask verify` over a ledger of a million entries with their seals: the whole command, as somebody runs it.

The entries are of the ledger alone: no room above it has anything, so what is measured is the journal, its accounts,
holds and seals.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time

from bench.million import ENTRIES, fill
from bench.result import Result
from bench.village import house, postgresql_database, sqlite_database
from tests.databases import ROOT, house_environment
from tests.postgres import DURABLE, OwnServer, admin

GOAL_SECONDS = 10
TIMES = 3


def measure() -> list[Result]:
    with sqlite_database() as url:
        found = [Result("verify-sqlite-s", _filled_and_verified(url), GOAL_SECONDS)]
    server = OwnServer(DURABLE)
    try:
        with postgresql_database(server.url) as url:
            found.append(Result("verify-postgresql-s", _filled_and_verified(url), GOAL_SECONDS))
    finally:
        server.stop()
    return found


def _filled_and_verified(url: str) -> float:
    began = time.monotonic()
    entries = fill(house(url))
    if url.startswith("postgresql"):
        admin(url, "VACUUM ANALYZE")  # as the server does by itself within minutes
    print(f"# {entries:,} entries were made and sealed in {time.monotonic() - began:.0f} s", file=sys.stderr)
    took = [_verified(url, entries) for _ in range(TIMES)]
    told = " ".join(f"{one:.1f}" for one in took)
    print(f"# verify took {told} s, load {os.getloadavg()[0]:.1f}", file=sys.stderr, flush=True)
    return round(statistics.median(took), 1)


def _verified(url: str, entries: int) -> float:
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "verify"],
        cwd=ROOT, env=house_environment(url, env="test"), capture_output=True, text=True, check=False,
    )  # fmt: skip
    took = time.monotonic() - began
    if done.returncode or f"{entries:,} transfers" not in done.stdout or entries < ENTRIES:
        raise RuntimeError(f"flask verify: {done.stdout[-1000:]}{done.stderr[-2000:]}")
    return took
