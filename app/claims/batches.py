"""Reads of batches: what a community settles together, and what waits for the next settlement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from app.claims.models import (
    Claim,
    ClaimBatch,
    ClaimBatchLine,
    ClaimDecision,
    ClaimDraw,
    ClaimEnd,
    ClaimReview,
)
from app.claims.queries import AnyRow, claims, subject_of
from app.kit.db import db
from app.kit.paging import Slice, slice_of
from app.kit.periods import Period, named
from app.merits.models import TariffLine
from app.notices import queries as notices
from app.notices.queries import NoticeView
from app.notices.rules import Part
from app.people.models import Resident
from app.places.models import Place


def ready(place_id: int, until: datetime) -> Sequence[AnyRow]:
    """The claims of a community that were confirmed by then and wait for a batch, in the order of their sheet."""
    waits = ClaimDecision.confirmed.is_(True), ClaimDecision.at <= until, ClaimEnd.claim_id.is_(None)
    query = claims(Claim.community_id == place_id, *waits, ClaimBatchLine.claim_id.is_(None))
    return db.session.execute(query.order_by(TariffLine.heading, Claim.code, Claim.deed_on, Claim.id)).all()


def batch(batch_id: int) -> AnyRow | None:
    """A batch with its place, and who opened it."""
    columns: tuple[Any, ...] = (
        *ClaimBatch.__table__.columns, Place.name.label("place"), Place.path.label("place_path"),
        Place.committee.label("committee"), Resident.family_name, Resident.given_name,
    )  # fmt: skip
    return db.session.execute(
        select(*columns)
        .join(Place, Place.id == ClaimBatch.place_id)
        .outerjoin(Resident, Resident.id == ClaimBatch.by_id)
        .where(ClaimBatch.id == batch_id)
    ).one_or_none()


def batch_of(place_id: int, month: str) -> int | None:
    mine = ClaimBatch.place_id == place_id, ClaimBatch.month == month
    return db.session.scalar(select(ClaimBatch.id).where(*mine))


def batches(path: str, after: str | None) -> Slice:
    """The batches of a place and what lies below it, the latest first; `lines` counts the claims on each."""
    lines = select(func.count()).where(ClaimBatchLine.batch_id == ClaimBatch.id).correlate(ClaimBatch).scalar_subquery()
    columns: tuple[Any, ...] = (
        ClaimBatch.id, ClaimBatch.month, ClaimBatch.opened_at, Place.name.label("place"), lines.label("lines"),
    )  # fmt: skip
    query = select(*columns).join(Place, Place.id == ClaimBatch.place_id)
    return slice_of(query.where(Place.path.startswith(path, autoescape=True)), ClaimBatch.id, after=after)


def batch_lines(batch_id: int) -> Sequence[AnyRow]:
    """The claims of a batch in the order of its sheet."""
    return db.session.execute(claims(ClaimBatchLine.batch_id == batch_id).order_by(ClaimBatchLine.number)).all()


def reviewers_of(claim_ids: Sequence[int]) -> Mapping[int, list[AnyRow]]:
    """Who confirmed each of these claims: names, by claim."""
    columns: tuple[Any, ...] = (ClaimDraw.claim_id, Resident.id, Resident.family_name, Resident.given_name)
    said = ClaimDraw.claim_id.in_(claim_ids), ClaimReview.verdict == "confirm"
    query = (
        select(*columns)
        .join(ClaimReview, ClaimReview.draw_id == ClaimDraw.id)
        .join(Resident, Resident.id == ClaimDraw.reviewer_id)
        .where(*said)
        .distinct()
    )
    found: dict[int, list[AnyRow]] = defaultdict(list)
    for one in db.session.execute(query.order_by(ClaimDraw.claim_id, Resident.id)):
        found[one.claim_id].append(one)
    return found


def parts_in(rows: Sequence[AnyRow]) -> Mapping[str, list[Part]]:
    """Who has a part in each of these claims, by its key: who claims it or entered it, who was helped, who reviewed."""
    found = {str(row.id): [Part(row.resident_id, row.household_id)] for row in rows}
    for row in rows:
        if row.other_household_id is not None:
            found[str(row.id)].append(Part(household_id=row.other_household_id))
        if row.entered_by_id is not None:
            found[str(row.id)].append(Part(row.entered_by_id))
    columns: tuple[Any, ...] = (ClaimDraw.claim_id, Resident.id, Resident.household_id)
    reviewed = (
        select(*columns)
        .join(ClaimReview, ClaimReview.draw_id == ClaimDraw.id)
        .join(Resident, Resident.id == ClaimDraw.reviewer_id)
        .where(ClaimDraw.claim_id.in_([row.id for row in rows]))
        .distinct()
    )
    for one in db.session.execute(reviewed.order_by(ClaimDraw.claim_id, Resident.id)):
        found[str(one.claim_id)].append(Part(one.id, one.household_id))
    return found


def places_with_ready(until: datetime) -> Sequence[int]:
    """The communities where confirmed claims wait for a batch."""
    waits = ClaimDecision.confirmed.is_(True), ClaimDecision.at <= until, ClaimEnd.claim_id.is_(None)
    query = (
        select(Claim.community_id)
        .join(ClaimDecision, ClaimDecision.claim_id == Claim.id)
        .outerjoin(ClaimEnd, ClaimEnd.claim_id == Claim.id)
        .outerjoin(ClaimBatchLine, ClaimBatchLine.claim_id == Claim.id)
        .where(*waits, ClaimBatchLine.claim_id.is_(None))
    )
    return sorted(set(db.session.scalars(query)))


def unsettled() -> Sequence[int]:
    """The batches with a claim that has not ended yet."""
    query = (
        select(ClaimBatchLine.batch_id)
        .outerjoin(ClaimEnd, ClaimEnd.claim_id == ClaimBatchLine.claim_id)
        .where(ClaimEnd.claim_id.is_(None))
    )
    return sorted(set(db.session.scalars(query)))


def month_named(key: str) -> Period:
    """The month of a batch."""
    month = named(key)
    assert month is not None
    return month


def notice_of(batch_id: int, at: datetime) -> NoticeView | None:
    """The public notice of a batch as it stands."""
    return notices.notice_of(subject_of(batch_id), at)


def under_review(place_id: int) -> int:
    """How many claims of a community have not been decided yet."""
    query = (
        select(func.count())
        .select_from(Claim)
        .outerjoin(ClaimDecision, ClaimDecision.claim_id == Claim.id)
        .outerjoin(ClaimEnd, ClaimEnd.claim_id == Claim.id)
    )
    undecided = Claim.community_id == place_id, ClaimDecision.claim_id.is_(None), ClaimEnd.claim_id.is_(None)
    return db.session.scalar(query.where(*undecided)) or 0
