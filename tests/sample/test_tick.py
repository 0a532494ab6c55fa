"""flask tick gets into nobody's way for long: what it could not have it tries again, or leaves to the next run."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from importlib import import_module
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from app.cli.verify import ROOMS
from app.council.models import TopicChange
from app.kit import clock
from app.kit.db import db, replayed
from app.people.models import FailedAttempt
from tests.makers import kept
from tests.worlds import Hold

tick = import_module("app.cli.tick")  # the package shows the command under this name
RUNS = 4
TRIALS = "0 trials of the tariff"  # told after all that is due


class Told(Exception):
    """As a database reports it."""

    def __init__(self, sqlstate: str) -> None:
        super().__init__(f"the database said {sqlstate}\nand more")
        self.sqlstate = sqlstate


def in_the_way(times: int, sqlstate: str) -> Callable[[datetime], int]:
    """Something due that writes and then fails so many times before it is done."""
    tries: list[datetime] = []

    def act(at: datetime) -> int:
        db.session.add(FailedAttempt(key="k", at=at))
        db.session.flush()
        tries.append(at)
        if len(tries) <= times:
            raise OperationalError("UPDATE", {}, Told(sqlstate))
        return 1

    return act


def rows(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(FailedAttempt)) or 0


def test_a_deadlock_is_tried_again(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tick, "DUE", (("things", in_the_way(3, "40P01")),))

    done = app.test_cli_runner().invoke(args=["tick"])

    assert (done.exit_code, done.output) == (0, f"     1 things\n     {TRIALS}\n")
    assert rows(app) == 1


@pytest.mark.parametrize("sqlstate", ["55P03", "40P01"])  # a lock not had in time; deadlocks without end
def test_what_could_not_be_had_is_left_and_the_rest_done(
    app: Flask, monkeypatch: pytest.MonkeyPatch, sqlstate: str
) -> None:
    due = (("things", in_the_way(99, sqlstate)), ("others", in_the_way(0, "")))
    monkeypatch.setattr(tick, "DUE", due)

    done = app.test_cli_runner().invoke(args=["tick"])

    assert done.exit_code == 1
    assert isinstance(done.exception, SystemExit)
    assert [line.split(":")[0].strip() for line in done.output.splitlines()] == [
        "- things", "1 others", TRIALS, "Error",
    ]  # fmt: skip
    assert rows(app) == 1


def test_days_stay_open_while_anything_before_their_seals_is_missing(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else what the next run writes may belong to a day that nobody can add to any more."""
    seal = in_the_way(0, "")
    monkeypatch.setattr(tick, "seal_days", seal)
    monkeypatch.setattr(tick, "DUE", (("things", in_the_way(1, "55P03")), ("seals", seal)))

    first, second = (app.test_cli_runner().invoke(args=["tick"]) for _ in range(2))

    assert (first.exit_code, second.exit_code) == (1, 0)
    assert "- seals: left open until all before them is written down" in first.output
    assert "1 seals" in second.output
    assert rows(app) == 2


def test_many_ticks_at_once_write_each_thing_down_once(street_app: Flask, at: Hold) -> None:
    before = clock.now()
    later = before + timedelta(days=8)
    at(later)
    start = Barrier(RUNS)

    def run(_number: int) -> dict[str, int]:
        with street_app.app_context():
            start.wait()
            return {what: replayed(partial(act, later)) for what, act in tick.DUE}

    with ThreadPoolExecutor(RUNS) as pool:
        runs = list(pool.map(run, range(RUNS)))

    done = {what: sum(run[what] for run in runs) for what, _act in tick.DUE}
    assert done["results of ballots that closed"] >= 1
    assert done["reservations that ran out"] >= 1
    with street_app.app_context(), kept():
        recorded = select(func.count()).where(TopicChange.action == "record", TopicChange.at > before)
        assert db.session.scalar(recorded) == done["results of ballots that closed"]
        assert [fault for room in ROOMS for fault in room.faults()] == []
