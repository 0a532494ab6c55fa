"""A secret ballot: the roll with its marks on one side, papers without a name on the other, and nothing between them.

No table here has a key, an instant, an address or an order that the other one shares. While voting runs a mark and its
paper are written in one transaction, and a database tells whoever holds its files which rows came together; at closing
all papers are written anew in the order of their hashes (`counted_papers`), and the first ones are taken away.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.ballots.models import LONGEST_PAPER
from app.kit.append_only import append_only
from app.kit.db import Base


class SecretMark(Base):
    """That an elector has voted: on which day, on the web or on paper. `cast_by` is the person, also of a household."""

    __tablename__ = "secret_marks"
    __table_args__ = (
        UniqueConstraint("question_id", "cast_by"),
        CheckConstraint("channel IN ('web', 'paper')", name="channel"),
        {"sqlite_with_rowid": False},
    )

    roll_entry_id: Mapped[int] = mapped_column(ForeignKey("roll_entries.id"), primary_key=True, autoincrement=False)
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"))
    cast_by: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))
    channel: Mapped[str] = mapped_column(String(8))
    on_day: Mapped[date]


class SecretPaper(Base):
    """One paper in the urn, while voting runs. The hash of its receipt is all that finds it again."""

    __tablename__ = "secret_papers"
    __table_args__ = ({"sqlite_with_rowid": False},)

    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"), primary_key=True, autoincrement=False)
    receipt_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    choice: Mapped[str] = mapped_column(String(LONGEST_PAPER))


class CountedPaper(Base):
    """The papers of a closed question, `number` being the place of the hash among all: nothing else orders them."""

    __tablename__ = "counted_papers"
    __table_args__ = (UniqueConstraint("question_id", "receipt_hash"), {"sqlite_with_rowid": False})

    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"), primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    receipt_hash: Mapped[str] = mapped_column(String(64))
    choice: Mapped[str] = mapped_column(String(LONGEST_PAPER))


append_only(SecretMark.__table__)  # type: ignore[arg-type]
append_only(CountedPaper.__table__)  # type: ignore[arg-type]
