"""Signing in and out."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from flask_login import current_user

from app.kit import access, clock, db
from app.kit.pages import own_path, page, to_path
from app.kit.refusal import N_, refusal
from app.people import operations, passwords, queries, session
from app.people.attempts import begin, forgive, limits, slowed, too_fast
from app.people.forms import SignInForm
from app.people.views.blueprint import bp


@bp.get("/sign-in")
@access.anyone
def sign_in() -> Response:
    if current_user.is_authenticated:
        return to_path(own_path(request.args.get("next")))
    form = SignInForm()
    form.next.data = own_path(request.args.get("next"))
    return page("people/sign_in.html", form=form)


@bp.post("/sign-in")
@access.anyone
@access.takes(SignInForm)
def open_session() -> Response:
    form = SignInForm()
    if not form.validate_on_submit():
        return page("people/sign_in.html", form=form, status=422)
    if wait := begin(limits("sign-in", str(form.name.data))):
        form.refusal = too_fast(wait)
        return slowed(page("people/sign_in.html", form=form, status=429), wait)
    resident_id = _who_is_it(form)
    if resident_id is None:
        form.refusal = refusal(
            N_("Name and password do not belong together. Check both, or ask your grid member for help."), status=422
        )
        return page("people/sign_in.html", form=form, status=422)
    forgive()
    session.welcome(resident_id)
    return to_path(own_path(form.next.data))


def _who_is_it(form: Any) -> int | None:
    """The id behind name and password; None when they do not belong together or the account is closed."""
    account = queries.account(str(form.name.data))
    kept = (account.id, account.password_hash, account.disabled_at is None) if account else (None, None, False)
    db.rollback()  # hashing takes its time: nobody need wait for our lock meanwhile
    resident_id, password_hash, is_open = kept
    right = passwords.matches(password_hash, str(form.password.data))
    if resident_id is None or password_hash is None or not (right and is_open):
        return None
    return resident_id if operations.still_opens(resident_id, password_hash) else None


@bp.post("/sign-out")
@access.signed_in
def sign_out() -> Response:
    operations.end_sign_in(current_user.token, at=clock.now())
    session.see_off()
    answer = to_path("/")
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer
