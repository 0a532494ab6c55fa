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
from app.agreements import proof as agreements
from app.ballots import proof as ballots
from app.ballots.models import Ballot, Question, RollEntry
from app.ballots.papers import ABSTAIN, check
from app.ballots.queries import options_of
from app.ballots.secret_models import SecretMark, SecretPaper
from app.claims.models import Claim, ClaimAppeal, ClaimDecision, ClaimEnd
from app.council import proof as council
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
from app.sample.voting import TURNOUT


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
        waits = one["key"] == "rent-income"  # for a method of funds
        assert states[one["key"]] == ("deliberating" if waits else one["state"])
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


def _running(key: str) -> Question:
    query = select(Question).join(Topic, Topic.question_id == Question.id)
    question = db.session.scalars(query.where(Topic.source_id == key)).one()
    assert question.closes_at > clock.now()
    return question


@pytest.mark.parametrize(("key", "least"), [("ebike-shed", 400), ("elders-canteen", 1000)])
def test_resident_has_a_vote_to_cast(street: Flask, key: str, least: int) -> None:
    resident, question = _person("resident"), _running(key)
    urn: Any = SecretMark if question.secret else Ballot

    assert resident.lives_in(question.place_path)
    assert _count(urn.question_id == question.id, urn.cast_by == resident.id, of=urn) == 0
    assert _count(urn.question_id == question.id, of=urn) > least


@pytest.mark.parametrize(
    ("key", "method", "secret", "roll"),
    [
        ("ebike-shed", "single_choice", False, 1286),
        ("lift-b7", "yes_no", True, 18),
        ("elders-canteen", "score", True, 3912),
        ("veg-garden", "schulze", False, 412),
        ("old-mill", "approval", False, 2876),
    ],
)
def test_ballots_of_other_methods_run_too(street: Flask, key: str, method: str, secret: bool, roll: int) -> None:
    question = _running(key)
    here: Any = SecretPaper if secret else Ballot
    papers = db.session.scalars(select(here.choice).where(here.question_id == question.id)).all()
    keys = [one.key for one in options_of(question.id) if one.key != ABSTAIN]

    assert (question.method, question.secret) == (method, secret)
    birthdays = 0 if question.electorate == "household" else 10  # who came of age since then is not on the roll
    assert question.roll_size == pytest.approx(roll, abs=birthdays)
    assert len(papers) == round(question.roll_size * TURNOUT[secret])
    for paper in papers:
        check(method, paper, keys, best=question.best)
    assert len(set(papers)) > 1
    assert _count(SecretMark.question_id == question.id, of=SecretMark) == (len(papers) if secret else 0)


def test_the_households_of_building_7_and_no_others_vote_on_its_lift(street: Flask) -> None:
    roll = select(RollEntry.household_id).where(RollEntry.question_id == _running("lift-b7").id)
    doors = db.session.scalars(select(Household.door).where(Household.id.in_(roll))).all()

    assert {door.partition("楼")[0] for door in doors} == {"7号"}
    assert {door[-4:-1] for door in doors} == {f"{floor}0{flat}" for floor in range(1, 7) for flat in (1, 2, 3)}


def test_every_question_bears_the_check_sum_of_the_text_that_is_voted_on(street: Flask) -> None:
    assert _count(Question.text_hash.is_(None), of=Question) == 0
    assert [*council.faults(), *agreements.faults(), *ballots.faults()] == []


def test_no_account_has_voted_in_an_open_ballot(street: Flask) -> None:
    for urn in (Ballot, SecretMark):
        cast = (
            select(func.count())
            .select_from(urn)
            .join(Question, Question.id == urn.question_id)
            .join(Resident, Resident.id == urn.cast_by)
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
