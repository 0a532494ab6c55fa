"""Whom to tell: the people of a household or a place who are old enough to act for it, and who answers for a place.

Closed accounts are left out where messages are written.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, literal, select

from app.ballots.rules import full_age_born_until
from app.kit import clock
from app.people.models import Household, Resident, Role
from app.places.models import Place


def grown_up(at: datetime) -> ColumnElement[bool]:
    """A condition on `Resident`: verified, and of full age on that day."""
    of_age = Resident.born_on <= full_age_born_until(clock.local(at).date())
    return and_(Resident.verified_at.is_not(None), of_age)


def adults_of(household_id: int, at: datetime) -> Select[int]:
    """The adults of a household: what is told to one of them alone would be told to half of it."""
    return select(Resident.id).where(Resident.household_id == household_id, grown_up(at))


def adults_at(place_path: str, at: datetime) -> Select[int]:
    """The adults who live at a place or below it."""
    return (
        select(Resident.id)
        .join(Household, Household.id == Resident.household_id)
        .join(Place, Place.id == Household.group_id)
        .where(Place.path.startswith(place_path, autoescape=True), grown_up(at))
    )


def holders(*roles: str, at: str, exactly: bool = False) -> Select[int]:
    """Who holds one of these roles at that place, by its path, or (unless `exactly`) above it."""
    held = Role.role.in_(roles), Role.ended_at.is_(None)
    where = Place.path == at if exactly else literal(at).startswith(Place.path)
    return select(Role.resident_id).join(Place, Place.id == Role.place_id).where(*held, where)
