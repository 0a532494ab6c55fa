"""The sample street as `flask demo` leaves it: what a person who signs in finds, and what must add up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.activities.models import Activity, Attendance, Shift, SignUp
from app.activities.spans import Span, takes_check_ins
from app.ballots.models import Ballot, Question
from app.claims.models import Claim, ClaimAppeal, ClaimDecision, ClaimEnd
from app.council.models import Topic, TopicSupport
from app.discussion.models import Comment
from app.kit import clock
from app.kit.db import db
from app.merits import proof as merits
from app.notices.models import Notice, NoticePart
from app.notices.queries import own_lines
from app.notices.rules import STAFF
from app.people import passwords, queries
from app.people.models import Household, Resident
from app.people.rules import Person
from app.points import proof as points
from app.points.models import Account, Transfer
from app.points.queries import balances
from app.rankings.models import Listing
from app.rewards import proof as rewards
from app.rewards.models import Order
from app.sample import content
from app.sample.accounts import PASSWORD


@pytest.fixture
def street(street_app: Flask) -> Iterator[Flask]:
    with street_app.app_context():
        yield street_app
        db.session.rollback()


def _count(*conditions: Any, of: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(of).where(*conditions)) or 0


def _person(name: str) -> Person:
    account = queries.account(name)
    assert account is not None
    person = queries.person(account.id)
    assert person is not None
    return person


def test_every_account_opens_with_the_one_password(street: Flask) -> None:
    hashes = set(db.session.scalars(select(Resident.password_hash).where(Resident.sign_in_name.is_not(None))))

    assert len(hashes) == 1
    assert passwords.matches(hashes.pop(), PASSWORD)


def test_everybody_is_marked_as_made_up(street: Flask) -> None:
    assert _count(Resident.demo.is_(False), of=Resident) == 0
    assert _count(of=Household) == 3284


def test_the_ledger_is_in_order(street: Flask) -> None:
    assert [*points.faults(), *merits.faults(), *rewards.faults()] == []


def test_topics_stand_where_the_file_puts_them(street: Flask) -> None:
    topics = content.read("council")["topics"]
    states = dict(db.session.execute(select(Topic.source_id, Topic.state)).all())
    supports = dict(
        db.session.execute(select(TopicSupport.topic_id, func.count()).group_by(TopicSupport.topic_id)).all()
    )

    for one in topics:
        open_here = one["state"] != "voting" or one["key"] == "ebike-shed"
        assert states[one["key"]] == (one["state"] if open_here else "deliberating")
    for topic_id, source_id, count in db.session.execute(select(Topic.id, Topic.source_id, Topic.support_count)):
        assert supports.get(topic_id, 0) == count, source_id
    of_topics = Comment.thread_id.in_(select(Topic.thread_id))
    assert _count(of_topics, of=Comment) == 208
    assert _count(of_topics, Comment.official, of=Comment) == 11


def test_ballots_that_closed_count_what_the_file_counts(street: Flask) -> None:
    ballots = {
        one["key"]: one["ballot"] for one in content.read("council")["topics"] if "tally" in one.get("ballot", {})
    }
    query = select(Topic.source_id, Topic.outcome, Question.id, Question.roll_size).join(
        Question, Question.id == Topic.question_id
    )
    closed = [row for row in db.session.execute(query) if row.source_id in ballots]

    assert len(closed) == len(ballots) == 3
    for key, outcome, question_id, roll in closed:
        tally = select(Ballot.choice, func.count()).where(Ballot.question_id == question_id).group_by(Ballot.choice)
        assert dict(db.session.execute(tally).all()) == ballots[key]["tally"]
        assert (outcome, roll) == ("carried", ballots[key]["roll"])


def test_resident_has_a_vote_to_cast(street: Flask) -> None:
    resident = _person("resident")
    of_a_topic = Question.closes_at > clock.now(), Question.subject.like("topic:%")
    question = db.session.scalars(select(Question).where(*of_a_topic)).one()

    assert resident.lives_in(question.place_path)
    assert _count(Ballot.question_id == question.id, Ballot.cast_by == resident.id, of=Ballot) == 0
    assert _count(Ballot.question_id == question.id, of=Ballot) > 400


def test_no_account_has_voted_in_an_open_ballot(street: Flask) -> None:
    cast = (
        select(func.count())
        .select_from(Ballot)
        .join(Question, Question.id == Ballot.question_id)
        .join(Resident, Resident.id == Ballot.cast_by)
        .where(Question.closes_at > clock.now(), Resident.sign_in_name.is_not(None))
    )

    assert db.session.scalar(cast) == 0


def test_resident_can_try_the_desk_at_once(street: Flask) -> None:
    at, resident, organiser = clock.now(), _person("resident"), _person("organiser")
    query = (
        select(Shift.starts_at, Shift.ends_at, Shift.capacity, Shift.taken, SignUp.id)
        .join(Activity, Activity.id == Shift.activity_id)
        .outerjoin(SignUp, (SignUp.shift_id == Shift.id) & (SignUp.resident_id == resident.id))
        .where(Activity.organiser_id == organiser.id, Activity.source_id.like("%:today"))
        .order_by(Shift.starts_at)
    )
    first, second = db.session.execute(query).all()

    assert takes_check_ins(Span(*first[:4]), at=at)
    assert takes_check_ins(Span(*second[:4]), at=at)
    assert first.ends_at == second.starts_at
    assert first.id is not None
    assert second.id is None


def test_resident_has_a_shift_to_come_points_to_spend_and_an_order_waiting(street: Flask) -> None:
    at, resident = clock.now(), _person("resident")
    to_come = (
        select(func.count())
        .select_from(SignUp)
        .join(Shift, Shift.id == SignUp.shift_id)
        .where(SignUp.resident_id == resident.id, Shift.starts_at > at + timedelta(hours=20))
    )

    assert db.session.scalar(to_come) == 1
    assert balances(resident.household_id or 0, at=at).available >= 60
    assert (
        _count(Order.household_id == resident.household_id, Order.state == "held", Order.expires_at > at, of=Order) == 1
    )
    assert _count(Listing.household_id == resident.household_id, of=Listing) == 0


def test_every_voter_has_something_to_spend(street: Flask) -> None:
    at = clock.now()
    homes = db.session.scalars(select(Resident.household_id).where(Resident.sign_in_name.like("voter%"))).all()

    assert min(balances(home or 0, at=at).available for home in homes) >= 20


def test_places_on_shifts_are_counted_right_and_hours_are_confirmed_by_somebody_else(street: Flask) -> None:
    taken = select(func.count()).where(SignUp.shift_id == Shift.id, SignUp.state != "cancelled").scalar_subquery()

    assert _count(Shift.taken != taken, of=Shift) == 0
    assert _count(Attendance.confirmed_by == Attendance.resident_id, of=Attendance) == 0
    assert _count(Attendance.confirmed_at.is_(None), of=Attendance) > 0
    assert _count(of=Activity) == 53


def test_nobody_stands_in_two_places_at_once(street: Flask) -> None:
    query = (
        select(SignUp.resident_id, Shift.starts_at, Shift.ends_at)
        .join(Shift, Shift.id == SignUp.shift_id)
        .order_by(SignUp.resident_id, Shift.starts_at)
    )
    before: dict[int, Any] = {}
    for who, starts_at, ends_at in db.session.execute(query):
        assert who not in before or before[who] <= starts_at
        before[who] = ends_at


@pytest.mark.parametrize("name", ["staff", "street"])
def test_somebody_without_a_part_can_answer_for_every_line_on_notice(street: Flask, name: str) -> None:
    notices = db.session.execute(select(Notice.id, Notice.place_path)).all()
    answers = [one.id for one in notices if _person(name).holds(*STAFF, at=one.place_path)]

    assert answers
    assert [one for one in answers if own_lines(_person(name), one)] == []
    assert _count(of=NoticePart) > 0


def test_not_quite_half_of_the_households_agreed_to_be_shown(street: Flask) -> None:
    assert _count(of=Listing) == round(0.46 * 3284)
    assert _count(Listing.shown_as == "nickname", of=Listing) == 30


def test_offices_entered_what_their_lines_count(street: Flask) -> None:
    entered = db.session.execute(
        select(Claim.code, Resident.sign_in_name)
        .join(Resident, Resident.id == Claim.entered_by_id)
        .where(Claim.entered_by_id.is_not(None))
    )

    assert {tuple(row) for row in entered} == {("E01", "grid"), ("S01", "grid"), ("F06", "leader")}
    assert _count(Claim.code.in_(("E01", "E02", "E03", "D05", "F06", "S01", "S02")), of=Claim) == 3


def test_every_passbook_reads_in_the_order_in_which_things_happened(street: Flask) -> None:
    turned: list[tuple[int, datetime, datetime]] = []
    last: dict[int, datetime] = {}
    columns = Transfer.debit_id, Transfer.credit_id, Transfer.posted_at
    households = set(db.session.scalars(select(Account.id).where(Account.owner_kind == "household")))
    for debit, credit, at in db.session.execute(select(*columns).order_by(Transfer.id)):
        for account in {debit, credit} & households:
            if at < last.get(account, at):
                turned.append((account, last[account], at))
            last[account] = at

    assert len(last) > 1000
    assert turned == []


def test_the_last_settlement_shows_an_appeal_that_was_heard_and_the_month_one_that_can_be_made(street: Flask) -> None:
    heard = db.session.execute(
        select(ClaimDecision.confirmed, ClaimEnd.outcome)
        .join(ClaimAppeal, ClaimAppeal.again_id == ClaimDecision.claim_id)
        .outerjoin(ClaimEnd, ClaimEnd.claim_id == ClaimDecision.claim_id)
    ).all()
    neighbour = _person("neighbour")
    mine = select(ClaimDecision.appeal_until).join(Claim, Claim.id == ClaimDecision.claim_id)
    until = db.session.scalars(mine.where(Claim.resident_id == neighbour.id, ~ClaimDecision.confirmed)).one()

    assert [tuple(row) for row in heard] == [(True, "posted")]
    assert until is not None
    assert until > clock.now()
