"""Months, quarters, half-years and years that something is published for, and the day by which it has to be."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from app.kit.words import Words

Kind = Literal["month", "quarter", "half", "year"]
MONTHS: dict[Kind, int] = {"month": 1, "quarter": 3, "half": 6, "year": 12}
FIRST_YEAR, LAST_YEAR = 2000, 2199

_MONTHS_EN = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_ORDINALS_EN = ("first", "second", "third", "fourth")
_DIGITS_ZH = "一二三四"


@dataclass(frozen=True)
class Period:
    """One month, quarter, half or year; `number` counts from 1 within the year."""

    kind: Kind
    year: int
    number: int

    @property
    def key(self) -> str:
        """2026-10, 2026-Q3, 2026-H2, 2026: how addresses, files and the database name it."""
        if self.kind == "month":
            return f"{self.year}-{self.number:02d}"
        return {"quarter": f"{self.year}-Q{self.number}", "half": f"{self.year}-H{self.number}"}.get(
            self.kind, str(self.year)
        )

    @property
    def words(self) -> Words:
        """2026年10月, October 2026; 2025年第三季度, third quarter of 2025 (words.md 1)."""
        if self.kind == "month":
            return Words(zh=f"{self.year}年{self.number}月", en=f"{_MONTHS_EN[self.number - 1]} {self.year}")
        if self.kind == "year":
            return Words(zh=f"{self.year}年", en=str(self.year))
        ordinal = _ORDINALS_EN[self.number - 1]
        if self.kind == "quarter":
            return Words(zh=f"{self.year}年第{_DIGITS_ZH[self.number - 1]}季度", en=f"{ordinal} quarter of {self.year}")
        return Words(zh=f"{self.year}年{'上下'[self.number - 1]}半年", en=f"{ordinal} half of {self.year}")

    @property
    def first_day(self) -> date:
        return date(self.year, (self.number - 1) * MONTHS[self.kind] + 1, 1)

    @property
    def last_day(self) -> date:
        return self.moved(1).first_day - timedelta(days=1)

    def moved(self, by: int) -> Period:
        """So many periods later, or earlier."""
        each_year = 12 // MONTHS[self.kind]
        year, number = divmod(self.year * each_year + self.number - 1 + by, each_year)
        return Period(self.kind, year, number + 1)


def period_of(day: date, kind: Kind) -> Period:
    """The period of that kind in which a local day lies."""
    return Period(kind, day.year, (day.month - 1) // MONTHS[kind] + 1)


def named(key: str | None) -> Period | None:
    """The period that a key names; None when it names none."""
    match = re.fullmatch(r"(\d{4})(?:-(?:Q([1-4])|H([12])|(0[1-9]|1[0-2])))?", key or "", re.ASCII)
    if match is None or not FIRST_YEAR <= int(match[1]) <= LAST_YEAR:
        return None
    year, quarter, half, month = match.groups()
    if quarter:
        return Period("quarter", int(year), int(quarter))
    if half:
        return Period("half", int(year), int(half))
    return Period("month", int(year), int(month)) if month else Period("year", int(year), 1)


@dataclass(frozen=True)
class Rhythm:
    """How often something is published, and the last day for it.

    `due_in` says in which month the day lies: `same` is the first month of the period, `next` the one after it, a
    number that month of the following year. On occasion (`kind` None) it is `working_days` after the event.
    """

    kind: Kind | None
    day: int | None = None
    due_in: str | None = None
    working_days: int | None = None

    def due_on(self, period: Period) -> date:
        """The last day for what belongs to this period; the last of the month where the month has no such day."""
        assert self.kind is not None
        assert self.day is not None
        assert self.due_in is not None
        if self.due_in == "same":
            month = period.first_day
        elif self.due_in == "next":
            month = period.moved(1).first_day
        else:
            month = date(period.year + 1, int(self.due_in), 1)
        return month.replace(day=min(self.day, monthrange(month.year, month.month)[1]))

    def due_between(self, first: date, last: date) -> list[tuple[Period, date]]:
        """The periods whose last day lies in this span, days included, in order."""
        if self.kind is None:
            return []
        period, found = period_of(first - timedelta(days=800), self.kind), []
        while (due := self.due_on(period)) <= last:
            if due >= first:
                found.append((period, due))
            period = period.moved(1)
        return found
