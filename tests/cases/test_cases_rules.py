"""Where a case stands, and how much is deducted: rules alone, without a database."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from app.cases import rules
from app.cases.rules import AppealSeen, CureSeen, Facts
from app.kit import clock
from tests.makers import NOON

DAY = timedelta(days=1)
UNTIL = NOON + 7 * DAY


def facts(step: str = "third", **values: Any) -> Facts:
    known: dict[str, Any] = {
        "id": 1,
        "step": step,
        "amount": 2,
        "household_id": 1,
        "place_path": "/1/",
        "filed_by": 5,
        "cure_by": NOON + DAY,
    }
    return Facts(**(known | values))


def confirmed(**values: Any) -> Facts:
    return facts(outcome="confirmed", decided_by=6, appeal_until=UNTIL, **values)


def an_appeal(*upheld: bool, kind: str = "appeal", deciders: int = 1, at: datetime = NOON + 2 * DAY) -> AppealSeen:
    said = [(10 + number, one, at) for number, one in enumerate(upheld)]
    return AppealSeen(1, kind, deciders, 9, NOON + 9 * DAY, said)


SENT = CureSeen(1, NOON)
IN_TIME, LATE = CureSeen(1, NOON, True, 5), CureSeen(1, NOON + 2 * DAY, True, 5)


@pytest.mark.parametrize(
    ("case", "at", "state"),
    [
        (facts("reminder"), NOON, "reminded"),
        (facts("reminder"), NOON + 30 * DAY, "reminded"),
        (facts("notice"), NOON, "noticed"),
        (facts("reminder", cures=[SENT]), NOON, "reminded"),
        (facts("reminder", cures=[IN_TIME]), NOON, "cured"),
        (facts("reminder", cures=[LATE]), NOON + 3 * DAY, "put_right"),
        (facts("reminder", outcome="cancelled"), NOON, "cancelled"),
        (facts(), NOON, "proposed"),
        (facts("proven"), NOON, "proposed"),
        (facts(cures=[LATE]), NOON + 3 * DAY, "proposed"),
        (facts(outcome="declined"), NOON, "declined"),
        (confirmed(), UNTIL - timedelta(microseconds=1), "confirmed"),
        (confirmed(), UNTIL, "posted"),
        (confirmed(cures=[IN_TIME]), UNTIL, "cured"),
        (confirmed(cures=[IN_TIME], is_posted=True), UNTIL, "cured"),
        (confirmed(appeals=[an_appeal()]), UNTIL + 99 * DAY, "held"),
        (confirmed(appeals=[an_appeal(True)]), UNTIL, "upheld"),
        (confirmed(appeals=[an_appeal(False)]), NOON + 2 * DAY, "posted"),
        (confirmed(appeals=[an_appeal(False, deciders=2)]), UNTIL, "held"),
        (confirmed(appeals=[an_appeal(False, True, deciders=2)]), UNTIL, "upheld"),
        (confirmed(appeals=[an_appeal(False, False, deciders=2)]), UNTIL, "posted"),
        (confirmed(is_posted=True, appeals=[an_appeal(kind="evidence")]), UNTIL, "posted"),
        (confirmed(is_posted=True, appeals=[an_appeal(True, kind="evidence")]), UNTIL, "upheld"),
    ],
)
def test_where_a_case_stands(case: Facts, at: datetime, state: str) -> None:
    assert rules.state(case, at) == state
    assert state in rules.STATE_WORDS
    assert state in rules.STATE_SIGNS


@pytest.mark.parametrize(
    ("case", "due"),
    [
        (confirmed(), True),
        (confirmed(is_posted=True), False),
        (confirmed(appeals=[an_appeal()]), False),
        (confirmed(appeals=[an_appeal(True)]), False),
        (confirmed(appeals=[an_appeal(False)]), True),
        (confirmed(cures=[IN_TIME]), False),
        (confirmed(cures=[LATE]), True),
        (facts(outcome="declined"), False),
        (facts(), False),
    ],
)
def test_what_is_due_when_the_time_to_appeal_is_over(case: Facts, due: bool) -> None:
    assert rules.is_due(case, UNTIL) is due
    assert rules.is_due(case, NOON) is False


@pytest.mark.parametrize(
    ("amount", "honour", "left", "posted"),
    [(2, 60, [], 2), (5, 3, [], 3), (5, 0, [], 0), (5, -4, [], 0), (2, 60, [1], 1), (2, 60, [-1], 0), (9, 7, [8], 7)],
)
def test_i09_no_more_is_deducted_than_the_period_has_and_the_limits_leave(
    amount: int, honour: int, left: list[int], posted: int
) -> None:
    assert rules.deducted(amount, honour=honour, left=left) == posted


def test_the_last_day_to_appeal_is_whole_and_the_day_of_the_decision_is_not_counted() -> None:
    ends = rules.appeal_ends(NOON, 7)

    assert clock.last_day(ends) == clock.local(NOON).date() + 7 * DAY
    assert clock.local(ends).time().isoformat() == "00:00:00"


def test_who_had_a_hand_in_it_is_known() -> None:
    case = confirmed(cures=[LATE], took_part_before=frozenset({3}), appeals=[an_appeal(False)])

    assert case.took_part == {3, 5, 6, 10}


@pytest.mark.parametrize(
    ("value", "days"), [(None, 7), (3, 3), (0, 7), (-1, 7), ("9", 7), (71, 7), (True, 7), (70, 70)]
)
def test_a_setting_that_makes_no_sense_counts_for_nothing(value: Any, days: int) -> None:
    assert rules.setting({"appeal_days": value}, "appeal_days", 7) == days
