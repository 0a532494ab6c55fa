"""Appeal what was decided against a claim: it is claimed once more, and others look at it."""

from __future__ import annotations

from datetime import datetime

from app.cases import rules as cases
from app.claims import appeal_rules, queries
from app.claims.models import Claim, ClaimAppeal
from app.claims.operations.holding import fill_seats, opened
from app.kit import clock
from app.kit.db import db
from app.kit.refusal import refuse_if
from app.kit.words import Words
from app.merits import pending
from app.people.rules import Person

_SAME = (
    "code", "resident_id", "household_id", "community_id", "other_household_id", "entered_by_id", "occasion", "deed_on",
    "title", "text", "spot", "agreed",
)  # fmt: skip


def appeal(claim_id: int, *, text: Words, by: Person, at: datetime) -> Claim:
    """Claim the same deed once more, for two who took no part; what comes of it is final. The new claim.

    Its month may be settled; its limits are read as they are now. Raises `Refused` when nothing is left under one.
    """
    first = opened(claim_id, at=at).row
    refuse_if(
        appeal_rules.appeal_refusal(
            by, resident_id=first.resident_id, household_id=first.household_id, until=first.appeal_until,
            again_id=first.again_id, at=at,
        )
    )  # fmt: skip
    starts, _ends = clock.day_bounds(first.deed_on)
    room = pending.room_for(
        first.code, resident_id=by.id, effective_at=starts, other_household_id=first.other_household_id,
        event=queries.event_of(claim_id), entered=first.entered_by_id is not None,
    )  # fmt: skip
    made = Claim(
        **{name: getattr(first, name) for name in _SAME}, line_id=room.line.id, attempt=first.attempt + 1,
        honour=room.earned.honour, points=room.earned.points, needs=appeal_rules.NEEDS, claimed_at=at,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    due_at = cases.decision_due(at)
    db.session.add(ClaimAppeal(claim_id=claim_id, again_id=made.id, text=text, at=at, due_at=due_at))
    pending.propose(room, because=queries.because_of(made.id))
    fill_seats(opened(made.id, at=at))
    return made
