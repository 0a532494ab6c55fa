"""Reads of conversations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, and_, case, func, select
from sqlalchemy.engine import Row
from sqlalchemy.orm import aliased

from app.discussion.models import Comment, CommentSupport
from app.discussion.rules import STANCES
from app.kit.db import db
from app.kit.paging import Slice, slice_of
from app.people.models import Household, Resident
from app.people.rules import Anyone
from app.places.models import Place

AnyRow = Row[*tuple[Any, ...]]

COMMENTS_A_PAGE = 50

_Answered, _AnsweredAuthor = aliased(Comment), aliased(Resident)


def comments(
    thread_id: int, reader: Anyone, *, stance: str | None = None, after: str | None = None, size: int = COMMENTS_A_PAGE
) -> Slice:
    """One page of the conversation in its order: one statement, however long it is. `stance` keeps only those."""
    query = _comments(reader).where(Comment.thread_id == thread_id)
    if stance in STANCES:
        query = query.where(Comment.stance == stance, Comment.official.is_(False), Comment.hidden_at.is_(None))
    return slice_of(query, Comment.path, after=after, size=size, ascending=True)


def comment(comment_id: int, thread_id: int, reader: Anyone) -> AnyRow | None:
    """One comment of that thread as a page shows it."""
    return db.session.execute(
        _comments(reader).where(Comment.id == comment_id, Comment.thread_id == thread_id)
    ).one_or_none()


def _comments(reader: Anyone) -> Select[*tuple[Any, ...]]:
    """The text of a hidden comment is not even read."""
    mine = and_(CommentSupport.comment_id == Comment.id, CommentSupport.resident_id == reader.id)
    return (
        select(
            Comment.id, Comment.number, Comment.path, Comment.depth, Comment.parent_id, Comment.stance,
            Comment.official, Comment.signed_as, Comment.said_at, Comment.adopted_at, Comment.hidden_at,
            Comment.hidden_because, Comment.support_count, Comment.missing_parent, Comment.author_id,
            Comment.author_name, Resident.family_name, Resident.family_name_en, Place.name.label("community"),
            Household.community_id,
            case((Comment.hidden_at.is_(None), Comment.text)).label("text"),
            _Answered.number.label("answered_number"), _Answered.author_name.label("answered_name"),
            _Answered.signed_as.label("answered_signed_as"), _Answered.hidden_at.label("answered_hidden_at"),
            _AnsweredAuthor.family_name.label("answered_family_name"),
            _AnsweredAuthor.family_name_en.label("answered_family_name_en"),
            CommentSupport.at.label("supported_at"),
        )
        .outerjoin(Resident, Resident.id == Comment.author_id)
        .outerjoin(Household, Household.id == Resident.household_id)
        .outerjoin(Place, Place.id == Household.community_id)
        .outerjoin(_Answered, _Answered.id == Comment.parent_id)
        .outerjoin(_AnsweredAuthor, _AnsweredAuthor.id == _Answered.author_id)
        .outerjoin(CommentSupport, mine)
    )  # fmt: skip


def adopted(thread_id: int | None) -> Sequence[AnyRow]:
    """The adopted suggestions of residents who are known here, that nobody hid: id, author_id, adopted_by."""
    stands = Comment.adopted_at.is_not(None), Comment.author_id.is_not(None), Comment.hidden_at.is_(None)
    query = select(Comment.id, Comment.author_id, Comment.adopted_by)
    return db.session.execute(query.where(Comment.thread_id == thread_id, *stands).order_by(Comment.id)).all()


def stances(thread_id: int) -> dict[str, int]:
    """How many comments take each stance; official answers and hidden comments take none. `all` is every one."""
    counted = and_(Comment.official.is_(False), Comment.hidden_at.is_(None))
    rows: Sequence[AnyRow] = db.session.execute(
        select(Comment.stance, func.count().label("all"), func.count().filter(counted).label("counted"))
        .where(Comment.thread_id == thread_id)
        .group_by(Comment.stance)
    ).all()
    numbers = dict.fromkeys(STANCES, 0) | {row.stance: row.counted for row in rows}
    return numbers | {"all": sum(row.all for row in rows)}
