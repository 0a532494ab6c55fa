"""The tariff, its lines, what people did, and what was awarded."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Float, ForeignKey, Index, String, UniqueConstraint
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
    served are recorded too. A line with a `factor` multiplies what the lines in `applies_to` earn. `entered_by` is the
    office that enters what is claimed under it (`rules.OFFICES`); None where residents claim it themselves.
    `exclusive` keeps what the document says of it beside others (`drafts.BESIDE_OTHERS`).

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
    entered_by: Mapped[str | None] = mapped_column(String(16))
    exclusive: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    effective_from: Mapped[date]
    effective_until: Mapped[date | None]


class Deed(Base):
    """What somebody did, as it was announced: paid or not, so that another tariff can be tried on it.

    `because` is the cause, like `activity-hours:913`, and that of its award, if it has one. `code` is the line it asks
    for; None where it names none. `household_id` and `place_path` say where the person lived then. `amount` is what
    reviewers chose, `minutes` how long it took. `undone_at`: it turned out not to have been.
    """

    __tablename__ = "deeds"
    __table_args__ = (
        CheckConstraint("minutes IS NULL OR minutes >= 0", name="minutes"),
        Index("ix_deeds_effective_at", "effective_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    because: Mapped[str] = mapped_column(String(80), unique=True)
    code: Mapped[str | None] = mapped_column(String(16))
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    household_id: Mapped[int | None] = mapped_column(ForeignKey("households.id"))
    other_household_id: Mapped[int | None] = mapped_column(ForeignKey("households.id"))
    place_path: Mapped[str] = mapped_column(String(120))
    event: Mapped[str] = mapped_column(String(80))
    minutes: Mapped[int | None]
    amount: Mapped[int | None]
    marks: Mapped[list[Any]]
    in_charge: Mapped[bool]
    effective_at: Mapped[datetime]
    announced_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]


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
        Index("ix_awards_event", "event"),
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


class Simulation(Base):
    """A draft of some lines of the tariff, tried on what people did from `starts` to `ends`; only its progress changes.

    `lines` are documents as in a tariff; they take the place of what `set_by` set. `deeds` is how many there are to go
    through, `done` how many were; `seen_at` is the last sign of whoever works on it. `result`: see `replaying`.
    """

    __tablename__ = "simulations"
    __table_args__ = (
        CheckConstraint("(finished_at IS NULL) = (result IS NULL)", name="finished"),
        CheckConstraint("done >= 0 AND (deeds IS NULL OR done <= deeds)", name="done"),
        Index("ix_simulations_place_id", "place_id", "id"),
        Index("ix_simulations_href", "href", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    place_path: Mapped[str] = mapped_column(String(120))
    title: Mapped[Words]
    href: Mapped[str | None] = mapped_column(String(160))
    set_by: Mapped[str | None] = mapped_column(String(64))
    lines: Mapped[list[Any]]
    starts: Mapped[datetime]
    ends: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    asked_at: Mapped[datetime]
    deeds: Mapped[int | None]
    done: Mapped[int] = mapped_column(default=0)
    seen_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class SimulatedHousehold(Base):
    """What one household would have earned in a simulation, under the tariff in force and under the draft."""

    __tablename__ = "simulated_households"

    simulation_id: Mapped[int] = mapped_column(ForeignKey("simulations.id"), primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"), primary_key=True)
    honour: Mapped[int]
    honour_draft: Mapped[int]
    points: Mapped[int]
    points_draft: Mapped[int]
