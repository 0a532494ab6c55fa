"""Keep that somebody of the staff tried to change what a ballot had fixed, and was refused."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.ballots.channels import STAFF
from app.ballots.models import Question
from app.ballots.operations.casting import AnyRow
from app.kit import audit
from app.kit.db import db
from app.kit.refusal import N_
from app.people.rules import Person

audit.describe("ballots.try", N_("tried to change what a ballot had fixed, and was refused"))
audit.describe("ballot", N_("ballot no."), "/votes/")
audit.describe("tried", N_("tried:"))
audit.describe("try_extend", N_("another closing time"))
audit.describe("try_ballot", N_("another ballot"))
audit.describe("try_entry", N_("to enter or take back votes of others after closing"))


def note_try(question_id: int | None, what: str, *, by: Person, at: datetime, phase: str | None = None) -> None:
    """Write it down where a ballot was put; `phase`: only while it is `open`, or `closed`.

    Of residents nothing is kept.
    """
    question = _put(question_id, by)
    if question is not None and phase in (None, "closed" if at >= question.closes_at else "open"):
        _note(question, what, by=by, at=at)


def note_extension_try(question_id: int | None, *, shorter: bool, by: Person, at: datetime) -> None:
    """Write down who wanted voting shorter, came after it had closed, or has no say there.

    Whoever may let it run longer and only filled in the form wrongly tried nothing that is fixed.
    """
    question = _put(question_id, by)
    if question is None:
        return
    if shorter or at >= question.closes_at or not by.holds(*STAFF, at=question.place_path):
        _note(question, "try_extend", by=by, at=at)


def _put(question_id: int | None, by: Person) -> AnyRow | None:
    if question_id is None or not by.is_staff:
        return None
    query = select(Question.id, Question.closes_at, Question.place_path).where(Question.id == question_id)
    return db.session.execute(query).one_or_none()


def _note(question: AnyRow, what: str, *, by: Person, at: datetime) -> None:
    place_id = int(question.place_path.strip("/").rpartition("/")[2])
    audit.note("ballots.try", f"ballot:{question.id}", actor_id=by.id, at=at, place_id=place_id, tried=what)
