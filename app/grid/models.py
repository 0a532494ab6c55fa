"""Requests, everything that happened to them, who follows them; the service team and the service guide."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.append_only import append_only
from app.kit.db import Base
from app.kit.words import Words

STATES = ("received", "assigned", "handling", "resolved", "rated", "closed", "reopened", "linked")
LEVELS = ("grid", "community", "street")
INTAKES = ("resident", "visit", "collected")
# What the handler says of the end, and the reporter's own word for it.
OUTCOMES = ("solved", "partly", "not_solved", "explained")
VERDICTS = ("solved", "partly", "not_solved")


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


# Said with the same words in the index and in queries: SQLite uses a partial index for nothing else.
UNFINISHED = "requests.state NOT IN ('closed', 'linked')"
LINKED = "requests.state = 'linked'"
_UNFINISHED, _LINKED = (text(one.replace("requests.", "")) for one in (UNFINISHED, LINKED))


class Request(Base):
    """One matter that somebody reported. `version` counts its changes: whoever acts on an older one was too slow.

    `due_*_at` is when the time of each level is over, written when that time begins, for the level and those above it:
    at that instant it goes up by itself. `promised_at` is what the reporter was told; `days` the working days behind
    it. `closes_at` is when a resolved or rated one closes by itself. `minutes_taken` runs from receiving to resolving.
    `origin` keeps what another city's file said. The reporter's name is for the handler in charge alone, and not even
    for that one where `name_kept` or `on_behalf`.
    """

    __tablename__ = "requests"
    __table_args__ = (
        UniqueConstraint("street_id", "number"),
        UniqueConstraint("source", "source_id"),
        CheckConstraint(_one_of("state", STATES), name="state"),
        CheckConstraint(_one_of("level", LEVELS), name="level"),
        CheckConstraint(_one_of("intake", INTAKES), name="intake"),
        CheckConstraint(_one_of("outcome", OUTCOMES), name="outcome"),
        CheckConstraint(_one_of("verdict", VERDICTS), name="verdict"),
        CheckConstraint("stars BETWEEN 1 AND 5", name="stars"),
        CheckConstraint("(verdict IS NULL) = (stars IS NULL)", name="rating"),
        CheckConstraint("state NOT IN ('assigned', 'handling') OR handler_id IS NOT NULL OR source IS NOT NULL",
                        name="in_charge"),
        # The ledger, newest first: of the street, a community or a grid, of a category, of what is not finished yet.
        Index("ix_requests_received_at_id", "received_at", "id"),
        Index("ix_requests_category_received_at_id", "category", "received_at", "id"),
        Index("ix_requests_community_id_received_at_id", "community_id", "received_at", "id"),
        Index("ix_requests_community_id_category_received_at_id", "community_id", "category", "received_at", "id"),
        Index("ix_requests_grid_id_received_at_id", "grid_id", "received_at", "id"),
        Index("ix_requests_unfinished", "received_at", "id", sqlite_where=_UNFINISHED),
        Index("ix_requests_linked", "received_at", "id", sqlite_where=_LINKED),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(16))
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    place_path: Mapped[str] = mapped_column(String(120))
    street_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    community_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))
    grid_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))
    category: Mapped[str] = mapped_column(String(16))
    intake: Mapped[str] = mapped_column(String(12))
    is_public: Mapped[bool]
    on_behalf: Mapped[bool] = mapped_column(default=False)
    name_kept: Mapped[bool] = mapped_column(default=False)
    title: Mapped[Words]
    text: Mapped[Words]
    spot: Mapped[Words | None]
    contact: Mapped[str] = mapped_column(String(80), default="")
    reporter_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"), index=True)
    state: Mapped[str] = mapped_column(String(12))
    level: Mapped[str] = mapped_column(String(12))
    version: Mapped[int]
    days: Mapped[int]
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"), index=True)
    department_id: Mapped[int | None] = mapped_column(ForeignKey("departments.id"))
    reply_due_at: Mapped[datetime | None]
    received_at: Mapped[datetime]
    state_since: Mapped[datetime]
    level_since: Mapped[datetime]
    promised_at: Mapped[datetime]
    due_grid_at: Mapped[datetime | None]
    due_community_at: Mapped[datetime | None]
    due_street_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))
    closes_at: Mapped[datetime | None] = mapped_column(index=True)
    minutes_taken: Mapped[int | None]
    outcome: Mapped[str | None] = mapped_column(String(12))
    answer: Mapped[Words | None]
    verdict: Mapped[str | None] = mapped_column(String(12))
    stars: Mapped[int | None]
    comment: Mapped[Words | None]
    reopened: Mapped[int] = mapped_column(default=0)
    linked_to: Mapped[int | None] = mapped_column(ForeignKey("requests.id"), index=True)
    source: Mapped[str | None] = mapped_column(String(24))
    source_id: Mapped[str | None] = mapped_column(String(64))
    origin: Mapped[dict[str, Any] | None]


class RequestChange(Base):
    """One line of the history: what, when, at which level, by whom in which capacity, and why. It only grows.

    `number` counts the lines of a request from 1: two people who act on the same version cannot both write the next.
    """

    __tablename__ = "request_changes"
    __table_args__ = (UniqueConstraint("request_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("requests.id"))
    number: Mapped[int]
    at: Mapped[datetime]
    action: Mapped[str] = mapped_column(String(12))
    from_state: Mapped[str] = mapped_column(String(12))
    to_state: Mapped[str] = mapped_column(String(12))
    from_level: Mapped[str] = mapped_column(String(12))
    to_level: Mapped[str] = mapped_column(String(12))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))
    capacity: Mapped[str] = mapped_column(String(12))
    why: Mapped[Words | None]
    department_id: Mapped[int | None] = mapped_column(ForeignKey("departments.id"))


append_only(RequestChange.__table__)  # type: ignore[arg-type]


class RequestFollower(Base):
    """Somebody whom the same matter concerns; the reporter of a linked request follows the one it was linked to."""

    __tablename__ = "request_followers"

    request_id: Mapped[int] = mapped_column(ForeignKey("requests.id"), primary_key=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"), primary_key=True, index=True)
    at: Mapped[datetime]


class RequestPhoto(Base):
    """A picture that came with a request or was added later, in the order of adding."""

    __tablename__ = "request_photos"

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("requests.id"), index=True)
    upload_id: Mapped[int] = mapped_column(ForeignKey("uploads.id"))
    at: Mapped[datetime]


class RequestCount(Base):
    """How many requests a street has numbered in a year."""

    __tablename__ = "request_counts"

    street_id: Mapped[int] = mapped_column(ForeignKey("places.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class Department(Base):
    """Whom the street or a committee may call in; the department answers by a day."""

    __tablename__ = "departments"
    __table_args__ = (UniqueConstraint("street_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    street_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    key: Mapped[str] = mapped_column(String(24))
    name: Mapped[Words]


class TeamMember(Base):
    """One place in the service team of a grid: what for, how to reach, and who stands in (AB 角).

    `resident_id` is None for those who are not on our register: the police officer, the doctor.
    """

    __tablename__ = "team_members"
    __table_args__ = (UniqueConstraint("grid_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    grid_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    key: Mapped[str] = mapped_column(String(24))
    position: Mapped[int]
    role: Mapped[Words]
    duty: Mapped[Words]
    reach: Mapped[Words]
    resident_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))
    stand_in: Mapped[Words | None]
    stand_in_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))


class TeamRoster(Base):
    """When a grid is on duty at night (weekdays 0 to 6 from Monday; local times) and when its team meets each month."""

    __tablename__ = "team_rosters"

    grid_id: Mapped[int] = mapped_column(ForeignKey("places.id"), primary_key=True, autoincrement=False)
    night_days: Mapped[list[Any]]
    night_from: Mapped[str] = mapped_column(String(5))
    night_to: Mapped[str] = mapped_column(String(5))
    meets_on: Mapped[int]
    meets_at: Mapped[str] = mapped_column(String(5))


class GuideMatter(Base):
    """A matter that is handled at a window: with which papers, and in how many working days. `papers`: texts."""

    __tablename__ = "guide_matters"
    __table_args__ = (UniqueConstraint("street_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    street_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    key: Mapped[str] = mapped_column(String(32))
    name: Mapped[Words]
    window: Mapped[Words]
    papers: Mapped[list[Any]]
    working_days: Mapped[int]
