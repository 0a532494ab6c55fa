"""How often something is published, and the day by which it has to be."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from app.kit.periods import Kind, Period, period_of


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
