"""Review a claim, step back from one, declare with whom one has a conflict."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, exists

from app.claims import queries, rules, waiting
from app.claims.events import ClaimReviewed
from app.claims.models import Claim, ClaimDecision, ClaimDraw, ClaimDrawEnd, ClaimReview, ReviewConflict
from app.claims.operations.holding import Opened, again, appeal_until, fill_seats, leave, opened
from app.kit import audit
from app.kit.bus import announce
from app.kit.db import db, insert_into
from app.kit.refusal import refuse_if
from app.kit.words import Words
from app.merits import pending
from app.merits.claiming import span_of
from app.people.rules import Person


def review(
    claim_id: int, *, verdict: str, amount: int | None, why: Words | None, by: Person, at: datetime
) -> ClaimReview:
    """Say what one found: `confirm`, `not_confirmed` or `returned`. The last review that is needed decides.

    Where the line leaves a choice, `amount` is the reviewer's; of several the smallest holds.
    """
    here = opened(claim_id, at=at)
    row = here.row
    seat = next((one for one in here.seated if one.reviewer_id == by.id), None)
    refuse_if(rules.own_refusal(by, resident_id=row.resident_id, household_id=row.household_id))
    refuse_if(
        rules.review_refusal(
            drawn=seat is not None, reviewed=by.id in here.verdicts, now=here.state, stands=seat in here.standing
        )
    )
    refuse_if(rules.reason_refusal(verdict, why))
    if verdict == "confirm":
        refuse_if(rules.choice_refusal(amount, span_of(row.assets), most=max(row.honour, row.points)))
    assert seat is not None
    said = ClaimReview(
        draw_id=seat.id,
        round=row.round,
        verdict=verdict,
        amount=amount if verdict == "confirm" else None,
        why=why,
        at=at,
    )
    db.session.add(said)
    db.session.flush()
    audit.note("claims.review", f"claim:{claim_id}", actor_id=by.id, at=at, place_id=row.community_id, outcome=verdict)
    _conclude(again(here), by)
    return said


def _conclude(here: Opened, by: Person) -> None:
    """What the reviews of this round lead to: a decision, a note to the claimant, or one more reviewer."""
    row, outcome = here.row, rules.outcome(here.row.needs, here.verdicts)
    if outcome is None:
        fill_seats(here)
        return
    if outcome == "confirm":
        _confirm(here, by)
    elif outcome == "not_confirmed":
        pending.drop(queries.because_of(row.id), at=here.at)
        _decide(here, by, confirmed=False, honour=0, points=0)
    told = {"confirm": "confirmed"}.get(outcome, outcome)
    announce(
        ClaimReviewed(
            claim_id=row.id, resident_id=row.resident_id, title=row.title, outcome=told, round=row.round,
            reviewers=here.reviewers, final=row.first_id is not None, at=here.at,
        )
    )  # fmt: skip


def _confirm(here: Opened, by: Person) -> None:
    row = here.row
    chosen = [one.amount for one in queries.reviews(row.id) if one.round == row.round and one.amount is not None]
    honour, points = (min([amount, *chosen]) for amount in (row.honour, row.points))
    if chosen:
        pending.lower(queries.because_of(row.id), min(chosen))
    _decide(here, by, confirmed=True, honour=honour, points=points)


def _decide(here: Opened, by: Person, *, confirmed: bool, honour: int, points: int) -> None:
    until = None if confirmed else appeal_until(here.row, here.at)
    decision = ClaimDecision(
        claim_id=here.row.id, confirmed=confirmed, honour=honour, points=points, by_id=by.id, at=here.at,
        appeal_until=until,
    )  # fmt: skip
    db.session.add(decision)
    db.session.flush()


def step_back(claim_id: int, *, why: Words, by: Person, at: datetime) -> ClaimDrawEnd:
    """Leave a claim that one was drawn for, before reviewing it; somebody else is drawn."""
    here = opened(claim_id, at=at)
    seat = next((one for one in here.seated if one.reviewer_id == by.id), None)
    refuse_if(rules.review_refusal(drawn=seat is not None, reviewed=by.id in here.verdicts, now=here.state))
    assert seat is not None
    audit.note("claims.step_back", f"claim:{claim_id}", actor_id=by.id, at=at, place_id=here.row.community_id)
    ended = leave(here, seat, why)
    fill_seats(again(here))
    return ended


def declare_conflict(household_id: int, *, by: Person, at: datetime) -> None:
    """Never be drawn for claims of that household, and leave those that wait for one's review now. Twice is once."""
    row = {"reviewer_id": by.id, "household_id": household_id, "at": at}
    db.session.execute(insert_into(ReviewConflict).values(**row).on_conflict_do_nothing())
    audit.note("claims.declare_conflict", f"resident:{by.id}", actor_id=by.id, at=at)
    _fill(_drawn(by.id), at)


def leave_office(resident_id: int, *, at: datetime) -> None:
    """Whoever may review no longer leaves what waits for them, and others are drawn; nothing for who still may."""
    _fill(_drawn(resident_id), at)


def fill_due(at: datetime) -> int:
    """For `flask tick`: seats of those who cannot speak any more, and empty ones; in how many claims somebody new sits.

    So a reviewer who joins the group is drawn for what waits for one.
    """
    return _fill((), at)


def _drawn(reviewer_id: int) -> tuple[ColumnElement[bool]]:
    return (exists().where(ClaimDraw.claim_id == Claim.id, ClaimDraw.reviewer_id == reviewer_id),)


def _fill(which: tuple[ColumnElement[bool], ...], at: datetime) -> int:
    return sum(_fill_one(claim_id, at) for claim_id in waiting.short_of_reviewers(*which))


def _fill_one(claim_id: int, at: datetime) -> bool:
    here = opened(claim_id, at=at)
    return here.state in rules.UNDER_REVIEW and fill_seats(here).reviewers != here.reviewers
