"""Reads for those who file a case at a door: under which lines, and what was earned there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Row

from app.cases import rules
from app.kit.db import db
from app.merits import queries as merits
from app.merits.models import Award

AnyRow = Row[*tuple[Any, ...]]
MOST_AWARDS = 30


def lines(path: str, on: date) -> Sequence[Row[Any]]:
    """The deduction lines in force at a place on a local day that are filed by hand."""
    found = merits.tariff_in_force(path, on)
    return [
        row for row in found if row.earn == "deduction" and (row.per == "household" or row.code == rules.FALSE_CLAIM)
    ]


def absence_line(path: str, on: date) -> Row[Any] | None:
    """The deduction line in force at a place on a local day for shifts that were missed."""
    found = merits.tariff_in_force(path, on)
    return next((row for row in found if row.code == rules.ABSENCE and row.earn == "deduction"), None)


def awards_of(household_id: int, since: datetime) -> Sequence[AnyRow]:
    """What a household earned of late and still has: because, code, effective_at and resident_id.

    What is only proposed has earned nothing: it is answered in its review, or by an objection to its notice.
    """
    columns: tuple[Any, ...] = (Award.id, Award.because, Award.code, Award.effective_at, Award.resident_id)
    mine = Award.household_id == household_id, Award.effective_at >= since
    stands = Award.posted_at.is_not(None), Award.undone_at.is_(None)
    some = Award.honour + Award.points + Award.minutes > 0
    return db.session.execute(
        select(*columns).where(*mine, *stands, some).order_by(Award.id.desc()).limit(MOST_AWARDS)
    ).all()


def settings_of(row: AnyRow) -> tuple[int, int]:
    """How many days a community gives to appeal, and for how many a step of the ladder counts."""
    ladder = rules.setting(row.settings, "deduction_ladder_days", rules.YEAR.days)
    return rules.setting(row.settings, "appeal_days", rules.APPEAL_DAYS), ladder
