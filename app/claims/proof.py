"""Whether claims, their reviews, their notices and what was awarded for them tell the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, String, and_, cast, func, literal, or_, select
from sqlalchemy.orm import aliased

from app.claims.hands import had_a_hand
from app.claims.models import (
    Claim,
    ClaimAppeal,
    ClaimBatch,
    ClaimBatchLine,
    ClaimDecision,
    ClaimDraw,
    ClaimEnd,
    ClaimNeighbour,
    ClaimReview,
)
from app.kit.db import db
from app.kit.proof import Fault, first_faults
from app.merits.models import Award
from app.notices.models import Notice
from app.people import queries as people
from app.people.models import Resident

_reviewer = aliased(Resident)
_BECAUSE: Any = literal("claim:") + cast(Claim.id, String)


def faults() -> Iterator[Fault]:
    """The first claim whose award differs, reviewed or posted wrongly, appealed unfairly; a notice dated back."""
    yield from first_faults(
        ("I10", "claim", _award_differs()),
        ("I22", "claim", _own_review()),
        ("I22", "claim", _too_few_reviews()),
        ("I22", "claim", _neighbour_never_agreed()),
        ("I26", "claim", _appealed_too_late()),
        ("I26", "claim", _took_part_before()),
        ("I27", "claim", _posted_too_soon()),
        ("I27", "claim-batch", _dated_back()),
    )


def counts() -> dict[str, int]:
    return {"claims": db.session.scalar(select(func.count(Claim.id))) or 0}


def _select(*columns: Any) -> Select[Any]:
    return select(*columns)


def _claims(*columns: Any) -> Select[Any]:
    query = _select(Claim.id, *columns)
    return (
        query.outerjoin(ClaimDecision, ClaimDecision.claim_id == Claim.id)
        .outerjoin(ClaimEnd, ClaimEnd.claim_id == Claim.id)
        .order_by(Claim.id)
    )


def _award_differs() -> Select[Any]:
    """A claim keeps room under its limits until it is posted; what came to nothing keeps none."""
    gone = or_(
        func.coalesce(ClaimDecision.confirmed, True).is_(False),
        func.coalesce(ClaimEnd.outcome, "").in_(("withdrawn", "upheld")),
    )
    honour = func.coalesce(ClaimDecision.honour, Claim.honour)
    points = func.coalesce(ClaimDecision.points, Claim.points)
    amounts = and_(Award.honour == honour, Award.points == points)
    posted = and_(func.coalesce(ClaimEnd.outcome, "") == "posted", amounts, Award.posted_at.is_not(None))
    waits = and_(~gone, ClaimEnd.claim_id.is_(None), amounts, Award.posted_at.is_(None), Award.undone_at.is_(None))
    dropped = and_(gone, Award.posted_at.is_(None), Award.undone_at.is_not(None))
    return (
        _claims(Award.honour, Award.points)
        .outerjoin(Award, Award.because == _BECAUSE)
        .where(or_(Award.id.is_(None), ~or_(posted, waits, dropped)))
    )


def _own_review() -> Select[Any]:
    """A claim that its claimant or whoever entered it reviewed, or one who lived with the claimant at that time."""
    theirs = people.lived_there(_reviewer, Claim.household_id, by=Claim.claimed_at)
    return (
        _select(Claim.id, ClaimDraw.reviewer_id)
        .join(ClaimDraw, ClaimDraw.claim_id == Claim.id)
        .join(ClaimReview, ClaimReview.draw_id == ClaimDraw.id)
        .join(_reviewer, _reviewer.id == ClaimDraw.reviewer_id)
        .where(or_(ClaimDraw.reviewer_id.in_([Claim.resident_id, Claim.entered_by_id]), theirs))
        .order_by(Claim.id)
    )


def _too_few_reviews() -> Select[Any]:
    """A confirmed claim with fewer reviewers who confirmed it than it needs."""
    confirmed = (
        select(func.count(func.distinct(ClaimDraw.reviewer_id)))
        .join(ClaimReview, ClaimReview.draw_id == ClaimDraw.id)
        .where(ClaimDraw.claim_id == Claim.id, ClaimReview.verdict == "confirm")
        .correlate(Claim)
        .scalar_subquery()
    )
    return _claims(Claim.needs, confirmed.label("confirmed_by")).where(
        ClaimDecision.confirmed.is_(True), confirmed < Claim.needs
    )


def _neighbour_never_agreed() -> Select[Any]:
    """A confirmed claim whose other household was to confirm it, and did not."""
    agreed = func.coalesce(ClaimNeighbour.yes, False)
    return (
        _claims(agreed.label("neighbour"))
        .outerjoin(ClaimNeighbour, ClaimNeighbour.claim_id == Claim.id)
        .where(Claim.asks_neighbour.is_(True), ClaimDecision.confirmed.is_(True), agreed.is_(False))
    )


def _posted_too_soon() -> Select[Any]:
    """A claim that was posted without a notice, or before it ended."""
    return (
        _claims(ClaimEnd.at, Notice.ends_at)
        .outerjoin(ClaimBatchLine, ClaimBatchLine.claim_id == Claim.id)
        .outerjoin(Notice, Notice.subject == _about(ClaimBatchLine.batch_id))
        .where(ClaimEnd.outcome == "posted", or_(Notice.id.is_(None), ClaimEnd.at < Notice.ends_at))
    )


def _dated_back() -> Select[Any]:
    """A batch whose notice began before it was written: nobody could read it for as long as it says."""
    return (
        _select(ClaimBatch.id, Notice.starts_at, Notice.put_up_at)
        .join(Notice, Notice.subject == _about(ClaimBatch.id))
        .where(or_(Notice.starts_at < Notice.put_up_at, Notice.starts_at < ClaimBatch.opened_at))
        .order_by(ClaimBatch.id)
    )


def _about(batch_id: Any) -> Any:
    """What the notice of a batch is about."""
    return literal("claim-batch:") + cast(batch_id, String)


def _appealed_too_late() -> Select[Any]:
    """A claim that was appealed though nothing was decided against it, or after the stored end."""
    until = func.coalesce(ClaimEnd.appeal_until, ClaimDecision.appeal_until)
    query = _claims(ClaimAppeal.at, until.label("until")).join(ClaimAppeal, ClaimAppeal.claim_id == Claim.id)
    return query.where(or_(until.is_(None), ClaimAppeal.at >= until))


def _took_part_before() -> Select[Any]:
    """An appeal reviewed by somebody who had had a hand in the claim. Households change, as with `_own_review`."""
    return (
        _select(Claim.id, ClaimDraw.reviewer_id)
        .join(ClaimDraw, ClaimDraw.claim_id == Claim.id)
        .join(ClaimReview, ClaimReview.draw_id == ClaimDraw.id)
        .where(had_a_hand(lambda who, since: and_(who == ClaimDraw.reviewer_id, since <= ClaimReview.at)))
        .order_by(Claim.id)
    )
