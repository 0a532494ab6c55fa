"""What waits for staff at the desks of ballots, for the work list: papers typed once, and papers in an urn."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, or_, select, union_all

from app.ballots import channels
from app.ballots.channel_models import PaperBatch, TypedPaper, UrnCount
from app.ballots.models import Question
from app.ballots.secret_models import SecretMark
from app.kit.db import db
from app.kit.tasks import Waiting
from app.people.models import Resident
from app.people.rules import Person


def tasks_for(person: Person, at: datetime) -> list[Waiting]:
    """Open ballots of this person's places with papers that wait for them as the second person, or to be counted.

    An urn waits once it may be opened, or once somebody else has counted it.
    """
    reach = [Question.place_path.startswith(path, autoescape=True) for path in person.reaches(*channels.STAFF)]
    if not reach:
        return []
    mine = Question.opens_at <= at, Question.closes_at > at, or_(*reach)
    rows = db.session.execute(union_all(_typed(person).where(*mine), _urns(person).where(*mine))).all()
    return [
        Waiting(row.kind, row.wording, f"/votes/{row.id}/desk", None, row.closes_at)
        for row in sorted(rows, key=lambda row: (row.closes_at, row.id))
        if row.begun or channels.few_refusal(row.papers, closes_at=row.closes_at, at=at) is None
    ]


def _typed(person: Person) -> Select[Any]:
    """Ballots with papers that somebody else, of another household, typed once."""
    typed = select(func.count()).select_from(TypedPaper).join(Resident, Resident.id == TypedPaper.typed_by)
    papers = typed.where(TypedPaper.question_id == Question.id, _of_another(person)).correlate(Question)
    number = papers.scalar_subquery()
    columns = literal("paper_second").label("kind"), Question.id, Question.wording, Question.closes_at
    return select(*columns, number.label("papers"), literal(1).label("begun")).where(number > 0)


def _urns(person: Person) -> Select[Any]:
    """Secret ballots with papers that are in no batch yet, but those that this person has counted first."""
    on_paper = SecretMark.question_id == Question.id, SecretMark.channel == "paper"
    handed_in = select(func.count()).select_from(SecretMark).where(*on_paper).correlate(Question).scalar_subquery()
    batches = select(func.coalesce(func.sum(PaperBatch.papers), 0)).where(PaperBatch.question_id == Question.id)
    number = handed_in - batches.correlate(Question).scalar_subquery()
    counting = select(func.count()).select_from(UrnCount).join(Resident, Resident.id == UrnCount.counted_by)
    counting = counting.where(UrnCount.question_id == Question.id).correlate(Question)
    begun = counting.where(_of_another(person)).scalar_subquery()
    columns = literal("urn").label("kind"), Question.id, Question.wording, Question.closes_at
    nobody = or_(counting.scalar_subquery() == 0, begun > 0)
    return select(*columns, number.label("papers"), begun.label("begun")).where(Question.secret, number > 0, nobody)


def _of_another(person: Person) -> ColumnElement[bool]:
    """Neither this person nor somebody of their household did it."""
    elsewhere = or_(Resident.household_id.is_(None), Resident.household_id != (person.household_id or 0))
    return (Resident.id != person.id) & elsewhere
