"""How much a deed earns, without a database."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from itertools import permutations
from typing import Any

import pytest

from app.config import ROOT
from app.kit.words import Words
from app.merits import rules
from app.merits.claiming import choice_left
from app.merits.rules import Cap, Done, Line, Used
from app.merits.tally import Tally
from app.merits.together import bound

LATER = datetime(2026, 12, 21, 4, tzinfo=UTC)
WEIHAI = ROOT.parent / "shared" / "data" / "points-rules-weihai"


def done(**values: Any) -> Done:
    at = datetime(2026, 11, 21, 4, tzinfo=UTC)
    known = {"code": "V01", "resident_id": 1, "because": "deed:1", "effective_at": at, "announced_at": at}
    return Done(**(known | values))


def line(**values: Any) -> Line:
    known = {
        "id": 1, "code": "V01", "heading": "service", "behaviour": Words(zh="志愿服务"), "unit": Words(),
        "per": "resident", "assets": {"honour": 2, "points": 2}, "caps": (), "earn": "automatic",
    }  # fmt: skip
    return Line(**(known | values))


HOURS = line(per_minutes=60, also_minutes=True, caps=(Cap(240, "minutes", "day", "resident"),))
IN_CHARGE = line(
    id=2, code="V02", factor=Fraction("1.4"), applies_to=("V01",), evidence_kind="assign",
    caps=(Cap(2, "factor", "event", "resident"),),
)  # fmt: skip
HARD_HOURS = line(
    id=3, code="V03", factor=Fraction("1.5"), applies_to=("V01",), evidence_kind="mark",
    caps=(Cap(2, "factor", "event", "resident"),),
)  # fmt: skip


@pytest.mark.parametrize(
    ("minutes", "in_charge", "marks", "points"),
    [
        (0, False, (), 0),
        (59, False, (), 0),
        (60, False, (), 2),
        (119, False, (), 2),
        (120, False, (), 4),
        (60, True, (), 2),  # 2.8, rounded down
        (120, True, (), 5),  # 5.6
        (180, True, (), 8),  # 8.4
        (60, False, ("night",), 3),
        (60, False, ("night", "holiday"), 3),  # one factor however many marks
        (120, True, ("night",), 8),  # 1.4 x 1.5 = 2.1, at most 2.0
        (240, True, ("foul_weather",), 16),
    ],
)
def test_service_earns_for_each_full_hour_times_its_factors(
    minutes: int, in_charge: bool, marks: tuple[str, ...], points: int
) -> None:
    served = done(minutes=minutes, in_charge=in_charge, marks=marks)

    earned = rules.earned(HOURS, [], served, [IN_CHARGE, HARD_HOURS])

    assert (earned.honour, earned.points, earned.minutes) == (points, points, minutes)


def test_a_factor_touches_only_the_lines_it_names() -> None:
    other = line(code="V05")

    assert rules.factor_for(other, [IN_CHARGE, HARD_HOURS], in_charge=True, marks=("night",)) == 1


@pytest.mark.parametrize(
    ("served", "minutes", "granted", "points"),
    [(0, 240, 240, 8), (0, 300, 240, 8), (200, 60, 40, 0), (180, 90, 60, 2), (240, 60, 0, 0), (500, 60, 0, 0)],
)
def test_i10_minutes_of_a_day_stop_at_their_cap(served: int, minutes: int, granted: int, points: int) -> None:
    earned = rules.earned(HOURS, [(HOURS.caps[0], Used(served=served))], done(minutes=minutes))

    assert (earned.minutes, earned.served, earned.points) == (granted, granted, points)
    assert ("minutes" in earned.cut) == (granted < minutes)


@pytest.mark.parametrize(
    ("cap", "used", "honour", "points", "cut"),
    [
        (Cap(10, "amount", "day", "household"), Used(honour=5, points=5), 5, 5, {}),
        (Cap(10, "amount", "day", "household"), Used(honour=8, points=8), 2, 2, {"honour": "day", "points": "day"}),
        (Cap(10, "amount", "day", "household"), Used(honour=10, points=10), 0, 0, {"honour": "day", "points": "day"}),
        (Cap(10, "amount", "day", "household"), Used(honour=12, points=9), 0, 1, {"honour": "day", "points": "day"}),
        (Cap(1, "count", "month", "household"), Used(count=1), 0, 0, {"honour": "month", "points": "month"}),
        (Cap(2, "count", "month", "household"), Used(count=1), 5, 5, {}),
        (
            Cap(80, "amount", "month", "household", True, "points"),
            Used(honour=99, points=78),
            5,
            2,
            {"points": "month"},
        ),
    ],
)
def test_i10_a_cap_leaves_exactly_what_remains(
    cap: Cap, used: Used, honour: int, points: int, cut: dict[str, str]
) -> None:
    earned = rules.earned(line(code="E04", assets={"honour": 5, "points": 5}), [(cap, used)], done())

    assert (earned.honour, earned.points, dict(earned.cut)) == (honour, points, cut)


def test_where_reviewers_choose_the_amount_it_stays_in_the_range() -> None:
    brave = line(code="S04", assets={"honour": [20, 50], "points": [20, 50]})

    assert rules.earned(brave, [], done(amount=35)).points == 35
    for amount in (None, 19, 51):
        with pytest.raises(ValueError, match="between 20 and 50"):
            rules.earned(brave, [], done(amount=amount))


def test_a_line_that_counts_minutes_wants_them() -> None:
    with pytest.raises(ValueError, match="counts minutes"):
        rules.earned(HOURS, [], done())


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("window", "at", "starts", "ends"),
    [
        ("day", "2026-11-18T15:59:59.999999", "2026-11-17T16:00", "2026-11-18T16:00"),
        ("day", "2026-11-18T16:00", "2026-11-18T16:00", "2026-11-19T16:00"),
        ("week", "2026-11-22T15:59", "2026-11-15T16:00", "2026-11-22T16:00"),  # Sunday night belongs to its Monday
        ("week", "2026-11-22T16:00", "2026-11-22T16:00", "2026-11-29T16:00"),
        ("month", "2026-10-31T15:59", "2026-09-30T16:00", "2026-10-31T16:00"),
        ("month", "2026-12-31T15:59", "2026-11-30T16:00", "2026-12-31T16:00"),
        ("quarter", "2026-11-18T04:00", "2026-09-30T16:00", "2026-12-31T16:00"),
        ("quarter", "2026-12-31T16:00", "2026-12-31T16:00", "2027-03-31T16:00"),
        ("year", "2026-11-18T04:00", "2025-12-31T16:00", "2026-12-31T16:00"),
    ],
)
def test_i11_windows_are_half_open_on_the_village_calendar(window: str, at: str, starts: str, ends: str) -> None:
    bounds = rules.window_bounds(window, utc(at))

    assert bounds == (utc(starts), utc(ends))
    assert bounds[0] <= utc(at) < bounds[1]


@pytest.mark.parametrize("window", ["ever", "event", "award", "balance"])
def test_some_windows_have_no_bounds(window: str) -> None:
    assert rules.window_bounds(window, utc("2026-11-18T04:00")) is None


# Lines bound together, and whom a deed waits for ------------------------------------------------------------------


def bound_lines() -> dict[str, Line]:
    month = (Cap(1, "count", "month", "household"),)
    lines = [
        line(code="E02", assets={"honour": 3, "points": 3}, caps=month, per="household"),
        line(code="E03", assets={"honour": 5, "points": 5}, caps=month, per="household", exclusive_with=("E02",)),
        line(code="F01", assets={"honour": 5}, caps=(Cap(1, "count", "award", "household"),), group="award"),
        line(code="F02", assets={"honour": 10}, caps=(Cap(1, "count", "award", "household"),), group="award"),
        line(code="F04", assets={"honour": [20, 50]}, caps=(Cap(1, "count", "award", "household"),), group="award"),
        line(code="E05", caps=month),
    ]
    return {one.code: one for one in bound(bound(lines))}


def test_lines_bound_together_share_one_window_whoever_of_them_names_the_other() -> None:
    shared = {code: [cap for cap in one.caps if cap.of == "highest"] for code, one in bound_lines().items()}

    assert shared["E02"] == shared["E03"] == [Cap(0, "highest", "month", "household", together=("E02", "E03"))]
    assert shared["F01"] == shared["F04"]
    assert (shared["F02"][0].window, shared["F02"][0].together) == ("award", ("F01", "F02", "F04"))
    assert shared["E05"] == []


@pytest.mark.parametrize("codes", [("E02", "E03"), ("F01", "F02", "F04"), ("F01", "F02")])
def test_i10_whatever_the_order_a_household_ends_with_the_highest(codes: tuple[str, ...]) -> None:
    lines = bound_lines()
    highest = max(rules.earned(lines[code], [], done(amount=40)).honour for code in codes)

    for order in permutations(codes * 2):
        tally = Tally()
        earned = [
            tally.earn(done(code=code, because=f"deed:{n}", event="medal", amount=40), 7, lines[code], ())
            for n, code in enumerate(order)
        ]
        assert sum(one.honour for one in earned) == highest, order
        another = tally.earn(
            done(code=codes[0], event="another", effective_at=LATER, amount=40), 7, lines[codes[0]], ()
        )
        assert another.cut == {}


def test_only_the_first_who_reports_something_earns() -> None:
    once = line(code="S01", caps=(Cap(1, "count", "event", "resident"), Cap(1, "count", "event", rules.ANYONE)))
    tally = Tally()

    earned = [
        tally.earn(done(code="S01", resident_id=who, event=event), who, once, ()).honour
        for who, event in ((1, "12"), (2, "12"), (2, "13"), (1, "13"))
    ]

    assert earned == [2, 0, 2, 0]


def test_i10_both_households_of_a_pair_wait_for_the_same_turn() -> None:
    pair = line(caps=(Cap(2, "count", "month", "household_pair"), Cap(1, "count", "event", rules.ANYONE)))

    one, other = (rules.turns(pair, done(other_household_id=b), household_id=a) for a, b in ((3, 11), (11, 3)))

    assert one == other == ["pair:3:11", "first:V01:deed:1"]
    assert rules.turns(pair, done(), household_id=3) == ["first:V01:deed:1"]
    assert rules.turns(HOURS, done(other_household_id=11), household_id=3) == []


@pytest.mark.parametrize(
    ("span", "most", "left"),
    [((20, 50), 50, (20, 50)), ((20, 50), 35, (5, 35)), ((20, 50), 10, (1, 10)), ((20, 50), 60, (20, 50))],
)
def test_what_is_taken_off_the_most_is_taken_off_the_least(
    span: tuple[int, int], most: int, left: tuple[int, int]
) -> None:
    assert choice_left(span, most) == left


@pytest.mark.parametrize(("kind", "earn", "fits"), [("receipt", "automatic", True), ("receipt", "claim", False)])
def test_bringing_a_wish_earns_by_an_activity_where_nobody_claims_it(kind: str, earn: str, fits: bool) -> None:
    assert (rules.activity_refusal(line(code="N05", evidence_kind=kind, earn=earn)) is None) is fits
