"""Households of one's own place, and the codes that are printed for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, current_app, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.kit import access, clock, qr
from app.kit.fields import Form
from app.kit.pages import found, page
from app.people import lists, operations, queries
from app.people.forms import place_words
from app.people.operations import Printed
from app.people.rules import CONFIRM, INVITE
from app.people.views.blueprint import bp
from app.places import queries as places
from app.places.models import Place


@bp.get("/households")
@access.role(*INVITE)
def households() -> Response:
    return _households_page()


@bp.post("/households/<int:household_id>/invitation")
@access.role(*INVITE)
@access.takes(Form)
def invite(household_id: int) -> Response:
    """Answers with the sheet itself: the code is nowhere else, so it can be printed only now."""
    household = found(lists.household(household_id, current_user))
    group = places.place(household.group_id)
    form = Form()
    sheet: list[Printed] = []
    if not form.carries_out(lambda: sheet.append(operations.invite(household, by=current_user, at=clock.now()))):
        return _households_page(form)
    return _sheet_page(sheet, group)


@bp.post("/groups/<int:group_id>/invitations")
@access.role(*INVITE)
@access.takes(Form)
def invite_group(group_id: int) -> Response:
    group = found(lists.group(group_id, current_user))
    form = Form()
    sheet: list[Printed] = []
    if not form.carries_out(lambda: sheet.extend(operations.invite_group(group_id, by=current_user, at=clock.now()))):
        return _households_page(form)
    return _sheet_page(sheet, group)


def _households_page(form: Any = None) -> Response:
    wish = request.values.get("group", "")
    groups = lists.groups(current_user)
    chosen = next((group for group in groups if str(group.id) == wish), None)
    part = lists.households(current_user, group_id=chosen.id if chosen else None, after=request.args.get("after"))
    options = [(group.id, place_words(group.grid_name, group.name)) for group in groups]
    waiting = queries.waiting_for_verification(current_user) if current_user.role_names & set(CONFIRM) else ()
    return page(
        "people/households.html", part=part, options=options, chosen=chosen, waiting=waiting, now=clock.now(),
        refusal=form.refusal if form else None, status=form.status if form else 200,
    )  # fmt: skip


def _sheet_page(sheet: Sequence[Printed], group: Place | None) -> Response:
    """One slip for each code. The address in the square code is the one of the settings, whatever host was asked."""
    base = current_app.config["SETTINGS"].base_url
    slips = [
        {
            "door": one.door,
            "code": one.spaced,
            "until": one.expires_at,
            "qr": qr.drawing(base + url_for("people.join", code=one.code), says=_("The same code for a camera")),
        }
        for one in sheet
    ]
    return page(
        "people/sheet.html", slips=slips, group=group.name if group else None, address=base + url_for("people.join")
    )
