"""Reads for those who look after people: only what stands below the places where they hold a role."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, false, func, or_, select, true
from sqlalchemy.engine import Row
from sqlalchemy.orm import aliased

from app.kit.audit import AuditEntry
from app.kit.db import db
from app.kit.paging import Slice, slice_of
from app.people.models import Household, Invitation, Resident, Role
from app.people.names import plain_name, plain_phone
from app.people.queries import below_any
from app.people.rules import CONFIRM, INVITE, LOOK_UP, READ_AUDIT, ROLE_PLACES, Person, roles_to_give
from app.places.models import Place

_Grid, _Compound, _Community = aliased(Place), aliased(Place), aliased(Place)
MOST_PLACES = 400


# Households ------------------------------------------------------------------------------------------------------


def groups(by: Person) -> Sequence[Row[*tuple[Any, ...]]]:
    """The groups whose households this person may invite: id, name, and the name of the grid."""
    query = select(Place.id, Place.name, _Grid.name.label("grid_name")).outerjoin(_Grid, _Grid.id == Place.parent_id)
    mine = Place.id.in_(below_any(by.reaches(*INVITE)))
    return db.session.execute(query.where(Place.kind == "group", mine).order_by(Place.path).limit(MOST_PLACES)).all()


def households(by: Person, *, group_id: int | None, after: str | None) -> Slice:
    """Households of this person's places: id, door, group, how many people, whether a code is under way."""
    people = select(func.count()).where(Resident.household_id == Household.id).scalar_subquery()
    unused = (
        select(func.max(Invitation.expires_at))
        .where(Invitation.household_id == Household.id, Invitation.used_at.is_(None))
        .scalar_subquery()
    )
    query = (
        select(
            Household.id,
            Household.door,
            Place.name.label("group_name"),
            people.label("people"),
            unused.label("code_until"),
        )
        .join(Place, Place.id == Household.group_id)
        .where(Household.group_id.in_(below_any(by.reaches(*INVITE))))
    )
    if group_id is not None:
        query = query.where(Household.group_id == group_id)
    return slice_of(query, Household.group_id, Household.id, after=after, ascending=True)


def household(household_id: int, by: Person) -> Household | None:
    """A household that this person may invite; None when it is not theirs."""
    query = select(Household).where(
        Household.id == household_id, Household.group_id.in_(below_any(by.reaches(*INVITE)))
    )
    return db.session.scalar(query)


def group(group_id: int, by: Person) -> Place | None:
    """A group whose households this person may invite."""
    mine = Place.id.in_(below_any(by.reaches(*INVITE)))
    return db.session.scalar(select(Place).where(Place.id == group_id, Place.kind == "group", mine))


# Residents -------------------------------------------------------------------------------------------------------

_stands_at = func.coalesce(Household.group_id, Resident.claimed_grid_id)


def _theirs(by: Person) -> ColumnElement[bool]:
    """Residents this person looks up, and those a grid member confirms. Who has no place is the administrator's."""
    seen = _stands_at.in_(below_any(by.reaches(*LOOK_UP)))
    waiting = Resident.verified_at.is_(None) & Resident.claimed_grid_id.in_(below_any(by.reaches("grid")))
    nowhere = _stands_at.is_(None) if "admin" in by.role_names else false()
    return or_(seen, waiting, nowhere)


def residents(by: Person, *, text: str, after: str | None) -> Slice:
    """Residents of this person's places by name or telephone: id, names, door, verified, disabled."""
    query = (
        select(
            Resident.id, Resident.family_name, Resident.given_name, Resident.family_name_en, Resident.verified_at,
            Resident.disabled_at, Household.door, Resident.claimed_door, Place.name.label("place_name"),
        )
        .outerjoin(Household, Household.id == Resident.household_id)
        .outerjoin(Place, Place.id == _stands_at)
        .where(_theirs(by), _matches(text))
    )  # fmt: skip
    return slice_of(query, Resident.id, after=after)


