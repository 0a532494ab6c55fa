"""Whether claims, their reviews, their notices and what was awarded for them tell the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, String, and_, cast, func, literal, or_, select

from app.claims.models import Claim, ClaimBatchLine, ClaimDecision, ClaimDraw, ClaimEnd, ClaimReview
from app.kit.db import db
from app.kit.proof import Fault, first_faults
from app.merits.models import Award
from app.notices.models import Notice

_BECAUSE: Any = literal("claim:") + cast(Claim.id, String)


def faults() -> Iterator[Fault]:
    """The first claim whose award differs, the first posted without its notice, the first reviewed by its own home."""
    yield from first_faults(
        ("I10", "claim", _award_differs()),
        ("I22", "claim", _own_review()),
        ("I22", "claim", _too_few_reviews()),
        ("I27", "claim", _posted_too_soon()),
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
    """A claim that its claimant reviewed. Who lives with whom may change later, so that is not asked again."""
    return (
        _select(Claim.id, ClaimDraw.reviewer_id)
        .join(ClaimDraw, ClaimDraw.claim_id == Claim.id)
        .join(ClaimReview, ClaimReview.draw_id == ClaimDraw.id)
        .where(ClaimDraw.reviewer_id == Claim.resident_id)
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


def _posted_too_soon() -> Select[Any]:
    """A claim that was posted without a notice, or before it ended."""
    subject = literal("claim-batch:") + cast(ClaimBatchLine.batch_id, String)
    return (
        _claims(ClaimEnd.at, Notice.ends_at)
        .outerjoin(ClaimBatchLine, ClaimBatchLine.claim_id == Claim.id)
        .outerjoin(Notice, Notice.subject == subject)
        .where(ClaimEnd.outcome == "posted", or_(Notice.id.is_(None), ClaimEnd.at < Notice.ends_at))
    )
