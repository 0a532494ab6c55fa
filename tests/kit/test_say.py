"""Days, times and figures as people say them, in both languages (words.md 1)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask_babel import force_locale

from app.kit import clock, say
from tests.makers import NOON, noon


@pytest.mark.parametrize(
    ("instant", "zh", "en"),
    [
        (NOON + timedelta(hours=6), "今天18:00", "today 18:00"),
        (NOON + timedelta(hours=21, minutes=30), "明天9:30", "tomorrow 9:30"),
        (NOON - timedelta(days=1), "昨天12:00", "yesterday 12:00"),
        (NOON + timedelta(days=2, hours=6), "本周五18:00", "Friday 18:00"),
        (NOON + timedelta(days=5), "11月23日 周一 12:00", "Mon 23 November 12:00"),
        (datetime(2025, 3, 5, 1, 5, tzinfo=UTC), "2025年3月5日 9:05", "5 March 2025 9:05"),
    ],
)
def test_moments_are_said_as_near_as_they_are(app: Flask, instant: datetime, zh: str, en: str) -> None:
    with app.test_request_context(), noon():
        with force_locale("zh_Hans"):
            assert say.moment(instant) == zh
        with force_locale("en"):
            assert say.moment(instant) == en


@pytest.mark.parametrize(
    ("left", "zh", "en"),
    [
        (timedelta(days=2, hours=6), "还有2天", "2 days left"),
        (timedelta(days=1, hours=1), "还有1天", "1 day left"),
        (timedelta(hours=5, minutes=10), "还有5小时", "5 hours left"),
        (timedelta(minutes=1, seconds=5), "还有1分钟", "1 minute left"),
        (timedelta(seconds=-1), "", ""),
    ],
)
def test_what_is_left_is_said_in_one_unit(app: Flask, left: timedelta, zh: str, en: str) -> None:
    with app.test_request_context(), noon():
        with force_locale("zh_Hans"):
            assert say.days_left(NOON + left) == zh
        with force_locale("en"):
            assert say.days_left(NOON + left) == en


def test_a_deadline_is_said_with_what_is_left(app: Flask) -> None:
    with app.test_request_context(), noon():
        with force_locale("zh_Hans"):
            assert say.until(NOON + timedelta(days=2, hours=6)) == "本周五18:00（还有2天）"
        with force_locale("en"):
            assert say.until(NOON + timedelta(days=2, hours=6)) == "Friday 18:00 (2 days left)"


def test_a_term_of_whole_days_is_said_by_its_last_day(app: Flask) -> None:
    midnight = NOON + timedelta(days=2, hours=12)
    with app.test_request_context(), noon():
        with force_locale("zh_Hans"):
            assert say.due(midnight) == "本周五（还有2天）"
            assert say.due(NOON + timedelta(days=2)) == "本周五12:00（还有2天）"
            assert say.since(midnight - timedelta(days=4)) == "昨天"
        with force_locale("en"):
            assert say.due(midnight) == "Friday (2 days left)"
            assert say.since(NOON) == "today 12:00"


@pytest.mark.parametrize(
    ("minutes", "zh", "en"),
    [(0, "0分钟", "0 min"), (45, "45分钟", "45 min"), (60, "1小时", "1 h"), (135, "2小时15分钟", "2 h 15 min")],
)
def test_hours_served(app: Flask, minutes: int, zh: str, en: str) -> None:
    with app.test_request_context():
        with force_locale("zh_Hans"):
            assert say.hours(minutes) == zh
        with force_locale("en"):
            assert say.hours(minutes) == en


def test_figures_have_a_true_minus_and_commas() -> None:
    assert (say.number(1280), say.number(-3), say.signed(3), say.signed(-3)) == ("1,280", "\u22123", "+3", "\u22123")


@pytest.mark.parametrize(("part", "whole", "said"), [(27, 40, "67.5%"), (1, 2, "50%"), (0, 0, "0%"), (1, 3, "33.3%")])
def test_shares(part: int, whole: int, said: str) -> None:
    assert say.share(part, whole) == said


def test_a_local_day_is_half_open() -> None:
    starts, ends = clock.day_bounds(date(2026, 11, 18))

    assert starts == datetime(2026, 11, 17, 16, tzinfo=UTC)
    assert ends - starts == timedelta(days=1)


def test_months_and_days_of_a_calendar(app: Flask) -> None:
    day = date(2026, 11, 8)
    with app.test_request_context(), clock.fixed(datetime(2026, 11, 8, 4, tzinfo=UTC)):
        with force_locale("zh_Hans"):
            assert (say.month(day), say.full_day(day)) == ("2026年11月", "11月8日 周日")
        with force_locale("en"):
            assert (say.month(day), say.full_day(day)) == ("November 2026", "Sunday 8 November")
