"""Places, check-ins and hours, on a real database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.activities import codes, operations, queries
from app.activities.events import ActivityCancelled, CheckedIn, HoursConfirmed
from app.activities.models import Activity, ActivityChange, Attendance, Shift, SignUp
from app.activities.repeating import whole_days
from app.kit import bus
from app.kit.audit import AuditEntry
from app.kit.db import db
from app.kit.refusal import Refused
from app.kit.words import Words
from app.merits.operations import load_tariff
from app.people.models import Household
from app.people.rules import Person
from tests.activities.planned import ENDS, SECRET, STARTS, Village, a_plan, a_village, an_activity, shift_ids
from tests.makers import NOON, a_household, a_resident, as_person
from tests.merits.documents import tariff_document

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def village(context: Flask) -> Village:
    return a_village()


@pytest.fixture
def told(context: Flask, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The events that were announced."""
    events: list[Any] = []
    kinds = (CheckedIn, HoursConfirmed, ActivityCancelled)
    monkeypatch.setattr(bus, "_reactions", dict.fromkeys(kinds, (events.append,)))
    return events


def refused(act: Callable[[], Any]) -> str:
    """The sentence with which the act is refused."""
    with pytest.raises(Refused) as no:
        act()
    return no.value.refusal.text


def taken(shift_id: int) -> int:
    return db.session.scalar(select(Shift.taken).where(Shift.id == shift_id)) or 0


def come(activity: Activity, shift_id: int, person: Person, at: datetime = STARTS) -> Attendance:
    code = codes.current_code(shift_id, at, SECRET)
    return operations.check_in(activity.id, code=code, secret=SECRET, by=person, at=at)


def test_a_place_is_taken_and_given_up_and_taken_again_in_the_same_row(village: Village) -> None:
    (shift,) = shift_ids(an_activity(village))

    first = operations.sign_up(shift, by=village.helper, at=NOON)
    operations.give_up(shift, by=village.helper, at=NOON)
    assert taken(shift) == 0
    again = operations.sign_up(shift, by=village.helper, at=NOON + timedelta(hours=1))

    assert first.id == again.id
    assert (taken(shift), again.state, again.signed_up_at) == (1, "confirmed", NOON + timedelta(hours=1))


def test_a_second_sign_up_is_refused_and_takes_no_place(village: Village) -> None:
    (shift,) = shift_ids(an_activity(village))
    operations.sign_up(shift, by=village.helper, at=NOON)

    assert "already" in refused(lambda: operations.sign_up(shift, by=village.helper, at=NOON))
    assert taken(shift) == 1


def test_a_full_shift_says_so_and_what_to_do(village: Village) -> None:
    (shift,) = shift_ids(an_activity(village, a_plan(capacity=1)))
    operations.sign_up(shift, by=village.helper, at=NOON)

    assert refused(lambda: operations.sign_up(shift, by=village.neighbour, at=NOON)).startswith(
        "This shift is full. Choose another shift"
    )
    assert taken(shift) == 1


def test_the_database_itself_keeps_places_within_bounds(village: Village) -> None:
    (shift,) = shift_ids(an_activity(village, a_plan(capacity=1)))

    for wrong in (2, -1):
        with pytest.raises(IntegrityError), db.session.begin_nested():
            db.session.execute(update(Shift).where(Shift.id == shift).values(taken=wrong))
    row = {"shift_id": shift, "resident_id": village.helper.id, "state": "confirmed", "signed_up_at": NOON}
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(insert(SignUp), [row, row])


@pytest.mark.parametrize("who", ["villager", "newcomer"])
def test_who_lives_elsewhere_or_is_not_verified_takes_no_place(village: Village, who: str) -> None:
    (shift,) = shift_ids(an_activity(village))

    assert refused(lambda: operations.sign_up(shift, by=getattr(village, who), at=NOON))


