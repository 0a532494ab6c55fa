"""Residents, for those who look after them: finding, confirming an address, roles, accounts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, flash, request
from flask_babel import gettext as _
from flask_login import current_user

from app.kit import access, clock
from app.kit.fields import Form
from app.kit.pages import found, page, to_page
from app.people import lists, names, operations, queries, rules
from app.people.forms import ConfirmForm, RoleForm, place_words
from app.people.models import Resident
from app.people.rules import CONFIRM, LOOK_UP, ROLES
from app.people.views.blueprint import bp
from app.places import queries as places


@bp.get("/residents")
@access.role(*LOOK_UP)
def residents() -> Response:
    text = request.args.get("q", "")[:40]
    part = lists.residents(current_user, text=text, after=request.args.get("after"))
    return page("people/residents.html", part=part, text=text)


@bp.get("/residents/<int:resident_id>")
@access.role(*LOOK_UP, "grid")
def resident(resident_id: int) -> Response:
    return _resident_page(_theirs(resident_id))


@bp.post("/residents/<int:resident_id>/confirm")
@access.role(*CONFIRM)
@access.takes(ConfirmForm)
def confirm_address(resident_id: int) -> Response:
    who = _theirs(resident_id)
    form = ConfirmForm()
    form.offer(lists.doors_to_confirm(who.claimed_grid_id, current_user), claimed="")
    if not form.validate_on_submit():
        return _resident_page(who, confirm=form, status=422)
    household_id = int(form.household_id.data)
    if not form.carries_out(
        lambda: operations.confirm_address(resident_id, household_id, by=current_user, at=clock.now())
    ):
        return _resident_page(_theirs(resident_id), confirm=form, status=form.status)
    flash(_("The address is confirmed. %(name)s can take part from now on.", name=_name(who)))
    return _back(resident_id)


@bp.post("/residents/<int:resident_id>/roles")
@access.role("admin", "staff")
@access.takes(RoleForm)
def give_role(resident_id: int) -> Response:
    who = _theirs(resident_id)
    form = _role_form()
    if not form.validate_on_submit():
        return _resident_page(who, role=form, status=422)
    role, place_id = str(form.role.data), int(form.place_id.data)
    if not form.carries_out(lambda: operations.give_role(resident_id, role, place_id, by=current_user, at=clock.now())):
        return _resident_page(_theirs(resident_id), role=form, status=form.status)
    flash(_("The role is given. %(name)s signs in again to use it.", name=_name(who)))
    return _back(resident_id)


@bp.post("/residents/<int:resident_id>/roles/<int:role_id>/end")
@access.role("admin", "staff")
@access.takes(Form)
def end_role(resident_id: int, role_id: int) -> Response:
    _theirs(resident_id)
    found(lists.role_of(role_id, resident_id))
    return _do(
        resident_id,
        lambda: operations.end_role(role_id, by=current_user, at=clock.now()),
        _("The role has ended, and with it everything it opened."),
    )


@bp.post("/residents/<int:resident_id>/disable")
@access.role("admin", "staff")
@access.takes(Form)
def disable(resident_id: int) -> Response:
    _theirs(resident_id)
    return _do(
        resident_id,
        lambda: operations.disable(resident_id, by=current_user, at=clock.now()),
        _("The account is closed. Nobody can sign in with it until you open it again."),
    )


@bp.post("/residents/<int:resident_id>/enable")
@access.role("admin", "staff")
@access.takes(Form)
def enable(resident_id: int) -> Response:
    _theirs(resident_id)
    return _do(
        resident_id,
        lambda: operations.enable(resident_id, by=current_user, at=clock.now()),
        _("The account is open again."),
    )


@bp.post("/residents/<int:resident_id>/end-sessions")
@access.role("admin", "staff")
@access.takes(Form)
def end_sessions(resident_id: int) -> Response:
    _theirs(resident_id)
    return _do(
        resident_id,
        lambda: operations.end_sign_ins_of(resident_id, by=current_user, at=clock.now()),
        _("Every device of this person is signed out."),
    )


def _do(resident_id: int, act: Callable[[], Any], done: str) -> Response:
    """An act of one button: back to the page with what changed, or with why not."""
    form = Form()
    if not form.carries_out(act):
        return _resident_page(_theirs(resident_id), act=form, status=form.status)
    flash(done)
    return _back(resident_id)


def _theirs(resident_id: int) -> Resident:
    return found(lists.resident(resident_id, current_user))


def _back(resident_id: int) -> Response:
    """A grid member no longer sees whom they have just confirmed; they go on to the next household."""
    if current_user.role_names & set(LOOK_UP):
        return to_page("people.resident", resident_id=resident_id)
    return to_page("people.households")


def _name(who: Resident) -> str:
    return who.family_name + who.given_name


def _role_form() -> RoleForm:
    form = RoleForm()
    given = [role for role in ROLES if role in rules.GIVEN_BY_STAFF or "admin" in current_user.role_names]
    form.offer(given, lists.places_for_roles(current_user))
    return form


def _resident_page(
    who: Resident, *, confirm: Any = None, role: Any = None, act: Any = None, status: int = 200
) -> Response:
    """Everything about one person that this member of staff may see and do; telephone numbers stay masked."""
    place_id, path = queries.place_of(who)
    held = lists.roles(who.id)
    shut = rules.account_refusal(who.id, by=current_user, holds=frozenset(one.role for one in held), path=path)
    verified = who.verified_at is not None and who.household_id is not None
    confirms = rules.confirming_refusal(who.id, by=current_user, is_verified=verified, path=path) is None
    if confirms and confirm is None:
        confirm = ConfirmForm(formdata=None)
        confirm.offer(lists.doors_to_confirm(who.claimed_grid_id, current_user), claimed=who.claimed_door)
    gives = who.id != current_user.id and bool(current_user.role_names & {"admin", "staff"})
    asking: dict[str, Any] = {"household_id": who.household_id, "by": current_user}
    roles = [
        {
            "id": one.id, "words": _(ROLES[one.role]), "place": one.place_name, "since": one.since,
            "may_end": rules.role_refusal(one.role, who.id, path=one.path, kind=one.kind, **asking) is None,
        }
        for one in held
    ]  # fmt: skip
    home = queries.household(who.household_id) if who.household_id else None
    return page(
        "people/resident.html",
        who=who,
        name=_name(who),
        phone=names.masked_phone(who.phone),
        where=place_words(*(one.name for one in places.ancestors(path)[1:])) if place_id else None,
        door=home.door if home else who.claimed_door,
        verified=verified,
        roles=roles,
        confirm=confirm if confirms else None,
        role_form=(role or _role_form()) if gives else None,
        looks_up=bool(current_user.role_names & set(LOOK_UP)),
        may_close=shut is None,
        refusal=act.refusal if act else None,
        status=status,
    )
