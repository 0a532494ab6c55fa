"""Months, quarters and years on the village's calendar: how they are named, when they begin and end."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from app.kit import clock

Kind = Literal["month", "quarter", "year"]
KINDS: tuple[Kind, ...] = ("quarter", "month", "year")

FIRST_YEAR = 2000
MONTHS: dict[Kind, int] = {"month": 1, "quarter": 3, "year": 12}

# A standing may still move for ten days after its period: claims on notice settle until then (domain.md 6).
SETTLING_DAYS = 10


@dataclass(frozen=True, order=True)
class Period:
    """One month, quarter or year; `number` is 1-12, 1-4 or 1."""

    kind: Kind
    year: int
    number: int

    @property
    def key(self) -> str:
        """2026-11, 2026-Q4, 2026: how addresses name it."""
        if self.kind == "year":
            return f"{self.year}"
        return f"{self.year}-Q{self.number}" if self.kind == "quarter" else f"{self.year}-{self.number:02d}"

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
        return self._moved(-1)

    @property
    def next(self) -> Period:
        return self._moved(1)

    @property
    def settles_on(self) -> date:
        """The day from which it no longer moves by itself."""
        return self.next.first_day + timedelta(days=SETTLING_DAYS - 1)

    def is_running(self, at: datetime) -> bool:
        return self.starts <= at < self.ends

    def is_settling(self, at: datetime) -> bool:
        return self.ends <= at < clock.at_local(self.settles_on)

    def last(self, count: int) -> list[Period]:
        """This period and those before it, the oldest first."""
        found = [self]
        while len(found) < count:
            found.append(found[-1].previous)
        return found[::-1]

    def _moved(self, by: int) -> Period:
        each_year = 12 // MONTHS[self.kind]
        year, number = divmod(self.year * each_year + self.number - 1 + by, each_year)
        return Period(self.kind, year, number + 1)


def period_of(day: date, kind: Kind) -> Period:
    """The period of that kind in which a local day lies."""
    return Period(kind, day.year, (day.month - 1) // MONTHS[kind] + 1)


def named(key: str) -> Period | None:
    """The period that an address names; None when it names none."""
    match = re.fullmatch(r"(\d{4})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?", key, re.ASCII)
    if match is None or not FIRST_YEAR < int(match[1]) < 9999:
        return None
    year, quarter, month = match.groups()
    if quarter:
        return Period("quarter", int(year), int(quarter))
    return Period("month", int(year), int(month)) if month else Period("year", int(year), 1)
