"""flask verify on votes: each belongs to the roll of its question, and urns hold what was handed in, never more."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from app.ballots import operations, proof
from app.ballots.models import Question
from app.ballots.secret_models import SecretMark, SecretPaper
from app.kit.db import db
from tests.ballots.desk import more_staff, on_paper, row_of
from tests.ballots.test_ballots_secret import vote
from tests.council.square import CLOSES, SECOND, Square, a_question, a_square
from tests.makers import NOON

_ALONE = {
    "sqlite": [f"DROP TRIGGER {one}_no_{verb}" for one in ("secret_marks", "paper_batches", "counted_papers")
               for verb in ("update", "delete")],
    "postgresql": ["SET LOCAL session_replication_role = replica"],
}  # fmt: skip


@pytest.fixture
def square(context: Flask) -> Square:
    return a_square()


def tamper(*statements: str) -> None:
    """A tamperer with the owner's rights switches the guards off first."""
    db.session.flush()
    for statement in (*_ALONE[db.engine.dialect.name], *statements):
        db.session.connection().exec_driver_sql(statement)
    db.session.expire_all()


def found() -> list[tuple[str, str]]:
    return [(one.invariant, one.where) for one in proof.faults()]


def a_secret_one(square: Square) -> Question:
    """Two voted on the web; six papers were handed in, and five of them are counted."""
    question, second = a_question(square, secret=True), more_staff(square)
    for one in square.neighbours[:2]:
        vote(question, one)
    for number, one in enumerate(square.neighbours[2:8]):
        operations.hand_in(question.id, row_of(question, one), by=square.staff, at=NOON)
        if number == 4:
            for by in (square.staff, second):
                operations.count_urn(question.id, {"yes": 3, "no": 2}, by=by, at=NOON)
    return question


def test_honest_ballots_of_all_channels_are_in_order(square: Square) -> None:
    secret, second = a_secret_one(square), more_staff(square)
    for electorate in ("person", "household"):
        question = a_question(square, electorate=electorate, subject=f"agreement:{electorate}")
        operations.cast(question.id, choice="yes", by=square.neighbours[0], at=NOON)
        on_paper(question, square.neighbours[1], "no", square.staff, second)
        holder, granter = square.neighbours[2], square.neighbours[3]
        known: dict[str, Any] = {"by": square.staff, "at": NOON, "voter_id": granter.id}
        operations.register_proxy(question.id, row_of(question, granter), holder_id=holder.id, **known)
        operations.vote_by_proxy(question.id, row_of(question, granter), choice="yes", by=holder, at=NOON)
        waits = row_of(question, square.neighbours[5])
        operations.type_paper(question.id, waits, choice="no", by=second, at=CLOSES - SECOND)
        operations.contest(question.id, by=granter, at=NOON)

    assert (found(), proof.counts()) == ([], {"questions": 3})
    operations.seal(secret.id, at=CLOSES)
    assert found() == []  # nor does a typed paper of a closed ballot do any harm


@pytest.mark.parametrize(
    "tampering",
    [
        "INSERT INTO secret_papers (question_id, receipt_hash, choice) VALUES ({question}, 'x', 'yes')",
        "DELETE FROM secret_papers WHERE question_id = {question} AND choice = 'no'",
        "DELETE FROM secret_marks WHERE channel = 'web' AND cast_by = {web}",
        "UPDATE secret_marks SET channel = 'paper' WHERE cast_by = {web}",
        "UPDATE paper_batches SET papers = 6 WHERE question_id = {question}",
    ],
)
@pytest.mark.parametrize("sealed", [False, True])
def test_a_paper_too_many_or_too_few_is_named(square: Square, tampering: str, sealed: bool) -> None:
    question = a_secret_one(square)
    if sealed:
        operations.seal(question.id, at=CLOSES)
        tampering = tampering.replace("INTO secret_papers (", "INTO counted_papers (number, ")
        tampering = tampering.replace("VALUES (", "VALUES (99, ").replace("secret_papers", "counted_papers")
    tamper(tampering.format(question=question.id, web=square.neighbours[0].id))

    assert found() == [("urn", f"question:{question.id}")]


def test_papers_that_nobody_handed_in_are_named(square: Square) -> None:
    question = a_secret_one(square)
    two = ", ".join(str(one.id) for one in square.neighbours[2:4])
    tamper(f"DELETE FROM secret_marks WHERE cast_by IN ({two})")

    assert found() == [("urn", f"question:{question.id}")]


@pytest.mark.parametrize("secret", [False, True])
def test_a_vote_of_somebody_on_the_roll_of_another_question_is_named(square: Square, secret: bool) -> None:
    question = a_question(square, secret=secret)
    other = a_question(square, subject="topic:2", secret=secret)
    if secret:
        vote(question, square.neighbours[0])
    else:
        operations.cast(question.id, choice="yes", by=square.neighbours[0], at=NOON)
    table, row = "secret_marks" if secret else "ballots", row_of(other, square.neighbours[0])
    tamper(f"UPDATE {table} SET roll_entry_id = {row}")

    assert found() == [("votes", f"question:{question.id}")]


def test_a_named_vote_in_a_secret_ballot_is_named(square: Square) -> None:
    question, other = a_question(square, secret=True), a_question(square, subject="topic:2")
    operations.cast(other.id, choice="yes", by=square.neighbours[0], at=NOON)
    row = row_of(question, square.neighbours[0])
    tamper(f"UPDATE ballots SET question_id = {question.id}, roll_entry_id = {row}")

    assert found() == [("votes", f"question:{question.id}")]


@pytest.mark.parametrize("table", [SecretMark, SecretPaper])
def test_marks_and_papers_of_an_open_ballot_are_named(square: Square, table: Any) -> None:
    question = a_question(square)
    values = {
        SecretMark: {"roll_entry_id": row_of(question, square.neighbours[0]), "question_id": question.id,
                     "channel": "web", "on_day": NOON.date()},
        SecretPaper: {"question_id": question.id, "receipt_hash": "x", "choice": "yes"},
    }  # fmt: skip
    db.session.execute(table.__table__.insert(), values[table])

    assert found() == [("votes", f"question:{question.id}")]
