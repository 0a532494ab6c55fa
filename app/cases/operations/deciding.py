"""The second person decides on a proposed deduction; and a case that was a mistake is taken back."""

from __future__ import annotations

from datetime import datetime

from app.cases import doors, rules
from app.cases.events import CaseDecided
from app.cases.models import Case, CaseDecision
from app.cases.operations.taking_effect import opened
from app.kit import audit
from app.kit.bus import announce
from app.kit.db import db
from app.kit.refusal import refuse_if
from app.kit.words import Words
from app.people.doors import household_at
from app.people.rules import Person


def decide(case_id: int, *, confirmed: bool, why: Words, by: Person, at: datetime) -> CaseDecision:
    """Confirm or decline a proposed deduction. Confirmed, it takes effect when the time to appeal is over.

    The end of that time is stored: a later setting moves no running one.
    """
    case, facts = opened(case_id, at)
    refuse_if(rules.decide_refusal(facts, by, at))
    home = household_at(case.household_id)
    assert home is not None
    until = rules.appeal_ends(at, doors.settings_of(home)[0]) if confirmed else None
    return _decided(case, "confirmed" if confirmed else "declined", why, by, at, until)


def cancel(case_id: int, *, why: Words, by: Person, at: datetime) -> CaseDecision:
    """It was a mistake: the case counts no more."""
    case, facts = opened(case_id, at)
    refuse_if(rules.cancel_refusal(facts, by, at))
    return _decided(case, "cancelled", why, by, at, None)


def _decided(
    case: Case, outcome: str, why: Words, by: Person, at: datetime, appeal_until: datetime | None
) -> CaseDecision:
    decision = CaseDecision(
        case_id=case.id, filed_by=case.filed_by, outcome=outcome, why=why, appeal_until=appeal_until, by_id=by.id, at=at
    )
    db.session.add(decision)
    db.session.flush()
    audit.note("cases.decide", f"case:{case.id}", actor_id=by.id, at=at, place_id=case.community_id, outcome=outcome)
    announce(CaseDecided(case_id=case.id, outcome=outcome, at=at))
    return decision
