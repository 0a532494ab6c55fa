"""Questions, their options, the frozen roll, the ballots, and extensions."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.append_only import append_only
from app.kit.db import Base
from app.kit.words import Words


class Question(Base):
    """What is voted on, by whom, from when until when. Nothing of it changes after opening but a later `closes_at`.

    Quorum and threshold are kept as exact fractions. `subject` is what the vote is about, like `topic:12`.
    """

    __tablename__ = "questions"
    __table_args__ = (
        CheckConstraint("method IN ('yes_no', 'single_choice')", name="method"),
        CheckConstraint("electorate IN ('person', 'household')", name="electorate"),
        # Secret ballots need more than a column (domain.md 2): until they are built the database refuses them.
        CheckConstraint("NOT secret", name="open"),
        CheckConstraint("opens_at < closes_at AND planned_close <= closes_at", name="times"),
        CheckConstraint("quorum_part >= 0 AND quorum_part <= quorum_whole AND quorum_whole > 0", name="quorum"),
        CheckConstraint(
            "threshold_part >= 0 AND threshold_part <= threshold_whole AND threshold_whole > 0", name="threshold"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(64), index=True)
    place_path: Mapped[str] = mapped_column(String(120))
    wording: Mapped[Words]
    method: Mapped[str] = mapped_column(String(16))
    electorate: Mapped[str] = mapped_column(String(16))
    secret: Mapped[bool] = mapped_column(default=False)
    quorum_part: Mapped[int]
    quorum_whole: Mapped[int]
    threshold_part: Mapped[int]
    threshold_whole: Mapped[int]
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime] = mapped_column(index=True)
    planned_close: Mapped[datetime]  # as published at opening
    roll_size: Mapped[int] = mapped_column(default=0)
    roll_hash: Mapped[str] = mapped_column(String(64), default="")
    opened_by: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))

    @property
    def quorum(self) -> Fraction:
        return Fraction(self.quorum_part, self.quorum_whole)

    @property
    def threshold(self) -> Fraction:
        return Fraction(self.threshold_part, self.threshold_whole)


class QuestionOption(Base):
    """One answer and what it means, as published at opening."""

    __tablename__ = "question_options"
    __table_args__ = (UniqueConstraint("question_id", "place"),)

    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(24), primary_key=True)
    place: Mapped[int]  # in the order of the paper
    label: Mapped[Words]
    means: Mapped[Words | None]


class RollEntry(Base):
    """One elector: a person or a household, as it was the moment voting opened."""

    __tablename__ = "roll_entries"
    __table_args__ = (
        UniqueConstraint("question_id", "resident_id"),
        UniqueConstraint("question_id", "household_id"),
        CheckConstraint("(resident_id IS NULL) <> (household_id IS NULL)", name="elector"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"))
    resident_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"), index=True)
    household_id: Mapped[int | None] = mapped_column(ForeignKey("households.id"), index=True)


class Ballot(Base):
    """The one counted vote of an elector; a changed vote replaces it. Only a digest of the receipt is kept."""

    __tablename__ = "ballots"
    __table_args__ = (
        UniqueConstraint("roll_entry_id"),  # one elector, one counted vote
        UniqueConstraint("question_id", "cast_by"),  # nobody votes for two households, whichever way people move
        UniqueConstraint("question_id", "receipt_hash"),
        ForeignKeyConstraint(["question_id", "choice"], ["question_options.question_id", "question_options.key"]),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"))
    roll_entry_id: Mapped[int] = mapped_column(ForeignKey("roll_entries.id"))
    choice: Mapped[str] = mapped_column(String(24))
    receipt_hash: Mapped[str] = mapped_column(String(64))
    cast_by: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))
    cast_at: Mapped[datetime]
    changed_at: Mapped[datetime | None]


class Extension(Base):
    """A later closing time, given before closing, with its public reason."""

    __tablename__ = "question_extensions"

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"), index=True)
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))
    closed_at: Mapped[datetime]  # as it was until then
    closes_at: Mapped[datetime]
    why: Mapped[Words]


for _table in (QuestionOption, RollEntry, Extension):
    append_only(_table.__table__)  # type: ignore[arg-type]
