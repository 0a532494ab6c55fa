"""Accounts, transfers, holds and their ends. All but the accounts only grow: the database refuses to change them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    DDL,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    event,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.append_only import append_only, stay
from app.kit.db import Base
from app.kit.words import Words
from app.points import postgres

REQUEST_ID = 96  # characters
_OWN = text("asset = 'minutes'")
_ASSETS = "asset IN ('honour', 'points', 'minutes', 'goods')"
_WHOLE = "amount BETWEEN 1 AND 1000000 AND amount = CAST(amount AS INTEGER)"  # SQLite would take 1.5 (I2)
_PURPOSES = "'own', 'issued', 'redeemed', 'expired', 'corrected'"
_QUARTERS = "asset = 'goods' AND owner_kind = 'community' AND purpose LIKE '____-Q_'"


class Account(Base):
    """What one owner has of one asset.

    Only accounts of households and residents keep a balance; those of communities and merchants are derived from the
    transfers, because a row that every posting must change would be the slowest in the house (performance.md).
    A `bounded` account never falls below zero, nor below what is held on it. Households' honour is not bounded: the
    start of each quarter is not a transfer, so deductions may outweigh what was earned.

    Of `goods`, in whole yuan, a community has one account for each quarter, its goods fund: the `purpose` is like
    "2026-Q4". What merchants handed over is theirs.
    """

    __tablename__ = "accounts"
    __table_args__ = (
        UniqueConstraint("asset", "owner_kind", "owner_id", "purpose"),
        UniqueConstraint("asset", "id"),  # what transfers refer to, so that both sides are of their asset
        CheckConstraint(_ASSETS, name="asset"),
        CheckConstraint("owner_kind IN ('household', 'resident', 'merchant', 'community')", name="owner"),
        CheckConstraint(f"purpose IN ({_PURPOSES}) OR ({_QUARTERS})", name="purpose"),
        CheckConstraint("NOT bounded OR (held >= 0 AND balance >= held)", name="never_short"),
        CheckConstraint("owner_kind IN ('household', 'resident') OR (balance = 0 AND held = 0)", name="derived"),
        CheckConstraint("asset <> 'goods' OR owner_kind IN ('community', 'merchant')", name="goods"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    asset: Mapped[str] = mapped_column(String(8))
    owner_kind: Mapped[str] = mapped_column(String(12))
    owner_id: Mapped[int]
    purpose: Mapped[str] = mapped_column(String(12))
    bounded: Mapped[bool] = mapped_column(default=False)
    balance: Mapped[int] = mapped_column(default=0)
    held: Mapped[int] = mapped_column(default=0)


class Hold(Base):
    """Points of a household kept back until `expires_at`; how it ended stands in its `HoldEnd`.

    A lapsed hold may be without one: time decides when it is read, whoever writes next to the account notes it.
    """

    __tablename__ = "holds"
    __table_args__ = (
        UniqueConstraint("because"),
        UniqueConstraint("id", "amount"),  # what an end refers to, so that no more is posted than was held
        CheckConstraint(_WHOLE, name="amount"),
        Index("ix_holds_household", "household_id", "expires_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"))
    resident_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))
    amount: Mapped[int]
    because: Mapped[str] = mapped_column(String(80))
    what: Mapped[Words | None]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    request_id: Mapped[str] = mapped_column(String(REQUEST_ID))


class HoldEnd(Base):
    """The one end of a hold (I12): posted with all of `amount` or a part of it, voided, or expired.

    What was held and not posted is free again. `ended_at` of an expired one is the moment it lapsed, whenever that
    was noted.
    """

    __tablename__ = "hold_ends"
    __table_args__ = (
        ForeignKeyConstraint(["hold_id", "held"], ["holds.id", "holds.amount"]),
        CheckConstraint("outcome IN ('posted', 'voided', 'expired')", name="outcome"),
        CheckConstraint("amount BETWEEN 0 AND held", name="amount"),
        CheckConstraint("(outcome = 'posted') = (amount > 0)", name="posted"),
    )

    hold_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    held: Mapped[int]
    outcome: Mapped[str] = mapped_column(String(8))
    amount: Mapped[int]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))
    ended_at: Mapped[datetime]
    request_id: Mapped[str] = mapped_column(String(REQUEST_ID))


class Transfer(Base):
    """One entry: a whole amount from `debit_id` to `credit_id`. Never changed, never removed.

    `because` is the cause, like `activity-hours:913`; one cause moves one asset once. `change` is the amount with the
    sign that the household (of minutes: the resident) sees. `what` is what people read, as it was said when it was
    posted; `why` is the reason that somebody gave for a correction. `cut_by` names the window whose limit made the
    amount smaller. `line_id` is the line of the tariff, with its version; only awards have one. Without `resident_id`
    the entry belongs to the household as a whole. `balance_after` is what the household (of minutes: the resident) has
    of the asset after this entry, in the order of ids. `request_id` says which form led to it ("form:17:..."), or that
    it came by itself ("auto:...").
    """

    __tablename__ = "transfers"
    __table_args__ = (
        ForeignKeyConstraint(["asset", "debit_id"], ["accounts.asset", "accounts.id"]),
        ForeignKeyConstraint(["asset", "credit_id"], ["accounts.asset", "accounts.id"]),
        UniqueConstraint("because", "asset"),
        CheckConstraint(_ASSETS, name="asset"),
        CheckConstraint(_WHOLE, name="amount"),
        CheckConstraint("change = amount OR change = -amount", name="change"),
        CheckConstraint("debit_id <> credit_id", name="two_accounts"),
        # All three hold what their readers sum: a database that finds `change` in one of them alone prefers that one,
        # and then reads everybody's entries for the sake of one household.
        Index("ix_transfers_statement", "household_id", "asset", "effective_at", "heading", "change"),
        Index("ix_transfers_resident", "resident_id", "asset", "effective_at", "heading", "change"),
        Index("ix_transfers_page", "household_id", "asset", "id"),
        Index("ix_transfers_own_page", "resident_id", "id", sqlite_where=_OWN),
        Index("ix_transfers_standing", "asset", "effective_at", "household_id", "change"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    asset: Mapped[str] = mapped_column(String(8))
    debit_id: Mapped[int]
    credit_id: Mapped[int]
    amount: Mapped[int]
    change: Mapped[int]
    balance_after: Mapped[int | None]
    code: Mapped[str] = mapped_column(String(16))
    heading: Mapped[str] = mapped_column(String(16))
    because: Mapped[str] = mapped_column(String(80))
    what: Mapped[Words | None]
    why: Mapped[Words | None]
    cut_by: Mapped[str | None] = mapped_column(String(12))
    line_id: Mapped[int | None]
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("transfers.id"), unique=True)
    hold_id: Mapped[int | None] = mapped_column(ForeignKey("holds.id"), unique=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    household_id: Mapped[int | None] = mapped_column(ForeignKey("households.id"))
    resident_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))
    effective_at: Mapped[datetime]
    posted_at: Mapped[datetime]
    request_id: Mapped[str] = mapped_column(String(REQUEST_ID))


class OpeningBalance(Base):
    """What an account had in another ledger when its members came here (`app.points.bringing_in`).

    `stood` is the balance as it was written there, to its last decimal; `whole` is what became an entry, whose cause
    is `because`; without `household_id` it issued what others have. `origin` is what else was said of it.
    """

    __tablename__ = "opening_balances"
    __table_args__ = (
        UniqueConstraint("source", "source_id"),
        UniqueConstraint("because"),
        CheckConstraint("whole >= 0", name="whole"),
        CheckConstraint("household_id IS NOT NULL OR whole = 0", name="issuer"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(40))
    source_id: Mapped[str] = mapped_column(String(20))
    community_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    household_id: Mapped[int | None] = mapped_column(ForeignKey("households.id"))
    stood: Mapped[str] = mapped_column(String(40))
    whole: Mapped[int]
    because: Mapped[str] = mapped_column(String(80))
    origin: Mapped[dict[str, Any]]
    at: Mapped[datetime]


class LotMark(Base):
    """What was left of each year's points of a household after one of its entries: a list of [year, points].

    It only saves reading: `lots` says the same of all entries up to there.
    """

    __tablename__ = "lot_marks"

    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"), primary_key=True)
    entry_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    lots: Mapped[list[Any]]


class PointsRun(Base):
    """How far `flask tick` has come with what is due for all of a community at one instant: a portion at a time."""

    __tablename__ = "points_runs"

    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(primary_key=True)
    reached: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None]


class Seal(Base):
    """The seal of one local day: the root over its entries, chained to the day before by its `head`.

    `until` is the midnight that ended the day. The entries of the day are those numbered from `first` on.
    """

    __tablename__ = "seals"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    until: Mapped[datetime] = mapped_column(unique=True)
    first: Mapped[int]
    entries: Mapped[int]
    root: Mapped[str] = mapped_column(String(64))
    head: Mapped[str] = mapped_column(String(64), unique=True)


class SealedEntry(Base):
    """An entry of the journal as it was sealed: its number, without gaps, and the hash of its canonical line (I23)."""

    __tablename__ = "sealed_entries"
    __table_args__ = (
        UniqueConstraint("kind", "entry_id"),
        CheckConstraint("kind IN ('transfer', 'hold', 'hold_end')", name="kind"),
    )

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(8))
    entry_id: Mapped[int]
    leaf: Mapped[bytes] = mapped_column(LargeBinary(32))


for _table in (Transfer, Hold, HoldEnd, Seal, SealedEntry):
    append_only(_table.__table__, revoke=True)  # type: ignore[arg-type]
append_only(OpeningBalance.__table__)  # type: ignore[arg-type]
append_only(LotMark.__table__, twice_is_once=True)  # type: ignore[arg-type]
stay(Account.__table__, "id", "asset", "owner_kind", "owner_id", "purpose", "bounded")  # type: ignore[arg-type]
for _text in postgres.FUNCTIONS:
    _made: Any = DDL(_text.replace("%", "%%"))  # type: ignore[no-untyped-call]
    event.listen(Transfer.__table__, "after_create", _made.execute_if(dialect="postgresql"))
