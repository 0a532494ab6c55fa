"""Whether agreements, their ballots and texts, the lines they set in the tariff and their signatures tell the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, cast, func, or_, select
from sqlalchemy.orm import aliased

from app.agreements.models import Agreement, Article, ArticleRule, Signature, Version, VersionChange
from app.agreements.text import voted_on
from app.ballots import results as ballots
from app.ballots.models import Question
from app.kit import clock
from app.kit.db import db
from app.kit.proof import Fault, first_faults
from app.merits.models import TariffLine


def faults() -> Iterator[Fault]:
    """The first version, line of the tariff or signature that contradicts what stands beside it."""
    yield from first_faults(
        ("agreement", "version", _unlike_its_timeline()),
        ("agreement", "version", _line_missing()),
        ("agreement", "tariff-line", _line_of_no_article()),
        ("agreement", "tariff-line", _ends_on_another_day()),
    )
    yield from _counted_otherwise(clock.now())
    yield from _text_changed()
    yield from _signed_out_of_time()


def counts() -> dict[str, int]:
    return {
        "versions of agreements": db.session.scalar(select(func.count(Version.id))) or 0,
        "signatures": db.session.scalar(select(func.count(Signature.id))) or 0,
    }


def _select(*columns: Any) -> Select[Any]:
    return select(*columns)


def _set_by() -> ColumnElement[str]:
    """How the tariff names the agreement of a version."""
    return "agreement:" + cast(Version.agreement_id, String)


def _unlike_its_timeline() -> Select[Any]:
    """Where a version stands, and since when, is its last step."""
    mine = select(func.max(VersionChange.id)).where(VersionChange.version_id == Version.id)
    last = mine.correlate(Version).scalar_subquery()
    return (
        _select(Version.id, Version.stage, VersionChange.to_stage, Version.stage_since, VersionChange.at)
        .outerjoin(VersionChange, VersionChange.id == last)
        .where(
            or_(
                VersionChange.id.is_(None), VersionChange.to_stage != Version.stage,
                VersionChange.at != Version.stage_since,
            )
        )
        .order_by(Version.id)
    )  # fmt: skip


def _line_missing() -> Select[Any]:
    """What an adopted article sets stands in the tariff, from its day on."""
    its_line = and_(
        TariffLine.set_by == _set_by(), TariffLine.version == Version.number, TariffLine.code == ArticleRule.code,
        TariffLine.effective_from == Version.effective_from,
    )  # fmt: skip
    return (
        _select(Version.id, Version.number, ArticleRule.code)
        .join(Article, Article.version_id == Version.id)
        .join(ArticleRule, ArticleRule.article_id == Article.id)
        .outerjoin(TariffLine, its_line)
        .where(Version.stage == "adopted", ArticleRule.line.is_not(None), TariffLine.id.is_(None))
        .order_by(Version.id)
    )


def _line_of_no_article() -> Select[Any]:
    """A line in the name of an agreement that no adopted article sets."""
    adopted = (
        select(Article.id)
        .join(ArticleRule, ArticleRule.article_id == Article.id)
        .join(Version, Version.id == Article.version_id)
        .where(
            Version.stage == "adopted", _set_by() == TariffLine.set_by, Version.number == TariffLine.version,
            ArticleRule.code == TariffLine.code, ArticleRule.line.is_not(None),
        )
    )  # fmt: skip
    named = TariffLine.set_by.startswith("agreement:")
    query = _select(TariffLine.id, TariffLine.set_by, TariffLine.version, TariffLine.code)
    return query.where(named, ~adopted.exists()).order_by(TariffLine.id)


def _adopted_after(day: Any) -> Any:
    """The day of effect of the version of the same agreement that was adopted next; NULL when there is none."""
    later = aliased(Version)
    return (
        select(func.min(later.effective_from))
        .where(later.agreement_id == Version.agreement_id, later.stage == "adopted", later.effective_from > day)
        .scalar_subquery()
    )


def _ends_on_another_day() -> Select[Any]:
    """A line that an agreement sets ends on the day of effect of the version adopted after it, or not at all."""
    ends = _adopted_after(TariffLine.effective_from)
    return (
        _select(TariffLine.id, TariffLine.set_by, TariffLine.effective_until, ends.label("ends"))
        .join(Version, and_(_set_by() == TariffLine.set_by, Version.number == TariffLine.version))
        .where(TariffLine.effective_until.is_distinct_from(ends))
        .order_by(TariffLine.id)
    )


def _counted_otherwise(at: datetime) -> Iterator[Fault]:
    """The outcome that was written down is that of the ballot, counted again."""
    columns = Version.id, Version.stage, Version.outcome, Version.question_id
    rows = db.session.execute(
        _select(*columns).where(or_(Version.outcome.is_not(None), Version.stage == "adopted")).order_by(Version.id)
    ).all()
    counted = ballots.outcomes([row.question_id for row in rows if row.question_id], at)
    for row in rows:
        again = counted[row.question_id].result if row.question_id in counted else None
        if row.outcome != again or (again == "carried") is not (row.stage == "adopted"):
            yield Fault("agreement", f"version:{row.id}", f"{row.stage}, outcome {row.outcome}, counted {again}")
            return


def _text_changed() -> Iterator[Fault]:
    """The check sum that was published at opening is that of the file which is handed out."""
    query = select(Version, Agreement, Question.text_hash).join(Agreement, Agreement.id == Version.agreement_id)
    voted = query.join(Question, Question.id == Version.question_id).where(Question.text_hash.is_not(None))
    for version, agreement, text_hash in db.session.execute(voted.order_by(Version.id)).all():
        if (computed := voted_on(agreement, version).hash) != text_hash:
            yield Fault("text", f"version:{version.id}", f"text_hash {text_hash}, computed {computed}")
            return


def _signed_out_of_time() -> Iterator[Fault]:
    """Nobody signs a version before its day, after that of the next one, or one that was never adopted."""
    ends = _adopted_after(Version.effective_from)
    first, last = func.min(Signature.signed_at).label("first"), func.max(Signature.signed_at).label("last")
    rows = db.session.execute(
        _select(Version.id, Version.stage, Version.effective_from, ends.label("ends"), first, last)
        .join(Signature, Signature.version_id == Version.id)
        .group_by(Version.id)
        .order_by(Version.id)
    )
    for row in rows:
        days = [clock.local(moment).date() for moment in (row.first, row.last)]
        fits = row.stage == "adopted" and row.effective_from <= days[0] and (row.ends is None or days[1] < row.ends)
        if not fits:
            yield Fault("agreement", f"version:{row.id}", f"{row.stage}, signed from {days[0]} to {days[1]}")
            return
