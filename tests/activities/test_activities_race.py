"""Many at once on one shift: places, check-ins and confirmed hours stay right."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.activities import codes, operations
from app.activities.events import HoursConfirmed
from app.activities.models import Attendance, Shift, SignUp
from app.kit import bus
from app.kit.db import db, transaction
from app.kit.refusal import Refused
from app.people.rules import Person
from tests.activities.planned import ENDS, SECRET, STARTS, a_plan, a_village, an_activity, shift_ids
from tests.makers import NOON, a_household, a_resident, as_person, kept

CROWD = 14  # as many as have a connection to PostgreSQL at the same moment


def rush(app: Flask, acts: Sequence[Callable[[], Any]]) -> int:
    """Let every act go at the same moment, each in a transaction of its own; answers with how many were not refused."""
    barrier = threading.Barrier(len(acts))

    def one(act: Callable[[], Any]) -> bool:
        with app.app_context():
            barrier.wait(timeout=30)
            try:
                with transaction():
                    act()
            except Refused:
                return False
            return True

    with ThreadPoolExecutor(max_workers=len(acts)) as pool:
        return sum(pool.map(one, acts))


class Crowd:
    """A shift of five places, and more people than that; the organiser and staff run it."""

    def __init__(self, app: Flask) -> None:
        with app.app_context(), kept():
            village = a_village()
            group = village.street.group
            self.people: list[Person] = [as_person(a_resident(a_household(group))) for _ in range(CROWD)]
            self.organiser, self.staff = village.organiser, village.staff
            activity = an_activity(village, a_plan(capacity=5))
            self.id, (self.shift,) = activity.id, shift_ids(activity)


@pytest.fixture
def crowd(app: Flask) -> Crowd:
    return Crowd(app)


def counted(app: Flask, crowd: Crowd) -> tuple[int, int]:
    """Places taken by the shift's own count, and confirmed sign-ups."""
    with app.app_context():
        confirmed = select(func.count()).select_from(SignUp).where(SignUp.state == "confirmed")
        return (
            db.session.scalar(select(Shift.taken).where(Shift.id == crowd.shift)) or 0,
            db.session.scalar(confirmed) or 0,
        )


def test_never_more_places_than_there_are(app: Flask, crowd: Crowd) -> None:
    acts = [lambda one=one: operations.sign_up(crowd.shift, by=one, at=NOON) for one in crowd.people]

    assert rush(app, acts) == 5
    assert counted(app, crowd) == (5, 5)


def test_one_person_takes_one_place_however_often_they_press(app: Flask, crowd: Crowd) -> None:
    person = crowd.people[0]

    assert rush(app, [lambda: operations.sign_up(crowd.shift, by=person, at=NOON)] * CROWD) == 1
    assert counted(app, crowd) == (1, 1)
    assert rush(app, [lambda: operations.give_up(crowd.shift, by=person, at=NOON)] * CROWD) == 1
    assert counted(app, crowd) == (0, 0)


def test_the_number_of_places_is_not_lowered_under_those_who_sign_up(app: Flask, crowd: Crowd) -> None:
    signing = [lambda one=one: operations.sign_up(crowd.shift, by=one, at=NOON) for one in crowd.people[:8]]
    lowering = [lambda: operations.change_capacity(crowd.shift, 3, by=crowd.staff, at=NOON)] * 4

    rush(app, signing + lowering)

    taken, confirmed = counted(app, crowd)
    with app.app_context():
        capacity = db.session.scalar(select(Shift.capacity).where(Shift.id == crowd.shift)) or 0
    assert taken == confirmed <= capacity


def test_a_code_and_a_tick_make_one_check_in_and_hours_are_confirmed_once(
    app: Flask, crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, told = crowd.people[0], []
    monkeypatch.setattr(bus, "_reactions", {HoursConfirmed: (told.append,)})
    rush(app, [lambda: operations.sign_up(crowd.shift, by=person, at=NOON)])
    code = codes.current_code(crowd.shift, STARTS, SECRET)
    scan = [lambda: operations.check_in(crowd.id, code=code, secret=SECRET, by=person, at=STARTS)] * 7
    ticks = [lambda: operations.tick(crowd.shift, person.id, by=crowd.organiser, at=STARTS)] * 7

    assert rush(app, scan + ticks) == 1
    assert rush(app, [lambda: operations.check_out(crowd.id, by=person, at=ENDS)] * CROWD) == 1
    with app.app_context():
        (attendance,) = db.session.scalars(select(Attendance.id))
    one = [lambda: operations.confirm_hours(attendance, by=crowd.organiser, at=ENDS)] * 7
    everybody = [lambda: operations.confirm_all(crowd.shift, by=crowd.staff, at=ENDS)] * 7
    rush(app, one + everybody)

    assert len(told) == 1
