"""Meetings on the real database: seats, attendance, moves, minutes, and what of them is announced and kept."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.kit import bus
from app.kit.audit import AuditEntry
from app.kit.db import db
from app.kit.refusal import Refused
from app.kit.words import Words
from app.meetings import operations, proof, queries
from app.meetings.events import MeetingCalled, MeetingCancelled, MeetingPutOff, MinutesPublished
from app.meetings.models import Meeting, MeetingSignUp
from app.people.models import Resident
from tests.council.square import DAY, Square, a_square
from tests.makers import NOON, as_person, give
from tests.meetings.hall import AGENDA, AGREED, DOORS, ENDS, HOUR, OVER, SAID, STARTS, WHY, a_meeting, an_open_day


@pytest.fixture
def square(context: Flask) -> Square:
    return a_square()


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What meetings announce, instead of what happens elsewhere."""
    told: list[Any] = []
    events = (MeetingCalled, MeetingPutOff, MeetingCancelled, MinutesPublished)
    monkeypatch.setattr(bus, "_reactions", dict.fromkeys(events, (told.append,)))
    return told


def sign_up(meeting: Meeting, *people: Any) -> None:
    for one in people:
        operations.sign_up(meeting.id, question=None, by=one, at=NOON)


def test_staff_call_a_meeting_with_its_agenda(square: Square, heard: list[Any]) -> None:
    meeting = a_meeting(square)

    assert queries.agenda(meeting.id) == AGENDA
    assert [type(one) for one in heard] == [MeetingCalled]
    assert heard[0].href == f"/sittings/{meeting.id}"
    row = queries.meeting(meeting.id)
    assert row is not None
    assert queries.state_of(row, NOON) == "called"
    assert [one.id for one in queries.meetings_of("topic:1")] == [meeting.id]


def test_neighbours_and_other_staff_call_none(square: Square) -> None:
    give("staff", db.session.get_one(Resident, square.villager.id), square.street.village)
    for person in (square.neighbours[0], as_person(db.session.get_one(Resident, square.villager.id))):
        with pytest.raises(Refused, match="called and kept by the committee"):
            a_meeting(square, by=person)


def test_the_last_seat_is_the_last(square: Square) -> None:
    meeting = a_meeting(square)
    sign_up(meeting, *square.neighbours[:2])

    with pytest.raises(Refused, match="All seats are taken"):
        sign_up(meeting, square.neighbours[2])
    operations.withdraw(meeting.id, by=square.neighbours[0], at=NOON)
    sign_up(meeting, square.neighbours[2])

    assert (meeting.taken, len(queries.signed_up_ids(meeting.id))) == (2, 2)


def test_one_person_has_one_seat_and_may_come_back(square: Square) -> None:
    meeting, me = a_meeting(square), square.neighbours[0]
    question = Words(zh="电费谁出？")
    sign_up(meeting, me)

    with pytest.raises(Refused, match="signed up already"):
        sign_up(meeting, me)
    operations.withdraw(meeting.id, by=me, at=NOON + HOUR)
    with pytest.raises(Refused, match="not signed up"):
        operations.withdraw(meeting.id, by=me, at=NOON + HOUR)
    operations.sign_up(meeting.id, question=question, by=me, at=NOON + 2 * HOUR)

    assert meeting.taken == 1
    assert [row.question for row in queries.signed_up(meeting.id)] == [question]
    assert db.session.scalar(select(func.count()).select_from(MeetingSignUp)) == 1


def test_the_database_keeps_the_seats(square: Square) -> None:
    meeting = a_meeting(square)

    for taken in (-1, 3):
        with pytest.raises(IntegrityError), db.session.begin_nested():
            db.session.execute(text(f"UPDATE meetings SET taken = {taken} WHERE id = {meeting.id}"))


