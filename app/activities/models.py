"""Activities, their shifts, who signed up, who came, and what happened to an activity."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.append_only import append_only
from app.kit.db import Base
from app.kit.words import Words


class Activity(Base):
    """One activity. `state` is what somebody decided; full, under way and finished are read from its shifts.

    `starts_at` is the beginning of its first shift and `ends_at` the end of its last: lists sort and filter by them.
    `source` and `source_id` name where an imported one came from, `organisation` who offers it there.
    """

    __tablename__ = "activities"
    __table_args__ = (
        UniqueConstraint("source", "source_id"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("state IN ('draft', 'review', 'open', 'reported', 'cancelled')", name="known_state"),
        Index("ix_activities_state_ends_at", "state", "ends_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    street_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    community_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"), index=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    spot_id: Mapped[int | None] = mapped_column(ForeignKey("spots.id"))
    kind: Mapped[str] = mapped_column(String(24), index=True)
    title: Mapped[Words]
    description: Mapped[Words]
    organiser_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"), index=True)
    organisation: Mapped[str] = mapped_column(String(200), default="")
    tariff_code: Mapped[str | None] = mapped_column(String(8))
    marks: Mapped[list[Any]] = mapped_column(default=list)
    age_from: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(12))
    report: Mapped[Words | None]
    source: Mapped[str | None] = mapped_column(String(40))
    source_id: Mapped[str | None] = mapped_column(String(64))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class Shift(Base):
    """A time with a number of places. `taken` counts sign-ups not given up; the database keeps it in bounds."""

    __tablename__ = "shifts"
    __table_args__ = (
        CheckConstraint("taken >= 0 AND taken <= capacity", name="taken_within_capacity"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("minimum >= 1 AND minimum <= capacity", name="minimum_within_capacity"),
        Index("ix_shifts_activity_id_starts_at", "activity_id", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activities.id"))
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime] = mapped_column(index=True)
    capacity: Mapped[int]
    minimum: Mapped[int] = mapped_column(default=1)
    taken: Mapped[int] = mapped_column(default=0)
    in_charge_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))


class SignUp(Base):
    """One person's place on a shift: confirmed, cancelled (given up) or no-show. Signing up again reuses the row."""

    __tablename__ = "sign_ups"
    __table_args__ = (
        UniqueConstraint("shift_id", "resident_id"),
        CheckConstraint("state IN ('confirmed', 'cancelled', 'no-show')", name="known_state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    shift_id: Mapped[int] = mapped_column(ForeignKey("shifts.id"))
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"), index=True)
    state: Mapped[str] = mapped_column(String(12))
    signed_up_at: Mapped[datetime]


class Attendance(Base):
    """When somebody came and left, once a shift. `minutes` stands from check-out on; confirmed, it never changes."""

    __tablename__ = "attendances"
    __table_args__ = (
        UniqueConstraint("shift_id", "resident_id"),
        CheckConstraint("checked_out_at IS NULL OR checked_out_at >= checked_in_at", name="out_after_in"),
        CheckConstraint("(minutes IS NULL) = (checked_out_at IS NULL)", name="minutes_at_check_out"),
        CheckConstraint("minutes IS NULL OR minutes >= 0", name="minutes_not_negative"),
        CheckConstraint("confirmed_at IS NULL OR checked_out_at IS NOT NULL", name="confirmed_after_out"),
        CheckConstraint("confirmed_by IS NULL OR confirmed_by <> resident_id", name="not_confirmed_by_oneself"),
        CheckConstraint("method IN ('code', 'roster')", name="known_method"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    shift_id: Mapped[int] = mapped_column(ForeignKey("shifts.id"))
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"), index=True)
    checked_in_at: Mapped[datetime]
    checked_out_at: Mapped[datetime | None]
    method: Mapped[str] = mapped_column(String(8))
    minutes: Mapped[int | None]
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))


class ActivityChange(Base):
    """One step in the life of an activity: from where to where, who, when, and why where a reason is owed."""

    __tablename__ = "activity_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activities.id"), index=True)
    was: Mapped[str | None] = mapped_column(String(12))
    became: Mapped[str] = mapped_column(String(12))
    why: Mapped[Words | None]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))
    at: Mapped[datetime]


append_only(ActivityChange.__table__)  # type: ignore[arg-type]
