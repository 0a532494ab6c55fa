"""flask demo and flask tick as somebody types them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.activities import codes
from app.activities import operations as activities
from app.activities.models import Activity, Shift
from app.config import Settings
from app.council.models import Topic
from app.kit import clock
from app.kit.db import db
from app.people import queries as people
from app.people.models import Household
from app.people.rules import Person
from app.points import proof as points
from app.rewards.models import Order
from tests.worlds import Hold


def test_a_second_demo_says_so_and_loads_nothing(street_app: Flask) -> None:
    done = street_app.test_cli_runner().invoke(args=["demo"])

    assert done.exit_code == 0
    assert "already" in done.output
    assert "xiangyue-demo" in done.output
    with street_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Household)) == 3284


OTHER_DAYS = [
    datetime(2027, 1, 3, 17, 30, tzinfo=UTC),  # 1:30 in the village
    datetime(2028, 2, 29, 1, 0, tzinfo=UTC),  # 9:00
    datetime(2026, 11, 22, 10, 5, 40, tzinfo=UTC),  # 18:05
    datetime(2026, 12, 31, 15, 30, tzinfo=UTC),  # 23:30
    datetime(2026, 11, 22, 15, 59, 59, tzinfo=UTC),  # 23:59
]


@pytest.mark.sqlite  # on PostgreSQL every street of the tests is loaded anyhow
@pytest.mark.parametrize("when", OTHER_DAYS, ids=str)
def test_the_street_loads_at_any_hour_with_its_ledger_in_order_and_a_shift_to_try(
    app: Flask, at: Hold, when: datetime
) -> None:
    at(when)

    done = app.test_cli_runner().invoke(args=["demo", "--days", "60"])

    assert done.exit_code == 0, done.output
    assert "voter001" in done.output
    with app.app_context():
        assert list(points.faults()) == []
        resident = _resident()
        shift = _shift_to_try()
        assert shift.starts_at <= when + timedelta(minutes=30)
        activities.sign_up(shift.id, by=resident, at=when)
        code = codes.current_code(shift.id, when, b"screen")
        came = activities.check_in(shift.activity_id, code=code, secret=b"screen", by=resident, at=when)
        assert came.shift_id == shift.id
        db.session.rollback()


def _resident() -> Person:
    account = people.account("resident")
    assert account is not None
    person = people.person(account.id)
    assert person is not None
    return person


def _shift_to_try() -> Shift:
    return db.session.scalars(select(Shift).join(Activity).where(Activity.source_id == "cleanup:today")).one()


def test_verify_finds_the_street_in_order(street_app: Flask) -> None:
    told = street_app.test_cli_runner().invoke(args=["verify"])

    assert told.exit_code == 0, told.output
    assert "Everything is in order" in told.output
    rare = ", 0 marks of lots"  # written for households with hundreds of entries
    assert ", 0 " not in told.output.replace(rare, "")  # there was something of every kind to look at


def test_demo_refuses_production(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(env="production", base_url="https://example.org", secret_key="x" * 40, trusted_proxies=1)
    monkeypatch.setitem(app.config, "SETTINGS", settings)

    done = app.test_cli_runner().invoke(args=["demo"])

    assert done.exit_code == 1
    assert done.output.count("\n") == 1
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Household)) == 0


def test_tick_writes_down_what_came_due_once(street_app: Flask, at: Hold) -> None:
    at(clock.now() + timedelta(days=8))  # the open ballots and every waiting order are over by then

    first = street_app.test_cli_runner().invoke(args=["tick"])
    second = street_app.test_cli_runner().invoke(args=["tick"])

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "5 results of ballots" in first.output
    assert {line.split()[0] for line in second.output.splitlines()} == {"0"}
    with street_app.app_context():
        topic = db.session.scalars(select(Topic).where(Topic.source_id == "ebike-shed")).one()
        assert (topic.state, topic.outcome) == ("decided", "carried")
        assert topic.decided_at is not None
        assert topic.decided_at < clock.now() - timedelta(days=5)  # when it closed, not when tick came
        assert db.session.scalar(select(func.count()).where(Order.state == "held")) == 0