def test_an_activity_of_the_street_takes_people_of_both_communities(village: Village) -> None:
    activity = an_activity(village, place=village.street.street)
    (shift,) = shift_ids(activity)

    operations.sign_up(shift, by=village.helper, at=NOON)
    operations.sign_up(shift, by=village.villager, at=NOON)

    assert (taken(shift), activity.community_id, activity.street_id) == (2, None, village.street.street.id)


def test_nobody_is_in_two_places_at_a_time(village: Village) -> None:
    (one,) = shift_ids(an_activity(village))
    (overlapping,) = shift_ids(an_activity(village, a_plan(ENDS - timedelta(minutes=1), ENDS + timedelta(hours=1))))
    (next_one,) = shift_ids(an_activity(village, a_plan(ENDS, ENDS + timedelta(hours=1))))
    (standing,) = shift_ids(
        an_activity(village, whole_days(NOON.date(), (NOON + timedelta(days=90)).date(), capacity=5))
    )
    operations.sign_up(one, by=village.helper, at=NOON)

    assert "at that time" in refused(lambda: operations.sign_up(overlapping, by=village.helper, at=NOON))
    operations.sign_up(next_one, by=village.helper, at=NOON)
    operations.sign_up(standing, by=village.helper, at=NOON)


def test_a_shift_that_is_over_takes_nobody_and_one_that_began_keeps_its_places(village: Village) -> None:
    (shift,) = shift_ids(an_activity(village))
    operations.sign_up(shift, by=village.helper, at=STARTS)

    assert "over" in refused(lambda: operations.sign_up(shift, by=village.neighbour, at=ENDS))
    assert "begun" in refused(lambda: operations.give_up(shift, by=village.helper, at=STARTS))
    assert taken(shift) == 1


def test_capacity_is_not_lowered_below_what_is_taken(village: Village) -> None:
    activity = an_activity(village)
    (shift,) = shift_ids(activity)
    operations.sign_up(shift, by=village.helper, at=NOON)
    operations.sign_up(shift, by=village.neighbour, at=NOON)

    assert "taken" in refused(lambda: operations.change_capacity(shift, 1, by=village.organiser, at=NOON))
    operations.change_capacity(shift, 2, by=village.organiser, at=NOON)
    assert refused(lambda: operations.change_capacity(shift, 9, by=village.helper, at=NOON))
    assert db.session.scalar(select(Shift.capacity).where(Shift.id == shift)) == 2


def test_somebody_signed_up_checks_in_once_by_the_code(village: Village, told: list[Any]) -> None:
    activity = an_activity(village)
    (shift,) = shift_ids(activity)
    operations.sign_up(shift, by=village.helper, at=NOON)

    came = come(activity, shift, village.helper, STARTS - timedelta(minutes=30))

    assert refused(lambda: come(activity, shift, village.helper)).startswith("You checked in at")
    assert told == [CheckedIn(came.id, activity.id, shift, village.helper.id, "code", STARTS - timedelta(minutes=30))]


def test_every_failure_to_check_in_reads_the_same(village: Village, told: list[Any]) -> None:
    activity, other = an_activity(village), an_activity(village)
    (shift,), (elsewhere,) = shift_ids(activity), shift_ids(other)
    operations.sign_up(shift, by=village.helper, at=NOON)
    later = STARTS + timedelta(minutes=5)

    def told_with(code: str, at: datetime = later, by: Person = village.helper) -> str:
        return refused(lambda: operations.check_in(activity.id, code=code, secret=SECRET, by=by, at=at))

    step = codes.step_of(later)
    sentences = {
        told_with("000000" if codes.current_code(shift, later, SECRET) != "000000" else "000001"),
        told_with(codes.code_for(shift, step - 2, SECRET)),
        told_with(codes.code_for(shift, step + 1, SECRET)),
        told_with(codes.code_for(elsewhere, step, SECRET)),
        told_with(codes.code_for(shift, step, b"another secret")),
        told_with(codes.code_for(shift, step, SECRET), by=village.neighbour),  # not signed up
        told_with(codes.current_code(shift, ENDS, SECRET), at=ENDS),
        told_with(codes.current_code(shift, NOON, SECRET), at=NOON),
    }

    assert sentences == {
        "That code has expired. Use the new one on the screen, or ask the person in charge to tick you off the list."
    }
    assert db.session.scalar(select(func.count()).select_from(Attendance)) == 0
    assert told == []


