"""The claim that an operation works on, kept from changing until its end; and its reviewers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.cases import rules as cases
from app.claims import drawing, queries, rules
from app.claims.events import ReviewerDrawn, ReviewerSteppedBack, TooFewReviewers
from app.claims.models import Claim, ClaimDraw, ClaimDrawEnd
from app.kit.bus import announce
from app.kit.db import db
from app.kit.words import Words
from app.points import operations as points

CANNOT_SPEAK = Words(zh="需要回避，或不再担任评议工作", en="A conflict of interest, or no longer a reviewer")


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
    def standing(self) -> list[Any]:
        """The seats of those who have spoken in this round, or still may."""
        return drawing.standing(self.seated, self.verdicts)

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


def fill_seats(here: Opened) -> Opened:
    """Whoever cannot speak any more leaves, and as many are drawn as are missing; the claim with its new reviewers.

    The committee hears when there are too few. Nobody is drawn before the other household has said that it was so.
    """
    if here.state == "neighbour":
        return here
    stay = here.standing
    for seat in here.seated:
        if seat not in stay:
            leave(here, seat, CANNOT_SPEAK)
    here = again(here)
    row, missing = here.row, rules.seats(here.row.needs, here.verdicts) - len(here.seated)
    if missing <= 0:
        return here
    found = drawing.drawn(row.id, seats=missing, before=here.draws, at=here.at)
    for reviewer_id, pool in found:
        db.session.add(ClaimDraw(claim_id=row.id, reviewer_id=reviewer_id, pool=pool, at=here.at))
    db.session.flush()
    for reviewer_id, _pool in found:
        announce(ReviewerDrawn(claim_id=row.id, reviewer_id=reviewer_id, title=row.title, at=here.at))
    if len(found) < missing or any(pool != "own" for _one, pool in found):
        announce(TooFewReviewers(claim_id=row.id, community_path=row.place_path, at=here.at))
    return again(here)


def leave(here: Opened, seat: queries.AnyRow, why: Words) -> ClaimDrawEnd:
    """A reviewer gives up their seat."""
    ended = ClaimDrawEnd(draw_id=seat.id, why=why, at=here.at)
    db.session.add(ended)
    db.session.flush()
    announce(ReviewerSteppedBack(claim_id=here.row.id, reviewer_id=seat.reviewer_id, at=here.at))
    return ended


def again(here: Opened) -> Opened:
    """The same claim after something was written: the household is locked already."""
    row = queries.claim(here.row.id)
    assert row is not None
    state, said = queries.states([row], here.at)[row.id], queries.verdicts([row]).get(row.id, {})
    return Opened(row, state, said, queries.draws(row.id), here.at)


def appeal_until(row: queries.AnyRow, at: datetime) -> datetime | None:
    """Until when what is decided now against a claim can be appealed; None for an appeal, which is final."""
    return None if row.first_id else cases.appeal_ends(at, queries.terms_at(row.place_path).appeal_days)
