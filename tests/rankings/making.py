"""A field of households with honour, for tests of standings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import count

from app.people.models import Household, Resident
from app.places.models import Place
from app.points import operations as points
from app.rankings import operations
from app.rankings.rules import ShownAs
from tests.makers import NOON, a_household, a_resident, as_person

_cause = count(1)


def earn(household: Household, honour: int, *, effective_at: datetime = NOON, heading: str = "environment") -> int:
    """Honour for that household; returns the id of the entry."""
    return points.grant(
        "honour", honour, household_id=household.id, resident_id=None, code="E04", heading=heading,
        because=f"test:{next(_cause)}", effective_at=effective_at, at=max(effective_at, NOON), by_id=None,
    ).id  # fmt: skip


def families(group: Place, honours: Sequence[int], *, effective_at: datetime = NOON) -> list[Household]:
    """One household for each of these sums of honour."""
    made = [a_household(group) for _ in honours]
    for household, honour in zip(made, honours, strict=True):
        if honour:
            earn(household, honour, effective_at=effective_at)
    return made


def listed(household: Household, *, shown_as: ShownAs = "masked", nickname: str = "", **values: object) -> Resident:
    """An adult of the household who agreed that it may be shown."""
    adult = a_resident(household, **values)
    operations.agree_to_be_listed(shown_as=shown_as, nickname=nickname, by=as_person(adult), at=NOON)
    return adult
