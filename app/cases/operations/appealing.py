"""Appeals and new evidence, and what is decided on them by people who took no part."""

from __future__ import annotations

from datetime import datetime

from app.cases import queries, rules
from app.cases.events import AppealDecided, AppealFiled
from app.cases.models import Appeal, Case, Opinion
from app.cases.operations.taking_effect import opened, take_back
from app.kit import audit
from app.kit.bus import announce
from app.kit.db import db
from app.kit.refusal import refuse_if
from app.kit.words import Words
from app.people.rules import Person


def appeal(case_id: int, *, text: Words, upload_id: int | None, by: Person, at: datetime) -> Appeal:
    """An adult of the household appeals: nothing takes effect before it is decided. Once, and before the stored end."""
    case, facts = opened(case_id, at)
    refuse_if(rules.appeal_refusal(facts, by, at))
    return _filed(case, "appeal", text, upload_id, by, at)


def hand_in_evidence(case_id: int, *, text: Words, upload_id: int | None, by: Person, at: datetime) -> Appeal:
    """Staff write down new evidence that the household handed in after the time to appeal; once."""
    case, facts = opened(case_id, at)
    refuse_if(rules.evidence_refusal(facts, by, at))
    audit.note("cases.evidence", f"case:{case.id}", actor_id=by.id, at=at, place_id=case.community_id)
    return _filed(case, "evidence", text, upload_id, by, at)


def _filed(case: Case, kind: str, text: Words, upload_id: int | None, by: Person, at: datetime) -> Appeal:
    filed = Appeal(
        case_id=case.id, kind=kind, text=text, upload_id=upload_id, deciders=rules.deciders(case.amount),
        due_at=rules.decision_due(at), by_id=by.id, filed_at=at,
    )  # fmt: skip
    db.session.add(filed)
    db.session.flush()
    announce(AppealFiled(case_id=case.id, appeal_id=filed.id, at=at))
    return filed


def say_opinion(appeal_id: int, *, upheld: bool, text: Words, by: Person, at: datetime) -> Appeal:
    """Decide on an appeal, with the reason. With the last word needed it is decided.

    Upheld, what was posted is taken back to the last point, or never posted; not upheld, nothing changes.
    """
    filed = db.session.get_one(Appeal, appeal_id)
    case, facts = opened(filed.case_id, at)
    seen = next(one for one in facts.appeals if one.id == appeal_id)
    refuse_if(rules.opinion_refusal(facts, seen, by))
    db.session.add(Opinion(appeal_id=appeal_id, by_id=by.id, upheld=upheld, text=text, at=at))
    db.session.flush()
    audit.note(
        "cases.opinion", f"case:{case.id}", actor_id=by.id, at=at, place_id=case.community_id,
        outcome="upheld" if upheld else "not_upheld",
    )  # fmt: skip
    decided = next(one for one in queries.facts(case.id).appeals if one.id == appeal_id)
    if decided.upheld is not None:
        if decided.upheld:
            take_back(case, by_id=by.id, at=at)
        announce(AppealDecided(case_id=case.id, appeal_id=appeal_id, upheld=decided.upheld, at=at))
        if not decided.upheld:
            opened(case.id, at)
    return filed