def test_sign_up_is_for_verified_residents_until_it_begins(square: Square) -> None:
    meeting = an_open_day(square)
    sign_up(meeting, square.spouse)

    for person, at, said in (
        (square.newcomer, NOON, "verified"),
        (square.villager, NOON, "residents of the place"),
        (square.neighbours[0], STARTS, "sign-up has ended"),
    ):
        with pytest.raises(Refused, match=said):
            operations.sign_up(meeting.id, question=None, by=person, at=at)
    with pytest.raises(Refused, match="no seat to give back"):
        operations.withdraw(meeting.id, by=square.spouse, at=STARTS)


def test_agenda_and_seats_change_until_it_begins(square: Square) -> None:
    meeting = a_meeting(square)
    sign_up(meeting, *square.neighbours[:2])
    room = Words(zh="大厅", en="Hall")
    known: dict[str, Any] = {"where": room, "agenda": AGENDA[1:], "by": square.staff}

    with pytest.raises(Refused, match="have signed up already"):
        operations.change(meeting.id, capacity=1, at=NOON, **known)
    operations.change(meeting.id, capacity=None, at=NOON, **known)

    assert (queries.agenda(meeting.id), meeting.venue, meeting.capacity) == (AGENDA[1:], room, None)
    with pytest.raises(Refused, match="agenda stands"):
        operations.change(meeting.id, capacity=None, at=STARTS, **known)


def test_what_is_put_off_keeps_its_seats_and_tells_who_signed_up(square: Square, heard: list[Any]) -> None:
    meeting = a_meeting(square)
    sign_up(meeting, *square.neighbours[:2])
    operations.withdraw(meeting.id, by=square.neighbours[1], at=NOON)

    later = {"starts_at": STARTS + DAY, "ends_at": ENDS + DAY}
    operations.put_off(meeting.id, why=WHY, by=square.staff, at=NOON + DAY, **later)
    operations.put_off(
        meeting.id, starts_at=STARTS + 2 * DAY, ends_at=ENDS + 2 * DAY, why=WHY, by=square.staff, at=STARTS + DAY + HOUR
    )

    moves = [(row.from_starts_at, row.to_starts_at) for row in queries.moves(meeting.id)]
    assert moves == [(STARTS, STARTS + DAY), (STARTS + DAY, STARTS + 2 * DAY)]
    assert [one.signed_up for one in heard[1:]] == [(square.neighbours[0].id,)] * 2
    assert heard[1].move_id != heard[2].move_id
    row = queries.meeting(meeting.id)
    assert row is not None
    assert queries.state_of(row, STARTS + DAY + HOUR) == "put_off"


def test_what_is_called_off_says_why_and_takes_nothing_more(square: Square, heard: list[Any]) -> None:
    meeting = a_meeting(square)
    sign_up(meeting, square.neighbours[0])

    operations.call_off(meeting.id, why=WHY, by=square.staff, at=NOON)

    assert heard[-1] == MeetingCancelled(
        meeting.id, meeting.title, STARTS, WHY, (square.neighbours[0].id,), f"/sittings/{meeting.id}", NOON
    )
    for act in (
        lambda: sign_up(meeting, square.neighbours[1]),
        lambda: operations.call_off(meeting.id, why=WHY, by=square.staff, at=NOON),
        lambda: operations.mark_present(meeting.id, square.neighbours[1].id, by=square.staff, at=STARTS),
        lambda: operations.publish_minutes(meeting.id, text=SAID, conclusions=[], by=square.staff, at=OVER),
    ):
        with pytest.raises(Refused, match="called off"):
            act()


def test_staff_note_who_came_whether_signed_up_or_not(square: Square) -> None:
    meeting, staff = a_meeting(square), square.staff
    sign_up(meeting, square.neighbours[0])

    with pytest.raises(Refused, match="an hour before"):
        operations.mark_present(meeting.id, square.neighbours[0].id, by=staff, at=DOORS - HOUR)
    operations.mark_present(meeting.id, square.neighbours[0].id, by=staff, at=DOORS)
    by_mistake = operations.mark_present(
        meeting.id, square.neighbours[1].id, part="representative", by=staff, at=STARTS
    )
    operations.note_guest(meeting.id, "吴工", part="expert", by=staff, at=STARTS)
    with pytest.raises(Refused, match="present already"):
        operations.mark_present(meeting.id, square.neighbours[0].id, by=staff, at=STARTS)
    with pytest.raises(Refused, match="took place"):
        operations.put_off(meeting.id, starts_at=STARTS + DAY, ends_at=ENDS + DAY, why=WHY, by=staff, at=STARTS)
    operations.take_back(by_mistake.id, by=staff, at=STARTS)

    assert queries.present_parts(meeting.id) == {"resident": 1, "expert": 1}
    assert queries.who_noted(meeting.id) == {square.neighbours[0].id: square.staff.id}


