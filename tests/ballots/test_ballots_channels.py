"""Open ballots beside the web: papers that two type, votes at the counter, and votes that an elector contests."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.ballots import channel_queries, operations, queries, results
from app.ballots.channel_models import ContestedVote, TypedPaper
from app.ballots.models import Ballot
from app.ballots.rules import Option
from app.kit.audit import AuditEntry, words_of
from app.kit.db import db
from app.kit.words import Words
from app.people.models import Resident, Role
from app.people.rules import Person
from tests.ballots.desk import acts, ballot_of, more_staff, on_paper, refused, row_of
from tests.council.square import CLOSES, DAY, SECOND, Square, a_question, a_square
from tests.makers import NOON, a_household, a_resident, as_person, give

ODD = [Option(key, Words(zh=key, en=key)) for key in ("zebra", "quagga")]


@pytest.fixture
def square(context: Flask) -> Square:
    return a_square()


@pytest.fixture
def second(square: Square) -> Person:
    return more_staff(square)


def rows(table: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


# Papers ------------------------------------------------------------------------------------------------------------


def test_a_paper_counts_once_two_of_staff_read_the_same_on_it(square: Square, second: Person) -> None:
    question, me = a_question(square), square.neighbours[0]
    typing: dict[str, Any] = {"choice": "yes", "at": NOON}

    assert operations.type_paper(question.id, row_of(question, me), by=square.staff, **typing) is None
    assert ballot_of(question, me) is None
    assert queries.vote_box(question.id, me, NOON).cast == 0  # type: ignore[union-attr]
    done = operations.type_paper(question.id, row_of(question, me), by=second, **typing)

    assert done is not None
    assert done.first
    assert ballot_of(question, me) == ("paper", "yes", me.id, square.staff.id, second.id)
    assert results.by_receipt(question.id, done.receipt, CLOSES) == "yes"
    assert rows(TypedPaper) == 0
    assert acts() == [("type_paper", square.staff.id), ("confirm_paper", second.id)]


def test_the_second_is_another_person_of_another_household(square: Square, second: Person) -> None:
    question, me = a_question(square), square.neighbours[0]
    home = a_household(square.street.village_group)
    wife, husband = (more_staff(square, home=home) for _ in range(2))
    row = row_of(question, me)
    operations.type_paper(question.id, row, choice="yes", by=wife, at=NOON)

    again: dict[str, Any] = {"choice": "yes", "at": NOON}
    refused("You did this first", operations.type_paper, question.id, row, by=wife, status=403, **again)
    refused("Somebody of your household", operations.type_paper, question.id, row, by=husband, status=403, **again)
    operations.type_paper(question.id, row, by=second, **again)

    assert ballot_of(question, me).confirmed_by == second.id


def test_two_who_read_a_paper_differently_look_at_it_together(square: Square, second: Person) -> None:
    question, me = a_question(square), square.neighbours[0]
    row = row_of(question, me)
    operations.type_paper(question.id, row, choice="yes", by=square.staff, at=NOON)

    refused("not what the first person typed", operations.type_paper, question.id, row, choice="no", by=second, at=NOON)
    operations.take_paper_back(question.id, row, by=second, at=NOON)
    assert rows(TypedPaper) == 0
    operations.type_paper(question.id, row, choice="no", by=second, at=NOON)
    operations.type_paper(question.id, row, choice="no", by=square.staff, at=NOON)

    assert ballot_of(question, me) == ("paper", "no", me.id, second.id, square.staff.id)
    assert [act for act, _ in acts()] == ["type_paper", "take_paper_back", "type_paper", "confirm_paper"]


def test_an_own_vote_on_the_web_stands_and_staff_see_the_conflict(square: Square, second: Person) -> None:
    """V8, one after the other; at once in tests/races."""
    question, me = a_question(square), square.neighbours[0]
    row = row_of(question, me)
    operations.type_paper(question.id, row, choice="no", by=square.staff, at=NOON)
    assert [one.stands for one in channel_queries.papers_waiting(question.id)] == [None]
    operations.cast(question.id, choice="yes", by=me, at=NOON)

    refused("on the web already", operations.type_paper, question.id, row, choice="no", by=second, at=NOON)
    assert ballot_of(question, me) == ("web", "yes", me.id, None, None)
    waiting = channel_queries.papers_waiting(question.id)
    assert [(one.roll_entry_id, one.typed_by, one.stands) for one in waiting] == [(row, square.staff.id, "web")]
    assert not any("choice" in one._fields for one in waiting)
    operations.take_paper_back(question.id, row, by=square.staff, at=CLOSES)
    assert channel_queries.papers_waiting(question.id) == []


@pytest.mark.parametrize("channel", ["paper", "counter"])
def test_an_own_web_vote_replaces_what_others_entered(square: Square, second: Person, channel: str) -> None:
    question, me = a_question(square), square.neighbours[0]
    if channel == "paper":
        on_paper(question, me, "no", square.staff, second)
    else:
        operations.vote_at_counter(question.id, row_of(question, me), choice="no", by=second, at=NOON)

    assert operations.cast(question.id, choice="yes", by=me, at=CLOSES - SECOND).first is False
    assert ballot_of(question, me) == ("web", "yes", me.id, None, None)
    assert rows(Ballot) == 1


def test_a_second_paper_of_an_elector_is_refused(square: Square, second: Person) -> None:
    question, me = a_question(square), square.neighbours[0]
    on_paper(question, me, "yes", square.staff, second)

    again: dict[str, Any] = {"choice": "no", "by": square.staff, "at": NOON}
    refused("is counted already", operations.type_paper, question.id, row_of(question, me), **again)


@pytest.mark.parametrize(("at", "taken"), [(NOON - SECOND, 0), (NOON, 1), (CLOSES - SECOND, 1), (CLOSES, 0)])
@pytest.mark.parametrize("channel", ["paper", "counter"])
def test_the_interval_is_half_open(square: Square, second: Person, channel: str, at: Any, taken: int) -> None:
    question, me = a_question(square, opens_at=NOON, at=NOON - DAY), square.neighbours[0]
    entering: Any = on_paper if channel == "paper" else operations.vote_at_counter
    who: Any = (square.staff, second) if channel == "paper" else ()
    known: dict[str, Any] = {"at": at} if channel == "paper" else {"by": second, "at": at, "choice": "yes"}
    first: Any = (question, me, "yes") if channel == "paper" else (question.id, row_of(question, me))

    if taken:
        entering(*first, *who, **known)
    else:
        refused("closed on|not opened yet", entering, *first, *who, **known)

    assert rows(Ballot) == taken


def test_a_paper_typed_before_closing_is_not_confirmed_afterwards(square: Square, second: Person) -> None:
    question, me = a_question(square), square.neighbours[0]
    row = row_of(question, me)
    operations.type_paper(question.id, row, choice="yes", by=square.staff, at=CLOSES - SECOND)

    refused("closed on", operations.type_paper, question.id, row, choice="yes", by=second, at=CLOSES)
    assert results.published(question.id, CLOSES) == []


def strangers(square: Square) -> dict[str, Person]:
    """Those who do not enter the vote of the first neighbour, and why."""
    far, admin = a_resident(a_household(square.street.village_group)), a_resident(a_household(square.street.group))
    give("staff", far, square.street.village)
    give("admin", admin, square.street.street)
    itself = db.session.get_one(Resident, square.neighbours[0].id)
    give("staff", itself, square.community)
    return {
        "neighbour": square.neighbours[3], "staff of elsewhere": as_person(far), "admin": as_person(admin),
        "the elector": as_person(itself), "of the elector's household": more_staff(square, home=square.homes[0]),
    }  # fmt: skip


@pytest.mark.parametrize("electorate", ["person", "household"])
@pytest.mark.parametrize(
    "who", ["neighbour", "staff of elsewhere", "admin", "the elector", "of the elector's household"]
)
def test_only_staff_of_the_place_and_of_other_households_enter(square: Square, electorate: str, who: str) -> None:
    question, me = a_question(square, electorate=electorate), square.neighbours[0]
    by, row = strangers(square)[who], row_of(question, me)
    said = "own household" if "elector" in who else "entered by the staff of that place"
    voting: dict[str, Any] = {"choice": "yes", "by": by, "at": NOON, "voter_id": me.id, "status": 403}

    refused(said, operations.type_paper, question.id, row, **voting)
    refused(said, operations.vote_at_counter, question.id, row, **voting)
    operations.type_paper(question.id, row, choice="yes", by=square.staff, at=NOON, voter_id=me.id)
    if electorate == "household" or who != "of the elector's household":
        refused(said, operations.take_paper_back, question.id, row, by=by, at=NOON, status=403)


def test_street_staff_enter_votes_of_all_places_below(square: Square) -> None:
    question, me = a_question(square), square.neighbours[0]
    one = a_resident()  # of no household here
    give("street", one, square.street.street)

    operations.vote_at_counter(question.id, row_of(question, me), choice="yes", by=as_person(one), at=NOON)

    assert ballot_of(question, me).entered_by == one.id


def test_an_office_that_was_left_enters_nothing(square: Square) -> None:
    question, me = a_question(square), square.neighbours[0]
    db.session.execute(update(Role).where(Role.resident_id == square.staff.id).values(ended_at=NOON))

    values: dict[str, Any] = {"choice": "yes", "by": as_person(db.session.get_one(Resident, square.staff.id))}
    refused("entered by the staff", operations.type_paper, question.id, row_of(question, me), at=NOON, **values)


def test_of_another_roll_nothing_is_entered(square: Square) -> None:
    question, other = a_question(square), a_question(square, subject="topic:2")
    row = row_of(other, square.neighbours[0])

    for act in (operations.type_paper, operations.vote_at_counter):
        refused("not on the roll", act, question.id, row, choice="yes", by=square.staff, at=NOON, status=404)


def test_what_is_no_paper_of_this_method_is_refused(square: Square) -> None:
    question = a_question(square)
    row = row_of(question, square.neighbours[0])

    for act in (operations.type_paper, operations.vote_at_counter):
        refused("choose from the answers", act, question.id, row, choice="maybe", by=square.staff, at=NOON, status=422)


def test_a_secret_ballot_takes_no_typed_papers_and_none_at_the_counter(square: Square) -> None:
    question = a_question(square, secret=True)
    row = row_of(question, square.neighbours[0])

    for act in (operations.type_paper, operations.vote_at_counter):
        refused("This ballot is secret", act, question.id, row, choice="yes", by=square.staff, at=NOON)
    refused("This ballot is secret", operations.contest, question.id, by=square.neighbours[0], at=NOON)


# Households --------------------------------------------------------------------------------------------------------


def test_a_paper_of_a_household_may_bear_a_name_or_none(square: Square, second: Person) -> None:
    question = a_question(square, electorate="household")
    named, unnamed = square.neighbours[0], square.neighbours[1]

    on_paper(question, named, "yes", square.staff, second, voter_id=named.id)
    on_paper(question, unnamed, "no", square.staff, second)

    assert ballot_of(question, named).cast_by == named.id
    assert ballot_of(question, unnamed).cast_by is None


def test_two_who_read_different_names_on_a_paper_look_at_it_together(square: Square, second: Person) -> None:
    question, me = a_question(square, electorate="household"), square.neighbours[0]
    row = row_of(question, me)
    operations.type_paper(question.id, row, choice="yes", by=square.staff, at=NOON, voter_id=me.id)

    for other in (None, square.spouse.id):
        typing: dict[str, Any] = {"choice": "yes", "by": second, "at": NOON, "voter_id": other}
        refused("not what the first person typed", operations.type_paper, question.id, row, **typing)


def test_a_paper_without_a_name_is_changed_on_the_web_by_any_adult_of_the_household(
    square: Square, second: Person
) -> None:
    question = a_question(square, electorate="household")
    on_paper(question, square.spouse, "yes", square.staff, second)

    box = queries.vote_box(question.id, square.spouse, NOON)
    assert box is not None
    assert (box.refusal, box.my_choice) == (None, None)
    operations.cast(question.id, choice="no", by=square.spouse, at=NOON)

    assert ballot_of(question, square.spouse) == ("web", "no", square.spouse.id, None, None)


def test_a_paper_that_bears_a_name_is_changed_by_that_person_alone(square: Square, second: Person) -> None:
    question, me = a_question(square, electorate="household"), square.neighbours[0]
    on_paper(question, me, "yes", square.staff, second, voter_id=me.id)

    refused("already voted", operations.cast, question.id, choice="no", by=square.spouse, at=NOON)
    operations.cast(question.id, choice="no", by=me, at=NOON)

    assert ballot_of(question, me).choice == "no"


@pytest.mark.parametrize(
    ("who", "said"),
    [("spouse", None), (None, "which adult"), ("child", "18 and older"), ("newcomer", "verified"),
     ("villager", "does not live in that household")],
)  # fmt: skip
def test_an_adult_of_the_household_comes_to_the_counter(square: Square, who: str | None, said: str | None) -> None:
    question, me = a_question(square, electorate="household"), square.neighbours[0]
    voter = getattr(square, who).id if who else None
    voting: dict[str, Any] = {"choice": "yes", "by": square.staff, "at": NOON, "voter_id": voter}

    if said:
        refused(said, operations.vote_at_counter, question.id, row_of(question, me), **voting)
    else:
        operations.vote_at_counter(question.id, row_of(question, me), **voting)
        assert ballot_of(question, me).cast_by == voter


def test_where_a_household_has_named_somebody_only_their_vote_is_entered(square: Square) -> None:
    give("household_rep", db.session.get_one(Resident, square.spouse.id), square.community)
    question, me = a_question(square, electorate="household"), square.neighbours[0]
    row = row_of(question, me)

    for voter in (None, me.id):
        typing: dict[str, Any] = {"choice": "yes", "by": square.staff, "at": NOON, "voter_id": voter, "status": 403}
        refused("named its representative", operations.type_paper, question.id, row, **typing)
    refused("named its representative", operations.vote_at_counter, question.id, row, **typing)
    operations.vote_at_counter(question.id, row, choice="yes", by=square.staff, at=NOON, voter_id=square.spouse.id)

    assert ballot_of(question, me).cast_by == square.spouse.id


def test_who_moved_house_is_not_entered_for_two(square: Square) -> None:
    question, mover = a_question(square, electorate="household"), square.neighbours[0]
    operations.cast(question.id, choice="yes", by=mover, at=NOON)
    there = row_of(question, square.neighbours[4])
    db.session.execute(update(Resident).where(Resident.id == mover.id).values(household_id=square.homes[4].id))

    voting: dict[str, Any] = {"choice": "no", "by": square.staff, "at": NOON, "voter_id": mover.id}
    refused("household they lived in then", operations.vote_at_counter, question.id, there, **voting)
    refused("household they lived in then", operations.type_paper, question.id, there, **voting)


# The counter -------------------------------------------------------------------------------------------------------


def test_a_vote_at_the_counter_names_both(square: Square) -> None:
    question, me = a_question(square), square.neighbours[0]

    done = operations.vote_at_counter(question.id, row_of(question, me), choice="yes", by=square.staff, at=NOON)

    assert done.first
    assert ballot_of(question, me) == ("counter", "yes", me.id, square.staff.id, None)
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.act, entry.actor_id, entry.subject) == ("ballots.counter", square.staff.id, "topic:1")
    assert (entry.place_id, entry.detail) == (square.community.id, {"resident": me.id, "voter": me.full_name})


def test_whoever_comes_again_changes_the_vote_at_the_counter_but_not_that_of_the_web(
    square: Square, second: Person
) -> None:
    question, me = a_question(square), square.neighbours[0]
    row = row_of(question, me)
    on_paper(question, me, "no", square.staff, second)

    assert operations.vote_at_counter(question.id, row, choice="yes", by=second, at=NOON).first is False
    assert operations.vote_at_counter(question.id, row, choice="no", by=square.staff, at=NOON).first is False
    assert ballot_of(question, me) == ("counter", "no", me.id, square.staff.id, None)
    refused("at the counter already", operations.type_paper, question.id, row, choice="yes", by=second, at=NOON)
    operations.cast(question.id, choice="yes", by=me, at=NOON)
    refused("on the web already", operations.vote_at_counter, question.id, row, choice="no", by=second, at=NOON)


# Contested votes ---------------------------------------------------------------------------------------------------


def test_a_contested_vote_is_taken_out_and_what_it_said_is_kept_nowhere(square: Square, second: Person) -> None:
    question, me = a_question(square), square.neighbours[0]
    on_paper(question, me, "no", square.staff, second)

    assert channel_queries.entered_for(question.id, me).entered_by == square.staff.id  # type: ignore[union-attr]
    kept = operations.contest(question.id, by=me, at=CLOSES - SECOND)

    assert ballot_of(question, me) is None
    assert (kept.channel, kept.entered_by, kept.confirmed_by) == ("paper", square.staff.id, second.id)
    assert (kept.entered_at, kept.contested_by, kept.at) == (NOON, me.id, CLOSES - SECOND)
    assert "choice" not in ContestedVote.__table__.columns
    assert acts()[-1] == ("contest", me.id)
    assert channel_queries.entered_for(question.id, me) is None
    assert len(channel_queries.contested_votes(question.id)) == 1
    assert operations.cast(question.id, choice="yes", by=me, at=CLOSES - SECOND).first
    for change in ("DELETE FROM contested_votes", "UPDATE contested_votes SET channel = 'web'"):
        with pytest.raises(DBAPIError, match="append-only"), db.session.begin_nested():
            db.session.execute(text(change))


def test_nothing_is_contested_after_closing_nor_what_is_ones_own(square: Square, second: Person) -> None:
    question, me = a_question(square), square.neighbours[0]
    on_paper(question, me, "no", square.staff, second)
    operations.cast(question.id, choice="yes", by=square.neighbours[1], at=NOON)

    refused("closed on", operations.contest, question.id, by=me, at=CLOSES)
    refused("cast this vote yourself", operations.contest, question.id, by=square.neighbours[1], at=NOON)
    for nobody in (square.neighbours[2], square.villager, square.newcomer):
        refused("No vote that others entered", operations.contest, question.id, by=nobody, at=NOON)


def test_of_a_household_whoever_is_named_contests_or_any_adult_where_nobody_is(square: Square, second: Person) -> None:
    named, unnamed = (a_question(square, electorate="household", subject=f"topic:{one}") for one in (1, 2))
    me, spouse = square.neighbours[0], square.spouse
    operations.vote_at_counter(named.id, row_of(named, me), choice="no", by=second, at=NOON, voter_id=me.id)
    on_paper(unnamed, me, "no", square.staff, second)

    refused("No vote that others entered", operations.contest, named.id, by=spouse, at=NOON)
    refused("18 and older", operations.contest, unnamed.id, by=square.child, at=NOON)
    operations.contest(named.id, by=me, at=NOON)
    operations.contest(unnamed.id, by=spouse, at=NOON)

    assert ballot_of(named, me) is ballot_of(unnamed, me) is None


def test_who_moved_away_contests_what_was_entered_for_the_former_household(square: Square) -> None:
    question, mover = a_question(square, electorate="household"), square.neighbours[0]
    row = row_of(question, mover)
    operations.vote_at_counter(question.id, row, choice="no", by=square.staff, at=NOON, voter_id=mover.id)
    db.session.execute(update(Resident).where(Resident.id == mover.id).values(household_id=square.homes[4].id))
    there = as_person(db.session.get_one(Resident, mover.id, populate_existing=True))

    operations.contest(question.id, by=there, at=NOON)

    assert rows(Ballot) == 0


# What is written down ----------------------------------------------------------------------------------------------


def test_the_audit_has_words_for_every_act_and_never_a_vote(square: Square, second: Person) -> None:
    ab = a_question(square, method="single_choice", options=ODD)
    me, other = square.neighbours[0], square.neighbours[1]
    on_paper(ab, me, "zebra", square.staff, second)
    operations.vote_at_counter(ab.id, row_of(ab, other), choice="quagga", by=second, at=NOON)
    operations.contest(ab.id, by=me, at=NOON)

    for entry in db.session.scalars(select(AuditEntry)):
        said = [entry.act, *(one for one in entry.detail if one != "resident")]
        assert all(words_of(one) != one for one in said), said
        assert not any(word in f"{entry.act}{entry.detail}" for word in ("zebra", "quagga"))


def test_the_database_keeps_one_typed_paper_and_one_vote_an_elector(square: Square, second: Person) -> None:
    question, me = a_question(square), square.neighbours[0]
    row = row_of(question, me)
    operations.type_paper(question.id, row, choice="yes", by=square.staff, at=NOON)
    typed = {
        "roll_entry_id": row, "question_id": question.id, "choice": "no", "typed_by": second.id, "typed_at": NOON,
    }  # fmt: skip

    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(TypedPaper.__table__.insert(), typed)


def test_electors_are_found_by_name_and_door(square: Square) -> None:
    person, home = a_question(square), a_question(square, electorate="household", subject="topic:2")
    me = square.neighbours[2]
    operations.cast(person.id, choice="yes", by=me, at=NOON)

    for question, text_ in ((person, me.full_name), (person, square.homes[2].door), (home, me.full_name)):
        found = channel_queries.find_electors(question.id, f" {text_} ")
        assert [one.id for one in found] == [row_of(question, me)]
        assert [one.channel for one in found] == (["web"] if question is person else [None])
    assert channel_queries.find_electors(person.id, "%") == []
