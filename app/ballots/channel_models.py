"""What stands beside ballots that do not come over the web: papers typed once, proxies, contested votes, and urns."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.ballots.models import LONGEST_PAPER
from app.kit.append_only import append_only
from app.kit.db import Base

_STANDS = text("ended_at IS NULL")


class TypedPaper(Base):
    """A paper of an open ballot that one person has typed, until a second one reads the same on it.

    `voter_id` is whose name the paper bears: the elector, or the adult who filled it in for a household, if it says so.
    """

    __tablename__ = "typed_papers"

    roll_entry_id: Mapped[int] = mapped_column(ForeignKey("roll_entries.id"), primary_key=True, autoincrement=False)
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"), index=True)
    choice: Mapped[str] = mapped_column(String(LONGEST_PAPER))
    voter_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))
    typed_by: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    typed_at: Mapped[datetime]


class Proxy(Base):
    """That somebody votes for an elector, by a signed paper that staff saw. It stands until it is ended.

    `granted_by` is who signed: the elector, or an adult of the household. `upload_id` is a picture of the paper.
    """

    __tablename__ = "proxies"
    __table_args__ = (
        Index("uq_proxies_of_elector", "roll_entry_id", unique=True, sqlite_where=_STANDS),
        Index("uq_proxies_of_holder", "question_id", "holder_id", unique=True, sqlite_where=_STANDS),
        CheckConstraint("holder_id <> granted_by", name="holder"),
        CheckConstraint("registered_by <> holder_id AND registered_by <> granted_by", name="registered"),
        CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"))
    roll_entry_id: Mapped[int] = mapped_column(ForeignKey("roll_entries.id"))
    holder_id: Mapped[int] = mapped_column(ForeignKey("residents.id"), index=True)
    granted_by: Mapped[int] = mapped_column(ForeignKey("residents.id"), index=True)
    registered_by: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    registered_at: Mapped[datetime]
    upload_id: Mapped[int | None] = mapped_column(ForeignKey("uploads.id"))
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))


class ContestedVote(Base):
    """An elector said before closing that a vote which others entered was not theirs. What it said is kept nowhere."""

    __tablename__ = "contested_votes"

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"), index=True)
    roll_entry_id: Mapped[int] = mapped_column(ForeignKey("roll_entries.id"))
    channel: Mapped[str] = mapped_column(String(8))
    entered_by: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))
    entered_at: Mapped[datetime]
    contested_by: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    at: Mapped[datetime]


class UrnCount(Base):
    """What one person counted in the urn of a secret ballot, until a second one has counted the same.

    `tally`: paper to number. The row goes as soon as the two agree, so that no tally of a few papers stays.
    """

    __tablename__ = "urn_counts"

    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"), primary_key=True, autoincrement=False)
    tally: Mapped[dict[str, Any]]
    counted_by: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    at: Mapped[datetime]


class PaperBatch(Base):
    """So many papers of a secret ballot were opened together, and counted by two people. Never what they said."""

    __tablename__ = "paper_batches"
    __table_args__ = (
        UniqueConstraint("question_id", "number"),
        CheckConstraint("papers > 0", name="papers"),
        CheckConstraint("counted_by <> confirmed_by", name="two_people"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"))
    number: Mapped[int]  # from 1 on
    papers: Mapped[int]
    counted_by: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    confirmed_by: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    at: Mapped[datetime]


for _table in (ContestedVote, PaperBatch):
    append_only(_table.__table__)  # type: ignore[arg-type]
