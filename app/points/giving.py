"""One entry by itself: what a household is given, and what a deduction takes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.kit.db import db
from app.kit.words import Words
from app.people.models import Household
from app.points.posting import Posted, grant_entry, post
from app.points.rules import Asset, Entry, Owner


def grant(
    asset: Asset,
    amount: int,
    *,
    household_id: int,
    resident_id: int | None,
    code: str,
    heading: str,
    because: str,
    effective_at: datetime,
    at: datetime,
    by_id: int | None,
    line_id: int | None = None,
    what: Words | None = None,
    cut_by: str | None = None,
) -> Posted:
    """Give honour or points to a household, or minutes to a resident, from what their community issues."""
    community_id = community_of(household_id)
    entry = grant_entry(
        asset, amount, community_id=community_id, household_id=household_id, resident_id=resident_id, code=code,
        heading=heading, because=because, effective_at=effective_at, posted_at=at, by_id=by_id, line_id=line_id,
        what=what, cut_by=cut_by,
    )  # fmt: skip
    return post([entry])[0]


def deduct(
    amount: int,
    *,
    household_id: int,
    resident_id: int | None,
    code: str,
    heading: str,
    because: str,
    effective_at: datetime,
    at: datetime,
    by_id: int | None,
    line_id: int,
    what: Words,
    cut_by: str | None = None,
) -> Posted:
    """Lower a household's honour under a line of the tariff; whoever does it has looked what the period leaves (I9)."""
    community_id = community_of(household_id)
    entry = Entry(
        asset="honour", amount=amount, debit=Owner("household", household_id),
        credit=Owner("community", community_id, "issued"), code=code, heading=heading, because=because,
        community_id=community_id, household_id=household_id, resident_id=resident_id, by_id=by_id,
        effective_at=effective_at, posted_at=at, line_id=line_id, what=what, cut_by=cut_by,
    )  # fmt: skip
    return post([entry])[0]


def community_of(household_id: int) -> int:
    return db.session.scalars(select(Household.community_id).where(Household.id == household_id)).one()
