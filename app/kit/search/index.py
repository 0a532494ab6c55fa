"""The index as each of the two databases wants it written and asked; what stands in it is the same in both."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import text

from app.kit.db import db
from app.kit.search.tables import INDEX
from app.kit.search.tokens import Indexed, Wanted

MARK = "·"  # begins a token that no text can hold; alone it stands where a phrase must not reach over
TITLED = "ˆ"  # begins a word of the title where it stands a second time
END = 2**62  # above every id


def kind_mark(kind: str) -> str:
    return f"{MARK}k{kind}"


def place_mark(place_id: str) -> str:
    return f"{MARK}p{place_id}"


@dataclass(frozen=True)
class Entry:
    """One text as the index gets it: words in their order (None: a gap), and words without a place of their own."""

    id: int
    words: Sequence[str | None]
    others: Sequence[str]


def entry(one_id: int, *, title: Indexed, text: Indexed, kind: str, place_path: str) -> Entry:
    """Words of the title stand among all others, so that all can be looked for at once, and once more by themselves."""
    titled = [token and TITLED + token for token in title.placed]
    others = title.starts | text.starts | {TITLED + start for start in title.starts}
    marks = [kind_mark(kind), *(place_mark(part) for part in place_path.split("/") if part)]
    return Entry(one_id, [*title.placed, None, *text.placed, None, *titled], [*sorted(others), *marks])


@dataclass(frozen=True)
class Question:
    """What to look for: every part, and one mark of each group.

    `in_title`: all parts stand in the title; else all stand somewhere, but not all in the title.
    """

    parts: Sequence[Wanted]
    marks: Sequence[Sequence[str]]
    in_title: bool


class Index(Protocol):
    def write(self, entries: Iterable[Entry]) -> None: ...

    def newest(self, question: Question, *, below: int, most: int) -> list[int]:
        """Ids of texts, the newest first, at most so many."""


class Fts5:
    """Rows stand in the order of their ids, so that the newest cost nothing to sort."""

    def write(self, entries: Iterable[Entry]) -> None:
        rows = [{"id": one.id, "words": self._line(one)} for one in entries]
        if rows:
            db.session.execute(text(f"INSERT INTO {INDEX}(rowid, words) VALUES (:id, :words)"), rows)  # noqa: S608

    def newest(self, question: Question, *, below: int, most: int) -> list[int]:
        titled = " AND ".join(f'"{_phrase(part, TITLED, " ")}"' for part in question.parts)
        everywhere = " AND ".join(f'"{_phrase(part, "", " ")}"' for part in question.parts)
        groups = [" OR ".join(f'"{mark}"' for mark in group) for group in question.marks]
        match = " AND ".join(f"({one})" for one in (titled if question.in_title else everywhere, *groups))
        query = (
            f"SELECT rowid FROM {INDEX} WHERE {INDEX} MATCH :match AND rowid < :below "  # noqa: S608
            "ORDER BY rowid DESC LIMIT :most"
        )
        match = match if question.in_title else f"({match}) NOT ({titled})"
        return list(db.session.scalars(text(query), {"match": match, "below": below, "most": most}))

    def _line(self, one: Entry) -> str:
        return " ".join([*(token or MARK for token in one.words), MARK, *one.others])


class Tsvector:
    """One column of words; `search_newest` finds the newest (see `tables`)."""

    def write(self, entries: Iterable[Entry]) -> None:
        rows = [{"id": one.id, "words": self._vector(one)} for one in entries]
        if rows:
            db.session.execute(text(f"INSERT INTO {INDEX} VALUES (:id, CAST(:words AS tsvector))"), rows)  # noqa: S608

    def newest(self, question: Question, *, below: int, most: int) -> list[int]:
        titled, everywhere = (
            " & ".join(f"({_phrase(part, before, ' <-> ')})" for part in question.parts) for before in (TITLED, "")
        )
        groups = [f"({' | '.join(group)})" for group in question.marks]
        wanted = " & ".join([titled if question.in_title else everywhere, *groups])
        wanted = wanted if question.in_title else f"{wanted} & !({titled})"
        loose = wanted
        if any(len(part.tokens) > 1 for part in question.parts):
            before = TITLED if question.in_title else ""
            loose = " & ".join([*(_phrase(part, before, " & ") for part in question.parts), *groups])
        query = "SELECT * FROM search_newest(CAST(:wanted AS tsquery), CAST(:loose AS tsquery), :below, :most)"
        values = {"wanted": wanted, "loose": loose, "below": below, "most": most}
        return list(db.session.scalars(text(query), values))

    def _vector(self, one: Entry) -> str:
        placed = (f"{token}:{place}" for place, token in enumerate(one.words, 1) if token)
        time = f"{one.id >> 43:05x}"
        return " ".join([*placed, *one.others, *(f"{MARK}t{time[:digits]}" for digits in range(1, 6))])


def _phrase(part: Wanted, before: str, between: str) -> str:
    """Tokens are letters, figures and our own marks: there is nothing in them to escape."""
    return between.join(before + token for token in part.tokens)


def index() -> Index:
    """The index of the database at hand."""
    return Tsvector() if db.engine.dialect.name == "postgresql" else Fts5()
