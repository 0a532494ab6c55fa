"""A secret ballot: who voted stands on the roll, what was voted in the urn, and nothing joins the two."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.ballots import operations, proof, queries, results
from app.ballots.bringing_in import fill
from app.ballots.models import Ballot, Question
from app.ballots.operations.casting import new_receipt
from app.ballots.rules import Option, spaced_receipt
from app.ballots.secret_models import CountedPaper, SecretMark, SecretPaper
from app.kit.db import db
from app.kit.refusal import Refused
from app.kit.words import Words
from app.merits.models import Deed
from app.people.models import Resident
from app.people.rules import Person
from tests.council.square import CLOSES, DAY, SECOND, Square, a_question, a_square
from tests.makers import NOON, as_person, kept
from tests.worlds import Hold

WHY = Words(zh="一个选项", en="An answer")


@pytest.fixture
def square(context: Flask) -> Square:
    return a_square()


def vote(question: Question, by: Person, choice: str = "yes", receipt: str | None = None, **values: Any) -> str:
    """The receipt with which it was cast."""
    receipt = receipt or spaced_receipt(new_receipt())
    operations.cast_secretly(question.id, choice=choice, receipt=receipt, by=by, **({"at": NOON} | values))
    return receipt


def urn(question: Question) -> list[str]:
    return sorted(db.session.scalars(select(SecretPaper.choice).where(SecretPaper.question_id == question.id)))


def test_a_vote_marks_the_roll_and_puts_a_paper_into_the_urn(square: Square) -> None:
    question = a_question(square, secret=True)

    vote(question, square.neighbours[0])

    mark = db.session.scalars(select(SecretMark)).one()
    assert (mark.cast_by, mark.channel, mark.on_day) == (square.neighbours[0].id, "web", NOON.date())
    assert urn(question) == ["yes"]
    assert db.session.scalar(select(func.count()).select_from(Ballot)) == 0
    box = queries.vote_box(question.id, square.neighbours[0], NOON)
    assert box is not None
    assert (box.cast, box.my_choice, box.my_mark, box.voted) == (1, None, "web", True)


def test_only_the_receipt_changes_a_vote(square: Square) -> None:
    question, me = a_question(square, secret=True), square.neighbours[0]
    receipt = vote(question, me, "yes")

    vote(question, me, "no", receipt=receipt.lower().replace("-", " "))
    assert urn(question) == ["no"]
    with pytest.raises(Refused, match="Only your receipt can change"):
        vote(question, me, "yes")
    assert urn(question) == ["no"]


def test_the_same_form_sent_twice_votes_once(square: Square) -> None:
    question, me = a_question(square, secret=True), square.neighbours[0]
    receipt = vote(question, me)

    assert operations.cast_secretly(question.id, choice="yes", receipt=receipt, by=me, at=NOON) is False

    assert urn(question) == ["yes"]


@pytest.mark.parametrize("receipt", ["", "7C1E", "!" * 20, "7C1E-90AB-42D8-1111-2222-3333", "7c1e90ab42d8 1111222ü"])
def test_what_is_no_receipt_is_refused(square: Square, receipt: str) -> None:
    question = a_question(square, secret=True)

    with pytest.raises(Refused, match="sign by sign"):
        operations.cast_secretly(question.id, choice="yes", receipt=receipt, by=square.neighbours[0], at=NOON)


def test_a_receipt_that_lies_in_the_urn_already_takes_no_second_paper(square: Square) -> None:
    """Whoever votes for the first time with somebody else's receipt neither changes that vote nor casts one."""
    question = a_question(square, secret=True)
    receipt = vote(question, square.neighbours[0], "yes")

    with pytest.raises(Refused, match="used already"):
        vote(question, square.neighbours[1], "no", receipt=receipt)
    db.session.rollback()


def test_a_household_has_one_secret_vote(square: Square) -> None:
    question = a_question(square, secret=True, electorate="household")
    vote(question, square.neighbours[0])

    with pytest.raises(Refused, match="someone in yours has already voted"):
        vote(question, square.spouse)
    assert urn(question) == ["yes"]


