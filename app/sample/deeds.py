"""What people did in the past year and what it earned: tens of thousands of awards in a few statements.

The amounts come from the rules of merits and the same lines, windows and caps as every award; only the look at what a
window already holds is kept in memory here, because nobody else earns while the street is loaded.
"""

from __future__ import annotations

from bisect import bisect
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from app.kit import clock
from app.merits import queries, rules
from app.merits.models import Award
from app.merits.rules import Cap, Earned, Line, Used
from app.points import operations as points
from app.points import posting
from app.points.rules import ASSETS, Entry
from app.sample.accounts import Village
from app.sample.homes import Someone
from app.sample.writing import insert_all


@dataclass(frozen=True)
class Deed:
    """One cause that earns: what `merits.operations.award` is told. `posted_at` is when it was confirmed."""

    code: str
    who: Someone
    because: str
    effective_at: datetime
    posted_at: datetime
    by_id: int | None
    minutes: int | None = None
    marks: Sequence[str] = ()
    in_charge: bool = False
    event: str | None = None


class Deeds:
    """Deeds wait here until `post` is called for those confirmed by some moment."""

    def __init__(
        self, village: Village, paths: dict[str, str], communities: dict[str, int], *, tariff_from: date
    ) -> None:
        self._village, self._paths, self._communities, self._tariff_from = village, paths, communities, tariff_from
        self._waiting: list[Deed] = []
        self._lines: dict[tuple[str, int], tuple[dict[str, Line], list[Line]]] = {}
        self._accounts: posting.Known = {}
        self._turns: list[date] = []
        self._used: defaultdict[tuple[Any, ...], Used] = defaultdict(Used)
        self.posted = 0

    def add(self, deed: Deed) -> None:
        self._waiting.append(deed)

    def post(self, until: datetime, *, besides: Sequence[Entry] = ()) -> None:
        """Award all deeds that were confirmed by that moment, in the order of their confirmation.

        Entries of another kind come between them, so that every statement reads in the order of its instants.
        """
        due = sorted((one for one in self._waiting if one.posted_at <= until), key=lambda one: one.posted_at)
        self._waiting = [one for one in self._waiting if one.posted_at > until]
        granted = [(deed, line, earned) for deed in due for line, earned in self._earned(deed)]
        insert_all(Award, [self._award(deed, line, earned) for deed, line, earned in granted])
        entries = [entry for one in granted for entry in self._entries(*one)]
        posting.record(sorted([*entries, *besides], key=lambda entry: entry.posted_at), known=self._accounts)
        self.posted += len(entries)

    def _earned(self, deed: Deed) -> Iterable[tuple[Line, Earned]]:
        line, factors = self._line(deed)
        if line is None:
            return
        event = deed.event or deed.because
        keys = [(cap, self._key(cap, line, deed, event)) for cap in line.caps if cap.of != "factor"]
        factor = rules.factor_for(line, factors, in_charge=deed.in_charge, marks=deed.marks)
        earned = rules.earned(line, [(cap, self._used[key]) for cap, key in keys], minutes=deed.minutes, factor=factor)
        if not earned.is_nothing:
            self._count(line, deed, event, earned)
        yield line, earned

    def _line(self, deed: Deed) -> tuple[Line | None, list[Line]]:
        """The line in force that day: of the tariff that each community has since `tariff_from`, or an article's."""
        day = clock.local(deed.effective_at).date()
        if day < self._tariff_from:
            return None, []
        self._turns = self._turns or queries.turning_days()
        home = self._village.home_of[deed.who]
        key = home.compound, bisect(self._turns, day)
        if key not in self._lines:
            self._lines[key] = queries.all_lines(self._paths[home.compound], day)
        lines, factors = self._lines[key]
        return lines.get(deed.code), factors

    def _key(self, cap: Cap, line: Line, deed: Deed, event: str) -> tuple[Any, ...]:
        home = self._village.home_of[deed.who]
        whose = deed.who.id if cap.per == "resident" else home.id
        bounds = rules.window_bounds(cap.window, deed.effective_at)
        within = bounds[0] if bounds else event if cap.window in ("event", "award") else None
        return cap.per, whose, cap.outside if cap.spans else line.code, cap.window, within

    def _count(self, line: Line, deed: Deed, event: str, earned: Earned) -> None:
        """Every key once: two caps of one line may look into the same window. A spanning cap sees all its lines."""
        for key in {self._key(cap, line, deed, event) for cap in line.caps if cap.of != "factor"}:
            used = self._used[key]
            self._used[key] = replace(
                used, honour=used.honour + earned.honour, points=used.points + earned.points,
                served=used.served + earned.served, count=used.count + 1,
            )  # fmt: skip

    def _award(self, deed: Deed, line: Line, earned: Earned) -> dict[str, Any]:
        return {
            "because": deed.because, "code": deed.code, "line_id": line.id, "heading": line.heading,
            "household_id": self._village.home_of[deed.who].id, "resident_id": deed.who.id,
            "other_household_id": None, "event": deed.event or deed.because, "honour": earned.honour,
            "points": earned.points, "minutes": earned.minutes, "served": earned.served,
            "cut_by": next(iter(earned.cut.values()), None), "by_id": deed.by_id, "effective_at": deed.effective_at,
            "posted_at": deed.posted_at, "undone_at": None,
        }  # fmt: skip

    def _entries(self, deed: Deed, line: Line, earned: Earned) -> list[Entry]:
        home = self._village.home_of[deed.who]
        whole = line.per == "household"
        return [
            points.grant_entry(
                asset, getattr(earned, asset), community_id=self._communities[home.community], household_id=home.id,
                resident_id=None if whole and asset != "minutes" else deed.who.id, code=deed.code,
                heading=line.heading, because=deed.because, effective_at=deed.effective_at, posted_at=deed.posted_at,
                by_id=deed.by_id, line_id=line.id, what=line.behaviour, cut_by=earned.cut.get(asset),
            )
            for asset in ASSETS
            if getattr(earned, asset)
        ]  # fmt: skip