def test_nobody_marks_the_own_household(square: Square) -> None:
    give("staff", db.session.get_one(Resident, square.spouse.id), square.community)
    spouse = as_person(db.session.get_one(Resident, square.spouse.id))
    meeting = a_meeting(square)

    for resident in (square.spouse, square.neighbours[0]):
        with pytest.raises(Refused, match="you or your household"):
            operations.mark_present(meeting.id, resident.id, by=spouse, at=STARTS)


def test_only_residents_of_the_place_and_who_signed_up_are_marked(square: Square) -> None:
    meeting, moved = a_meeting(square), square.neighbours[1]
    operations.sign_up(meeting.id, question=None, by=moved, at=NOON)
    db.session.get_one(Resident, moved.id).household_id = square.villager.household_id

    for stranger in (square.villager.id, 999_999):
        with pytest.raises(Refused, match="No resident of this place"):
            operations.mark_present(meeting.id, stranger, by=square.staff, at=STARTS)
    operations.mark_present(meeting.id, moved.id, by=square.staff, at=STARTS)

    assert queries.who_noted(meeting.id) == {moved.id: square.staff.id}


def test_a_line_is_struck_off_once(square: Square) -> None:
    meeting = a_meeting(square)
    guest = operations.note_guest(meeting.id, "吴工", part="expert", by=square.staff, at=STARTS).id
    operations.take_back(guest, by=square.staff, at=STARTS)

    with pytest.raises(Refused, match="no longer on the list"):
        operations.take_back(guest, by=square.staff, at=STARTS)


def test_people_are_found_by_phone_and_full_name(square: Square) -> None:
    one, other = (db.session.get_one(Resident, person.id) for person in square.neighbours[:2])
    one.phone, other.given_name = "13800001111", one.given_name
    db.session.flush()

    def found(typed: str, path: str = square.community.path) -> list[int]:
        return [row.id for row in queries.who_goes_by(typed, path)]

    assert found("138 0000 1111") == [one.id]
    assert found(f"{one.family_name} {one.given_name}") == [one.id, other.id]
    assert found("13800001111", square.street.village.path) == []
    assert found("Nobody") == []


def test_minutes_close_the_list_and_are_corrected_without_loss(square: Square, heard: list[Any]) -> None:
    meeting, staff = a_meeting(square), square.staff
    operations.mark_present(meeting.id, square.neighbours[0].id, by=staff, at=STARTS)
    publish = operations.publish_minutes

    with pytest.raises(Refused, match="from then on"):
        publish(meeting.id, text=SAID, conclusions=[], by=staff, at=STARTS - HOUR)
    publish(meeting.id, text=SAID, conclusions=AGREED, by=staff, at=OVER)
    with pytest.raises(Refused, match="say what this text corrects"):
        publish(meeting.id, text=SAID, conclusions=[], by=staff, at=OVER)
    by_mistake, _forgotten = (
        operations.mark_present(meeting.id, square.neighbours[number].id, by=staff, at=OVER + HOUR) for number in (2, 1)
    )
    operations.take_back(by_mistake.id, by=staff, at=OVER + HOUR)
    with pytest.raises(Refused, match="nobody is struck off"):
        operations.take_back(queries.present(meeting.id)[0].id, by=staff, at=OVER + HOUR)
    publish(meeting.id, text=SAID, conclusions=AGENDA, corrects=WHY, by=staff, at=OVER + DAY)

    assert [row.number for row in queries.minutes(meeting.id)] == [2, 1]
    assert queries.conclusions([meeting.id]) == {meeting.id: AGENDA}
    assert list(queries.agreed(meeting.id).values()) == [AGREED, AGENDA]
    published = [one for one in heard if isinstance(one, MinutesPublished)]
    first, second = (one.id for one in square.neighbours[:2])
    there = [{first: staff.id}, {first: staff.id, second: staff.id}]
    assert [(one.number, one.present) for one in published] == [(1, there[0]), (2, there[1])]
    row = queries.meeting(meeting.id)
    assert row is not None
    assert queries.state_of(row, OVER) == "minutes"


