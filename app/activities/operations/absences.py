"""What whoever runs an activity does about a shift that somebody missed: excuse it, or have it filed as a case."""

from __future__ import annotations

from datetime import datetime

from app.activities import absences, rules
from app.activities.models import Activity, Shift, SignUp
from app.activities.operations.attending import audited, run_by
from app.activities.operations.holding import sign_up_of
from app.activities.operations.signing_up import set_free
from app.cases import operations as cases
from app.cases.models import Case
from app.kit.db import db
from app.kit.refusal import refuse_if
from app.kit.words import Words
from app.people.rules import Person

MISSED = Words(zh="报了名，没有来，也没有事先说一声。", en="A place was taken; nobody came or sent word before.")


def excuse(shift_id: int, resident_id: int, *, by: Person, at: datetime) -> SignUp:
    """There was a reason, or it was noted by mistake: it is as if the place had been given up."""
    activity, theirs = _missed(shift_id, resident_id, by, at)
    set_free(theirs)
    audited("activities.excuse", activity, resident_id, by, at)
    return theirs


def file_absence(shift_id: int, resident_id: int, *, by: Person, at: datetime) -> Case:
    """Nobody sent word: the household is told under line K05, whose third time is a deduction."""
    activity, theirs = _missed(shift_id, resident_id, by, at)
    begun = db.session.get_one(Shift, shift_id).starts_at
    return cases.file_absence(
        resident_id, absence=absences.cause_of(theirs.id), title=activity.title, text=MISSED, happened_at=begun, by=by,
        at=at,
    )  # fmt: skip


def _missed(shift_id: int, resident_id: int, by: Person, at: datetime) -> tuple[Activity, SignUp]:
    """The sign-up of somebody noted as missing, kept from changing until the end."""
    activity, _frame = run_by(by, db.session.get_one(Shift, shift_id).activity_id)
    theirs = sign_up_of(shift_id, resident_id)
    on_file = bool(theirs and absences.on_file([theirs.id], at))
    refuse_if(rules.missed_refusal(theirs.state if theirs else None, on_file=on_file))
    assert theirs is not None
    return activity, theirs
