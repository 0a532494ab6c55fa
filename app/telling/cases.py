"""What a household is told about its cases, and what waits for those who work on them. Nobody else is told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.cases.events import AppealDecided, AppealFiled, CaseDecided, CaseFiled, CureLookedAt, DeductionTookEffect
from app.cases.models import Case, CaseDecision
from app.kit import clock
from app.kit.db import db
from app.kit.refusal import N_
from app.messages import operations as messages
from app.messages.rules import describe, describe_group
from app.telling.matter import Matter
from app.telling.whom import adults_of

describe_group("cases", N_("Reminders and deductions"))
describe(
    "cases.reminder",
    name=N_("My household is reminded of something"),
    subject=N_("A reminder: %(place)s"),
    text=N_("A reminder: %(place)s needs to be put right by the end of %(day)s. Send a photo when it is "
            "done and the reminder goes away. Nothing is deducted this time."),
    way="now",
)  # fmt: skip
describe(
    "cases.notice",
    name=N_("My household is given written notice"),
    subject=N_("Written notice: %(place)s"),
    text=N_("It is the second time within a year. Please put it right by the end of %(day)s and send a photo; "
            "nothing is deducted this time either."),
    way="now",
)  # fmt: skip
describe(
    "cases.missed",
    name=N_("Somebody of my household missed a shift"),
    subject=N_("A missed shift: %(place)s"),
    text=N_("A place was kept and nobody came. Whoever comes to another shift by the end of %(day)s, or tells us the "
            "reason, has put it right. Nothing is deducted this time."),
    way="now",
)  # fmt: skip
describe(
    "cases.missed_again",
    name=N_("Somebody of my household missed a shift again"),
    subject=N_("Missed a second time: %(place)s"),
    text=N_("It is the second time within a year. Whoever comes to another shift by the end of %(day)s, or "
            "tells us the reason, has put it right; nothing is deducted this time either."),
    way="now",
)  # fmt: skip
describe(
    "cases.proposed",
    name=N_("A deduction is proposed for my household"),
    subject=N_("A deduction is proposed: %(place)s"),
    text=N_("A second person looks at it first. You are told what was decided; then there is time to appeal."),
    way="now",
)
describe(
    "cases.confirmed",
    name=N_("A deduction for my household is confirmed"),
    subject=N_("A deduction is confirmed: %(place)s"),
    text=N_("It takes effect after %(day)s, unless your household appeals by then. The page of the case has the "
            "reason, and the button to appeal."),
    way="now",
    switchable=False,
)  # fmt: skip
describe(
    "cases.declined",
    name=N_("A proposed deduction is declined"),
    subject=N_("No deduction: %(place)s"),
    text=N_("The second person declined it, so nothing is deducted and it counts no more."),
)
describe(
    "cases.cancelled",
    name=N_("A reminder to my household was a mistake"),
    subject=N_("Taken back: %(place)s"),
    text=N_("It was a mistake and counts no more. The page of the case says why."),
)
describe(
    "cases.cured",
    name=N_("Something is put right in time"),
    subject=N_("Put right in time: %(place)s"),
    text=N_("Thank you. The reminder is gone, and nothing is left of it."),
)
describe(
    "cases.put_right",
    name=N_("Something is put right after its day"),
    subject=N_("Put right: %(place)s"),
    text=N_("Thank you. As the day had passed, it stays on file for a year."),
)
describe(
    "cases.not_yet",
    name=N_("What I sent does not show it yet"),
    subject=N_("Not yet put right: %(place)s"),
    text=N_("Somebody looked at what you sent. The page of the case says what is missing; please send another photo."),
    way="now",
)
describe(
    "cases.effect",
    name=N_("A deduction takes effect"),
    subject=N_("A deduction is in effect: %(place)s"),
    text=N_("%(amount)s honour was deducted. Points to spend are never touched."),
)
describe(
    "cases.upheld",
    name=N_("An appeal of my household is upheld"),
    subject=N_("Your appeal is upheld: %(place)s"),
    text=N_("Nothing stays deducted. The page of the case has the reason."),
    way="now",
)
describe(
    "cases.not_upheld",
    name=N_("An appeal of my household is not upheld"),
    subject=N_("Your appeal is not upheld: %(place)s"),
    text=N_("The deduction stands. The page of the case has the reason."),
    way="now",
)

_FILED = {"reminder": "cases.reminder", "notice": "cases.notice", "third": "cases.proposed", "proven": "cases.proposed"}
_MISSED = _FILED | {"reminder": "cases.missed", "notice": "cases.missed_again"}


def filed(event: CaseFiled) -> None:
    """Sentence 38 of words.md, with the last day as the page of the case says it."""
    case = _case(event.case_id)
    kinds = _MISSED if case.absence else _FILED
    _tell(kinds[event.step], case, f"case:{case.id}", event.at, day=clock.last_day(case.cure_by))


def cure_looked_at(event: CureLookedAt) -> None:
    """In time, the reminder leaves the inbox, too."""
    case = _case(event.case_id)
    if event.accepted:
        messages.take_back(f"case:{case.id}", *_steps(case))
    kind = "cases.not_yet" if not event.accepted else "cases.cured" if event.in_time else "cases.put_right"
    _tell(kind, case, f"case:{case.id}:cure:{event.cure_id}", event.at)


def decided(event: CaseDecided) -> None:
    case = _case(event.case_id)
    messages.take_back(f"case:{case.id}")
    until = db.session.scalar(select(CaseDecision.appeal_until).where(CaseDecision.case_id == case.id))
    day = {"day": clock.last_day(until)} if until else {}
    _tell(f"cases.{event.outcome}", case, f"case:{case.id}:{event.outcome}", event.at, **day)


def appeal_filed(event: AppealFiled) -> None:
    """Who appealed knows; that something takes effect by itself is not true any more."""
    messages.take_back(f"case:{event.case_id}:confirmed")


def appeal_decided(event: AppealDecided) -> None:
    case = _case(event.case_id)
    if event.upheld:
        messages.take_back(f"case:{case.id}:effect")
    kind = "cases.upheld" if event.upheld else "cases.not_upheld"
    _tell(kind, case, f"case:{case.id}:appeal:{event.appeal_id}", event.at)


def took_effect(event: DeductionTookEffect) -> None:
    case = _case(event.case_id)
    messages.take_back(f"case:{case.id}:confirmed")
    if event.amount:
        _tell("cases.effect", case, f"case:{case.id}:effect", event.at, amount=event.amount)


def _steps(case: Case) -> tuple[str, ...]:
    return f"case:{case.id}:confirmed", f"case:{case.id}:effect"


def _case(case_id: int) -> Case:
    return db.session.get_one(Case, case_id)


def _tell(kind: str, case: Case, because: str, at: datetime, **values: Any) -> None:
    matter = Matter(f"/points/cases/{case.id}", {"place": case.title})
    matter.tell(kind, adults_of(case.household_id, at), because=because, at=at, **values)
