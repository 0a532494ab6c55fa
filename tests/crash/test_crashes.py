"""The servers are killed under load, over and over: what was acknowledged is there once, the rest at most once."""

from __future__ import annotations

import http.client
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
from sqlalchemy import select

from app import readiness
from app.activities.models import Shift, SignUp
from app.ballots.models import Ballot
from app.council.models import Topic
from app.kit.db import db
from app.kit.once import RequestDone
from app.rewards.models import Order
from tests.races.harness import Answer, Client, kills
from tests.races.village import Village
from tests.run import Run
from tests.serving import Served

pytestmark = pytest.mark.crash

ACKNOWLEDGED = 40  # posts before a kill
PATIENCE_SECONDS = 30.0
READY_SECONDS = {"sqlite": 5.0, "postgresql": 10.0}
CHOICES = ("yes", "no")
SMALL_DOSE = 3


@dataclass
class Sent:
    """One post: who, what for, with which request id, and whether the house said that it was done."""

    who: int
    what: str
    request_id: str
    done: bool
    choice: str = ""


@dataclass
class Load:
    """People who vote, sign up and reserve until the servers are gone."""

    village: Village
    item: int
    topic: int
    shifts: list[tuple[int, int]]
    round: int
    stop: threading.Event = field(default_factory=threading.Event)
    sent: list[Sent] = field(default_factory=list)

    def run(self, number: int) -> None:
        """One person's posts, each with a request id that nothing else has."""
        who = self.village.neighbours[number]
        client = self.village.client(who).copies(1)[0]
        count = 0
        while not self.stop.is_set():
            what = ("vote", "sign-up", "reserve")[count % 3]
            sent = Sent(who, what, f"crash-{self.round}-{number}-{count}", done=False, choice=CHOICES[count % 2])
            self.sent.append(sent)
            try:
                answer = self._send(client, sent, count)
            except (OSError, http.client.HTTPException):
                return  # killed: this one may have been applied or not
            assert answer.status in (200, 303, 409, 503), (what, answer)
            sent.done = answer.applied
            count += 1

    def _send(self, client: Client, sent: Sent, count: int) -> Answer:
        if sent.what == "vote":
            return client.send(f"/topics/{self.topic}/vote", request_id=sent.request_id, choice=sent.choice)
        if sent.what == "sign-up":
            activity, shift = self.shifts[count // 3 % len(self.shifts)]
            sent.choice = str(shift)
            return client.send(f"/activities/{activity}/sign-up", request_id=sent.request_id, shift=str(shift))
        pick_up = str(self.village.market)
        return client.send(f"/rewards/{self.item}/reserve", request_id=sent.request_id, pick_up=pick_up)


def test_the_database_under_load_is_as_durable_as_a_production(village: Village) -> None:
    with village.app.app_context():
        assert list(readiness.durability_switched_off()) == []
        db.session.rollback()


def test_what_was_acknowledged_survives_every_kill(village: Village, house: Served, run: Run) -> None:
    for number in range(kills()):
        load = _load(village, number)
        with ThreadPoolExecutor(max_workers=len(village.neighbours)) as pool:
            people = [pool.submit(load.run, one) for one in range(len(village.neighbours))]
            _wait_for(load)
            house.kill()
            if number % 3 == 2 and run.own_server is not None:
                run.own_server.kill()
            load.stop.set()
        for one in people:
            one.result()
        if number % 3 == 2 and run.own_server is not None:
            run.own_server.restart()
            _forget_connections(village)
        seconds = house.start()
        assert seconds <= READY_SECONDS[run.kind] * _allowance(), f"ready after {seconds:.1f} s"
        _count(village, load)


def _load(village: Village, number: int) -> Load:
    village.clients(village.neighbours)  # signed in before the load begins
    topic, _question = village.a_ballot("person")
    shifts = [village.a_shift(len(village.neighbours) // 2) for _ in range(12)]
    return Load(village, village.an_item(stock=100_000, price=1), topic, shifts, number)


def _wait_for(load: Load) -> None:
    """Until enough was acknowledged; everybody is still at it, so the kill hits some in the middle."""
    began = time.monotonic()
    while sum(one.done for one in list(load.sent)) < ACKNOWLEDGED and time.monotonic() - began < PATIENCE_SECONDS:
        time.sleep(0.01)


def _allowance() -> float:
    """In the small dose of CI others may have the cores; the goal is for a machine of its own, as in `make crash`."""
    return 1.0 if kills() > SMALL_DOSE else 4.0


def _forget_connections(village: Village) -> None:
    with village.app.app_context():
        db.engine.dispose()


def _count(village: Village, load: Load) -> None:
    """Everything acknowledged exactly once; everything else at most once; the books add up."""
    assert any(one.done for one in load.sent), "nothing was acknowledged: there was no load"
    ids = [one.request_id for one in load.sent]
    kept = dict.fromkeys(village.scalars(select(RequestDone.request_id).where(RequestDone.request_id.in_(ids))))
    lost = [one for one in load.sent if one.done and one.request_id not in kept]
    assert lost == []
    _count_orders(village, load, kept)
    _count_places(village, load)
    _count_votes(village, load)
    village.refuse_fault()


def _count_orders(village: Village, load: Load, kept: dict[str, None]) -> None:
    reserved = [one for one in load.sent if one.what == "reserve" and one.request_id in kept]
    results = village.scalars(
        select(RequestDone.result_id).where(RequestDone.request_id.in_([one.request_id for one in reserved]))
    )
    orders = village.scalars(select(Order.id).where(Order.item_id == load.item))
    assert sorted(results) == sorted(orders)


def _count_places(village: Village, load: Load) -> None:
    ids = [shift for _activity, shift in load.shifts]
    columns = SignUp.resident_id, SignUp.shift_id
    places = village.rows(select(*columns).where(SignUp.shift_id.in_(ids), SignUp.state == "confirmed"))
    confirmed = Counter((row.resident_id, row.shift_id) for row in places)
    acknowledged = {(one.who, int(one.choice)) for one in load.sent if one.what == "sign-up" and one.done}
    assert acknowledged <= set(confirmed)
    assert max(confirmed.values(), default=1) == 1
    for _activity, shift in load.shifts:
        taken = village.scalar(select(Shift.taken).where(Shift.id == shift))
        assert taken == sum(count for (_who, where), count in confirmed.items() if where == shift)


def _count_votes(village: Village, load: Load) -> None:
    """One ballot each, with the last choice that was acknowledged, unless one without an answer came after it."""
    question = village.scalar(select(Topic.question_id).where(Topic.id == load.topic))
    for who in village.neighbours:
        mine = [one for one in load.sent if one.who == who and one.what == "vote"]
        votes = village.scalars(select(Ballot.choice).where(Ballot.question_id == question, Ballot.cast_by == who))
        done = [one.choice for one in mine if one.done]
        assert len(votes) <= 1
        if done:
            last = {done[-1], *(one.choice for one in mine[-1:] if not one.done)}
            assert votes
            assert votes[0] in last
