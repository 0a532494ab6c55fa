"""Promises, the notes on their progress, and the photos of those."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.append_only import append_only
from app.kit.db import Base
from app.kit.words import Words


class Promise(Base):
    """One thing to be done. `subject` ("topic:12") is what it follows from; `href` is the page of that.

    State and percent are those of its last note, kept beside it for the lists. `ended_at` is set by done and dropped.
    """

    __tablename__ = "promises"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'under_way', 'done', 'dropped')", name="state"),
        CheckConstraint("percent BETWEEN 0 AND 100 AND (state <> 'done' OR percent = 100)", name="percent"),
        CheckConstraint("(ended_at IS NULL) = (state IN ('open', 'under_way'))", name="ended"),
        Index("ix_promises_state_due_on", "state", "due_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(64), index=True)
    what: Mapped[Words]
    owner: Mapped[Words]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"), index=True)
    due_on: Mapped[date]
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    place_path: Mapped[str] = mapped_column(String(120), index=True)
    href: Mapped[str] = mapped_column(String(160))
    state: Mapped[str] = mapped_column(String(12), default="open")
    percent: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))
    ended_at: Mapped[datetime | None]


class PromiseNote(Base):
    """One line of its timeline: what was done or said, how far it had come then. It only grows."""

    __tablename__ = "promise_notes"
    __table_args__ = (
        CheckConstraint("act IN ('make', 'report', 'finish', 'drop')", name="act"),
        CheckConstraint("act <> 'drop' OR text IS NOT NULL", name="reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    promise_id: Mapped[int] = mapped_column(ForeignKey("promises.id"), index=True)
    act: Mapped[str] = mapped_column(String(8))
    percent: Mapped[int]
    text: Mapped[Words | None]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))
    at: Mapped[datetime]


class PromisePhoto(Base):
    """A photo that shows how far it has come. It only grows."""

    __tablename__ = "promise_photos"

    note_id: Mapped[int] = mapped_column(ForeignKey("promise_notes.id"), primary_key=True)
    upload_id: Mapped[int] = mapped_column(ForeignKey("uploads.id"), primary_key=True)


for _table in (PromiseNote, PromisePhoto):
    append_only(_table.__table__)  # type: ignore[arg-type]
