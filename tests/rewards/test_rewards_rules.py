"""Who may reserve and who may hand over, without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from app.kit.refusal import Refusal
from app.kit.words import Words
from app.people.rules import Person, Stranger
from app.rewards import rules
from app.rewards.rules import LIFE, Offer, Standing

NOON = datetime(2026, 11, 18, 4, 0, tzinfo=UTC)
NEXT_WEEK = NOON + timedelta(days=7)
HOME = Words(en="Wutongli")
OFFER = Offer(
    item_id=1, community_name=HOME, community_path="/1/2/", price=40, left=3, limit_count=2, taken=0, withdrawn=False
)
ZHANG = Person(id=1, family_name="张", given_name="秀", household_id=7, path="/1/2/3/4/", verified_at=NOON)


def said(reason: Refusal | None) -> str:
    return reason.text if reason else ""


@pytest.mark.parametrize(
    ("change", "available", "why", "values"),
    [
        ({}, 40, "", {}),
        ({}, 39, "points short", {"missing": 1, "stock": 3}),
        ({"left": None}, 10, "does not run out", {"missing": 30}),
        ({"left": 0}, 100, "last one has just gone", {}),
        ({"taken": 2}, 100, "limit is", {"limit": 2, "day": date(2026, 12, 1)}),
        ({"taken": 1}, 100, "", {}),
        ({"taken": 9, "limit_count": None}, 100, "", {}),
        ({"withdrawn": True}, 100, "no longer offered", {}),
        ({"community_path": "/1/9/"}, 100, "residents of", {"community": HOME}),
        ({"price": 0}, 0, "", {}),
        ({"left": 0, "taken": 2}, 0, "limit is", {"limit": 2, "day": date(2026, 12, 1)}),
    ],
)
def test_a_reservation_is_refused_for_one_plain_reason(change: Any, available: int, why: str, values: Any) -> None:
    reason = rules.reserve_refusal(replace(OFFER, **change), ZHANG, available=available, at=NOON)

    assert why in said(reason)
    assert bool(why) == (reason is not None)
    assert dict(reason.values if reason else ()) == values


@pytest.mark.parametrize("person", [Stranger(), replace(ZHANG, verified_at=None), replace(ZHANG, household_id=None)])
def test_only_verified_residents_reserve(person: Any) -> None:
    assert "Only verified residents" in said(rules.reserve_refusal(OFFER, person, available=100, at=NOON))


@pytest.mark.parametrize(
    ("at", "first", "following"),
    [
        (datetime(2026, 11, 30, 15, 59, 59, tzinfo=UTC), datetime(2026, 10, 31, 16, tzinfo=UTC), date(2026, 12, 1)),
        (datetime(2026, 11, 30, 16, 0, tzinfo=UTC), datetime(2026, 11, 30, 16, tzinfo=UTC), date(2027, 1, 1)),
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), datetime(2026, 12, 31, 16, tzinfo=UTC), date(2027, 2, 1)),
    ],
)
def test_i11_the_month_of_a_limit_is_that_of_the_villages_clock(at: datetime, first: datetime, following: date) -> None:
    assert rules.month_of(at)[0] == first
    assert rules.first_of_next_month(at) == following


@pytest.mark.parametrize(
    ("state", "at", "now"),
    [
        ("held", NOON, "held"),
        ("held", NEXT_WEEK - timedelta(seconds=1), "held"),
        ("held", NEXT_WEEK, "expired"),
        ("posted", NEXT_WEEK, "posted"),
        ("voided", NEXT_WEEK, "voided"),
        ("expired", NEXT_WEEK, "expired"),
    ],
)
def test_time_decides_whether_an_order_has_lapsed(state: str, at: datetime, now: str) -> None:
    assert Standing(state, NEXT_WEEK, None).now(at) == now


TAKES = {"owner": "cancel", "clerk": "collect", "clock": "lapse"}


def test_i31_an_order_moves_only_along_its_edges() -> None:
    assert set(rules.STATES) == {"held", "posted", "voided", "expired"} == LIFE.states
    for state in LIFE.states:
        for action in LIFE.actions:
            for who in ("owner", "clerk", "clock", "neighbour"):
                allowed = LIFE.refusal(state, action, frozenset({who})) is None
                expected = (
                    state == "held" and {"owner": "cancel", "clerk": "collect", "clock": "lapse"}.get(who) == action
                )
                assert allowed == expected, (state, action, who)


HELD = Standing("held", NEXT_WEEK, None)
AT_COUNTER: dict[str, Any] = {
    "merchant_id": 5, "merchant_name": Words(en="Market"), "for_household": 7, "counters": frozenset({5}),
    "clerk_household": 8, "at": NOON,
}  # fmt: skip


@pytest.mark.parametrize(
    ("order", "change", "why"),
    [
        (HELD, {}, ""),
        (HELD, {"clerk_household": None}, ""),
        (HELD, {"counters": frozenset({6})}, "kept at %(place)s"),
        (HELD, {"counters": frozenset()}, "kept at %(place)s"),
        (HELD, {"clerk_household": 7}, "own household"),
        (HELD, {"at": NEXT_WEEK}, "not collected in time"),
        (Standing("posted", NEXT_WEEK, NOON), {}, "already handed over"),
        (Standing("voided", NEXT_WEEK, NOON), {}, "was cancelled"),
        (Standing("expired", NEXT_WEEK, NEXT_WEEK), {}, "not collected in time"),
    ],
)
def test_l9_a_clerk_hands_over_what_is_held_here_for_others(order: Standing, change: Any, why: str) -> None:
    reason = rules.hand_over_refusal(order, **(AT_COUNTER | change))

    assert why in said(reason)
    assert bool(why) == (reason is not None)


@pytest.mark.parametrize(("wrong", "status"), [(0, None), (9, None), (10, 429), (50, 429)])
def test_ten_wrong_vouchers_make_a_clerk_wait(wrong: int, status: int | None) -> None:
    reason = rules.voucher_pace_refusal(wrong)

    assert (reason.status if reason else None) == status
