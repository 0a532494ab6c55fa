"""Who had a hand in what led to a case: they decide on no appeal against it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import and_, or_, select, union
from sqlalchemy.orm import aliased

from app.cases.models import Appeal, Case, CaseDecision, Cure, CureLook, Opinion
from app.kit import causes
from app.kit.db import db
from app.merits.models import Award


def before(claimed: Mapping[int, str | None]) -> Mapping[int, set[int]]:
    """For each of these cases whoever did anything in a step before it, or looked at the claim that it calls false.

    `claimed` has by the id of a case what it calls false, None for other cases.
    """
    found: dict[int, set[int]] = defaultdict(set)
    if not claimed:
        return found
    for case_id, resident_id in _in_earlier_steps(sorted(claimed)):
        found[case_id].add(resident_id)
    looked = causes.people_who_looked([because for because in claimed.values() if because is not None])
    for case_id, because in claimed.items():
        found[case_id].update(looked.get(because or "", ()))
    return found


def _in_earlier_steps(ids: Sequence[int]) -> Sequence[tuple[int, int]]:
    """Who filed, looked, decided, handed in or judged in cases of the same household and line, or of the same award;
    and who confirmed that award.
    """
    step = aliased(Case)
    same_ladder = and_(Case.award_because.is_(None), step.household_id == Case.household_id, step.code == Case.code)
    earlier = and_(step.id < Case.id, or_(same_ladder, step.award_because == Case.award_because))
    of = select(Case.id.label("case_id"), step.id.label("step_id"), step.filed_by).join(step, earlier)
    steps = of.where(Case.id.in_(ids)).subquery()
    looked = select(steps.c.case_id, CureLook.by_id).join(Cure, Cure.case_id == steps.c.step_id)
    judged = select(steps.c.case_id, Opinion.by_id).join(Appeal, Appeal.case_id == steps.c.step_id)
    handed_in = select(steps.c.case_id, Appeal.by_id).join(Appeal, Appeal.case_id == steps.c.step_id)
    confirmed = select(Case.id, Award.by_id).join(Award, Award.because == Case.award_because)
    every = union(
        select(steps.c.case_id, steps.c.filed_by),
        select(steps.c.case_id, CaseDecision.by_id).join(CaseDecision, CaseDecision.case_id == steps.c.step_id),
        looked.join(CureLook, CureLook.cure_id == Cure.id),
        judged.join(Opinion, Opinion.appeal_id == Appeal.id),
        handed_in.where(Appeal.kind == "evidence"),
        confirmed.where(Case.id.in_(ids), Award.by_id.is_not(None)),
    )
    return [(case_id, by_id) for case_id, by_id in db.session.execute(every)]