def test_the_code_tells_which_of_two_shifts_is_meant(village: Village) -> None:
    activity = an_activity(village, a_plan(), a_plan(ENDS, ENDS + timedelta(hours=2)))
    first, second = shift_ids(activity)
    for shift in (first, second):
        operations.sign_up(shift, by=village.helper, at=NOON)

    assert come(activity, first, village.helper, ENDS - timedelta(minutes=10)).shift_id == first
    assert come(activity, second, village.helper, ENDS - timedelta(minutes=5)).shift_id == second


def test_whoever_gave_up_the_place_cannot_check_in_and_whoever_is_in_cannot_give_up(village: Village) -> None:
    activity = an_activity(village)
    (shift,) = shift_ids(activity)
    operations.sign_up(shift, by=village.helper, at=NOON)
    operations.sign_up(shift, by=village.neighbour, at=NOON)
    operations.give_up(shift, by=village.helper, at=NOON)
    come(activity, shift, village.neighbour, STARTS - timedelta(minutes=5))

    assert "expired" in refused(lambda: come(activity, shift, village.helper))
    assert "checked in already" in refused(
        lambda: operations.give_up(shift, by=village.neighbour, at=STARTS - timedelta(minutes=1))
    )
    assert taken(shift) == 1


def test_a_tick_on_the_roster_and_a_code_make_one_check_in(village: Village) -> None:
    activity = an_activity(village)
    (shift,) = shift_ids(activity)
    operations.sign_up(shift, by=village.helper, at=NOON)

    ticked = operations.tick(shift, village.helper.id, by=village.organiser, at=STARTS)

    assert ticked.method == "roster"
    assert "checked in" in refused(lambda: come(activity, shift, village.helper))
    assert refused(lambda: operations.tick(shift, village.neighbour.id, by=village.organiser, at=STARTS))
    assert refused(lambda: operations.tick(shift, village.helper.id, by=village.neighbour, at=STARTS))
    assert db.session.scalar(select(AuditEntry.act)) == "activities.tick"


def test_checking_out_gives_whole_minutes_once(village: Village) -> None:
    activity = an_activity(village)
    (shift,) = shift_ids(activity)
    operations.sign_up(shift, by=village.helper, at=NOON)
    assert refused(lambda: operations.check_out(activity.id, by=village.helper, at=STARTS))
    come(activity, shift, village.helper, STARTS)

    gone = operations.check_out(activity.id, by=village.helper, at=STARTS + timedelta(minutes=95, seconds=59))

    assert gone.minutes == 95
    assert "checked out" in refused(lambda: operations.check_out(activity.id, by=village.helper, at=ENDS))


def test_whoever_forgot_to_check_out_is_seen_off_at_the_end_of_the_shift(village: Village) -> None:
    activity = an_activity(village)
    (shift,) = shift_ids(activity)
    operations.sign_up(shift, by=village.helper, at=NOON)
    came = come(activity, shift, village.helper, STARTS + timedelta(minutes=30))

    seen = operations.see_off(came.id, by=village.organiser, at=ENDS + timedelta(hours=5))

    assert (seen.minutes, seen.checked_out_at) == (90, ENDS)


def served(village: Village, person: Person, minutes: int = 60, **values: Any) -> tuple[Activity, Attendance]:
    activity = an_activity(village, **values)
    (shift,) = shift_ids(activity)
    operations.sign_up(shift, by=person, at=NOON)
    come(activity, shift, person, STARTS)
    return activity, operations.check_out(activity.id, by=person, at=STARTS + timedelta(minutes=minutes))


