"""Shifts that were missed: excused, filed as cases under K05, put right by coming; three within 90 days pause."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from app.activities import absences, codes, operations, proof, rules
from app.activities.models import Shift, SignUp
from app.cases import operations as cases
from app.cases import proof as proof_of_cases
from app.cases import queries as case_queries
from app.cases.models import Case, CaseDecision
from app.cases.rules import state
from app.kit import clock
from app.kit.db import db
from app.kit.refusal import Refused
from app.kit.words import Words
from app.merits.operations import load_tariff
from app.messages.models import Message
from app.people.models import Household, Resident
from app.people.rules import Person
from app.points.models import Transfer
from tests import worlds
from tests.activities.planned import SECRET, Village, a_plan, a_village, an_activity, shift_ids
from tests.cases.block import a_tariff
from tests.makers import NOON, a_household, a_resident, as_person, give, post
from tests.merits.documents import tariff_document
from tests.worlds import Hold

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
WHY = Words(zh="看过报名表", en="The list says so")


def with_tariff(document: dict[str, Any]) -> Village:
    village = a_village()
    since = date(2020, 1, 1)
    load_tariff(document, place_id=village.street.street.id, effective_from=since, by_id=None, at=NOON)
    return village


@pytest.fixture
def village(context: Flask) -> Village:
    return with_tariff(a_tariff())


def missed(village: Village, at: datetime, who: Person | None = None) -> int:
    """The shift that somebody had signed up for and stayed away from, which began then; noted as missed."""
    who = who or village.helper
    (shift,) = shift_ids(an_activity(village, a_plan(at, at + 2 * HOUR)))
    operations.sign_up(shift, by=who, at=at - DAY)
    operations.note_absence(shift, who.id, by=village.organiser, at=at + 2 * HOUR)
    return shift


def filed(village: Village, at: datetime, who: Person | None = None, by: Person | None = None) -> Case:
    who = who or village.helper
    shift = missed(village, at, who)
    return operations.file_absence(shift, who.id, by=by or village.organiser, at=at + DAY)


def came(village: Village, at: datetime, who: Person | None = None) -> None:
    """Came to a shift of an hour that began then, and the hours were confirmed."""
    who = who or village.helper
    activity = an_activity(village, a_plan(at, at + HOUR))
    (shift,) = shift_ids(activity)
    operations.sign_up(shift, by=who, at=at - HOUR)
    code = codes.current_code(shift, at, SECRET)
    attendance = operations.check_in(activity.id, code=code, secret=SECRET, by=who, at=at)
    operations.check_out(activity.id, by=who, at=at + HOUR)
    operations.confirm_hours(attendance.id, by=village.organiser, at=at + 2 * HOUR)


def to_come(village: Village, at: datetime = NOON) -> int:
    """A shift that anybody may sign up for at that moment."""
    return shift_ids(an_activity(village, a_plan(at + 300 * DAY, at + 300 * DAY + HOUR)))[0]


def reviewer(village: Village) -> Person:
    resident = a_resident(a_household(village.street.other_group))
    give("reviewer", resident, village.street.community)
    return as_person(resident)


def refused(act: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as no:
        act()
    return no.value.refusal.text


def told(who: Person) -> list[str]:
    return list(db.session.scalars(select(Message.kind).where(Message.resident_id == who.id).order_by(Message.id)))


# Filing ------------------------------------------------------------------------------------------------------------


def test_i22_a_missed_shift_is_a_reminder_then_written_notice_and_the_third_time_two_honour(village: Village) -> None:
    found = [filed(village, NOON + days * DAY) for days in (0, 20, 40)]

    assert [(one.code, one.step, one.after_id, one.resident_id) for one in found] == [
        ("K05", "reminder", None, village.helper.id),
        ("K05", "notice", found[0].id, village.helper.id),
        ("K05", "third", found[1].id, village.helper.id),
    ]
    assert {"cases.missed", "cases.missed_again", "cases.proposed"} <= set(told(village.helper))
    assert "own household" in refused(lambda: cases.decide(
        found[2].id, confirmed=True, why=WHY, by=_of_the_home(village), at=NOON + 42 * DAY
    ))  # fmt: skip
    cases.decide(found[2].id, confirmed=True, why=WHY, by=reviewer(village), at=NOON + 42 * DAY)
    cases.write_due(NOON + 60 * DAY)
    lowered = select(Transfer.change).where(Transfer.household_id == village.helper.household_id)
    assert db.session.scalars(lowered).all() == [-2]
    assert [*proof.faults(), *proof_of_cases.faults()] == []


def _of_the_home(village: Village) -> Person:
    """Somebody else of the helper's household, who is a reviewer."""
    resident = a_resident(db.session.get_one(Household, village.helper.household_id))
    give("reviewer", resident, village.street.community)
    return as_person(resident)


