"""How far the agreements in force are signed, community by community."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from app.agreements.models import Signature, Version
from app.kit import clock
from app.kit.db import db
from app.people.models import Household


def signed_by_community(at: datetime) -> dict[int, int]:
    """By the id of the community, how many of its households signed an agreement that is in force."""
    latest_first = Version.effective_from.desc()
    adopted = (
        select(
            Version.id, Version.repeals,
            func.row_number().over(partition_by=Version.agreement_id, order_by=latest_first).label("rank"),
        )
        .where(Version.stage == "adopted", Version.effective_from <= clock.local(at).date())
        .subquery()
    )  # fmt: skip
    query = (
        select(Household.community_id, func.count(Signature.household_id.distinct()))
        .join(Signature, Signature.household_id == Household.id)
        .join(adopted, adopted.c.id == Signature.version_id)
        .where(adopted.c.rank == 1, adopted.c.repeals.is_(False))
        .group_by(Household.community_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}
