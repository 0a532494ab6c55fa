"""Putting right: the household sends a photo, somebody looks; or somebody sees it and writes it down."""

from __future__ import annotations

from datetime import datetime

from app.cases import rules
from app.cases.events import CureLookedAt
from app.cases.models import Case, Cure, CureLook
from app.cases.operations.taking_effect import opened, take_back
from app.cases.rules import CureSeen
from app.kit import audit
from app.kit.bus import announce
from app.kit.db import db
from app.kit.refusal import refuse_if
from app.kit.words import Words
from app.people.rules import Person


def send_cure(case_id: int, *, text: Words | None, upload_id: int | None, by: Person, at: datetime) -> Cure:
    """The household says that it is put right. When it was said counts, not when somebody looks."""
    _case, facts = opened(case_id, at)
    refuse_if(rules.cure_refusal(facts, by, at))
    return _sent(case_id, text, upload_id, by, at)


def look(cure_id: int, *, accepted: bool, why: Words | None, by: Person, at: datetime) -> Cure:
    """Say whether what was sent shows that it is put right. In time, nothing of the case is left, in any total."""
    cure = db.session.get_one(Cure, cure_id)
    case, facts = opened(cure.case_id, at)
    seen = next(one for one in facts.cures if one.id == cure_id)
    refuse_if(rules.look_refusal(facts, seen, by, at))
    _looked(case, seen, accepted=accepted, why=why, by=by, at=at)
    return cure


def note_cured(case_id: int, *, text: Words, by: Person, at: datetime) -> Cure:
    """Staff saw themselves that it is put right: it is as if the household had said so now.

    What the household had sent before is settled with it, from the moment at which it was sent.
    """
    case, facts = opened(case_id, at)
    refuse_if(rules.look_refusal(facts, None, by, at))
    waiting = facts.pending_cure
    if waiting is None:
        cure = _sent(case_id, text, None, by, at)
        waiting = CureSeen(cure.id, at)
    _looked(case, waiting, accepted=True, why=text, by=by, at=at)
    return db.session.get_one(Cure, waiting.id)


def _sent(case_id: int, text: Words | None, upload_id: int | None, by: Person, at: datetime) -> Cure:
    cure = Cure(case_id=case_id, text=text, upload_id=upload_id, by_id=by.id, sent_at=at)
    db.session.add(cure)
    db.session.flush()
    return cure


def _looked(case: Case, seen: CureSeen, *, accepted: bool, why: Words | None, by: Person, at: datetime) -> None:
    db.session.add(CureLook(cure_id=seen.id, accepted=accepted, why=why, by_id=by.id, at=at))
    db.session.flush()
    in_time = accepted and seen.sent_at < case.cure_by
    if in_time:
        take_back(case, by_id=by.id, at=at)
    audit.note(
        "cases.look", f"case:{case.id}", actor_id=by.id, at=at, place_id=case.community_id,
        outcome="put_right" if accepted else "not_yet",
    )  # fmt: skip
    announce(CureLookedAt(case_id=case.id, cure_id=seen.id, accepted=accepted, in_time=in_time, at=at))
