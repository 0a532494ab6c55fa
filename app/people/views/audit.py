"""The log of what staff did, for those who watch over it."""

from __future__ import annotations

from datetime import datetime

from flask import Response, request
from flask_babel import gettext as _
from flask_login import current_user

from app.kit import access, audit, say
from app.kit.i18n import shown
from app.kit.pages import page
from app.kit.refusal import N_
from app.kit.words import Words
from app.people import lists
from app.people.rules import READ_AUDIT, ROLES
from app.people.views.blueprint import bp

audit.describe("people.invite", N_("printed invitation codes"))
audit.describe("people.confirm", N_("confirmed an address"))
audit.describe("people.give_role", N_("gave a role"))
audit.describe("people.end_role", N_("ended a role"))
audit.describe("people.disable", N_("closed an account"))
audit.describe("people.enable", N_("opened an account again"))
audit.describe("people.end_sessions", N_("signed a person's devices out"))


audit.describe("resident", N_("resident"))
audit.describe("household", N_("household"))
audit.describe("place", N_("place"))
audit.describe("role", N_("role"))
audit.describe("codes", N_("codes"))


@bp.get("/audit")
@access.role(*READ_AUDIT)
def audit_log() -> Response:
    part = lists.audit_entries(current_user, after=request.args.get("after"))
    entries = [
        {
            "at": row.at,
            "actor": row.actor,
            "act": _(audit.words_of(row.act)),
            "subject": _subject(row.subject),
            "page": audit.page_of(row.subject),
            "place": row.place_name,
            "detail": [(_(audit.words_of(name)), shown(_value(name, value))) for name, value in row.detail.items()],
        }
        for row in part.rows
    ]
    return page("people/audit.html", entries=entries, next=part.next)


def _subject(subject: str) -> str:
    """What "resident:12" is called: the word for the kind and the number."""
    kind, _colon, number = subject.partition(":")
    return f"{_(audit.words_of(kind))} {number}"


def _value(name: str, value: object) -> Words | str:
    """A role or an outcome by its word, a reason in the reader's language, an instant on the village's clock."""
    if name == "role" and isinstance(value, str) and value in ROLES:
        return _(ROLES[value])
    if isinstance(value, dict):
        return Words.of(value)
    if name in ("before", "after"):
        return say.moment(datetime.fromisoformat(str(value)))
    words = audit.words_of(str(value))
    return _(words) if words else ""
