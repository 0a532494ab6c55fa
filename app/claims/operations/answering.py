"""The other household of a deed says whether it was so."""

from __future__ import annotations

from datetime import datetime

from app.claims import asking, queries
from app.claims.events import ClaimReviewed, NeighbourAnswered
from app.claims.models import ClaimDecision, ClaimNeighbour
from app.claims.operations.holding import Opened, again, appeal_until, fill_seats, opened
from app.kit import clock
from app.kit.bus import announce
from app.kit.db import db
from app.kit.refusal import refuse_if
from app.kit.words import Words
from app.merits import pending
from app.people.rules import Person


def answer_neighbour(claim_id: int, *, yes: bool, why: Words | None, by: Person, at: datetime) -> ClaimNeighbour:
    """It was so, and reviewers are drawn; or it was not, and the claim ends as not confirmed, for that reason."""
    here = opened(claim_id, at=at)
    row, today = here.row, clock.local(at).date()
    refuse_if(
        asking.answer_refusal(
            by, claimant_id=row.resident_id, other_household_id=row.other_household_id, today=today, now=here.state
        )
    )
    refuse_if(asking.no_reason_refusal(yes, why))
    answer = ClaimNeighbour(claim_id=claim_id, by_id=by.id, yes=yes, why=None if yes else why, at=at)
    db.session.add(answer)
    db.session.flush()
    announce(NeighbourAnswered(claim_id=claim_id, at=at))
    if yes:
        fill_seats(again(here))
    else:
        _was_not_so(here, by)
    return answer


def _was_not_so(here: Opened, by: Person) -> None:
    pending.drop(queries.because_of(here.row.id), at=here.at)
    decision = ClaimDecision(
        claim_id=here.row.id, confirmed=False, honour=0, points=0, by_id=by.id, at=here.at,
        appeal_until=appeal_until(here.row, here.at),
    )  # fmt: skip
    db.session.add(decision)
    db.session.flush()
    announce(
        ClaimReviewed(
            claim_id=here.row.id, resident_id=here.row.resident_id, title=here.row.title, outcome="not_confirmed",
            round=here.row.round, reviewers=(), final=False, at=here.at,
        )
    )  # fmt: skip
