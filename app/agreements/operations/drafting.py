"""Begin an agreement or its next version, and write the text: articles, and the points rules that they carry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update

from app.agreements import queries, rules
from app.agreements.models import Agreement, Article, ArticleRule, Version
from app.agreements.operations.adopting import write_result
from app.agreements.operations.holding import locked_agreement, locked_version, tell, who_is
from app.kit import clock
from app.kit.db import db
from app.kit.refusal import N_, Refusal, Refused, refusal, refuse_if
from app.kit.words import Words
from app.merits import queries as merits
from app.people.rules import Person
from app.places.models import Place
from app.places.queries import ancestors


@dataclass(frozen=True)
class OwnLine:
    """What an article sets of a line instead of the tariff: words, amounts, and how often it counts."""

    honour: int
    points: int
    behaviour: Words | None = None
    limit: int | None = None
    window: str = "month"
    per: str = "resident"


def begin_agreement(*, place: Place, title: Words, preamble: Words, by: Person, at: datetime) -> Agreement:
    """A new agreement of that place, with its first version to be written."""
    refuse_if(rules.begin_refusal(by, place.path))
    agreement = new_agreement(place=place, title=title, preamble=preamble, at=at)
    version = new_version(agreement, number=1, at=at)
    tell(agreement, version, "begin", by=by, at=at)
    db.session.flush()
    return agreement


def new_agreement(*, place: Place, title: Words, preamble: Words, at: datetime, **more: Any) -> Agreement:
    """An agreement; its street and its community are found among the places above."""
    above = {one.kind: one.id for one in ancestors(place.path)}
    agreement = Agreement(
        place_id=place.id, place_path=place.path, street_id=above.get("street", place.id),
        community_id=above.get("community", above.get("village")), title=title, preamble=preamble, last_lineage=0,
        opened_at=at, **more,
    )  # fmt: skip
    db.session.add(agreement)
    db.session.flush()
    return agreement


def new_version(agreement: Agreement, *, number: int, at: datetime, repeals: bool = False, **more: Any) -> Version:
    """A version of an agreement, without its text."""
    known = {"stage": "drafting", "stage_since": at}
    version = Version(
        agreement_id=agreement.id, number=number, repeals=repeals, opened_at=at, **(known | more)
    )  # fmt: skip
    db.session.add(version)
    db.session.flush()
    return version


def begin_version(agreement_id: int, *, repeals: bool = False, by: Person, at: datetime) -> Version:
    """Begin the next version from the text adopted last, or one that repeals it; one at a time is under way."""
    agreement = locked_agreement(agreement_id)
    versions = queries.versions_of([agreement_id], at)[agreement_id]
    if versions[-1].stage == "adopting":  # its ballot may have closed, and nobody wrote it down yet
        write_result(*locked_version(versions[-1].id), at=at)
    busy = queries.under_way(versions)
    refuse_if(
        rules.draft_refusal(
            who_is(by, agreement), under_way=busy.number if busy else None, repeals=repeals,
            in_force=queries.in_force(versions) is not None,
        )
    )  # fmt: skip
    version = new_version(agreement, number=versions[-1].number + 1, at=at, repeals=repeals)
    if not repeals:
        _copy_text(_text_to_begin_from(versions), version.id)
    tell(agreement, version, "begin", by=by, at=at)
    db.session.flush()
    return version


def _text_to_begin_from(versions: list[queries.Standing]) -> int:
    """The text adopted last, be it in force or to come; where none ever was, the last one written."""
    written = [one for one in versions if one.articles]
    adopted = [one for one in written if one.state in ("in_force", "coming", "superseded", "repealed")]
    return int((adopted or written or versions)[-1].id)


def _copy_text(from_id: int, to_id: int) -> None:
    source = db.session.execute(
        select(Article.id, Article.number, Article.lineage, Article.text).where(Article.version_id == from_id)
    ).all()
    for row in source:
        copy = Article(version_id=to_id, number=row.number, lineage=row.lineage, text=row.text)
        db.session.add(copy)
        db.session.flush()
        columns = ArticleRule.code, ArticleRule.behaviour, ArticleRule.line
        for code, behaviour, line in db.session.execute(select(*columns).where(ArticleRule.article_id == row.id)).all():
            db.session.add(ArticleRule(article_id=copy.id, code=code, behaviour=behaviour, line=line))


def say_what_is_new(version_id: int, *, note: Words | None, by: Person) -> Version:
    """One line that says what is new in this version."""
    version = _to_be_written(version_id, by)[1]
    version.note = note
    db.session.flush()
    return version


def write_article(version_id: int, *, text: Words, after: int | None = None, by: Person) -> Article:
    """Add an article behind the one with that number (0: at the beginning), or at the end."""
    agreement, version = _to_be_written(version_id, by)
    count = _count(version.id)
    refuse_if(rules.more_refusal(count))
    place = count if after is None else max(0, min(after, count))
    _shift(version.id, beyond=place, by=1)
    agreement.last_lineage += 1
    article = Article(version_id=version.id, number=place + 1, lineage=agreement.last_lineage, text=text)
    db.session.add(article)
    db.session.flush()
    return article


def change_article(article_id: int, *, text: Words, by: Person) -> Article:
    """Put other words in the place of an article; it stays the same article."""
    article = _article(article_id, by)
    article.text = text
    db.session.flush()
    return article


def remove_article(article_id: int, *, by: Person) -> int:
    """Take an article out of the version; those behind it move up. Answers the id of the version."""
    article = _article(article_id, by)
    db.session.execute(delete(ArticleRule).where(ArticleRule.article_id == article_id))
    version_id, number = article.version_id, article.number
    db.session.delete(article)
    db.session.flush()
    _shift(version_id, beyond=number, by=-1)
    return version_id


def _shift(version_id: int, *, beyond: int, by: int) -> None:
    """Number the articles beyond that one anew; by way of negative numbers, or two would be the same for a moment."""
    mine = update(Article).where(Article.version_id == version_id).execution_options(synchronize_session=False)
    db.session.execute(mine.where(Article.number > beyond).values(number=-(Article.number + by)))
    db.session.execute(mine.where(Article.number < 0).values(number=-Article.number))
    db.session.expire_all()


def add_rule(article_id: int, *, code: str, own: OwnLine | None, by: Person, at: datetime) -> Article:
    """Let an article name a line of the tariff, or set it with words and amounts of its own.

    What may be set is looked at when the version is put to the vote.
    """
    article = _article(article_id, by)
    agreement = db.session.scalars(
        select(Agreement).join(Version, Version.agreement_id == Agreement.id).where(Version.id == article.version_id)
    ).one()
    refuse_if(_set_beside(agreement, article, code) if own else None)
    known = merits.tariff_in_force(agreement.place_path, clock.local(at).date())
    row = next((one for one in known if one.code == code), None)
    if row is None:
        raise Refused(refusal(N_("The tariff here has no line with this code. Choose one from the list."), status=422))
    db.session.execute(delete(ArticleRule).where(ArticleRule.article_id == article_id, ArticleRule.code == code))
    line = _document(merits.as_document(row), own) if own else None
    behaviour = Words.of(line["behaviour"]) if line else row.behaviour
    db.session.add(ArticleRule(article_id=article_id, code=code, behaviour=behaviour, line=line))
    db.session.flush()
    return article


def _set_beside(agreement: Agreement, article: Article, code: str) -> Refusal | None:
    """Why an article cannot set this line: another one of the same version does."""
    row = db.session.execute(
        select(Article.number, Version.number.label("version"))
        .join(ArticleRule, ArticleRule.article_id == Article.id)
        .join(Version, Version.id == Article.version_id)
        .where(Article.version_id == article.version_id, Article.id != article.id)
        .where(ArticleRule.code == code, ArticleRule.line.is_not(None))
        .limit(1)
    ).one_or_none()
    return rules.elsewhere_refusal(code, rules.clause_of(agreement.title, row.version, row.number)) if row else None


def _document(line: dict[str, Any], own: OwnLine) -> dict[str, Any]:
    """The line of the tariff with what the article sets."""
    amounts = {"honour": own.honour, "points": own.points}
    line["assets"] = {asset: amount for asset, amount in amounts.items() if amount}
    line["per"] = own.per
    if own.behaviour is not None:
        line["behaviour"] = own.behaviour.as_dict()
    if own.limit is not None:
        line["caps"] = [{"limit": own.limit, "of": "count", "window": own.window, "per": own.per}]
    return line


def remove_rule(article_id: int, *, code: str, by: Person) -> Article:
    """Let an article carry this points rule no longer."""
    article = _article(article_id, by)
    db.session.execute(delete(ArticleRule).where(ArticleRule.article_id == article_id, ArticleRule.code == code))
    return article


def _article(article_id: int, by: Person) -> Article:
    """An article of a version that this person may write on; another editor may have taken it out just now."""
    version_id = db.session.scalar(select(Article.version_id).where(Article.id == article_id))
    if version_id is not None:
        _to_be_written(version_id, by)
    article = db.session.scalar(
        select(Article).where(Article.id == article_id).execution_options(populate_existing=True)
    )
    if article is None:
        raise Refused(rules.taken_out())
    return article


def _to_be_written(version_id: int, by: Person) -> tuple[Agreement, Version]:
    agreement, version = locked_version(version_id)
    refuse_if(rules.pen_refusal(who_is(by, agreement), stage=version.stage, repeals=version.repeals))
    return agreement, version


def _count(version_id: int) -> int:
    return db.session.scalar(select(func.count()).where(Article.version_id == version_id)) or 0
