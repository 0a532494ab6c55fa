"""Reads of shifts that were missed. What was taken back, put right or decided for the person counts no more."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from app.activities import rules
from app.activities.models import Attendance, Shift, SignUp
from app.cases import queries as cases
from app.cases.rules import ABSENCE
from app.kit import clock
from app.kit.db import db
from app.merits.queries import line_in_force
from app.people.rules import Anyone


def cause_of(sign_up_id: int) -> str:
    """What a case about this missed shift goes by."""
    return f"sign-up:{sign_up_id}"


def on_file(sign_up_ids: Collection[int], at: datetime) -> set[int]:
    """Those of these missed shifts that somebody filed a case for."""
    known = cases.absences_on_file([cause_of(one) for one in sign_up_ids], at) if sign_up_ids else {}
    return {one for one in sign_up_ids if cause_of(one) in known}


def paused_until(person: Anyone, at: datetime) -> datetime | None:
    """Until when this person takes no place, where the tariff in force at their home says so."""
    columns: tuple[Any, ...] = (SignUp.id, Shift.starts_at)
    query = select(*columns).join(Shift, Shift.id == SignUp.shift_id)
    mine = SignUp.resident_id == person.id, SignUp.state == "no-show", Shift.starts_at > at - rules.LOOK_BACK
    missed = {cause_of(row.id): row.starts_at for row in db.session.execute(query.where(*mine))}
    if len(missed) < rules.PAUSE_AFTER or line_in_force(ABSENCE, person.path, clock.local(at).date()) is None:
        return None
    counts = cases.absences_on_file(missed, at)
    came_at = db.session.scalar(select(func.max(Attendance.checked_in_at)).where(Attendance.resident_id == person.id))
    return rules.paused_until([when for one, when in missed.items() if counts.get(one, True)], came_at=came_at)


def path_of(sign_up_id: int) -> str | None:
    """The page of the activity that somebody had signed up for."""
    found = db.session.scalar(select(Shift.activity_id).join(SignUp).where(SignUp.id == sign_up_id))
    return f"/activities/{found}" if found else None
