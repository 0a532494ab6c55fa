"""Threads, comments in the order of the conversation, and who agrees with them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base
from app.kit.words import Words

# Sorted by bytes on both databases (SQLite does so by itself), or a reply would part from what it answers.
PathColumn = String(400).with_variant(String(400, collation="C"), "postgresql")


class Thread(Base):
    """The conversation about one subject, like `topic:12`. `last_number` counts its comments, hidden ones included."""

    __tablename__ = "threads"
    __table_args__ = (UniqueConstraint("subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(64))
    last_number: Mapped[int] = mapped_column(default=0)


class Comment(Base):
    """One contribution. `path` is the path of what it answers plus its own number in four signs (rules.step).

    `depth` is how many comments stand above it in the talk as it was held, missing ones included.
    `author_id` is empty for what was said on another site; `author_name` is then the public name it had there.
    `signed_as` is the body that an official answer speaks for. `against_count` comes from other sites only.
    """

    __tablename__ = "comments"
    __table_args__ = (
        UniqueConstraint("thread_id", "path"),
        UniqueConstraint("thread_id", "number"),
        UniqueConstraint("thread_id", "source", "source_id"),
        CheckConstraint("stance IN ('for', 'against', 'neutral')", name="stance"),
        CheckConstraint("(hidden_at IS NULL) = (hidden_because IS NULL)", name="hidden"),
        CheckConstraint("support_count >= 0", name="support"),
        Index("ix_comments_author_id", "author_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"))
    number: Mapped[int]
    path: Mapped[str] = mapped_column(PathColumn)
    depth: Mapped[int]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("comments.id"), index=True)
    stance: Mapped[str] = mapped_column(String(8))
    text: Mapped[Words]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))
    author_name: Mapped[str] = mapped_column(String(80), default="")
    official: Mapped[bool] = mapped_column(default=False)
    signed_as: Mapped[Words | None]
    said_at: Mapped[datetime]
    adopted_at: Mapped[datetime | None]
    adopted_by: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))
    hidden_at: Mapped[datetime | None]
    hidden_by: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))
    hidden_because: Mapped[Words | None]
    support_count: Mapped[int] = mapped_column(default=0)
    against_count: Mapped[int] = mapped_column(default=0)
    source: Mapped[str | None] = mapped_column(String(24))
    source_id: Mapped[str | None] = mapped_column(String(64))
    source_parent_id: Mapped[str | None] = mapped_column(String(64))
    missing_parent: Mapped[bool] = mapped_column(default=False)


class CommentSupport(Base):
    """Somebody is of the same mind; once per person."""

    __tablename__ = "comment_supports"

    comment_id: Mapped[int] = mapped_column(ForeignKey("comments.id"), primary_key=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"), primary_key=True, index=True)
    at: Mapped[datetime]
