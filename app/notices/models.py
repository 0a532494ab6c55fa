"""Notices, their lines, objections and how all of these ended. All of it only grows."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.append_only import append_only
from app.kit.db import Base
from app.kit.words import Words


class Notice(Base):
    """Something put up at a place. `subject` ("topic:12") is what it is about; `href` is the page of that.

    The period is published as so many `days`, calendar ones or `working`, and as the instant at which it ends: that
    instant stands, whatever the calendar of holidays says later. `goes_on`: a line that an objection held goes on with
    the time that it had left, instead of standing once the notice has ended and the objection is answered.
    """

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("subject"),  # one thing is put up once
        CheckConstraint("starts_at < ends_at AND days > 0", name="period"),
        Index("ix_notices_place_path_ends_at", "place_path", "ends_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(64))
    title: Mapped[Words]
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    place_path: Mapped[str] = mapped_column(String(120))
    href: Mapped[str] = mapped_column(String(160))
    days: Mapped[int]
    working: Mapped[bool]
    goes_on: Mapped[bool] = mapped_column(default=False)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    put_up_at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))


class NoticeLine(Base):
    """One point of a notice; `number` is its place on the page, from 1."""

    __tablename__ = "notice_lines"
    __table_args__ = (UniqueConstraint("notice_id", "number"),)

    notice_id: Mapped[int] = mapped_column(ForeignKey("notices.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    number: Mapped[int]
    text: Mapped[Words]


class NoticePart(Base):
    """Somebody who has a part in a line: a resident with the household they lived in, or a household as a whole.

    Whoever has one neither answers what is said against that line nor is told who said it.
    """

    __tablename__ = "notice_parts"
    __table_args__ = (
        ForeignKeyConstraint(["notice_id", "line_key"], ["notice_lines.notice_id", "notice_lines.key"]),
        CheckConstraint("resident_id IS NOT NULL OR household_id IS NOT NULL", name="somebody"),
        Index("ix_notice_parts_line", "notice_id", "line_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int]
    line_key: Mapped[str] = mapped_column(String(32))
    resident_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))
    household_id: Mapped[int | None] = mapped_column(ForeignKey("households.id"))


class NoticeLineEnd(Base):
    """That a line was taken back by those who had put it up: nothing comes of it."""

    __tablename__ = "notice_line_ends"
    __table_args__ = (ForeignKeyConstraint(["notice_id", "line_key"], ["notice_lines.notice_id", "notice_lines.key"]),)

    notice_id: Mapped[int] = mapped_column(primary_key=True)
    line_key: Mapped[str] = mapped_column(String(32), primary_key=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))
    at: Mapped[datetime]


class Objection(Base):
    """What a resident has against one line; a household objects to a line once, and so does a person who moves."""

    __tablename__ = "objections"
    __table_args__ = (
        UniqueConstraint("notice_id", "line_key", "household_id"),
        UniqueConstraint("notice_id", "line_key", "by_id"),
        ForeignKeyConstraint(["notice_id", "line_key"], ["notice_lines.notice_id", "notice_lines.key"]),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(index=True)
    line_key: Mapped[str] = mapped_column(String(32))
    text: Mapped[Words]
    by_id: Mapped[int] = mapped_column(ForeignKey("residents.id"), index=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"), index=True)
    filed_at: Mapped[datetime]


class ObjectionEnd(Base):
    """How an objection ended, once: answered by staff (upheld or not), or withdrawn by whoever filed it.

    `line_ends_at`: of a notice that `goes_on`, when the line's own period ends from now on; None while another
    objection holds the line, and where one was upheld. Lists ask for it; `rules.line_ends_at` says the same.
    """

    __tablename__ = "objection_ends"
    __table_args__ = (
        CheckConstraint("outcome IN ('upheld', 'not_upheld', 'withdrawn')", name="outcome"),
        CheckConstraint("outcome = 'withdrawn' OR text IS NOT NULL", name="answered"),
    )

    objection_id: Mapped[int] = mapped_column(ForeignKey("objections.id"), primary_key=True)
    outcome: Mapped[str] = mapped_column(String(12))
    text: Mapped[Words | None]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))
    at: Mapped[datetime]
    line_ends_at: Mapped[datetime | None]


for _table in (Notice, NoticeLine, NoticePart, NoticeLineEnd, Objection, ObjectionEnd):
    append_only(_table.__table__)  # type: ignore[arg-type]
