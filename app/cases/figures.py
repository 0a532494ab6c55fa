"""What everybody may know of cases: sums of a year for each community, never so small that they point at a home."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.cases import queries, rules
from app.cases.models import Case
from app.kit.db import db

LEAST = 3  # a smaller number stays unsaid
KINDS = ("on_file", "put_right", "deductions", "upheld")


@dataclass(frozen=True)
class Figures:
    """How many cases were filed in a community, how many were put right, how many deductions took effect, and how many
    appeals were upheld. None: fewer than three, or so few that they follow from the rest.
    """

    community_id: int
    on_file: int | None
    put_right: int | None
    deductions: int | None
    upheld: int | None


def by_community(starts: datetime, ends: datetime, at: datetime) -> list[Figures]:
    """For each community with cases filed in that time, the sums that may be told."""
    rows = db.session.execute(
        select(Case.id, Case.community_id).where(Case.filed_at >= starts, Case.filed_at < ends)
    ).all()
    known = queries.facts_of(row.id for row in rows)
    numbers: dict[int, Counter[str]] = {}
    for row in rows:
        facts, told = known[row.id], numbers.setdefault(row.community_id, Counter())
        state = rules.state(facts, at)
        told["on_file"] += 1
        told["put_right"] += facts.is_put_right
        told["deductions"] += state == "posted"
        told["upheld"] += state == "upheld"
    return [Figures(one, **_told(numbers[one])) for one in sorted(numbers)]


def _told(numbers: Counter[str]) -> dict[str, int | None]:
    """A number from 1 to 2 stays unsaid. So do all where there are fewer than three cases at all."""
    few = numbers["on_file"] < LEAST
    return {kind: None if few or 0 < numbers[kind] < LEAST else numbers[kind] for kind in KINDS}
