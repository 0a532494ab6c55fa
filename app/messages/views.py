"""Pages of messages: the inbox, how and where messages come by e-mail, and leaving a mail without signing in."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, flash, request
from flask_babel import gettext as _
from flask_login import current_user

from app.kit import access, clock
from app.kit.fields import Form
from app.kit.pages import found, own_path, page, to_page, to_path
from app.messages import operations, queries, rules
from app.messages.forms import AddressForm, DigitsForm, SeenForm, WaysForm, ways_form
from app.messages.wording import name_of, on_page
from app.people import queries as people
from app.people.attempts import begin, forgive, own_limit, slowed, too_fast
from app.people.rules import FREE_ATTEMPTS

bp = Blueprint("messages", __name__)


@bp.get("/me/messages")
@access.signed_in
def inbox() -> Response:
    after = request.args.get("after")
    rows = queries.inbox(current_user.id, after=after)
    return page(
        "messages/inbox.html",
        rows=rows,
        said=[on_page(row.kind, row.values) for row in rows.rows],
        newest=queries.newest(current_user.id),
        later=bool(after),
    )


@bp.post("/me/messages/<int:message_id>/open")
@access.signed_in
@access.takes(Form)
def open_message(message_id: int) -> Response:
    """Looking at what it is about marks it as read; a link could not, for a GET never writes."""
    href = found(operations.open_message(message_id, by=current_user, at=clock.now()))
    return to_path(own_path(href))


@bp.post("/me/messages/read-all")
@access.signed_in
@access.takes(SeenForm)
def read_all() -> Response:
    form = SeenForm()
    if form.validate_on_submit():
        operations.read_all(newest=form.number, by=current_user, at=clock.now())
        flash(_("All messages are marked as read. New ones will stand at the top."))
    return to_page("messages.inbox")


@bp.get("/settings/messages")
@access.signed_in
def settings() -> Response:
    return _settings_page()


@bp.post("/settings/messages")
@access.signed_in
@access.takes(WaysForm)
def choose_ways() -> Response:
    form = ways_form(staff=current_user.is_staff)
    if not form.validate_on_submit():
        return _settings_page(ways=form, status=422)
    operations.choose_ways(form.ways(), resident_id=current_user.id)
    flash(_("Saved. Messages come the way you chose from now on."))
    return to_page("messages.settings")


@bp.post("/settings/messages/address")
@access.signed_in
@access.takes(AddressForm)
def claim_address() -> Response:
    form = AddressForm()
    if not form.validate_on_submit():
        return _settings_page(address=form, status=422)
    address = str(form.address.data)
    if not form.carries_out(lambda: operations.claim_address(address, by=current_user, at=clock.now())):
        return _settings_page(address=form, status=form.status)
    flash(_("Digits are on their way to %(address)s. Type them here once they have arrived.", address=address))
    return to_page("messages.settings")


@bp.post("/settings/messages/address/confirm")
@access.signed_in
@access.takes(DigitsForm)
def confirm_address() -> Response:
    form = DigitsForm()
    if not form.validate_on_submit():
        return _settings_page(digits=form, status=422)
    if wait := begin(own_limit("address", current_user.id, FREE_ATTEMPTS)):
        form.refusal = too_fast(wait)
        return slowed(_settings_page(digits=form, status=429), wait)
    typed, key, at = str(form.digits.data), _key(), clock.now()
    if not form.carries_out(lambda: operations.confirm_address(typed, key=key, by=current_user, at=at)):
        return _settings_page(digits=form, status=form.status)
    forgive()
    flash(_("Your address is confirmed. Messages now also come by e-mail, the way you choose below."))
    return to_page("messages.settings")


@bp.post("/settings/messages/address/forget")
@access.signed_in
@access.takes(Form)
def forget_address() -> Response:
    operations.forget_address(current_user.id)
    flash(_("Your address is forgotten and no mail is sent any more. Messages stand in your inbox as before."))
    return to_page("messages.settings")


def _settings_page(*, address: Any = None, digits: Any = None, ways: Any = None, status: int = 200) -> Response:
    """All forms of the page; the one that was sent keeps what was typed."""
    claim = queries.claim_under_way(current_user.id, at=clock.now())
    return page(
        "messages/settings.html",
        sends_mail=current_app.config["SETTINGS"].sends_mail,
        resident=people.resident(current_user.id),
        claim=claim,
        address=address or AddressForm(formdata=None),
        digits=digits or DigitsForm(formdata=None),
        ways=ways or ways_form(queries.chosen_ways(current_user.id), staff=current_user.is_staff),
        switches=rules.switches(staff=current_user.is_staff),
        digest_hour=f"{rules.DIGEST_AT.hour}:{rules.DIGEST_AT.minute:02d}",
        status=status,
    )


# Leaving, by the link of a mail ------------------------------------------------------------------------------------


@bp.get("/messages/leave/<code>")
@access.anyone
def leave(code: str) -> Response:
    """Opening the link changes nothing: mailboxes open links by themselves."""
    _resident_id, kind = found(rules.read_unsubscribe_code(_key(), code))
    return page("messages/leave.html", code=code, name=_name(kind))


@bp.post("/messages/leave/<code>")
@access.anyone
@access.takes(Form)
def leave_mail(code: str) -> Response:
    """No more mail of that kind, or none at all, for whoever the mail was sent to."""
    resident_id, kind = found(rules.read_unsubscribe_code(_key(), code))
    if request.form.get("all"):
        operations.forget_address(resident_id)
    else:
        chosen = queries.chosen_ways(resident_id)
        kinds = [kind_ for _heading, group in rules.switches(staff=True) for kind_ in group]
        left = [one.key for one in kinds if kind in (one.key, chosen.get(one.key, one.way))]
        operations.choose_ways(dict.fromkeys(left, "off"), resident_id=resident_id)
    return page("messages/leave.html", code=None, name=_name(kind))


def _name(kind: str) -> str | None:
    """What is left; None for the whole digest."""
    return None if kind == "digest" else name_of(rules.kind_of(kind))


def _key() -> bytes:
    return str(current_app.config["SECRET_KEY"]).encode()
