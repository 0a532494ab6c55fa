"""Months, quarters, half-years and years on the village's calendar: how they are named, when they begin and end."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from app.kit import clock
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


@dataclass(frozen=True, order=True)
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
        return self.next.first_day - timedelta(days=1)

    @property
    def starts(self) -> datetime:
        """The first instant that counts (UTC)."""
        return clock.at_local(self.first_day)

    @property
    def ends(self) -> datetime:
        """The first instant that no longer counts: a period is half-open (points I11)."""
        return clock.at_local(self.next.first_day)

    @property
    def previous(self) -> Period:
        return self.moved(-1)

    @property
    def next(self) -> Period:
        return self.moved(1)

    def is_running(self, at: datetime) -> bool:
        return self.starts <= at < self.ends

    def last(self, count: int) -> list[Period]:
        """This period and those before it, the oldest first."""
        return [self.moved(-back) for back in range(count - 1, -1, -1)]

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
