"""The index as each of the two databases wants it written and asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from sqlalchemy import text

from app.kit.db import db
from app.kit.search.tables import INDEX
from app.kit.search.tokens import Indexed, Wanted

GAP = "·"  # stands where a phrase must not reach over; begins every token that is a mark, not a word of the text
END = 2**62  # above every id


class Entry(Protocol):
    """One text as the index gets it. `marks` are its kind and the places that it lies in."""

    id: int
    title: Indexed
    text: Indexed
    marks: Sequence[str]


class Index(Protocol):
    def write(self, entries: Iterable[Entry]) -> None: ...

    def newest(self, parts: Sequence[Wanted], marks: Sequence[Sequence[str]], *, in_title: bool, below: int, most: int,
    ) -> list[int]:  # fmt: skip
        """Ids of texts that hold all parts and, of each group of marks, one; the newest first, at most so many.

        `in_title`: all parts stand in the title; else all stand somewhere, but not all in the title.
        """


class Fts5:
    """Columns title, text and marks; rows in the order of their id cost nothing to sort."""

    def write(self, entries: Iterable[Entry]) -> None:
        rows = [
            {"id": one.id, "title": _line(one.title), "text": _line(one.text), "marks": " ".join(one.marks)}
            for one in entries
        ]
        if rows:
            insert = f"INSERT INTO {INDEX}(rowid, title, text, marks) VALUES (:id, :title, :text, :marks)"  # noqa: S608
            db.session.execute(text(insert), rows)

    def newest(
        self, parts: Sequence[Wanted], marks: Sequence[Sequence[str]], *, in_title: bool, below: int, most: int
    ) -> list[int]:
        words = " AND ".join(f'"{" ".join(part.tokens)}"' for part in parts)
        titled = f"{{title}} : ({words})"
        wanted = [titled if in_title else f"({words})"]
        wanted += [f"{{marks}} : ({' OR '.join(f'{chr(34)}{mark}{chr(34)}' for mark in group)})" for group in marks]
        match = " AND ".join(wanted) if in_title else f"({' AND '.join(wanted)}) NOT ({titled})"
        query = (
            f"SELECT rowid FROM {INDEX} WHERE {INDEX} MATCH :match AND rowid < :below "  # noqa: S608
            "ORDER BY rowid DESC LIMIT :most"
        )
        return list(db.session.scalars(text(query), {"match": match, "below": below, "most": most}))


def _line(words: Indexed) -> str:
    return " ".join([*(token or GAP for token in words.placed), GAP, *sorted(words.starts)])


class Tsvector:
    """One column of words; those of the title stand in it a second time, with ^ before them."""

    def write(self, entries: Iterable[Entry]) -> None:
        rows = [{"id": one.id, "words": _vector(one)} for one in entries]
        if rows:
            db.session.execute(text(f"INSERT INTO {INDEX} VALUES (:id, CAST(:words AS tsvector))"), rows)  # noqa: S608

    def newest(
        self, parts: Sequence[Wanted], marks: Sequence[Sequence[str]], *, in_title: bool, below: int, most: int
    ) -> list[int]:
        titled = " & ".join(_phrase(part, "^") for part in parts)
        wanted = [titled if in_title else " & ".join(_phrase(part, "") for part in parts)]
        wanted += [f"({' | '.join(_quoted(mark) for mark in group)})" for group in marks]
        wanted += [] if in_title else [f"!({titled})"]
        query = "SELECT id FROM search_newest(CAST(:wanted AS tsquery), :below, :most) AS found(id)"
        return list(db.session.scalars(text(query), {"wanted": " & ".join(wanted), "below": below, "most": most}))


def _phrase(part: Wanted, before: str) -> str:
    return f"({' <-> '.join(_quoted(before + token) for token in part.tokens)})"


def _vector(one: Entry) -> str:
    title = one.title.placed
    words = _placed(title, 1, "") + _placed(one.text.placed, len(title) + 2, "") + _placed(title, 1, "^")
    words += [_quoted(start) for start in one.title.starts | one.text.starts]
    words += [_quoted(f"^{start}") for start in one.title.starts]
    return " ".join([*words, *map(_quoted, one.marks), _quoted(f"{GAP}t{one.id >> 43:05x}")])


def _placed(tokens: Sequence[str | None], first: int, before: str) -> list[str]:
    return [f"{_quoted(before + token)}:{place}" for place, token in enumerate(tokens, first) if token]


def _quoted(token: str) -> str:
    """Tokens are letters, figures and our own marks: there is nothing in them to escape."""
    return f"'{token}'"


def index() -> Any:
    """The index of the database at hand."""
    return Tsvector() if db.engine.dialect.name == "postgresql" else Fts5()
