"""Votes over HTTP against the least that could take one, over many ballots and on a hot one; a last minute; counting.

Segments take turns within one run, so that whatever else the machine does meets all of them, and medians are told. A
vote is the first one of a household, sent as by a browser without scripts: whoever sends it is known and may vote, the
form is looked at, the vote earns, and the answer leads back to the ballot. A bare one is a row (`bare`).
"""

from __future__ import annotations

import os
import random
import statistics
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain, count, islice
from urllib.parse import urlencode, urlsplit

from sqlalchemy import func, select

from app.ballots.models import Ballot
from app.kit.db import db, transaction
from bench import bare, counting
from bench.hall import Hall
from bench.result import Result
from bench.village import Home, postgresql_database, sqlite_database
from bench.voters import Told, Vote, Voters, voters
from tests.postgres import DURABLE, OwnServer, admin
from tests.serving import Served, serving

ROUNDS = int(os.environ.get("VOTE_ROUNDS", "5"))
SECONDS, WARM_SECONDS = 3.0, 2.0
MOST_A_SECOND = 2000
WORKERS, THREADS = 2, 4  # as the house runs by default; as many browsers send
LAST_MINUTE, RUSH, BROWSERS = 60.0, 1000, 32
LATE_SECONDS = 2.0  # some of the rush comes when it is over
GOAL_BARE, GOAL_HOT, GOAL_P99_MS = 0.4, 0.7, 2000


def measure() -> list[Result]:
    with sqlite_database() as url:
        found = _measured(url, "sqlite")
    server = OwnServer(DURABLE)
    try:
        with postgresql_database(server.url) as url:
            return found + _measured(url, "postgresql")
    finally:
        server.stop()


def _measured(url: str, name: str) -> list[Result]:
    hall = Hall(url)
    bare.prepare(url)
    if not url.startswith("sqlite"):
        admin(url, "VACUUM ANALYZE")  # as the server does by itself within minutes
    with (
        voters(WORKERS) as crowd,
        serving(url, workers=WORKERS, threads=THREADS) as house,
        serving(url, workers=WORKERS, threads=THREADS, program="bench.bare:app") as floor,
    ):
        rounds = _in_turns(crowd, hall, house, floor)
        _tell(f"{name}: votes a second: bare, many ballots, one ballot", rounds)
        p99 = _last_minute(crowd, hall, house)
    return [
        Result(f"vote-{name}", _ratio(rounds, 1, 0), GOAL_BARE, at_most=False),
        Result(f"vote-hot-{name}", _ratio(rounds, 2, 1), GOAL_HOT, at_most=False),
        Result(f"vote-last-minute-{name}-p99-ms", p99, GOAL_P99_MS),
        *counting.measured(hall, name),
    ]


class _Supply:
    """Votes that nobody has sent yet."""

    def __init__(self, votes: Iterator[Vote]) -> None:
        self._votes = votes

    def rate(self, crowd: Voters, server: Served, seconds: float) -> float:
        """How many a second are taken while everybody sends one after the other."""
        ready = list(islice(self._votes, int(seconds * MOST_A_SECOND)))
        told = crowd.send(urlsplit(server.address).netloc, ready, threads=THREADS, seconds=seconds)
        sent = {one.number for one in told}
        self._votes = chain([one for number, one in enumerate(ready) if number not in sent], self._votes)
        _refuse_other(told, {204, 303})
        return len(told) / seconds


def _in_turns(crowd: Voters, hall: Hall, house: Served, floor: Served) -> list[list[float]]:
    """Each kind once a round; the first turns warm up and are not counted."""
    bares = _Supply(_bare_votes())
    many, hot = (_Supply(_votes(hall, homes)) for homes in (_mixed(hall.village.spread), hall.village.together))
    found = []
    for number in range(ROUNDS + 1):
        seconds = SECONDS if number else WARM_SECONDS
        segments = (bares, floor), (many, house), (hot, house)
        found.append([supply.rate(crowd, server, seconds) for supply, server in segments])
    return found[1:]


def _bare_votes() -> Iterator[Vote]:
    for number in count(1):
        yield Vote("/vote", urlencode({"question": 1 + number % 50, "elector": number, "choice": "yes"}))


def _votes(hall: Hall, homes: Sequence[Home]) -> Iterator[Vote]:
    """For ever: when all have voted, they are asked something else."""
    while True:
        yield from hall.votes(homes, hall.put(homes))


def _mixed(homes: Sequence[Home]) -> list[Home]:
    """One of each community, then the next of each."""
    seen: Counter[int] = Counter()
    turn = {}
    for home in homes:
        seen[home.community_id] += 1
        turn[home] = seen[home.community_id]
    return sorted(homes, key=lambda home: (turn[home], home.community_id))


def _last_minute(crowd: Voters, hall: Hall, house: Served) -> float:
    """p99 in ms, from the moment at which each of a thousand wanted to vote; every one is counted or told no.

    More and more come as the closing is near, and the last ones when it is over.
    """
    homes, draw = hall.village.together, random.Random(3)
    closes_at = datetime.now(UTC) + timedelta(seconds=LAST_MINUTE + LATE_SECONDS)
    (question,) = hall.put(homes, closes_at=closes_at)
    span = LAST_MINUTE + LATE_SECONDS
    began = closes_at.timestamp() - LAST_MINUTE
    moments = sorted(began + span * draw.random() ** 0.5 for _ in range(RUSH))
    rush = [hall.vote(home, question, "yes", at) for home, at in zip(homes, moments, strict=False)]
    told = crowd.send(urlsplit(house.address).netloc, rush, threads=BROWSERS // WORKERS, seconds=2 * LAST_MINUTE)
    _refuse_other(told, {303, 409})
    acknowledged = sum(one.status == 303 for one in told)
    with hall.app.app_context(), transaction(writing=False):
        counted = db.session.scalar(select(func.count()).select_from(Ballot).where(Ballot.question_id == question))
    if counted != acknowledged or len(told) != RUSH or not all(one.reasoned for one in told if one.status == 409):
        raise RuntimeError(f"{len(told)} told, {acknowledged} acknowledged, {counted} counted")
    took = sorted(one.took for one in told)
    late, median, longest = RUSH - acknowledged, took[RUSH // 2] * 1000, took[-1] * 1000
    print(f"# last minute: {acknowledged} votes, {late} too late; p50 {median:.0f} ms, longest {longest:.0f} ms",
          file=sys.stderr, flush=True)  # fmt: skip
    return round(took[int(RUSH * 0.99)] * 1000)


def _refuse_other(told: Sequence[Told], known: set[int]) -> None:
    odd = Counter(one.status for one in told if one.status not in known)
    if odd or not told:
        raise RuntimeError(f"of {len(told)} votes some were answered otherwise: {dict(odd)}")


def _ratio(rounds: Sequence[Sequence[float]], ours: int, floor: int) -> float:
    return round(statistics.median(one[ours] / one[floor] for one in rounds), 3)


def _tell(what: str, rounds: Sequence[Sequence[float]]) -> None:
    """The figures behind a ratio, and how busy the machine was."""
    print(f"# {what}, load {os.getloadavg()[0]:.1f}:", file=sys.stderr)
    for one in rounds:
        print("#   " + " ".join(f"{value:,.0f}" for value in one), file=sys.stderr, flush=True)
