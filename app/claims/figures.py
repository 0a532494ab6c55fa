"""How claims were reviewed, in sums: by community for everybody, and of one's own work for a reviewer.

No sum is told of fewer than five claims (security P10).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from sqlalchemy import select

from app.claims.models import Claim, ClaimDecision, ClaimDraw, ClaimReview
from app.kit.db import db
from app.kit.words import Words
from app.places import queries as places

LEAST = 5
DAY = 24 * 60 * 60


@dataclass(frozen=True)
class Figures:
    """One community: claims that were confirmed, not confirmed, and sent back at least once; days to the decision."""

    place_id: int
    name: Words
    confirmed: int
    not_confirmed: int
    sent_back: int
    median_days: float

    @property
    def number(self) -> int:
        return self.confirmed + self.not_confirmed


def by_community(since: datetime) -> list[Figures]:
    """The communities with at least five claims decided since then; three statements."""
    columns: tuple[Any, ...] = (Claim.id, Claim.community_id, Claim.claimed_at, ClaimDecision.confirmed)
    decided = (
        select(*columns, ClaimDecision.at)
        .join(ClaimDecision, ClaimDecision.claim_id == Claim.id)
        .where(ClaimDecision.at >= since)
    )
    returned = select(ClaimDraw.claim_id).join(ClaimReview, ClaimReview.draw_id == ClaimDraw.id)
    back = set(db.session.scalars(returned.where(ClaimReview.verdict == "returned", ClaimReview.at >= since)))
    of_place: dict[int, list[Any]] = defaultdict(list)
    for row in db.session.execute(decided):
        of_place[row.community_id].append(row)
    return [
        Figures(
            place_id=one.id, name=one.name, confirmed=sum(row.confirmed for row in rows),
            not_confirmed=sum(not row.confirmed for row in rows), sent_back=sum(row.id in back for row in rows),
            median_days=round(median((row.at - row.claimed_at).total_seconds() / DAY for row in rows), 1),
        )
        for one in places.communities()
        if len(rows := of_place.get(one.id, [])) >= LEAST
    ]  # fmt: skip


def own(reviewer_id: int, since: datetime) -> Counter[str]:
    """What somebody said in reviews since then, by verdict."""
    mine = ClaimDraw.reviewer_id == reviewer_id, ClaimReview.at >= since
    query = select(ClaimReview.verdict).join(ClaimDraw, ClaimDraw.id == ClaimReview.draw_id).where(*mine)
    return Counter(db.session.scalars(query))
