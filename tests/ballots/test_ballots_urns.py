"""Paper of a secret ballot: voters are marked, papers opened and counted together by two, and no small tally stays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from app.ballots import channel_queries, operations, results
from app.ballots.channel_models import PaperBatch, UrnCount
from app.ballots.models import Question
from app.ballots.secret_models import SecretMark
from app.kit.audit import AuditEntry
from app.kit.db import db
from app.kit.refusal import Refused
from app.people.rules import Person
from tests.ballots.desk import acts, more_staff, refused, row_of
from tests.ballots.test_ballots_secret import urn, vote
from tests.council.square import CLOSES, DAY, SECOND, Square, a_question, a_square
from tests.makers import NOON, a_household

HOURS = timedelta(hours=24)


@pytest.fixture
def square(context: Flask) -> Square:
    return a_square()


@pytest.fixture
def second(square: Square) -> Person:
    return more_staff(square)


def hand_in(square: Square, question: Question, people: Sequence[Person], **values: Any) -> None:
    for one in people:
        known: dict[str, Any] = {"by": square.staff, "at": NOON, "voter_id": one.id} | values
        operations.hand_in(question.id, row_of(question, one), **known)


def count(question: Question, tally: dict[str, int], *by: Person, at: Any = NOON) -> list[bool]:
    return [operations.count_urn(question.id, tally, by=one, at=at) for one in by]


@pytest.mark.parametrize("electorate", ["person", "household"])
def test_whoever_hands_in_a_sealed_paper_is_marked_and_nothing_is_known_of_it(square: Square, electorate: str) -> None:
    question, me = a_question(square, secret=True, electorate=electorate), square.neighbours[0]

    hand_in(square, question, [me])

    mark = db.session.scalars(select(SecretMark)).one()
    assert (mark.cast_by, mark.channel, mark.on_day) == (me.id, "paper", NOON.date())
    assert urn(question) == []
    assert acts() == [("hand_in", square.staff.id)]
    assert channel_queries.urn_of(question.id, NOON) == channel_queries.Urn(1, 1, None, few=True, may_open=False)


def test_who_is_marked_hands_in_no_second_paper_and_staff_see_who(square: Square, second: Person) -> None:
    question, (one, two) = a_question(square, secret=True), square.neighbours[:2]
    vote(question, one)
    hand_in(square, question, [two])

    for person, said in ((one, "voted on the web"), (two, "a sealed paper was handed in")):
        told = refused(said, operations.hand_in, question.id, row_of(question, person), by=second, at=NOON)
        assert told["name"] == person.full_name
    with pytest.raises(Refused, match="handed in on paper"):
        vote(question, two)


def test_of_a_household_one_hands_in_and_the_name_is_that_of_who_voted(square: Square) -> None:
    question = a_question(square, secret=True, electorate="household")
    vote(question, square.spouse)
    row = row_of(question, square.neighbours[0])

    handing: dict[str, Any] = {"by": square.staff, "at": NOON, "voter_id": square.neighbours[0].id}
    assert refused("on the web", operations.hand_in, question.id, row, **handing)["name"] == square.spouse.full_name
    refused("which adult", operations.hand_in, question.id, row, by=square.staff, at=NOON)
    away = row_of(question, square.neighbours[1])
    refused("does not live", operations.hand_in, question.id, away, by=square.staff, at=NOON, voter_id=square.spouse.id)


def test_papers_are_taken_in_by_staff_of_other_households_from_opening_to_closing(square: Square) -> None:
    question, me = a_question(square, secret=True, opens_at=NOON, at=NOON - DAY), square.neighbours[0]
    at_home = more_staff(square, home=square.homes[0])

    refused("entered by the staff", hand_in, square, question, [me], by=square.neighbours[1], status=403)
    refused("own household", hand_in, square, question, [me], by=at_home, status=403)
    refused("not opened yet", hand_in, square, question, [me], at=NOON - SECOND)
    refused("closed on", hand_in, square, question, [me], at=CLOSES)
    hand_in(square, question, [me], at=NOON)
    hand_in(square, question, [square.neighbours[1]], at=CLOSES - SECOND)
    assert channel_queries.urn_of(question.id, NOON).handed_in == 2


def test_an_open_ballot_has_no_urn(square: Square) -> None:
    question = a_question(square)

    refused("This ballot is open", hand_in, square, question, square.neighbours[:1])
    refused("This ballot is open", count, question, {"yes": 1}, square.staff)
    refused("This ballot is open", operations.take_count_back, question.id, by=square.staff, at=NOON)


def test_two_who_count_the_same_put_the_papers_in_and_no_tally_stays(square: Square, second: Person) -> None:
    question, people = a_question(square, secret=True), square.neighbours
    vote(question, people[9], "no")
    hand_in(square, question, people[:6])

    assert count(question, {"yes": 4, "no": 1, "abstain": 1}, square.staff) == [False]
    assert channel_queries.urn_of(question.id, NOON).counting_by == square.staff.id
    assert urn(question) == ["no"]
    assert count(question, {"abstain": 1, "no": 1, "yes": 4}, second) == [True]

    assert urn(question) == ["abstain", "no", "no", "yes", "yes", "yes", "yes"]
    assert db.session.scalar(select(func.count()).select_from(UrnCount)) == 0
    batch = db.session.scalars(select(PaperBatch)).one()
    assert (batch.number, batch.papers, batch.counted_by, batch.confirmed_by) == (1, 6, square.staff.id, second.id)
    assert channel_queries.urn_of(question.id, NOON) == channel_queries.Urn(6, 0, None, few=False, may_open=False)
    assert acts()[-2:] == [("count_urn", square.staff.id), ("confirm_count", second.id)]
    for entry in db.session.scalars(select(AuditEntry)):
        assert not {"yes", "no", "tally"} & set(str(entry.detail).replace("'", " ").split())
    operations.seal(question.id, at=CLOSES)
    counted = results.outcomes([question.id], CLOSES)[question.id]
    assert (counted.cast, counted.sums) == (7, {"yes": 4, "no": 2})


def test_a_batch_is_a_number_of_papers_and_never_what_they_said(square: Square, second: Person) -> None:
    question = a_question(square, secret=True)
    hand_in(square, question, square.neighbours[:5])
    count(question, {"yes": 5}, square.staff, second)

    assert set(PaperBatch.__table__.columns.keys()) == {
        "id", "question_id", "number", "papers", "counted_by", "confirmed_by", "at",
    }  # fmt: skip
    for change in ("DELETE FROM paper_batches", "UPDATE paper_batches SET papers = 4"):
        with pytest.raises(DBAPIError, match="append-only"), db.session.begin_nested():
            db.session.execute(text(change))


def test_two_who_count_differently_count_together_anew(square: Square, second: Person) -> None:
    question = a_question(square, secret=True)
    hand_in(square, question, square.neighbours[:5])
    count(question, {"yes": 5}, square.staff)

    refused("not what the first person counted", count, question, {"yes": 4, "no": 1}, second)
    operations.take_count_back(question.id, by=second, at=NOON)
    refused("Nothing waits", operations.take_count_back, question.id, by=second, at=NOON)
    assert count(question, {"yes": 4, "no": 1}, second, square.staff) == [False, True]


def test_the_second_who_counts_is_another_person_of_another_household(square: Square, second: Person) -> None:
    question = a_question(square, secret=True)
    home = a_household(square.street.village_group)
    wife, husband = (more_staff(square, home=home) for _ in range(2))
    hand_in(square, question, square.neighbours[:5])
    count(question, {"yes": 5}, wife)

    refused("You did this first", count, question, {"yes": 5}, wife, status=403)
    refused("Somebody of your household", count, question, {"yes": 5}, husband, status=403)
    refused("entered by the staff", count, question, {"yes": 5}, square.neighbours[0], status=403)
    refused("entered by the staff", operations.take_count_back, question.id, by=square.neighbours[0], at=NOON)
    assert count(question, {"yes": 5}, second) == [True]


@pytest.mark.parametrize(
    ("tally", "said"),
    [({"yes": 4}, "add up"), ({"yes": 6}, "add up"), ({}, "add up"), ({"yes": 6, "no": -1}, "add up"),
     ({"maybe": 5}, "choose from the answers")],
)  # fmt: skip
def test_a_count_is_of_all_papers_handed_in_and_of_answers_on_the_paper(
    square: Square, tally: dict[str, int], said: str
) -> None:
    question = a_question(square, secret=True)
    refused("No papers wait", count, question, tally | {"yes": 1} if "maybe" not in tally else {"yes": 1}, square.staff)
    hand_in(square, question, square.neighbours[:5])

    refused(said, count, question, tally, square.staff, status=422)


def test_what_is_handed_in_during_a_count_waits_for_the_next_one(square: Square, second: Person) -> None:
    question = a_question(square, secret=True)
    hand_in(square, question, square.neighbours[:5])
    count(question, {"yes": 5}, square.staff)
    hand_in(square, question, square.neighbours[5:7])

    assert count(question, {"yes": 5}, second) == [True]
    assert channel_queries.urn_of(question.id, NOON).uncounted == 2
    hand_in(square, question, square.neighbours[7:])
    assert count(question, {"no": 5}, square.staff, second) == [False, True]
    assert [(one.number, one.papers) for one in channel_queries.batches_of(question.id)] == [(1, 5), (2, 5)]
    assert urn(question) == ["no"] * 5 + ["yes"] * 5


@pytest.mark.parametrize(
    ("papers", "before", "opened"), [(4, 24, True), (4, 24.001, False), (5, 60, True), (1, 1, True)]
)
def test_fewer_than_five_papers_wait_for_more_until_a_day_before_closing(
    square: Square, second: Person, papers: int, before: float, opened: bool
) -> None:
    question, at = a_question(square, secret=True), CLOSES - timedelta(hours=before)
    hand_in(square, question, square.neighbours[:papers])

    seen = channel_queries.urn_of(question.id, at)
    assert (seen.few, seen.may_open) == (papers < 5, opened)
    if opened:
        assert count(question, {"yes": papers}, square.staff, second, at=at) == [False, True]
    else:
        refused("wait for more", count, question, {"yes": papers}, square.staff, at=at)


def test_nothing_is_counted_after_closing_and_what_one_counted_does_no_harm(square: Square, second: Person) -> None:
    question = a_question(square, secret=True)
    hand_in(square, question, square.neighbours[:5])
    count(question, {"yes": 5}, square.staff, at=CLOSES - SECOND)

    refused("closed on", count, question, {"yes": 5}, second, at=CLOSES)
    operations.seal(question.id, at=CLOSES)
    assert results.outcomes([question.id], CLOSES)[question.id].cast == 0
    operations.take_count_back(question.id, by=second, at=CLOSES + DAY)
    assert not channel_queries.urn_of(question.id, CLOSES).may_open
