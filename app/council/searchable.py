"""What can be found of the council: every topic that was proposed, whatever became of it. Drafts are their author's."""

from __future__ import annotations

from sqlalchemy import select

from app.council.models import Topic
from app.kit.db import db
from app.kit.search import Document

KIND = "topic"


def documents(after: int = 0, *, only: int | None = None, limit: int = 500) -> list[Document]:
    """Topics in the order of their ids, those behind `after`; or the one with the id `only`."""
    query = (
        select(Topic.id, Topic.place_path, Topic.title, Topic.body, Topic.opened_at)
        .where(Topic.state != "draft", Topic.id > after if only is None else Topic.id == only)
        .order_by(Topic.id)
        .limit(limit)
    )
    return [
        Document(KIND, row.id, row.place_path, row.title, row.body, f"/topics/{row.id}", row.opened_at)
        for row in db.session.execute(query)
    ]
