"""When a notice is over, where each line stands, who objects and who answers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from app.kit import clock
from app.kit.refusal import Refusal
from app.notices import rules
from app.notices.rules import Heard
from app.people.rules import Held, Person, Stranger
from tests.makers import NOON

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
ENDS = rules.period_end(NOON, 7, working=False)
FILED = Heard(NOON + DAY)
LATE_ANSWER = ENDS + 2 * DAY


def heard(outcome: str, ended_at: datetime = NOON + 2 * DAY) -> Heard:
    return Heard(NOON + DAY, outcome, ended_at)


def test_a_period_leaves_the_first_day_out_and_ends_with_its_last_day() -> None:
    assert clock.at_local(date(2026, 11, 26)) == ENDS  # put up on Wednesday 18, seven days are over with the 25th
    assert rules.period_end(clock.at_local(date(2026, 11, 18)), 7, working=False) == ENDS
    assert clock.last_day(ENDS) == date(2026, 11, 25)


def test_working_days_skip_weekends_and_holidays() -> None:
    friday = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)

    assert rules.period_end(friday, 5, working=True) == clock.at_local(date(2026, 11, 28))
    before_new_year = datetime(2025, 12, 31, 4, 0, tzinfo=UTC)  # 1 to 3 January off, Sunday 4 January worked
    assert rules.period_end(before_new_year, 1, working=True) == clock.at_local(date(2026, 1, 5))


@pytest.mark.parametrize(
    ("objections", "running", "after"),
    [
        ((), "on_notice", "clear"),
        ((FILED,), "held", "held"),
        ((heard("not_upheld"),), "on_notice", "clear"),
        ((heard("withdrawn"),), "on_notice", "clear"),
        ((heard("upheld"),), "upheld", "upheld"),
        ((heard("not_upheld"), FILED), "held", "held"),
        ((heard("upheld"), FILED), "upheld", "upheld"),
    ],
)
def test_a_line_stands_once_its_period_is_over_and_every_objection_answered(
    objections: tuple[Heard, ...], running: str, after: str
) -> None:
    assert rules.line_state(ENDS, objections, ENDS - SECOND) == running
    assert rules.line_state(ENDS, objections, ENDS) == after


def test_the_past_is_read_as_it_was() -> None:
    objection = heard("upheld", NOON + 3 * DAY)

    states = [rules.line_state(ENDS, [objection], NOON + days * DAY) for days in (0, 1, 2, 3)]

    assert states == ["on_notice", "held", "held", "upheld"]


def test_a_line_whose_objection_is_answered_late_stands_from_the_answer_on() -> None:
    objections = [heard("not_upheld", LATE_ANSWER)]

    assert rules.line_state(ENDS, objections, LATE_ANSWER - SECOND) == "held"
    assert rules.line_state(ENDS, objections, LATE_ANSWER) == "clear"


@pytest.mark.parametrize(
    ("at", "lines", "state"),
    [
        (NOON - SECOND, ("on_notice",), "coming"),
        (NOON, ("on_notice", "held"), "running"),
        (ENDS, ("clear", "held"), "held"),
        (ENDS, ("clear", "upheld"), "over"),
    ],
)
def test_a_notice_runs_then_waits_for_answers_then_is_over(at: datetime, lines: tuple[str, ...], state: str) -> None:
    assert rules.notice_state(NOON, ENDS, lines, at) == state


def person(path: str = "/1/2/3/", *, verified: bool = True, role: str = "", at: str = "", household: int = 5) -> Person:
    return Person(
        id=7, family_name="张", given_name="秀", household_id=household, path=path,
        verified_at=NOON if verified else None, roles=(Held(role, 2, at),) if role else (),
    )  # fmt: skip


def answer_refusal(who: Person, **values: Any) -> Refusal | None:
    """Of an objection that waits, filed by somebody else against a line in which they have no part."""
    known: dict[str, Any] = {
        "place_path": "/1/2/", "filed_by": 1, "filed_by_household": 99, "has_part": False, "ended": False,
    }  # fmt: skip
    return rules.answer_refusal(who, **(known | values))


@pytest.mark.parametrize(
    ("who", "objects", "answers"),
    [
        (person(), True, False),
        (person(verified=False), False, False),
        (person("/1/9/8/"), False, False),
        (Stranger(), False, False),
        (person("/1/9/8/", role="staff", at="/1/2/"), False, True),
        (person(role="staff", at="/1/2/", household=6), True, True),
        (person(role="staff", at="/1/9/"), True, False),
        (person("/1/9/8/", role="street", at="/1/"), False, True),
        (person("/1/9/8/", role="admin", at="/1/"), False, False),
    ],
)
def test_residents_of_the_place_object_and_its_staff_answer(who: Person, objects: bool, answers: bool) -> None:
    no = rules.object_refusal(who, place_path="/1/2/", starts_at=NOON, ends_at=ENDS, at=NOON)
    unanswered = answer_refusal(who)

    assert (no is None) is objects
    assert (unanswered is None) is answers


@pytest.mark.parametrize(("at", "may"), [(NOON - SECOND, False), (NOON, True), (ENDS - SECOND, True), (ENDS, False)])
def test_objections_are_taken_from_the_start_up_to_the_end(at: datetime, may: bool) -> None:
    no = rules.object_refusal(person(), place_path="/1/2/", starts_at=NOON, ends_at=ENDS, at=at)

    assert (no is None) is may


def test_nobody_answers_what_they_or_their_household_filed() -> None:
    staff = person(role="staff", at="/1/2/")

    for filed_by, household in ((7, 99), (1, 5)):
        no = answer_refusal(staff, filed_by=filed_by, filed_by_household=household)
        assert no is not None
        assert "a colleague answers" in no.text


def test_nobody_answers_for_a_line_in_which_they_have_a_part() -> None:
    no = answer_refusal(person(role="staff", at="/1/2/"), has_part=True)

    assert no is not None
    assert no.status == 403
    assert "a colleague of the committee or the street who has none" in no.text


def test_an_answered_objection_stays_as_it_is() -> None:
    staff = person(role="staff", at="/1/2/")

    assert answer_refusal(staff, ended=True) is not None
    assert rules.withdraw_refusal(staff, filed_by=7, ended=True) is not None
    assert rules.withdraw_refusal(staff, filed_by=1, ended=False) is not None
    assert rules.withdraw_refusal(staff, filed_by=7, ended=False) is None


def test_an_answer_is_late_after_three_working_days() -> None:
    due = rules.answer_due(NOON)  # filed on Wednesday: Thursday, Friday, Monday

    assert due == clock.at_local(date(2026, 11, 24))
    assert (rules.is_late(NOON, due - SECOND), rules.is_late(NOON, due)) == (False, True)
