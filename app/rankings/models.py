"""Who agreed to be shown on public lists, and how."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.append_only import append_only
from app.kit.db import Base


class Listing(Base):
    """A household that its adults want shown: by masked family name or by a nickname. Taken back, the row goes.

    `agreed_by` is the adult who spoke for the household; only that person's family name is ever masked and shown.
    `nickname_key` is the nickname without case, accents and marks: no two households may look alike.
    """

    __tablename__ = "listings"
    __table_args__ = (
        CheckConstraint("shown_as IN ('masked', 'nickname')", name="shown_as"),
        CheckConstraint("(shown_as = 'nickname') = (nickname_key IS NOT NULL)", name="nickname"),
        CheckConstraint("(shown_as = 'nickname') = (nickname <> '')", name="nickname_said"),
    )

    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"), primary_key=True, autoincrement=False)
    shown_as: Mapped[str] = mapped_column(String(8))
    nickname: Mapped[str] = mapped_column(String(24), default="")
    nickname_key: Mapped[str | None] = mapped_column(String(48), unique=True)
    agreed_by: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    agreed_at: Mapped[datetime]


class ListingChange(Base):
    """Every consent and every withdrawal, without the nickname: what the household decided, who spoke for it, when."""

    __tablename__ = "listing_changes"
    __table_args__ = (CheckConstraint("shown_as IN ('masked', 'nickname', 'none')", name="shown_as"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"), index=True)
    shown_as: Mapped[str] = mapped_column(String(8))
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    at: Mapped[datetime]


append_only(ListingChange.__table__)  # type: ignore[arg-type]
