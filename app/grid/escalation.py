"""What happens to a request by itself, when nobody acts: it goes up at its deadline, and closes when nobody rates it.

Everything is computed from stored instants, so that a page and a late `flask tick` come to the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from app.grid.models import LEVELS
from app.kit import working_days

OPEN = ("received", "assigned", "handling", "reopened")
WAITING_TO_CLOSE = ("resolved", "rated")

Deadlines = Mapping[str, datetime | None]


@dataclass(frozen=True)
class Standing:
    """Where a request stands: of `due`, the instant at which the time of each level is over."""

    state: str
    level: str
    due: Deadlines
    closes_at: datetime | None

    @property
    def due_at(self) -> datetime | None:
        """When the time of its present level is over."""
        return self.due.get(self.level)


@dataclass(frozen=True)
class DueStep:
    """A step that came by itself: `rise` to the next level or `close`, at the instant at which it was due."""

    action: str
    at: datetime
    before: Standing
    after: Standing


def deadlines(level: str, begins_at: datetime, days: int) -> dict[str, datetime]:
    """When the time of this level and of each one above it is over, if nobody acts: so many working days each."""
    due, begins = {}, begins_at
    for one in LEVELS[LEVELS.index(level) :]:
        due[one] = begins = working_days.end_after(begins, days)
    return due


def above(level: str) -> str | None:
    """The next level up; None above the street."""
    number = LEVELS.index(level) + 1
    return LEVELS[number] if number < len(LEVELS) else None


def below(level: str) -> str | None:
    """The next level down; None below the grid."""
    number = LEVELS.index(level) - 1
    return LEVELS[number] if number >= 0 else None


def waits_anew(state: str) -> str:
    """The state at another level: received there, or still reopened."""
    return "reopened" if state == "reopened" else "received"


def due_steps(standing: Standing, at: datetime) -> list[DueStep]:
    """What came by itself up to `at`, in order; nothing when nothing was due."""
    steps = []
    while (step := _next(standing)) is not None and step.at <= at:
        steps.append(step)
        standing = step.after
    return steps


def stands(standing: Standing, at: datetime) -> Standing:
    """Where it stands at that moment, whether or not it was written down."""
    steps = due_steps(standing, at)
    return steps[-1].after if steps else standing


def _next(now: Standing) -> DueStep | None:
    up = above(now.level)
    if now.state in OPEN and up is not None and now.due_at is not None:
        return DueStep("rise", now.due_at, now, replace(now, level=up, state=waits_anew(now.state)))
    if now.state in WAITING_TO_CLOSE and now.closes_at is not None:
        return DueStep("close", now.closes_at, now, replace(now, state="closed"))
    return None