def _matches(text: str) -> ColumnElement[bool]:
    name, phone = plain_name(text) or "", plain_phone(text) or ""
    if not name:
        return true()
    if phone.lstrip("+").isdigit():
        return Resident.phone == phone  # the whole number: parts of it would let one fish for numbers
    whole = Resident.family_name + Resident.given_name
    said = name.replace(" ", "")
    return or_(whole.contains(said, autoescape=True), Resident.family_name_en.icontains(name, autoescape=True))


def resident(resident_id: int, by: Person) -> Resident | None:
    """A resident this person may look up; None when not theirs."""
    query = select(Resident).outerjoin(Household, Household.id == Resident.household_id)
    return db.session.scalar(query.where(Resident.id == resident_id, _theirs(by)))


def roles(resident_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """What somebody is now: role id, role, place name, path and kind, since."""
    query = (
        select(Role.id, Role.role, Place.name.label("place_name"), Place.path, Place.kind, Role.since)
        .join(Place, Place.id == Role.place_id)
        .where(Role.resident_id == resident_id, Role.ended_at.is_(None))
    )
    return db.session.execute(query.order_by(Role.id)).all()


def role_of(role_id: int, resident_id: int) -> Role | None:
    return db.session.scalar(select(Role).where(Role.id == role_id, Role.resident_id == resident_id))


def places_for_roles(by: Person) -> Sequence[Row[*tuple[Any, ...]]]:
    """Places where this person gives roles: id, kind, name, and the names of the two places above."""
    paths = [path for path in by.reaches("admin", "staff") if roles_to_give(by, at=path)]
    kinds = frozenset().union(*ROLE_PLACES.values())
    query = (
        select(Place.id, Place.kind, Place.name, _Grid.name.label("parent_name"), _Compound.name.label("above_name"))
        .outerjoin(_Grid, _Grid.id == Place.parent_id)
        .outerjoin(_Compound, _Compound.id == _Grid.parent_id)
        .where(Place.id.in_(below_any(paths)), Place.kind.in_(kinds))
    )
    return db.session.execute(query.order_by(Place.path).limit(MOST_PLACES)).all()


def grids() -> Sequence[Row[*tuple[Any, ...]]]:
    """Every grid with what it belongs to, for somebody who says where they live: id, name, compound, community."""
    query = (
        select(Place.id, Place.name, _Compound.name.label("compound_name"), _Community.name.label("community_name"))
        .outerjoin(_Compound, _Compound.id == Place.parent_id)
        .outerjoin(_Community, _Community.id == _Compound.parent_id)
        .where(Place.kind == "grid")
    )
    return db.session.execute(query.order_by(Place.code).limit(MOST_PLACES)).all()


def doors_to_confirm(claimed_grid_id: int | None, by: Person) -> Sequence[Row[*tuple[Any, ...]]]:
    """Households of the grid somebody names, as far as this person confirms there: id, door, group name."""
    mine = Household.group_id.in_(below_any(by.reaches(*CONFIRM)))
    query = select(Household.id, Household.door, Place.name.label("group_name")).join(
        Place, Place.id == Household.group_id
    )
    query = query.where(mine, Household.grid_id == claimed_grid_id)
    return db.session.execute(query.order_by(Household.group_id, Household.id).limit(MOST_PLACES)).all()


# Audit -----------------------------------------------------------------------------------------------------------


def audit_entries(by: Person, *, after: str | None) -> Slice:
    """What staff did at this person's places, newest first: at, act, subject, detail, and who by name.

    Acts that belong to no place are the administrator's to read.
    """
    theirs = AuditEntry.place_id.in_(below_any(by.reaches(*READ_AUDIT)))
    nowhere = AuditEntry.place_id.is_(None) if "admin" in by.role_names else false()
    query = (
        select(
            AuditEntry.at, AuditEntry.act, AuditEntry.subject, AuditEntry.detail, Place.name.label("place_name"),
            (Resident.family_name + Resident.given_name).label("actor"),
        )
        .outerjoin(Resident, Resident.id == AuditEntry.actor_id)
        .outerjoin(Place, Place.id == AuditEntry.place_id)
        .where(or_(theirs, nowhere))
    )  # fmt: skip
    return slice_of(query, AuditEntry.id, after=after)