def test_confirming_twice_announces_once_with_the_day_of_the_shift(village: Village, told: list[Any]) -> None:
    activity, attendance = served(village, village.helper, 60, marks=["night"])
    told.clear()

    operations.confirm_hours(attendance.id, by=village.organiser, at=ENDS)
    operations.confirm_hours(attendance.id, by=village.staff, at=ENDS + timedelta(days=1))
    operations.confirm_all(attendance.shift_id, by=village.staff, at=ENDS + timedelta(days=1))

    assert told == [
        HoursConfirmed(
            attendance.id, activity.id, attendance.shift_id, village.helper.id, 60, "V01", ("night",), False, STARTS,
            village.organiser.id, ENDS,
        )
    ]  # fmt: skip
    assert (attendance.confirmed_by, attendance.confirmed_at) == (village.organiser.id, ENDS)


def test_nobody_confirms_their_own_hours(village: Village, told: list[Any]) -> None:
    _, attendance = served(village, village.organiser)
    told.clear()

    assert "own hours" in refused(lambda: operations.confirm_hours(attendance.id, by=village.organiser, at=ENDS))
    assert operations.confirm_all(attendance.shift_id, by=village.organiser, at=ENDS) == 0
    mine = update(Attendance).where(Attendance.id == attendance.id)
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(mine.values(confirmed_at=ENDS, confirmed_by=village.organiser.id))
    operations.confirm_hours(attendance.id, by=village.staff, at=ENDS)

    (told_once,) = told
    assert told_once.in_charge


def test_nobody_confirms_the_hours_of_their_household(village: Village, told: list[Any]) -> None:
    home = db.session.get_one(Household, village.organiser.household_id)
    _, attendance = served(village, as_person(a_resident(home)))
    told.clear()

    assert "household" in refused(lambda: operations.confirm_hours(attendance.id, by=village.organiser, at=ENDS))
    assert operations.confirm_all(attendance.shift_id, by=village.organiser, at=ENDS) == 0
    assert not queries.waiting_for_staff(village.organiser, ENDS)
    assert queries.waiting_for_staff(village.staff, ENDS)
    assert operations.confirm_all(attendance.shift_id, by=village.staff, at=ENDS) == 1


def test_an_activity_earns_only_under_lines_that_ask_for_coming(village: Village) -> None:
    chosen = {"evidence": {"kind": "signin", "text": {}}, "assets": {"honour": [20, 50]}}
    document = tariff_document(D02={"evidence": {"kind": "res", "text": {}}}, D04=chosen)
    load_tariff(document, place_id=village.street.street.id, effective_from=NOON.date(), by_id=None, at=NOON)

    def plan(code: str | None) -> Activity:
        return operations.plan(
            place=village.street.community, kind="culture", title=Words(en="Tea"), description=Words(en="Tea for all."),
            shifts=[a_plan()], tariff_code=code, by=village.organiser, at=NOON,
        )  # fmt: skip

    assert [plan(code).tariff_code for code in ("V01", "E04", "Z99", None)] == ["V01", "E04", "Z99", None]
    for code in ("V02", "V03", "K01", "D02", "D04"):
        assert "not earned" in refused(lambda code=code: plan(code))


def test_hours_are_confirmed_after_check_out_and_only_by_whoever_runs_it(village: Village) -> None:
    activity = an_activity(village)
    (shift,) = shift_ids(activity)
    operations.sign_up(shift, by=village.helper, at=NOON)
    came = come(activity, shift, village.helper)

    assert refused(lambda: operations.confirm_hours(came.id, by=village.organiser, at=ENDS))
    operations.see_off(came.id, by=village.organiser, at=ENDS)
    assert refused(lambda: operations.confirm_hours(came.id, by=village.neighbour, at=ENDS))
    assert refused(lambda: operations.confirm_all(shift, by=village.neighbour, at=ENDS))


