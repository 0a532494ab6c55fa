"""The cookie and the server's own record of each sign-in: how a person is found, welcomed and seen off."""

from __future__ import annotations

from flask import request, session
from flask_login import LoginManager, login_user, logout_user

from app.kit import clock
from app.kit.db import db
from app.kit.pages import asks_by_itself, found
from app.people import operations, queries
from app.people.models import Resident
from app.people.rules import STAFF_IDLE, Person, Stranger

DEVICES = ("Android", "iPhone", "iPad", "Windows", "Macintosh", "Linux")


def init_app(manager: LoginManager) -> None:
    manager.anonymous_user = Stranger
    manager.session_protection = None  # the server-side record does that work
    manager.user_loader(_whoever)


def _whoever(token: str) -> Person | None:
    """The person, unless the sign-in ended, ran out, or a member of staff was idle too long.

    The signed cookie says when it was last used; its own age limit (14 days) serves residents. A page that only asks
    for news by itself is not somebody who uses it.
    """
    at = clock.now()
    person = queries.signed_in(token, at=at)
    last = session.get("seen", 0)
    if person is not None and person.is_staff and last and at.timestamp() - last > STAFF_IDLE.total_seconds():
        return None
    if not (last and asks_by_itself()):
        session["seen"] = int(at.timestamp())
    return person


def welcome(resident_id: int) -> None:
    """A new session altogether: nothing from before the sign-in lives on in it (security Z3)."""
    at = clock.now()
    token = operations.start_sign_in(db.session.get_one(Resident, resident_id), device=_device(), at=at)
    db.session.flush()
    session.clear()
    session.permanent = True
    login_user(found(queries.signed_in(token, at=at)))


def see_off() -> None:
    """Forget the person on this device; the record was ended by the operation."""
    logout_user()
    session.clear()


def _device() -> str:
    """A word for the list of devices: the kind of machine, nothing that could tell one phone from another."""
    agent = request.headers.get("User-Agent", "")
    return next((name for name in DEVICES if name in agent), "")
