"""Periods, changes and households of a list in the reader's words; the front page says them the same way."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from app.kit.i18n import language
from app.kit.periods import Period
from app.people.rules import masked
from app.rankings.queries import Shown


def period_words(period: Period) -> str:
    """2026年第四季度, 2026年11月, 2026年; Fourth quarter of 2026, November 2026, 2026: as a heading."""
    said = period.words.into(language())
    return said[:1].upper() + said[1:]


def last_period_words(period: Period) -> str:
    """What a change is measured against."""
    return {"quarter": _("last quarter"), "month": _("last month"), "year": _("last year")}[period.kind]


def rise_words(rise: int | None, period: Period) -> str:
    """比上季升3位 / 降1位 / 持平; empty when there is nothing to compare with."""
    if rise is None:
        return ""
    since = last_period_words(period)
    if rise == 0:
        return _("the same place as %(since)s", since=since)
    if rise > 0:
        return ngettext("%(num)d place up on %(since)s", "%(num)d places up on %(since)s", rise, since=since)
    return ngettext("%(num)d place down on %(since)s", "%(num)d places down on %(since)s", -rise, since=since)


def household_name(line: Shown) -> str:
    """张* or the nickname that the household chose; never anything else."""
    if line.shown_as == "nickname":
        return line.nickname
    return masked(line.family_name, line.family_name_en, language()) if line.shown_as else ""
