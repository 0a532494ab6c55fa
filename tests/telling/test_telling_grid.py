"""Who is told what about a request: its reporter how it goes on, and the people of each level what waits for them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.grid import operations
from app.grid.models import Request
from app.grid.operations import write_due
from app.kit.db import db
from app.messages.models import Message
from app.messages.operations import take_back_what_passed
from app.telling.grid import remind_of_due, tell_overdue
from tests.grid.hall import DAY, DONE, HOUR, WHY, Hall, a_hall, a_request, in_hand, rated, resolved
from tests.makers import NOON


@pytest.fixture
def hall(context: Flask) -> Hall:
    return a_hall()


def told(kind: str) -> dict[int, datetime]:
    """Who finds that in the inbox, and as of when."""
    rows = db.session.execute(select(Message.resident_id, Message.at).where(Message.kind == f"grid.{kind}"))
    return {row.resident_id: row.at for row in rows}


def everything() -> list[tuple[int, str, str, datetime, object]]:
    """All that was told, whenever it was written."""
    columns = Message.resident_id, Message.kind, Message.because, Message.at, Message.values
    return [tuple(row) for row in db.session.execute(select(*columns).order_by(Message.because, Message.resident_id))]


def ends(request: Request) -> datetime:
    assert request.due_grid_at is not None
    return request.due_grid_at


def test_a_new_request_waits_for_all_of_its_level_until_one_takes_it_on(hall: Hall) -> None:
    request = a_request(hall)
    assert set(told("waits")) == {hall.grid.id, hall.grid2.id}

    operations.take(request.id, seen=None, by=hall.grid, at=NOON)
    assert told("waits") == told("given") == {}


def test_whoever_reported_it_is_not_asked_to_handle_it(hall: Hall) -> None:
    a_request(hall, by=hall.grid)

    assert set(told("waits")) == {hall.grid2.id}


def test_whoever_is_given_a_request_hears_of_it(hall: Hall) -> None:
    request = a_request(hall)
    operations.assign(request.id, handler_id=hall.grid2.id, seen=None, by=hall.grid, at=NOON)

    assert told("given") == {hall.grid2.id: NOON}


def test_passed_up_is_told_to_the_reporter_and_to_the_next_level(hall: Hall) -> None:
    request = in_hand(hall)
    operations.pass_up(request.id, why=WHY, seen=None, by=hall.grid, at=NOON + HOUR)

    assert told("passed_up") == {hall.reporter.id: NOON + HOUR}
    assert set(told("waits")) == {hall.staff.id, hall.staff2.id}
    assert told("gone_up") == {}, "whoever passed it up knows"

    operations.send_down(request.id, why=WHY, seen=None, by=hall.staff, at=NOON + 2 * HOUR)
    assert set(told("waits")) == {hall.grid.id, hall.grid2.id}


def test_resolved_and_reopened_are_told_to_reporter_and_handler(hall: Hall) -> None:
    request = resolved(hall)
    assert told("resolved") == {hall.reporter.id: NOON}

    rated(hall, request, "not_solved")
    assert told("reopened") == {hall.grid.id: NOON + HOUR}
    assert set(told("waits")) == {hall.grid2.id}


def test_whom_it_concerns_too_hears_of_the_answer(hall: Hall) -> None:
    request = in_hand(hall)
    operations.follow(request.id, by=hall.neighbour, at=NOON)
    operations.resolve(request.id, outcome="solved", answer=DONE, seen=None, by=hall.grid, at=NOON)

    assert told("followed") == {hall.neighbour.id: NOON}


def test_a_day_before_its_time_is_over_whoever_is_in_charge_is_reminded_else_the_level(hall: Hall) -> None:
    mine, nobodys = in_hand(hall), a_request(hall)
    begins = ends(mine) - timedelta(hours=24)
    assert remind_of_due(begins - HOUR) == 0

    assert remind_of_due(begins + HOUR) == 3
    assert remind_of_due(begins + 2 * HOUR) == 0
    assert told("due") == dict.fromkeys((hall.grid.id, hall.grid2.id), begins)

    operations.resolve(mine.id, outcome="solved", answer=DONE, seen=None, by=hall.grid, at=begins + 3 * HOUR)
    left = db.session.scalars(select(Message.href).where(Message.kind == "grid.due"))
    assert set(left) == {f"/requests/{nobodys.id}"}, "what is answered is due no more"


def test_what_goes_up_by_itself_on_the_promised_day_is_overdue(hall: Hall) -> None:
    request = in_hand(hall)
    write_due(ends(request) + HOUR)

    assert told("overdue") == {hall.reporter.id: ends(request)}
    assert told("gone_up") == {hall.grid.id: ends(request)}
    assert set(told("waits")) == {hall.staff.id, hall.staff2.id}
    assert told("passed_up") == {}


def test_what_was_passed_up_before_is_overdue_on_the_same_day(hall: Hall) -> None:
    request = in_hand(hall)
    operations.pass_up(request.id, why=WHY, seen=None, by=hall.grid, at=NOON + DAY)
    assert tell_overdue(request.promised_at - HOUR) == 0
    assert tell_overdue(request.promised_at + HOUR) == 1
    assert tell_overdue(request.promised_at + 2 * HOUR) == 0
    assert told("overdue") == {hall.reporter.id: request.promised_at}

    at = request.promised_at + 3 * HOUR
    operations.take(request.id, seen=None, by=hall.staff, at=at)
    operations.start(request.id, seen=None, by=hall.staff, at=at)
    operations.resolve(request.id, outcome="solved", answer=DONE, seen=None, by=hall.staff, at=at)
    assert told("overdue") == {}, "it is answered now"
    assert tell_overdue(at + DAY) == 0


def test_mail_about_what_is_not_public_carries_its_number_to_handlers_and_its_words_to_the_reporter(hall: Hall) -> None:
    request = in_hand(hall, is_public=False)
    operations.pass_up(request.id, why=WHY, seen=None, by=hall.grid, at=NOON)

    titles = dict(db.session.execute(select(Message.kind, Message.values)).all())
    assert titles["grid.waits"]["title"]["words"]["en"] == request.number
    assert titles["grid.passed_up"]["title"]["words"]["en"] == request.title.en


def _tick(at: datetime) -> None:
    take_back_what_passed(at)
    for act in (write_due, remind_of_due, tell_overdue):
        act(at)


def _twice(at: datetime) -> None:
    _tick(at)
    _tick(at)


def _often(at: datetime) -> None:
    moment = NOON
    while moment < at:
        _tick(moment)
        moment += 6 * HOUR
    _tick(at)


@pytest.mark.parametrize("days", [1, 4, 9, 30])
def test_how_often_the_clock_ticks_changes_nothing(hall: Hall, days: int) -> None:
    """Some stay in hand, some wait, some are answered; at the end all stands and all were told the same."""
    for made in (in_hand, a_request, resolved):
        made(hall)
    moved = in_hand(hall, category="road")
    operations.pass_up(moved.id, why=WHY, seen=None, by=hall.grid, at=NOON + HOUR)
    at, results = NOON + days * DAY, []
    runs: tuple[Callable[[datetime], None], ...] = (_tick, _twice, _often)
    for run in runs:
        with db.session.begin_nested() as trial:
            run(at)
            rows = db.session.execute(
                select(Request.number, Request.state, Request.level, Request.version, Request.state_since,
                       Request.level_since).order_by(Request.id)
            ).all()  # fmt: skip
            results.append((rows, everything()))
            trial.rollback()
        db.session.expire_all()

    assert results[0] == results[1] == results[2]
