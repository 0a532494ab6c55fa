"""Awards that wait: proposed with their caps filled, then posted or dropped (I10, I27).

What somebody has to look into first is an `Award` without `posted_at`. It counts under every cap from the moment at
which it is proposed, so that what is posted later never goes beyond one, however many are under way.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.kit import clock
from app.kit.db import db
from app.kit.refusal import Refused, refuse_if
from app.merits import claiming, queries, rules, windows
from app.merits.models import Award, TariffLine
from app.merits.operations import note_deed, wait_for_turn
from app.merits.rules import HIGHEST, Done, Earned, Line
from app.people import queries as people
from app.people.models import Household
from app.people.rules import Person
from app.points import operations as points
from app.points.rules import ASSETS


@dataclass(frozen=True)
class Room:
    """What the limits leave for one deed, while nobody else can touch its household."""

    line: Line
    person: Person
    earned: Earned
    effective_at: datetime
    other_household_id: int | None
    event: str

    @property
    def cut_by(self) -> str | None:
        return next(iter(self.earned.cut.values()), None)


def room_for(
    code: str, *, resident_id: int, effective_at: datetime, other_household_id: int | None = None, event: str = "",
    entered: bool = False,
) -> Room:  # fmt: skip
    """What a deed would earn under the line in force on its local day; the most of it where reviewers choose.

    `event` names the occasion: what bears the same name counts as one. `entered`: the office of the line enters it.
    Locks the household, and who shares a window with it. Raises `Refused` without a household, without such a line to
    claim under, or when nothing is left under a limit.
    """
    person = people.person(resident_id)
    if person is None or person.household_id is None:
        raise Refused(claiming.no_line_refusal(code))
    line, _factors = queries.lines_for(code, person.path, clock.local(effective_at).date())
    refuse_if(claiming.no_line_refusal(code) if line is None else claiming.claim_refusal(line, entered=entered))
    assert line is not None
    choice = claiming.span_of(line.assets)
    done = Done(
        code=code, resident_id=resident_id, because=event, effective_at=effective_at, announced_at=effective_at,
        amount=choice[1] if choice else None, other_household_id=other_household_id,
    )  # fmt: skip
    wait_for_turn(line, done, household_id=person.household_id)
    earned = rules.earned(line, windows.used_under(line, done, household_id=person.household_id), done)
    room = Room(line, person, earned, effective_at, other_household_id, event)
    if earned.is_nothing:
        other = windows.holder(line, done, household_id=person.household_id) if room.cut_by == HIGHEST else None
        raise Refused(claiming.used_up_refusal(line, room.cut_by, other=other))
    return room


def propose(room: Room, *, because: str) -> Award:
    """Keep that room under the limits for a cause, until it is posted or dropped. A cause is proposed once."""
    person, line, earned = room.person, room.line, room.earned
    assert person.household_id is not None
    proposed = Award(
        because=because, code=line.code, line_id=line.id, heading=line.heading, household_id=person.household_id,
        resident_id=person.id, other_household_id=room.other_household_id, event=room.event or because,
        honour=earned.honour, points=earned.points, minutes=earned.minutes, served=earned.served, cut_by=room.cut_by,
        effective_at=room.effective_at, posted_at=None,
    )  # fmt: skip
    db.session.add(proposed)
    db.session.flush()
    return proposed


def lower(because: str, amount: int) -> Award:
    """Reviewers chose less than what was kept: the rest is free again. Never raises an amount."""
    waiting = _waiting(because)
    for asset in ASSETS:
        setattr(waiting, asset, min(getattr(waiting, asset), amount))
    db.session.flush()
    return waiting


def confirm(because: str, *, by_id: int | None, at: datetime) -> Award:
    """Post what was proposed, as of `at`; it takes effect on the day of the deed. Twice posts once."""
    waiting = _waiting(because)
    if waiting.posted_at is not None or waiting.undone_at is not None:
        return waiting
    waiting.posted_at, waiting.by_id = at, by_id
    line = queries.line_by_id(waiting.line_id)
    home = db.session.get_one(Household, waiting.household_id)
    entries = [
        points.grant_entry(
            asset, getattr(waiting, asset), community_id=home.community_id, household_id=home.id,
            resident_id=None if line.per == "household" and asset != "minutes" else waiting.resident_id,
            code=waiting.code, heading=waiting.heading, because=because, effective_at=waiting.effective_at,
            posted_at=at, by_id=by_id, line_id=line.id, what=line.behaviour, cut_by=_cut(waiting, line, asset),
        )
        for asset in ASSETS
        if getattr(waiting, asset)
    ]  # fmt: skip
    points.post(entries)
    note_deed(_deed(waiting, line))
    db.session.flush()
    return waiting


def _deed(posted: Award, line: TariffLine) -> Done:
    """What was claimed, as a deed that was confirmed; where reviewers chose, what they chose."""
    assert posted.posted_at is not None
    chosen = max(posted.honour, posted.points) if claiming.span_of(line.assets) else None
    return Done(
        code=posted.code, resident_id=posted.resident_id, because=posted.because, effective_at=posted.effective_at,
        announced_at=posted.posted_at, event=posted.event, amount=chosen,
        other_household_id=posted.other_household_id,
    )  # fmt: skip


def drop(because: str, *, at: datetime) -> Award:
    """It comes to nothing: its caps are free again. What was posted already stays. Twice changes nothing."""
    waiting = _waiting(because)
    if waiting.posted_at is None and waiting.undone_at is None:
        waiting.undone_at = at
        db.session.flush()
    return waiting


def _waiting(because: str) -> Award:
    """The award as it stands while nobody else can touch its household."""
    waiting = queries.award_because(because)
    if waiting is None:
        raise ValueError(f"nothing was proposed for {because}")
    points.lock_household(waiting.household_id)
    db.session.refresh(waiting)
    return waiting


def _cut(waiting: Award, line: TariffLine, asset: str) -> str | None:
    """The window whose limit made this amount smaller; what reviewers chose from a range was not cut."""
    whole = line.assets.get(asset)
    return waiting.cut_by if isinstance(whole, int) and getattr(waiting, asset) < whole else None