def test_who_moves_house_neither_votes_twice_nor_takes_the_vote_along(square: Square) -> None:
    """The roll is that of the opening (V2): the old home has voted, the new one votes by somebody else of it."""
    question, mover, host = a_question(square, secret=True, electorate="household"), *square.neighbours[0:5:4]
    vote(question, mover)
    db.session.execute(update(Resident).where(Resident.id == mover.id).values(household_id=host.household_id))
    moved = as_person(db.session.get_one(Resident, mover.id, populate_existing=True))

    with pytest.raises(Refused, match="the household you lived in then"):
        vote(question, moved, "no")
    with pytest.raises(Refused, match="someone in yours has already voted"):
        vote(question, square.spouse, "no")
    vote(question, host, "no")

    assert urn(question) == ["no", "yes"]


@pytest.mark.parametrize(("at", "papers"), [(NOON - SECOND, 0), (NOON, 1), (CLOSES - SECOND, 1), (CLOSES, 0)])
def test_the_interval_is_half_open(square: Square, at: Any, papers: int) -> None:
    question = a_question(square, secret=True, opens_at=NOON, at=NOON - DAY)

    if papers:
        vote(question, square.neighbours[0], at=at)
    else:
        with pytest.raises(Refused):
            vote(question, square.neighbours[0], at=at)

    assert len(urn(question)) == papers


def test_of_a_vote_nothing_is_told_but_that_it_was_cast(square: Square) -> None:
    """What merits keep for simulations, and so do all who listen to `VoteCast`."""
    question = a_question(square, secret=True)
    for choice, who in (("yes", 0), ("no", 1)):
        vote(question, square.neighbours[who], choice)

    deeds = db.session.execute(select(Deed.because, Deed.resident_id, Deed.code, Deed.event, Deed.marks)).all()
    told = {tuple(str(part) for part in row if part not in (one.id for one in square.neighbours)) for row in deeds}
    assert not any(word in " ".join(row) for row in told for word in ("yes", "no ", "'no'"))


def test_the_result_is_counted_before_and_after_sealing_alike(square: Square) -> None:
    question = a_question(square, secret=True)
    receipts = [vote(question, one, "no" if number < 3 else "yes") for number, one in enumerate(square.neighbours)]
    before = results.bundle(question.id, CLOSES), results.outcomes([question.id], CLOSES)

    assert operations.empty_urns(CLOSES) == 1
    assert operations.empty_urns(CLOSES) == 0

    assert (results.bundle(question.id, CLOSES), results.outcomes([question.id], CLOSES)) == before
    assert [results.by_receipt(question.id, one, CLOSES) for one in receipts] == ["no"] * 3 + ["yes"] * 7
    assert urn(question) == []


def test_nothing_is_sealed_or_told_before_closing(square: Square) -> None:
    question = a_question(square, secret=True)
    receipt = vote(question, square.neighbours[0])

    assert operations.seal(question.id, at=CLOSES - SECOND) is False
    assert operations.empty_urns(CLOSES - SECOND) == 0
    assert results.published(question.id, CLOSES - SECOND) is None
    assert results.bundle(question.id, CLOSES - SECOND) is None
    assert results.by_receipt(question.id, receipt, CLOSES - SECOND) is None
    assert results.outcomes([question.id], CLOSES - SECOND) == {}


def test_sealed_papers_and_marks_stay(square: Square) -> None:
    question = a_question(square, secret=True)
    vote(question, square.neighbours[0])
    operations.seal(question.id, at=CLOSES)

    for table in ("secret_marks", "counted_papers"):
        for change in (f"DELETE FROM {table}", f"UPDATE {table} SET question_id = 9"):
            with pytest.raises(DBAPIError, match="append-only"), db.session.begin_nested():
                db.session.execute(text(change))


def test_the_database_has_the_last_word_on_one_mark_an_elector(square: Square) -> None:
    question = a_question(square, secret=True)
    vote(question, square.neighbours[0])
    mark = db.session.scalars(select(SecretMark)).one()
    db.session.expunge(mark)

    row = {"roll_entry_id": mark.roll_entry_id, "question_id": question.id, "channel": "web", "on_day": NOON.date()}
    with pytest.raises(IntegrityError):
        db.session.execute(SecretMark.__table__.insert(), row)


# What no table has --------------------------------------------------------------------------------------------------


def test_urn_and_roll_share_no_column_that_could_join_them() -> None:
    papers = {table: set(table.__table__.columns.keys()) for table in (SecretPaper, CountedPaper)}
    marks = set(SecretMark.__table__.columns.keys())

    assert papers[SecretPaper] == {"question_id", "receipt_hash", "choice"}
    assert papers[CountedPaper] == {"question_id", "number", "receipt_hash", "choice"}
    assert marks == {"roll_entry_id", "question_id", "cast_by", "channel", "on_day"}
    for columns in papers.values():
        assert columns & marks == {"question_id"}
        assert not [one for one in columns if one.endswith(("_at", "_by", "_id", "_on")) and one != "question_id"]
    for table in (SecretMark, SecretPaper, CountedPaper):
        assert table.__table__.dialect_options["sqlite"]["with_rowid"] is False


