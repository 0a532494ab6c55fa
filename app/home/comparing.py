"""The communities of the street side by side: a year of each, in figures about no fewer than five people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.agreements import figures as agreements
from app.council import queries as council
from app.disclosures import calendar
from app.grid import figures as grid
from app.home.rules import LEAST, share
from app.kit import clock
from app.kit.words import Words
from app.places import queries as places
from app.rankings import queries as rankings

YEAR = timedelta(days=365)
# In the order of the page. A share is from 0 to 1; the others are compared with the largest of them.
SHARES = ("taking_part", "signed", "on_time", "solved")
MEASURES = ("taking_part", "topics", "signed", "on_time", "solved", "median_minutes", "honour")


@dataclass(frozen=True)
class Compared:
    """One community. `figures` has a value for each of `MEASURES`; None where it would tell of too few, or of none."""

    code: str
    kind: str
    name: Words
    households: int | None
    figures: Mapping[str, float | None]


def communities(at: datetime) -> list[Compared]:
    """Each community of the street with its year; nine statements."""
    street = places.the_street()
    there = places.communities(street.id) if street else []
    since = clock.day_bounds(clock.local(at - YEAR).date())[0]
    taking = {row.community_id: row for row in rankings.by_community(since, at)}
    topics, signed = council.decided_by_community(since, at), agreements.signed_by_community(at)
    requests = grid.by_community(since=since)
    dues = _dues([one.path for one in there], since, at)
    found = []
    for one in there:
        row = taking.get(one.id)
        households = row.households if row else 0
        handled = requests.get(one.id)
        due = [line for line in dues if line.duty.place_path.startswith(one.path)]
        figures = {
            "taking_part": share(row.taking_part if row else 0, households, people=True),
            "topics": topics.get(one.id, 0),
            "signed": share(signed.get(one.id, 0), households, people=True),
            "on_time": share(sum(line.state == "on_time" for line in due), len(due), people=False),
            "solved": share(handled.solved, handled.answered, people=False) if handled else None,
            "median_minutes": handled.median_minutes if handled else None,
            "honour": round(int(row.honour) / households, 1) if row and households >= LEAST else None,
        }
        shown = households if households >= LEAST else None
        found.append(Compared(one.code, one.kind, one.name, shown, figures))
    return found


def _dues(paths: Sequence[str], since: datetime, at: datetime) -> list[Any]:
    """What had to be published in that time and is due by now."""
    today = clock.local(at).date()
    first = clock.local(since).date()
    return calendar.dues(calendar.below(paths), first=first, last=today - timedelta(days=1), at=at) if paths else []


def lengths(compared: Sequence[Compared]) -> dict[str, list[float]]:
    """For each measure how long the bar of each community is, 0 to 1."""
    found = {}
    for name in MEASURES:
        values = [one.figures[name] or 0.0 for one in compared]
        most = 1.0 if name in SHARES else max(values, default=0.0) or 1.0
        found[name] = [value / most for value in values]
    return found
