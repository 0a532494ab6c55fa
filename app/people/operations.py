"""Writes of people: signing in and out."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import update

from app.kit.db import db
from app.people import queries
from app.people.models import FailedAttempt, Resident, SignIn
from app.people.rules import RESIDENT_STAYS, STAFF_ROLES, STAFF_STAYS


def start_sign_in(resident: Resident, *, device: str, at: datetime) -> str:
    """Note one more device; returns the token that only its cookie holds."""
    token = secrets.token_urlsafe(24)
    roles = {held.role for held in queries.roles_of(resident.id)}
    stays = STAFF_STAYS if roles & STAFF_ROLES else RESIDENT_STAYS
    db.session.add(
        SignIn(
            token_hash=queries.digest(token), resident_id=resident.id, device=device[:40], started_at=at, expires_at=at + stays
        )
    )
    return token


def end_sign_in(token: str, *, at: datetime) -> None:
    """This device is signed out; its cookie opens nothing from now on."""
    db.session.execute(
        update(SignIn).where(SignIn.token_hash == queries.digest(token), SignIn.ended_at.is_(None)).values(ended_at=at)
    )


def end_all_sign_ins(resident_id: int, *, at: datetime, but: str = "") -> None:
    """Every device but that one is signed out: after a new password, a change of role, or a disabled account."""
    db.session.execute(
        update(SignIn)
        .where(SignIn.resident_id == resident_id, SignIn.ended_at.is_(None), SignIn.token_hash != queries.digest(but))
        .values(ended_at=at)
    )


def note_failure(*keys: str, at: datetime) -> None:
    """Count a wrong password or code against an account and an address; written after the refusal."""
    db.session.add_all(FailedAttempt(key=key, at=at) for key in keys)