def test_everybody_of_a_household_has_a_ladder_of_their_own(village: Village) -> None:
    sister = as_person(a_resident(db.session.get_one(Household, village.helper.household_id)))
    filed(village, NOON)

    assert filed(village, NOON + 20 * DAY, sister).step == "reminder"
    assert filed(village, NOON + 40 * DAY).step == "notice"


def test_only_what_was_noted_as_missed_is_filed_and_once(village: Village) -> None:
    (shift,) = shift_ids(an_activity(village, a_plan(NOON, NOON + HOUR)))
    operations.sign_up(shift, by=village.helper, at=NOON - DAY)

    def file(who: Person, by: Person | None = None, at: datetime = NOON + DAY) -> Case:
        return operations.file_absence(shift, who.id, by=by or village.organiser, at=at)

    assert "not noted as missing" in refused(lambda: file(village.helper))
    assert "not noted as missing" in refused(lambda: file(village.neighbour))
    operations.note_absence(shift, village.helper.id, by=village.organiser, at=NOON + HOUR)
    assert "the person in charge" in refused(lambda: file(village.helper, by=village.neighbour))
    assert "not ahead of it" in refused(lambda: file(village.helper, at=NOON + 31 * DAY))
    file(village.helper)
    assert "already" in refused(lambda: file(village.helper))
    assert "already" in refused(lambda: operations.excuse(shift, village.helper.id, by=village.staff, at=NOON + DAY))


def test_nobody_files_it_for_their_own_household(village: Village) -> None:
    organiser = village.organiser
    spouse = as_person(a_resident(db.session.get_one(Household, organiser.household_id)))
    shift = missed(village, NOON, spouse)

    assert "own household" in refused(lambda: operations.file_absence(shift, spouse.id, by=organiser, at=NOON + DAY))
    assert operations.file_absence(shift, spouse.id, by=village.staff, at=NOON + DAY).step == "reminder"


def test_where_the_tariff_says_nothing_of_it_nothing_is_filed_and_nobody_paused(context: Flask) -> None:
    village = with_tariff(tariff_document())
    shifts = [missed(village, NOON + days * DAY) for days in (0, 1, 2)]

    assert "No line of the tariff" in refused(
        lambda: operations.file_absence(shifts[0], village.helper.id, by=village.organiser, at=NOON + DAY)
    )
    assert operations.sign_up(to_come(village), by=village.helper, at=NOON + 3 * DAY).state == "confirmed"


def test_whoever_had_a_reason_is_excused_and_the_place_counts_as_given_up(village: Village) -> None:
    shift = missed(village, NOON)

    operations.excuse(shift, village.helper.id, by=village.organiser, at=NOON + DAY)

    place = db.session.execute(select(SignUp.state, Shift.taken).join(Shift, Shift.id == SignUp.shift_id)).one()
    assert tuple(place) == ("cancelled", 0)
    assert list(proof.faults()) == []
    assert "not noted as missing" in refused(
        lambda: operations.file_absence(shift, village.helper.id, by=village.organiser, at=NOON + DAY)
    )


# Putting it right --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "ends"), [(10, "cured"), (16, "reminded")])
def test_whoever_comes_to_another_shift_in_time_has_put_it_right(village: Village, days: int, ends: str) -> None:
    case = filed(village, NOON)

    came(village, NOON + days * DAY)

    assert state(case_queries.facts(case.id), NOON + 20 * DAY) == ends
    assert filed(village, NOON + 20 * DAY).step == ("reminder" if ends == "cured" else "notice")


