"""Looking for words: what has them in its title first, then the newest."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Row

from app.kit.db import db
from app.kit.paging import PAGE, Slice
from app.kit.search.index import END, Question, index, kind_mark, place_mark
from app.kit.search.tables import SearchDocument
from app.kit.search.tokens import wanted


def find(
    query: str, *, place_path: str = "", kinds: Collection[str] = (), after: str | None = None, size: int = PAGE
) -> Slice:
    """One page of public texts that hold every word of the query, at a place or below it, of some kinds or of all.

    Three statements at most, each a few milliseconds whatever the word; the whole number of finds is never counted.
    """
    parts = wanted(query)
    if not parts:
        return Slice([], None)
    marks = [[kind_mark(kind) for kind in kinds]] if kinds else []
    places = [part for part in place_path.split("/") if part]
    if places:
        marks.append([place_mark(places[-1])])
    in_title, below = _read(after)
    found: list[tuple[bool, int]] = []
    for titled in (True, False) if in_title else (False,):
        most = size + 1 - len(found)
        if most > 0:
            question = Question(parts, marks, in_title=titled)
            ids = index().newest(question, below=below if titled == in_title else END, most=most)
            found += [(titled, one) for one in ids]
    shown = found[:size]
    rows = _rows([one for _, one in shown])
    return Slice(rows, f"{int(shown[-1][0])}~{shown[-1][1]}" if len(found) > size else None)


def _rows(ids: list[int]) -> list[Row[Any]]:
    columns = SearchDocument.__table__.c
    query = select(*columns).where(columns.id.in_(ids))
    rows = {row.id: row for row in db.session.execute(query)} if ids else {}
    return [rows[one] for one in ids if one in rows]


def _read(after: str | None) -> tuple[bool, int]:
    """Whether the next page begins among the titles, and below which id; an address mistyped shows the first page."""
    titled, _, last = (after or "").partition("~")
    if titled in ("0", "1") and last.isascii() and last.isdigit() and len(last) < 20:
        return titled == "1", min(int(last), END)
    return True, END
