"""How much a deed earns, without a database."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import pytest

from app.config import ROOT
from app.kit.words import Words
from app.merits import rules
from app.merits.banned import banned_topic
from app.merits.rules import Cap, Line, Used

WEIHAI = ROOT.parent / "shared" / "data" / "points-rules-weihai"


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
    factor = rules.factor_for(HOURS, [IN_CHARGE, HARD_HOURS], in_charge=in_charge, marks=marks)

    earned = rules.earned(HOURS, [], minutes=minutes, factor=factor)

    assert (earned.honour, earned.points, earned.minutes) == (points, points, minutes)


def test_a_factor_touches_only_the_lines_it_names() -> None:
    other = line(code="V05")

    assert rules.factor_for(other, [IN_CHARGE, HARD_HOURS], in_charge=True, marks=("night",)) == 1


@pytest.mark.parametrize(
    ("served", "minutes", "granted", "points"),
    [(0, 240, 240, 8), (0, 300, 240, 8), (200, 60, 40, 0), (180, 90, 60, 2), (240, 60, 0, 0), (500, 60, 0, 0)],
)
def test_i10_minutes_of_a_day_stop_at_their_cap(served: int, minutes: int, granted: int, points: int) -> None:
    earned = rules.earned(HOURS, [(HOURS.caps[0], Used(served=served))], minutes=minutes)

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
    earned = rules.earned(line(code="E04", assets={"honour": 5, "points": 5}), [(cap, used)])

    assert (earned.honour, earned.points, dict(earned.cut)) == (honour, points, cut)


def test_where_reviewers_choose_the_amount_it_stays_in_the_range() -> None:
    brave = line(code="S04", assets={"honour": [20, 50], "points": [20, 50]})

    assert rules.earned(brave, [], amount=35).points == 35
    for amount in (None, 19, 51):
        with pytest.raises(ValueError, match="between 20 and 50"):
            rules.earned(brave, [], amount=amount)


def test_a_line_that_counts_minutes_wants_them() -> None:
    with pytest.raises(ValueError, match="counts minutes"):
        rules.earned(HOURS, [])


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


@pytest.mark.parametrize(
    ("zh", "en", "topic"),
    [
        ("新婚夫妇首次登记", "", "marriage"),
        ("离 婚 一次", "", "marriage"),
        ("按政策生育", "", "births"),
        ("参加宗教活动", "", "belief"),
        ("越级上访", "", "petitions"),
        ("拖欠物业费", "", "debts"),
        ("患有慢性病", "", "illness"),
        ("在群里发表不当言论", "", "opinion"),
        ("表决时投赞成票", "", "vote"),
        ("享受低保", "", "benefits"),
        ("", "Got married this year", "marriage"),
        ("", "Had a second child", "births"),
        ("", "Attends CHURCH", "belief"),
        ("", "Filed a complaint", "petitions"),
        ("", "Paid back a debt", "debts"),
        ("", "Lives with a disability", "illness"),
        ("", "Holds the right opinion", "opinion"),
        ("", "Voted for the proposal", "vote"),
        ("", "Gives up a subsidy", "benefits"),
        ("ＶＯＴＥＤ　ＦＯＲ", "", "vote"),
        ("信\u2009访", "", "petitions"),
    ],
)
def test_a_forbidden_subject_is_recognised_in_both_languages(zh: str, en: str, topic: str) -> None:
    found = banned_topic(Words(zh=zh, en=en))

    assert found is not None
    assert found.key == topic


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        ("完成一次表决或问卷（不看选项）", "Answered a ballot or survey, whatever the answer"),
        ("教会一位老人一项手机操作", "Taught an older person one thing on the phone"),
        ("出借工具并按期归还（出借方）", "Lent a tool that came back on time (to the lender)"),
        ("看望独居老人并留回访记录", "Called on an older person living alone and left a visit slip"),
        ("维护公共服务设施", "Still standing after the storm: mended the shelter"),
    ],
)
def test_good_deeds_are_not_taken_for_forbidden_subjects(zh: str, en: str) -> None:
    assert banned_topic(Words(zh=zh, en=en)) is None


def published_rules() -> list[dict[str, str]]:
    if not WEIHAI.exists():
        pytest.skip(f"{WEIHAI} is not here: the refusal was not tried on real rules")
    with (WEIHAI / "rules.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_the_rules_of_a_real_city_on_forbidden_subjects_are_refused() -> None:
    rows = published_rules()
    assert len(rows) == json.loads((WEIHAI / "oracle.json").read_text())["rows"]

    refused = {
        number: topic.key
        for number, row in enumerate(rows)
        if (topic := banned_topic(Words(zh=f"{row['分项']}：{row['评价标准']}")))
    }

    by_part: dict[str, list[bool]] = {}
    for number, row in enumerate(rows):
        by_part.setdefault(row["分项"], []).append(number in refused)
    for part in ("信访领域", "计划生育", "银行信贷", "民间借贷", "债权债务", "社会保障"):
        assert all(by_part[part]), part
    for part in ("志愿服务（社区服务、农村服务）", "拾金不昧", "个人品德", "国防建设", "招商引资", "文体活动"):
        assert not any(by_part[part]), part
    assert set(refused.values()) >= {"marriage", "births", "belief", "petitions", "debts", "opinion", "benefits"}
    assert 55 <= len(refused) <= 80


def test_the_sentence_names_the_subject_in_the_readers_language() -> None:
    no = rules.topic_refusal(Words(zh="越级上访"))

    assert no is not None
    assert dict(no.values) == {"topic": Words(zh="信访、投诉", en="petitions and complaints")}


def document_line(**values: Any) -> dict[str, Any]:
    known = {
        "code": "E04", "heading": "environment", "behaviour": {"zh": "清洁日", "en": "Clean-up day"},
        "earn": "automatic", "assets": {"honour": 5},
        "caps": [{"limit": 1, "of": "count", "window": "day", "per": "resident"}],
    }  # fmt: skip
    return known | values


@pytest.mark.parametrize(
    "values",
    [
        {"assets": {}},
        {"assets": {"gold": 5}},
        {"assets": {"honour": 0}},
        {"assets": {"honour": -2}},
        {"assets": {"honour": 2.5}},
        {"assets": {"honour": True}},
        {"assets": {"honour": "-5至-50"}},
        {"assets": {"honour": [50, 20]}},
        {"assets": {"honour": 10**9}},
        {"heading": "loyalty"},
        {"earn": "magic"},
        {"caps": [{"limit": 1, "of": "smiles", "window": "day", "per": "resident"}]},
        {"caps": [{"limit": 1, "of": "count", "window": "century", "per": "resident"}]},
    ],
)
def test_a_line_that_makes_no_sense_is_refused(values: dict[str, Any]) -> None:
    assert rules.line_refusal(document_line()) is None

    no = rules.line_refusal(document_line(**values))

    assert no is not None
    assert no.status == 422


@pytest.mark.parametrize("assets", [{"points": -2}, {"honour": -2, "points": -2}, {"minutes": -60}])
def test_i09_a_deduction_touches_honour_and_nothing_else(assets: dict[str, int]) -> None:
    taken = document_line(earn="deduction", assets={"honour": -2}, caps=[])
    assert rules.line_refusal(taken) is None

    assert rules.line_refusal(taken | {"assets": assets}) is not None
