"""Who is told what about meetings, and what attendance earns; with the operations of the room, reactions and all."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.council.models import Topic
from app.kit.db import db
from app.meetings import operations
from app.meetings.models import Meeting
from app.merits.models import Award, Deed
from app.merits.operations import load_tariff
from app.people.models import Resident
from app.telling.eve import noon_before
from app.telling.meetings import remind_of_meetings
from tests.council.square import DAY, Square, a_square, under_discussion
from tests.makers import NOON, as_person, give
from tests.meetings.hall import AGREED, ENDS, HOUR, OVER, SAID, STARTS, WHY, a_meeting, an_open_day
from tests.merits.documents import tariff_document
from tests.telling.test_telling import ids, told

pytestmark = pytest.mark.usefixtures("context")
DUE = STARTS - DAY  # it begins at noon, and noon of the day before is when people are reminded


@pytest.fixture
def square() -> Square:
    return a_square()


def test_a_reminder_is_due_at_noon_of_the_day_before() -> None:
    assert noon_before(STARTS) == noon_before(STARTS + 9 * HOUR) == DUE


def about(square: Square, topic: Topic, **values: Any) -> Meeting:
    return a_meeting(square, subject=f"topic:{topic.id}", href=f"/topics/{topic.id}", **values)


def sign_up(meeting: Meeting, *people: Any, at: Any = NOON) -> None:
    for one in people:
        operations.sign_up(meeting.id, question=None, by=one, at=at)


def test_who_stands_behind_a_topic_is_invited_and_reads_the_minutes(square: Square) -> None:
    topic, guest = under_discussion(square), square.neighbours[0]
    meeting = about(square, topic)
    an_open_day(square)
    operations.mark_present(meeting.id, guest.id, by=square.staff, at=STARTS)
    operations.publish_minutes(meeting.id, text=SAID, conclusions=AGREED, by=square.staff, at=OVER)
    operations.publish_minutes(meeting.id, text=SAID, conclusions=[], corrects=WHY, by=square.staff, at=OVER + DAY)

    assert told("meetings.called") == {square.neighbours[9].id: NOON}
    assert told("meetings.minutes") == dict.fromkeys(ids(square.neighbours[9], guest), OVER)


@pytest.mark.parametrize("hours", [[0], [23], [0, 0, 1], range(-30, 24, 6)], ids=["due", "late", "twice", "often"])
def test_who_signed_up_is_reminded_once_at_noon_of_the_day_before(square: Square, hours: Any) -> None:
    meeting = a_meeting(square)
    sign_up(meeting, *square.neighbours[:2])
    operations.withdraw(meeting.id, by=square.neighbours[1], at=NOON)
    sign_up(meeting, square.neighbours[2], at=DUE + timedelta(minutes=1))  # knows it anyway
    for hour in hours:
        remind_of_meetings(DUE + hour * HOUR)

    assert told("meetings.tomorrow") == {square.neighbours[0].id: DUE}


def test_nobody_is_reminded_too_early_or_of_what_has_begun(square: Square) -> None:
    sign_up(a_meeting(square), square.neighbours[0])

    assert remind_of_meetings(DUE - HOUR) == 0
    assert remind_of_meetings(STARTS) == 0


def test_who_withdraws_is_not_reminded_any_more(square: Square) -> None:
    meeting = a_meeting(square)
    sign_up(meeting, *square.neighbours[:2])
    remind_of_meetings(DUE)

    operations.withdraw(meeting.id, by=square.neighbours[0], at=DUE + HOUR)

    assert set(told("meetings.tomorrow")) == ids(square.neighbours[1])


def test_what_is_put_off_or_called_off_takes_its_reminder_back_and_tells(square: Square) -> None:
    moved, off = a_meeting(square), a_meeting(square)
    sign_up(moved, square.neighbours[0])
    sign_up(off, square.neighbours[1])
    remind_of_meetings(DUE)
    later = {"starts_at": STARTS + 3 * DAY, "ends_at": ENDS + 3 * DAY}

    operations.put_off(moved.id, why=WHY, by=square.staff, at=DUE + HOUR, **later)
    operations.call_off(off.id, why=WHY, by=square.staff, at=DUE + HOUR)

    assert told("meetings.tomorrow") == {}
    assert told("meetings.put_off") == {square.neighbours[0].id: DUE + HOUR}
    assert told("meetings.cancelled") == {square.neighbours[1].id: DUE + HOUR}
    assert remind_of_meetings(DUE + 2 * HOUR) == 0
    assert remind_of_meetings(DUE + 3 * DAY) == 1


def test_a_sitting_earns_each_household_once_when_its_minutes_are_out(square: Square) -> None:
    load_tariff(
        tariff_document(), place_id=square.community.id, effective_from=NOON.date() - 9 * DAY, by_id=None, at=NOON
    )
    sitting, open_day = a_meeting(square), an_open_day(square)
    for meeting in (sitting, open_day):
        for person in (square.neighbours[0], square.spouse, square.neighbours[1]):
            operations.mark_present(meeting.id, person.id, by=square.staff, at=STARTS)
    earned = select(Award.household_id, Award.honour, Award.effective_at).where(Award.honour > 0)
    assert db.session.execute(earned).all() == []

    for meeting in (open_day, sitting):
        operations.publish_minutes(meeting.id, text=SAID, conclusions=[], by=square.staff, at=OVER)
    operations.publish_minutes(sitting.id, text=SAID, conclusions=[], corrects=WHY, by=square.staff, at=OVER)

    homes = sorted(home.id for home in square.homes[:2])
    assert sorted(db.session.execute(earned).all()) == [(home, 2, STARTS) for home in homes]
    facts = db.session.execute(select(Deed.event, Deed.code, func.count()).group_by(Deed.event, Deed.code)).all()
    there = {(f"meeting:{open_day.id}", None, 3), (f"meeting:{sitting.id}", "D01", 3)}
    assert set(facts) == there, "whoever was there is written down, paid or not, once"


def test_who_was_forgotten_earns_once_with_the_minutes_that_are_corrected(square: Square) -> None:
    load_tariff(
        tariff_document(), place_id=square.community.id, effective_from=NOON.date() - 9 * DAY, by_id=None, at=NOON
    )
    sitting, forgotten = a_meeting(square), square.neighbours[1]
    operations.publish_minutes(sitting.id, text=SAID, conclusions=[], by=square.staff, at=OVER)
    operations.mark_present(sitting.id, forgotten.id, by=square.staff, at=OVER + HOUR)
    earned = select(Award.resident_id, Award.honour, Award.posted_at).where(Award.honour > 0)
    assert db.session.execute(earned).all() == []

    for late in (DAY, 2 * DAY):
        operations.publish_minutes(sitting.id, text=SAID, conclusions=[], corrects=WHY, by=square.staff, at=OVER + late)

    assert db.session.execute(earned).all() == [(forgotten.id, 2, OVER + DAY)]


def test_i22_whoever_publishes_the_minutes_does_not_confirm_that_they_were_there(square: Square) -> None:
    load_tariff(
        tariff_document(), place_id=square.community.id, effective_from=NOON.date() - 9 * DAY, by_id=None, at=NOON
    )
    publisher, colleague = square.neighbours[0], square.staff
    give("staff", db.session.get_one(Resident, publisher.id), square.community)
    sitting = a_meeting(square)
    operations.mark_present(sitting.id, publisher.id, by=colleague, at=STARTS)

    operations.publish_minutes(
        sitting.id, text=SAID, conclusions=[], by=as_person(db.session.get_one(Resident, publisher.id)), at=OVER
    )

    awards = db.session.execute(select(Award.resident_id, Award.by_id)).all()
    assert awards == [(publisher.id, colleague.id)]
