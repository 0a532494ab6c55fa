"""A draft of the tariff beside the one in force, both over the same deeds: what each would have granted."""

from __future__ import annotations

from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median
from typing import Any

from app.kit import clock
from app.merits import queries
from app.merits.drafts import line_of
from app.merits.rules import EARNING, Done, Earned, Line
from app.merits.tally import Tally
from app.merits.together import bound
from app.points.rules import ASSETS

SIDES = ("now", "draft")
MOST_BAND, BAND = 20, 5  # honour gained or lost is shown in bands of five points, the last ones open


@dataclass(frozen=True)
class Fact:
    """A deed, where its household stood then."""

    done: Done
    household_id: int
    path: str


@dataclass
class Side:
    """One of the two tariffs: its windows, what it granted by household and by line, and how many it gave nothing."""

    documents: Sequence[Mapping[str, Any]]
    instead_of: str | None
    tally: Tally = field(default_factory=Tally)
    households: defaultdict[int, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    lines: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    unpaid: int = 0


class Replay:
    """Goes through deeds in the order of their confirmation; `result` says at any time how things stand."""

    def __init__(self, documents: Sequence[Mapping[str, Any]], *, instead_of: str | None, starts: datetime) -> None:
        self._sides = {"now": Side((), None), "draft": Side(documents, instead_of)}
        self._starts = starts
        self._turns, self._ruled = queries.turning_days(), queries.places_with_lines()
        self._known: dict[tuple[Any, ...], tuple[dict[str, Line], list[Line]]] = {}

    def remember(self, earlier: Iterable[tuple[Fact, Earned]]) -> None:
        """What was earned before fills windows that reach into the quarter: a week, the year, once for ever."""
        for fact, earned in earlier:
            for side in SIDES:
                line = self._lines(side, fact.path, self._starts)[0].get(fact.done.code or "")
                if line is not None:
                    self._sides[side].tally.count(fact.done, fact.household_id, line, earned)

    def go_on(self, facts: Iterable[Fact]) -> None:
        for fact in facts:
            for side in SIDES:
                self._earn(side, fact)

    def _earn(self, name: str, fact: Fact) -> None:
        side = self._sides[name]
        lines, factors = self._lines(name, fact.path, fact.done.effective_at)
        line = lines.get(fact.done.code or "")
        if line is None or line.earn not in EARNING or line.factor is not None:
            side.unpaid += 1
            return
        done = _with_amount(line, fact.done)
        earned = side.tally.earn(done, fact.household_id, line, factors)
        amounts = {asset: getattr(earned, asset) for asset in ASSETS}
        side.households[fact.household_id].update(amounts)
        side.lines[line.code].update(amounts | {"times": not earned.is_nothing, "cut": bool(earned.cut)})
        side.unpaid += earned.is_nothing

    def _lines(self, name: str, path: str, at: datetime) -> tuple[dict[str, Line], list[Line]]:
        """The lines of that side at a place on a day; asked of the database once for all places that share them."""
        day = clock.local(at).date()
        ruled = tuple(part for part in path.split("/") if part and int(part) in self._ruled)
        key = name, ruled, bisect(self._turns, day)
        if key not in self._known:
            side = self._sides[name]
            if name == "now":
                self._known[key] = queries.all_lines(path, day)
            else:
                lines, factors = queries.all_lines(path, day, but=side.instead_of)
                spanning = queries.spanning_caps(path, day)
                drafted = {one["code"]: line_of(one, spanning) for one in side.documents}
                factors = [one for one in factors if one.code not in drafted]
                lines = {one.code: one for one in bound((lines | drafted).values())}
                self._known[key] = lines, factors + [one for one in drafted.values() if one.factor]
        return self._known[key]

    def households(self) -> Iterator[dict[str, int]]:
        """A row for each household that earned something under either."""
        now, draft = (self._sides[name].households for name in SIDES)
        for one in sorted(now.keys() | draft.keys()):
            yield {
                "household_id": one, "honour": now[one]["honour"], "honour_draft": draft[one]["honour"],
                "points": now[one]["points"], "points_draft": draft[one]["points"],
            }  # fmt: skip

    def result(self, households: int) -> dict[str, Any]:
        """Sums of both, each line, and how the honour and points of so many households change; nobody is named."""
        rows = list(self.households())
        idle = households - len(rows)
        return {
            "sums": {name: self._sums(name) for name in SIDES},
            "lines": self._by_line(),
            "households": households,
            "honour": _changes([(row["honour"], row["honour_draft"]) for row in rows], idle),
            "points": _changes([(row["points"], row["points_draft"]) for row in rows], idle),
        }

    def _sums(self, name: str) -> dict[str, int]:
        side = self._sides[name]
        of_all: Counter[str] = sum(side.lines.values(), Counter())
        return {asset: of_all[asset] for asset in ASSETS} | {"times": of_all["times"], "unpaid": side.unpaid}

    def _by_line(self) -> list[dict[str, Any]]:
        codes = sorted({code for side in self._sides.values() for code in side.lines})
        counted = ("times", "cut", "honour", "points", "minutes")
        return [
            {"code": code}
            | {name: {what: int(self._sides[name].lines[code][what]) for what in counted} for name in SIDES}
            for code in codes
        ]


def _with_amount(line: Line, done: Done) -> Done:
    """Where a line leaves a choice, what reviewers chose, as far as the draft's range allows."""
    ranges = [value for value in line.assets.values() if not isinstance(value, int | str)]
    if not ranges:
        return done
    low, high = ranges[0]
    chosen = low if done.amount is None else min(max(done.amount, low), high)
    return Done(**(vars(done) | {"amount": chosen}))


def _changes(pairs: Sequence[tuple[int, int]], idle: int) -> dict[str, Any]:
    """How many gain, stay and lose, what is in the middle, and how many lie in each band of change."""
    differences = [draft - now for now, draft in pairs]
    bands = Counter(max(-MOST_BAND, min(MOST_BAND, _band(one))) for one in differences if one)
    return {
        "more": sum(one > 0 for one in differences),
        "less": sum(one < 0 for one in differences),
        "same": sum(one == 0 for one in differences) + idle,
        "middle": {"now": _middle(pairs, 0, idle), "draft": _middle(pairs, 1, idle)},
        "bands": [[band, bands[band]] for band in sorted(bands)],
    }


def _band(change: int) -> int:
    """The end of the band that lies further from nothing: 1 to 5 is 5, -1 to -5 is -5."""
    size = -(-abs(change) // BAND) * BAND
    return size if change > 0 else -size


def _middle(pairs: Sequence[tuple[int, int]], side: int, idle: int) -> float:
    return float(median([one[side] for one in pairs] + [0] * idle)) if pairs or idle else 0.0