def test_minutes_only_grow(square: Square) -> None:
    meeting = a_meeting(square)
    operations.publish_minutes(meeting.id, text=SAID, conclusions=AGREED, by=square.staff, at=OVER)

    for statement in ("UPDATE meeting_minutes SET number = 7", "DELETE FROM meeting_conclusions"):
        with pytest.raises(DBAPIError, match="append-only"), db.session.begin_nested():
            db.session.execute(text(statement))


def test_every_act_of_staff_is_in_the_log(square: Square) -> None:
    meeting, staff = a_meeting(square), square.staff
    operations.change(meeting.id, where=WHY, agenda=AGENDA, capacity=9, by=staff, at=NOON)
    operations.put_off(meeting.id, starts_at=STARTS + HOUR, ends_at=ENDS + HOUR, why=WHY, by=staff, at=NOON)
    presence = operations.mark_present(meeting.id, square.neighbours[0].id, by=staff, at=STARTS)
    operations.take_back(presence.id, by=staff, at=STARTS)
    operations.publish_minutes(meeting.id, text=SAID, conclusions=[], by=staff, at=OVER + HOUR)
    operations.call_off(an_open_day(square).id, why=WHY, by=staff, at=NOON)

    acts = [entry.act for entry in db.session.query(AuditEntry).order_by(AuditEntry.id)]
    names = ("call", "change", "put_off", "mark", "take_back", "minutes", "call", "call_off")
    assert acts == [f"meetings.{name}" for name in names]


def test_lists_show_what_comes_first_and_what_was_last(square: Square) -> None:
    made = [a_meeting(square, starts_at=STARTS + n * HOUR, ends_at=ENDS + n * HOUR).id for n in range(25)]
    day = an_open_day(square).id
    path = square.community.path

    def ids(tab: str, at: Any, after: str | None = None, *, kind: str = "sitting", where: str = path) -> Any:
        page = queries.meetings([kind], path=where, tab=tab, at=at, after=after)
        return [row.id for row in page.rows], page.next

    first, following = ids("coming", NOON)
    assert first + ids("coming", NOON, following)[0] == made
    assert ids("past", NOON) == ([], None)
    first, following = ids("past", OVER + DAY)
    assert first + ids("past", OVER + DAY, following)[0] == made[::-1]
    assert ids("coming", NOON, kind="open_day")[0] == [day]
    assert ids("coming", NOON, where=square.street.village.path) == ([], None)


def test_the_work_list_names_what_owes_its_minutes(square: Square) -> None:
    owing, held, off = a_meeting(square), a_meeting(square), a_meeting(square)
    operations.publish_minutes(held.id, text=SAID, conclusions=[], by=square.staff, at=OVER)
    operations.call_off(off.id, why=WHY, by=square.staff, at=NOON)

    assert queries.tasks_for(square.staff, ENDS - HOUR) == []
    assert [(one.kind, one.href, one.since) for one in queries.tasks_for(square.staff, OVER)] == [
        ("minutes", f"/sittings/{owing.id}", ENDS)
    ]
    assert queries.tasks_for(square.neighbours[0], OVER) == []


def test_verify_finds_seats_that_nobody_took(square: Square) -> None:
    meeting = a_meeting(square)
    sign_up(meeting, square.neighbours[0])
    assert (list(proof.faults()), proof.counts()) == ([], {"meetings": 1})

    db.session.execute(text("UPDATE meetings SET taken = 2"))

    assert [fault.where for fault in proof.faults()] == [f"meeting:{meeting.id}"]
