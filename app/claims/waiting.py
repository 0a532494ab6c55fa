"""What waits for reviewers, and the claims that wait for one; with whom somebody has a conflict."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, select

from app.claims import drawing, rules
from app.claims.models import Claim, ClaimDecision, ClaimDraw, ClaimEnd, ClaimReview, ReviewConflict
from app.claims.queries import ROUND, AnyRow, claims, draws, has_ended, terms_at, verdicts
from app.claims.rules import Terms
from app.kit.db import db
from app.kit.tasks import Waiting
from app.people.models import Household
from app.people.rules import Person
from app.places.models import Place

MOST_TASKS = 20
UNDECIDED: tuple[ColumnElement[bool], ...] = (ClaimDecision.claim_id.is_(None), ClaimEnd.claim_id.is_(None))


def waiting_for(person: Person) -> Sequence[AnyRow]:
    """Claims under review that this person was drawn for and has not reviewed in their running round, oldest first."""
    drawn = ClaimDraw.claim_id == Claim.id, ClaimDraw.reviewer_id == person.id
    reviewed = exists().where(ClaimReview.draw_id == ClaimDraw.id, ClaimReview.round == ROUND)
    mine = exists().where(*drawn, ~has_ended(), ~reviewed)
    of_round = ClaimReview.draw_id == ClaimDraw.id, ClaimReview.round == ROUND, ClaimReview.verdict == "returned"
    sent_back = exists().where(ClaimDraw.claim_id == Claim.id, *of_round)
    return db.session.execute(
        claims(*UNDECIDED, mine, ~sent_back).order_by(Claim.claimed_at, Claim.id).limit(100)
    ).all()


def tasks_for(person: Person, at: datetime) -> list[Waiting]:
    """For the work list: appeals by their own day, other claims by the day on which their month is settled."""
    if not person.reaches(*rules.SETTLERS):
        return []
    terms: dict[str, Terms] = {}
    found = []
    for row in waiting_for(person)[:MOST_TASKS]:
        if row.place_path not in terms:
            terms[row.place_path] = terms_at(row.place_path)
        own = terms[row.place_path]
        due_at = row.appeal_due_at or rules.settles_at(rules.month_of(row.deed_on, own), own)
        found.append(Waiting("claim_review", row.title, f"/points/claims/{row.id}", row.claimed_at, due_at))
    return found


def short_of_reviewers(*which: ColumnElement[bool]) -> list[int]:
    """The claims under review where a seat is empty, or its reviewer cannot speak any more; as everybody locks them.

    Three statements, however many there are.
    """
    rows = db.session.execute(claims(*UNDECIDED, *which).order_by(Claim.household_id, Claim.id)).all()
    said, seats = verdicts(rows), defaultdict(list)
    for one in draws(*(row.id for row in rows)) if rows else ():
        if one.stepped_back is None:
            seats[one.claim_id].append(one)
    return [row.id for row in rows if _is_short(row, seats[row.id], said.get(row.id, {}))]


def _is_short(row: AnyRow, seats: Sequence[Any], said: dict[int, str]) -> bool:
    if "returned" in said.values() or (row.asks_neighbour and row.neighbour_yes is None):
        return False  # it waits for its claimant, or for the other household
    stays = drawing.standing(seats, said)
    return len(stays) < max(len(seats), rules.seats(row.needs, said))


def conflicts_of(reviewer_id: int) -> Sequence[AnyRow]:
    """The households that a reviewer never judges: group, door, and since when."""
    columns: tuple[Any, ...] = (Household.door, Place.name.label("group"), ReviewConflict.at)
    return db.session.execute(
        select(*columns)
        .join(Household, Household.id == ReviewConflict.household_id)
        .join(Place, Place.id == Household.group_id)
        .where(ReviewConflict.reviewer_id == reviewer_id)
        .order_by(ReviewConflict.at, ReviewConflict.household_id)
    ).all()
