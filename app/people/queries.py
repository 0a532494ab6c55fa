"""Reads of people."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, bindparam, false, func, or_, select
from sqlalchemy.engine import Row
from sqlalchemy.orm import aliased

from app.kit.db import ask, built_once, db
from app.people.models import FailedAttempt, Household, Invitation, Resident, Role, SignIn
from app.people.names import plain_code, plain_phone
from app.people.rules import ATTEMPT_WINDOW, CONFIRM, Held, Person
from app.places import queries as places
from app.places.models import Place


class Home(NamedTuple):
    """Where a resident belongs; without a household there is no community, and the path is empty."""

    resident_id: int
    household_id: int | None
    community_id: int | None
    path: str


def digest(secret: str) -> str:
    """What is kept of a token or code that only its holder knows."""
    return hashlib.sha256(secret.encode()).hexdigest()


_Community, _Street, _Held = aliased(Place), aliased(Place), aliased(Place)
_PERSON = (
    Resident.id, Resident.family_name, Resident.given_name, Resident.family_name_en, Resident.household_id,
    Household.group_id, Household.grid_id, Household.community_id, Household.street_id, Place.path,
    Resident.born_on, Resident.verified_at, Resident.disabled_at, Resident.language,
    _Community.name.label("community_name"), _Street.name.label("street_name"),
)  # fmt: skip


_beside: dict[str, ColumnElement[int]] = {}


def read_beside(name: str, number: ColumnElement[int]) -> None:
    """A number of a higher room that every page shows, read in the one statement that reads who signed in.

    `number` is a scalar subquery on `Resident.id`; `name` is a field of `Person`.
    """
    _beside[name] = number.label(name)


def signed_in(token: str, *, at: datetime) -> Person | None:
    """Whoever signed in with this token, while the sign-in lives and the account is open."""
    return _person(_signed_in(), token, token_hash=digest(token), at=at)


@built_once
def _signed_in() -> Any:
    live = SignIn.token_hash == bindparam("token_hash"), SignIn.ended_at.is_(None), SignIn.expires_at > bindparam("at")
    query = select(*_PERSON, *_beside.values()).join(SignIn, SignIn.resident_id == Resident.id)
    return _with_roles(query.where(*live, Resident.disabled_at.is_(None)))


def person(resident_id: int) -> Person | None:
    """A resident as rules see them, whether signed in or not."""
    return _person(_resident(), "", resident_id=resident_id)


@built_once
def _resident() -> Any:
    return _with_roles(select(*_PERSON).where(Resident.id == bindparam("resident_id")))


def home_of(resident_id: int) -> Home | None:
    """Where somebody belongs; None when nobody knows them."""
    row = ask(_HOME, resident_id=resident_id).one_or_none()
    return Home(*row) if row else None


_HOME = (
    select(Resident.id, Resident.household_id, Household.community_id, func.coalesce(Place.path, ""))
    .outerjoin(Household, Household.id == Resident.household_id)
    .outerjoin(Place, Place.id == Household.group_id)
    .where(Resident.id == bindparam("resident_id"))
)


def _with_roles(query: Any) -> Any:
    """One row for each role, since every page asks this: the columns of the role come last."""
    return (
        query.outerjoin(Household, Household.id == Resident.household_id)
        .outerjoin(Place, Place.id == Household.group_id)
        .outerjoin(_Community, _Community.id == Household.community_id)
        .outerjoin(_Street, _Street.id == Household.street_id)
        .outerjoin(Role, and_(Role.resident_id == Resident.id, Role.ended_at.is_(None)))
        .outerjoin(_Held, _Held.id == Role.place_id)
        .add_columns(Role.role, Role.place_id, _Held.path)
        .order_by(Role.id)
    )


def _person(query: Any, token: str, **values: Any) -> Person | None:
    rows = ask(query, **values).all()
    if not rows:
        return None
    told = dict(zip(rows[0]._fields[:-3], rows[0][:-3], strict=True))
    told["path"] = told["path"] or ""
    return Person(**told, roles=tuple(Held(*row[-3:]) for row in rows if row[-3] is not None), token=token)


def roles_of(resident_id: int) -> tuple[Held, ...]:
    query = (
        select(Role.role, Role.place_id, Place.path)
        .join(Place, Place.id == Role.place_id)
        .where(Role.resident_id == resident_id, Role.ended_at.is_(None))
        .order_by(Role.id)
    )
    return tuple(Held(*row) for row in db.session.execute(query))


def account(name: str) -> Resident | None:
    """By sign-in name or telephone, however its digits were typed."""
    either = Resident.sign_in_name == name.lower(), Resident.phone.in_({name, plain_phone(name)})
    return db.session.scalar(select(Resident).where(or_(*either)).order_by(Resident.id).limit(1))


def resident(resident_id: int) -> Resident:
    """The account of somebody who is signed in, for their own pages."""
    return db.session.get_one(Resident, resident_id)


def phone_is_known(phone: str) -> bool:
    return db.session.scalar(select(Resident.id).where(Resident.phone == phone)) is not None


def sign_in_name_is_taken(name: str, *, but: int) -> bool:
    return db.session.scalar(select(Resident.id).where(Resident.sign_in_name == name, Resident.id != but)) is not None


def holds_role(resident_id: int, role: str, place_id: int) -> bool:
    held = Role.resident_id == resident_id, Role.role == role, Role.place_id == place_id, Role.ended_at.is_(None)
    return db.session.scalar(select(Role.id).where(*held)) is not None


def failures(key: str, *, at: datetime) -> Row[int, datetime | None]:
    """How often this account or address failed lately, and when last."""
    return db.session.execute(
        select(func.count(), func.max(FailedAttempt.at)).where(
            FailedAttempt.key == key, FailedAttempt.at > at - ATTEMPT_WINDOW
        )
    ).one()


def below_any(paths: Sequence[str]) -> Select[int]:
    """Ids of all places under any of these paths; none for no path."""
    under = [Place.path.startswith(path, autoescape=True) for path in paths]
    return select(Place.id).where(or_(*under) if under else false())


def household(household_id: int) -> Household | None:
    return db.session.get(Household, household_id)


def lived_there(who: Any, household_id: Any, *, by: Any) -> ColumnElement[bool]:
    """Whether a resident (a table, aliased) was of that household by then, as a condition: nobody moves out of one."""
    return and_(who.household_id == household_id, who.verified_at <= by)


def members(household_id: int) -> Sequence[Resident]:
    """Everybody of a household, the oldest first."""
    return db.session.scalars(
        select(Resident).where(Resident.household_id == household_id).order_by(Resident.born_on, Resident.id)
    ).all()


def living_codes(household_ids: Sequence[int], *, at: datetime) -> dict[int, int]:
    """How many codes of each household could still be used."""
    living = Invitation.household_id.in_(household_ids), Invitation.used_at.is_(None), Invitation.expires_at > at
    query = select(Invitation.household_id, func.count()).where(*living).group_by(Invitation.household_id)
    return dict(db.session.execute(query).all())


def place_of(resident: Resident) -> tuple[int | None, str]:
    """Id and path of the place where somebody lives, else of where they say they live; (None, "") for neither."""
    home = household(resident.household_id) if resident.household_id else None
    found = places.place(home.group_id if home else resident.claimed_grid_id or 0)
    return (found.id, found.path) if found else (None, "")


def sign_ins(resident_id: int, *, at: datetime) -> Sequence[SignIn]:
    """The devices somebody is signed in on now, newest first."""
    return db.session.scalars(
        select(SignIn)
        .where(SignIn.resident_id == resident_id, SignIn.ended_at.is_(None), SignIn.expires_at > at)
        .order_by(SignIn.id.desc())
    ).all()


def invitation(code: str) -> Invitation | None:
    return db.session.scalar(select(Invitation).where(Invitation.code_hash == digest(plain_code(code))))


def demo_accounts_exist() -> bool:
    return db.session.scalar(select(Resident.id).where(Resident.demo).limit(1)) is not None


def waiting_for_verification(by: Person) -> Sequence[Row[*tuple[Any, ...]]]:
    """Who says they live where this person confirms addresses, longest waiting first: id, names, door, grid name."""
    query = (
        select(
            Resident.id, Resident.family_name, Resident.given_name, Resident.claimed_door, Place.name.label("grid_name")
        )
        .join(Place, Place.id == Resident.claimed_grid_id)
        .where(
            Resident.verified_at.is_(None),
            Resident.disabled_at.is_(None),
            Resident.id != by.id,
            Resident.claimed_grid_id.in_(below_any(by.reaches(*CONFIRM))),
        )
    )
    return db.session.execute(query.order_by(Resident.id).limit(50)).all()
