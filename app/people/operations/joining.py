"""Opening an account and coming to belong to a household."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.engine import CursorResult

from app.kit.clock import local
from app.kit.db import db, locked
from app.kit.refusal import N_, Refusal, Refused, refusal, refuse_if
from app.people import passwords, queries, rules
from app.people.models import Invitation, Resident
from app.people.rules import Person


@dataclass(frozen=True)
class NewAccount:
    """What somebody says about themselves when they open an account."""

    family_name: str
    given_name: str
    family_name_en: str
    phone: str
    born_on: date
    password: str


def join_as_stranger(code: str, account: NewAccount, *, at: datetime) -> Resident:
    """Use up a household's code and open an account that is verified at once. Raises `Refused`."""
    invitation = _use(code, at=at)
    refuse_if(opening_refusal(account, at=at))
    if queries.phone_is_known(account.phone):
        raise Refused(
            refusal(
                N_(
                    "No account can be opened with this number. "
                    "If it is yours, sign in with it and enter the code then; otherwise ask your grid member."
                )
            )
        )
    resident = _open_account(account)
    _move_in(resident, invitation, at=at)
    return resident


def join_by_code(code: str, *, by: Person, at: datetime) -> Resident:
    """A newcomer with an account enters the household's code: verified from now on."""
    resident = _still_a_newcomer(by)
    invitation = _use(code, at=at)
    _move_in(resident, invitation, at=at)
    return resident


def _still_a_newcomer(by: Person) -> Resident:
    """The account, locked: of two codes at once, or a code and the grid member's visit, the first one holds."""
    query = locked(select(Resident).where(Resident.id == by.id)).execution_options(populate_existing=True)
    resident = db.session.scalars(query).one()
    refuse_if(rules.joining_refusal(queries.person(by.id) or by))
    return resident


def register(account: NewAccount, *, grid_id: int, door: str, at: datetime) -> None:
    """Open an account without a code; it says where somebody lives until the grid member confirms it.

    Does nothing when the number has an account: the answer must not tell who has one (security Z5).
    """
    refuse_if(opening_refusal(account, at=at))
    if queries.phone_is_known(account.phone):
        passwords.hashed(account.password)  # the same work either way
        return
    resident = _open_account(account)
    resident.claimed_grid_id, resident.claimed_door = grid_id, door


def say_where(grid_id: int, door: str, *, by: Person) -> None:
    """A newcomer says where they live; the grid member of that place sees it in the work list."""
    resident = _still_a_newcomer(by)
    resident.claimed_grid_id, resident.claimed_door = grid_id, door


def opening_refusal(account: NewAccount, *, at: datetime) -> Refusal | None:
    """Why no account is opened like this: its name, birthday or password."""
    own = (account.phone, account.family_name + account.given_name, account.family_name_en)
    return (
        rules.name_refusal(account.family_name, account.given_name)
        or rules.name_refusal(account.family_name_en)
        or rules.birthday_refusal(account.born_on, on=local(at).date())
        or rules.password_refusal(account.password, names=own, common=passwords.COMMON)
    )


def _open_account(account: NewAccount) -> Resident:
    resident = Resident(
        family_name=account.family_name, given_name=account.given_name, family_name_en=account.family_name_en,
        phone=account.phone, born_on=account.born_on, password_hash=passwords.hashed(account.password),
    )  # fmt: skip
    db.session.add(resident)
    db.session.flush()
    return resident


def _use(code: str, *, at: datetime) -> Invitation:
    """Mark the code as used; of two people with one code the database lets one through. Raises `Refused`."""
    invitation = queries.invitation(code)
    refuse_if(
        rules.invitation_refusal(
            used_at=invitation.used_at if invitation else None,
            expires_at=invitation.expires_at if invitation else None,
            at=at,
        )
    )
    assert invitation is not None
    mine: CursorResult[Any] = db.session.execute(  # type: ignore[assignment]
        update(Invitation).where(Invitation.id == invitation.id, Invitation.used_at.is_(None)).values(used_at=at)
    )
    if mine.rowcount != 1:
        refuse_if(rules.invitation_refusal(used_at=at, expires_at=invitation.expires_at, at=at))
    return invitation


def _move_in(resident: Resident, invitation: Invitation, *, at: datetime) -> None:
    invitation.used_by = resident.id
    resident.household_id = invitation.household_id
    resident.verified_at, resident.verified_by = at, invitation.made_by
    resident.claimed_grid_id, resident.claimed_door = None, ""
