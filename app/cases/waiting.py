"""What waits for one person: photos to look at, proposals for a second person, appeals for those who took no part."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select

from app.cases import queries, rules
from app.cases.models import Appeal, Case, CaseDecision, Cure, CureLook, Opinion
from app.cases.rules import Facts
from app.kit.db import db
from app.kit.tasks import Waiting
from app.people.rules import Anyone

MOST = 60


def tasks_for(person: Anyone, at: datetime) -> list[Waiting]:
    """The longest wait first. Nobody is shown what the rules would not let them do."""
    rows = _under_way(person)
    known = queries.facts_of(row.id for row in rows)
    return [task for row in rows for task in _tasks(row, known[row.id], person, at)]


def _under_way(person: Anyone) -> Any:
    """Cases at this person's places for which somebody has to do something."""
    reach = [Case.place_path.startswith(path, autoescape=True) for path in person.reaches(*rules.READ)]
    if not reach:
        return []
    decided = select(CaseDecision.case_id).where(CaseDecision.case_id == Case.id).exists()
    looked = select(CureLook.cure_id).where(CureLook.cure_id == Cure.id).exists()
    sent = select(Cure.id).where(Cure.case_id == Case.id, ~looked).exists()
    said = select(func.count()).where(Opinion.appeal_id == Appeal.id).correlate(Appeal).scalar_subquery()
    appealed = select(Appeal.id).where(Appeal.case_id == Case.id, said < Appeal.deciders).exists()
    proposed = Case.step.in_(("third", "proven")) & ~decided
    columns: tuple[Any, ...] = (Case.id, Case.title, Case.filed_at)
    return db.session.execute(
        select(*columns)
        .where(or_(*reach), Case.household_id != (person.household_id or 0), or_(sent, appealed, proposed))
        .order_by(Case.id)
        .limit(MOST)
    ).all()


def _tasks(row: Any, facts: Facts, person: Anyone, at: datetime) -> list[Waiting]:
    href = f"/points/cases/{row.id}"
    found = []
    cure, appeal = facts.pending_cure, facts.pending_appeal
    if cure is not None and rules.look_refusal(facts, cure, person, at) is None:
        found.append(Waiting("case_look", row.title, href, cure.sent_at, None))
    if rules.decide_refusal(facts, person, at) is None:
        found.append(Waiting("case_decide", row.title, href, row.filed_at, None))
    if appeal is not None and rules.opinion_refusal(facts, appeal, person) is None:
        found.append(Waiting("case_appeal", row.title, href, row.filed_at, appeal.due_at))
    return found