def test_all_who_checked_out_are_confirmed_at_once(village: Village, told: list[Any]) -> None:
    activity = an_activity(village, a_plan(capacity=5))
    (shift,) = shift_ids(activity)
    for person in (village.helper, village.neighbour, village.staff):
        operations.sign_up(shift, by=person, at=NOON)
        come(activity, shift, person)
    for person in (village.helper, village.neighbour):
        operations.check_out(activity.id, by=person, at=ENDS)
    told.clear()

    assert operations.confirm_all(shift, by=village.organiser, at=ENDS) == 2
    assert {event.resident_id for event in told} == {village.helper.id, village.neighbour.id}


def test_all_are_confirmed_in_the_order_of_their_households(village: Village, told: list[Any]) -> None:
    """Households are locked one after the other; two lists must not wait for each other in a circle."""
    activity = an_activity(village, a_plan(capacity=5))
    (shift,) = shift_ids(activity)
    both = sorted((village.helper, village.neighbour), key=lambda person: person.household_id or 0)
    for person in reversed(both):
        operations.sign_up(shift, by=person, at=NOON)
        come(activity, shift, person)
        operations.check_out(activity.id, by=person, at=ENDS)
    told.clear()

    operations.confirm_all(shift, by=village.staff, at=ENDS)

    assert [event.resident_id for event in told] == [person.id for person in both]


def test_absence_is_noted_after_the_end_and_only_of_those_who_did_not_come(village: Village) -> None:
    activity = an_activity(village)
    (shift,) = shift_ids(activity)
    for person in (village.helper, village.neighbour):
        operations.sign_up(shift, by=person, at=NOON)
    come(activity, shift, village.helper)
    missing = village.neighbour.id

    assert refused(lambda: operations.note_absence(shift, missing, by=village.organiser, at=STARTS))
    assert refused(lambda: operations.note_absence(shift, village.helper.id, by=village.organiser, at=ENDS))
    assert operations.note_absence(shift, missing, by=village.organiser, at=ENDS).state == "no-show"
    assert taken(shift) == 2


def plan(village: Village, by: Person, **values: Any) -> Activity:
    known: dict[str, Any] = {
        "place": village.street.community, "kind": "culture", "title": Words(zh="读书会"),
        "description": Words(zh="每人带一本书。"), "shifts": [a_plan()], "by": by, "at": NOON,
    }  # fmt: skip
    return operations.plan(**(known | values))


def test_what_an_organiser_plans_waits_for_staff_and_what_staff_plan_opens_at_once(village: Village) -> None:
    waiting, at_once = plan(village, village.organiser), plan(village, village.staff)

    assert (waiting.state, at_once.state) == ("review", "open")
    (shift,) = shift_ids(waiting)
    assert refused(lambda: operations.sign_up(shift, by=village.helper, at=NOON))
    assert refused(lambda: operations.take_step(waiting.id, "approve", by=village.organiser, at=NOON))
    operations.take_step(waiting.id, "approve", by=village.staff, at=NOON)
    operations.sign_up(shift, by=village.helper, at=NOON)
    assert refused(lambda: plan(village, village.helper))
    assert refused(lambda: plan(village, village.organiser, place=village.street.village))
    assert refused(lambda: plan(village, village.staff, shifts=[a_plan(NOON - timedelta(hours=3), NOON)]))


def test_sent_back_changed_and_handed_in_again_leaves_its_trace(village: Village) -> None:
    activity = plan(village, village.organiser)
    why = Words(zh="请写明集合地点。")

    operations.take_step(activity.id, "send_back", by=village.staff, at=NOON, why=why)
    operations.amend(
        activity.id, title=Words(zh="邻里读书会"), description=Words(zh="在活动室。"), by=village.organiser, at=NOON
    )
    operations.take_step(activity.id, "hand_in", by=village.organiser, at=NOON)

    steps = [(step.was, step.became, step.why) for step in queries.timeline(activity.id)]
    assert steps == [(None, "review", None), ("review", "draft", why), ("draft", "review", None)]
    assert activity.title == Words(zh="邻里读书会")
    db.session.flush()
    with pytest.raises(DBAPIError), db.session.begin_nested():
        db.session.execute(update(ActivityChange).values(became="open"))


