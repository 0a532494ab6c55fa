"""Claim a deed, add what is missing, withdraw it."""

from __future__ import annotations

from datetime import date, datetime

from app.claims import queries, rules
from app.claims.events import ClaimCompleted, ClaimEnded
from app.claims.models import Claim, ClaimAddition, ClaimEnd, ClaimPhoto
from app.claims.operations.holding import again, fill_seats, opened, seats_of
from app.kit import clock
from app.kit.bus import announce
from app.kit.db import db
from app.kit.refusal import refuse_if
from app.kit.words import Words
from app.merits import pending
from app.notices import operations as notices
from app.people.rules import Person
from app.points import operations as points


def claim(
    code: str, *, deed_on: date, title: Words, text: Words, spot: Words, by: Person, at: datetime,
    other_household_id: int | None = None, photos: int = 0, agreed: bool = False,
) -> Claim:  # fmt: skip
    """Claim a deed of that local day under a line of the tariff; its limits are filled, its reviewers drawn.

    Raises `Refused` when the day is not open, the deed was claimed before, or nothing is left under a limit.
    """
    terms = queries.terms_at(by.community_path)
    refuse_if(rules.claim_refusal(by, deed_on, today=clock.local(at).date(), terms=terms))
    refuse_if(rules.agreed_refusal(photos=photos, agreed=agreed))
    assert by.household_id is not None
    assert by.community_id is not None
    points.lock_household(by.household_id)
    before = queries.same(by, code, deed_on)
    standing = [one.claimed_at for one in before if one.ended != "withdrawn"]
    refuse_if(rules.again_refusal(standing[-1]) if standing else None)
    starts, _ends = clock.day_bounds(deed_on)
    room = pending.room_for(code, resident_id=by.id, effective_at=starts, other_household_id=other_household_id)
    earned = room.earned
    made = Claim(
        line_id=room.line.id, code=room.line.code, resident_id=by.id, household_id=by.household_id,
        community_id=by.community_id, other_household_id=other_household_id, deed_on=deed_on, attempt=len(before),
        title=title, text=text, spot=spot, agreed=agreed, honour=earned.honour, points=earned.points,
        needs=rules.needs(earned.honour, earned.points, terms), claimed_at=at,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    pending.propose(room, because=queries.because_of(made.id))
    here = opened(made.id, at=at)
    fill_seats(here, seats=seats_of(here))
    return made


def attach(claim_id: int, upload_id: int, *, round: int) -> None:
    """Put a picture to a claim."""
    db.session.add(ClaimPhoto(claim_id=claim_id, upload_id=upload_id, round=round))
    db.session.flush()


def complete(
    claim_id: int, *, text: Words, by: Person, at: datetime, photos: int = 0, agreed: bool = False
) -> ClaimAddition:
    """Add what was missing to a claim that was sent back; the same reviewers look again."""
    here = opened(claim_id, at=at)
    row = here.row
    refuse_if(rules.complete_refusal(mine=row.resident_id == by.id, now=here.state))
    refuse_if(rules.agreed_refusal(photos=photos, agreed=agreed or row.agreed))
    addition = ClaimAddition(claim_id=claim_id, round=row.round + 1, text=text, at=at)
    db.session.add(addition)
    db.session.flush()
    here = again(here)
    fill_seats(here, seats=seats_of(here))
    announce(
        ClaimCompleted(
            claim_id=claim_id, title=row.title, round=addition.round, reviewers=here.reviewers, at=at
        )
    )  # fmt: skip
    return addition


def withdraw(claim_id: int, *, by: Person, at: datetime) -> ClaimEnd:
    """Take one's own claim back before its notice has ended: its limits are free again."""
    hangs_on = queries.subject_about(claim_id)
    if hangs_on is not None:
        notices.hold_still(hangs_on)  # before the household, as whoever posts does
    here = opened(claim_id, at=at)
    refuse_if(rules.withdraw_refusal(mine=here.row.resident_id == by.id, now=here.state))
    if here.row.batch_id is not None:
        notices.take_back(queries.subject_of(here.row.batch_id), str(claim_id), by_id=by.id, at=at)
    pending.drop(queries.because_of(claim_id), at=at)
    return end(here.row, "withdrawn", at=at, reviewers=here.reviewers)


def end(row: queries.AnyRow, outcome: str, *, at: datetime, reviewers: tuple[int, ...] = ()) -> ClaimEnd:
    """Write down how a claim ended, once, and tell."""
    ended = ClaimEnd(claim_id=row.id, outcome=outcome, at=at)
    db.session.add(ended)
    db.session.flush()
    announce(
        ClaimEnded(
            claim_id=row.id, resident_id=row.resident_id, title=row.title, outcome=outcome,
            points=row.granted_points or 0, honour=row.granted_honour or 0, reviewers=reviewers, at=at,
        )
    )  # fmt: skip
    return ended
