"""What people are told about claims: claimants how theirs goes on, reviewers what waits for them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.claims.events import (
    ClaimCompleted,
    ClaimEnded,
    ClaimEntered,
    ClaimPutUp,
    ClaimReviewed,
    NeighbourAnswered,
    NeighbourAsked,
    ReviewerDrawn,
    ReviewerSteppedBack,
    TooFewReviewers,
)
from app.claims.models import Claim
from app.kit.db import db
from app.kit.refusal import N_
from app.kit.words import Words
from app.merits.rules import OFFICES
from app.messages import operations as messages
from app.messages.rules import describe, describe_group
from app.notices.events import ObjectionFiled
from app.people.models import Resident
from app.telling.whom import adults_of, holders

describe_group("claims", N_("Claims"))
describe(
    "claims.entered",
    name=N_("A deed is entered for my household"),
    subject=N_('"%(deed)s" was entered for your household'),
    text=N_(
        "It was entered by %(office)s. Reviewers look at it, and it goes on public notice like every claim. "
        "If something is wrong, withdraw it on its page."
    ),
)
describe(
    "claims.neighbour",
    name=N_("A neighbour claims a deed done for my household"),
    subject=N_('Was it so? "%(deed)s"'),
    text=N_("A neighbour claims this deed, done for your household. Say yes or no; reviewers look at it after that."),
    way="now",
)
describe(
    "claims.put_up",
    name=N_("A claim of mine is on public notice"),
    subject=N_('Your claim "%(deed)s" is on public notice'),
    text=N_(
        'Your claim "%(deed)s" is on public notice until %(day)s. Without objections, %(points)s points will be posted.'
    ),
)
describe(
    "claims.returned",
    name=N_("A claim of mine is sent back"),
    subject=N_('Something is missing in your claim "%(deed)s"'),
    text=N_("The reviewer says what. Add it on the page of the claim, and the same reviewers look again."),
    way="now",
)
describe(
    "claims.confirmed",
    name=N_("A claim of mine is confirmed"),
    subject=N_('Your claim "%(deed)s" is confirmed'),
    text=N_("On the settlement day it goes on public notice with the others of the month."),
)
describe(
    "claims.not_confirmed",
    name=N_("A claim of mine is not confirmed"),
    subject=N_('Your claim "%(deed)s" is not confirmed'),
    text=N_("Its page gives the reason, and says until when you can appeal."),
)
describe(
    "claims.held",
    name=N_("Somebody objects to a claim of mine"),
    subject=N_('There is an objection to your claim "%(deed)s"'),
    text=N_("It is on hold until the committee has answered, and then goes on with the time it had left."),
)
describe(
    "claims.posted",
    name=N_("A claim of mine is posted"),
    subject=N_('Your claim "%(deed)s" is posted'),
    text=N_("Your statement shows the entry: %(points)s points, %(honour)s of honour."),
)
describe(
    "claims.upheld",
    name=N_("An objection to a claim of mine is upheld"),
    subject=N_('Your claim "%(deed)s" is not posted'),
    text=N_(
        "An objection to it was upheld. The notice gives the committee's answer, and the page of the claim says until "
        "when you can appeal."
    ),
)
describe(
    "claims.final",
    name=N_("An appeal of mine comes to nothing"),
    subject=N_('Nothing is posted for your claim "%(deed)s" after your appeal'),
    text=N_("The page of the appeal gives the reason. It was looked at anew, so this is final."),
)
describe(
    "claims.waits",
    name=N_("A claim waits for my review"),
    subject=N_('Please review the claim "%(deed)s"'),
    text=N_("You were drawn for it. If you are related or close to the household, step back from it."),
    way="now",
    duty=True,
)
describe(
    "claims.entry_returned",
    name=N_("What I entered for a household is sent back"),
    subject=N_('Something is missing in "%(deed)s", which you entered'),
    text=N_("The reviewer says what. Add it on the page of the claim, and the same reviewers look again."),
    way="now",
    duty=True,
)
describe(
    "claims.too_few",
    name=N_("A claim finds no reviewer in its own group"),
    subject=N_("A claim has too few reviewers"),
    text=N_("The review group has nobody left for it. Please see that somebody joins the group."),
    duty=True,
)


def entered(event: ClaimEntered) -> None:
    """Whom it counts for: a person, or everybody registered in a household."""
    home = Resident.household_id == event.household_id, Resident.verified_at.is_not(None)
    whom = (Resident.id == event.resident_id,) if event.household_id is None else home
    messages.tell_all(
        select(Resident.id).where(*whom), "claims.entered",
        values={"deed": event.title, "office": OFFICES[event.office].name}, href=f"/points/claims/{event.claim_id}",
        because=f"claim-entered:{event.claim_id}", at=event.at,
    )  # fmt: skip


def neighbour_asked(event: NeighbourAsked) -> None:
    """The adults of the other household; one of them answers for all."""
    messages.tell_all(
        adults_of(event.household_id, event.at), "claims.neighbour", values={"deed": event.title},
        href=f"/points/claims/{event.claim_id}/neighbour", because=_asked(event.claim_id), at=event.at,
    )  # fmt: skip


def neighbour_answered(event: NeighbourAnswered) -> None:
    messages.take_back(_asked(event.claim_id))


def drawn(event: ReviewerDrawn) -> None:
    _waits(event.claim_id, event.reviewer_id, event.title, event.at)


def completed(event: ClaimCompleted) -> None:
    for reviewer_id in event.reviewers:
        _waits(event.claim_id, reviewer_id, event.title, event.at)


def stepped_back(event: ReviewerSteppedBack) -> None:
    """It waits for somebody else now."""
    messages.take_back(_waiting(event.claim_id), residents=[event.reviewer_id])


def reviewed(event: ClaimReviewed) -> None:
    """The reviewers who were not needed any more need not look; the claimant hears what came of it.

    What is missing in an entry of an office is told to whoever entered it.
    """
    messages.take_back(_waiting(event.claim_id))
    because = f"claim-{event.outcome}:{event.claim_id}:{event.round}"
    entered_by = db.session.get_one(Claim, event.claim_id).entered_by_id if event.outcome == "returned" else None
    if entered_by is None:
        _tell(_kind(event), event, because)
        return
    messages.tell(
        [entered_by], "claims.entry_returned", values={"deed": event.title}, href=f"/points/claims/{event.claim_id}",
        because=because, at=event.at,
    )  # fmt: skip


def put_up(event: ClaimPutUp) -> None:
    values = {"points": max(event.points, event.honour), "day": event.until}
    _tell("claims.put_up", event, f"claim-put-up:{event.claim_id}", **values)


def held(event: ObjectionFiled) -> None:
    """Whoever claimed what is objected to; other notices have nobody of their own."""
    if not event.subject.startswith("claim-batch:"):
        return
    claim = db.session.get_one(Claim, int(event.line_key))
    messages.tell(
        [claim.resident_id], "claims.held", values={"deed": claim.title}, href=event.href,
        because=f"claim-held:{event.objection_id}", at=event.at,
    )  # fmt: skip


def ended(event: ClaimEnded) -> None:
    """Whoever withdrew a claim knows; its reviewers need not look any more."""
    messages.take_back(_waiting(event.claim_id), _asked(event.claim_id))
    if event.outcome != "withdrawn":
        values = {"points": event.points, "honour": event.honour}
        _tell(_kind(event), event, f"claim-{event.outcome}:{event.claim_id}", **values)


def too_few(event: TooFewReviewers) -> None:
    """The committee of the place, once for each claim."""
    messages.tell_all(
        holders("staff", at=event.community_path), "claims.too_few", values={},
        href=f"/points/claims/{event.claim_id}", because=f"claim-too-few:{event.claim_id}", at=event.at,
    )  # fmt: skip


def _waits(claim_id: int, reviewer_id: int, title: Words, at: datetime) -> None:
    """Once for each round: when a claim is sent back, what waited is taken back."""
    messages.tell(
        [reviewer_id], "claims.waits", values={"deed": title}, href=f"/points/claims/{claim_id}",
        because=_waiting(claim_id), at=at,
    )  # fmt: skip


def _asked(claim_id: int) -> str:
    return f"claim-neighbour:{claim_id}"


def _waiting(claim_id: int) -> str:
    return f"claim-waits:{claim_id}"


def _kind(event: ClaimReviewed | ClaimEnded) -> str:
    """What is decided against an appeal cannot be appealed again."""
    against = event.outcome in ("not_confirmed", "upheld")
    return "claims.final" if event.final and against else f"claims.{event.outcome}"


def _tell(kind: str, event: ClaimReviewed | ClaimPutUp | ClaimEnded, because: str, **values: Any) -> None:
    messages.tell(
        [event.resident_id], kind, values={"deed": event.title, **values}, href=f"/points/claims/{event.claim_id}",
        because=because, at=event.at,
    )  # fmt: skip
