"""What can be found of agreements: the text adopted last, else the one that is out for comment or put to the vote."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import case, func, select

from app.agreements.models import Agreement, Article, Version
from app.kit.db import db
from app.kit.search import Document, joined
from app.kit.words import Words

KIND = "agreement"


def documents(after: int = 0, *, only: int | None = None, limit: int = 500) -> list[Document]:
    """Agreements in the order of their ids, those behind `after`; or the one with the id `only`."""
    choice = case((Version.stage == "adopted", 1), else_=0).desc(), Version.number.desc()
    ranked = (
        select(
            Version.id, Version.agreement_id, Version.opened_at,
            func.row_number().over(partition_by=Version.agreement_id, order_by=choice).label("rank"),
        )
        .where(Version.stage.in_(("consulting", "adopting", "adopted")))
        .subquery()
    )  # fmt: skip
    rows = db.session.execute(
        select(
            Agreement.id, Agreement.place_path, Agreement.title, Agreement.preamble, ranked.c.opened_at,
            ranked.c.id.label("version_id"),
        )
        .join(ranked, (ranked.c.agreement_id == Agreement.id) & (ranked.c.rank == 1))
        .where(Agreement.id > after if only is None else Agreement.id == only)
        .order_by(Agreement.id)
        .limit(limit)
    ).all()  # fmt: skip
    articles = _articles([row.version_id for row in rows])
    return [
        Document(
            KIND, row.id, row.place_path, row.title, joined(row.preamble, *articles[row.version_id]),
            f"/agreements/{row.id}", row.opened_at,
        )
        for row in rows
    ]  # fmt: skip


def _articles(version_ids: list[int]) -> dict[int, list[Words]]:
    query = select(Article.version_id, Article.text).where(Article.version_id.in_(version_ids))
    found: dict[int, list[Words]] = defaultdict(list)
    for row in db.session.execute(query.order_by(Article.version_id, Article.number)):
        found[row.version_id].append(row.text)
    return found
