"""Writing what can be found: one text at a time as rooms change, or all of them at once."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count, islice
from typing import Any

from sqlalchemy import Select, delete, func, insert, select, text

from app.kit.db import db
from app.kit.search.index import Entry, entry, index
from app.kit.search.tables import INDEX, SearchDocument
from app.kit.search.tokens import indexed
from app.kit.words import LANGUAGES, Words

AT_ONCE = 500
_NAMES = (*LANGUAGES, "other")


@dataclass(frozen=True)
class Document:
    """A public text: `kind` and `ref` say which, `at` since when (lists show the newest first), `href` its page."""

    kind: str
    ref: int
    place_path: str
    title: Words
    text: Words
    href: str
    at: datetime


def renew(kind: str, ref: int, documents: Sequence[Document]) -> None:
    """Let this be found as its room tells it now; not at all when it tells nothing."""
    forget(kind, ref)
    if documents:
        _write(documents)


def forget(kind: str, ref: int) -> None:
    """Let this not be found any more; nothing happens when it was not."""
    mine = SearchDocument.kind == kind, SearchDocument.ref == ref
    known = db.session.scalar(delete(SearchDocument).where(*mine).returning(SearchDocument.id))
    if known is not None:
        row = "rowid" if db.engine.dialect.name == "sqlite" else "id"
        db.session.execute(text(f"DELETE FROM {INDEX} WHERE {row} = :id"), {"id": known})  # noqa: S608


def fill(documents: Iterable[Document]) -> int:
    """Forget everything and keep these instead; answers how many."""
    for table in (INDEX, SearchDocument.__tablename__):
        db.session.execute(text(f"DELETE FROM {table}"))  # noqa: S608
    remaining, number = iter(documents), 0
    while some := list(islice(remaining, AT_ONCE)):
        _write(some)
        number += len(some)
    return number


def index_again() -> None:
    """Make the index anew from the texts that are kept, where they came back without it."""
    db.session.execute(text(f"DELETE FROM {INDEX}"))  # noqa: S608
    last = -1
    while rows := db.session.execute(_after(last)).all():
        index().write(_entry(row.id, row) for row in rows)
        last = rows[-1].id


def _after(last: int) -> Select[Any]:
    return select(SearchDocument.__table__).where(SearchDocument.id > last).order_by(SearchDocument.id).limit(AT_ONCE)


def number_of(kind: str) -> int:
    return db.session.scalar(select(func.count()).where(SearchDocument.kind == kind)) or 0


def is_whole() -> bool:
    """Whether the index holds a row for each text that is kept, and no other."""
    row = "rowid" if db.engine.dialect.name == "sqlite" else "id"
    unknown = f"SELECT COUNT(*) FROM {INDEX} WHERE {row} NOT IN (SELECT id FROM search_documents)"  # noqa: S608
    known = select(func.count()).select_from(SearchDocument)
    rows = db.session.scalar(text(f"SELECT COUNT(*) FROM {INDEX}"))  # noqa: S608
    return rows == db.session.scalar(known) and db.session.scalar(text(unknown)) == 0


def differences(documents: Iterable[Document]) -> Iterator[tuple[str, int]]:
    """Of these, kind and ref of each that is not kept as it is here, or not at all."""
    remaining = iter(documents)
    while some := list(islice(remaining, AT_ONCE)):
        kinds, refs = {one.kind for one in some}, [one.ref for one in some]
        rows = db.session.scalars(
            select(SearchDocument).where(SearchDocument.kind.in_(kinds), SearchDocument.ref.in_(refs))
        )
        kept = {(row.kind, row.ref): row for row in rows}
        for one in some:
            row = kept.get((one.kind, one.ref))
            if row is None or any(getattr(row, name) != value for name, value in vars(one).items()):
                yield one.kind, one.ref


def joined(*parts: Words | None) -> Words:
    """One text of several, each language for itself."""
    told = {name: "\n".join(text for part in parts if part and (text := getattr(part, name))) for name in _NAMES}
    return Words(**told)


def _write(documents: Sequence[Document]) -> None:
    ids = _ids(documents)
    rows = [{"id": one_id, **vars(one)} for one_id, one in zip(ids, documents, strict=True)]
    db.session.execute(insert(SearchDocument), rows)
    index().write(_entry(one_id, one) for one_id, one in zip(ids, documents, strict=True))


def _entry(one_id: int, one: Any) -> Entry:
    """`one` has the fields of a document: itself, or a row that keeps one."""
    title, body = indexed(_in_all(one.title)), indexed(_in_all(one.text))
    return entry(one_id, title=title, text=body, kind=one.kind, place_path=one.place_path)


def _in_all(words: Words) -> str:
    """Both languages one after the other; the line between them keeps a phrase from reaching over."""
    return "\n".join(part for name in _NAMES if (part := getattr(words, name)))


def _ids(documents: Sequence[Document]) -> list[int]:
    """The second, then 31 bits that differ between texts of one second; whoever finds a number taken gets the next."""
    wishes = [
        (max(0, int(one.at.timestamp())) << 31) | (zlib.crc32(f"{one.kind}:{one.ref}".encode()) >> 1)
        for one in documents
    ]
    taken = set(db.session.scalars(select(SearchDocument.id).where(SearchDocument.id.in_(wishes))))
    found = []
    for wish in wishes:
        free = next(number for number in count(wish) if number not in taken)
        taken.add(free)
        found.append(free)
    return found
