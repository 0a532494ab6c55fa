"""Reads of what is published. How things stand is decided at reading."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.engine import Row
from sqlalchemy.orm import aliased

from app.disclosures.models import (
    Answer,
    Attachment,
    Disclosure,
    DraftAttachment,
    Duty,
    Question,
    Revision,
)
from app.kit.db import db
from app.kit.paging import Slice, slice_of
from app.kit.uploads import Upload
from app.people.models import Resident
from app.places.models import Place

AnyRow = Row[*tuple[Any, ...]]
_Later, _Signer = aliased(Revision), aliased(Resident)


def is_latest() -> Any:
    """The join to the revision that counts."""
    latest = select(func.max(_Later.number)).where(_Later.disclosure_id == Disclosure.id).correlate(Disclosure)
    return and_(Revision.disclosure_id == Disclosure.id, Revision.number == latest.scalar_subquery())


def _rows(at: datetime) -> Select[*tuple[Any, ...]]:
    """Items with their latest revision, what they are due for, and how many questions wait too long."""
    asked = select(func.count()).where(Question.disclosure_id == Disclosure.id).correlate(Disclosure)
    unanswered = ~select(Answer.question_id).where(Answer.question_id == Question.id).exists()
    return (
        select(
            Disclosure.id, Disclosure.subject, Disclosure.kind, Disclosure.period, Disclosure.event_on,
            Disclosure.published_at, Disclosure.place_id, Disclosure.place_path, Disclosure.currency,
            Disclosure.duty_id, Revision.id.label("revision_id"), Revision.number, Revision.title, Revision.text,
            Revision.published_at.label("revised_at"), Place.name.label("place"), Place.code.label("place_code"),
            Place.committee, Place.settings, Duty.name.label("duty"), Duty.rhythm, Duty.due_day, Duty.due_in,
            Duty.working_days,
            asked.scalar_subquery().label("questions"),
            asked.where(Question.due_at <= at, unanswered).scalar_subquery().label("overdue"),
        )
        .select_from(Disclosure)
        .join(Revision, is_latest())
        .join(Place, Place.id == Disclosure.place_id)
        .outerjoin(Duty, Duty.id == Disclosure.duty_id)
    )  # fmt: skip


def disclosures(*, path: str, subject: str | None, at: datetime, after: str | None) -> Slice:
    """One page of what a place and those below it published ("" for all), the newest first."""
    query: Any = _rows(at)
    if path:
        query = query.where(Disclosure.place_path.startswith(path, autoescape=True))
    if subject:
        query = query.where(Disclosure.subject == subject)
    return slice_of(query, Disclosure.published_at, Disclosure.id, after=after)


def lately(path: str, at: datetime, limit: int = 5) -> Sequence[AnyRow]:
    """What was published last at a place, or below it: for pages that show several rooms."""
    query: Any = _rows(at)
    if path:
        query = query.where(Disclosure.place_path.startswith(path, autoescape=True))
    return db.session.execute(query.order_by(Disclosure.published_at.desc(), Disclosure.id.desc()).limit(limit)).all()


def lately_revised(path: str, at: datetime, limit: int) -> Sequence[AnyRow]:
    """As `lately`, a correction counting as new: for the feed."""
    query: Any = _rows(at)
    if path:
        query = query.where(Disclosure.place_path.startswith(path, autoescape=True))
    return db.session.execute(query.order_by(Revision.published_at.desc(), Disclosure.id.desc()).limit(limit)).all()


def disclosure(disclosure_id: int, at: datetime) -> AnyRow | None:
    """One item with its latest revision; None when there is none."""
    return db.session.execute(_rows(at).where(Disclosure.id == disclosure_id)).one_or_none()


def revisions(disclosure_id: int) -> Sequence[AnyRow]:
    """Every revision, the first one first, with the family names of who wrote and who countersigned it."""
    return db.session.execute(
        select(
            Revision.id, Revision.number, Revision.title, Revision.text, Revision.cells, Revision.reason,
            Revision.published_at, Revision.digest, Revision.ledger_head, Revision.author_id, Revision.countersigned_by,
            Resident.family_name, Resident.family_name_en,
            _Signer.family_name.label("signer_family_name"), _Signer.family_name_en.label("signer_family_name_en"),
        )
        .outerjoin(Resident, Resident.id == Revision.author_id)
        .outerjoin(_Signer, _Signer.id == Revision.countersigned_by)
        .where(Revision.disclosure_id == disclosure_id)
        .order_by(Revision.number)
    ).all()  # fmt: skip


def latest_revision(disclosure_id: int) -> Revision:
    query = select(Revision).where(Revision.disclosure_id == disclosure_id).order_by(Revision.number.desc()).limit(1)
    return db.session.scalars(query).one()


def attachments(revision_id: int) -> Sequence[AnyRow]:
    """The files of a revision: id, name, size, media_type, sha256, at."""
    return _files(Attachment, Attachment.revision_id == revision_id)


def draft_attachments(draft_id: int) -> Sequence[AnyRow]:
    return _files(DraftAttachment, DraftAttachment.draft_id == draft_id)


def _files(beside: Any, which: Any) -> Sequence[AnyRow]:
    return db.session.execute(
        select(Upload.id, Upload.name, Upload.size, Upload.media_type, Upload.sha256, Upload.at)
        .join(beside, beside.upload_id == Upload.id)
        .where(which)
        .order_by(Upload.id)
    ).all()


def has_attachment(disclosure_id: int, upload_id: int) -> bool:
    """Whether this file belongs to any revision of the item: they all stay readable."""
    query = select(Attachment.upload_id).join(Revision, Revision.id == Attachment.revision_id)
    found = db.session.execute(
        query.where(Revision.disclosure_id == disclosure_id, Attachment.upload_id == upload_id).limit(1)
    ).first()
    return found is not None


# Questions ----------------------------------------------------------------------------------------------------


def questions(disclosure_id: int) -> Sequence[AnyRow]:
    """Every question with its answer and the family name of who asked, a second one right after its first."""
    return db.session.execute(
        _questions()
        .where(Question.disclosure_id == disclosure_id)
        .order_by(func.coalesce(Question.follows_id, Question.id), Question.id)
    ).all()


def question(question_id: int) -> AnyRow | None:
    return db.session.execute(_questions().where(Question.id == question_id)).one_or_none()


def _questions() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Question.id, Question.disclosure_id, Question.number, Question.line, Question.line_name, Question.text,
            Question.by_id, Question.asked_at, Question.due_at, Question.follows_id,
            Answer.text.label("answer"), Answer.answered_at, Resident.family_name, Resident.family_name_en,
        )
        .join(Resident, Resident.id == Question.by_id)
        .outerjoin(Answer, Answer.question_id == Question.id)
    )  # fmt: skip
