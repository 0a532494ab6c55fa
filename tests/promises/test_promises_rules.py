"""The life of a promise, walked; when it is overdue; who may say what."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import pytest

from app.kit import clock
from app.people.rules import Held, Person, Stranger
from app.promises import rules
from tests.makers import NOON

TODAY = date(2026, 11, 18)
WHO = ("owner", "staff", "anyone")
EXPECTED = {
    "open": {
        "report": ("under_way", {"owner", "staff"}),
        "finish": ("done", {"owner", "staff"}),
        "drop": ("dropped", {"staff"}),
    },
    "under_way": {
        "report": ("under_way", {"owner", "staff"}),
        "finish": ("done", {"owner", "staff"}),
        "drop": ("dropped", {"staff"}),
    },
    "done": {},
    "dropped": {},
}  # fmt: skip


def test_the_table_knows_every_state() -> None:
    assert set(EXPECTED) == rules.LIFE.states == {*rules.RUNNING, *rules.ENDED}
    assert set(rules.STATE_WORDS) == set(rules.STATE_SIGNS) == {*EXPECTED, "overdue"}


@pytest.mark.parametrize(("state", "act", "who"), list(product(EXPECTED, sorted(rules.LIFE.actions), WHO)))
def test_every_step_leads_where_it_should_and_only_for_whom(state: str, act: str, who: str) -> None:
    wanted = EXPECTED[state].get(act)

    no = rules.step_refusal(state, act, frozenset({who}))

    if wanted is not None and who in wanted[1]:
        assert no is None
        assert rules.LIFE.after(state, act) == wanted[0]
    else:
        assert no is not None
        assert no.status == (403 if wanted else 409)


def test_dropping_needs_a_public_reason() -> None:
    no = rules.step_refusal("open", "drop", frozenset({"staff"}), reasoned=False)

    assert no is not None
    assert no.status == 422


def test_a_promise_is_overdue_from_the_midnight_after_its_day_until_it_ends() -> None:
    midnight = clock.at_local(TODAY + timedelta(days=1))
    before = midnight - timedelta(seconds=1)

    assert rules.due_at(TODAY) == midnight
    assert [rules.shown_state(state, TODAY, before) for state in EXPECTED] == list(EXPECTED)
    assert [rules.shown_state(state, TODAY, midnight) for state in EXPECTED] == [
        "overdue",
        "overdue",
        "done",
        "dropped",
    ]


@pytest.mark.parametrize(("percent", "may"), [(-1, False), (0, True), (99, True), (100, False)])
def test_progress_stays_below_a_hundred_until_it_is_reported_as_done(percent: int, may: bool) -> None:
    assert (rules.percent_refusal(percent) is None) is may


def test_nothing_is_promised_for_the_past() -> None:
    assert rules.term_refusal(TODAY, NOON) is None
    assert rules.term_refusal(TODAY - timedelta(days=1), NOON) is not None


def test_owner_and_staff_of_the_place() -> None:
    staff = Person(id=7, family_name="钱", given_name="一", roles=(Held("staff", 2, "/1/2/"),))

    assert rules.who_is(staff, place_path="/1/2/3/", owner_id=7) == {"owner", "staff"}
    assert rules.who_is(staff, place_path="/1/9/", owner_id=None) == set()
    assert rules.who_is(Stranger(), place_path="/1/2/", owner_id=None) == set()
