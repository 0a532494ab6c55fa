"""What can be found of activities: those that everybody may see, with the report of how it went."""

from __future__ import annotations

from sqlalchemy import select

from app.activities.life import PUBLIC_STATES
from app.activities.models import Activity
from app.kit.db import db
from app.kit.search import Document, joined
from app.places.models import Place

KIND = "activity"


def documents(after: int = 0, *, only: int | None = None, limit: int = 500) -> list[Document]:
    """Activities in the order of their ids, those behind `after`; or the one with the id `only`."""
    query = (
        select(Activity.id, Place.path, Activity.title, Activity.description, Activity.report, Activity.starts_at)
        .join(Place, Place.id == Activity.place_id)
        .where(Activity.state.in_(PUBLIC_STATES), Activity.id > after if only is None else Activity.id == only)
        .order_by(Activity.id)
        .limit(limit)
    )
    return [
        Document(
            KIND, row.id, row.path, row.title, joined(row.description, row.report), f"/activities/{row.id}",
            row.starts_at,
        )
        for row in db.session.execute(query)
    ]  # fmt: skip
