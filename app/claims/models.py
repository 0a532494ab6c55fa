"""Claims, who was drawn to review them, what they said, and the batches that go on notice. All of it only grows."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.append_only import append_only
from app.kit.db import Base
from app.kit.words import Words


class Claim(Base):
    """A deed of one local day, claimed under a line. `honour` and `points` are what its limits left at that moment.

    `needs`: how many reviewers decide. `attempt` counts the same claimed anew after it was withdrawn, and its appeal: a
    household claims a deed of a line and a day for one person once. `agreed`: people on the photos have agreed to be
    shown. `entered_by_id`: who entered it for the household, where the line is one of an office; None for the
    claimant's own. `occasion` is the certificate or the event that the line counts once, as it was typed.
    `asks_neighbour`: the other household confirms it before it is reviewed.
    """

    __tablename__ = "claims"
    __table_args__ = (
        UniqueConstraint("household_id", "code", "deed_on", "resident_id", "attempt"),
        CheckConstraint("honour >= 0 AND points >= 0 AND honour + points > 0", name="amounts"),
        CheckConstraint("needs IN (1, 2)", name="needs"),
        CheckConstraint("other_household_id <> household_id", name="pair"),
        Index("ix_claims_community", "community_id", "claimed_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("tariff_lines.id"))
    code: Mapped[str] = mapped_column(String(16))
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"), index=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"))
    community_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    other_household_id: Mapped[int | None] = mapped_column(ForeignKey("households.id"), index=True)
    occasion: Mapped[str | None] = mapped_column(String(80))
    asks_neighbour: Mapped[bool | None]
    deed_on: Mapped[date]
    attempt: Mapped[int]
    title: Mapped[Words]
    text: Mapped[Words]
    spot: Mapped[Words]
    agreed: Mapped[bool]
    honour: Mapped[int]
    points: Mapped[int]
    needs: Mapped[int]
    claimed_at: Mapped[datetime]
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"), index=True)


class ClaimAddition(Base):
    """What the claimant added after the claim was sent back; `round` counts from 1, that of the claim itself is 0."""

    __tablename__ = "claim_additions"

    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id"), primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[Words]
    at: Mapped[datetime]


class ClaimPhoto(Base):
    """A picture of a claim, for those who review it."""

    __tablename__ = "claim_photos"
    __table_args__ = (UniqueConstraint("claim_id", "upload_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id"), index=True)
    upload_id: Mapped[int] = mapped_column(ForeignKey("uploads.id"))
    round: Mapped[int]


class ClaimNeighbour(Base):
    """What somebody of the other household said, once: it was so, or not and why."""

    __tablename__ = "claim_neighbours"
    __table_args__ = (CheckConstraint("yes OR why IS NOT NULL", name="reason"),)

    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id"), primary_key=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    yes: Mapped[bool]
    why: Mapped[Words | None]
    at: Mapped[datetime]


class ClaimDraw(Base):
    """Somebody was drawn to review a claim, once. `pool`: the own review group, another one's, or the committee."""

    __tablename__ = "claim_draws"
    __table_args__ = (
        UniqueConstraint("claim_id", "reviewer_id"),
        CheckConstraint("pool IN ('own', 'other', 'committee')", name="pool"),
        Index("ix_claim_draws_reviewer", "reviewer_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id"))
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    pool: Mapped[str] = mapped_column(String(12))
    at: Mapped[datetime]


class ClaimDrawEnd(Base):
    """A reviewer stepped back from a claim, or cannot review it any more, and why; somebody else is drawn."""

    __tablename__ = "claim_draw_ends"

    draw_id: Mapped[int] = mapped_column(ForeignKey("claim_draws.id"), primary_key=True)
    why: Mapped[Words]
    at: Mapped[datetime]


class ClaimReview(Base):
    """What a reviewer found in one round. `amount` is their choice where the line leaves a range."""

    __tablename__ = "claim_reviews"
    __table_args__ = (
        CheckConstraint("verdict IN ('confirm', 'not_confirmed', 'returned')", name="verdict"),
        CheckConstraint("verdict = 'confirm' OR why IS NOT NULL", name="reason"),
        CheckConstraint("amount > 0", name="amount"),
    )

    draw_id: Mapped[int] = mapped_column(ForeignKey("claim_draws.id"), primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True)
    verdict: Mapped[str] = mapped_column(String(16))
    amount: Mapped[int | None]
    why: Mapped[Words | None]
    at: Mapped[datetime]


class ClaimDecision(Base):
    """What came of the reviews, once. `honour` and `points` are what is posted when nobody objects.

    `appeal_until` is the local midnight that ends the last day to appeal, stored where a claim is not confirmed; None
    for an appeal itself, which is final.
    """

    __tablename__ = "claim_decisions"
    __table_args__ = (CheckConstraint("honour >= 0 AND points >= 0", name="amounts"),)

    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id"), primary_key=True)
    confirmed: Mapped[bool]
    honour: Mapped[int]
    points: Mapped[int]
    by_id: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    at: Mapped[datetime] = mapped_column(index=True)
    appeal_until: Mapped[datetime | None]


class ClaimEnd(Base):
    """How a claim ended, once: posted, withdrawn by the claimant, or an objection to it was upheld.

    `appeal_until` as with `ClaimDecision`, where an objection was upheld.
    """

    __tablename__ = "claim_ends"
    __table_args__ = (CheckConstraint("outcome IN ('posted', 'withdrawn', 'upheld')", name="outcome"),)

    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id"), primary_key=True)
    outcome: Mapped[str] = mapped_column(String(12))
    at: Mapped[datetime]
    appeal_until: Mapped[datetime | None]


class ClaimAppeal(Base):
    """The claimant appeals, once, and says why: the same deed is claimed again as `again_id`, for others to look at.

    `due_at` is the end of the working days that those others have.
    """

    __tablename__ = "claim_appeals"
    __table_args__ = (
        UniqueConstraint("again_id"),
        CheckConstraint("again_id > claim_id", name="later"),
        CheckConstraint("due_at > at", name="due"),
    )

    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id"), primary_key=True, autoincrement=False)
    again_id: Mapped[int] = mapped_column(ForeignKey("claims.id"))
    text: Mapped[Words]
    at: Mapped[datetime]
    due_at: Mapped[datetime]


class ClaimBatch(Base):
    """What a community settles together: the confirmed claims of a month, on notice as `claim-batch:7`."""

    __tablename__ = "claim_batches"
    __table_args__ = (UniqueConstraint("place_id", "month"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    month: Mapped[str] = mapped_column(String(7))
    opened_at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))


class ClaimBatchLine(Base):
    """A claim on the notice of its batch, once; `number` is its place there, from 1."""

    __tablename__ = "claim_batch_lines"
    __table_args__ = (UniqueConstraint("batch_id", "number"),)

    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id"), primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("claim_batches.id"))
    number: Mapped[int]


class ReviewConflict(Base):
    """A household that a reviewer does not judge, since they are related or close. It stands for good."""

    __tablename__ = "review_conflicts"

    reviewer_id: Mapped[int] = mapped_column(ForeignKey("residents.id"), primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"), primary_key=True)
    at: Mapped[datetime]


for _table in (
    Claim, ClaimAddition, ClaimPhoto, ClaimNeighbour, ClaimDraw, ClaimDrawEnd, ClaimReview, ClaimDecision, ClaimEnd,
    ClaimAppeal, ClaimBatch, ClaimBatchLine,
):  # fmt: skip
    append_only(_table.__table__)  # type: ignore[arg-type]
append_only(ReviewConflict.__table__, twice_is_once=True)  # type: ignore[arg-type]
