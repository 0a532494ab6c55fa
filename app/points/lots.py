"""Lots: how old the points of a household are, and what of them expires when (points I28, I29). Knows no database.

All points that arrived in one calendar year are one *lot*; it expires at the end of 31 March of the year after (line
X02 of the tariff). Nothing of it is stored: a household's lots follow from its entries in the order of their ids.

- A spending takes what is oldest at that moment.
- What is held stands over the oldest points, so these wait as long as they are held.
- A refund goes back to the lots that the spending came from, however old. What is over there expires at once.
- A taken-back earning takes from its own lot first, then the oldest. A taken-back expiry is a new lot of its own year.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from app.kit import clock

EXPIRY = "X02"  # its line in the tariff
LEAST_GRACE, MOST_GRACE = 60, 365  # days between switching expiry on and the first points that expire
AHEAD = (30, 7)  # days before, on which households are reminded
_APRIL = 4


class Forgotten(Exception):
    """A refund of a spending that lies before the entry where the reading began: read from the beginning."""


class Move(NamedTuple):
    """An entry of a household's points. `year` in which it was posted; the last two are of the entry it takes back."""

    id: int
    change: int
    year: int
    code: str = "E04"
    reverses: int | None = None
    original_code: str = ""
    original_year: int = 0


@dataclass
class Lots:
    """What is left of each year's points after the entries so far; `last` is the id of the latest of them."""

    left: dict[int, int] = field(default_factory=dict)
    last: int = 0
    steps: int = 0
    _taken: dict[int, dict[int, int]] = field(default_factory=dict)  # by spending: how much of which year

    def add(self, move: Move) -> None:
        """Raises `Forgotten` when a spending is refunded that is not known."""
        if move.change < 0:
            self._taken[move.id] = self._take(-move.change, first=move.original_year if move.reverses else None)
        elif move.reverses is None or move.original_code == EXPIRY:
            self._put({move.year: move.change})
        elif move.reverses in self._taken:
            self._put(self._taken[move.reverses])
        else:
            raise Forgotten
        self.last, self.steps = move.id, self.steps + 1

    def taken_by(self, spending: int) -> Mapping[int, int]:
        """How much of which year an entry took that was added here."""
        return self._taken[spending]

    def _put(self, amounts: Mapping[int, int]) -> None:
        for year, amount in amounts.items():
            self.left[year] = self.left.get(year, 0) + amount

    def _take(self, amount: int, *, first: int | None) -> dict[int, int]:
        """Take so much, the oldest first, or all there is of one year before the others; how much of which year."""
        taken: dict[int, int] = {}
        for year in sorted(self.left, key=lambda one: (one != first, one)):
            part = min(amount, self.left[year])
            if part:
                taken[year], amount = part, amount - part
                self.left[year] -= part
        if amount:
            raise ValueError(f"{amount} more points leave than ever came")
        return taken


def lots_after(moves: Iterable[Move], *, known: Mapping[int, int] | None = None, last: int = 0) -> Lots:
    """The lots after these entries, beginning with what was left after entry `last`."""
    lots = Lots(dict(known or {}), last)
    for move in moves:
        lots.add(move)
    return lots


def expires_at(year: int) -> datetime:
    """The first instant at which points of that year are over: the end of 31 March of the year after."""
    return clock.at_local(date(year + 1, _APRIL, 1))


class Rule(NamedTuple):
    """That points expire in a community: from `starts_at` on, and no longer what would be due at `ends_at` or later.

    `earlier` is the rule before it was switched off and on again: what was over under it stays so.
    """

    starts_at: datetime
    ends_at: datetime | None = None
    earlier: Rule | None = None

    def due_at(self, year: int) -> datetime | None:
        """When the points of that year expire; None for never."""
        if self.earlier and (over := self.earlier.due_at(year)):
            return over
        moment = max(expires_at(year), self.starts_at)
        return moment if self.ends_at is None or moment < self.ends_at else None

    def is_on(self, at: datetime) -> bool:
        return self.ends_at is None or at < self.ends_at

    def has_begun(self, at: datetime) -> bool:
        """Whether anything can be over by then, now or while it was on before."""
        return at >= self.starts_at or (self.earlier is not None and self.earlier.has_begun(at))

    def moments(self, until: datetime) -> list[datetime]:
        """Every instant up to that one at which points of some year expire, the first one first."""
        years = range(clock.local(self.starts_at).year - 2, clock.local(until).year)
        found = {moment for year in years if (moment := self.due_at(year)) is not None and moment <= until}
        return sorted(found.union(self.earlier.moments(until) if self.earlier else ()))


def first_expiry(at: datetime, days: int) -> datetime:
    """When the first points may expire if expiry is switched on now: the end of the day after so many whole days."""
    return clock.day_bounds(clock.local(at).date() + timedelta(days=days))[1]


def rule_from(settings: Any) -> Rule | None:
    """The setting `points_expiry` of a community; None where it was never switched on."""
    return _rule(settings.get("points_expiry")) if isinstance(settings, dict) else None


def _rule(wish: Any) -> Rule | None:
    if not wish:
        return None
    starts_at, ends_at = (datetime.fromisoformat(wish[key]) if wish.get(key) else None for key in ("from", "until"))
    return Rule(starts_at, ends_at, _rule(wish.get("earlier"))) if starts_at else None


class Held(NamedTuple):
    """A hold whose end nobody noted yet: how long it lives, and how much it keeps back."""

    expires_at: datetime
    amount: int


def expirings(
    left: Mapping[int, int], held: Sequence[Held], rule: Rule, *, at: datetime, since: datetime | None = None
) -> list[tuple[datetime, int]]:
    """What expired by `at` and is not written down yet: each moment, and how many points then.

    A moment is the end of a lot's time, or that of a hold that kept such points back. `since`: nothing before it, for
    what has just come back.
    """
    rest, gone = dict(left), []
    due = {year: moment for year in rest if (moment := rule.due_at(year)) is not None}
    moments = {moment for moment in due.values() if moment <= at} | {one.expires_at for one in held}
    for moment in sorted(one for one in moments if one <= at):
        years = sorted(year for year, ends in due.items() if ends <= moment)
        over = sum(rest[year] for year in years) - sum(one.amount for one in held if one.expires_at > moment)
        if over > 0:
            gone.append((max(moment, since or moment), over))
            for year in years:
                part = min(over, rest[year])
                rest[year], over = rest[year] - part, over - part
    return gone


def coming(left: Mapping[int, int], *, held: int, rule: Rule, at: datetime) -> list[tuple[datetime, int]]:
    """What will expire after `at`, the first one first. What is held stands over the oldest and is left out."""
    ahead: dict[datetime, int] = {}
    for year in sorted(left):
        part = min(held, left[year])
        held, free = held - part, left[year] - part
        moment = rule.due_at(year)
        if free and moment is not None and moment > at:
            ahead[moment] = ahead.get(moment, 0) + free
    return sorted(ahead.items())
