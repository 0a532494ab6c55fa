"""Votes under way while their ballot closes: what was acknowledged is counted, and nothing is kept after the instant.

The clock of the server decides, and clients of these tests read the same one. A vote is held up on purpose at what it
waits for: the question, which whoever counts or extends holds, or the household, which everything that earns holds.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from app.ballots.models import Ballot, Question
from app.ballots.operations.casting import new_receipt
from app.ballots.proof import faults
from app.ballots.secret_models import SecretMark, SecretPaper
from app.kit.db import db, locked
from app.merits.models import Award
from app.points.operations import lock_household
from tests.races.harness import CLIENTS, Answer, Client, rounds, rush, statuses
from tests.races.village import Village, now

pytestmark = pytest.mark.race

TOO_LATE = "takes no more votes"
BUSY = 503  # an honest no, with a word when to come back
HELD_UP = 12
BEFORE, AFTER = timedelta(seconds=2), timedelta(seconds=0.5)  # the instant, for as long as votes are held up
SPREAD = 0.6  # seconds before the instant and after it, over which a storm is spread
MOST_ROUNDS = 20  # each waits for an instant to come


@dataclass(frozen=True)
class Sent:
    """One vote: when it left, when its answer was there, and what that was."""

    at: datetime
    answered_at: datetime
    answer: Answer


def closings() -> Iterator[int]:
    yield from range(min(rounds(), MOST_ROUNDS))


def until(instant: datetime) -> None:
    time.sleep(max(0.0, (instant - now()).total_seconds()))


def vote(client: Client, question: int) -> Sent:
    at = now()
    answer = client.send(f"/votes/{question}/vote", choice="yes", receipt=new_receipt())
    return Sent(at, now(), answer)


def kept(village: Village, question: int) -> set[int]:
    """Who has a counted vote, openly or secretly."""
    return {
        one
        for table in (Ballot, SecretMark)
        for one in village.scalars(select(table.cast_by).where(table.question_id == question))  # type: ignore[attr-defined]
    }


def refuse_fault(village: Village) -> None:
    with village.kept():
        assert list(faults()) == []
    village.refuse_fault()


def test_v3_of_a_storm_over_the_closing_instant_exactly_the_acknowledged_are_counted(village: Village) -> None:
    """Every other ballot is secret."""
    voters = village.neighbours[:CLIENTS]
    clients = village.clients(voters)
    for number in closings():
        draw, secret = random.Random(number), number % 2 == 1
        closes_at = now() + timedelta(seconds=2)
        question = village.a_ballot("person", secret=secret, closes_at=closes_at)[1]
        leaves = [closes_at + timedelta(seconds=draw.uniform(-SPREAD, SPREAD)) for _ in voters]
        sent: dict[int, Sent] = {}

        def act(client: Client, n: int) -> Answer:
            until(leaves[n])  # noqa: B023
            sent[n] = vote(client, question)  # noqa: B023
            return sent[n].answer  # noqa: B023

        answers = rush(clients, act)

        counts = statuses(answers)
        assert set(counts) <= {200, 303, 409, BUSY}, counts
        assert all(TOO_LATE in one.body for one in answers if one.status == 409), counts
        acknowledged = {voters[n] for n, one in sent.items() if one.answer.applied}
        assert kept(village, question) == acknowledged, counts
        assert not [one for one in sent.values() if one.at >= closes_at and one.answer.applied], counts
        in_time = [one for one in sent.values() if one.answered_at < closes_at]
        assert all(one.answer.status in (200, 303, BUSY) for one in in_time), counts
        late = Ballot.question_id == question, Ballot.cast_at >= closes_at
        assert village.count(Ballot, *late) == 0
        if secret:
            assert village.count(SecretPaper, SecretPaper.question_id == question) == len(acknowledged)
    refuse_fault(village)


def hold_up(village: Village, question: int, closes_at: datetime, what: Callable[[], object]) -> list[Answer]:
    """Votes that leave in time, while somebody holds what they wait for until voting has closed."""
    clients = village.clients(village.neighbours[:HELD_UP])
    until(closes_at - BEFORE)
    with ThreadPoolExecutor(1) as pool, village.kept():
        what()
        under_way = pool.submit(rush, clients, lambda one, _n: vote(one, question).answer)
        until(closes_at + AFTER)
    return under_way.result()


def refuse_who_is_held_up(village: Village, hold: Callable[[int], object]) -> None:
    """Every other ballot is secret."""
    in_time = village.neighbours[HELD_UP : HELD_UP + 4]
    for number in closings():
        closes_at = now() + 2 * BEFORE
        question = village.a_ballot("person", secret=number % 2 == 1, closes_at=closes_at)[1]
        early = rush(village.clients(in_time), lambda one, _n: vote(one, question).answer)  # noqa: B023
        acknowledged = {one for one, answer in zip(in_time, early, strict=True) if answer.applied}

        late = hold_up(village, question, closes_at, lambda: hold(question))  # noqa: B023

        assert set(statuses(late)) <= {409, BUSY}, statuses(late)
        assert all(TOO_LATE in one.body for one in late if one.status == 409)
        assert kept(village, question) == acknowledged
        earned = [f"ballot:{question}:{one}" for one in village.neighbours[:HELD_UP]]
        assert village.count(Award, Award.because.in_(earned)) == 0
    refuse_fault(village)


def test_v3_a_vote_that_waits_for_whoever_counts_past_the_closing_is_not_counted(village: Village) -> None:
    refuse_who_is_held_up(
        village, lambda question: db.session.execute(locked(select(Question.id).where(Question.id == question)))
    )


def test_v3_a_vote_that_waits_for_its_household_past_the_closing_is_not_counted(village: Village) -> None:
    """A vote earns, and whatever is booked for a household waits for its turn, after all that a vote looks at."""
    homes = sorted(village.homes[:HELD_UP])

    refuse_who_is_held_up(village, lambda _question: [lock_household(one) for one in homes])