def test_i24_coming_in_time_takes_back_a_deduction_that_was_in_effect(village: Village) -> None:
    third = [filed(village, NOON + days * DAY) for days in (0, 20, 40)][-1]
    cases.decide(third.id, confirmed=True, why=WHY, by=reviewer(village), at=NOON + 41 * DAY)
    cases.write_due(NOON + 50 * DAY)
    cases.note_coming(village.helper.id, came_at=NOON + 52 * DAY, by_id=village.organiser.id, at=NOON + 53 * DAY)

    changes = select(Transfer.change).where(Transfer.household_id == village.helper.household_id)
    assert db.session.scalars(changes.order_by(Transfer.id)).all() == [-2, 2]


# The pause ---------------------------------------------------------------------------------------------------------


def test_three_missed_within_90_days_pause_signing_up_for_30(village: Village) -> None:
    for days in (0, 30, 60):
        missed(village, NOON + days * DAY)
    third, shift = NOON + 60 * DAY, to_come(village, NOON + 60 * DAY)
    again = clock.day_bounds(clock.local(third).date() + 31 * DAY)[0]

    no = refused(lambda: operations.sign_up(shift, by=village.helper, at=third + DAY))
    assert "Three shifts were missed" in no
    assert refused(lambda: operations.sign_up(shift, by=village.helper, at=again - timedelta(seconds=1)))
    assert operations.sign_up(shift, by=village.neighbour, at=third + DAY).state == "confirmed"
    assert operations.sign_up(shift, by=village.helper, at=again).state == "confirmed"


@pytest.mark.parametrize("days", [(0, 1), (0, 45, 90), (0, 100, 101)])
def test_fewer_or_further_apart_pause_nothing(village: Village, days: tuple[int, ...]) -> None:
    for one in days:
        missed(village, NOON + one * DAY)

    at = NOON + (days[-1] + 1) * DAY
    assert operations.sign_up(to_come(village, at), by=village.helper, at=at).state == "confirmed"


def test_coming_ends_the_pause(village: Village) -> None:
    (kept,) = shift_ids(an_activity(village, a_plan(NOON + 5 * DAY, NOON + 5 * DAY + HOUR)))
    operations.sign_up(kept, by=village.helper, at=NOON - DAY)
    for days in (0, 1, 2):
        missed(village, NOON + days * DAY)
    at, shift = NOON + 5 * DAY, to_come(village)
    assert refused(lambda: operations.sign_up(shift, by=village.helper, at=at))

    operations.tick(kept, village.helper.id, by=village.organiser, at=at)

    assert operations.sign_up(shift, by=village.helper, at=at + HOUR).state == "confirmed"


@pytest.mark.parametrize("ending", ["excused", "cancelled", "cured", "upheld"])
def test_what_fell_counts_no_more_for_the_pause(village: Village, ending: str) -> None:
    shifts = [missed(village, NOON + days * DAY) for days in (0, 20, 40)]
    late, wish = NOON + 41 * DAY, to_come(village, NOON + 41 * DAY)
    if ending == "excused":
        operations.excuse(shifts[2], village.helper.id, by=village.organiser, at=late)
    else:
        found = [
            operations.file_absence(one, village.helper.id, by=village.organiser, at=NOON + (days + 1) * DAY)
            for one, days in zip(shifts, (0, 20, 40), strict=True)
        ]
        assert refused(lambda: operations.sign_up(wish, by=village.helper, at=late))
        _fall(village, found[2].id, ending, late)

    assert absences.paused_until(village.helper, late) is None
    assert operations.sign_up(wish, by=village.helper, at=late).state == "confirmed"


def _fall(village: Village, case_id: int, ending: str, at: datetime) -> None:
    if ending == "cancelled":
        cases.cancel(case_id, why=WHY, by=village.staff, at=at)
    elif ending == "cured":
        cure = cases.send_cure(case_id, text=WHY, upload_id=None, by=village.helper, at=at)
        cases.look(cure.id, accepted=True, why=WHY, by=village.staff, at=at)
    else:
        cases.decide(case_id, confirmed=True, why=WHY, by=reviewer(village), at=at)
        appeal = cases.appeal(case_id, text=WHY, upload_id=None, by=village.helper, at=at)
        cases.say_opinion(appeal.id, upheld=True, text=WHY, by=reviewer(village), at=at)
        assert db.session.get_one(CaseDecision, case_id).outcome == "confirmed"


