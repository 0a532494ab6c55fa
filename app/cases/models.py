"""Cases, what was sent to show that they are put right, decisions, appeals and deductions in effect. All only grows."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.append_only import append_only
from app.kit.db import Base
from app.kit.words import Words


class Case(Base):
    """Something that was found, told to one household. `step`: reminder, notice, third, or proven (a false claim).

    A notice comes `after_id` a reminder, a third time after one of these; both of that household and line. `cure_by` is
    the local midnight that ends the last day for putting it right. `blocks` is the heading whose star stays dark while
    the case is open. `award_because` is what a false claim earned, `absence` ("sign-up:12") the sign-up for a shift
    that was missed; each is filed once. `resident_id` is set where a line counts by person.
    """

    __tablename__ = "cases"
    __table_args__ = (
        UniqueConstraint("id", "household_id", "code"),
        UniqueConstraint("id", "filed_by"),
        ForeignKeyConstraint(["after_id", "household_id", "code"], ["cases.id", "cases.household_id", "cases.code"]),
        CheckConstraint("step IN ('reminder', 'notice', 'third', 'proven')", name="step"),
        CheckConstraint("(step IN ('notice', 'third')) = (after_id IS NOT NULL)", name="ladder"),
        CheckConstraint("(step = 'proven') = (award_because IS NOT NULL)", name="false_claim"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("happened_at <= filed_at AND cure_by >= filed_at", name="moments"),
        CheckConstraint("upload_id IS NULL OR masked", name="masked"),
        Index("ix_cases_household", "household_id", "filed_at"),
        Index("ix_cases_absence", "absence", unique=True),
        Index("ix_cases_place_path", "place_path", "filed_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    step: Mapped[str] = mapped_column(String(8))
    after_id: Mapped[int | None]
    line_id: Mapped[int] = mapped_column(ForeignKey("tariff_lines.id"))
    code: Mapped[str] = mapped_column(String(16))
    amount: Mapped[int]
    blocks: Mapped[str | None] = mapped_column(String(16))
    award_because: Mapped[str | None] = mapped_column(String(80))
    absence: Mapped[str | None] = mapped_column(String(32))
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"))
    resident_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))
    community_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    place_path: Mapped[str] = mapped_column(String(120))
    title: Mapped[Words]
    text: Mapped[Words]
    upload_id: Mapped[int | None] = mapped_column(ForeignKey("uploads.id"))
    masked: Mapped[bool]
    happened_at: Mapped[datetime]
    cure_by: Mapped[datetime]
    filed_by: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    filed_at: Mapped[datetime]

    @property
    def cause(self) -> str:
        return f"case:{self.id}"

    @property
    def taking(self) -> list[str]:
        """The causes of all that its deduction takes from the household."""
        undone = f"undo:{self.award_because}"
        return [self.cause, *([undone, f"{undone}:corrected"] if self.award_because else [])]


class Cure(Base):
    """The household says that it is put right, with a photo; or the staff who looked write it down."""

    __tablename__ = "case_cures"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    text: Mapped[Words | None]
    upload_id: Mapped[int | None] = mapped_column(ForeignKey("uploads.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    sent_at: Mapped[datetime]


class CureLook(Base):
    """What somebody found who looked at it, once: it is put right, or not yet."""

    __tablename__ = "case_cure_looks"
    __table_args__ = (CheckConstraint("accepted OR why IS NOT NULL", name="why"),)

    cure_id: Mapped[int] = mapped_column(ForeignKey("case_cures.id"), primary_key=True)
    accepted: Mapped[bool]
    why: Mapped[Words | None]
    by_id: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    at: Mapped[datetime]


class CaseDecision(Base):
    """What a second person decided, once: the deduction is confirmed or declined; or the case was a mistake.

    `appeal_until` is the local midnight that ends the last day to appeal, stored when the deduction is confirmed.
    """

    __tablename__ = "case_decisions"
    __table_args__ = (
        ForeignKeyConstraint(["case_id", "filed_by"], ["cases.id", "cases.filed_by"]),
        CheckConstraint("outcome IN ('confirmed', 'declined', 'cancelled')", name="outcome"),
        CheckConstraint("outcome = 'cancelled' OR by_id <> filed_by", name="four_eyes"),
        CheckConstraint("(outcome = 'confirmed') = (appeal_until IS NOT NULL)", name="appeal"),
        CheckConstraint("appeal_until IS NULL OR appeal_until > at", name="time_to_appeal"),
    )

    case_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    filed_by: Mapped[int]
    outcome: Mapped[str] = mapped_column(String(12))
    why: Mapped[Words]
    appeal_until: Mapped[datetime | None] = mapped_column(index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    at: Mapped[datetime]


class Appeal(Base):
    """What the household says against a confirmed deduction, once; or new evidence that it handed in on paper later.

    `deciders` is how many people decide on it, `due_at` until when.
    """

    __tablename__ = "case_appeals"
    __table_args__ = (
        UniqueConstraint("case_id", "kind"),
        CheckConstraint("kind IN ('appeal', 'evidence')", name="kind"),
        CheckConstraint("deciders IN (1, 2)", name="deciders"),
        CheckConstraint("due_at > filed_at", name="due"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_decisions.case_id"))
    kind: Mapped[str] = mapped_column(String(8))
    text: Mapped[Words]
    upload_id: Mapped[int | None] = mapped_column(ForeignKey("uploads.id"))
    deciders: Mapped[int]
    due_at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    filed_at: Mapped[datetime]


class Opinion(Base):
    """What one of those who decide on an appeal says, with the reason. Where two differ, the household is right."""

    __tablename__ = "case_opinions"

    appeal_id: Mapped[int] = mapped_column(ForeignKey("case_appeals.id"), primary_key=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("residents.id"), primary_key=True)
    upheld: Mapped[bool]
    text: Mapped[Words]
    at: Mapped[datetime]


class Deduction(Base):
    """A deduction in effect: what was posted, after the limits; 0, and no entry, where the period had nothing left.

    `period_starts` and `period_ends` bound the quarter whose honour it lowers. `due_at` is when it took effect; its
    entry is posted then or later, when somebody wrote it down.
    """

    __tablename__ = "deductions"
    __table_args__ = (
        CheckConstraint("amount >= 0", name="amount"),
        CheckConstraint("(amount > 0) = (transfer_id IS NOT NULL)", name="entry"),
        UniqueConstraint("transfer_id"),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("case_decisions.case_id"), primary_key=True, autoincrement=False)
    amount: Mapped[int]
    transfer_id: Mapped[int | None] = mapped_column(ForeignKey("transfers.id"))
    period_starts: Mapped[datetime]
    period_ends: Mapped[datetime]
    due_at: Mapped[datetime]


for _table in (Case, Cure, CureLook, CaseDecision, Appeal, Opinion, Deduction):
    append_only(_table.__table__)  # type: ignore[arg-type]
