"""What people did in the past year and what it earned: tens of thousands of awards in a few statements.

The amounts come from the rules of merits and the same lines, windows and caps as every award; only the look at what a
window already holds is kept in memory here, because nobody else earns while the street is loaded.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.kit import clock
from app.merits import models, queries
from app.merits.models import Award
from app.merits.rules import Done, Earned, Line
from app.merits.tally import Tally
from app.points import operations as points
from app.points import posting
from app.points.rules import ASSETS, Entry
from app.sample.accounts import Village
from app.sample.homes import Home, Someone
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
    other_household_id: int | None = None

    @property
    def done(self) -> Done:
        return Done(
            code=self.code, resident_id=self.who.id, because=self.because, effective_at=self.effective_at,
            announced_at=self.posted_at, minutes=self.minutes, marks=self.marks, in_charge=self.in_charge,
            event=self.event, other_household_id=self.other_household_id,
        )  # fmt: skip


class Deeds:
    """Deeds wait here, and entries of other kinds, until `post` is called for those of up to some moment."""

    def __init__(
        self, village: Village, paths: dict[str, str], communities: dict[str, int], *, tariff_from: date
    ) -> None:
        self._village, self._paths, self._communities, self._tariff_from = village, paths, communities, tariff_from
        self._waiting: list[Deed] = []
        self._besides: list[Entry] = []
        self._lines: dict[tuple[str, int], tuple[dict[str, Line], list[Line]]] = {}
        self._accounts: posting.Known = {}
        self._turns: list[date] = []
        self._tally = Tally()
        self.posted = 0

    def add(self, deed: Deed) -> None:
        self._waiting.append(deed)

    def come_between(self, entries: Sequence[Entry]) -> None:
        """Entries of another kind: every statement reads in the order of its instants."""
        self._besides += entries

    def learn(self, who: Someone, award: Award) -> None:
        """What was kept or granted elsewhere fills the windows of later deeds."""
        home = self._village.home_of[who]
        line, _factors = self._line(award.code, home, award.effective_at)
        done = Done(
            code=award.code, resident_id=who.id, because=award.because, effective_at=award.effective_at,
            announced_at=award.effective_at, event=award.event, other_household_id=award.other_household_id,
        )  # fmt: skip
        granted = Earned(honour=award.honour, points=award.points, minutes=award.minutes, served=award.served)
        assert line is not None
        self._tally.count(done, home.id, line, granted)

    def post(self, until: datetime) -> None:
        """Award all deeds that were confirmed by that moment, in the order of their confirmation."""
        due = sorted((one for one in self._waiting if one.posted_at <= until), key=lambda one: one.posted_at)
        self._waiting = [one for one in self._waiting if one.posted_at > until]
        insert_all(models.Deed, [self._row(deed) for deed in due])
        granted = [(deed, line, earned) for deed in due for line, earned in self._earned(deed)]
        insert_all(Award, [self._award(deed, line, earned) for deed, line, earned in granted])
        entries = [entry for one in granted for entry in self._entries(*one)]
        entries += [entry for entry in self._besides if entry.posted_at <= until]
        self._besides = [entry for entry in self._besides if entry.posted_at > until]
        posting.record(sorted(entries, key=lambda entry: entry.posted_at), known=self._accounts)
        self.posted += len(entries)

    def _earned(self, deed: Deed) -> Iterable[tuple[Line, Earned]]:
        home = self._village.home_of[deed.who]
        line, factors = self._line(deed.code, home, deed.effective_at)
        if line is not None:
            yield line, self._tally.earn(deed.done, home.id, line, factors)

    def _line(self, code: str, home: Home, at: datetime) -> tuple[Line | None, list[Line]]:
        """The line in force that day: of the tariff that each community has since `tariff_from`, or an article's."""
        day = clock.local(at).date()
        if day < self._tariff_from:
            return None, []
        self._turns = self._turns or queries.turning_days()
        key = home.compound, bisect(self._turns, day)
        if key not in self._lines:
            self._lines[key] = queries.all_lines(self._paths[home.compound], day)
        lines, factors = self._lines[key]
        return lines.get(code), factors

    def _row(self, deed: Deed) -> dict[str, Any]:
        home = self._village.home_of[deed.who]
        return vars(deed.done) | {
            "event": deed.done.occasion, "marks": list(deed.marks), "household_id": home.id,
            "place_path": self._paths[home.group], "undone_at": None,
        }  # fmt: skip

    def _award(self, deed: Deed, line: Line, earned: Earned) -> dict[str, Any]:
        return {
            "because": deed.because, "code": deed.code, "line_id": line.id, "heading": line.heading,
            "household_id": self._village.home_of[deed.who].id, "resident_id": deed.who.id,
            "other_household_id": deed.other_household_id, "event": deed.event or deed.because, "honour": earned.honour,
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
