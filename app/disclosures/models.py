"""Duties, published items with everything that belongs to a revision, questions and answers; and drafts.

What is published only grows: the database refuses to change or delete it. Drafts live in tables of their own.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.disclosures.rhythm import Rhythm
from app.kit.append_only import append_only
from app.kit.db import Base
from app.kit.words import Words

_SUBJECT = "subject IN ('party', 'village', 'finance')"
_KIND = "kind IN ('item', 'finances', 'payments')"
_RHYTHMS: dict[str, Any] = {"monthly": "month", "quarterly": "quarter", "half_yearly": "half", "yearly": "year"}
_OF_FINANCES = text("kind = 'finances'")


class Duty(Base):
    """Something that a place has to publish. `since` is the first day that is counted here.

    `due_in` and `due_day` say the last day for a period (`Rhythm`); on occasion it is `working_days` after the
    event. `fulfilled_by`: an item about this duty, or the finance table of the period, whatever it names.
    """

    __tablename__ = "disclosure_duties"
    __table_args__ = (
        UniqueConstraint("place_id", "key"),
        CheckConstraint(_SUBJECT, name="subject"),
        CheckConstraint(
            "rhythm IN ('monthly', 'quarterly', 'half_yearly', 'yearly', 'on_occasion')", name="rhythm"
        ),
        CheckConstraint("(rhythm = 'on_occasion') = (working_days IS NOT NULL)", name="working_days"),
        CheckConstraint("(rhythm = 'on_occasion') = (due_day IS NULL)", name="due_day"),
        CheckConstraint("fulfilled_by IN ('item', 'finances')", name="fulfilled_by"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    place_path: Mapped[str] = mapped_column(String(120), index=True)
    key: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(8))
    name: Mapped[Words]
    basis: Mapped[Words | None]
    note: Mapped[Words | None]
    rhythm: Mapped[str] = mapped_column(String(12))
    due_day: Mapped[int | None]
    due_in: Mapped[str | None] = mapped_column(String(8))
    working_days: Mapped[int | None]
    fulfilled_by: Mapped[str] = mapped_column(String(8), default="item")
    since: Mapped[date]


class Disclosure(Base):
    """One published item, whatever its revisions say. `event_on`: the day of what is published on occasion.

    `source_hash` is that of the file from which it was brought in, so that the same file comes in once.
    """

    __tablename__ = "disclosures"
    __table_args__ = (
        CheckConstraint(_SUBJECT, name="subject"),
        CheckConstraint(_KIND, name="kind"),
        CheckConstraint("kind <> 'finances' OR period IS NOT NULL", name="period"),
        UniqueConstraint("place_id", "source_hash"),
        Index(
            "uq_disclosures_finances", "place_id", "period", unique=True,
            sqlite_where=_OF_FINANCES,
        ),
        Index("ix_disclosures_published_at_id", "published_at", "id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    place_path: Mapped[str] = mapped_column(String(120), index=True)
    subject: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(8))
    duty_id: Mapped[int | None] = mapped_column(ForeignKey("disclosure_duties.id"), index=True)
    period: Mapped[str | None] = mapped_column(String(8))
    event_on: Mapped[date | None]
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    source_hash: Mapped[str | None] = mapped_column(String(64))
    published_at: Mapped[datetime]


class Revision(Base):
    """What an item says. The one with the highest number counts; the others stay readable.

    `author_id` is None for what was brought in. `digest` is the SHA-256 of everything that the revision says
    (`proof.digest`), to be printed beside it; `ledger_head` the head of the ledger's last seal at that moment, so that
    nobody can take another ledger for it later. `cells` is a plain table: {"columns": [...], "rows": [[...]]}.
    """

    __tablename__ = "disclosure_revisions"
    __table_args__ = (
        UniqueConstraint("disclosure_id", "number"),
        CheckConstraint("number = 1 OR reason IS NOT NULL", name="reason"),
        CheckConstraint("countersigned_by IS NULL OR countersigned_by <> author_id", name="two_people"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    disclosure_id: Mapped[int] = mapped_column(ForeignKey("disclosures.id"))
    number: Mapped[int]
    title: Mapped[Words]
    text: Mapped[Words | None]
    cells: Mapped[dict[str, Any] | None]
    reason: Mapped[Words | None]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))
    countersigned_by: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))
    published_at: Mapped[datetime]
    digest: Mapped[str] = mapped_column(String(64))
    ledger_head: Mapped[str | None] = mapped_column(String(64))


class FinanceFund(Base):
    """One fund of a finance table, whole fen. The database, too, refuses figures that do not add up."""

    __tablename__ = "finance_funds"
    __table_args__ = (CheckConstraint("opening + income - expenditure = closing", name="adds_up"),)

    revision_id: Mapped[int] = mapped_column(ForeignKey("disclosure_revisions.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[Words]
    opening: Mapped[int] = mapped_column(BigInteger)
    income: Mapped[int] = mapped_column(BigInteger)
    expenditure: Mapped[int] = mapped_column(BigInteger)
    closing: Mapped[int] = mapped_column(BigInteger)


class FinanceLine(Base):
    """One line of income or expenditure of a fund, whole fen."""

    __tablename__ = "finance_lines"
    __table_args__ = (
        ForeignKeyConstraint(("revision_id", "fund"), ("finance_funds.revision_id", "finance_funds.position")),
    )

    revision_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    fund: Mapped[int]
    on: Mapped[date | None] = mapped_column("on_day")
    account: Mapped[Words | None]
    text: Mapped[Words]
    income: Mapped[int] = mapped_column(BigInteger)
    expenditure: Mapped[int] = mapped_column(BigInteger)


class Payment(Base):
    """One payment of a list without balances, in hundredths of its currency; below zero is a refund."""

    __tablename__ = "disclosure_payments"

    revision_id: Mapped[int] = mapped_column(ForeignKey("disclosure_revisions.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    paid_on: Mapped[date]
    amount: Mapped[int] = mapped_column(BigInteger)
    payee: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str] = mapped_column(String(200))


class Attachment(Base):
    """A file that belongs to a revision."""

    __tablename__ = "disclosure_attachments"

    revision_id: Mapped[int] = mapped_column(ForeignKey("disclosure_revisions.id"), primary_key=True)
    upload_id: Mapped[int] = mapped_column(ForeignKey("uploads.id"), primary_key=True)


class Question(Base):
    """A resident asks about an item as it stood in revision `number`; `line` names one row of it (`fund:2`, `line:14`).

    `follows_id`: the answered question after which the same person asks once more; once, so it is unique.
    """

    __tablename__ = "disclosure_questions"
    __table_args__ = (Index("ix_disclosure_questions_due_at", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    disclosure_id: Mapped[int] = mapped_column(ForeignKey("disclosures.id"), index=True)
    number: Mapped[int]
    line: Mapped[str | None] = mapped_column(String(16))
    line_name: Mapped[Words | None]
    text: Mapped[Words]
    by_id: Mapped[int] = mapped_column(ForeignKey("residents.id"), index=True)
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("disclosure_questions.id"), unique=True)


class Answer(Base):
    """What the committee answered; once."""

    __tablename__ = "disclosure_answers"

    question_id: Mapped[int] = mapped_column(ForeignKey("disclosure_questions.id"), primary_key=True)
    text: Mapped[Words]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))
    answered_at: Mapped[datetime]


for _table in (Disclosure, Revision, FinanceFund, FinanceLine, Payment, Attachment, Question, Answer):
    append_only(_table.__table__)  # type: ignore[arg-type]


class Draft(Base):
    """What is being written: a new item, or a correction of `disclosure_id`. It goes when it is published.

    `finances` is a `FinanceTable` as JSON. `author_id` wrote last; `why_back` is the note of who sent it back.
    """

    __tablename__ = "disclosure_drafts"
    __table_args__ = (
        CheckConstraint(_SUBJECT, name="subject"),
        CheckConstraint("kind IN ('item', 'finances')", name="kind"),
        CheckConstraint("state IN ('draft', 'awaiting')", name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    disclosure_id: Mapped[int | None] = mapped_column(ForeignKey("disclosures.id"), unique=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    place_path: Mapped[str] = mapped_column(String(120), index=True)
    subject: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(8))
    duty_id: Mapped[int | None] = mapped_column(ForeignKey("disclosure_duties.id"), index=True)
    period: Mapped[str | None] = mapped_column(String(8))
    event_on: Mapped[date | None]
    title: Mapped[Words]
    text: Mapped[Words | None]
    cells: Mapped[dict[str, Any] | None]
    finances: Mapped[dict[str, Any] | None]
    reason: Mapped[Words | None]
    state: Mapped[str] = mapped_column(String(8), default="draft")
    author_id: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    changed_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    why_back: Mapped[Words | None]


class DraftWriter(Base):
    """Somebody who began a draft, wrote on it or sent it: none of them countersigns it."""

    __tablename__ = "disclosure_draft_writers"

    draft_id: Mapped[int] = mapped_column(ForeignKey("disclosure_drafts.id", ondelete="CASCADE"), primary_key=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"), primary_key=True, index=True)


class DraftAttachment(Base):
    """A file that belongs to a draft."""

    __tablename__ = "disclosure_draft_attachments"

    draft_id: Mapped[int] = mapped_column(ForeignKey("disclosure_drafts.id", ondelete="CASCADE"), primary_key=True)
    upload_id: Mapped[int] = mapped_column(ForeignKey("uploads.id"), primary_key=True)


def rhythm_of(duty: Any) -> Rhythm:
    """The rhythm of a duty, or of a row with its columns."""
    return Rhythm(_RHYTHMS.get(duty.rhythm), duty.due_day, duty.due_in, duty.working_days)
