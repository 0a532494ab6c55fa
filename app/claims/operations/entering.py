"""Enter for a household what its line leaves to an office: it goes the way of every claim from then on."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from app.claims import entries, entry_rules
from app.claims.events import ClaimEntered
from app.claims.models import Claim
from app.claims.operations.claiming import claim
from app.kit import audit, clock
from app.kit.bus import announce
from app.kit.refusal import refuse_if
from app.kit.words import Words
from app.merits.claiming import no_line_refusal
from app.merits.rules import ATTENDED
from app.people import queries as people
from app.people.doors import household_at
from app.people.rules import Person
from app.points import operations as points


def enter(
    code: str, *, household_id: int, resident_id: int | None, deed_on: date, title: Words, text: Words, spot: Words,
    by: Person, at: datetime, occasion: str | None = None, photos: int = 0, agreed: bool = False,
) -> Claim:  # fmt: skip
    """Enter a deed of that local day under a line of one's office.

    It counts for `resident_id` where the line counts by person, else for who stands for the household. Raises `Refused`
    as `claim` does, and for a household or a line that is not this person's to enter for.
    """
    home = household_at(household_id)
    refuse_if(entry_rules.enter_refusal(by, household_id=household_id, place_path=home.path if home else "/"))
    assert home is not None
    points.lock_household(household_id)
    line = _line(code, home.path, deed_on, by, at)
    who = _earner(line, household_id, resident_id, deed_on)
    made = claim(
        code, deed_on=deed_on, title=title, text=text, spot=spot, by=who, at=at, occasion=occasion, photos=photos,
        agreed=agreed, entered_by=by,
    )  # fmt: skip
    audit.note("claims.enter", f"claim:{made.id}", actor_id=by.id, at=at, place_id=made.community_id, code=made.code)
    whole = household_id if line.per == "household" else None
    announce(
        ClaimEntered(
            claim_id=made.id, resident_id=made.resident_id, household_id=whole, title=title, office=line.entered_by,
            at=at,
        )
    )  # fmt: skip
    return made


def _line(code: str, path: str, deed_on: date, by: Person, at: datetime) -> Any:
    """The line as it was on the day of the deed, when it is this person's to enter now and was their office's then."""
    now, then = (
        next((one for one in entries.lines(by, path, day) if one.code == code), None)
        for day in (clock.local(at).date(), deed_on)
    )
    refuse_if(entry_rules.line_refusal() if now is None else None)
    refuse_if(no_line_refusal(code) if then is None else None)
    return then


def _earner(line: Any, household_id: int, resident_id: int | None, deed_on: date) -> Person:
    members = entries.members(household_id)
    found = entry_rules.earner(line, members, resident_id, on=deed_on)
    refuse_if(entry_rules.whom_refusal(line, members, found))
    attended = line.evidence_kind in ATTENDED and entries.has_attended(household_id, line, found.id, deed_on)
    refuse_if(entry_rules.attended_refusal(deed_on, code=line.code) if attended else None)
    person = people.person(found.id)
    assert person is not None
    return person
