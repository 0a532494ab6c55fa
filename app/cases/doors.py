"""Reads for those who file a case: which doors they may knock at, under which lines, and what was earned there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Row
from sqlalchemy.orm import aliased

from app.cases import rules
from app.kit.db import db
from app.merits import queries as merits
from app.merits.models import Award
from app.people.models import Household
from app.people.queries import below_any
from app.people.rules import Anyone
from app.places.models import Place

AnyRow = Row[*tuple[Any, ...]]
MOST_GROUPS, MOST_AWARDS = 400, 30


def groups(by: Anyone) -> Sequence[AnyRow]:
    """The groups whose households this person may file a case for: id and name."""
    mine = Place.id.in_(below_any(by.reaches(*rules.FILE)))
    query = select(Place.id, Place.name).where(Place.kind == "group", mine)
    return db.session.execute(query.order_by(Place.path).limit(MOST_GROUPS)).all()


def doors(by: Anyone, group_id: int) -> Sequence[AnyRow]:
    """The households of such a group, without this person's own: id and door."""
    mine = Household.group_id == group_id, Household.group_id.in_(below_any(by.reaches(*rules.FILE)))
    query = select(Household.id, Household.door).where(*mine, Household.id != (by.household_id or 0))
    return db.session.execute(query.order_by(Household.id)).all()


def household_at(household_id: int) -> AnyRow | None:
    """A household with its door, the path of its group and the settings of its community."""
    community = aliased(Place)
    columns: tuple[Any, ...] = (Household.id, Household.door, Household.community_id, Place.path, community.settings)
    query = select(*columns).join(Place, Place.id == Household.group_id)
    query = query.join(community, community.id == Household.community_id)
    return db.session.execute(query.where(Household.id == household_id)).one_or_none()


def lines(path: str, on: date) -> Sequence[Row[Any]]:
    """The deduction lines in force at a place on a local day that are filed by hand."""
    found = merits.tariff_in_force(path, on)
    return [
        row for row in found if row.earn == "deduction" and (row.per == "household" or row.code == rules.FALSE_CLAIM)
    ]


def awards_of(household_id: int, since: datetime) -> Sequence[AnyRow]:
    """What a household earned of late and still has: because, code, effective_at and resident_id."""
    columns: tuple[Any, ...] = (Award.id, Award.because, Award.code, Award.effective_at, Award.resident_id)
    mine = Award.household_id == household_id, Award.undone_at.is_(None), Award.effective_at >= since
    some = Award.honour + Award.points + Award.minutes > 0
    return db.session.execute(select(*columns).where(*mine, some).order_by(Award.id.desc()).limit(MOST_AWARDS)).all()


def settings_of(row: AnyRow) -> tuple[int, int]:
    """How many days a community gives to appeal, and for how many a step of the ladder counts."""
    ladder = rules.setting(row.settings, "deduction_ladder_days", rules.YEAR.days)
    return rules.setting(row.settings, "appeal_days", rules.APPEAL_DAYS), ladder