@pytest.mark.parametrize(
    ("missed_days", "came_day", "paused"),
    [((), None, False), ((0, 0, 0), None, True), ((0, 50, 89), None, True), ((0, 50, 90), None, False),
     ((0, 1, 2), 1, True), ((0, 1, 2), 3, False), ((0, 1, 2, 60), 3, True)],
)  # fmt: skip
def test_the_pause_begins_with_the_third_of_any_three(missed_days: Any, came_day: Any, paused: bool) -> None:
    came_at = None if came_day is None else NOON + came_day * DAY

    until = rules.paused_until([NOON + one * DAY for one in missed_days], came_at=came_at)

    last = NOON + max(missed_days, default=0) * DAY
    assert until == (clock.day_bounds(clock.local(last).date() + 30 * DAY)[1] if paused else None)


# Proof and pages ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tampering", ["SET state = 'confirmed'", "SET resident_id = {other}"])
def test_i22_a_case_of_a_shift_that_nobody_missed_is_named(village: Village, tampering: str) -> None:
    case = filed(village, NOON)
    db.session.flush()
    db.session.execute(text(f"UPDATE sign_ups {tampering}".format(other=village.neighbour.id)))

    assert [(one.invariant, one.where) for one in proof.faults()] == [("I22", f"case:{case.id}")]


class World(worlds.World):
    """One shift of yesterday that the helper missed, three that a neighbour did, and one to come."""

    def furnish(self) -> None:
        self.village = with_tariff(a_tariff())
        self.shift = missed(self.village, NOON - DAY)
        self.path = f"/activities/{db.session.get_one(Shift, self.shift).activity_id}"
        for days in (2, 3, 4):
            missed(self.village, NOON - days * DAY, self.village.neighbour)
        to_come = an_activity(self.village)
        self.to_come, (self.next_shift,) = f"/activities/{to_come.id}", shift_ids(to_come)


@pytest.fixture
def world(app: Flask, at: Hold) -> World:
    at(NOON)
    return World(app)


@pytest.mark.parametrize(
    ("language", "buttons", "words"),
    [("en", ("There was a reason", "No word was sent"), ("On file already", "Come to another shift", "Was there a")),
     ("zh", ("有原因", "无故缺席"), ("已登记", "参加另一个班次", "当时有原因吗"))],
)  # fmt: skip
def test_from_the_screen_to_the_page_of_the_household(world: World, language: str, buttons: Any, words: Any) -> None:
    village, desk = world.village, f"{world.path}/desk?shift={world.shift}"
    organiser, helper = world.as_(village.organiser, language), world.as_(village.helper, language)
    assert all(one in organiser.get(desk).get_data(as_text=True) for one in buttons)

    answer = post(organiser, f"{world.path}/desk/no-word", shift=world.shift, resident=village.helper.id)
    assert answer.status_code == 303

    screen = organiser.get(desk).get_data(as_text=True)
    assert words[0] in screen
    assert buttons[0] not in screen
    with world.inside():
        case = db.session.scalars(select(Case.id)).one()
        name = db.session.get_one(Resident, village.helper.id).given_name
    page = helper.get(f"/points/cases/{case}").get_data(as_text=True)
    assert all(one in page for one in (*words[1:], name, "#line-K05"))
    assert 'type="file"' not in page
    assert post(helper, f"/points/cases/{case}/cures", cure_text="").status_code == 422
    assert post(helper, f"/points/cases/{case}/cures", cure_text="在医院 In hospital").status_code == 303
    assert organiser.get(f"/points/cases/{case}").status_code == 404, "it is the household's, and those who work on it"


def test_a_paused_helper_reads_from_when_places_are_open_again(world: World) -> None:
    neighbour, path = world.as_(world.village.neighbour), world.to_come

    page = neighbour.get(path).get_data(as_text=True)

    assert "you are welcome again" in page
    assert f'action="{path}/sign-up"' not in page
    assert post(neighbour, f"{path}/sign-up", shift=world.next_shift).status_code == 409


def test_the_screen_excuses(world: World) -> None:
    organiser = world.as_(world.village.organiser)

    answer = post(organiser, f"{world.path}/desk/excuse", shift=world.shift, resident=world.village.helper.id)

    assert answer.status_code == 303
    assert "Excused" in organiser.get(f"{world.path}/desk").get_data(as_text=True)
