"""The life of a request: every state, step and kind of person; deadlines; what stays unsaid."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.grid import rules
from app.grid.escalation import OPEN, Standing, deadlines, due_steps, stands
from app.grid.models import LEVELS, STATES
from app.kit.discretion import names_a_door
from app.people.rules import Held, Person
from tests.makers import NOON

PATH = "/1/2/3/4/"
FACTS = rules.Facts(
    state="received", level="grid", lowest="grid", place_path=PATH, reporter_id=1, reporter_household=10,
    handler_id=None, resolved_by=None,
)  # fmt: skip
PLACES = {"grid": PATH, "staff": "/1/2/", "street": "/1/", "supervisor": "/1/2/"}


def somebody(number: int, *roles: str, household: int | None = None) -> Person:
    held = tuple(Held(role, 0, PLACES[role]) for role in roles)
    return Person(number, "张", "三", household_id=household or number * 10, verified_at=NOON, roles=held)


REPORTER, NEIGHBOUR = somebody(1), somebody(2)
GRID, STAFF, STREET, SUPERVISOR = (
    somebody(3, "grid"), somebody(4, "staff"), somebody(5, "street"), somebody(6, "supervisor"),
)  # fmt: skip
AT_LEVEL = {"grid": GRID, "community": STAFF, "street": STREET}


def steps_of(person: Person, facts: rules.Facts) -> set[str]:
    return {step for step in rules.LIFE.actions if rules.step_refusal(facts, step, person, reasoned=True) is None}


@pytest.mark.parametrize(("state", "level"), list(itertools.product(STATES, LEVELS)))
def test_each_state_and_level_lets_exactly_these_people_take_these_steps(state: str, level: str) -> None:
    handler = AT_LEVEL[level]
    facts = replace(FACTS, state=state, level=level, handler_id=handler.id, department_waits=True)
    up = {"pass_up"} if level != "street" else set()
    down = {"send_down"} if level != "grid" else set()
    call = {"call_in"} if level != "grid" else set()
    desk = {
        "received": {"take", "assign", "link"} | up | down,
        "assigned": {"start", "assign", "link"} | up | down,
        "handling": {"resolve", "note", "reply", "assign", "link"} | call | up | down,
        "reopened": {"take", "assign"} | up | down,
    }.get(state, set())
    reporter = {
        **{one: {"add"} for one in OPEN}, "resolved": {"add", "rate", "reopen"}, "rated": {"reopen"},
        "closed": {"reopen"},
    }.get(state, set())  # fmt: skip

    assert steps_of(handler, facts) == desk, "who handled it does not assess it"
    assert steps_of(REPORTER, facts) == reporter
    assert steps_of(NEIGHBOUR, facts) == set()
    assert steps_of(SUPERVISOR, facts) == ({"assess"} if state == "rated" else set())
    for below in LEVELS[: LEVELS.index(level)]:
        assert steps_of(AT_LEVEL[below], facts) == set(), "a level below has handed it on"
    for above in LEVELS[LEVELS.index(level) + 1 :]:
        given = {"assign", "link"} if state in ("received", "assigned", "handling") else set()
        given |= {"assign"} if state == "reopened" else {"assess"} if state == "rated" else set()
        assert steps_of(AT_LEVEL[above], facts) == given


@pytest.mark.parametrize(
    "step",
    sorted({action for (_state, action), one in rules.LIFE.steps.items() if one.reason_needed}),
)
def test_a_step_that_needs_a_reason_is_refused_without(step: str) -> None:
    state = next(state for (state, action) in rules.LIFE.steps if action == step)
    facts = replace(FACTS, state=state, level="community", handler_id=STAFF.id, department_waits=True)
    who = REPORTER if step in ("add", "reopen") else SUPERVISOR if step == "assess" else STAFF

    no = rules.step_refusal(facts, step, who, reasoned=False)

    assert no is not None
    assert no.status == 422


def test_nobody_handles_what_they_or_their_household_reported() -> None:
    own, family = somebody(1, "grid"), somebody(7, "grid", household=10)

    for person in (own, family):
        for step in ("take", "assign", "pass_up", "link"):
            no = rules.step_refusal(FACTS, step, person, reasoned=True)
            assert no is not None
            assert no.status == 403


def test_whoever_answered_neither_rates_nor_closes_it() -> None:
    facts = replace(FACTS, state="resolved", handler_id=1, resolved_by=1)
    both = somebody(6, "supervisor", "grid")
    rated = replace(FACTS, state="rated", resolved_by=both.id)

    assert rules.step_refusal(facts, "rate", REPORTER, reasoned=True) is not None
    assert rules.step_refusal(rated, "assess", both, reasoned=True) is not None
    assert rules.step_refusal(rated, "assess", somebody(8, "supervisor"), reasoned=True) is None


def test_a_place_wider_than_a_grid_is_never_sent_down_to_one() -> None:
    facts = replace(FACTS, state="received", level="community", lowest="community")

    assert rules.step_refusal(facts, "send_down", STAFF, reasoned=True) is not None
    assert [rules.first_level(kind) for kind in ("group", "grid", "compound", "village", "street")] == [
        "grid", "grid", "community", "community", "street",
    ]  # fmt: skip


def test_the_reporter_is_shown_to_the_handler_in_charge_alone() -> None:
    facts = replace(FACTS, state="handling", handler_id=GRID.id)
    everybody = (GRID, somebody(9, "grid"), STAFF, STREET, SUPERVISOR, NEIGHBOUR, REPORTER)

    shown = [one.id for one in everybody if rules.sees_reporter(one, facts, held_back=False)]

    assert shown == [GRID.id]
    assert not any(rules.sees_reporter(one, facts, held_back=True) for one in everybody)


FRIDAY = datetime(2026, 11, 20, 10, tzinfo=UTC)  # 18:00 in the village


def test_deadlines_run_level_by_level_in_working_days() -> None:
    due = deadlines("grid", FRIDAY, 1)

    # Midnights of the village that end Monday, Wednesday and Friday: the day on which a time begins does not count.
    assert [due[level].isoformat() for level in LEVELS] == [
        f"2026-11-{day}T16:00:00+00:00" for day in (23, 25, 27)
    ]  # fmt: skip
    assert list(deadlines("community", FRIDAY, 2)) == ["community", "street"]


def test_a_holiday_week_does_not_count() -> None:
    """The National Day holiday of 2026 runs from 1 to 7 October; Saturday 10 October makes up for it."""
    before = datetime(2026, 9, 30, 4, tzinfo=UTC)

    assert deadlines("street", before, 3)["street"] == datetime(2026, 10, 10, 16, tzinfo=UTC)


@pytest.mark.parametrize("state", OPEN)
def test_what_nobody_handles_goes_up_by_itself_one_level_at_each_deadline(state: str) -> None:
    due = deadlines("grid", FRIDAY, 1)
    standing = Standing(state, "grid", due, None)
    second = timedelta(seconds=1)

    assert stands(standing, due["grid"] - second) == standing
    assert stands(standing, due["grid"]).level == "community"
    assert stands(standing, due["community"] - second).level == "community"
    assert stands(standing, due["community"]).level == "street"
    long_after = stands(standing, due["street"] + timedelta(days=400))
    assert (long_after.level, long_after.state) == ("street", "reopened" if state == "reopened" else "received")
    assert [step.at for step in due_steps(standing, long_after.due["street"] or NOON)] == [
        due["grid"], due["community"],
    ]  # fmt: skip


def test_what_nobody_rates_closes_at_its_instant_and_stays_closed() -> None:
    closes = FRIDAY + timedelta(days=7)
    for state in ("resolved", "rated"):
        standing = Standing(state, "grid", deadlines("grid", FRIDAY, 1), closes)
        assert stands(standing, closes - timedelta(seconds=1)).state == state
        assert stands(standing, closes).state == "closed"
        assert len(due_steps(standing, closes + timedelta(days=99))) == 1


def test_steps_taken_late_or_bit_by_bit_are_the_same() -> None:
    due = deadlines("grid", FRIDAY, 2)
    start = Standing("handling", "grid", due, None)
    end = FRIDAY + timedelta(days=60)

    at_once = [(one.action, one.at) for one in due_steps(start, end)]
    bit_by_bit: list[Any] = []
    standing, at = start, FRIDAY
    while at < end:
        at += timedelta(hours=7)
        steps = due_steps(standing, at)
        bit_by_bit += [(one.action, one.at) for one in steps]
        standing = steps[-1].after if steps else standing

    assert bit_by_bit == at_once


@pytest.mark.parametrize(
    ("text", "private"),
    [
        ("3号楼二楼的灯不亮", False), ("5号楼北侧第二个污水井", False), ("3号楼2单元", True), ("门牌 302室", True),
        ("电话13800000000", True), ("110101199003071234", True), ("Flat 12 is dark", True),
        ("Building 5, second floor", False), ("给 12345 打过电话", False),
        ("电话138 0000 0000", True), ("138-0000-0000", True), ("１３８００００００００", True),
        ("+86 138 0000 0000", True), ("三号楼２单元", True), ("110101 19900307 1234", True),
        ("从2026-11-13 18:30 到 2026-11-22 08:00", False), ("编号 2026-0042，13 2026-11-22 08", False),
    ],
)  # fmt: skip
def test_doors_and_numbers_are_found(text: str, private: bool) -> None:
    assert names_a_door(text) is private


def test_rows_under_five_stay_unsaid_and_cannot_be_subtracted() -> None:
    assert rules.suppressed([("a", 9), ("b", 7), ("c", 3)]) == {"c", "b"}, "three would follow from the sum"
    assert rules.suppressed([("a", 9), ("b", 3), ("c", 3)]) == {"b", "c"}
    assert rules.suppressed([("a", 9), ("b", 5)]) == set()


def test_a_place_sets_its_own_days() -> None:
    assert rules.days_for("lamp", {"request_days": {"lamp": 1}}) == 1
    assert rules.days_for("lamp", {"request_days": {"lamp": "soon"}}) == 3
    assert rules.days_for("lamp", None) == 3
    assert rules.rating_days({"rating_days": 3}) == 3
