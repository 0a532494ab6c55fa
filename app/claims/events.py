"""What claims announce."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from app.kit.words import Words


@dataclass(frozen=True)
class ClaimEntered:
    """An office (`merits.rules.OFFICES`) entered a deed for somebody, or for the whole of `household_id`."""

    claim_id: int
    resident_id: int
    household_id: int | None
    title: Words
    office: str
    at: datetime


@dataclass(frozen=True)
class NeighbourAsked:
    """Another household is to say whether a deed was so, before anybody reviews it."""

    claim_id: int
    household_id: int
    title: Words
    at: datetime


@dataclass(frozen=True)
class NeighbourAnswered:
    """Somebody of that household has said so: the others need not."""

    claim_id: int
    at: datetime


@dataclass(frozen=True)
class ReviewerDrawn:
    """Somebody is to review a claim."""

    claim_id: int
    reviewer_id: int
    title: Words
    at: datetime


@dataclass(frozen=True)
class ReviewerSteppedBack:
    """Somebody no longer reviews a claim."""

    claim_id: int
    reviewer_id: int
    at: datetime


@dataclass(frozen=True)
class TooFewReviewers:
    """Nobody is left who may review a claim: the committee is told."""

    claim_id: int
    community_path: str
    at: datetime


@dataclass(frozen=True)
class ClaimReviewed:
    """The reviews of a round led to something: `confirmed`, `not_confirmed` or `returned`; `final` on an appeal."""

    claim_id: int
    resident_id: int
    title: Words
    outcome: str
    round: int
    reviewers: tuple[int, ...]
    final: bool
    at: datetime


@dataclass(frozen=True)
class ClaimCompleted:
    """The claimant added what was missing: the same reviewers look again."""

    claim_id: int
    title: Words
    round: int
    reviewers: tuple[int, ...]
    at: datetime


@dataclass(frozen=True)
class ClaimPutUp:
    """A claim went on public notice with its batch; `until` is its last day."""

    claim_id: int
    resident_id: int
    title: Words
    points: int
    honour: int
    until: date
    at: datetime


@dataclass(frozen=True)
class ClaimEnded:
    """A claim ended: `posted`, `withdrawn` or `upheld`; `final` when it was an appeal."""

    claim_id: int
    resident_id: int
    title: Words
    outcome: str
    points: int
    honour: int
    reviewers: tuple[int, ...]
    final: bool
    at: datetime
