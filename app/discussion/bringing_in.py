"""Conversations from elsewhere: where each comment stands, found in one pass, and bulk inserts that never double."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from app.discussion.models import Comment
from app.discussion.operations import take_numbers
from app.discussion.rules import depth_of, path_below
from app.kit.db import db
from app.kit.words import Words


@dataclass(frozen=True)
class Placed:
    """Where a comment stands. `parent` is the source id of what it answers; `orphan`: that one is nowhere."""

    number: int
    path: str
    depth: int
    parent: str | None
    orphan: bool


@dataclass(frozen=True)
class Incoming:
    """A comment as another site or the sample street tells it. `parent_source_id` None: it answers nobody."""

    source_id: str
    parent_source_id: str | None
    text: Words
    said_at: datetime
    stance: str = "neutral"
    author_id: int | None = None
    author_name: str = ""
    official: bool = False
    signed_as: Words | None = None
    adopted_at: datetime | None = None
    support_count: int = 0
    against_count: int = 0


def places_in_thread(
    pairs: Sequence[tuple[str, str | None]], *, known: Mapping[str, str] | None = None, first_number: int = 1
) -> dict[str, Placed]:
    """Where each of these (source id, source id of what it answers) stands; each is looked at once, in any order.

    `known` are paths of comments that are there already. Answers to what is nowhere, and answers that run in a circle,
    become roots marked as orphans, at depth 1. Numbers follow the order given, but what is answered always comes first.
    """
    known = known or {}
    parents = dict(pairs)
    placed: dict[str, Placed] = {}
    for start in parents:
        waiting: list[str] = []
        on_the_way: set[str] = set()
        one: str | None = start
        while one is not None and one in parents and one not in placed and one not in on_the_way:
            waiting.append(one)
            on_the_way.add(one)
            one = parents[one]
        for source_id in reversed(waiting):
            parent = parents[source_id]
            above, depth = _above(parent, placed, known)
            orphan = parent is not None and above is None
            number = first_number + len(placed)
            placed[source_id] = Placed(
                number, path_below(above or "", number), depth, None if orphan else parent, orphan
            )
    return placed


def _above(parent: str | None, placed: Mapping[str, Placed], known: Mapping[str, str]) -> tuple[str | None, int]:
    """The path of what is answered (None when there is none), and the depth of the answer: a missing one counts."""
    if parent is None:
        return None, 0
    if parent in placed:
        return placed[parent].path, placed[parent].depth + 1
    return (known[parent], depth_of(known[parent]) + 1) if parent in known else (None, 1)


def bring_in_comments(thread_id: int, source: str, comments: Sequence[Incoming]) -> int:
    """Store those that are not there yet; answers how many. A second run finds them all and changes nothing."""
    there = {
        row.source_id: row
        for row in db.session.execute(
            select(Comment.source_id, Comment.id, Comment.path).where(
                Comment.thread_id == thread_id, Comment.source == source
            )
        )
    }
    new = list({one.source_id: one for one in comments if one.source_id not in there}.values())
    if not new:
        return 0
    placed = places_in_thread(
        [(one.source_id, one.parent_source_id) for one in new],
        known={source_id: row.path for source_id, row in there.items()},
        first_number=take_numbers(thread_id, len(new)),
    )
    by_id = {one.source_id: one for one in new}
    ids = {source_id: row.id for source_id, row in there.items()}
    # Level by level, so that the id of what is answered is known: as many statements as the thread is deep.
    for depth in sorted({place.depth for place in placed.values()}):
        level = [source_id for source_id, place in placed.items() if place.depth == depth]
        rows = [_row(thread_id, source, by_id[one], placed[one], ids) for one in level]
        stored = db.session.execute(insert(Comment).returning(Comment.source_id, Comment.id), rows)
        ids |= {row.source_id: row.id for row in stored}
    return len(new)


def _row(thread_id: int, source: str, one: Incoming, place: Placed, ids: Mapping[str | None, int]) -> dict[str, object]:
    return {
        "thread_id": thread_id, "number": place.number, "path": place.path, "depth": place.depth,
        "parent_id": ids.get(place.parent) if place.parent else None, "stance": one.stance, "text": one.text,
        "author_id": one.author_id, "author_name": one.author_name, "official": one.official,
        "signed_as": one.signed_as, "said_at": one.said_at, "adopted_at": one.adopted_at,
        "support_count": one.support_count, "against_count": one.against_count, "source": source,
        "source_id": one.source_id, "source_parent_id": one.parent_source_id, "missing_parent": place.orphan,
    }  # fmt: skip
