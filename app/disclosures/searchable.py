"""What can be found of disclosures: the revision that counts, with the words of its tables; never a draft."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from app.disclosures import cells
from app.disclosures.models import Disclosure, FinanceFund, FinanceLine, Revision
from app.disclosures.queries import is_latest
from app.kit.db import db
from app.kit.search import Document, joined
from app.kit.words import Words

KIND = "disclosure"


def documents(after: int = 0, *, only: int | None = None, limit: int = 500) -> list[Document]:
    """Published items in the order of their ids, those behind `after`; or the one with the id `only`."""
    rows = db.session.execute(
        select(
            Disclosure.id, Disclosure.place_path, Disclosure.published_at, Revision.id.label("revision_id"),
            Revision.title, Revision.text, Revision.cells,
        )
        .join(Revision, is_latest())
        .where(Disclosure.id > after if only is None else Disclosure.id == only)
        .order_by(Disclosure.id)
        .limit(limit)
    ).all()  # fmt: skip
    finances = _finances([row.revision_id for row in rows])
    return [
        Document(
            KIND, row.id, row.place_path, row.title,
            joined(row.text, *_told(row.cells), *finances[row.revision_id]),
            f"/disclosures/{row.id}", row.published_at,
        )
        for row in rows
    ]  # fmt: skip


def _told(table: dict[str, Any] | None) -> Iterator[Words]:
    """The words of a plain table, row by row."""
    if table is not None:
        for row in [cells.columns(table), *cells.rows(table)]:
            yield from row


def _finances(revision_ids: list[int]) -> dict[int, list[Words]]:
    """Funds and lines of finance tables; lists of payments are looked up on their page, not here."""
    found: dict[int, list[Words]] = defaultdict(list)
    funds = select(FinanceFund.revision_id, FinanceFund.name).where(FinanceFund.revision_id.in_(revision_ids))
    lines = select(FinanceLine.revision_id, FinanceLine.text).where(FinanceLine.revision_id.in_(revision_ids))
    for query in (
        funds.order_by(FinanceFund.revision_id, FinanceFund.position),
        lines.order_by(FinanceLine.revision_id, FinanceLine.position),
    ):
        for revision_id, words in db.session.execute(query):
            found[revision_id].append(words)
    return found
