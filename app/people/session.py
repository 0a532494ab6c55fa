"""How Flask-Login finds the person behind a cookie: by the server's own record of the sign-in, read once a request."""

from __future__ import annotations

from flask import session
from flask_login import LoginManager

from app.kit import clock
from app.people import queries
from app.people.rules import STAFF_IDLE, Person, Stranger


def init_app(manager: LoginManager) -> None:
    manager.anonymous_user = Stranger
    manager.session_protection = None  # the server-side record does that work
    manager.user_loader(_whoever)


def _whoever(token: str) -> Person | None:
    """The person, unless the sign-in ended, ran out, or a member of staff was idle too long.

    The signed cookie says when it was last used; its own age limit (14 days) serves residents.
    """
    at = clock.now()
    person = queries.signed_in(token, at=at)
    last = session.get("seen", 0)
    if person is not None and person.is_staff and last and at.timestamp() - last > STAFF_IDLE.total_seconds():
        return None
    session["seen"] = int(at.timestamp())
    return person
