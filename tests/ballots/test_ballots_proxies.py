"""Written proxies: registered from a signed paper, one for each elector and holder, and weaker than any own vote."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from app.ballots import channel_queries, operations
from app.ballots.channel_models import Proxy
from app.ballots.models import Ballot, Question
from app.kit.audit import AuditEntry
from app.kit.db import db
from app.people.models import Resident
from app.people.rules import Person
from tests.ballots.desk import acts, ballot_of, more_staff, on_paper, refused, row_of
from tests.council.square import CLOSES, DAY, SECOND, Square, a_question, a_square
from tests.makers import NOON, as_person, give


@pytest.fixture
def square(context: Flask) -> Square:
    return a_square()


def a_proxy(square: Square, question: Question, granter: Person, holder: Person, **values: Any) -> Proxy:
    known: dict[str, Any] = {"holder_id": holder.id, "by": square.staff, "at": NOON, "voter_id": granter.id} | values
    return operations.register_proxy(question.id, row_of(question, granter), **known)


def votes(question: Question, granter: Person, holder: Person, choice: str = "yes", **values: Any) -> Any:
    known: dict[str, Any] = {"choice": choice, "by": holder, "at": NOON} | values
    return operations.vote_by_proxy(question.id, row_of(question, granter), **known)


@pytest.mark.parametrize("electorate", ["person", "household"])
def test_the_holder_votes_for_the_elector_and_both_names_are_kept(square: Square, electorate: str) -> None:
    question = a_question(square, electorate=electorate)
    elder, holder = square.neighbours[0], square.neighbours[1]
    a_proxy(square, question, elder, holder)

    held = channel_queries.proxies_held(holder, NOON)
    assert [(one.question_id, one.granted_by, one.stands) for one in held] == [(question.id, elder.id, None)]
    assert votes(question, elder, holder).first

    assert ballot_of(question, elder) == ("proxy", "yes", elder.id, holder.id, None)
    assert acts() == [("register_proxy", square.staff.id), ("proxy", holder.id)]
    entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert (entries[0].detail["voter"], entries[0].detail["holder"]) == (elder.full_name, holder.full_name)
    assert entries[1].detail["voter"] == elder.full_name
    operations.cast(question.id, choice="no", by=holder, at=NOON)  # one's own vote is another one
    assert votes(question, elder, holder, "no").first is False
    assert (ballot_of(question, elder).choice, ballot_of(question, holder).channel) == ("no", "web")


def test_every_own_vote_replaces_that_of_a_proxy_and_stands(square: Square) -> None:
    question, second = a_question(square), more_staff(square)
    for granter, holder, channel in zip(
        square.neighbours[:3], square.neighbours[3:6], ("web", "counter", "paper"), strict=True
    ):
        a_proxy(square, question, granter, holder)
        votes(question, granter, holder, "no")
        if channel == "web":
            assert operations.cast(question.id, choice="yes", by=granter, at=NOON).first is False
        elif channel == "counter":
            operations.vote_at_counter(question.id, row_of(question, granter), choice="yes", by=second, at=NOON)
        else:
            on_paper(question, granter, "yes", square.staff, second)

        assert ballot_of(question, granter)[:2] == (channel, "yes")
        refused("already|counted", votes, question, granter, holder, "no")


def test_one_proxy_for_each_elector_and_for_each_holder_in_a_ballot(square: Square) -> None:
    question, other = a_question(square), a_question(square, subject="topic:2")
    one, two, holder, third = square.neighbours[:4]
    first = a_proxy(square, question, one, holder)

    refused("has given a proxy", a_proxy, square, question, one, third)
    refused("holds a proxy in this ballot", a_proxy, square, question, two, holder)
    a_proxy(square, other, two, holder)
    operations.end_proxy(first.id, by=one, at=NOON)
    a_proxy(square, question, two, holder)
    a_proxy(square, question, one, third)

    assert len(channel_queries.proxies_of(question.id)) == 2


def test_the_database_has_the_last_word_on_both(square: Square) -> None:
    question = a_question(square)
    one, two, holder, third = square.neighbours[:4]
    a_proxy(square, question, one, holder)
    row = {
        "question_id": question.id, "granted_by": two.id, "registered_by": square.staff.id, "registered_at": NOON,
    }  # fmt: skip
    same_elector = row | {"roll_entry_id": row_of(question, one), "holder_id": third.id}
    same_holder = row | {"roll_entry_id": row_of(question, two), "holder_id": holder.id}
    oneself = row | {"roll_entry_id": row_of(question, two), "holder_id": two.id}

    for forged in (same_elector, same_holder, oneself):
        with pytest.raises(IntegrityError), db.session.begin_nested():
            db.session.execute(Proxy.__table__.insert(), forged)


@pytest.mark.parametrize(
    ("who", "said"),
    [("child", "verified resident of 18"), ("newcomer", "verified resident of 18"), (None, "verified resident of 18"),
     ("granter", "given to somebody else"), ("staff", "own household"), ("staff's", "own household")],
)  # fmt: skip
def test_the_holder_may_vote_and_is_neither_the_granter_nor_at_home_with_staff(
    square: Square, who: str | None, said: str
) -> None:
    question, second = a_question(square), more_staff(square, home=square.homes[5])
    granter = square.neighbours[1]
    known = {"granter": granter, "staff": second, "staff's": square.neighbours[5], None: None}
    holder = known[who] if who in known else getattr(square, str(who))

    values: dict[str, Any] = {"holder_id": holder.id if holder else 9999, "by": second, "at": NOON}
    refused(said, operations.register_proxy, question.id, row_of(question, granter), **values)


def test_only_staff_of_the_place_register_and_never_for_their_own_household(square: Square) -> None:
    question, granter, holder = a_question(square), square.neighbours[0], square.neighbours[1]
    at_home = more_staff(square, home=square.homes[0])

    refused("entered by the staff", a_proxy, square, question, granter, holder, by=square.neighbours[2], status=403)
    refused("own household", a_proxy, square, question, granter, holder, by=at_home, status=403)


def test_a_secret_ballot_knows_no_proxies(square: Square) -> None:
    question, granter, holder = a_question(square, secret=True), square.neighbours[0], square.neighbours[1]

    refused("This ballot is secret", a_proxy, square, question, granter, holder)
    refused("This ballot is secret", votes, question, granter, holder)


@pytest.mark.parametrize(("at", "taken"), [(NOON - SECOND, 0), (NOON, 1), (CLOSES - SECOND, 1), (CLOSES, 0)])
def test_a_proxy_votes_from_opening_to_closing(square: Square, at: Any, taken: int) -> None:
    question, granter, holder = a_question(square, opens_at=NOON, at=NOON - DAY), *square.neighbours[:2]
    a_proxy(square, question, granter, holder, at=NOON - DAY)  # it may be handed in before opening

    if taken:
        votes(question, granter, holder, at=at)
    else:
        refused("closed on|not opened yet", votes, question, granter, holder, at=at)

    assert db.session.scalar(select(func.count()).select_from(Ballot)) == taken
    refused("closed on", a_proxy, square, question, square.neighbours[2], square.neighbours[3], at=CLOSES)


def test_nobody_votes_with_a_proxy_that_they_do_not_hold(square: Square) -> None:
    question, granter, holder = a_question(square), *square.neighbours[:2]
    proxy = a_proxy(square, question, granter, holder)

    refused("You hold no written proxy", votes, question, granter, square.neighbours[2], status=403)
    refused("You hold no written proxy", votes, question, square.neighbours[3], holder, status=403)
    operations.end_proxy(proxy.id, by=square.staff, at=NOON)
    refused("You hold no written proxy", votes, question, granter, holder, status=403)


def test_who_is_no_verified_resident_any_more_votes_for_nobody(square: Square) -> None:
    question, granter, holder = a_question(square), *square.neighbours[:2]
    a_proxy(square, question, granter, holder)
    db.session.execute(update(Resident).where(Resident.id == holder.id).values(verified_at=None))
    gone = as_person(db.session.get_one(Resident, holder.id, populate_existing=True))

    refused("You hold no written proxy", votes, question, granter, gone, status=403)


def test_granter_and_staff_end_a_proxy_before_closing_and_nobody_else(square: Square) -> None:
    question, granter, holder = a_question(square), *square.neighbours[:2]
    proxy = a_proxy(square, question, granter, holder)
    votes(question, granter, holder)

    refused("entered by the staff", operations.end_proxy, proxy.id, by=holder, at=NOON, status=403)
    refused("closed on", operations.end_proxy, proxy.id, by=granter, at=CLOSES)
    assert channel_queries.proxy_given(question.id, granter).id == proxy.id  # type: ignore[union-attr]
    operations.end_proxy(proxy.id, by=granter, at=CLOSES - SECOND)

    refused("Nothing waits", operations.end_proxy, proxy.id, by=square.staff, at=NOON)
    refused("Nothing waits", operations.end_proxy, 999, by=square.staff, at=NOON)
    db.session.refresh(proxy)
    assert (proxy.ended_at, proxy.ended_by) == (CLOSES - SECOND, granter.id)
    assert ballot_of(question, granter).channel == "proxy"  # what was voted stays until it is contested
    assert channel_queries.proxies_held(holder, NOON) == []


def test_a_contested_vote_of_a_proxy_ends_the_proxy(square: Square) -> None:
    question, granter, holder = a_question(square), *square.neighbours[:2]
    a_proxy(square, question, granter, holder)
    votes(question, granter, holder)

    refused("No vote that others entered", operations.contest, question.id, by=holder, at=NOON)
    operations.contest(question.id, by=granter, at=NOON)

    assert ballot_of(question, granter) is None
    assert channel_queries.proxies_of(question.id) == []
    refused("You hold no written proxy", votes, question, granter, holder)


def test_the_representative_of_a_household_gives_its_proxy(square: Square) -> None:
    give("household_rep", db.session.get_one(Resident, square.spouse.id), square.community)
    question, me = a_question(square, electorate="household"), square.neighbours[0]

    refused("named its representative", a_proxy, square, question, me, square.neighbours[1])
    refused("which adult", a_proxy, square, question, me, square.neighbours[1], voter_id=None)
    a_proxy(square, question, square.spouse, me)  # somebody at home may hold it
    votes(question, me, me)

    assert ballot_of(question, me) == ("proxy", "yes", square.spouse.id, me.id, None)
