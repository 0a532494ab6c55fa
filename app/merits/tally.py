"""What the windows of caps hold, kept in memory: for whoever goes through many deeds while nobody else earns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from app.merits import rules
from app.merits.rules import ANYONE, OCCASIONS, Cap, Done, Earned, Line, Used


class Tally:
    """Deeds in the order in which they were confirmed, each with what the ones before it left."""

    def __init__(self) -> None:
        self._used: defaultdict[tuple[Any, ...], Used] = defaultdict(Used)

    def earn(self, done: Done, household_id: int, line: Line, factors: Sequence[Line]) -> Earned:
        """What the deed earns under this line; it fills the windows of the line's caps from now on."""
        earned = self.would_earn(done, household_id, line, factors)
        self.count(done, household_id, line, earned)
        return earned

    def would_earn(self, done: Done, household_id: int, line: Line, factors: Sequence[Line] = ()) -> Earned:
        """The same, of a deed that nobody has done yet."""
        keys = [(cap, _window(cap, line, done, household_id)) for cap in line.caps if cap.of != "factor"]
        return rules.earned(line, [(cap, self._used[key]) for cap, key in keys], done, factors)

    def has_in_store(self, resident_id: int, minutes: int) -> None:
        """Say how many minutes of service a person has."""
        self._used["minutes", resident_id] = Used(served=minutes)

    def count(self, done: Done, household_id: int, line: Line, earned: Earned) -> None:
        """Let a deed fill windows that earned elsewhere. Two caps of one line may look into the same window."""
        if earned.is_nothing:
            return
        self._add(("minutes", done.resident_id), earned, served=earned.minutes)
        for key in {_window(cap, line, done, household_id) for cap in line.caps if cap.of != "factor"}:
            if key[0] != "minutes":
                self._add(key, earned, served=earned.served)

    def _add(self, key: tuple[Any, ...], earned: Earned, *, served: int) -> None:
        used = self._used[key]
        self._used[key] = replace(
            used, honour=used.honour + earned.honour, points=used.points + earned.points,
            served=used.served + served, count=used.count + 1,
        )  # fmt: skip


def _window(cap: Cap, line: Line, done: Done, household_id: int) -> tuple[Any, ...]:
    """What a cap looks into: whose deeds under which lines, in which time. A spanning cap sees all its lines."""
    if cap.window == "balance":
        return "minutes", done.resident_id  # all that the person has in store
    whose: dict[str, Any] = {
        "household": household_id,
        "resident": done.resident_id,
        "household_pair": frozenset({household_id, done.other_household_id}),
        ANYONE: None,
    }
    bounds = rules.window_bounds(cap.window, done.effective_at)
    within = bounds[0] if bounds else done.occasion if cap.window in OCCASIONS else None
    lines = cap.outside if cap.spans else cap.together or line.code
    return cap.per, whose[cap.per], lines, cap.window, within
