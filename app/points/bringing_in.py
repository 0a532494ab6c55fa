"""Opening balances from another ledger: whole points are posted, what is less than a point is written beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, select

from app.kit.db import db
from app.kit.words import Words
from app.points.models import OpeningBalance
from app.points.posting import grant_entry, post

OPENING = Words(zh="期初余额", en="Opening balance")
CODE, HEADING = "opening", "adjustment"


@dataclass(frozen=True)
class Opening:
    """What an account had elsewhere. Without `household_id` it issued what others have, and nothing is posted.

    `stood` is its balance as it was written there, `whole` the points that the household takes along, `origin` what
    else was said of it.
    """

    source_id: str
    household_id: int | None
    stood: str
    whole: int
    origin: Mapping[str, str]


@dataclass(frozen=True)
class Sums:
    """What was brought in from one source: exact, so that it can be held against what that source says of itself."""

    accounts: int
    stood: Decimal
    posted: int
    fractions: Decimal  # of households: what was less than a point
    issuers: Decimal  # what stood at accounts that issue; here it follows from the entries


def already_there(source: str) -> dict[str, str]:
    """The accounts of that source, with the balances that they were brought in with."""
    query = select(OpeningBalance.source_id, OpeningBalance.stood).where(OpeningBalance.source == source)
    return {row.source_id: row.stood for row in db.session.execute(query)}


def bring_in(source: str, openings: Sequence[Opening], *, community_id: int, at: datetime) -> None:
    """Open these accounts: each whole balance is an entry from what the community issued to the household."""
    rows: list[dict[str, Any]] = [
        {
            "source": source, "source_id": one.source_id, "community_id": community_id,
            "household_id": one.household_id, "stood": one.stood, "whole": one.whole, "origin": dict(one.origin),
            "because": cause(source, one.source_id), "at": at,
        }
        for one in openings
    ]  # fmt: skip
    if rows:
        db.session.execute(insert(OpeningBalance), rows)
    post(
        [
            grant_entry(
                "points", one.whole, community_id=community_id, household_id=one.household_id, resident_id=None,
                code=CODE, heading=HEADING, because=cause(source, one.source_id), effective_at=at, posted_at=at,
                by_id=None, what=OPENING,
            )
            for one in openings
            if one.whole and one.household_id is not None
        ]
    )  # fmt: skip


def cause(source: str, source_id: str) -> str:
    return f"opening:{source}:{source_id}"


def sums(source: str) -> Sums:
    """What is there of that source."""
    columns: tuple[Any, ...] = (OpeningBalance.household_id, OpeningBalance.stood, OpeningBalance.whole)
    rows = db.session.execute(select(*columns).where(OpeningBalance.source == source)).all()
    of_households = [row for row in rows if row.household_id is not None]
    posted = sum(row.whole for row in of_households)
    stood = sum((Decimal(row.stood) for row in of_households), Decimal())
    issuers = sum((Decimal(row.stood) for row in rows if row.household_id is None), Decimal())
    return Sums(len(rows), stood + issuers, posted, stood - posted, issuers)
