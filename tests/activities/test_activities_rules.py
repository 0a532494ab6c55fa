"""Codes, repeating days, hours, and the life of an activity."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.activities import codes, rules
from app.activities.life import LIFE, state_at, state_of
from app.activities.repeating import between, clock_time, occurrences, whole_days
from app.activities.rules import Frame
from app.activities.spans import Span, served, takes_check_ins
from app.kit import clock
from app.people.rules import Held, Person, Stranger

SECRET = b"a secret"
T = datetime(2026, 11, 21, 0, 30, tzinfo=UTC)  # Saturday 8:30 in the village
SPAN = Span(T, T + timedelta(hours=2), 10, 4)
SHIFTS = st.integers(1, 2**31 - 1)
MOMENTS = st.integers(1_577_836_800, 4_070_908_800).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@given(SHIFTS, MOMENTS)
def test_a_code_is_six_digits_and_fits_now_and_half_a_minute_later(shift_id: int, at: datetime) -> None:
    code = codes.current_code(shift_id, at, SECRET)

    assert len(code) == 6
    assert code.isdigit()
    assert codes.fits(code, shift_id, at, SECRET)
    assert codes.fits(code, shift_id, at + timedelta(seconds=codes.STEP_SECONDS), SECRET)


def worthless(code: str, shift_id: int, at: datetime, secret: bytes = SECRET) -> bool:
    """Whether the code is refused, chance hits of one in a million left aside."""
    step = codes.step_of(at)
    by_chance = code in (codes.code_for(shift_id, step, secret), codes.code_for(shift_id, step - 1, secret))
    return by_chance or not codes.fits(code, shift_id, at, secret)


@given(SHIFTS, SHIFTS, MOMENTS, st.integers(2, 3000))
def test_a_code_is_worth_nothing_elsewhere_later_or_earlier(one: int, other: int, at: datetime, steps: int) -> None:
    code, away = codes.current_code(one, at, SECRET), timedelta(seconds=steps * codes.STEP_SECONDS)

    assert one == other or worthless(code, other, at)
    assert worthless(code, one, at + away)
    assert worthless(code, one, at - timedelta(seconds=codes.STEP_SECONDS))
    assert worthless(code, one, at, b"another secret")


@given(SHIFTS, MOMENTS, st.integers(0, 5), st.integers(0, 7))
def test_a_code_with_one_bit_flipped_is_refused(shift_id: int, at: datetime, digit: int, bit: int) -> None:
    code = codes.current_code(shift_id, at, SECRET)
    flipped = code[:digit] + chr(ord(code[digit]) ^ (1 << bit)) + code[digit + 1 :]

    assert worthless(flipped, shift_id, at)


@pytest.mark.parametrize("typed", ["", "0", "12345", "1234567", "一二三四五六", "12 345", "\x00\x00\x00\x00\x00\x00"])
def test_what_is_no_code_fits_nothing(typed: str) -> None:
    assert not codes.fits(typed, 1, T, SECRET)


def test_the_code_stays_from_thirty_seconds_down_to_one() -> None:
    whole = datetime(2026, 11, 21, 0, 0, tzinfo=UTC)

    assert [codes.seconds_left(whole + timedelta(seconds=n)) for n in (0, 1, 29, 30)] == [30, 29, 1, 30]


def test_a_weekly_rule_gives_every_named_day_once() -> None:
    plans = occurrences(
        "FREQ=WEEKLY;BYDAY=SA",
        date(2026, 11, 2),
        [{"starts": "8:30", "ends": "10:30", "capacity": 9}],
        date(2026, 11, 28),
    )

    assert [clock.local(plan.starts_at).date() for plan in plans] == [date(2026, 11, n) for n in (7, 14, 21, 28)]
    assert {plan.ends_at - plan.starts_at for plan in plans} == {timedelta(hours=2)}


def test_a_shift_until_24_ends_at_midnight_and_belongs_to_the_day_it_began() -> None:
    shifts = [{"starts": "20:00", "ends": "24:00", "capacity": 6, "minimum": 3}]

    (plan,) = occurrences("FREQ=DAILY;COUNT=1", date(2026, 6, 1), shifts, date(2026, 7, 1))

    assert plan.ends_at == clock.at_local(date(2026, 6, 2))
    assert clock.local(plan.starts_at).date() == date(2026, 6, 1)
    assert plan.minimum == 3


def test_an_end_before_the_beginning_is_on_the_next_day() -> None:
    plan = between(date(2026, 12, 31), clock_time("22:00"), clock_time("2:00"), capacity=4)

    assert plan.ends_at - plan.starts_at == timedelta(hours=4)
    assert clock.local(plan.ends_at).date() == date(2027, 1, 1)


def test_days_have_24_hours_even_where_summer_time_once_was() -> None:
    """China moved its clocks from 1986 to 1991; the village's own instants follow the zone, not the wall."""
    shifts = [{"starts": "0:00", "ends": "24:00", "capacity": 1}]

    plans = occurrences("FREQ=DAILY", date(2026, 1, 1), shifts, date(2026, 12, 31))

    assert len(plans) == 365
    assert {plan.ends_at - plan.starts_at for plan in plans} == {timedelta(hours=24)}
    assert all(one.ends_at == other.starts_at for one, other in pairwise(plans))


