"""What an office enters for the households: who may, for whom it counts, and whose it is afterwards (I22)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from app.kit.refusal import N_, Refusal, refusal
from app.merits.rules import OFFICES
from app.people.rules import FULL_AGE, Anyone, age

ENTERERS = tuple(office.role for office in OFFICES.values())


def enters(by: Anyone, line: Any, place_path: str) -> bool:
    """Whether what this line of the tariff counts is this person's to enter at that place."""
    return line.entered_by is not None and by.holds(OFFICES[line.entered_by].role, at=place_path)


def enter_refusal(by: Anyone, *, household_id: int, place_path: str) -> Refusal | None:
    """Why somebody enters nothing for a household: it is not at a place of theirs, or it is their own."""
    if not by.holds(*ENTERERS, at=place_path):
        return refusal(
            N_("Deeds are entered for a household by the grid member, the leader or the review group of its place. "
               "Please tell them what you saw."),
            status=403,
        )  # fmt: skip
    if household_id == by.household_id:
        return refusal(
            N_("This concerns your own household, so somebody else does it. Please ask a colleague."), status=403
        )
    return None


def line_refusal() -> Refusal:
    """What a line counts is not this person's to enter at that place."""
    return refusal(N_("Please choose one of the lines that your office enters for this household."), status=422)


def nobody_refusal() -> Refusal:
    """Nobody lives behind that door for whom a deed could count."""
    return refusal(
        N_("Nobody is registered behind this door yet for whom it could count. Please hand the household its "
           "invitation code first, and enter it then.")
    )  # fmt: skip


def earner(line: Any, people: Sequence[Any], chosen: int | None, *, on: date) -> Any:
    """Who of the household a deed counts for; None where nobody does.

    `people` are its registered members, the longest-standing first. Where a line counts by person it is whoever was
    `chosen`; what is the household's stands under the representative, else the first who is of age.
    """
    if line.per != "household":
        return next((one for one in people if one.id == chosen), None)
    grown = [one for one in people if one.born_on is not None and age(one.born_on, on) >= FULL_AGE]
    return next((one for one in grown if one.represents), next(iter(grown), None))


def whom_refusal(line: Any, people: Sequence[Any], found: Any) -> Refusal | None:
    """Why a deed has nobody it counts for: nobody is registered there, or nobody of them was chosen."""
    if found is not None:
        return None
    if line.per == "household" or not people:
        return nobody_refusal()
    return refusal(N_("Please choose who of the household did it."), status=422)


def attended_refusal(day: date, *, code: str) -> Refusal:
    """The household earned under that line on that day already, by coming to an activity."""
    return refusal(
        N_("An activity on %(day)s has counted line %(code)s for this household already, and each deed counts once."),
        day=day, code=code,
    )  # fmt: skip


def is_to_complete(row: Any, by: Anyone) -> bool:
    """Whether this person adds what a reviewer misses: whoever wrote the claim, for others or for themselves."""
    return by.id == (row.entered_by_id or row.resident_id)


def is_to_withdraw(row: Any, by: Anyone) -> bool:
    """Whether this person takes a claim back: whom it counts for; what was entered for a whole household, any of it."""
    of_the_house = row.entered_by_id is not None and row.per == "household" and by.is_verified
    return by.id == row.resident_id or (of_the_house and by.household_id == row.household_id)
