"""Devices that people sign in on, and what an account says about how they do it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from app.kit.db import db, one_at_a_time
from app.kit.refusal import N_, Refused, refusal, refuse_if
from app.people import names, passwords, queries, rules
from app.people.models import FailedAttempt, Resident, SignIn
from app.people.rules import RESIDENT_STAYS, STAFF_ROLES, STAFF_STAYS, Person


def still_opens(resident_id: int, password_hash: str) -> bool:
    """Whether the account still has the password that was just found right, and is open; it stays so to the end.

    Comparing takes its time. Whoever changes the password, a role or the account meanwhile ends all sign-ins: this
    lock lets either them see the new sign-in, or the new sign-in see them.
    """
    same = Resident.id == resident_id, Resident.password_hash == password_hash, Resident.disabled_at.is_(None)
    return db.session.scalar(select(Resident.id).where(*same).with_for_update(read=True)) is not None


def start_sign_in(resident: Resident, *, device: str, at: datetime) -> str:
    """Note one more device; returns the token that only its cookie holds."""
    token = secrets.token_urlsafe(24)
    roles = {held.role for held in queries.roles_of(resident.id)}
    stays = STAFF_STAYS if roles & STAFF_ROLES else RESIDENT_STAYS
    db.session.add(
        SignIn(
            token_hash=queries.digest(token),
            resident_id=resident.id,
            device=device[:40],
            started_at=at,
            expires_at=at + stays,
        )
    )
    return token


def end_sign_in(token: str, *, at: datetime) -> None:
    """This device is signed out; its cookie opens nothing from now on."""
    db.session.execute(
        update(SignIn).where(SignIn.token_hash == queries.digest(token), SignIn.ended_at.is_(None)).values(ended_at=at)
    )


def end_one_sign_in(sign_in_id: int, *, by: Person, at: datetime) -> None:
    """One of the person's own devices is signed out; that of somebody else stays as it is."""
    db.session.execute(
        update(SignIn)
        .where(SignIn.id == sign_in_id, SignIn.resident_id == by.id, SignIn.ended_at.is_(None))
        .values(ended_at=at)
    )


def end_all_sign_ins(resident_id: int, *, at: datetime, but: str = "") -> None:
    """Every device but that one is signed out: after a new password, a change of role, or a disabled account."""
    # Waits for sign-ins on their way in (`still_opens`); rows that merely refer to the account need not wait for it.
    db.session.execute(select(Resident.id).where(Resident.id == resident_id).with_for_update(key_share=True))
    db.session.execute(
        update(SignIn)
        .where(SignIn.resident_id == resident_id, SignIn.ended_at.is_(None), SignIn.token_hash != queries.digest(but))
        .values(ended_at=at)
    )


def begin_attempt(free: Mapping[str, int], *, at: datetime) -> tuple[timedelta, list[int]]:
    """Count one try against each key, or tell how long it has to wait: (zero, ids of what was counted) or (wait, []).

    `free` says how many failures each key may have before it is slowed. Tries with the same key wait for each other
    here, so that of a burst no more pass than of tries one after another; a try under way counts like a failed one.
    """
    for key in sorted(free):
        one_at_a_time(key)
    waits = [rules.wait_after(*queries.failures(key, at=at), now=at, free=room) for key, room in free.items()]
    if any(waits):
        return max(waits), []
    tries = [FailedAttempt(key=key, at=at) for key in free]
    db.session.add_all(tries)
    db.session.flush()
    return timedelta(0), [one.id for one in tries]


def note_failure(key: str, *, at: datetime) -> None:
    """Count a wrong code that was seen to be wrong; written after the refusal."""
    db.session.add(FailedAttempt(key=key, at=at))


def forgive_attempt(ids: Sequence[int]) -> None:
    """What was counted before proved to be no wrong guess."""
    db.session.execute(delete(FailedAttempt).where(FailedAttempt.id.in_(ids)))


def change_password(current: str, new: str, *, by: Person, at: datetime) -> None:
    """A new password; all devices are signed out, this one too: its cookie may have been copied. Raises `Refused`."""
    resident = db.session.get_one(Resident, by.id)
    if not passwords.matches(resident.password_hash, current):
        raise Refused(refusal(N_("The current password is not right. Please type it again."), status=422))
    own = (resident.phone or "", resident.sign_in_name or "", by.full_name, by.family_name_en)
    refuse_if(rules.password_refusal(new, names=own, common=passwords.COMMON))
    resident.password_hash = passwords.hashed(new)
    end_all_sign_ins(by.id, at=at)


def choose_language(language: str, *, by: Person) -> None:
    """Read the pages in that language wherever this person signs in."""
    db.session.get_one(Resident, by.id).language = language


def choose_sign_in_name(name: str, *, by: Person) -> None:
    """Another word to sign in with, beside the telephone number. Raises `Refused` when it is taken."""
    refuse_if(rules.name_refusal(name))
    if not names.is_sign_in_name(name) or queries.sign_in_name_is_taken(name, but=by.id):
        raise Refused(refusal(N_("This sign-in name cannot be had. Please choose another one."), status=422))
    db.session.get_one(Resident, by.id).sign_in_name = name
