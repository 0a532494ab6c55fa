"""Clients that post to the ledger: threads in a few processes, as gunicorn runs the house (2 workers of 4 threads).

The processes load the application once and wait for orders, so that a segment measures postings alone.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from multiprocessing.connection import Connection
from typing import Any

from flask import Flask

from app.kit.db import db, transaction
from app.points import operations
from bench.village import Home, house

_number = count(1)


@dataclass(frozen=True)
class Order:
    """Post for so long by so many threads, each time for another of these households."""

    name: str
    threads: int
    seconds: float
    homes: Sequence[Home]


@dataclass(frozen=True)
class Done:
    """What one process did: how long each posting took, in seconds."""

    took: list[float]


class Clients:
    """Processes that post to one database."""

    def __init__(self, url: str, processes: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipes: list[Connection] = []
        self._processes = []
        for _ in range(processes):
            mine, theirs = context.Pipe()
            process = context.Process(target=_serve, args=(url, theirs), daemon=True)
            process.start()
            self._pipes.append(mine)
            self._processes.append(process)

    def post(self, homes: Sequence[Home], *, processes: int, threads: int, seconds: float) -> tuple[float, list[float]]:
        """Postings a second by so many processes of so many threads, and how long each took in seconds, sorted."""
        took = self._took(Order(f"bench:{next(_number)}", threads, seconds, homes), self._pipes[:processes])
        return len(took) / seconds, took

    def wait(self) -> None:
        """Until all have loaded the application."""
        self._took(Order("nothing", 1, 0, []), self._pipes)

    def _took(self, order: Order, pipes: Sequence[Connection]) -> list[float]:
        for pipe in pipes:
            pipe.send(order)
        return sorted(one for pipe in pipes for one in _answer(pipe).took)

    def end(self) -> None:
        for pipe in self._pipes:
            pipe.send(None)
        for process in self._processes:
            process.join(timeout=30)


@contextmanager
def clients(url: str, processes: int) -> Iterator[Clients]:
    made = Clients(url, processes)
    try:
        made.wait()
        yield made
    finally:
        made.end()


def _answer(pipe: Connection) -> Done:
    answer: Any = pipe.recv()
    if isinstance(answer, Exception):
        raise RuntimeError("a client failed") from answer
    return answer


def _serve(url: str, orders: Connection) -> None:
    app = house(url)
    while (order := orders.recv()) is not None:
        try:
            orders.send(Done(_carried_out(app, order)))
        except Exception as error:  # noqa: BLE001 - told to the one who measures, who raises it
            orders.send(error)
    with app.app_context():
        db.engine.dispose()


def _carried_out(app: Flask, order: Order) -> list[float]:
    until = time.monotonic() + order.seconds
    with ThreadPoolExecutor(order.threads) as pool:
        parts = pool.map(lambda number: _one(app, order, number, until), range(order.threads))
        return [one for part in parts for one in part]


def _one(app: Flask, order: Order, number: int, until: float) -> list[float]:
    """One client: a posting after the other, each in a context and a transaction of its own, as a request has them."""
    dice = random.Random(f"{order.name}:{number}")
    took: list[float] = []
    while (began := time.monotonic()) < until:
        home, now = dice.choice(order.homes), datetime.now(UTC)
        entry = operations.grant_entry(
            "points", 3, community_id=home.community_id, household_id=home.id, resident_id=home.resident_id,
            code="E04", heading="environment", because=f"{order.name}:{os.getpid()}:{number}:{len(took)}",
            effective_at=now, posted_at=now, by_id=home.resident_id,
        )  # fmt: skip
        with app.app_context(), transaction():
            operations.post([entry])
        took.append(time.monotonic() - began)
    return took
