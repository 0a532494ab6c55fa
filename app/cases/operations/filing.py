"""Filing what was found: the first time a reminder, then a written notice, the third time a deduction is proposed."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from app.cases import doors, queries, rules
from app.cases.events import CaseFiled
from app.cases.models import Case
from app.kit import audit, clock
from app.kit.bus import announce
from app.kit.db import db
from app.kit.refusal import refuse_if
from app.kit.words import Words
from app.people import queries as people
from app.people.doors import household_at
from app.people.rules import Person
from app.points import operations as points

NOON = time(12)


def file(
    household_id: int, *, line_id: int, title: Words, text: Words, happened_on: date, cure_on: date, by: Person,
    at: datetime, upload_id: int | None = None, masked: bool = False,
) -> Case:  # fmt: skip
    """File what was found on a local day. Which step it is follows from what is on file under that line.

    The third step is the proposal of a deduction: a second person confirms or declines it.
    """
    home = _home(household_id, by)
    line = _line(home, line_id, at, false_claim=False)
    _refuse_days(happened_on, cure_on, at)
    needed = line.evidence_kind == "mask"
    refuse_if(rules.photo_refusal(needed=needed, sent=upload_id is not None, masked=masked))
    points.lock_household(household_id)
    return _next_step(
        home, line, by, at, title=title, text=text, happened_at=_instant(happened_on, at), cure_on=cure_on,
        upload_id=upload_id, masked=masked,
    )  # fmt: skip


def file_absence(
    resident_id: int, *, absence: str, title: Words, text: Words, happened_at: datetime, by: Person, at: datetime
) -> Case:
    """File that somebody held a place on a shift and stayed away without a word, for whoever runs it and knows.

    Each resident has a ladder of their own. `absence` is the cause, like `sign-up:12`; it is filed once.
    """
    person = people.person(resident_id)
    home = household_at(person.household_id) if person and person.household_id else None
    line = doors.absence_line(home.path, clock.local(at).date()) if home else None
    if home is not None:
        points.lock_household(home.id)
    filed = queries.absence_is_filed(absence)
    refuse_if(rules.absence_refusal(by, household_id=home.id if home else None, line=line, filed=filed))
    assert home is not None
    cure_on = clock.local(at).date() + rules.ABSENCE_CURE
    _refuse_days(clock.local(happened_at).date(), cure_on, at)
    return _next_step(
        home, line, by, at, title=title, text=text, happened_at=happened_at, cure_on=cure_on, absence=absence,
        resident_id=resident_id,
    )  # fmt: skip


def file_false_claim(
    household_id: int, *, line_id: int, award_id: int, text: Words, happened_on: date, by: Person, at: datetime,
    upload_id: int | None = None, masked: bool = False,
) -> Case:  # fmt: skip
    """File that an award was claimed falsely, with what was found out. It needs no steps, but a second person."""
    home = _home(household_id, by)
    line = _line(home, line_id, at, false_claim=True)
    _refuse_days(happened_on, clock.local(at).date(), at)
    refuse_if(rules.photo_refusal(needed=False, sent=upload_id is not None, masked=masked))
    points.lock_household(household_id)
    award = next((one for one in doors.awards_of(household_id, at - rules.YEAR) if one.id == award_id), None)
    filed = award is not None and queries.award_has_case(award.because, at)
    refuse_if(rules.claim_refusal(known=award is not None, filed=filed))
    assert award is not None
    return _filed(
        home, line, by, at, step="proven", after_id=None, title=line.behaviour, text=text,
        happened_at=_instant(happened_on, at), cure_by=at, upload_id=upload_id, masked=masked,
        award_because=award.because, resident_id=award.resident_id,
    )  # fmt: skip


def _home(household_id: int, by: Person) -> doors.AnyRow:
    """The household, when this person files cases there; what is not theirs is as if it were not there."""
    home = household_at(household_id)
    refuse_if(rules.file_refusal(by, household_id=household_id, place_path=home.path if home else "/"))
    assert home is not None
    return home


def _line(home: doors.AnyRow, line_id: int, at: datetime, *, false_claim: bool) -> Any:
    found = doors.lines(home.path, clock.local(at).date())
    line = next((one for one in found if one.id == line_id), None)
    refuse_if(rules.line_refusal(line, false_claim=false_claim))
    return line


def _refuse_days(happened_on: date, cure_on: date, at: datetime) -> None:
    refuse_if(rules.days_refusal(happened_on=happened_on, cure_on=cure_on, today=clock.local(at).date()))


def _next_step(
    home: doors.AnyRow, line: Any, by: Person, at: datetime, *, happened_at: datetime, cure_on: date,
    resident_id: int | None = None, **values: Any,
) -> Case:  # fmt: skip
    """File the step that follows from what is on file under that line, while nobody else can touch the household."""
    since = happened_at - timedelta(days=doors.settings_of(home)[1])
    earlier = queries.on_ladder(home.id, line.code, resident_id=resident_id, since=since, at=at)
    refuse_if(rules.ladder_refusal(earlier, happened_at=happened_at, at=at))
    return _filed(
        home, line, by, at, step=rules.next_step(len(earlier)), after_id=earlier[-1].id if earlier else None,
        happened_at=happened_at, cure_by=clock.day_bounds(cure_on)[1], blocks=rules.BLOCKS.get(line.code),
        resident_id=resident_id, **({"masked": False} | values),
    )  # fmt: skip


def _instant(day: date, at: datetime) -> datetime:
    """Noon of the day on which it was found: reports know days. Today it is no later than now."""
    return min(clock.at_local(day, NOON), at)


def _filed(home: doors.AnyRow, line: Any, by: Person, at: datetime, **values: Any) -> Case:
    case = Case(
        line_id=line.id, code=line.code, amount=-line.assets["honour"], household_id=home.id,
        community_id=home.community_id, place_path=home.path, filed_by=by.id, filed_at=at, **values,
    )  # fmt: skip
    db.session.add(case)
    db.session.flush()
    audit.note(
        "cases.file", f"case:{case.id}", actor_id=by.id, at=at, place_id=home.community_id, code=case.code,
        step=f"case_{case.step}",
    )  # fmt: skip
    announce(CaseFiled(case_id=case.id, step=case.step, at=at))
    return case
