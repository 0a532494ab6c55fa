"""Opening an account, entering a household's code, and one's own household."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Response, flash
from flask_babel import gettext as _
from flask_login import current_user

from app.kit import access, clock
from app.kit.i18n import shown
from app.kit.pages import page, to_page
from app.people import lists, names, operations, queries, session
from app.people.attempts import begin, forgive, limits, slowed, too_fast
from app.people.forms import CodeForm, JoinForm, RegisterForm, WhereForm
from app.people.rules import ROLES
from app.people.views.blueprint import bp
from app.places import queries as places


@bp.get("/join")
@bp.get("/join/<code>")
@access.anyone
def join(code: str = "") -> Response:
    """A code from paper is only shown here: opening the link uses nothing up (previews open links, too)."""
    form = CodeForm() if current_user.is_authenticated else JoinForm()
    form.code.data = names.printed_code(names.plain_code(code)[:32])
    return _join_page(form)


@bp.post("/join")
@access.anyone
@access.takes(JoinForm, CodeForm)
def join_household() -> Response:
    known = current_user.is_authenticated
    form = CodeForm() if known else JoinForm()
    if not form.validate_on_submit():
        return _join_page(form, status=422)
    if wait := begin(limits("join", str(current_user.id) if known else None)):
        return _slowed(form, wait, _join_page)
    code, at = str(form.code.data), clock.now()
    if known:
        done = form.carries_out(lambda: operations.join_by_code(code, by=current_user, at=at))
    else:
        done = form.carries_out(lambda: operations.join_as_stranger(code, form.account(), at=at))
    if done or form.status != 409:
        forgive()
    if not done:
        return _join_page(form, status=form.status)
    if not known:
        session.welcome(form.result_id or 0)
    flash(_("Welcome. Your address is confirmed: you can discuss, support and take part from now on."))
    return to_page("people.household")


def _join_page(form: Any, *, status: int = 200) -> Response:
    return page("people/join.html", form=form, status=status)


def _slowed(form: Any, wait: timedelta, draw: Any) -> Response:
    form.refusal = too_fast(wait)
    return slowed(draw(form, status=429), wait)


@bp.get("/register")
@access.anyone
def register() -> Response:
    if current_user.is_authenticated:
        return to_page("people.household")
    form = RegisterForm()
    form.offer(lists.grids())
    return _register_page(form)


@bp.post("/register")
@access.anyone
@access.takes(RegisterForm)
def open_account() -> Response:
    """The answer is the same whether the number was known or not: nobody learns here who has an account."""
    if current_user.is_authenticated:
        return to_page("people.household")
    form = RegisterForm()
    form.offer(lists.grids())
    if not form.validate_on_submit():
        return _register_page(form, status=422)
    if wait := begin(limits("register", None)):  # each account opened counts, so that nobody opens hundreds
        return _slowed(form, wait, _register_page)
    grid_id, door = int(form.grid_id.data), str(form.door.data)
    if not form.carries_out(lambda: operations.register(form.account(), grid_id=grid_id, door=door, at=clock.now())):
        forgive()
        return _register_page(form, status=form.status)
    flash(_("Thank you. Now sign in with your number and password; your grid member confirms your address."))
    return to_page("people.sign_in")


def _register_page(form: Any, *, status: int = 200) -> Response:
    return page("people/register.html", form=form, status=status)


@bp.get("/me/household")
@access.signed_in
def household() -> Response:
    return _household_page()


@bp.post("/me/household/address")
@access.signed_in
@access.takes(WhereForm)
def say_where() -> Response:
    form = WhereForm()
    form.offer(lists.grids())
    if not form.validate_on_submit():
        return _household_page(form, status=422)
    grid_id, door = int(form.grid_id.data), str(form.door.data)
    if not form.carries_out(lambda: operations.say_where(grid_id, door, by=current_user)):
        return _household_page(form, status=form.status)
    flash(_("Noted. Your grid member comes by to confirm it; until then you can read everything."))
    return to_page("people.household")


def _household_page(form: Any = None, *, status: int = 200) -> Response:
    """Family members see of each other the name, nothing else."""
    mine = current_user
    roles = [(_(ROLES[held.role]), held.place_name) for held in lists.roles(mine.id)]
    if mine.is_verified:
        home = queries.household(mine.household_id)
        members = [(one.id == mine.id, one.family_name + one.given_name) for one in queries.members(mine.household_id)]
        return page("people/household.html", home=home, members=members, roles=roles, status=status)
    resident = queries.resident(mine.id)
    claimed = places.place(resident.claimed_grid_id) if resident.claimed_grid_id else None
    if form is None:
        form = WhereForm(formdata=None, grid_id=resident.claimed_grid_id, door=resident.claimed_door)
        form.offer(lists.grids())
    return page(
        "people/waiting.html", code_form=CodeForm(formdata=None), form=form, roles=roles, status=status,
        claimed=shown(claimed.name) if claimed else None, door=resident.claimed_door,
    )  # fmt: skip
