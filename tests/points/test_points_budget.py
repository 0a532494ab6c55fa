"""How far a goods fund reaches: plain reckoning, without a database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from app.kit.periods import Period, period_of
from app.points import budget
from app.points.budget import Budget, fund_refusal, quarters_to_set, warnings

AT = datetime(2026, 11, 18, 4, 0, tzinfo=UTC)  # day 49 of 92
QUARTER = Period("quarter", 2026, 4)


def a_budget(quarter: Period = QUARTER, **values: Any) -> Budget:
    return Budget(quarter, AT, **values)


def test_the_days_that_are_left_count_today() -> None:
    assert a_budget().days_left == 44
    assert a_budget(QUARTER.next).days_left == 90
    assert a_budget(QUARTER.previous).days_left == 0


@pytest.mark.parametrize(
    ("values", "state", "warned"),
    [
        ({}, "none", []),
        ({"fund": 1000, "spent": 400}, "fine", []),
        ({"fund": 1000, "spent": 700, "held": 99}, "fine", []),
        ({"fund": 1000, "spent": 700, "held": 100}, "near", ["near"]),
        ({"fund": 1000, "spent": 800}, "near", ["near"]),
        ({"fund": 1000, "spent": 800, "held": 201}, "short", ["near", "short"]),
        ({"fund": 1000, "spent": 400, "spent_lately": 1227}, "fine", []),  # 44 days at 1227 in 90: 600
        ({"fund": 1000, "spent": 400, "spent_lately": 1228}, "short", ["short"]),
        ({"fund": 1000, "spent": 1000}, "over", ["near", "short"]),
        ({"fund": 1000, "spent": 1200}, "over", ["near", "short"]),
        ({"spent": 1200}, "none", []),
    ],
)
def test_a_fund_is_warned_of_at_four_fifths_and_before_it_runs_over(
    values: dict[str, int], state: str, warned: list[str]
) -> None:
    now = a_budget(**values)

    assert (now.state, warnings(now)) == (state, warned)


def test_a_quarter_that_does_not_run_warns_nobody() -> None:
    for quarter in (QUARTER.previous, QUARTER.next):
        assert warnings(a_budget(quarter, fund=10, spent=10)) == []
    assert a_budget(QUARTER.previous, fund=10, spent=5).state == "past"


def test_the_forecast_goes_on_as_lately_and_says_when_the_fund_is_used_up() -> None:
    now = a_budget(fund=1000, spent=400, spent_lately=1800)  # 20 a day

    assert now.forecast == 400 + 44 * 20
    assert now.runs_out_on == date(2026, 11, 18) + timedelta(days=30)
    assert a_budget(fund=2000, spent=400, spent_lately=1800).runs_out_on is None
    assert a_budget(fund=300, spent=400, spent_lately=1800).runs_out_on == date(2026, 11, 18)
    assert a_budget(QUARTER.next, fund=100, spent_lately=1800).runs_out_on == date(2027, 1, 6)


def test_what_is_not_covered_is_told_before_a_quarter_opens() -> None:
    assert a_budget(QUARTER.next, fund=5000, unredeemed=8000).uncovered == 3000
    assert a_budget(QUARTER.next, fund=9000, unredeemed=8000).uncovered == 0


def test_the_suggested_limit_keeps_what_is_expected_within_what_is_left() -> None:
    now = a_budget(fund=1000, spent=300, held=100, spent_lately=900, earned_lately=3000, earners=60)

    assert now.redeemed_share is not None
    assert now.most_points == 2000  # 600 yuan are free; 30 of 100 points are redeemed
    assert now.monthly_cap == 22  # 60 households in 44 days
    assert now.monthly_now == 17
    redeemed = now.earners * now.monthly_cap * now.days_left / 30 * float(now.redeemed_share)
    assert redeemed <= now.left < redeemed * (now.monthly_cap + 1) / now.monthly_cap


@pytest.mark.parametrize("missing", ["fund", "spent_lately", "earned_lately", "earners"])
def test_without_figures_no_limit_is_suggested(missing: str) -> None:
    values = {"fund": 1000, "spent_lately": 900, "earned_lately": 3000, "earners": 60} | {missing: 0}

    assert a_budget(**values).monthly_cap is None


def test_a_fund_that_is_promised_away_leaves_nothing_to_earn() -> None:
    now = a_budget(fund=1000, spent=900, held=200, spent_lately=900, earned_lately=3000, earners=60)

    assert (now.left, now.most_points, now.monthly_cap) == (-100, 0, 0)


@pytest.mark.parametrize(
    ("amount", "quarter", "word"),
    [
        (500, QUARTER, None),
        (400, QUARTER, None),
        (399, QUARTER, "already handed over"),
        (450, QUARTER, "already. Nothing"),
        (500, QUARTER.moved(budget.AHEAD), None),
        (500, QUARTER.moved(budget.AHEAD + 1), "running quarter"),
        (500, QUARTER.previous, "running quarter"),
        (500, Period("month", 2026, 11), "running quarter"),
    ],
)
def test_a_fund_is_set_for_this_quarter_and_the_next_four(amount: int, quarter: Period, word: str | None) -> None:
    no = fund_refusal(amount=amount, fund=450, spent=400, quarter=quarter, at=AT)

    assert no is None if word is None else no is not None and word in no.text
    assert quarters_to_set(AT)[0] == period_of(date(2026, 11, 18), "quarter")
