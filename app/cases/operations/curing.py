"""Putting right: the household sends a photo, somebody looks; or somebody sees it and writes it down."""

from __future__ import annotations

from datetime import datetime

from app.cases import queries, rules
from app.cases.events import CureLookedAt
from app.cases.models import Case, Cure, CureLook
from app.cases.operations.taking_effect import opened, take_back
from app.cases.rules import CureSeen, Facts
from app.kit import audit
from app.kit.bus import announce
from app.kit.db import db
from app.kit.refusal import refuse_if
from app.kit.words import Words
from app.people.rules import Person

CAME = Words(zh="之后按时参加了班次，时长已确认", en="Came to a shift afterwards, and the hours are confirmed")


def send_cure(case_id: int, *, text: Words | None, upload_id: int | None, by: Person, at: datetime) -> Cure:
    """The household says that it is put right. When it was said counts, not when somebody looks."""
    _case, facts = opened(case_id, at)
    refuse_if(rules.cure_refusal(facts, by, at))
    return _sent(case_id, text, upload_id, by.id, at)


def look(cure_id: int, *, accepted: bool, why: Words | None, by: Person, at: datetime) -> Cure:
    """Say whether what was sent shows that it is put right. In time, nothing of the case is left, in any total."""
    cure = db.session.get_one(Cure, cure_id)
    case, facts = opened(cure.case_id, at)
    seen = next(one for one in facts.cures if one.id == cure_id)
    refuse_if(rules.look_refusal(facts, seen, by, at))
    _looked(case, seen, accepted=accepted, why=why, by_id=by.id, at=at)
    return cure


def note_cured(case_id: int, *, text: Words, by: Person, at: datetime) -> Cure:
    """Staff saw themselves that it is put right: it is as if the household had said so now.

    What the household had sent before is settled with it, from the moment at which it was sent.
    """
    case, facts = opened(case_id, at)
    refuse_if(rules.look_refusal(facts, None, by, at))
    return _seen(case, facts, text, by_id=by.id, since=at, at=at)


def note_coming(resident_id: int, *, came_at: datetime, by_id: int, at: datetime) -> None:
    """Whoever had missed a shift came to another one, and somebody confirmed it: that puts it right."""
    for case_id in queries.missed_before(resident_id, came_at):
        case, facts = opened(case_id, at)
        if rules.state(facts, at) in rules.OPEN and not facts.is_put_right:
            _seen(case, facts, CAME, by_id=by_id, since=max(came_at, case.filed_at), at=at)


def _seen(case: Case, facts: Facts, text: Words, *, by_id: int, since: datetime, at: datetime) -> Cure:
    """It is put right, from when the household had said so, or since that moment."""
    waiting = facts.pending_cure or CureSeen(_sent(case.id, text, None, by_id, since).id, since)
    _looked(case, waiting, accepted=True, why=text, by_id=by_id, at=at)
    return db.session.get_one(Cure, waiting.id)


def _sent(case_id: int, text: Words | None, upload_id: int | None, by_id: int, at: datetime) -> Cure:
    cure = Cure(case_id=case_id, text=text, upload_id=upload_id, by_id=by_id, sent_at=at)
    db.session.add(cure)
    db.session.flush()
    return cure


def _looked(case: Case, seen: CureSeen, *, accepted: bool, why: Words | None, by_id: int, at: datetime) -> None:
    db.session.add(CureLook(cure_id=seen.id, accepted=accepted, why=why, by_id=by_id, at=at))
    db.session.flush()
    in_time = accepted and seen.sent_at < case.cure_by
    if in_time:
        take_back(case, by_id=by_id, at=at)
    audit.note(
        "cases.look", f"case:{case.id}", actor_id=by_id, at=at, place_id=case.community_id,
        outcome="put_right" if accepted else "not_yet",
    )  # fmt: skip
    announce(CureLookedAt(case_id=case.id, cure_id=seen.id, accepted=accepted, in_time=in_time, at=at))
