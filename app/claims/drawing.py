"""Who is drawn to review a claim: by little work lately, then by a lot that anybody can draw again (I22).

The lot is the digest of the numbers of claim and reviewer. Nobody is drawn for the own household, for one that the deed
was done for, or for one that they declared a conflict with. Where the own review group has nobody left, that of another
community of the street is asked, then the committee.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, literal, or_, select

from app.claims import rules
from app.claims.models import ClaimDraw, ReviewConflict
from app.kit.db import db
from app.people.models import Resident, Role
from app.places.models import Place

POOLS = ("own", "other", "committee")


def drawn(claim: Any, *, place_path: str, seats: int, already: Collection[int], at: datetime) -> list[tuple[int, str]]:
    """Reviewers for so many seats of a claim, each with the pool they come from; fewer when nobody is left.

    `already` are those who were drawn for it before, whether they stayed or not.
    """
    chosen: list[tuple[int, str]] = []
    for pool in POOLS:
        if len(chosen) < seats:
            taken = {*already, *(one for one, _pool in chosen)}
            found = _candidates(claim, _of_pool(pool, place_path), taken, at)
            chosen += [(one, pool) for one in found[: seats - len(chosen)]]
    return chosen


def _of_pool(pool: str, place_path: str) -> ColumnElement[bool]:
    reaches = literal(place_path).startswith(Place.path)
    if pool == "committee":
        return and_(Role.role.in_(rules.COMMITTEE), reaches)
    street = "/".join(place_path.split("/")[:-2]) + "/"  # what is above the community
    same_street = and_(Place.path.startswith(street, autoescape=True), ~reaches)
    return and_(Role.role.in_(rules.REVIEWERS), reaches if pool == "own" else same_street)


def _candidates(claim: Any, pool: ColumnElement[bool], taken: Collection[int], at: datetime) -> list[int]:
    """Who may be drawn, whoever had least to do lately first."""
    homes = [one for one in (claim.household_id, claim.other_household_id) if one is not None]
    concerned = ReviewConflict.reviewer_id == Resident.id, ReviewConflict.household_id.in_(homes)
    lately = ClaimDraw.reviewer_id == Resident.id, ClaimDraw.at > at - rules.LATELY
    work = select(func.count()).where(*lately).correlate(Resident).scalar_subquery()
    columns: tuple[Any, ...] = (Resident.id, work.label("work"))
    rows = db.session.execute(
        select(*columns)
        .join(Role, Role.resident_id == Resident.id)
        .join(Place, Place.id == Role.place_id)
        .where(
            Role.ended_at.is_(None), Resident.disabled_at.is_(None), pool, Resident.id.not_in(taken),
            Resident.id != claim.resident_id,
            or_(Resident.household_id.is_(None), Resident.household_id.not_in(homes)), ~exists().where(*concerned),
        )
        .distinct()
    ).all()  # fmt: skip
    return [row.id for row in sorted(rows, key=lambda row: (row.work, lot(claim.id, row.id)))]


def lot(claim_id: int, reviewer_id: int) -> str:
    """What decides between reviewers who had equally much to do."""
    return hashlib.sha256(f"{claim_id}:{reviewer_id}".encode()).hexdigest()
