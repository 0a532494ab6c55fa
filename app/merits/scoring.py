"""How a household's honour of a quarter came about, and what would count next: every entry, rule and limit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, null, or_, select

from app.kit import clock
from app.kit.db import db
from app.kit.periods import Period, period_of
from app.kit.words import Words
from app.merits import queries
from app.merits.models import Award, TariffLine
from app.merits.rules import EARNING, Done, Earned, Line
from app.merits.tally import Tally
from app.people.rules import Person
from app.points import queries as points
from app.points.models import Transfer

MOST_SHOWN = 300  # entries on the page; the sums count all


@dataclass(frozen=True)
class Next:
    """What one more deed under a line would bring today; `cut_by` names the window whose limit leaves less, or none."""

    code: str
    heading: str
    behaviour: Words
    earn: str
    entered_by: str | None
    honour: int
    points: int
    cut_by: str | None


def sums(household_id: int, quarter: Period) -> dict[str, int]:
    """The honour that each heading brought in the quarter."""
    query = select(Transfer.heading, func.sum(Transfer.change)).where(*_honour_of(household_id, quarter))
    return dict(db.session.execute(query.group_by(Transfer.heading)).all())


def entries(household_id: int, quarter: Period) -> Sequence[Any]:
    """Entries of honour that took effect in the quarter, the last posted first, up to `MOST_SHOWN`."""
    columns: tuple[Any, ...] = (
        Transfer.id, Transfer.change, Transfer.code, Transfer.heading, Transfer.what, Transfer.why, Transfer.cut_by,
        Transfer.line_id, Transfer.reverses_id, Transfer.because, Transfer.resident_id,
        Transfer.effective_at, Transfer.posted_at,
    )  # fmt: skip
    query = select(*columns).where(*_honour_of(household_id, quarter))
    return db.session.execute(query.order_by(Transfer.posted_at.desc(), Transfer.id.desc()).limit(MOST_SHOWN)).all()


def nothing_left(household_id: int, quarter: Period) -> Sequence[Any]:
    """Deeds that a limit left nothing of, so that no entry shows them: how often in a month, the latest first.

    By line, limit and person (`whose`), who is nobody where a line counts for the household as a whole.
    """
    second, third = (month.starts for month in period_of(quarter.last_day, "month").last(2))
    month = case((Award.effective_at < second, 1), (Award.effective_at < third, 2), else_=3).label("month")
    whose = case((TariffLine.per == "household", null()), else_=Award.resident_id).label("whose")
    columns: tuple[Any, ...] = (
        Award.code, Award.heading, Award.cut_by, TariffLine.behaviour, whose, month,
        func.count().label("times"), func.max(Award.effective_at).label("last_at"),
    )  # fmt: skip
    return db.session.execute(
        select(*columns)
        .join(TariffLine, TariffLine.id == Award.line_id)
        .where(
            Award.household_id == household_id, Award.effective_at >= quarter.starts,
            Award.effective_at < quarter.ends, Award.undone_at.is_(None), Award.cut_by.is_not(None),
            Award.honour == 0, Award.points == 0,
        )
        .group_by(Award.code, Award.heading, Award.cut_by, "whose", "month", TariffLine.id)
        .order_by(func.max(Award.effective_at).desc(), Award.code)
        .limit(MOST_SHOWN)
    ).all()  # fmt: skip


def next_deeds(person: Person, *, at: datetime) -> list[Next]:
    """For each line in force, what a deed of this person would bring today, the most honour first."""
    lines, _ = queries.all_lines(person.path, clock.local(at).date())
    known = [line for line in lines.values() if _is_plain(line)]
    tally = _tally(person, lines, at=at)
    found = [_next(line, tally, person, at) for line in known]
    return sorted(found, key=lambda one: (-one.honour, -one.points, one.code))


def _next(line: Line, tally: Tally, person: Person, at: datetime) -> Next:
    done = Done(
        code=line.code, resident_id=person.id, because="next", effective_at=at, announced_at=at,
        minutes=line.per_minutes,
    )  # fmt: skip
    earned = tally.would_earn(done, person.household_id or 0, line)
    cut_by = next(iter(earned.cut.values()), None)
    return Next(
        line.code, line.heading, line.behaviour, line.earn, line.entered_by, earned.honour, earned.points, cut_by
    )


def _is_plain(line: Line) -> bool:
    """Whether one deed brings a certain honour by itself: not a factor, not what reviewers choose."""
    certain = all(isinstance(amount, int) for amount in line.assets.values())
    return line.earn in EARNING and line.factor is None and certain and bool(line.assets.get("honour"))


def _tally(person: Person, lines: dict[str, Line], *, at: datetime) -> Tally:
    """The windows of today as full as this household and this person have made them; one statement."""
    for_ever = [line.code for line in lines.values() if any(cap.window == "ever" for cap in line.caps)]
    since = period_of(clock.local(at).date(), "year").starts
    rows = db.session.execute(
        select(Award.__table__).where(
            or_(Award.household_id == person.household_id, Award.resident_id == person.id),
            or_(Award.effective_at >= since, Award.code.in_(for_ever)), Award.undone_at.is_(None),
        )
    )  # fmt: skip
    tally = Tally()
    for row in rows:
        if row.code in lines:
            done = Done(
                code=row.code, resident_id=row.resident_id, because=row.because, effective_at=row.effective_at,
                announced_at=row.effective_at, event=row.event, other_household_id=row.other_household_id,
            )  # fmt: skip
            granted = Earned(row.honour, row.points, row.minutes, row.served)
            tally.count(done, row.household_id, lines[row.code], granted)
    tally.has_in_store(person.id, points.minutes_of(person.id))
    return tally


def _honour_of(household_id: int, quarter: Period) -> tuple[Any, ...]:
    return (
        Transfer.household_id == household_id, Transfer.asset == "honour",
        Transfer.effective_at >= quarter.starts, Transfer.effective_at < quarter.ends,
    )  # fmt: skip
