"""Periods, stars, who fits on a list, and nicknames."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit import clock
from app.kit.periods import FIRST_YEAR, LAST_YEAR, MONTHS, Kind, Period, named, period_of
from app.people.rules import Person, Stranger
from app.rankings.nicknames import folded, nickname_refusal, tidied
from app.rankings.rules import (
    MOST_LISTED,
    Standing,
    consent_refusal,
    may_be_listed,
    most_listed,
    nearest_star,
    rise,
    settles_on,
    stars,
    state,
)

NOON = datetime(2026, 11, 18, 4, 0, tzinfo=UTC)

any_day = st.dates(date(FIRST_YEAR + 1, 1, 1), date(LAST_YEAR, 12, 31))
any_kind: st.SearchStrategy[Kind] = st.sampled_from(list(MONTHS))


@pytest.mark.parametrize(
    ("key", "period"),
    [
        ("2026-11", Period("month", 2026, 11)),
        ("2026-Q4", Period("quarter", 2026, 4)),
        ("2026", Period("year", 2026, 1)),
        ("2026-H1", Period("half", 2026, 1)),
        ("2026-13", None),
        ("2026-Q5", None),
        ("2026-q4", None),
        ("9999", None),
        ("0000", None),
        ("٢٠٢٦", None),
        ("2026-11\n", None),
        ("", None),
    ],
)
def test_an_address_names_a_period_or_none(key: str, period: Period | None) -> None:
    assert named(key) == period


@given(any_day, any_kind)
def test_every_day_lies_in_one_period_of_each_kind(day: date, kind: Kind) -> None:
    period = period_of(day, kind)

    assert period.first_day <= day <= period.last_day
    assert named(period.key) == period
    assert period.next.previous == period
    assert period.ends == period.next.starts


def test_a_quarter_begins_and_ends_at_midnight_in_the_village() -> None:
    quarter = Period("quarter", 2026, 4)

    assert quarter.starts == datetime(2026, 9, 30, 16, tzinfo=UTC)
    assert quarter.ends == datetime(2026, 12, 31, 16, tzinfo=UTC)
    assert settles_on(quarter) == date(2027, 1, 10)


def test_a_period_is_provisional_once_it_is_over() -> None:
    assert state(Period("quarter", 2026, 4), NOON) == "running"
    assert state(Period("quarter", 2026, 3), NOON) == "provisional"


def test_a_star_lights_at_twelve_of_its_headings() -> None:
    five = stars({"service": 7, "safety": 5, "environment": 11, "family": -3, "deduction": -5})

    assert [star.is_lit for star in five] == [False, True, False, False, False]
    assert [star.honour for star in five] == [11, 12, 0, 0, 0]
    nearest = nearest_star(five)
    assert nearest is not None
    assert nearest.missing == 1
    assert nearest_star(stars(dict.fromkeys(("environment", "service", "neighbours", "council", "family"), 12))) is None


@pytest.mark.parametrize(("field", "most"), [(0, 0), (4, 0), (5, 1), (20, 6), (30, 10), (3284, 10)])
def test_a_list_shows_at_most_ten_and_at_most_a_third(field: int, most: int) -> None:
    assert most_listed(field) == most


def test_a_place_is_shown_whole_or_not_at_all() -> None:
    def fits(place: int, shared: int, honour: int = 80, field: int = 30) -> bool:
        return may_be_listed(Standing(1, place, shared, honour, field), constant=60)

    assert fits(1, 10)
    assert not fits(1, 11)
    assert fits(10, 1)
    assert not fits(9, 3)
    assert not fits(1, 1, honour=60)


def test_a_change_counts_places_up() -> None:
    assert rise(4, 6) == 2
    assert rise(6, 4) == -2
    assert rise(6, None) is None


def test_only_verified_adults_decide_how_a_household_is_shown() -> None:
    def person(born: int, *, verified: bool = True) -> Person:
        return Person(
            1, "张", "秀英", household_id=3, born_on=date(born, 1, 1), verified_at=clock.now() if verified else None
        )

    assert consent_refusal(person(1980), at=NOON) is None
    assert consent_refusal(person(2012), at=NOON) is not None
    assert consent_refusal(person(1980, verified=False), at=NOON) is not None
    assert consent_refusal(Stranger(), at=NOON) is not None


@pytest.mark.parametrize("nickname", ["阳台上的茉莉", "四口之家", "Three Sparrows", "老张家的猫", "O'Brien", "2单身汉"])
def test_a_name_of_fun_is_fine(nickname: str) -> None:
    assert nickname_refusal(nickname) is None


@pytest.mark.parametrize(
    "nickname",
    [
        "", "我", "居委会", "居 委 会", "居·委·会", "梧桐里居委会", "网格员小李", "系统通知", "ADMIN", "Ａdmin",
        "a d m i n", "Committee", "13800138000", "3号楼2单元", "张*", "\u0430dmin", "好邻居!!!", "<b>x</b>",
        "https://x.y", "长" * 17, "··", "😀😀",
        "秀英一家", "张秀英",
    ],
)  # fmt: skip
def test_a_nickname_poses_as_nobody_and_tells_nothing(nickname: str) -> None:
    assert nickname_refusal(tidied(nickname), names=["张秀英", "秀英"]) is not None


def test_nicknames_that_look_alike_are_one() -> None:
    assert folded("Three  Sparrows") == folded("three·sparrows") == folded("Thrée Sparrows")
    assert nickname_refusal("茉莉花", taken=True) is not None


@given(st.text(max_size=30))
def test_any_text_gets_an_answer(text: str) -> None:
    no = nickname_refusal(tidied(text))

    assert no is None or no.status == 422


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 4000))
def test_nothing_beyond_the_third_is_ever_listed(place: int, shared: int, field: int) -> None:
    if may_be_listed(Standing(1, place, shared, 99, field), constant=60):
        assert (place + shared - 1) * 3 <= field
        assert place + shared - 1 <= MOST_LISTED
