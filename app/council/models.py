"""Topics, who supports them, and everything that happened to them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.append_only import append_only
from app.kit.db import Base
from app.kit.words import Words

STATES = (
    "draft", "proposed", "deliberating", "voting", "decided", "implementing",
    "closed", "declined", "withdrawn", "merged",
)  # fmt: skip
OUTCOMES = ("carried", "not_carried", "no_quorum")


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class Topic(Base):
    """One matter. `number` ("2026-037") is given when it is proposed: a draft has none.

    `proposer_name` is the public name of somebody from another site. `support_count` is kept beside the rows that it
    counts because a brought-in topic has supporters whom nobody here knows. `decided_at` is the closing of the ballot.
    """

    __tablename__ = "topics"
    __table_args__ = (
        UniqueConstraint("street_id", "number"),
        UniqueConstraint("source", "source_id"),
        CheckConstraint(_one_of("state", STATES), name="state"),
        CheckConstraint(_one_of("outcome", OUTCOMES), name="outcome"),
        CheckConstraint("support_count >= 0 AND support_needed > 0", name="support"),
        Index("ix_topics_opened_at_id", "opened_at", "id"),
        Index("ix_topics_state_opened_at", "state", "opened_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str | None] = mapped_column(String(12))
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    place_path: Mapped[str] = mapped_column(String(120), index=True)
    street_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    community_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    title: Mapped[Words]
    body: Mapped[Words]
    state: Mapped[str] = mapped_column(String(16))
    proposer_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"), index=True)
    proposer_name: Mapped[str] = mapped_column(String(80), default="")
    support_count: Mapped[int] = mapped_column(default=0)
    support_needed: Mapped[int]
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("threads.id"), unique=True)  # named after this row
    question_id: Mapped[int | None] = mapped_column(ForeignKey("questions.id"), unique=True)
    outcome: Mapped[str | None] = mapped_column(String(16))
    decided_at: Mapped[datetime | None] = mapped_column(index=True)
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("topics.id"))
    source: Mapped[str | None] = mapped_column(String(24))
    source_id: Mapped[str | None] = mapped_column(String(64))
    opened_at: Mapped[datetime]
    state_since: Mapped[datetime]


class TopicChange(Base):
    """One line of the timeline: who did what, when, from which state to which, and why. It only grows."""

    __tablename__ = "topic_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topics.id"), index=True)
    at: Mapped[datetime]
    action: Mapped[str] = mapped_column(String(16))
    from_state: Mapped[str] = mapped_column(String(16))
    to_state: Mapped[str] = mapped_column(String(16))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))
    as_staff: Mapped[bool] = mapped_column(default=False)
    why: Mapped[Words | None]


append_only(TopicChange.__table__)  # type: ignore[arg-type]


class TopicSupport(Base):
    """A neighbour wants this discussed; once per person."""

    __tablename__ = "topic_supports"

    topic_id: Mapped[int] = mapped_column(ForeignKey("topics.id"), primary_key=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"), primary_key=True, index=True)
    at: Mapped[datetime]


class TopicCount(Base):
    """How many topics a street has numbered in a year."""

    __tablename__ = "topic_counts"

    street_id: Mapped[int] = mapped_column(ForeignKey("places.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class ResolutionPoint(Base):
    """One point of the text that is put to the vote, published at opening. It goes up for notice if it carries."""

    __tablename__ = "resolution_points"

    topic_id: Mapped[int] = mapped_column(ForeignKey("topics.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text: Mapped[Words]


append_only(ResolutionPoint.__table__)  # type: ignore[arg-type]
