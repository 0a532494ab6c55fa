"""flask verify outside the ledger: supporters and rolls are counted again, and whoever tampers is found."""

from __future__ import annotations

import pytest
from flask import Flask

from app.ballots import proof as ballots
from app.council import operations, proof
from app.council.models import Topic
from app.kit.db import db
from app.kit.words import Words
from tests.council.square import Square, a_question, a_square, a_topic
from tests.makers import NOON

# A tamperer with the owner's rights switches the guards off first.
_OFF = {
    "sqlite": [
        f"DROP TRIGGER {one}" for one in ("roll_entries_no_update", "roll_entries_no_delete", "questions_fixed")
    ],
    "postgresql": ["SET LOCAL session_replication_role = replica"],
}


@pytest.fixture
def square(context: Flask) -> Square:
    return a_square()


def tamper(*statements: str) -> None:
    db.session.flush()
    for statement in (*_OFF[db.engine.dialect.name], *statements):
        db.session.connection().exec_driver_sql(statement)


def a_supported_topic(square: Square) -> Topic:
    topic = a_topic(square)
    for neighbour in square.neighbours[:3]:
        operations.support(topic.id, by=neighbour, at=NOON)
    operations.withdraw_support(topic.id, by=square.neighbours[0])
    return topic


def test_honest_counts_of_support_are_in_order(square: Square) -> None:
    topic = a_supported_topic(square)
    goal = a_topic(square, by=square.neighbours[8])
    operations.support(goal.id, by=square.neighbours[1], at=NOON)
    operations.merge(
        topic.id, into_id=goal.id, why=Words(zh="同一件事", en="The same matter"), by=square.staff, at=NOON
    )

    assert (list(proof.faults()), proof.counts()) == ([], {"topics": 2})


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE topics SET support_count = support_count + 1 WHERE id = {topic}",
        "DELETE FROM topic_supports WHERE topic_id = {topic}",
        "UPDATE topics SET support_count = 1, source = 'elsewhere', source_id = '1' WHERE id = {topic}",
    ],
)
def test_support_that_nobody_gave_is_named(square: Square, tampering: str) -> None:
    a_topic(square)
    topic = a_supported_topic(square)
    tamper(tampering.format(topic=topic.id))

    assert [(one.invariant, one.where) for one in proof.faults()] == [("support", f"topic:{topic.id}")]


def test_what_was_brought_in_may_count_supporters_of_elsewhere(square: Square) -> None:
    topic = a_supported_topic(square)
    tamper(f"UPDATE topics SET support_count = 900, source = 'elsewhere', source_id = '1' WHERE id = {topic.id}")

    assert list(proof.faults()) == []


@pytest.mark.parametrize("electorate", ["person", "household"])
def test_honest_rolls_are_in_order(square: Square, electorate: str) -> None:
    a_question(square, electorate=electorate)

    assert (list(ballots.faults()), ballots.counts()) == ([], {"questions": 1})


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE questions SET roll_size = roll_size - 1 WHERE id = {question}",
        "UPDATE questions SET roll_hash = 'x' WHERE id = {question}",
        "DELETE FROM roll_entries WHERE question_id = {question} AND resident_id = {elector}",
        "UPDATE roll_entries SET resident_id = {stranger} WHERE question_id = {question} AND resident_id = {elector}",
    ],
)
def test_a_roll_that_was_changed_after_opening_is_named(square: Square, tampering: str) -> None:
    a_question(square, subject="topic:1")
    question = a_question(square, subject="topic:2")
    ids = {"question": question.id, "elector": square.neighbours[0].id, "stranger": square.villager.id}
    tamper(tampering.format(**ids))

    assert [(one.invariant, one.where) for one in ballots.faults()] == [("roll", f"question:{question.id}")]
