"""Questions, rolls, votes and receipts on the real database."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import date
from fractions import Fraction

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.ballots import operations, queries, results
from app.ballots.bringing_in import fill
from app.ballots.models import Ballot, Question, QuestionOption, RollEntry
from app.ballots.rules import Option, Text
from app.kit.audit import AuditEntry
from app.kit.db import db
from app.kit.refusal import Refused
from app.kit.words import Words
from app.people.models import Resident, SignIn
from app.places.models import Place
from tests.council.square import CLOSES, DAY, SECOND, Square, a_question, a_square
from tests.makers import NOON, a_resident, as_person, give
from tools import verify_tally

WHY = Words(zh="通知晚到了一天", en="The notice came a day late")
AB = [Option("a", Words(zh="甲", en="A")), Option("b", Words(zh="乙", en="B"))]


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


def test_whoever_lives_in_no_household_has_no_vote_of_others_to_cast(square: Square) -> None:
    a_question(square)
    away = a_resident()
    waiting = select(Question.id).where(queries.open_questions(as_person(away), NOON))

    assert db.session.scalars(waiting).all() == []


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
    assert results.by_receipt(question.id, first.receipt, CLOSES) is None
    assert results.by_receipt(question.id, second.receipt.lower().replace("-", " "), CLOSES) == "no"


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
    assert results.published(question.id, CLOSES - SECOND) is None
    assert results.outcomes([question.id], CLOSES - SECOND) == {}


def test_after_closing_the_published_ballots_give_the_same_tally(square: Square) -> None:
    question = a_question(square)
    for number, person in enumerate(square.neighbours):
        operations.cast(question.id, choice="no" if number % 3 == 0 else "yes", by=person, at=NOON)

    listed = results.published(question.id, CLOSES)
    box = queries.vote_box(question.id, square.neighbours[0], CLOSES)

    assert listed is not None
    assert box is not None
    assert listed == sorted(listed)
    assert {answer.key: answer.votes for answer in box.answers} == {
        key: [choice for _hash, choice in listed].count(key) for key in ("yes", "no", "abstain")
    }
    assert box.outcome is not None
    assert box.outcome.result == "carried"
    assert results.outcomes([question.id], CLOSES)[question.id] == box.outcome


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
        ({"method": "by_acclaim"}, "not known here"),
        ({"method": "approval", "options": [Option(f"o{n}", WHY) for n in range(21)]}, "At most"),
        ({"threshold": Fraction(0)}, "a single yes would do"),
        ({"method": "approval", "options": [AB[0], Option("b", Words(zh=" 甲"))]}, "stands on the paper twice"),
        ({"method": "transferable", "options": AB, "seats": 2}, "more answers than seats"),
        ({"method": "approval", "options": [*AB, Option("c", WHY)], "seats": 2}, "with the transferable vote only"),
        ({"method": "run_off", "options": AB, "default": "b"}, "with the ranking by pairs only"),
        ({"method": "schulze", "options": AB, "default": "c"}, "with the ranking by pairs only"),
        ({"ties": "coin"}, "rules of a ballot are not known"),
        ({"method": "score", "options": AB, "best": 11}, "rules of a ballot are not known"),
        ({"quorum_of": "staff"}, "rules of a ballot are not known"),
        ({"method": "single_choice", "options": [Option("a", WHY)]}, "at least two"),
        ({"quorum": Fraction(3, 2)}, "shares between 0 and 100"),
        ({"closes_at": NOON}, "closes after it has opened"),
    ],
)
def test_a_question_that_could_not_be_decided_is_not_put(square: Square, values: dict[str, object], says: str) -> None:
    with pytest.raises(Refused, match=says):
        a_question(square, **values)


@pytest.mark.parametrize(("method", "choice"), [
    ("yes_no", "a"), ("single_choice", "west"), ("single_choice", ""), ("approval", "b,a"), ("score", "a:6,b:0"),
    ("schulze", "a>a"), ("run_off", "a,b"), ("run_off", "a>c"), ("transferable", "yes"),
])  # fmt: skip
def test_a_paper_that_is_no_vote_is_refused_with_a_sentence(square: Square, method: str, choice: str) -> None:
    question = a_question(square, method=method, options=() if method == "yes_no" else AB)

    with pytest.raises(Refused, match=r"choose from the answers|each place once") as no:
        operations.cast(question.id, choice=choice, by=square.neighbours[0], at=NOON)

    assert no.value.refusal.status == 422
    assert count(question.id) == {}


@pytest.mark.parametrize(("method", "papers", "winner"), [
    ("approval", ["a", "a,b", "b", "a", "abstain"], "a"), ("score", ["a:5,b:1", "a:0,b:5", "a:3,b:3", "abstain"], "b"),
    ("schulze", ["a>b", "b>a", "b", "a,b"], "b"), ("run_off", ["a", "b>a", "b"], "b"),
    ("transferable", ["b", "a>b", "b"], "b"), ("single_choice", ["a", "a", "b", "abstain"], "a"),
])  # fmt: skip
def test_every_method_is_cast_counted_and_found_by_its_receipt(
    square: Square, method: str, papers: list[str], winner: str
) -> None:
    question = a_question(square, method=method, options=AB, threshold=Fraction(0))
    receipts = [
        operations.cast(question.id, choice=paper, by=person, at=NOON).receipt
        for paper, person in zip(papers, square.neighbours, strict=False)
    ]

    ended = results.outcomes([question.id], CLOSES)[question.id]

    assert (ended.result, list(ended.winners), ended.cast) == ("carried", [winner], len(papers))
    assert [results.by_receipt(question.id, one, CLOSES) for one in receipts] == papers


def test_the_bundle_of_a_closed_question_is_accepted_by_the_verifier(square: Square) -> None:
    question = a_question(
        square, method="schulze", options=[*AB, Option("none", WHY)], default="none", threshold=Fraction(0),
        quorum=Fraction(0), text=Text(WHY, "/topics/1", "ab" * 32),
    )  # fmt: skip
    for paper, person in zip(["a>none>b", "b>a>none", "abstain"], square.neighbours, strict=False):
        operations.cast(question.id, choice=paper, by=person, at=NOON)

    assert results.bundle(question.id, CLOSES - SECOND) is None
    bundle = results.bundle(question.id, CLOSES)

    assert bundle is not None
    assert (
        verify_tally.check(json.loads(json.dumps(bundle)), digest=bundle["digest"])
        == "3 papers counted again: carried a"
    )
    assert bundle["question"]["text"] == {"name": WHY.as_dict(), "href": "/topics/1", "sha256": "ab" * 32}


def test_the_database_has_the_last_word_on_one_vote_an_elector(square: Square) -> None:
    question = a_question(square)
    operations.cast(question.id, choice="yes", by=square.neighbours[0], at=NOON)
    entry = db.session.scalar(select(Ballot.roll_entry_id))

    with pytest.raises(IntegrityError):
        db.session.execute(
            Ballot.__table__.insert().values(
                question_id=question.id, roll_entry_id=entry, choice="no", receipt_hash="x", cast_at=NOON, channel="web"
            )
        )


@pytest.mark.parametrize("table", [QuestionOption, RollEntry])
def test_options_and_roll_cannot_be_changed_after_opening(square: Square, table: type) -> None:
    a_question(square)

    with pytest.raises(DBAPIError, match="append-only"):
        db.session.execute(text(f"DELETE FROM {table.__tablename__}"))  # type: ignore[attr-defined]


CHANGES = ("wording = '{}'", "method = 'approval'", "secret = 1 = 1", "quorum_part = 0", "threshold_part = 0",
           "roll_hash = 'x'", "roll_size = 9", "opens_at = closes_at", "closes_at = opens_at", "scope = '[]'",
           "text_hash = 'x'", "electorate = 'household'", "ties = 'lot'", "subject = 'topic:9'")  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_the_database_keeps_a_question_as_it_was_opened(square: Square, change: str) -> None:
    a_question(square)

    with pytest.raises(DBAPIError, match="append-only"):
        db.session.execute(text(f"UPDATE questions SET {change}"))


def test_a_question_cannot_be_taken_away(square: Square) -> None:
    question = a_question(square)
    values = {column.name: getattr(question, column.name) for column in Question.__table__.columns}
    db.session.execute(Question.__table__.insert(), values | {"id": question.id + 1})  # one that nothing refers to

    with pytest.raises(DBAPIError, match="append-only"):
        db.session.execute(text(f"DELETE FROM questions WHERE id = {question.id + 1}"))


def test_the_representative_of_a_household_votes_for_it(square: Square) -> None:
    """Named before opening; once they moved away, any adult of the household votes again (one vote, as frozen)."""
    group = db.session.get_one(Place, square.homes[0].group_id)
    give("household_rep", db.session.get_one(Resident, square.spouse.id), group)
    question = a_question(square, electorate="household")

    with pytest.raises(Refused, match="named its representative"):
        operations.cast(question.id, choice="yes", by=square.neighbours[0], at=NOON)
    box = queries.vote_box(question.id, square.neighbours[0], NOON)
    assert box is not None
    assert box.refusal is not None
    operations.cast(question.id, choice="no", by=square.spouse, at=NOON)
    assert count(question.id) == {"no": 1}


def test_where_the_representative_moved_away_any_adult_votes(square: Square) -> None:
    group = db.session.get_one(Place, square.homes[0].group_id)
    moving = db.session.get_one(Resident, square.spouse.id)
    give("household_rep", moving, group)
    question = a_question(square, electorate="household")
    moving.household_id = square.homes[4].id
    db.session.flush()

    operations.cast(question.id, choice="yes", by=square.neighbours[0], at=NOON)

    assert count(question.id) == {"yes": 1}


def test_a_roll_of_those_who_hold_a_role(square: Square) -> None:
    for one in square.neighbours[:3]:
        give("council", db.session.get_one(Resident, one.id), square.community)

    question = a_question(square, roles=["council"])
    households = a_question(square, subject="topic:2", roles=["council"], electorate="household")

    roll = set(db.session.scalars(select(RollEntry.resident_id).where(RollEntry.question_id == question.id)))
    assert roll == {one.id for one in square.neighbours[:3]}
    assert households.roll_size == 3
    assert question.scope == [[square.community.path, "council"]]


def test_a_quorum_of_those_who_were_active_lately(square: Square) -> None:
    """Signed in or voted within a year before opening; the number is fixed at opening."""
    earlier = a_question(square, closes_at=NOON + DAY)
    operations.cast(earlier.id, choice="yes", by=square.neighbours[0], at=NOON)
    for who, days in ((1, 10), (2, 400)):
        db.session.add(SignIn(token_hash=f"{who}", resident_id=square.neighbours[who].id, device="",
                              started_at=CLOSES - days * DAY, expires_at=CLOSES))  # fmt: skip
    db.session.flush()

    question = a_question(square, subject="topic:2", quorum=Fraction(1, 2), quorum_of="active", opens_at=CLOSES,
                          closes_at=CLOSES + DAY)  # fmt: skip

    assert (question.quorum_size, question.roll_size) == (2, 11)
    box = queries.vote_box(question.id, square.neighbours[0], CLOSES)
    assert box is not None
    assert box.needed == 1


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


def test_the_line_of_age_is_drawn_on_the_day_of_opening(square: Square) -> None:
    today = date(2026, 11, 18)
    turns = as_person(a_resident(square.homes[5], born_on=date(today.year - 18, today.month, today.day)))
    tomorrow = as_person(a_resident(square.homes[5], born_on=date(today.year - 18, today.month, today.day + 1)))

    question = a_question(square)

    roll = set(db.session.scalars(select(RollEntry.resident_id).where(RollEntry.question_id == question.id)))
    assert turns.id in roll
    assert tomorrow.id not in roll
