"""Who is told of votes that others enter, what such votes earn, and who is not reminded any more."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask_babel import force_locale
from sqlalchemy import select

from app.ballots import operations
from app.ballots.models import Question
from app.kit.db import db
from app.kit.words import Words
from app.merits.models import Award
from app.merits.operations import load_tariff
from app.messages.models import Message
from app.messages.rules import unpacked
from app.messages.wording import plainly
from app.telling.ballots import remind_of_papers
from app.telling.council import remind_voters
from tests.ballots.desk import more_staff, on_paper, row_of
from tests.ballots.test_ballots_secret import vote
from tests.council.square import CLOSES, SECOND, Square, a_question, a_square, asked, in_voting
from tests.makers import NOON, a_household, a_resident, as_person, give
from tests.merits.documents import tariff_document
from tests.telling.test_telling import DUE, ids, told, voters

pytestmark = pytest.mark.usefixtures("context")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def square() -> Square:
    return a_square()


def a_proxy_votes(square: Square, question: Question, **values: Any) -> None:
    granter, holder = square.neighbours[2], square.neighbours[3]
    known: dict[str, Any] = {"by": square.staff, "at": NOON, "voter_id": granter.id}
    operations.register_proxy(question.id, row_of(question, granter), holder_id=holder.id, **known)
    operations.vote_by_proxy(question.id, row_of(question, granter), choice="yes", by=holder, at=NOON)


def test_the_elector_is_told_of_each_vote_that_others_entered(square: Square) -> None:
    question = a_question(square)
    one, two, three = square.neighbours[:3]
    on_paper(question, one, "yes", square.staff, more_staff(square))
    for minute in range(2):
        values: dict[str, Any] = {"choice": "yes", "by": square.staff, "at": NOON + minute * MINUTE}
        operations.vote_at_counter(question.id, row_of(question, two), **values)
    a_proxy_votes(square, question)

    assert told("council.entered_paper") == {one.id: NOON}
    assert set(told("council.entered_counter")) == {two.id}
    assert len(db.session.scalars(select(Message).where(Message.kind == "council.entered_counter")).all()) == 2
    assert told("council.entered_proxy") == {three.id: NOON}


def test_of_a_household_every_adult_is_told(square: Square) -> None:
    question = a_question(square, electorate="household")
    on_paper(question, square.spouse, "yes", square.staff, more_staff(square))

    assert set(told("council.entered_paper")) == ids(square.neighbours[0], square.spouse)


def test_who_is_marked_in_a_secret_ballot_is_told_so(square: Square) -> None:
    question = a_question(square, secret=True)
    operations.hand_in(question.id, row_of(question, square.neighbours[0]), by=square.staff, at=NOON)

    assert told("council.handed_in") == {square.neighbours[0].id: NOON}
    assert told("council.entered_paper") == {}


def test_staff_and_supervisors_are_told_of_a_contested_vote(square: Square) -> None:
    supervisor, far = a_resident(square.homes[7]), a_resident(a_household(square.street.village_group))
    give("supervisor", supervisor, square.community)
    give("staff", far, square.street.village)
    question, me = a_question(square), square.neighbours[0]
    second = more_staff(square)
    operations.vote_at_counter(question.id, row_of(question, me), choice="yes", by=second, at=NOON)
    operations.contest(question.id, by=me, at=NOON + MINUTE)

    assert told("council.contested") == dict.fromkeys({square.staff.id, second.id, supervisor.id}, NOON + MINUTE)


def test_no_message_says_what_was_voted_and_both_languages_have_words(square: Square) -> None:
    question = a_question(square)
    on_paper(question, square.neighbours[0], "no", square.staff, more_staff(square))
    operations.contest(question.id, by=square.neighbours[0], at=NOON)

    for kind in ("council.entered_paper", "council.contested"):
        values = db.session.scalars(select(Message.values).where(Message.kind == kind)).first()
        assert values is not None
        assert "no" not in unpacked(values).values()
        for locale, part in (("zh_Hans", "是否同意？"), ("en", "Do you agree?")):
            with force_locale(locale):
                assert part in plainly(kind, values).subject


# What such votes earn ----------------------------------------------------------------------------------------------


def earned(question: Question) -> list[int | None]:
    because = Award.because.startswith(f"ballot:{question.id}:")
    return sorted(db.session.scalars(select(Award.resident_id).where(because)))


def test_a_vote_that_others_enter_earns_its_elector_as_on_the_web_and_once(square: Square) -> None:
    load_tariff(tariff_document(), place_id=square.street.street.id, effective_from=NOON.date(), by_id=None, at=NOON)
    question, second = a_question(square), more_staff(square)
    one, two, three = square.neighbours[:3]
    on_paper(question, one, "yes", square.staff, second)
    operations.vote_at_counter(question.id, row_of(question, two), choice="yes", by=second, at=NOON)
    a_proxy_votes(square, question)
    assert earned(question) == sorted(ids(one, two, three))

    operations.contest(question.id, by=one, at=NOON)
    for person in (one, two, three):
        operations.cast(question.id, choice="no", by=person, at=NOON)
    assert earned(question) == sorted(ids(one, two, three))


def test_a_household_whose_paper_bears_no_name_earns_nothing(square: Square) -> None:
    load_tariff(tariff_document(), place_id=square.street.street.id, effective_from=NOON.date(), by_id=None, at=NOON)
    question, second = a_question(square, electorate="household"), more_staff(square)
    on_paper(question, square.neighbours[0], "yes", square.staff, second)
    on_paper(question, square.neighbours[1], "yes", square.staff, second, voter_id=square.neighbours[1].id)

    assert earned(question) == [square.neighbours[1].id]


# Reminders ---------------------------------------------------------------------------------------------------------


def put(square: Square, **values: Any) -> Question:
    topic = in_voting(square, **values)
    return db.session.get_one(Question, topic.question_id)


@pytest.mark.parametrize("electorate", ["person", "household"])
def test_whoever_voted_otherwise_than_on_the_web_is_not_reminded(square: Square, electorate: str) -> None:
    question = put(square, electorate=electorate)
    second = more_staff(square)
    on_paper(question, square.spouse, "yes", square.staff, second)
    remind_voters(DUE)
    mine = ids(square.neighbours[0], square.spouse) if electorate == "household" else ids(square.spouse)
    assert set(told("council.closing")) == voters(square) - mine

    other = square.neighbours[1]
    values: dict[str, Any] = {"choice": "yes", "by": second, "at": DUE + MINUTE, "voter_id": other.id}
    operations.vote_at_counter(question.id, row_of(question, other), **values)
    assert set(told("council.closing")) == voters(square) - mine - ids(other)
    operations.contest(question.id, by=other, at=CLOSES - SECOND)
    remind_voters(CLOSES - SECOND)
    assert set(told("council.closing")) == voters(square) - mine


def test_whoever_voted_secretly_is_not_reminded(square: Square) -> None:
    question = put(square, secret=True)
    vote(question, square.neighbours[0])
    operations.hand_in(question.id, row_of(question, square.neighbours[1]), by=square.staff, at=NOON)

    remind_voters(DUE)

    assert set(told("council.closing")) == voters(square) - ids(*square.neighbours[:2])


# Papers that wait --------------------------------------------------------------------------------------------------

DAY_BEFORE = CLOSES - timedelta(hours=24)


@pytest.mark.parametrize("secret", [False, True])
def test_a_day_before_closing_staff_are_reminded_of_papers_that_wait(square: Square, secret: bool) -> None:
    far = a_resident(a_household(square.street.village_group))
    give("staff", far, square.street.village)
    question, me, second = a_question(square, secret=secret), square.neighbours[0], more_staff(square)
    if secret:
        operations.hand_in(question.id, row_of(question, me), by=second, at=NOON)
    else:
        operations.type_paper(question.id, row_of(question, me), choice="yes", by=second, at=NOON)

    assert remind_of_papers(DAY_BEFORE - SECOND) == 0
    assert remind_of_papers(DAY_BEFORE + MINUTE) == 2
    assert remind_of_papers(DAY_BEFORE + 2 * MINUTE) == 0
    assert told("council.papers_wait") == dict.fromkeys(ids(square.staff, second), DAY_BEFORE)
    assert db.session.scalars(select(Message.href)).all()[-1] == f"/votes/{question.id}/desk"
    if secret:
        for person in (square.staff, second):
            operations.count_urn(question.id, {"yes": 1}, by=person, at=DAY_BEFORE + MINUTE)
    else:
        values: dict[str, Any] = {"choice": "yes", "by": square.staff, "at": DAY_BEFORE + MINUTE}
        operations.type_paper(question.id, row_of(question, me), **values)
    assert remind_of_papers(DAY_BEFORE + 3 * MINUTE) == 0
    assert told("council.papers_wait") == {}


def test_where_nothing_waits_or_voting_has_closed_nobody_is_reminded(square: Square) -> None:
    question, me = a_question(square), square.neighbours[0]
    on_paper(question, me, "yes", square.staff, more_staff(square))
    assert remind_of_papers(DAY_BEFORE) == 0
    operations.type_paper(question.id, row_of(question, square.neighbours[1]), choice="no", by=square.staff, at=NOON)

    assert remind_of_papers(CLOSES) == 0


def test_when_voting_is_extended_staff_are_reminded_before_the_new_end(square: Square) -> None:
    question, me = a_question(square), square.neighbours[0]
    operations.type_paper(question.id, row_of(question, me), choice="yes", by=square.staff, at=NOON)
    remind_of_papers(DAY_BEFORE)
    later = CLOSES + timedelta(days=2)
    operations.extend(
        question.id, closes_at=later, why=Words(zh="停电", en="Power cut"), by=square.staff, at=DAY_BEFORE
    )

    assert told("council.papers_wait") == {}
    assert remind_of_papers(CLOSES) == 0
    assert remind_of_papers(later - timedelta(hours=24)) == 1


def test_a_vote_of_the_whole_street_reminds_the_staff_of_the_street(square: Square) -> None:
    one = a_resident()
    give("street", one, square.street.street)
    question, me = a_question(square), square.neighbours[0]
    operations.type_paper(question.id, row_of(question, me), choice="yes", by=square.staff, at=NOON)
    remind_of_papers(DAY_BEFORE)
    assert set(told("council.papers_wait")) == ids(square.staff)  # of a community its own staff alone

    whole = ballots_of_the_street(square)
    operations.type_paper(whole.id, row_of(whole, me), choice="yes", by=as_person(one), at=NOON)
    remind_of_papers(DAY_BEFORE)
    assert set(told("council.papers_wait")) == ids(square.staff) | {one.id}


def ballots_of_the_street(square: Square) -> Question:
    path = square.street.street.path
    return operations.open_question(
        asked(), subject="topic:2", place_path=path, opens_at=NOON, by=square.staff, at=NOON
    )  # fmt: skip


def test_both_are_told_of_a_proxy_and_led_to_their_pages(square: Square) -> None:
    question, (granter, holder) = a_question(square), square.neighbours[:2]
    row = row_of(question, granter)
    operations.register_proxy(question.id, row, holder_id=holder.id, by=square.staff, at=NOON)

    assert told("council.proxy_given") == {granter.id: NOON}
    assert told("council.proxy_held") == {holder.id: NOON}
    hrefs = dict(db.session.execute(select(Message.kind, Message.href)).all())
    assert hrefs["council.proxy_given"] == f"/votes/{question.id}"
    assert hrefs["council.proxy_held"] == f"/votes/{question.id}/proxy/{row}"


def test_each_is_led_to_where_they_can_do_something(square: Square) -> None:
    supervisor = a_resident(square.homes[7])
    give("supervisor", supervisor, square.community)
    question, me = a_question(square), square.neighbours[0]
    operations.vote_at_counter(question.id, row_of(question, me), choice="yes", by=square.staff, at=NOON)
    operations.contest(question.id, by=me, at=NOON)

    hrefs = {one.resident_id: one.href for one in db.session.scalars(select(Message).order_by(Message.id))}
    assert hrefs == {
        me.id: f"/votes/{question.id}", square.staff.id: f"/votes/{question.id}/desk", supervisor.id: "/audit",
    }  # fmt: skip
