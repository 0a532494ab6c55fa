"""Claims that another household confirms before anybody reviews them, as that household sees them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select

from app.claims.models import Claim, ClaimDecision, ClaimEnd, ClaimNeighbour
from app.claims.queries import AnyRow, claims
from app.kit.db import db
from app.people.rules import Anyone

MOST = 20  # on one page


def _asked_of(reader: Anyone, *which: ColumnElement[bool]) -> Select[AnyRow]:
    """Claims of which this person's household is to say whether they are so, or has said."""
    home = reader.household_id if reader.is_verified else None
    return claims(Claim.asks_neighbour.is_(True), Claim.other_household_id == (home or 0), *which)


def claim_asked_of(reader: Anyone, claim_id: int) -> AnyRow | None:
    return db.session.execute(_asked_of(reader, Claim.id == claim_id)).one_or_none()


def waiting_for(reader: Anyone) -> Sequence[AnyRow]:
    """Those that wait for an answer of this person's household, the first claimed first."""
    unanswered = ClaimNeighbour.claim_id.is_(None), ClaimDecision.claim_id.is_(None), ClaimEnd.claim_id.is_(None)
    return db.session.execute(_asked_of(reader, *unanswered).order_by(Claim.id).limit(MOST)).all()
