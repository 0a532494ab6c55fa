"""The log of what staff did to people's data, points, votes and states. It only grows; supervisors read it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.append_only import append_only
from app.kit.db import Base, db


class AuditEntry(Base):
    """One act: who, when, what, on what. `detail` holds plain facts, never a vote, a token or a telephone number."""

    __tablename__ = "audit_entries"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor_id: Mapped[int | None] = mapped_column(index=True)
    act: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(64), index=True)
    place_id: Mapped[int | None] = mapped_column(index=True)
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)


append_only(AuditEntry.__table__)  # type: ignore[arg-type]


def note(
    act: str, subject: str, *, actor_id: int | None, at: datetime, place_id: int | None = None, **detail: Any
) -> None:
    """Write one act down, in the transaction of the act. `subject` is like `topic:12`."""
    db.session.add(AuditEntry(at=at, actor_id=actor_id, act=act, subject=subject, place_id=place_id, detail=detail))


_said: dict[str, str] = {}
_pages: dict[str, str] = {}


def describe(name: str, words: str, page: str = "") -> None:
    """What people read for an act, a kind of subject or a detail: an `N_` text, in the room that notes it.

    `page`: where a subject of this kind is read by everybody, up to its number: "/topics/".
    """
    _said[name] = words
    if page:
        _pages[name] = page


def page_of(subject: str) -> str | None:
    """The address of "topic:12"; None for what has no page of its own."""
    kind, _colon, number = subject.partition(":")
    return _pages[kind] + number if kind in _pages else None


def words_of(name: str) -> str:
    """What an act, subject or detail is called for people; its own name when no room described it."""
    return _said.get(name, name)
