"""What the front page and the work list make of what other rooms know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.kit import clock
from app.people.rules import Anyone

# Whose work list is more than empty: as the rooms behind it decide.
WORKERS = ("staff", "street", "grid", "leader", "organiser", "admin", "supervisor")

# A task that waited longer stands out (the setting for answers is five working days, domain.md 7).
LONG = timedelta(days=5)
UNHURRIED = ("ballot",)

PARTS_OF_DAY = ((5, "night"), (11, "morning"), (13, "noon"), (18, "afternoon"), (24, "evening"))


def part_of_day(at: datetime) -> str:
    """morning from 5:00, noon from 11:00, afternoon from 13:00, evening from 18:00, night from midnight."""
    hour = clock.local(at).hour
    return next(name for until, name in PARTS_OF_DAY if hour < until)


@dataclass(frozen=True)
class Task:
    """Something that waits for a member of staff. `room` is topics, activities or people; `kind` says what to do."""

    room: str
    kind: str
    title: Any  # Words, or plain text
    href: str
    since: datetime | None
    number: int = 1

    def days(self, at: datetime) -> int:
        """For how many local days it has waited."""
        return 0 if self.since is None else (clock.local(at).date() - clock.local(self.since).date()).days

    def is_late(self, at: datetime) -> bool:
        """Whether it stands out. A discussion has no deadline of its own."""
        return self.since is not None and self.kind not in UNHURRIED and at - self.since > LONG


def in_order(tasks: Sequence[Task]) -> list[Task]:
    """What waits longest first.

    Addresses carry no date and come first: without one a neighbour cannot even vote. What has no deadline comes last.
    """
    return sorted(tasks, key=lambda task: (task.kind in UNHURRIED, task.since.timestamp() if task.since else 0.0))


def home_path(person: Anyone) -> str:
    """The place whose affairs somebody sees first: their community, else where they hold a role; "" for the street."""
    if person.community_path:
        return person.community_path
    return person.roles[0].path if person.roles else ""


def home_place_id(person: Anyone) -> int | None:
    """The place that staff without a household here work for."""
    return person.roles[0].place_id if person.roles and not person.community_path else None