def test_a_cancelled_activity_tells_everybody_and_earns_nothing(village: Village, told: list[Any]) -> None:
    activity = an_activity(village)
    (shift,) = shift_ids(activity)
    operations.sign_up(shift, by=village.helper, at=NOON)
    came = come(activity, shift, village.helper)
    operations.check_out(activity.id, by=village.helper, at=STARTS + timedelta(minutes=30))
    told.clear()
    why = Words(zh="暴雨红色预警。")

    operations.take_step(activity.id, "call_off", by=village.staff, at=STARTS + timedelta(minutes=31), why=why)

    (cancelled,) = told
    assert (cancelled.resident_ids, cancelled.why) == ((village.helper.id,), why)
    assert refused(lambda: operations.confirm_hours(came.id, by=village.staff, at=ENDS))
    assert refused(lambda: operations.sign_up(shift, by=village.neighbour, at=STARTS))


def test_what_had_ended_before_the_cancellation_still_counts(village: Village, told: list[Any]) -> None:
    day = timedelta(days=1)
    activity = an_activity(village, a_plan(), a_plan(STARTS + day, ENDS + day))
    first, second = shift_ids(activity)
    ended, others = [], []
    for person in (village.helper, village.neighbour):
        operations.sign_up(first, by=person, at=NOON)
        ended.append(come(activity, first, person))
        operations.check_out(activity.id, by=person, at=ENDS)
    operations.sign_up(second, by=village.helper, at=NOON)
    others.append(come(activity, second, village.helper, STARTS + day))
    operations.check_out(activity.id, by=village.helper, at=STARTS + day + timedelta(minutes=30))
    at = ENDS + day - timedelta(seconds=1)
    operations.take_step(activity.id, "call_off", by=village.staff, at=at, why=Words(zh="暴雨。"))

    waiting = [(item.kind, item.number, item.shift_id) for item in queries.waiting_for_staff(village.staff, ENDS + day)]
    assert waiting == [("hours", 2, first)]
    operations.confirm_hours(ended[0].id, by=village.organiser, at=ENDS + day)
    assert operations.confirm_all(first, by=village.staff, at=ENDS + day) == 1
    assert "before the shift had ended" in refused(
        lambda: operations.confirm_hours(others[0].id, by=village.staff, at=ENDS + day)
    )
    assert refused(lambda: operations.confirm_all(second, by=village.staff, at=ENDS + day))
    assert queries.waiting_for_staff(village.staff, ENDS + day) == []
    assert [event.shift_id for event in told if isinstance(event, HoursConfirmed)] == [first, first]


def test_nobody_is_missing_from_a_shift_that_was_cancelled(village: Village) -> None:
    activity = an_activity(village)
    (shift,) = shift_ids(activity)
    operations.sign_up(shift, by=village.helper, at=NOON)
    operations.take_step(activity.id, "call_off", by=village.staff, at=STARTS, why=Words(zh="暴雨。"))

    assert "cancelled" in refused(
        lambda: operations.note_absence(shift, village.helper.id, by=village.organiser, at=ENDS)
    )


