"""The ledger against pgbench's TPC-B on the same PostgreSQL, fully durable; segments take turns, medians are told.

A posting is `operations.post` of one entry, as an award makes it, in a transaction of its own. 8 clients are 2
processes of 4 threads, as the house runs by default; 32 are 4 of 8.
"""

from __future__ import annotations

import os
import statistics
import sys
from collections.abc import Callable, Sequence

from bench import pgbench
from bench.clients import Clients, clients
from bench.result import Result
from bench.village import Village, house, postgresql_database, settle_down, sqlite_database
from tests.postgres import DURABLE, OwnServer

ROUNDS = 5
SECONDS = 3.0
WARM_SECONDS = 2.0
GOALS = {"ledger-8": 0.4, "ledger-32": 0.3, "ledger-one-community": 0.9, "ledger-sqlite": 0.3}
GOAL_P99_MS = 100
Segment = Callable[[], float]


def measure() -> list[Result]:
    program = pgbench.binary()
    if program is None:
        print("# LEDGER NOT MEASURED: there is no pgbench on this machine, and no other floor is one", file=sys.stderr)
        return []
    server = OwnServer(DURABLE)
    try:
        floor = pgbench.Floor(program, server.url)
        return [*_postgresql(server.url, floor), *_sqlite(floor)]
    finally:
        server.stop()


def _postgresql(server_url: str, floor: pgbench.Floor) -> list[Result]:
    with postgresql_database(server_url) as url:
        village = settle_down(house(url))
        with clients(url, 4) as four:
            ours = _Ours(four, village)
            ours.few(WARM_SECONDS), ours.many(WARM_SECONDS)
            rounds = _in_turns(
                lambda: floor.rate(clients=8, seconds=SECONDS), ours.few, ours.few_together,
                lambda: floor.rate(clients=32, seconds=SECONDS), ours.many,
            )  # fmt: skip
    _tell("TPC-B 8, ledger 8, one community 8, TPC-B 32, ledger 32", rounds)
    return [
        _ratio("ledger-8", rounds, 1, 0),
        _ratio("ledger-32", rounds, 4, 3),
        _ratio("ledger-one-community", rounds, 2, 1),
    ]


class _Ours:
    """Our segments: so many clients, for households of many communities or of one."""

    def __init__(self, processes: Clients, village: Village) -> None:
        self._clients, self._village = processes, village

    def few(self, seconds: float = SECONDS) -> float:
        return self._clients.post(self._village.spread, processes=2, threads=4, seconds=seconds)[0]

    def few_together(self) -> float:
        return self._clients.post(self._village.together, processes=2, threads=4, seconds=SECONDS)[0]

    def many(self, seconds: float = SECONDS) -> float:
        return self._clients.post(self._village.spread, processes=4, threads=8, seconds=seconds)[0]


def _sqlite(floor: pgbench.Floor) -> list[Result]:
    tails: list[float] = []
    with sqlite_database() as url:
        village = settle_down(house(url))
        with clients(url, 8) as eight:

            def alone(seconds: float = SECONDS) -> float:
                return eight.post(village.spread, processes=1, threads=1, seconds=seconds)[0]

            def crowd() -> float:
                rate, took = eight.post(village.spread, processes=8, threads=1, seconds=SECONDS)
                tails.append(took[int(len(took) * 0.99)] * 1000)
                return rate

            alone(WARM_SECONDS)
            rounds = _in_turns(lambda: floor.rate(clients=1, seconds=SECONDS), alone, crowd)
    _tell("TPC-B 1, SQLite 1, SQLite 8", rounds)
    _tell("p99 of 8 writers, ms", [[tail] for tail in tails])
    return [
        _ratio("ledger-sqlite", rounds, 1, 0),
        Result("ledger-sqlite-p99-ms", round(statistics.median(tails), 1), GOAL_P99_MS),
    ]


def _in_turns(*segments: Segment) -> list[list[float]]:
    """Every segment once a round, so that whatever else the machine does meets all of them."""
    return [[segment() for segment in segments] for _ in range(ROUNDS)]


def _ratio(name: str, rounds: Sequence[Sequence[float]], ours: int, floor: int) -> Result:
    ratio = statistics.median(one[ours] / one[floor] for one in rounds)
    return Result(name, round(ratio, 3), GOALS[name], at_most=False)


def _tell(what: str, rounds: Sequence[Sequence[float]]) -> None:
    """The figures behind a ratio, and how busy the machine was."""
    print(f"# {what}, load {os.getloadavg()[0]:.1f}:", file=sys.stderr)
    for one in rounds:
        print("#   " + " ".join(f"{value:,.0f}" for value in one), file=sys.stderr, flush=True)
