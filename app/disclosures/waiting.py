"""What waits for staff and supervisors: drafts, countersignatures, questions, and what has to be published."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, false, literal, null, or_, select, union_all

from app.disclosures import calendar
from app.disclosures.models import Answer, Disclosure, Draft, DraftWriter, Duty, Question, Revision
from app.disclosures.queries import AnyRow, is_latest
from app.disclosures.rules import STAFF, SUPERVISOR
from app.kit import clock
from app.kit.db import db
from app.kit.tasks import Waiting
from app.kit.words import Words
from app.people.models import Resident
from app.people.rules import Anyone, Person
from app.places.models import Place

MOST = 50


def draft_seen_by(person: Anyone, draft_id: int) -> AnyRow | None:
    """A draft with its place, duty and author; None when there is none or it is of another place."""
    row = db.session.execute(_drafts(person).where(Draft.id == draft_id)).one_or_none()
    if row is None or not person.holds(*STAFF, SUPERVISOR, at=row.Draft.place_path):
        return None
    return row


def drafts(person: Anyone) -> Sequence[AnyRow]:
    """Drafts of the places that this person writes for or watches over, those that wait to be signed first."""
    query = _drafts(person).where(_within(Draft.place_path, person.reaches(*STAFF, SUPERVISOR)))
    return db.session.execute(query.order_by(Draft.state, Draft.changed_at, Draft.id).limit(MOST)).all()


def _drafts(person: Anyone) -> Any:
    """Drafts with their place, duty and author; `wrote` says whether this person is one of those who wrote them."""
    mine = exists().where(DraftWriter.draft_id == Draft.id, DraftWriter.resident_id == person.id)
    return (
        select(
            Draft, Place.name.label("place"), Place.settings, Place.committee, Duty.name.label("duty"), Duty.rhythm,
            Duty.due_day, Duty.due_in, Duty.working_days, Resident.family_name, Resident.family_name_en,
            Draft.period, Draft.event_on, mine.label("wrote"),
        )
        .join(Place, Place.id == Draft.place_id)
        .join(Resident, Resident.id == Draft.author_id)
        .outerjoin(Duty, Duty.id == Draft.duty_id)
    )  # fmt: skip


def open_questions(person: Anyone) -> Sequence[AnyRow]:
    """Questions without an answer at the places that this person works for, the first due first."""
    return db.session.execute(
        select(
            Question.id, Question.disclosure_id, Question.text, Question.line_name, Question.asked_at,
            Question.due_at, Revision.title, Place.name.label("place"),
        )
        .select_from(Question)
        .join(Disclosure, Disclosure.id == Question.disclosure_id)
        .join(Revision, is_latest())
        .join(Place, Place.id == Disclosure.place_id)
        .outerjoin(Answer, Answer.question_id == Question.id)
        .where(Answer.question_id.is_(None), _within(Disclosure.place_path, person.reaches(*STAFF)))
        .order_by(Question.due_at, Question.id)
        .limit(MOST)
    ).all()  # fmt: skip


def _within(column: Any, paths: Sequence[str]) -> ColumnElement[bool]:
    return or_(false(), *(column.startswith(path, autoescape=True) for path in paths))


def tasks_for(person: Person, at: datetime) -> list[Waiting]:
    """For the work list. Kinds: `disclosures.answer`, `.countersign`, `.publish`; of drafts `.go_on`, `.rewrite`."""
    found = _in_hand(person) if person.reaches(*STAFF) else []
    if person.reaches(SUPERVISOR):
        found += [
            Waiting("disclosures.countersign", row.Draft.title, f"/disclosures/drafts/{row.Draft.id}",
                    row.Draft.sent_at, None)
            for row in drafts(person)
            if row.Draft.state == "awaiting" and not row.wrote
            and person.holds(SUPERVISOR, at=row.Draft.place_path)
        ]  # fmt: skip
    return found + [_to_publish(due) for due in calendar.near(person.reaches(*STAFF), at) if not _has_a_line(due)]


def _in_hand(person: Person) -> list[Waiting]:
    """Questions to answer, and drafts that a supervisor sent back; one statement."""
    paths = person.reaches(*STAFF)
    questions: Any = (
        select(
            literal("disclosures.answer").label("kind"), Question.id, Question.disclosure_id.label("page"),
            Question.text.label("title"), Question.asked_at.label("since"), Question.due_at,
        )
        .join(Disclosure, Disclosure.id == Question.disclosure_id)
        .outerjoin(Answer, Answer.question_id == Question.id)
        .where(Answer.question_id.is_(None), _within(Disclosure.place_path, paths))
    )  # fmt: skip
    sent_back = select(
        literal("disclosures.rewrite"), null(), Draft.id, Draft.title, Draft.changed_at, null()
    ).where(Draft.state == "draft", Draft.why_back.is_not(None), _within(Draft.place_path, paths))  # fmt: skip
    rows = db.session.execute(union_all(questions, sent_back).order_by("due_at", "page").limit(2 * MOST))
    return [
        Waiting(
            row.kind, row.title,
            f"/disclosures/{row.page}#answer-{row.id}" if row.id else f"/disclosures/drafts/{row.page}",
            row.since, row.due_at,
        )
        for row in rows
    ]  # fmt: skip


def _has_a_line(due: calendar.Due) -> bool:
    """Whether it waits for a supervisor, and not for staff, or was sent back by one."""
    return due.draft is not None and due.draft[1] in ("awaiting", "back")


def _to_publish(due: calendar.Due) -> Waiting:
    """Leads to the draft where somebody began one."""
    when = due.period.words if due.period else None
    name: Words = due.duty.name
    title = Words(zh=f"{name.zh}（{when.zh}）", en=f"{name.en}, {when.en}") if when else name
    kind, page = "disclosures.publish", "/disclosures/desk#due"
    if due.draft:
        kind, page = "disclosures.go_on", f"/disclosures/drafts/{due.draft[0]}"
    return Waiting(kind, title, page, None, clock.day_bounds(due.due_on)[1])
