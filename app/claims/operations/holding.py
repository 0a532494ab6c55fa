"""The claim that an operation works on, kept from changing until its end; and its reviewers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.claims import drawing, queries, rules
from app.claims.events import ReviewerDrawn, TooFewReviewers
from app.claims.models import Claim, ClaimDraw
from app.kit.bus import announce
from app.kit.db import db
from app.points import operations as points


@dataclass(frozen=True)
class Opened:
    """A claim as it stands while nobody else can act on it. `draws` are those who were drawn, left ones included."""

    row: Any
    state: str
    verdicts: dict[int, str]
    draws: Sequence[Any]
    at: datetime

    @property
    def seated(self) -> list[Any]:
        """The draws of those who review it now."""
        return [one for one in self.draws if one.stepped_back is None]

    @property
    def reviewers(self) -> tuple[int, ...]:
        return tuple(one.reviewer_id for one in self.seated)


def opened(claim_id: int, *, at: datetime) -> Opened:
    """Lock the household of a claim: whatever anybody does with its claims comes one after another.

    Raises NoResultFound for a claim that is not there.
    """
    points.lock_household(db.session.scalars(select(Claim.household_id).where(Claim.id == claim_id)).one())
    row = queries.claim(claim_id)
    assert row is not None
    state, said = queries.states([row], at)[claim_id], queries.verdicts([row]).get(claim_id, {})
    return Opened(row, state, said, queries.draws(claim_id), at)


def fill_seats(here: Opened, *, seats: int) -> None:
    """Draw as many reviewers as are missing; the committee hears when there are too few."""
    missing = seats - len(here.seated)
    if missing <= 0:
        return
    row, known = here.row, [one.reviewer_id for one in here.draws]
    found = drawing.drawn(row, place_path=row.place_path, seats=missing, already=known, at=here.at)
    for reviewer_id, pool in found:
        db.session.add(ClaimDraw(claim_id=row.id, reviewer_id=reviewer_id, pool=pool, at=here.at))
    db.session.flush()
    for reviewer_id, _pool in found:
        announce(ReviewerDrawn(claim_id=row.id, reviewer_id=reviewer_id, title=row.title, at=here.at))
    if len(found) < missing or any(pool != "own" for _one, pool in found):
        announce(TooFewReviewers(claim_id=row.id, community_path=row.place_path, at=here.at))


def again(here: Opened) -> Opened:
    """The same claim after something was written: the household is locked already."""
    row = queries.claim(here.row.id)
    assert row is not None
    state, said = queries.states([row], here.at)[row.id], queries.verdicts([row]).get(row.id, {})
    return Opened(row, state, said, queries.draws(row.id), here.at)


def seats_of(here: Opened) -> int:
    return rules.seats(here.row.needs, here.verdicts)
