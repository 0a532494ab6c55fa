"""Whether each request stands where its history left it, and no line of a history is missing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, and_, func, or_, select

from app.grid.models import Request, RequestChange
from app.kit.db import db
from app.kit.proof import Fault, first_faults


def faults() -> Iterator[Fault]:
    """The first request that stands elsewhere, that lost a line, or whose time taken is not what its instants say."""
    yield from first_faults(
        ("history", "request", _stands_elsewhere()),
        ("history", "request", _lost_a_line()),
        ("answered", "request", _answer_without_line()),
    )


def counts() -> dict[str, int]:
    return {"requests": db.session.scalar(select(func.count(Request.id))) or 0}


def _stands_elsewhere() -> Select[Any]:
    """The last line of the history says the state and the level of the request."""
    last = and_(RequestChange.request_id == Request.id, RequestChange.number == Request.version)
    wrong = or_(
        RequestChange.id.is_(None), RequestChange.to_state != Request.state, RequestChange.to_level != Request.level
    )
    columns: tuple[Any, ...] = (Request.id, Request.state, RequestChange.to_state.label("history"))
    query: Select[Any] = select(*columns)
    return query.outerjoin(RequestChange, last).where(wrong).order_by(Request.id)


def _lost_a_line() -> Select[Any]:
    lines = select(RequestChange.request_id, func.count().label("lines")).group_by(RequestChange.request_id).subquery()
    columns: tuple[Any, ...] = (Request.id, Request.version, lines.c.lines)
    query: Select[Any] = select(*columns)
    return query.join(lines, lines.c.request_id == Request.id).where(lines.c.lines != Request.version)


def _answer_without_line() -> Select[Any]:
    """Who is said to have answered is who stands in the history as having reported back."""
    line = and_(
        RequestChange.request_id == Request.id, RequestChange.action == "resolve",
        RequestChange.by_id == Request.resolved_by,
    )  # fmt: skip
    columns: tuple[Any, ...] = (Request.id, Request.resolved_by)
    query: Select[Any] = select(*columns)
    missing = ~select(RequestChange.id).where(line).exists()
    return query.where(Request.resolved_by.is_not(None), Request.resolved_at.is_not(None), missing)