JOINS = {
    "sqlite": ("number", "receipt_hash"),  # there is no rowid to read: the tables have none
    "postgresql": ("number", "receipt_hash", "ctid", "xmin::text"),
}


def test_no_order_or_place_of_a_sealed_paper_says_who_cast_it(square: Square) -> None:
    """The papers in the order of anything the database keeps, against the order in which people voted."""
    question, draw = a_question(square, secret=True), random.Random(5)
    for person in square.neighbours:
        vote(question, person, draw.choice(["yes", "no"]))
    db.session.commit()
    operations.seal(question.id, at=CLOSES)
    db.session.commit()

    for column in JOINS[db.engine.dialect.name]:
        found = db.session.execute(text(f"SELECT receipt_hash, {column} AS it FROM counted_papers ORDER BY it")).all()
        if column.startswith("xmin"):
            assert len({row.it for row in found}) == 1  # one transaction for all of them
            marked = set(db.session.scalars(text("SELECT xmin::text FROM secret_marks")))
            assert marked.isdisjoint({row.it for row in found})
            continue
        order = [row.receipt_hash for row in found]
        assert order == sorted(order), column  # that of the hashes, and of nothing else
    if db.engine.dialect.name == "sqlite":
        for table in ("counted_papers", "secret_papers", "secret_marks"):
            with pytest.raises(DBAPIError, match="rowid"), db.session.begin_nested():
                db.session.execute(text(f"SELECT rowid FROM {table}"))


def test_before_sealing_sqlite_keeps_the_urn_in_the_order_of_hashes(square: Square) -> None:
    question = a_question(square, secret=True)
    for number, person in enumerate(square.neighbours):
        vote(question, person, at=NOON + timedelta(minutes=number))

    hashes = list(db.session.scalars(text("SELECT receipt_hash FROM secret_papers")))

    if db.engine.dialect.name == "sqlite":
        assert hashes == sorted(hashes)
    assert len(set(hashes)) == 10


def test_after_closing_nothing_of_the_urn_is_left_on_the_disk(app: Flask, at: Hold) -> None:
    """`flask tick` writes the papers anew, and what it takes away is gone from the files too."""
    at(NOON)
    with app.app_context(), kept():
        square = a_square()
        question = a_question(square, secret=True, method="single_choice", options=[
            Option("needle0haystack", WHY), Option("b", Words(zh="另一个选项", en="Another answer")),
        ])  # fmt: skip
        for person in square.neighbours:
            vote(question, person, "needle0haystack")
    at(CLOSES)

    done = app.test_cli_runner().invoke(args=["tick"])

    assert "1 secret ballots whose papers were written anew" in done.output
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(SecretPaper)) == 0
        if db.engine.dialect.name == "postgresql":
            dead = text("SELECT pg_relation_size('secret_papers')")
            assert db.session.scalar(dead) == 0
            return
        file = Path(db.engine.url.database or "")
        where = [file, file.with_name(f"{file.name}-wal")]
        found = sum(one.read_bytes().count(b"needle0haystack") for one in where if one.exists())
        counted = db.session.scalar(select(func.count()).select_from(CountedPaper))
        assert (counted, found) == (10, 10 + 2)  # the papers as counted, and the option in its table and index


def test_past_secret_votes_are_marks_and_papers_that_nothing_joins_and_are_sealed_at_closing(square: Square) -> None:
    question = a_question(square, secret=True)
    me = square.neighbours[0]

    cast = fill(question.id, {"yes": 5, "no": 2}, at=NOON, but=[me.id])
    more = fill(question.id, {"yes": 90}, at=NOON, but=[me.id])

    assert (cast, more) == (7, 3)
    assert [*proof.faults()] == []
    sealed = operations.seal(question.id, at=CLOSES)
    columns = CountedPaper.receipt_hash, CountedPaper.choice
    papers = db.session.execute(select(*columns).order_by(CountedPaper.number)).all()
    assert sealed
    assert [row.receipt_hash for row in papers] == sorted(row.receipt_hash for row in papers)
    assert Counter(row.choice for row in papers) == {"yes": 8, "no": 2}
    assert db.session.scalars(select(Ballot.id)).all() == []
