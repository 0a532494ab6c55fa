"""Households, residents, what they are at which place, and the devices they signed in on."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base


class Household(Base):
    """Who lives behind one door. The ids of all places above are kept on the row: rankings and rolls filter by them."""

    __tablename__ = "households"
    __table_args__ = (UniqueConstraint("group_id", "door"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    street_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    grid_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    door: Mapped[str] = mapped_column(String(40))
    joined_on: Mapped[date]


class Resident(Base):
    """One person. `demo` marks accounts of the sample street: production refuses to start while there are any."""

    __tablename__ = "residents"
    __table_args__ = (CheckConstraint("email IS NOT NULL OR email_confirmed_at IS NULL", name="email"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int | None] = mapped_column(ForeignKey("households.id"), index=True)
    family_name: Mapped[str] = mapped_column(String(40))
    given_name: Mapped[str] = mapped_column(String(40))
    family_name_en: Mapped[str] = mapped_column(String(40), default="")
    born_on: Mapped[date | None]
    sign_in_name: Mapped[str | None] = mapped_column(String(40), unique=True)
    phone: Mapped[str | None] = mapped_column(String(20), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(160))
    verified_at: Mapped[datetime | None]
    verified_by: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))
    # Where somebody says they live, until a grid member confirms it.
    claimed_grid_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"), index=True)
    claimed_door: Mapped[str] = mapped_column(String(80), default="")
    language: Mapped[str | None] = mapped_column(String(2))
    # Where mail may go; nothing but the digits that confirm it is sent there before `email_confirmed_at`.
    email: Mapped[str | None] = mapped_column(String(254))
    email_confirmed_at: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    demo: Mapped[bool] = mapped_column(default=False)


class Role(Base):
    """What somebody is at a place, from `since` on; ended ones stay as history."""

    __tablename__ = "roles"
    __table_args__ = (
        Index(
            "uq_roles_held", "resident_id", "role", "place_id", unique=True,
            sqlite_where=text("ended_at IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    role: Mapped[str] = mapped_column(String(24))
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    since: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class SignIn(Base):
    """One device that somebody signed in on. The cookie holds a random token, the row only its digest."""

    __tablename__ = "sign_ins"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"), index=True)
    device: Mapped[str] = mapped_column(String(40), default="")
    started_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class FailedAttempt(Base):
    """A wrong password or code. `key` is a keyed digest of an account name or a network address, never the thing."""

    __tablename__ = "failed_attempts"
    __table_args__ = (Index("ix_failed_attempts_key_at", "key", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class Invitation(Base):
    """A printed code that joins one person to one household: single use, expires. Only its digest is kept."""

    __tablename__ = "invitations"

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_by: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    used_by: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))
