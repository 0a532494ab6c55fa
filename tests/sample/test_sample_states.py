"""Every state of a topic, an order and an activity stands in the sample street, and somebody walks its page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select

from app.activities.life import STATES as ACTIVITY_STATES
from app.activities.life import state_of
from app.activities.models import Activity, Shift
from app.activities.spans import Span
from app.council import operations as council
from app.council.models import STATES as TOPIC_STATES
from app.council.models import Topic
from app.kit import clock
from app.kit.db import db
from app.meetings import queries as meetings
from app.meetings.rules import STATE_WORDS as MEETING_STATES
from app.people import queries
from app.people.models import Resident
from app.people.rules import Person
from app.places.queries import place_by_code
from app.rewards.models import Order
from app.rewards.rules import STATES as ORDER_STATES
from tests.examples import examples, numbers


@pytest.fixture
def street(street_app: Flask) -> Iterator[Flask]:
    """The street at the moment of its loading: a long run of tests would see the shifts of today end."""
    with street_app.app_context():
        place = place_by_code("s")
        assert place is not None
        with clock.fixed(datetime.fromisoformat(place.settings["sample"])):
            yield street_app
        db.session.rollback()


def _resident() -> Person:
    account = queries.account("resident")
    assert account is not None
    person = queries.person(account.id)
    assert person is not None
    return person


def _state_of(activity: Activity) -> str:
    columns = Shift.starts_at, Shift.ends_at, Shift.capacity, Shift.taken
    shifts = [Span(*row) for row in db.session.execute(select(*columns).where(Shift.activity_id == activity.id))]
    return state_of(activity.state, shifts, at=clock.now())


def test_topics_stand_in_every_state(street: Flask) -> None:
    assert set(db.session.scalars(select(Topic.state))) == set(TOPIC_STATES)


def test_activities_stand_in_every_state(street: Flask) -> None:
    assert {_state_of(one) for one in db.session.scalars(select(Activity))} == set(ACTIVITY_STATES)


def test_resident_has_orders_in_every_state(street: Flask) -> None:
    mine = select(Order.state).where(Order.household_id == _resident().household_id)

    assert sorted(db.session.scalars(mine)) == sorted(ORDER_STATES)


def test_no_order_of_the_sample_waits_to_be_noted_as_lapsed(street: Flask) -> None:
    lapsed = select(Order.id).where(Order.state == "held", Order.expires_at <= clock.now())

    assert db.session.scalars(lapsed).all() == []


def test_resident_can_propose_the_draft(street: Flask) -> None:
    draft = db.session.scalars(select(Topic).where(Topic.state == "draft")).one()
    resident = _resident()
    assert draft.proposer_id == resident.id

    council.take_step(draft.id, "propose", by=resident, at=clock.now())

    assert (draft.state, draft.number is not None) == ("proposed", True)


@pytest.mark.parametrize(
    ("rule", "prefix", "states"),
    [
        ("/topics/<int:topic_id>", "", TOPIC_STATES),
        ("/orders/<int:order_id>", "", ORDER_STATES),
        ("/activities/<int:activity_id>", "activity_", ACTIVITY_STATES),
        ("/sittings/<int:meeting_id>", "sitting_", tuple(MEETING_STATES)),
    ],
)
def test_pages_of_every_state_are_walked(street: Flask, rule: str, prefix: str, states: tuple[str, ...]) -> None:
    """Each in the browser's walk (`tests/examples.py`), on a thing that is really in that state."""
    known = numbers(street.config["SETTINGS"].database_url)
    walked = {one.path for one in examples() if one.rule == rule}
    base = rule.partition("<")[0]
    for state in states:
        name = f"{prefix}{state}"
        assert f"{base}{{{name}}}" in walked, f"nobody opens {base}{{{name}}}"
        assert _state_at(rule, int(known[name])) == state


def _state_at(rule: str, number: int) -> str:
    if rule.startswith("/activities"):
        return _state_of(db.session.get_one(Activity, number))
    if rule.startswith("/topics"):
        return db.session.get_one(Topic, number).state
    if rule.startswith("/sittings"):
        return meetings.state_of(meetings.meeting(number), clock.now())
    order = db.session.get_one(Order, number)
    assert db.session.get_one(Resident, order.resident_id).sign_in_name == "resident"
    return order.state
