"""Reads of agreements. Which version is in force is decided at reading, from the stages, the ballots and the days."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, exists, false, func, literal, or_, select
from sqlalchemy.engine import Row
from sqlalchemy.orm import aliased

from app.agreements.models import (
    UNDER_WAY,
    Agreement,
    AgreementEditor,
    Article,
    ArticleRule,
    Signature,
    Version,
    VersionChange,
)
from app.agreements.rules import STAFF, Facts, states
from app.ballots import results
from app.ballots.models import Question
from app.kit import clock
from app.kit.db import ask, db
from app.kit.paging import Slice, slice_of
from app.kit.words import Words
from app.people.models import Household, Resident
from app.people.rules import Anyone, Person, Stranger
from app.places.models import Place

AnyRow = Row[*tuple[Any, ...]]


_NOBODY = Stranger()


@dataclass(frozen=True)
class Standing:
    """One version with the state that it has at a moment; `row` is what is written down of it."""

    row: AnyRow
    state: str
    result: str | None  # of its ballot, once that has closed

    def __getattr__(self, name: str) -> Any:
        """What is written down can be asked of the version itself."""
        return getattr(self.row, name)


@dataclass(frozen=True)
class Waiting:
    """Something that waits for a member of staff: `record` a ballot that closed, `put_up` a text after its comments."""

    kind: str
    title: Words
    href: str
    since: datetime
    due_at: datetime | None = None


def agreements(*, path: str, at: datetime, after: str | None, reader: Anyone = _NOBODY) -> Slice:
    """One page of the agreements that hold at a place: its own, those above and below; in force first.

    One that is only being written stands there for those who hold the pen.
    """
    today = clock.local(at).date()
    in_force = exists().where(
        Version.agreement_id == Agreement.id, Version.stage == "adopted", Version.effective_from <= today
    )
    first = case((in_force, 1), else_=0)
    query = _rows(reader)
    if path:
        here = Agreement.place_path.startswith(path, autoescape=True), literal(path).startswith(Agreement.place_path)
        query = query.where(or_(*here))
    public = exists().where(Version.agreement_id == Agreement.id, Version.stage != "drafting")
    query = query.where(or_(public, _staff_reach(reader), _edits(reader)))
    return slice_of(query, first, Agreement.id, after=after)


def _edits(reader: Anyone) -> ColumnElement[bool]:
    """Whether this reader is one of the editors."""
    mine = AgreementEditor.agreement_id == Agreement.id, AgreementEditor.resident_id == (reader.id or 0)
    return exists().where(*mine)


def _rows(reader: Anyone) -> Any:
    columns: tuple[Any, ...] = (
        Agreement.id, Agreement.title, Agreement.preamble, Agreement.place_id, Agreement.place_path,
        Agreement.street_id, Agreement.community_id, Agreement.opened_at, Place.name.label("place"),
        _edits(reader).label("edits"),
    )  # fmt: skip
    return select(*columns).join(Place, Place.id == Agreement.place_id)


def agreement(agreement_id: int, reader: Anyone) -> AnyRow | None:
    """One agreement with the committee of its community, or of the street; `edits`: this reader is an editor."""
    community = aliased(Place)
    return db.session.execute(
        _rows(reader)
        .add_columns(community.committee)
        .join(community, community.id == func.coalesce(Agreement.community_id, Agreement.street_id))
        .where(Agreement.id == agreement_id)
    ).one_or_none()


def _staff_reach(person: Anyone) -> ColumnElement[bool]:
    reach = [Agreement.place_path.startswith(path, autoescape=True) for path in person.reaches(*STAFF)]
    return or_(false(), *reach)


def versions_of(agreement_ids: Collection[int], at: datetime) -> dict[int, list[Standing]]:
    """All versions of these agreements, oldest first, with their states: one statement, and one for fresh results."""
    articles = select(func.count()).where(Article.version_id == Version.id).scalar_subquery()
    signed = select(func.count()).where(Signature.version_id == Version.id).scalar_subquery()
    columns: tuple[Any, ...] = (
        Version.id, Version.agreement_id, Version.number, Version.stage, Version.repeals, Version.note,
        Version.consulting_until, Version.thread_id, Version.question_id, Version.effective_from, Version.outcome,
        Version.decided_at, Version.opened_at, Version.stage_since, Question.opens_at, Question.closes_at,
        articles.label("articles"), signed.label("signed"),
    )  # fmt: skip
    rows = db.session.execute(
        select(*columns)
        .outerjoin(Question, Question.id == Version.question_id)
        .where(Version.agreement_id.in_(agreement_ids))
        .order_by(Version.agreement_id, Version.number)
    ).all()
    fresh = [row.question_id for row in rows if row.stage == "adopting" and row.closes_at <= at]
    fresh_results = {key: one.result for key, one in results.outcomes(fresh, at).items()}
    found: dict[int, list[Standing]] = {one: [] for one in agreement_ids}
    for agreement_id, mine in found.items():
        own = [row for row in rows if row.agreement_id == agreement_id]
        known = {row.id: row.outcome or fresh_results.get(row.question_id) for row in own}
        shown = states([_facts(row, known[row.id]) for row in own], at)
        mine += [Standing(row, shown[row.id], known[row.id]) for row in own]
    return found


def _facts(row: AnyRow, result: str | None) -> Facts:
    return Facts(
        id=row.id, stage=row.stage, repeals=row.repeals, effective_from=row.effective_from, closes_at=row.closes_at,
        result=result,
    )  # fmt: skip


def in_force(versions: Sequence[Standing]) -> Standing | None:
    """The version in force among those of one agreement: at most one."""
    return next((one for one in versions if one.state == "in_force"), None)


def under_way(versions: Sequence[Standing]) -> Standing | None:
    """The version that is being written, commented or voted on: at most one."""
    return next((one for one in versions if one.state in UNDER_WAY), None)


def articles(version_ids: Collection[int]) -> dict[int, list[AnyRow]]:
    """The articles of these versions, in their order."""
    found: dict[int, list[AnyRow]] = {one: [] for one in version_ids}
    for row in db.session.execute(
        select(Article.id, Article.version_id, Article.number, Article.lineage, Article.text)
        .where(Article.version_id.in_(version_ids))
        .order_by(Article.version_id, Article.number)
    ):
        found[row.version_id].append(row)
    return found


def rules_of(version_id: int) -> dict[int, list[AnyRow]]:
    """The points rules of a version by the id of their article: code, behaviour, and the line where it sets one."""
    found: dict[int, list[AnyRow]] = {}
    for row in db.session.execute(
        select(ArticleRule.article_id, ArticleRule.code, ArticleRule.behaviour, ArticleRule.line, Article.number)
        .join(Article, Article.id == ArticleRule.article_id)
        .where(Article.version_id == version_id)
        .order_by(Article.number, ArticleRule.code)
    ):
        found.setdefault(row.article_id, []).append(row)
    return found


def timeline(version_id: int) -> Sequence[AnyRow]:
    """Every step of a version, oldest first, with the family name of who took it."""
    return db.session.execute(
        select(
            VersionChange.at, VersionChange.action, VersionChange.to_stage, VersionChange.as_staff, VersionChange.why,
            VersionChange.by_id, Resident.family_name, Resident.family_name_en,
        )
        .outerjoin(Resident, Resident.id == VersionChange.by_id)
        .where(VersionChange.version_id == version_id)
        .order_by(VersionChange.at, VersionChange.id)
    ).all()  # fmt: skip


def is_editor(person: Person, agreement_id: int) -> bool:
    return db.session.get(AgreementEditor, (agreement_id, person.id)) is not None


def signatures_of(household_id: int, agreement_id: int) -> dict[int, datetime]:
    """By the number of the version, when this household signed the versions of an agreement."""
    query = (
        select(Version.number, Signature.signed_at)
        .join(Version, Version.id == Signature.version_id)
        .where(Signature.household_id == household_id, Version.agreement_id == agreement_id)
    )
    return dict(db.session.execute(query).all())


def households_at(place_ids: Collection[int]) -> dict[int, int]:
    """How many households each of these places has, those of everything below it included."""
    place, group = aliased(Place), aliased(Place)
    query = (
        select(place.id, func.count(Household.id))
        .join(group, group.path.startswith(place.path))
        .join(Household, Household.group_id == group.id)
        .where(place.id.in_(place_ids))
        .group_by(place.id)
    )
    return dict(db.session.execute(query).all())


def places_to_begin_for(person: Person) -> Sequence[AnyRow]:
    """Where this member of staff may begin an agreement: the places they work for, down to the compounds."""
    working = [Place.path.startswith(path, autoescape=True) for path in person.reaches(*STAFF)]
    broad = Place.kind.in_(("street", "community", "village", "compound", "hamlet"))
    query = select(Place.id, Place.name, Place.path).where(or_(false(), *working), broad).order_by(Place.path)
    return db.session.execute(query.limit(100)).all()


# For the pages that show several rooms at once ------------------------------------------------------------------


def tasks_for(person: Person, at: datetime) -> list[Waiting]:
    """What waits for staff of these places: ballots that closed, texts whose comments have ended."""
    closed = and_(Version.stage == "adopting", Question.closes_at <= at)
    commented = and_(Version.stage == "consulting", Version.consulting_until <= at)
    rows = db.session.execute(
        select(
            Agreement.id, Agreement.title, Version.number, Version.stage, Version.consulting_until, Question.closes_at
        )
        .join(Version, Version.agreement_id == Agreement.id)
        .outerjoin(Question, Question.id == Version.question_id)
        .where(or_(closed, commented), _staff_reach(person))
        .order_by(func.coalesce(Question.closes_at, Version.consulting_until), Version.id)
        .limit(20)
    )
    return [
        Waiting(
            "record" if row.stage == "adopting" else "put_up", row.title,
            f"/agreements/{row.id}/versions/{row.number}", row.closes_at or row.consulting_until,
        )
        for row in rows
    ]  # fmt: skip


def closed_unrecorded(at: datetime) -> Sequence[int]:
    """Versions whose ballot has closed and whose result is not written down yet, in the order of their agreements."""
    return ask(_CLOSED_UNRECORDED, at=at).scalars().all()


_CLOSED_UNRECORDED = (
    select(Version.id)
    .join(Question, Question.id == Version.question_id)
    .where(Version.stage == "adopting", Question.closes_at <= bindparam("at"))
    .order_by(Version.agreement_id, Version.id)
)


def question_of(agreement_id: int, number: int) -> int | None:
    """What is or was voted on: whether that version is adopted."""
    of = Version.agreement_id == agreement_id, Version.number == number
    return db.session.scalar(select(Version.question_id).where(*of))


def path_of_version(version_id: int) -> str | None:
    """The page of that version."""
    columns: tuple[Any, ...] = (Version.agreement_id, Version.number)
    row = db.session.execute(select(*columns).where(Version.id == version_id)).one_or_none()
    return f"/agreements/{row.agreement_id}/versions/{row.number}" if row else None


def path_of_signature(signature_id: int) -> str | None:
    """The page of the version that a household signed."""
    version_id = db.session.scalar(select(Signature.version_id).where(Signature.id == signature_id))
    return path_of_version(version_id) if version_id else None
