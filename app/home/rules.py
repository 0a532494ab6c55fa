"""What the front page, the work list and the comparison make of what other rooms know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.kit import clock
from app.kit.refusal import N_
from app.people.rules import Anyone

# The tabs of the work list.
ROOMS = {
    "people": N_("Addresses"),
    "topics": N_("Topics"),
    "ballots": N_("Ballots"),
    "agreements": N_("Agreements"),
    "activities": N_("Activities"),
    "claims": N_("Claims"),
    "disclosures": N_("Disclosures"),
    "requests": N_("Requests"),
    "cases": N_("Reminders and deductions"),
    "meetings": N_("Meetings"),
    "notices": N_("Notices"),
    "promises": N_("Promises"),
}

# Kinds of texts that a search finds.
KINDS = {
    "topic": N_("Topics"),
    "agreement": N_("Agreements"),
    "disclosure": N_("Disclosures"),
    "activity": N_("Activities"),
}

# The data dictionary, by the first part of the address.
DATA_ROOMS = {
    "topics": N_("Topics"),
    "votes": N_("Ballots"),
    "agreements": N_("Agreements"),
    "activities": N_("Activities"),
    "disclosures": N_("Disclosures"),
    "requests": N_("Requests"),
    "service-team": N_("Service team"),
    "service-guide": N_("Service guide"),
    "notices": N_("Notices"),
    "promises": N_("Promises"),
    "sittings": N_("Meetings"),
    "points": N_("Points"),
    "rewards": N_("Rewards"),
    "rankings": N_("Rankings"),
    "communities": N_("Communities"),
    "search": N_("Search"),
}

# Addresses that are shown with those of another room.
DATA_BESIDE = {"places": "communities", "open-days": "sittings", "seals": "points"}

# What has no term of its own is to be done within the days that a question has (domain.md 7).
USUAL = timedelta(days=5)
UNHURRIED = ("ballot",)

PARTS_OF_DAY = ((5, "night"), (11, "morning"), (13, "noon"), (18, "afternoon"), (24, "evening"))

LONGEST_QUERY = 80  # signs

# Figures about fewer people than this stay unsaid (security P10).
LEAST = 5


def part_of_day(at: datetime) -> str:
    """morning from 5:00, noon from 11:00, afternoon from 13:00, evening from 18:00, night from midnight."""
    hour = clock.local(at).hour
    return next(name for until, name in PARTS_OF_DAY if hour < until)


@dataclass(frozen=True)
class Task:
    """Something that waits for a member of staff. `room` is a key of `ROOMS`; `kind` says what to do.

    `due_at` is None where nobody set a term.
    """

    room: str
    kind: str
    title: Any  # Words, or plain text
    href: str
    since: datetime | None
    number: int = 1
    due_at: datetime | None = None

    @property
    def deadline(self) -> datetime | None:
        """Until when it should be done; None for an address, which has no date, and for what has no hurry."""
        if self.due_at is None and self.since is not None and self.kind not in UNHURRIED:
            return self.since + USUAL
        return self.due_at

    def days(self, at: datetime) -> int:
        """For how many local days it has waited."""
        return 0 if self.since is None else (clock.local(at).date() - clock.local(self.since).date()).days

    def is_late(self, at: datetime) -> bool:
        """Whether it stands out."""
        return self.deadline is not None and self.deadline <= at


def in_order(tasks: Sequence[Task]) -> list[Task]:
    """The oldest deadline first.

    Addresses carry no date and come first: without one a neighbour cannot even vote. What has no hurry comes last.
    """
    return sorted(tasks, key=lambda task: (task.kind in UNHURRIED, _instant(task.deadline), _instant(task.since)))


def _instant(at: datetime | None) -> float:
    return at.timestamp() if at else 0.0


def home_path(person: Anyone) -> str:
    """The place whose affairs somebody sees first: their community, else where they hold a role; "" for the street."""
    if person.community_path:
        return person.community_path
    return person.roles[0].path if person.roles else ""


def home_place_id(person: Anyone) -> int | None:
    """The place that staff without a household here work for."""
    return person.roles[0].place_id if person.roles and not person.community_path else None


def share(part: int, whole: int, *, people: bool) -> float | None:
    """A share from 0 to 1; None where there is nothing to share, or where it would tell of fewer than five people."""
    if whole == 0 or (people and (whole < LEAST or 0 < part < LEAST)):
        return None
    return part / whole