def test_a_rule_counts_from_its_first_day_and_stops_at_the_last() -> None:
    shifts = [{"starts": "9:00", "ends": "10:00", "capacity": 5}, {"starts": "14:00", "ends": "15:00", "capacity": 5}]

    assert len(occurrences("FREQ=DAILY;COUNT=10", date(2026, 11, 1), shifts, date(2027, 1, 1))) == 20
    assert len(occurrences("FREQ=DAILY;COUNT=10", date(2026, 11, 1), shifts, date(2026, 11, 4))) == 8
    assert occurrences("FREQ=YEARLY;BYMONTH=2;BYDAY=2SA", date(2026, 3, 1), shifts, date(2026, 12, 1)) == []


def test_an_offer_that_stands_spans_its_days() -> None:
    plan = whole_days(date(2011, 6, 5), date(2012, 6, 4), capacity=25)

    assert (plan.starts_at, plan.ends_at) == (clock.at_local(date(2011, 6, 5)), clock.at_local(date(2012, 6, 5)))
    assert Span(plan.starts_at, plan.ends_at, 25, 0).is_standing


@pytest.mark.parametrize(
    ("came", "left", "minutes"),
    [
        (0, 120, 120),  # the whole shift
        (-30, 120, 150),  # early by the half hour that the door is open
        (-30, 600, 150),  # forgot to check out: never more than the shift and half an hour
        (110, 600, 40),  # came late and forgot: what lies past the grace does not count
        (10, 11, 1),
        (10, 10, 1),  # came and went at once
        (119, 121, 2),
    ],
)
def test_hours_are_clipped_to_the_shift_and_half_an_hour(came: int, left: int, minutes: int) -> None:
    assert served(SPAN, T + timedelta(minutes=came), T + timedelta(minutes=left)) == minutes


def test_seconds_do_not_make_a_minute_and_nobody_serves_for_days() -> None:
    standing = Span(T, T + timedelta(days=90), 5, 0)

    assert served(SPAN, T, T + timedelta(minutes=59, seconds=59)) == 59
    assert served(standing, T, T + timedelta(days=3)) == 12 * 60


def test_the_door_is_open_from_half_an_hour_before_until_the_end() -> None:
    moments = [-31, -30, 0, 119, 120]

    assert [takes_check_ins(SPAN, at=T + timedelta(minutes=n)) for n in moments] == [False, True, True, True, False]


def test_full_under_way_and_finished_are_read_from_time_and_places() -> None:
    full = Span(SPAN.starts_at, SPAN.ends_at, 4, 4)

    assert state_of("open", [SPAN], at=T - timedelta(days=1)) == "open"
    assert state_of("open", [full], at=T - timedelta(days=1)) == "full"
    assert state_of("open", [full], at=T) == "running"
    assert state_of("open", [full], at=T + timedelta(hours=2)) == "finished"
    assert {state_at(stored, begun=True, over=True, left=0) for stored in LIFE.states if stored != "open"} == {
        "draft", "review", "reported", "cancelled",
    }  # fmt: skip


FRAME = Frame("review", "/1/2/3/", community_id=2, organiser_id=7)
PEOPLE = {
    "visitor": Stranger(),
    "resident": Person(5, "张", "三", path="/1/2/3/4/"),
    "owner": Person(7, "何", "秀英", roles=(Held("organiser", 2, "/1/2/"),)),
    "owner whose role has ended": Person(7, "何", "秀英", roles=(Held("organiser", 6, "/1/6/"),)),
    "staff": Person(8, "李", "梅", roles=(Held("staff", 2, "/1/2/"),)),
    "staff elsewhere": Person(9, "吴", "刚", roles=(Held("staff", 6, "/1/6/"),)),
}
MAY = {
    ("draft", "hand_in"): {"owner"},
    ("draft", "approve"): {"staff"},
    ("review", "approve"): {"staff"},
    ("review", "send_back"): {"staff"},
    ("draft", "call_off"): {"owner", "staff"},
    ("review", "call_off"): {"owner", "staff"},
    ("open", "call_off"): {"owner", "staff"},
}


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("action", sorted(LIFE.actions))
@pytest.mark.parametrize("state", sorted(LIFE.states))
def test_each_step_is_taken_from_its_state_by_its_people(state: str, action: str, who: str) -> None:
    frame = Frame(state, FRAME.place_path, FRAME.community_id, FRAME.organiser_id)
    before, after = T - timedelta(days=1), T + timedelta(days=1)

    assert (rules.step_refusal(PEOPLE[who], frame, action, [SPAN], at=before) is None) == (
        who in MAY.get((state, action), set())
    )
    may_report = (state, action) == ("open", "report") and who in ("owner", "staff")
    may_send_back = (state, action, who) == ("review", "send_back", "staff")
    assert (rules.step_refusal(PEOPLE[who], frame, action, [SPAN], at=after) is None) == (may_report or may_send_back)


def test_an_activity_of_the_street_is_for_everybody_on_it() -> None:
    compound = Frame("open", "/1/2/3/", community_id=2, organiser_id=None)
    street = Frame("open", "/1/", community_id=None, organiser_id=None)

    assert (compound.reach, street.reach) == ("/1/2/", "/1/")


def test_age_is_counted_on_the_local_day_of_the_shift() -> None:
    frame = Frame("open", "/1/2/", 2, None, age_from=18)
    grown = {"path": "/1/2/3/4/", "household_id": 1, "verified_at": T}
    today, tomorrow, unknown = (
        Person(1, "张", "三", born_on=born, **grown) for born in (date(2008, 11, 21), date(2008, 11, 22), None)
    )

    assert rules.sign_up_refusal(today, frame, SPAN, at=T) is None
    assert rules.sign_up_refusal(tomorrow, frame, SPAN, at=T) is not None
    assert rules.sign_up_refusal(unknown, frame, SPAN, at=T) is not None
