"""Places and the spots where people meet."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base
from app.kit.words import Words


class Place(Base):
    """One place. `path` is "/1/4/9/": the ids from the top down to itself, so that "below" is a prefix.

    `kind`: street, community, village, compound, hamlet, grid or group; an installation serves one street, and what is
    above it (province, city, district) is only for addresses.
    """

    __tablename__ = "places"

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    code: Mapped[str] = mapped_column(String(32), unique=True)
    path: Mapped[str] = mapped_column(String(120), index=True)
    name: Mapped[Words]
    intro: Mapped[Words | None]
    committee: Mapped[Words | None]
    households: Mapped[int] = mapped_column(default=0)
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Spot(Base):
    """A service point, hall, square or shop where something happens."""

    __tablename__ = "spots"
    __table_args__ = (UniqueConstraint("key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64))
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    kind: Mapped[str] = mapped_column(String(32))
    name: Mapped[Words]
    open_hours: Mapped[Words | None]
