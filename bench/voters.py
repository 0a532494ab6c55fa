"""Browsers that send votes which were written beforehand: so many at once without a pause, or each at its own moment.

A few processes of a few threads, so that what sends is not what is measured.
"""

from __future__ import annotations

import http.client
import multiprocessing
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

BROKEN = 0  # the status of a vote whose connection broke


@dataclass(frozen=True)
class Vote:
    """One request. `at`: when it leaves, by the clock of this machine; None: as soon as the one before is answered."""

    path: str
    body: str
    cookie: str = ""
    at: float | None = None


@dataclass(frozen=True)
class Told:
    """The answer to one vote: its status, whether it said why, and seconds from when it was to leave."""

    number: int
    status: int
    reasoned: bool
    took: float


@dataclass(frozen=True)
class _Order:
    """To which host; the votes of each thread with their numbers; for how many seconds at most."""

    host: str
    votes: Sequence[Sequence[tuple[int, Vote]]]
    seconds: float


class Voters:
    """Processes that wait for orders."""

    def __init__(self, processes: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipes: list[Connection] = []
        self._processes = []
        for _ in range(processes):
            mine, theirs = context.Pipe()
            process = context.Process(target=_serve, args=(theirs,), daemon=True)
            process.start()
            self._pipes.append(mine)
            self._processes.append(process)

    def send(self, host: str, votes: Sequence[Vote], *, threads: int, seconds: float) -> list[Told]:
        """Have them sent by so many threads of each process, in their order, until the time is over."""
        crews = len(self._pipes) * threads
        numbered = list(enumerate(votes))
        for crew, pipe in enumerate(self._pipes):
            mine = [numbered[crew * threads + thread :: crews] for thread in range(threads)]
            pipe.send(_Order(host, mine, seconds))
        return sorted((one for pipe in self._pipes for one in _heard(pipe)), key=lambda one: one.number)

    def end(self) -> None:
        for pipe in self._pipes:
            pipe.send(None)
        for process in self._processes:
            process.join(timeout=30)


@contextmanager
def voters(processes: int) -> Iterator[Voters]:
    made = Voters(processes)
    try:
        made.send("", [], threads=1, seconds=0)  # until all are there
        yield made
    finally:
        made.end()


def _heard(pipe: Connection) -> list[Told]:
    answer: Any = pipe.recv()
    if isinstance(answer, Exception):
        raise RuntimeError("a voter failed") from answer
    return list(answer)


def _serve(orders: Connection) -> None:
    while (order := orders.recv()) is not None:
        try:
            with ThreadPoolExecutor(max(1, len(order.votes))) as pool:
                until = time.time() + order.seconds
                parts = pool.map(lambda votes: _sent(order.host, votes, until), order.votes)  # noqa: B023
                orders.send([one for part in parts for one in part])
        except Exception as error:  # noqa: BLE001 - told to the one who measures, who raises it
            orders.send(error)


def _sent(host: str, votes: Sequence[tuple[int, Vote]], until: float) -> list[Told]:
    connection = http.client.HTTPConnection(host, timeout=60)
    told = []
    for number, vote in votes:
        leaves = time.time() if vote.at is None else vote.at
        if leaves >= until:
            break
        time.sleep(max(0.0, leaves - time.time()))
        status, reasoned = _asked(connection, vote)
        told.append(Told(number, status, reasoned, time.time() - leaves))
    connection.close()
    return told


def _asked(connection: http.client.HTTPConnection, vote: Vote) -> tuple[int, bool]:
    head = {"Content-Type": "application/x-www-form-urlencoded", "Accept-Language": "en", "Cookie": vote.cookie}
    for _ in range(2):  # the server closes idle connections when it likes; then nothing of the request was read
        try:
            connection.request("POST", vote.path, vote.body, head)
            answer = connection.getresponse()
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            connection.close()
            continue
        return answer.status, b"takes no more votes" in answer.read()
    return BROKEN, False
