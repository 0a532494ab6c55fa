"""Questions, rolls, votes and receipts on the real database."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from fractions import Fraction

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.ballots import operations, queries
from app.ballots.bringing_in import fill
from app.ballots.models import Ballot, Question, QuestionOption, RollEntry
from app.ballots.rules import Option
from app.kit.audit import AuditEntry
from app.kit.db import db
from app.kit.refusal import Refused
from app.kit.words import Words
from app.people.models import Resident
from tests.council.square import CLOSES, DAY, SECOND, Square, a_question, a_square
from tests.makers import NOON, a_resident, as_person

WHY = Words(zh="通知晚到了一天", en="The notice came a day late")


@pytest.fixture
def square(context: Flask) -> Square:
    return a_square()


def count(question_id: int) -> dict[str, int]:
    rows = db.session.execute(
        select(Ballot.choice, func.count()).where(Ballot.question_id == question_id).group_by(Ballot.choice)
    )
    return dict(rows.all())


def test_the_roll_holds_verified_adults_of_the_place_and_nobody_else(square: Square) -> None:
    question = a_question(square)

    roll = set(db.session.scalars(select(RollEntry.resident_id).where(RollEntry.question_id == question.id)))

    assert roll == {one.id for one in (*square.neighbours, square.spouse)}
    assert question.roll_size == 11
    assert len(question.roll_hash) == 64


def test_a_household_roll_holds_every_household_of_the_place(square: Square) -> None:
    question = a_question(square, electorate="household")

    roll = set(db.session.scalars(select(RollEntry.household_id).where(RollEntry.question_id == question.id)))

    assert roll == {home.id for home in square.homes}


def test_who_moves_in_after_opening_is_not_on_the_roll(square: Square) -> None:
    question = a_question(square)
    late = as_person(a_resident(square.homes[3]))

    with pytest.raises(Refused, match="not on the roll"):
        operations.cast(question.id, choice="yes", by=late, at=NOON)


def test_a_changed_vote_replaces_the_earlier_one_and_its_receipt(square: Square) -> None:
    question = a_question(square)

    first = operations.cast(question.id, choice="yes", by=square.neighbours[0], at=NOON)
    second = operations.cast(question.id, choice="no", by=square.neighbours[0], at=NOON + DAY)

    assert count(question.id) == {"no": 1}
    assert (first.first, second.first) == (True, False)
    assert queries.by_receipt(question.id, first.receipt, CLOSES) is None
    assert queries.by_receipt(question.id, second.receipt.lower().replace("-", " "), CLOSES) == "no"


def test_a_household_votes_once_and_only_its_voter_changes_it(square: Square) -> None:
    question = a_question(square, electorate="household")
    operations.cast(question.id, choice="yes", by=square.neighbours[0], at=NOON)

    with pytest.raises(Refused, match="someone in yours has already voted"):
        operations.cast(question.id, choice="no", by=square.spouse, at=NOON)
    operations.cast(question.id, choice="no", by=square.neighbours[0], at=NOON)

    assert count(question.id) == {"no": 1}


def test_who_moves_house_does_not_vote_twice(square: Square) -> None:
    question = a_question(square, electorate="household")
    mover = square.neighbours[0]
    operations.cast(question.id, choice="yes", by=mover, at=NOON)
    db.session.execute(update(Resident).where(Resident.id == mover.id).values(household_id=square.homes[4].id))
    there = as_person(db.session.get_one(Resident, mover.id, populate_existing=True))

    with pytest.raises(Refused, match="the household you lived in then"):
        operations.cast(question.id, choice="yes", by=there, at=NOON)
    operations.cast(question.id, choice="no", by=square.neighbours[4], at=NOON)

    assert count(question.id) == {"yes": 1, "no": 1}


@pytest.mark.parametrize(("at", "taken"), [(NOON - SECOND, 0), (NOON, 1), (CLOSES - SECOND, 1), (CLOSES, 0)])
def test_the_interval_is_half_open(square: Square, at: object, taken: int) -> None:
    question = a_question(square, opens_at=NOON, at=NOON - DAY)

    with suppress(Refused):
        operations.cast(question.id, choice="yes", by=square.neighbours[0], at=at)  # type: ignore[arg-type]

    assert sum(count(question.id).values()) == taken


@pytest.mark.parametrize("who", ["child", "newcomer", "villager", "staff"])
def test_nobody_else_votes(square: Square, who: str) -> None:
    question = a_question(square)

    with pytest.raises(Refused) as no:
        operations.cast(question.id, choice="yes", by=getattr(square, who), at=NOON)

    assert no.value.refusal.status == 403
    assert count(question.id) == {}


def test_no_tally_before_closing_for_anybody(square: Square) -> None:
    question = a_question(square)
    operations.cast(question.id, choice="yes", by=square.neighbours[0], at=NOON)

    for person in (square.neighbours[0], square.staff):
        box = queries.vote_box(question.id, person, CLOSES - SECOND)
        assert box is not None
        assert {answer.votes for answer in box.answers} == {None}
        assert (box.cast, box.outcome) == (1, None)
    assert queries.published(question.id, CLOSES - SECOND) is None
    assert queries.outcomes([question.id], CLOSES - SECOND) == {}


def test_after_closing_the_published_ballots_give_the_same_tally(square: Square) -> None:
    question = a_question(square)
    for number, person in enumerate(square.neighbours):
        operations.cast(question.id, choice="no" if number % 3 == 0 else "yes", by=person, at=NOON)

    listed = queries.published(question.id, CLOSES)
    box = queries.vote_box(question.id, square.neighbours[0], CLOSES)

    assert listed is not None
    assert box is not None
    assert listed == sorted(listed)
    assert {answer.key: answer.votes for answer in box.answers} == {
        key: [choice for _hash, choice in listed].count(key) for key in ("yes", "no", "abstain")
    }
    assert box.outcome is not None
    assert box.outcome.result == "carried"
    assert queries.outcomes([question.id], CLOSES)[question.id] == box.outcome


def test_an_extension_comes_before_closing_and_is_public(square: Square) -> None:
    question = a_question(square)

    operations.extend(question.id, closes_at=CLOSES + DAY, why=WHY, by=square.staff, at=CLOSES - SECOND)

    assert operations.cast(question.id, choice="yes", by=square.neighbours[0], at=CLOSES + SECOND).first
    (shown,) = queries.extensions(question.id)
    assert (shown.closed_at, shown.closes_at, shown.why) == (CLOSES, CLOSES + DAY, WHY)
    assert (
        db.session.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.act == "ballots.extend")) == 1
    )
    with pytest.raises(Refused, match="can no longer be extended"):
        operations.extend(question.id, closes_at=CLOSES + 9 * DAY, why=WHY, by=square.staff, at=CLOSES + DAY)
    with pytest.raises(Refused, match="later than the present one"):
        operations.extend(question.id, closes_at=CLOSES, why=WHY, by=square.staff, at=NOON)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"secret": True}, "Secret ballots cannot be held here yet"),
        ({"method": "approval"}, "not known here"),
        ({"method": "single_choice", "options": [Option("a", WHY)]}, "at least two"),
        ({"quorum": Fraction(3, 2)}, "shares between 0 and 100"),
        ({"closes_at": NOON}, "closes after it has opened"),
    ],
)
def test_a_question_that_could_not_be_decided_is_not_put(square: Square, values: dict[str, object], says: str) -> None:
    with pytest.raises(Refused, match=says):
        a_question(square, **values)


def test_a_choice_of_another_question_is_not_stored(square: Square) -> None:
    question = a_question(square)

    with pytest.raises(IntegrityError):
        operations.cast(question.id, choice="west", by=square.neighbours[0], at=NOON)


def test_the_database_has_the_last_word_on_one_vote_an_elector(square: Square) -> None:
    question = a_question(square)
    operations.cast(question.id, choice="yes", by=square.neighbours[0], at=NOON)
    entry = db.session.scalar(select(Ballot.roll_entry_id))

    with pytest.raises(IntegrityError):
        db.session.execute(
            Ballot.__table__.insert().values(
                question_id=question.id, roll_entry_id=entry, choice="no", receipt_hash="x", cast_at=NOON
            )
        )


@pytest.mark.parametrize("table", [QuestionOption, RollEntry])
def test_options_and_roll_cannot_be_changed_after_opening(square: Square, table: type) -> None:
    a_question(square)

    with pytest.raises(DBAPIError, match="append-only"):
        db.session.execute(text(f"DELETE FROM {table.__tablename__}"))  # type: ignore[attr-defined]


def test_past_votes_are_filled_in_up_to_the_roll_and_leave_some_free(square: Square) -> None:
    question = a_question(square)
    me = square.neighbours[0]

    cast = fill(question.id, {"yes": 6, "no": 90}, at=NOON, but=[me.id])

    assert cast == 10
    assert count(question.id) == {"yes": 6, "no": 4}
    assert operations.cast(question.id, choice="abstain", by=me, at=NOON).first
    assert operations.cast(question.id, choice="no", by=square.neighbours[1], at=NOON).first is False


def test_the_receipt_is_kept_nowhere(square: Square) -> None:
    question = a_question(square)

    cast = operations.cast(question.id, choice="yes", by=square.neighbours[0], at=NOON)

    kept = db.session.scalar(select(Ballot.receipt_hash)) or ""
    assert cast.receipt not in kept
    assert len(kept) == 64
    assert db.session.scalar(select(Question.id).where(Question.id == question.id, Question.secret)) is None


def test_the_line_of_age_is_drawn_on_the_day_of_opening(square: Square) -> None:
    today = date(2026, 11, 18)
    turns = as_person(a_resident(square.homes[5], born_on=date(today.year - 18, today.month, today.day)))
    tomorrow = as_person(a_resident(square.homes[5], born_on=date(today.year - 18, today.month, today.day + 1)))

    question = a_question(square)

    roll = set(db.session.scalars(select(RollEntry.resident_id).where(RollEntry.question_id == question.id)))
    assert turns.id in roll
    assert tomorrow.id not in roll
