"""What grid members, leaders and staff do for people: codes, addresses, roles, accounts. The audit notes each act."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from app.kit import audit
from app.kit.bus import announce
from app.kit.db import db, locked
from app.kit.refusal import N_, Refusal, Refused, refusal, refuse_if
from app.people import names, queries, rules
from app.people.events import AddressConfirmed, LeftOffice
from app.people.models import Household, Invitation, Resident, Role
from app.people.operations.sign_ins import end_all_sign_ins
from app.people.rules import CODE_DIGITS, INVITATION_DAYS, Person
from app.places import queries as places
from app.places.models import Place


@dataclass(frozen=True)
class Printed:
    """One code as it goes on paper; the database keeps only its digest."""

    household_id: int
    door: str
    code: str
    expires_at: datetime

    @property
    def spaced(self) -> str:
        return names.printed_code(self.code)


def invite(household: Household, *, by: Person, at: datetime) -> Printed:
    """Print a code for one more person of a household."""
    refuse_if(rules.own_home_refusal(household.id, by=by))
    # The household is locked first, so that two clicks cannot both see the last free code.
    db.session.execute(locked(select(Household.id).where(Household.id == household.id)))
    refuse_if(rules.invitations_refusal(queries.living_codes([household.id], at=at).get(household.id, 0)))
    printed = _print(household.id, household.door, by=by, at=at)
    _note("people.invite", f"household:{household.id}", by=by, at=at, place_id=household.group_id)
    return printed


def invite_group(group_id: int, *, by: Person, at: datetime) -> Sequence[Printed]:
    """Print one code for each household of a group but one's own; those with too many unused ones are left out."""
    of_group = select(Household).where(Household.group_id == group_id, Household.id != (by.household_id or 0))
    homes = db.session.scalars(locked(of_group.order_by(Household.id))).all()
    living = queries.living_codes([home.id for home in homes], at=at)
    free = [home for home in homes if rules.invitations_refusal(living.get(home.id, 0)) is None]
    if not free:
        refuse_if(rules.invitations_refusal(rules.MOST_LIVING_CODES))
    sheet = [_print(home.id, home.door, by=by, at=at) for home in free]
    _note("people.invite", f"place:{group_id}", by=by, at=at, place_id=group_id, codes=len(sheet))
    return sheet


def _print(household_id: int, door: str, *, by: Person, at: datetime) -> Printed:
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    expires_at = at + timedelta(days=INVITATION_DAYS)
    db.session.add(
        Invitation(
            household_id=household_id, code_hash=queries.digest(code), made_by=by.id, made_at=at, expires_at=expires_at
        )
    )
    return Printed(household_id, door, code, expires_at)


def confirm_address(resident_id: int, household_id: int, *, by: Person, at: datetime) -> None:
    """The grid member was at the door: this person lives in that household."""
    resident = db.session.execute(locked(select(Resident).where(Resident.id == resident_id))).scalar_one()
    household = db.session.get_one(Household, household_id)
    group = places.place(household.group_id)
    assert group is not None
    verified = resident.verified_at is not None and resident.household_id is not None
    refuse_if(rules.confirming_refusal(resident_id, by=by, is_verified=verified, path=group.path))
    refuse_if(rules.own_home_refusal(household_id, by=by))
    resident.household_id, resident.verified_at, resident.verified_by = household_id, at, by.id
    resident.claimed_grid_id, resident.claimed_door = None, ""
    _note("people.confirm", f"resident:{resident_id}", by=by, at=at, place_id=group.id, household=household_id)
    announce(AddressConfirmed(resident_id=resident_id, household_id=household_id, by_id=by.id, at=at))


def give_role(resident_id: int, role: str, place_id: int, *, by: Person, at: datetime) -> Role:
    """From now on this person is that, at that place. All their devices are signed out: nothing old lives on."""
    place = places.place(place_id)
    if place is None or role not in rules.ROLES:
        raise Refused(refusal(N_("Please choose a role and a place from the lists."), status=422))
    refuse_if(_role_refusal(role, resident_id, place, by=by))
    if queries.holds_role(resident_id, role, place_id):
        raise Refused(refusal(N_("This person holds that role there already.")))
    held = Role(resident_id=resident_id, role=role, place_id=place_id, since=at)
    db.session.add(held)
    end_all_sign_ins(resident_id, at=at)
    _note("people.give_role", f"resident:{resident_id}", by=by, at=at, place_id=place_id, role=role)
    return held


def end_role(role_id: int, *, by: Person, at: datetime) -> None:
    """This person is that no longer; the row stays as history, and all their devices are signed out."""
    held = db.session.execute(locked(select(Role).where(Role.id == role_id))).scalar_one()
    place = places.place(held.place_id)
    assert place is not None
    refuse_if(_role_refusal(held.role, held.resident_id, place, by=by))
    if held.ended_at is None:
        held.ended_at = at
        end_all_sign_ins(held.resident_id, at=at)
        _note("people.end_role", f"resident:{held.resident_id}", by=by, at=at, place_id=place.id, role=held.role)
        announce(LeftOffice(held.resident_id, at))


def _role_refusal(role: str, resident_id: int, place: Place, *, by: Person) -> Refusal | None:
    household_id = db.session.get_one(Resident, resident_id).household_id
    return rules.role_refusal(role, resident_id, household_id=household_id, by=by, path=place.path, kind=place.kind)


def disable(resident_id: int, *, by: Person, at: datetime) -> None:
    """Nobody signs in with this account until it is opened again; what it did stays."""
    resident, place_id = _looked_after(resident_id, by=by)
    resident.disabled_at = resident.disabled_at or at
    end_all_sign_ins(resident_id, at=at)
    _note("people.disable", f"resident:{resident_id}", by=by, at=at, place_id=place_id)
    announce(LeftOffice(resident_id, at))


def enable(resident_id: int, *, by: Person, at: datetime) -> None:
    resident, place_id = _looked_after(resident_id, by=by)
    resident.disabled_at = None
    _note("people.enable", f"resident:{resident_id}", by=by, at=at, place_id=place_id)


def end_sign_ins_of(resident_id: int, *, by: Person, at: datetime) -> None:
    """A telephone was lost: every device of this person is signed out."""
    _resident, place_id = _looked_after(resident_id, by=by)
    end_all_sign_ins(resident_id, at=at)
    _note("people.end_sessions", f"resident:{resident_id}", by=by, at=at, place_id=place_id)


def _looked_after(resident_id: int, *, by: Person) -> tuple[Resident, int | None]:
    """The resident and the place that the act is noted for. Raises `Refused` when it is not this person's to do."""
    resident = db.session.execute(locked(select(Resident).where(Resident.id == resident_id))).scalar_one()
    place_id, path = queries.place_of(resident)
    holds = frozenset(held.role for held in queries.roles_of(resident_id))
    refuse_if(rules.account_refusal(resident_id, by=by, holds=holds, path=path))
    return resident, place_id


def _note(act: str, subject: str, *, by: Person, at: datetime, place_id: int | None, **detail: object) -> None:
    audit.note(act, subject, actor_id=by.id, at=at, place_id=place_id, **detail)
