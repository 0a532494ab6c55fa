"""Claim a deed, add what is missing, withdraw it."""

from __future__ import annotations

from datetime import date, datetime

from app.claims import appeal_rules, asking, entry_rules, queries, rules
from app.claims.events import ClaimCompleted, ClaimEnded, NeighbourAsked
from app.claims.models import Claim, ClaimAddition, ClaimEnd, ClaimPhoto
from app.claims.operations.holding import again, appeal_until, fill_seats, opened
from app.kit import clock
from app.kit.bus import announce
from app.kit.db import db
from app.kit.refusal import Refused, refuse_if
from app.kit.words import Words
from app.merits import pending
from app.notices import operations as notices
from app.people.rules import Person
from app.points import operations as points


def claim(
    code: str, *, deed_on: date, title: Words, text: Words, spot: Words, by: Person, at: datetime,
    other_household_id: int | None = None, occasion: str | None = None, photos: int = 0, agreed: bool = False,
    entered_by: Person | None = None,
) -> Claim:  # fmt: skip
    """Claim a deed of that local day under a line of the tariff; its limits are filled, its reviewers drawn.

    Where the line wants both sides, the other household is asked first, and reviewers are drawn once it agrees.
    `entered_by`: who of an office enters it for `by` (see `entering.enter`). Raises `Refused` when the day is not open,
    the deed was claimed before, something is missing that the line asks for, or nothing is left under a limit.
    """
    terms = queries.terms_at(by.community_path)
    refuse_if(rules.claim_refusal(by, deed_on, today=clock.local(at).date(), terms=terms))
    refuse_if(rules.agreed_refusal(photos=photos, agreed=agreed))
    assert by.household_id is not None
    assert by.community_id is not None
    points.lock_household(by.household_id)
    attempt = _next_attempt(code, deed_on, by, own=entered_by is None)
    key = asking.occasion_key(occasion, by.community_path)
    room = pending.room_for(
        code, resident_id=by.id, effective_at=clock.at_local(deed_on), other_household_id=other_household_id, event=key,
        entered=entered_by is not None,
    )  # fmt: skip
    line, earned = room.line, room.earned
    refuse_if(asking.missing_refusal(line, named=bool(key), paired=other_household_id is not None, photos=photos))
    made = Claim(
        line_id=line.id, code=line.code, resident_id=by.id, household_id=by.household_id,
        community_id=by.community_id, other_household_id=other_household_id, occasion=occasion,
        asks_neighbour=asking.asks_neighbour(line), deed_on=deed_on, attempt=attempt, title=title, text=text,
        spot=spot, agreed=agreed, honour=earned.honour, points=earned.points,
        needs=rules.needs(earned.honour, earned.points, terms), claimed_at=at,
        entered_by_id=entered_by.id if entered_by else None,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    pending.propose(room, because=queries.because_of(made.id))
    fill_seats(opened(made.id, at=at))
    if made.asks_neighbour and other_household_id is not None:
        announce(NeighbourAsked(claim_id=made.id, household_id=other_household_id, title=title, at=at))
    return made


def _next_attempt(code: str, deed_on: date, by: Person, *, own: bool) -> int:
    """How often the same was claimed and withdrawn before. Raises `Refused` when one stands, or stood badly.

    Whoever claims for themselves is shown the one that stands; an office may not be allowed to see it.
    """
    before = queries.same(by, code, deed_on)
    for one in before:
        if one.ended != "withdrawn":
            raise Refused(rules.again_refusal(one.claimed_at, href=f"/points/claims/{one.id}" if own else None))
    refuse_if(appeal_rules.withdrawn_refusal(not_confirmed=any(one.not_confirmed for one in before)))
    return len(before)


def attach(claim_id: int, upload_id: int, *, round: int) -> None:
    """Put a picture to a claim."""
    db.session.add(ClaimPhoto(claim_id=claim_id, upload_id=upload_id, round=round))
    db.session.flush()


def complete(
    claim_id: int, *, text: Words, by: Person, at: datetime, photos: int = 0, agreed: bool = False
) -> ClaimAddition:
    """Add what was missing to a claim that was sent back; the same reviewers look again, as far as they may."""
    here = opened(claim_id, at=at)
    row = here.row
    refuse_if(rules.complete_refusal(mine=entry_rules.is_to_complete(row, by), now=here.state))
    refuse_if(rules.agreed_refusal(photos=photos, agreed=agreed or row.agreed))
    addition = ClaimAddition(claim_id=claim_id, round=row.round + 1, text=text, at=at)
    db.session.add(addition)
    db.session.flush()
    here = fill_seats(again(here))
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
    refuse_if(rules.withdraw_refusal(mine=entry_rules.is_to_withdraw(here.row, by), now=here.state))
    if here.row.batch_id is not None:
        notices.take_back(queries.subject_of(here.row.batch_id), str(claim_id), by_id=by.id, at=at)
    pending.drop(queries.because_of(claim_id), at=at)
    return end(here.row, "withdrawn", at=at, reviewers=here.reviewers)


def end(row: queries.AnyRow, outcome: str, *, at: datetime, reviewers: tuple[int, ...] = ()) -> ClaimEnd:
    """Write down how a claim ended, once, and tell."""
    until = appeal_until(row, at) if outcome == "upheld" else None
    ended = ClaimEnd(claim_id=row.id, outcome=outcome, at=at, appeal_until=until)
    db.session.add(ended)
    db.session.flush()
    announce(
        ClaimEnded(
            claim_id=row.id, resident_id=row.resident_id, title=row.title, outcome=outcome,
            points=row.granted_points or 0, honour=row.granted_honour or 0, reviewers=reviewers,
            final=row.first_id is not None, at=at,
        )
    )  # fmt: skip
    return ended
