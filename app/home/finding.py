"""What can be found by searching, gathered from the rooms that have public texts."""

from __future__ import annotations

from collections.abc import Iterator

from app.activities import searchable as activities
from app.agreements import searchable as agreements
from app.council import searchable as council
from app.disclosures import searchable as disclosures
from app.kit.search import Document

ROOMS = (council, agreements, disclosures, activities)


def all_documents() -> Iterator[Document]:
    """Every public text of every room, a few hundred at a time."""
    for room in ROOMS:
        after = 0
        while some := room.documents(after):
            yield from some
            after = some[-1].ref
