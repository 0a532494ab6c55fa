"""Reads for those who enter deeds for households: under which lines, for whom, and what they entered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import exists, select

from app.claims import entry_rules
from app.claims.models import Claim
from app.claims.queries import AnyRow, claims
from app.kit import clock
from app.kit.db import db
from app.merits import queries as merits
from app.merits.models import Award
from app.people.models import Household, Resident, Role
from app.people.rules import Anyone

MOST_ENTERED = 20


def lines(by: Anyone, path: str, on: date) -> list[Any]:
    """The lines in force on a local day whose deeds this person enters at that place."""
    return [row for row in merits.lines_to_enter(path, on) if entry_rules.enters(by, row, path)]


def members(household_id: int) -> Sequence[AnyRow]:
    """The registered members of a household, the longest-standing first; `represents`: its representative."""
    held = Role.resident_id == Resident.id, Role.role == "household_rep", Role.ended_at.is_(None)
    columns: tuple[Any, ...] = (
        Resident.id, Resident.family_name, Resident.given_name, Resident.born_on,
        exists().where(*held, Role.place_id == Household.group_id).label("represents"),
    )  # fmt: skip
    registered = (
        Resident.household_id == household_id,
        Resident.verified_at.is_not(None),
        Resident.disabled_at.is_(None),
    )
    query = select(*columns).join(Household, Household.id == Resident.household_id).where(*registered)
    return db.session.execute(query.order_by(Resident.verified_at, Resident.id)).all()


def has_attended(household_id: int, line: Any, resident_id: int, day: date) -> bool:
    """Whether coming to an activity of that local day earned under the line, for the household or that person of it."""
    starts, ends = clock.day_bounds(day)
    mine = Award.household_id == household_id, Award.code == line.code, Award.undone_at.is_(None)
    then = Award.effective_at >= starts, Award.effective_at < ends, ~Award.because.startswith("claim:")
    whose = () if line.per == "household" else (Award.resident_id == resident_id,)
    return db.session.scalar(select(exists().where(*mine, *then, *whose))) or False


def entered_by(resident_id: int) -> Sequence[AnyRow]:
    """What somebody entered for households, the latest first."""
    mine = claims(Claim.entered_by_id == resident_id)
    return db.session.execute(mine.order_by(Claim.id.desc()).limit(MOST_ENTERED)).all()
