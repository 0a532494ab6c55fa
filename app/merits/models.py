"""The tariff, its lines, and what was awarded."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Float, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base
from app.kit.words import Words


class Tariff(Base):
    """One version of the points rules of a street, community or village, with the limits that span its lines."""

    __tablename__ = "tariffs"
    __table_args__ = (UniqueConstraint("place_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    version: Mapped[int]
    name: Mapped[Words]
    caps: Mapped[list[Any]]
    loaded_by: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))
    effective_from: Mapped[date]
    effective_until: Mapped[date | None]


class TariffLine(Base):
    """One line: what is done, what it earns, how often. From `effective_until` on it no longer counts.

    `assets` maps an asset to an amount, to [low, high] where the reviewers choose, or to "factor". `caps` is a list of
    {limit, of, window, per}. `per_minutes`: the amount is for each full so many minutes; `also_minutes`: the minutes
    served are recorded too. A line with a `factor` multiplies what the lines in `applies_to` earn.

    A line stands in a tariff, or an article of an agreement set it: then `set_by` is like `agreement:12`, `version`
    that of the agreement, `clause` what the article is called and `href` where it stands. While such a line counts it
    goes before the tariff's own of that code.
    """

    __tablename__ = "tariff_lines"
    __table_args__ = (
        UniqueConstraint("tariff_id", "code"),
        UniqueConstraint("set_by", "version", "code"),
        CheckConstraint("(tariff_id IS NULL) <> (set_by IS NULL)", name="origin"),
        Index("ix_tariff_lines_code", "code", "place_id"),
        CheckConstraint("effective_until IS NULL OR effective_until >= effective_from", name="dates"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    tariff_id: Mapped[int | None] = mapped_column(ForeignKey("tariffs.id"), index=True)
    set_by: Mapped[str | None] = mapped_column(String(64))
    clause: Mapped[Words | None]
    href: Mapped[str | None] = mapped_column(String(120))
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    code: Mapped[str] = mapped_column(String(16))
    version: Mapped[int]
    position: Mapped[int]
    heading: Mapped[str] = mapped_column(String(16))
    behaviour: Mapped[Words]
    unit: Mapped[Words]
    assets: Mapped[dict[str, Any]]
    caps: Mapped[list[Any]]
    per: Mapped[str] = mapped_column(String(12))
    per_minutes: Mapped[int | None]
    also_minutes: Mapped[bool] = mapped_column(default=False)
    factor: Mapped[float | None] = mapped_column(Float)
    applies_to: Mapped[list[Any]]
    earn: Mapped[str] = mapped_column(String(12))
    confirmer: Mapped[Words]
    evidence: Mapped[Words]
    evidence_kind: Mapped[str] = mapped_column(String(16))
    effective_from: Mapped[date]
    effective_until: Mapped[date | None]


class Award(Base):
    """What one cause earns: the amounts after the caps, proposed or posted.

    `because` is the cause and also that of the transfers; one cause earns once. `served` is the minutes that counted
    towards the caps. `event` groups causes of one occasion. `cut_by` names the window whose limit made it smaller;
    all amounts may be 0 then. Without `posted_at` it is only proposed, for what has to be looked into first: it fills
    its caps already and has no transfers. `undone_at`: it was dropped, or its transfers were reversed, and it no longer
    fills a cap.
    """

    __tablename__ = "awards"
    __table_args__ = (
        UniqueConstraint("because"),
        CheckConstraint("honour >= 0 AND points >= 0 AND minutes >= 0 AND served >= 0", name="amounts"),
        CheckConstraint("undone_at IS NULL OR posted_at IS NULL OR undone_at >= posted_at", name="order"),
        Index("ix_awards_household", "household_id", "effective_at"),
        Index("ix_awards_resident", "resident_id", "effective_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    because: Mapped[str] = mapped_column(String(80))
    code: Mapped[str] = mapped_column(String(16))
    line_id: Mapped[int] = mapped_column(ForeignKey("tariff_lines.id"))
    heading: Mapped[str] = mapped_column(String(16))
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"))
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    other_household_id: Mapped[int | None] = mapped_column(ForeignKey("households.id"))
    event: Mapped[str | None] = mapped_column(String(80))
    honour: Mapped[int]
    points: Mapped[int]
    minutes: Mapped[int]
    served: Mapped[int]
    cut_by: Mapped[str | None] = mapped_column(String(12))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))
    effective_at: Mapped[datetime]
    posted_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]

    @property
    def capped(self) -> bool:
        return self.cut_by is not None
