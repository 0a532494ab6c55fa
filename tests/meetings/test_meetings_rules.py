"""Where a meeting stands at each moment, and by when its minutes are owed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.kit import clock
from app.meetings import rules
from app.people.rules import Stranger
from tests.council.square import DAY
from tests.makers import NOON
from tests.meetings.hall import ENDS, HOUR, STARTS

SECOND = timedelta(seconds=1)
PATH = "/1/2/"


@pytest.mark.parametrize(
    ("at", "moved", "minutes", "state"),
    [
        (NOON, False, False, "called"),
        (NOON, True, False, "put_off"),
        (STARTS - SECOND, True, False, "put_off"),
        (STARTS, True, False, "in_session"),
        (ENDS - SECOND, False, False, "in_session"),
        (ENDS, False, False, "owing"),
        (ENDS + 6 * DAY, False, False, "owing"),  # Wednesday to Tuesday, and Wednesday is the fifth working day
        (ENDS + 8 * DAY, False, False, "late"),
        (ENDS, False, True, "minutes"),
        (STARTS + HOUR, False, True, "minutes"),
    ],
)
def test_where_it_stands_is_read_from_the_clock(at, moved: bool, minutes: bool, state: str) -> None:  # type: ignore[no-untyped-def]
    assert rules.state_at(STARTS, ENDS, at, cancelled=False, moved=moved, minutes=minutes) == state
    assert rules.state_at(STARTS, ENDS, at, cancelled=True, moved=moved, minutes=minutes) == "cancelled"
    assert state in rules.STATE_WORDS
    assert state in rules.STATE_SIGNS


def test_minutes_are_owed_to_the_end_of_the_fifth_working_day() -> None:
    due = rules.minutes_due(ENDS)  # it ended on Wednesday 25 November

    assert due == clock.day_bounds(date(2026, 12, 2))[1]
    assert clock.last_day(due) == date(2026, 12, 2)


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "said"),
    [
        (NOON, NOON + HOUR, "past"),
        (NOON - HOUR, NOON + HOUR, "past"),
        (STARTS, STARTS, "end comes after"),
        (STARTS, STARTS - HOUR, "end comes after"),
        (STARTS, STARTS + 13 * HOUR, "end comes after"),
        (NOON + 400 * DAY, NOON + 400 * DAY + HOUR, "more than a year"),
    ],
)
def test_a_time_is_ahead_and_ends_after_it_begins(starts_at, ends_at, said: str) -> None:  # type: ignore[no-untyped-def]
    refusal = rules.time_refusal(starts_at, ends_at, NOON)

    assert refusal is not None
    assert said in refusal.text
    assert rules.time_refusal(STARTS, ENDS, NOON) is None


def test_nobody_is_refused_without_a_reason_of_three_parts() -> None:
    strangers = [
        rules.staff_refusal(Stranger(), PATH),
        rules.sign_up_refusal(Stranger(), place_path=PATH, starts_at=STARTS, cancelled=False, at=NOON),
        rules.sign_up_refusal(Stranger(), place_path=PATH, starts_at=STARTS, cancelled=True, at=NOON),
        rules.sign_up_refusal(Stranger(), place_path=PATH, starts_at=STARTS, cancelled=False, at=STARTS),
    ]

    assert [one.status if one else None for one in strangers] == [403, 403, 409, 409]


@pytest.mark.parametrize(
    ("cancelled", "minutes", "present", "refused"),
    [(False, False, False, False), (True, False, False, True), (False, True, False, True), (False, False, True, True)],
)
def test_only_what_has_not_taken_place_is_put_off(cancelled: bool, minutes: bool, present: bool, refused: bool) -> None:
    reason = rules.move_refusal(cancelled=cancelled, minutes=minutes, present=present)

    assert (reason is not None) is refused


def test_people_are_marked_from_an_hour_before_and_struck_off_until_the_minutes() -> None:
    def refused(at, *, cancelled: bool = False) -> bool:  # type: ignore[no-untyped-def]
        return rules.mark_refusal(starts_at=STARTS, cancelled=cancelled, at=at) is not None

    assert [refused(at) for at in (STARTS - HOUR - SECOND, STARTS - HOUR, ENDS + 300 * DAY)] == [True, False, False]
    assert refused(STARTS, cancelled=True)
    struck = [
        rules.strike_refusal(starts_at=STARTS, cancelled=cancelled, counted=counted, at=STARTS) is not None
        for cancelled, counted in ((False, False), (False, True), (True, False))
    ]
    assert struck == [False, True, True]


def test_a_correction_says_what_it_corrects() -> None:
    assert rules.correction_refusal(0, corrects=False) is None
    assert rules.correction_refusal(1, corrects=True) is None
    assert rules.correction_refusal(0, corrects=True) is not None
    assert rules.correction_refusal(1, corrects=False) is not None
