"""Signing in and out."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, current_app, request, session
from flask_babel import ngettext
from flask_login import current_user, login_user, logout_user

from app.kit import access, clock, db
from app.kit.pages import own_path, page, to_path
from app.kit.refusal import N_, Refusal, refusal
from app.people import operations, passwords, queries
from app.people.forms import SignInForm
from app.people.rules import FREE_FROM_ADDRESS, wait_after

bp = Blueprint("people", __name__)


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
def open_session() -> Response:
    form = SignInForm()
    if not form.validate_on_submit():
        return page("people/sign_in.html", form=form, status=422)
    at = clock.now()
    name = str(form.name.data)
    keys = attempt_keys("sign-in", name)
    if wait := longest_wait(keys):
        form.refusal = too_fast(wait)
        answer = page("people/sign_in.html", form=form, status=429)
        answer.headers["Retry-After"] = str(int(wait.total_seconds()) + 1)
        return answer
    resident = queries.account(name)
    if not passwords.matches(resident.password_hash if resident else None, str(form.password.data)) or _is_shut(
        resident
    ):
        db.afterwards(lambda: operations.note_failure(*keys, at=at))
        form.refusal = refusal(
            N_("Name and password do not belong together. Check both, or ask your grid member for help."), status=422
        )
        return page("people/sign_in.html", form=form, status=422)
    _welcome(resident)
    return to_path(own_path(form.next.data))


def _is_shut(resident: Any) -> bool:
    return resident is None or resident.disabled_at is not None


def _welcome(resident: Any) -> None:
    """A new session altogether: nothing from before the sign-in lives on in it (security Z3)."""
    token = operations.start_sign_in(resident, device=device_name(), at=clock.now())
    db.db.session.flush()
    session.clear()
    session.permanent = True
    login_user(queries.signed_in(token, at=clock.now()))


@bp.post("/sign-out")
@access.signed_in
def sign_out() -> Response:
    operations.end_sign_in(current_user.token, at=clock.now())
    logout_user()
    session.clear()
    answer = to_path("/")
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


def attempt_keys(what: str, name: str) -> tuple[str, str]:
    """Keyed digests of the account and of the address a try comes from."""
    secret = current_app.config["SECRET_KEY"].encode()
    return tuple(  # type: ignore[return-value]
        hmac.new(secret, f"{what}:{kind}".encode(), hashlib.sha256).hexdigest()
        for kind in (f"name:{name.lower()}", f"address:{request.remote_addr}")
    )


def longest_wait(keys: tuple[str, str]) -> timedelta:
    at = clock.now()
    account, address = (queries.failures(key, at=at) for key in keys)
    return max(
        wait_after(account[0], account[1], now=at), wait_after(address[0], address[1], now=at, free=FREE_FROM_ADDRESS)
    )


def too_fast(wait: timedelta) -> Refusal:
    minutes = max(1, round(wait.total_seconds() / 60))
    said = ngettext("%(num)d minute", "%(num)d minutes", minutes)
    return refusal(
        N_("Too many tries in a short time. Please wait %(wait)s and try again; your account is not locked."),
        status=429,
        wait=said,
    )


def device_name() -> str:
    """A word for the list of devices: the kind of machine, nothing that could tell one phone from another."""
    agent = request.headers.get("User-Agent", "")
    for name in ("Android", "iPhone", "iPad", "Windows", "Macintosh", "Linux"):
        if name in agent:
            return name
    return ""


@bp.get("/settings")
@access.signed_in
def settings() -> Response:
    return page("people/settings.html")
