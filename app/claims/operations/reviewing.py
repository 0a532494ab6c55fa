"""Review a claim, step back from one, declare with whom one has a conflict."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, exists, or_, select, true

from app.claims import queries, rules
from app.claims.events import ClaimReviewed, ReviewerSteppedBack
from app.claims.models import Claim, ClaimDecision, ClaimDraw, ClaimDrawEnd, ClaimEnd, ClaimReview, ReviewConflict
from app.claims.operations.holding import Opened, again, fill_seats, opened, seats_of
from app.kit import audit
from app.kit.bus import announce
from app.kit.db import db, insert_into
from app.kit.refusal import refuse_if
from app.kit.words import Words
from app.merits import pending
from app.merits.claiming import span_of
from app.people import queries as people
from app.people.models import Resident
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
    refuse_if(rules.review_refusal(drawn=seat is not None, reviewed=by.id in here.verdicts, now=here.state))
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
        fill_seats(here, seats=seats_of(here))
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
            reviewers=here.reviewers, at=here.at,
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
    decision = ClaimDecision(
        claim_id=here.row.id, confirmed=confirmed, honour=honour, points=points, by_id=by.id, at=here.at
    )
    db.session.add(decision)
    db.session.flush()


def step_back(claim_id: int, *, why: Words, by: Person, at: datetime) -> ClaimDrawEnd:
    """Leave a claim that one was drawn for, before reviewing it; somebody else is drawn."""
    here = opened(claim_id, at=at)
    seat = next((one for one in here.seated if one.reviewer_id == by.id), None)
    refuse_if(rules.review_refusal(drawn=seat is not None, reviewed=by.id in here.verdicts, now=here.state))
    assert seat is not None
    audit.note("claims.step_back", f"claim:{claim_id}", actor_id=by.id, at=at, place_id=here.row.community_id)
    return _leave(here, seat, why)


def _leave(here: Opened, seat: queries.AnyRow, why: Words) -> ClaimDrawEnd:
    ended = ClaimDrawEnd(draw_id=seat.id, why=why, at=here.at)
    db.session.add(ended)
    db.session.flush()
    announce(ReviewerSteppedBack(claim_id=here.row.id, reviewer_id=seat.reviewer_id, at=here.at))
    here = again(here)
    fill_seats(here, seats=seats_of(here))
    return ended


def declare_conflict(household_id: int, *, by: Person, at: datetime) -> None:
    """Never be drawn for claims of that household, and leave those that wait for one's review now. Twice is once."""
    row = {"reviewer_id": by.id, "household_id": household_id, "at": at}
    db.session.execute(insert_into(ReviewConflict).values(**row).on_conflict_do_nothing())
    audit.note("claims.declare_conflict", f"resident:{by.id}", actor_id=by.id, at=at)
    concerned = or_(Claim.household_id == household_id, Claim.other_household_id == household_id)
    _leave_all(by.id, Words(zh="需要回避", en="A conflict of interest"), concerned, at=at)


def leave_office(resident_id: int, *, at: datetime) -> None:
    """Whoever may review no longer leaves what waits for them, and others are drawn; nothing for who still may."""
    closed = db.session.scalars(select(Resident.disabled_at).where(Resident.id == resident_id)).one() is not None
    person = people.person(resident_id)
    if closed or person is None or not person.reaches(*rules.REVIEWERS, *rules.COMMITTEE):
        _leave_all(resident_id, Words(zh="不再担任评议工作", en="No longer a reviewer"), true(), at=at)


def _leave_all(reviewer_id: int, why: Words, which: ColumnElement[bool], *, at: datetime) -> None:
    """Those of their claims that still wait for them, household by household as everybody locks them."""
    drawn = select(Claim.id).join(ClaimDraw, ClaimDraw.claim_id == Claim.id).where(ClaimDraw.reviewer_id == reviewer_id)
    waiting = ~exists().where(ClaimDecision.claim_id == Claim.id), ~exists().where(ClaimEnd.claim_id == Claim.id)
    for claim_id in db.session.scalars(drawn.where(which, *waiting).order_by(Claim.household_id, Claim.id)).all():
        here = opened(claim_id, at=at)
        seat = next((one for one in here.seated if one.reviewer_id == reviewer_id), None)
        if seat is not None and reviewer_id not in here.verdicts and here.state in rules.UNDER_REVIEW:
            _leave(here, seat, why)
