"""How days, times and figures are said in both languages (words.md 1, "Dates and times", "Numbers").

Babel could say some of it, but the data it reads for that fill 8 MB of every worker.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from markupsafe import Markup

from app.kit import clock

MINUS = "\u2212"
_WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WEEKDAYS_ZH = "一二三四五六日"
_MONTHS_EN = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def _english() -> bool:
    locale = get_locale()
    return locale is not None and locale.language == "en"


def clock_time(instant: datetime) -> str:
    """9:30, 18:00: 24 hours, no leading zero."""
    local = clock.local(instant)
    return f"{local.hour}:{local.minute:02d}"


def weekday(day: date) -> str:
    return _WEEKDAYS_EN[day.weekday()] if _english() else "周" + _WEEKDAYS_ZH[day.weekday()]


def day(which: date) -> str:
    """今天, 明天, 3月5日 周四, 2025年3月5日; today, tomorrow, Thu 5 March, 5 March 2025."""
    today = clock.today()
    near = {0: _("today"), 1: _("tomorrow"), -1: _("yesterday")}.get((which - today).days)
    if near:
        return near
    if which.year != today.year:
        return dated(which)
    if _english():
        return f"{weekday(which)[:3]} {which.day} {_MONTHS_EN[which.month - 1]}"
    return f"{which.month}月{which.day}日 {weekday(which)}"


def dated(which: date) -> str:
    """2026年11月18日; 18 November 2026: on paper, which is read on any day."""
    if _english():
        return f"{which.day} {_MONTHS_EN[which.month - 1]} {which.year}"
    return f"{which.year}年{which.month}月{which.day}日"


def full_day(which: date) -> str:
    """11月18日 周三; Wednesday 18 November: the day as a calendar says it, never "today"."""
    if _english():
        return f"{weekday(which)} {which.day} {_MONTHS_EN[which.month - 1]}"
    return f"{which.month}月{which.day}日 {weekday(which)}"


def month(which: date) -> str:
    """2026年11月; November 2026."""
    return f"{_MONTHS_EN[which.month - 1]} {which.year}" if _english() else f"{which.year}年{which.month}月"


def near_day(which: date) -> str:
    """As `day`, but a day of this week is named by its weekday alone: 本周五, Friday."""
    today = clock.today()
    monday = today - timedelta(days=today.weekday())
    if abs((which - today).days) > 1 and monday <= which < monday + timedelta(days=7):
        return weekday(which) if _english() else "本" + weekday(which)
    return day(which)


def moment(instant: datetime) -> str:
    """今天18:00, 本周五18:00, 3月5日 周四 18:00; today 18:00, Friday 18:00, Thu 5 March 18:00."""
    said = near_day(clock.local(instant).date())
    # Chinese writes a near day and its hour as one word; a full date ends in 日 or its weekday and needs a gap.
    gap = "" if not _english() and (said.startswith("本") or not any(sign.isdigit() for sign in said)) else " "
    return f"{said}{gap}{clock_time(instant)}"


def days_left(instant: datetime) -> str:
    """还有2天; 2 days left. Under a day: hours, then minutes. Empty once it has passed."""
    left = instant - clock.now()
    if left <= timedelta(0):
        return ""
    if left >= timedelta(days=1):
        return ngettext("%(num)d day left", "%(num)d days left", (clock.local(instant).date() - clock.today()).days)
    if left >= timedelta(hours=1):
        return ngettext("%(num)d hour left", "%(num)d hours left", left.seconds // 3600)
    return ngettext("%(num)d minute left", "%(num)d minutes left", max(1, left.seconds // 60))


def until(instant: datetime) -> str:
    """本周五18:00（还有2天）; Friday 18:00 (2 days left)."""
    left = days_left(instant)
    if not left:
        return moment(instant)
    return f"{moment(instant)} ({left})" if _english() else f"{moment(instant)}（{left}）"


def due(instant: datetime) -> str:
    """As `until`; where a term ends with its day, that day in place of the midnight after it: 本周三（还有3天）."""
    if clock.local(instant).time() != time.min:
        return until(instant)
    last = clock.last_moment(instant)
    said, left = near_day(clock.local(last).date()), days_left(last)
    if not left:
        return said
    return f"{said} ({left})" if _english() else f"{said}（{left}）"


def since(instant: datetime) -> str:
    """From when: a day alone where it is from the beginning of that day."""
    local = clock.local(instant)
    return near_day(local.date()) if local.time() == time.min else moment(instant)


def span(starts: datetime, ends: datetime) -> str:
    """周六 9:00—11:30 in tables and cards: the day once, then both times."""
    first, last = clock.local(starts).date(), clock.local(ends).date()
    dash = "\u2013" if _english() else "\u2014"
    if first == last:
        return f"{moment(starts)}{dash}{clock_time(ends)}"
    return f"{moment(starts)} {dash} {moment(ends)}"


def hours(minutes: int) -> str:
    """2小时15分钟; 2 h 15 min."""
    whole, rest = divmod(minutes, 60)
    if _english():
        return " ".join(
            part for part in (f"{whole} h" if whole else "", f"{rest} min" if rest or not whole else "") if part
        )
    return (f"{whole}小时" if whole else "") + (f"{rest}分钟" if rest or not whole else "")


def number(value: float) -> str:
    """1,280 and −3, with a true minus."""
    return f"{value:,}".replace("-", MINUS)


def signed(value: int) -> str:
    """+3 and −3, where a change is meant."""
    return f"+{value:,}" if value > 0 else number(value)


def share(part: int, whole: int) -> str:
    """67.5%; a whole of nothing is 0%."""
    percent = f"{100 * part / whole:.1f}" if whole else "0"
    return percent.removesuffix(".0") + "%"


def _tag(instant: datetime, words: str) -> Markup:
    exact = clock.local(instant).isoformat(timespec="minutes")
    return Markup('<time datetime="{}">{}</time>').format(exact, words)


def moment_tag(instant: datetime) -> Markup:
    return _tag(instant, moment(instant))


def when_tag(instant: datetime) -> Markup:
    """Only the day of an instant, with the exact time in the element."""
    return _tag(instant, day(clock.local(instant).date()))


def until_tag(instant: datetime) -> Markup:
    return _tag(instant, until(instant))


def due_tag(instant: datetime) -> Markup:
    return _tag(instant, due(instant))


def since_tag(instant: datetime) -> Markup:
    return _tag(instant, since(instant))


def day_tag(which: date) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(which.isoformat(), day(which))


def dated_tag(which: date) -> Markup:
    """A day, or the day of an instant."""
    local = clock.local(which).date() if isinstance(which, datetime) else which
    return Markup('<time datetime="{}">{}</time>').format(local.isoformat(), dated(local))


@dataclass(frozen=True)
class TearOff:
    """The three lines of a tear-off calendar: 11月 / 21 / 周六, Nov / 21 / Sat."""

    month: str
    day: int
    weekday: str


def tear_off(instant: datetime) -> TearOff:
    local = clock.local(instant)
    if _english():
        return TearOff(_MONTHS_EN[local.month - 1][:3], local.day, weekday(local.date())[:3])
    return TearOff(f"{local.month}月", local.day, weekday(local.date()))
