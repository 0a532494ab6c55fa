"""One's own account: devices, language, password, sign-in name."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, flash, request
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_login import current_user

from app.kit import access, clock
from app.kit.fields import Form
from app.kit.house import YEAR
from app.kit.i18n import LOCALES, language
from app.kit.pages import page, to_page
from app.kit.refusal import N_
from app.people import operations, queries, session
from app.people.attempts import begin, forgive, limits, slowed, too_fast
from app.people.forms import PasswordForm, PreferencesForm, SignInNameForm
from app.people.views.blueprint import bp

DEVICE_WORDS = {
    "Android": N_("Android phone or tablet"),
    "iPhone": N_("iPhone"),
    "iPad": N_("iPad"),
    "Windows": N_("Windows computer"),
    "Macintosh": N_("Mac computer"),
    "Linux": N_("Linux computer"),
    "": N_("Another device"),
}


@bp.get("/me/sessions")
@access.signed_in
def sessions() -> Response:
    mine = queries.digest(current_user.token)
    devices = [
        {"id": one.id, "words": _(DEVICE_WORDS.get(one.device, DEVICE_WORDS[""])), "since": one.started_at,
         "until": one.expires_at, "here": one.token_hash == mine}
        for one in queries.sign_ins(current_user.id, at=clock.now())
    ]  # fmt: skip
    return page("people/sessions.html", devices=devices, others=len(devices) > 1)


@bp.post("/me/sessions/<int:sign_in_id>/end")
@access.signed_in
@access.takes(Form)
def end_session(sign_in_id: int) -> Response:
    operations.end_one_sign_in(sign_in_id, by=current_user, at=clock.now())
    flash(_("That device is signed out. Whoever holds it has to sign in again."))
    return to_page("people.sessions")


@bp.post("/me/sessions/end-others")
@access.signed_in
@access.takes(Form)
def end_other_sessions() -> Response:
    operations.end_all_sign_ins(current_user.id, at=clock.now(), but=current_user.token)
    flash(_("All other devices are signed out. You stay signed in here."))
    return to_page("people.sessions")


@bp.get("/settings")
@access.signed_in
def settings() -> Response:
    return _settings_page()


@bp.post("/settings")
@access.signed_in
@access.takes(PreferencesForm)
def choose_settings() -> Response:
    form = PreferencesForm()
    if not form.validate_on_submit():
        return _settings_page(preferences=form, status=422)
    operations.choose_language(form.language.data, by=current_user)
    with force_locale(LOCALES[form.language.data]):
        flash(_("Saved. The pages now look the way you chose."))
    answer = to_page("people.settings")
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    for name, value in (("language", form.language.data), ("text", form.text.data)):
        answer.set_cookie(name, value, max_age=YEAR, httponly=True, samesite="Lax", secure=secure)
    return answer


@bp.post("/settings/password")
@access.signed_in
@access.takes(PasswordForm)
def change_password() -> Response:
    form = PasswordForm()
    if not form.validate_on_submit():
        return _settings_page(password=form, status=422)
    if wait := begin(limits("password", str(current_user.id))):
        form.refusal = too_fast(wait)
        return slowed(_settings_page(password=form, status=429), wait)
    resident_id, current, new = current_user.id, str(form.current.data), str(form.new.data)
    if not form.carries_out(lambda: operations.change_password(current, new, by=current_user, at=clock.now())):
        return _settings_page(password=form, status=form.status)
    forgive()
    session.welcome(resident_id)  # a new record and a new cookie for this device alone
    flash(_("Your new password holds from now on. All other devices are signed out."))
    return to_page("people.settings")


@bp.post("/settings/sign-in-name")
@access.signed_in
@access.takes(SignInNameForm)
def choose_sign_in_name() -> Response:
    form = SignInNameForm()
    if not form.validate_on_submit():
        return _settings_page(sign_in_name=form, status=422)
    name = str(form.sign_in_name.data)
    if not form.carries_out(lambda: operations.choose_sign_in_name(name, by=current_user)):
        return _settings_page(sign_in_name=form, status=form.status)
    flash(_("Saved. You can now sign in as %(name)s.", name=name))
    return to_page("people.settings")


def _settings_page(
    *, preferences: Any = None, password: Any = None, sign_in_name: Any = None, status: int = 200
) -> Response:
    """All forms of the page; the one that was sent keeps what was typed."""
    size = "large" if request.cookies.get("text") == "large" else "plain"
    resident = queries.resident(current_user.id)
    return page(
        "people/settings.html",
        preferences=preferences or PreferencesForm(formdata=None, language=language(), text=size),
        password=password or PasswordForm(formdata=None),
        sign_in_name=sign_in_name or SignInNameForm(formdata=None, sign_in_name=resident.sign_in_name),
        own_name=resident.sign_in_name or resident.phone or "",
        status=status,
    )