def test_staff_see_to_it_before_an_open_activity_grows(village: Village) -> None:
    activity = an_activity(village)
    (shift,) = shift_ids(activity)
    another = a_plan(ENDS, ENDS + timedelta(hours=1))

    for act in (
        lambda: operations.add_shift(activity.id, another, by=village.organiser, at=NOON),
        lambda: operations.change_capacity(shift, 4, by=village.organiser, at=NOON),
    ):
        assert "committee's staff" in refused(act)
    operations.change_capacity(shift, 2, by=village.organiser, at=NOON)
    operations.amend(activity.id, title=Words(en="A"), description=Words(en="B"), by=village.organiser, at=NOON)
    operations.add_shift(activity.id, another, by=village.staff, at=NOON)
    operations.change_capacity(shift, 40, by=village.staff, at=NOON)

    assert len(shift_ids(activity)) == 2
    own = plan(village, village.organiser)  # nobody has approved it yet
    operations.add_shift(own.id, another, by=village.organiser, at=NOON)
    operations.change_capacity(shift_ids(own)[0], 9, by=village.organiser, at=NOON)


def test_a_report_comes_after_the_end_and_hours_can_still_be_confirmed(village: Village, told: list[Any]) -> None:
    activity, attendance = served(village, village.helper)
    text = Words(zh="清走三车旧物。")

    assert refused(lambda: operations.take_step(activity.id, "report", by=village.organiser, at=STARTS, why=text))
    operations.take_step(activity.id, "report", by=village.organiser, at=ENDS, why=text)
    operations.confirm_hours(attendance.id, by=village.staff, at=ENDS)

    assert (activity.state, activity.report) == ("reported", text)
    assert isinstance(told[-1], HoursConfirmed)


def test_bringing_in_twice_doubles_nothing(village: Village) -> None:
    values: dict[str, Any] = {
        "source": "nyc", "source_id": "4952", "place": village.street.community, "kind": "elderly",
        "title": Words(en="Deliver a Winter Package"), "description": Words(en="Warm up the day of a senior!"),
        "organisation": "DOROT", "at": NOON,
        "shifts": [whole_days(NOON.date(), NOON.date(), capacity=9999)],
    }  # fmt: skip

    first, second = operations.bring_in(**values), operations.bring_in(**values)

    assert first is not None
    assert second is None
    assert db.session.scalar(select(func.count()).select_from(Activity)) == 1
    assert (first.organisation, first.state, len(shift_ids(first))) == ("DOROT", "open", 1)
    for wrong in ([], [a_plan(ENDS, STARTS)], [a_plan(capacity=0)]):
        assert refused(lambda wrong=wrong: operations.bring_in(**(values | {"source_id": "2", "shifts": wrong})))


def test_the_front_page_and_the_work_list_find_what_they_need(village: Village) -> None:
    activity, attendance = served(village, village.helper)
    plan(village, village.organiser)
    second = an_activity(village, a_plan(ENDS, ENDS + timedelta(hours=1)))
    operations.sign_up(shift_ids(second)[0], by=village.helper, at=NOON)
    db.session.flush()

    assert [row.activity_id for row in queries.my_shifts(village.helper, NOON)] == [activity.id, second.id]
    assert [row.id for row in queries.coming_up(village.helper.community_path, NOON)] == [activity.id, second.id]
    assert queries.coming_up(village.villager.community_path, NOON) == []
    assert [(item.kind, item.number) for item in queries.waiting_for_staff(village.staff, NOON)] == [
        ("review", 1), ("hours", 1),
    ]  # fmt: skip
    assert [item.kind for item in queries.waiting_for_staff(village.organiser, NOON)] == ["hours"]
    assert queries.waiting_for_staff(village.helper, NOON) == []
    operations.confirm_hours(attendance.id, by=village.staff, at=ENDS)
    assert [item.kind for item in queries.waiting_for_staff(village.staff, NOON)] == ["review"]


def test_a_new_household_member_needs_no_second_place(village: Village) -> None:
    """Two people of one household take two places: a place is a person's."""
    (shift,) = shift_ids(an_activity(village))
    home = a_household(village.street.group)
    for person in (as_person(a_resident(home)), as_person(a_resident(home))):
        operations.sign_up(shift, by=person, at=NOON)

    assert taken(shift) == 2
