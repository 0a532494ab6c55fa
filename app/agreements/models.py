"""Agreements, their versions with articles and points rules, what happened to them, and who signed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.append_only import append_only
from app.kit.db import Base
from app.kit.words import Words

# Stages before the decision. Whether an adopted version is in force is read from the effective days.
UNDER_WAY = ("drafting", "consulting", "adopting")


def _only(condition: str) -> dict[str, Any]:
    """A unique index over the rows for which the condition holds, on both databases."""
    return {"unique": True, "sqlite_where": text(condition)}


class Agreement(Base):
    """One rule set of a place. `last_lineage` counts the articles that were ever written for it."""

    __tablename__ = "agreements"
    __table_args__ = (UniqueConstraint("source", "source_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    place_path: Mapped[str] = mapped_column(String(120), index=True)
    street_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    community_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))
    title: Mapped[Words]
    preamble: Mapped[Words]
    last_lineage: Mapped[int] = mapped_column(default=0)
    source: Mapped[str | None] = mapped_column(String(24))
    source_id: Mapped[str | None] = mapped_column(String(64))
    opened_at: Mapped[datetime]


class AgreementEditor(Base):
    """Somebody of the group that holds the pen (执笔小组)."""

    __tablename__ = "agreement_editors"

    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreements.id"), primary_key=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"), primary_key=True, index=True)


class Version(Base):
    """One version of the text. `repeals`: it has no articles, and adopting it ends the agreement.

    In force on a day is the adopted version with the latest `effective_from` up to that day: two at once cannot be
    written down, because no two of an agreement begin on the same day. One version at a time is under way.
    """

    __tablename__ = "agreement_versions"
    __table_args__ = (
        UniqueConstraint("agreement_id", "number"),
        CheckConstraint("stage IN ('drafting', 'consulting', 'adopting', 'adopted', 'dropped')", name="stage"),
        CheckConstraint(
            "stage NOT IN ('adopting', 'adopted') OR (question_id IS NOT NULL AND effective_from IS NOT NULL)",
            name="ballot",
        ),
        CheckConstraint("outcome IN ('carried', 'not_carried', 'no_quorum')", name="outcome"),
        Index(
            "uq_agreement_versions_effective_from", "agreement_id", "effective_from",
            **_only("stage IN ('adopting', 'adopted')"),
        ),
        Index(
            "uq_agreement_versions_under_way", "agreement_id",
            **_only("stage IN ('drafting', 'consulting', 'adopting')"),
        ),
        Index("ix_agreement_versions_stage", "stage", "agreement_id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreements.id"))
    number: Mapped[int]
    stage: Mapped[str] = mapped_column(String(12))
    repeals: Mapped[bool] = mapped_column(default=False)
    note: Mapped[Words | None]  # what is new, in a line
    consulting_until: Mapped[datetime | None]
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("threads.id"), unique=True)
    question_id: Mapped[int | None] = mapped_column(ForeignKey("questions.id"), unique=True)
    effective_from: Mapped[date | None]
    outcome: Mapped[str | None] = mapped_column(String(16))
    decided_at: Mapped[datetime | None]  # the closing of the ballot
    opened_at: Mapped[datetime]
    stage_since: Mapped[datetime]


class Article(Base):
    """One article of one version. `lineage` stays while it passes from version to version, whatever its number."""

    __tablename__ = "agreement_articles"
    __table_args__ = (UniqueConstraint("version_id", "number"), UniqueConstraint("version_id", "lineage"))

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("agreement_versions.id"))
    number: Mapped[int]
    lineage: Mapped[int]
    text: Mapped[Words]


class ArticleRule(Base):
    """A points rule of an article: it names the line with that code, or sets the line itself (`line`, a document).

    `behaviour` is what the line is for, as it was called when the rule was written.
    """

    __tablename__ = "article_rules"

    article_id: Mapped[int] = mapped_column(ForeignKey("agreement_articles.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(16), primary_key=True)
    behaviour: Mapped[Words]
    line: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class VersionChange(Base):
    """One line of a version's timeline: who did what, when, and why. It only grows."""

    __tablename__ = "version_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("agreement_versions.id"), index=True)
    at: Mapped[datetime]
    action: Mapped[str] = mapped_column(String(16))
    to_stage: Mapped[str] = mapped_column(String(12))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))
    as_staff: Mapped[bool] = mapped_column(default=False)
    why: Mapped[Words | None]


class Signature(Base):
    """A household's signature under a version: one each, whoever of the family was first."""

    __tablename__ = "signatures"
    __table_args__ = (UniqueConstraint("version_id", "household_id"), Index("ix_signatures_household", "household_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("agreement_versions.id"))
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"))
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    signed_at: Mapped[datetime]


append_only(VersionChange.__table__)  # type: ignore[arg-type]
append_only(Signature.__table__, twice_is_once=True)  # type: ignore[arg-type]
