"""Meetings, their agenda, who signed up, who came, what was put off, and the minutes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.append_only import append_only
from app.kit.db import Base
from app.kit.words import Words


class Meeting(Base):
    """One meeting. `subject` ("topic:12") is what it is about, `href` the page of that; both None for a day of its own.

    `taken` counts the sign-ups not withdrawn: the database keeps it within `capacity` (None: as many as come).
    Only a cancellation is a state; upcoming, in session and over are read from the clock.
    """

    __tablename__ = "meetings"
    __table_args__ = (
        CheckConstraint("kind IN ('sitting', 'open_day', 'on_site')", name="kind"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("taken >= 0 AND (capacity IS NULL OR taken <= capacity)", name="taken_within_capacity"),
        CheckConstraint("(cancelled_at IS NULL) = (cancelled_why IS NULL)", name="cancelled_with_reason"),
        Index("ix_meetings_kind_starts_at", "kind", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    subject: Mapped[str | None] = mapped_column(String(64), index=True)
    href: Mapped[str | None] = mapped_column(String(160))
    title: Mapped[Words]
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    place_path: Mapped[str] = mapped_column(String(120), index=True)
    venue: Mapped[Words]
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    capacity: Mapped[int | None]
    taken: Mapped[int] = mapped_column(default=0)
    called_at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))
    cancelled_at: Mapped[datetime | None]
    cancelled_why: Mapped[Words | None]


class AgendaItem(Base):
    """One point to talk about; `number` is its place on the agenda, from 1."""

    __tablename__ = "meeting_agenda"

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[Words]


class MeetingMove(Base):
    """A meeting was put off: from when to when, and why. It only grows."""

    __tablename__ = "meeting_moves"

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), index=True)
    from_starts_at: Mapped[datetime]
    to_starts_at: Mapped[datetime]
    why: Mapped[Words]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))
    at: Mapped[datetime]


class MeetingSignUp(Base):
    """A resident means to come. Withdrawn, the row stays, and a second sign-up revives it.

    `question` is what this resident wants spoken about; staff read it beforehand.
    """

    __tablename__ = "meeting_sign_ups"

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), primary_key=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"), primary_key=True, index=True)
    question: Mapped[Words | None]
    signed_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class Presence(Base):
    """Somebody was there: a resident, or a guest whom only a `guest` name knows. `part` is in what part they came."""

    __tablename__ = "meeting_presences"
    __table_args__ = (
        UniqueConstraint("meeting_id", "resident_id"),
        CheckConstraint("(resident_id IS NULL) = (guest <> '')", name="resident_or_guest"),
        CheckConstraint(
            "part IN ('resident', 'representative', 'cadre', 'property', 'congress', 'expert', 'other')", name="part"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), index=True)
    resident_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"), index=True)
    guest: Mapped[str] = mapped_column(String(80), default="")
    part: Mapped[str] = mapped_column(String(16), default="resident")
    marked_at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))


class Minutes(Base):
    """What was said, published. A correction is a next `number` that says what it corrects; the earlier ones stay."""

    __tablename__ = "meeting_minutes"
    __table_args__ = (
        UniqueConstraint("meeting_id", "number"),
        CheckConstraint("number >= 1 AND (number = 1) = (corrects IS NULL)", name="corrects"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), index=True)
    number: Mapped[int]
    text: Mapped[Words]
    corrects: Mapped[Words | None]
    upload_id: Mapped[int | None] = mapped_column(ForeignKey("uploads.id"))
    published_at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))


class Conclusion(Base):
    """One thing that the meeting agreed on (会议结论); `number` is its place in the minutes, from 1."""

    __tablename__ = "meeting_conclusions"

    minutes_id: Mapped[int] = mapped_column(ForeignKey("meeting_minutes.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[Words]


for _table in (MeetingMove, Minutes, Conclusion):
    append_only(_table.__table__)  # type: ignore[arg-type]
