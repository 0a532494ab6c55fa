"""Pages of meetings: what is coming and what was, one meeting, signing up; what staff do stands in `desk`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, flash, request
from flask_babel import gettext as _
from flask_login import current_user

from app.kit import access, clock
from app.kit.fields import Form
from app.kit.pages import found, page, to_page
from app.kit.sending import send_upload
from app.meetings import operations, queries, rules, twins
from app.meetings.forms import CallOffForm, PutOffForm, SignUpForm, WithdrawForm
from app.meetings.showing import MeetingPage, seats_words
from app.places.choosing import chosen_place

bp = Blueprint("meetings", __name__)


@bp.get("/sittings.json")
@bp.get("/sittings")
@access.anyone
def sittings() -> Response:
    """Sittings of the councils."""
    return _meetings("sittings", ("sitting",))


@bp.get("/open-days.json")
@bp.get("/open-days")
@access.anyone
def open_days() -> Response:
    """Open Days and On-site Meetings."""
    return _meetings("open_days", rules.OPEN_DAYS)


def _meetings(which: str, kinds: tuple[str, ...]) -> Response:
    at = clock.now()
    tab = "past" if request.args.get("tab") == "past" else "coming"
    communities, chosen = chosen_place()
    path = chosen.path if chosen else ""
    rows = queries.meetings(kinds, path=path, tab=tab, at=at, after=request.args.get("after"))
    return page(
        "meetings/meetings.html", twin=lambda: twins.meeting_list(rows, at), which=which, rows=rows, tab=tab,
        communities=communities, chosen=chosen, rules=rules, at=at, state_of=lambda row: queries.state_of(row, at),
        seats_words=seats_words, may_call=bool(current_user.reaches(*rules.STAFF)),
    )  # fmt: skip


@bp.get("/sittings/<int:meeting_id>.json")
@bp.get("/sittings/<int:meeting_id>")
@access.anyone
def meeting(meeting_id: int) -> Response:
    """One meeting of any kind."""
    return show(meeting_page(meeting_id))


def meeting_page(meeting_id: int) -> MeetingPage:
    """The meeting as the person asking sees it; 404 when there is none."""
    return MeetingPage(found(queries.meeting(meeting_id)), current_user, clock.now())


def show(here: MeetingPage, *, fragment: str | None = None, status: int = 200, **more: Any) -> Response:
    """The page of a meeting, or one block of it. `more` holds forms that were sent and stay as they were typed."""
    known: dict[str, Any] = {"sign_up_form": None, "withdraw_form": None, "put_off_form": None, "off_form": None}
    return page(
        "meetings/meeting.html", fragment=fragment, status=status, twin=lambda: twins.meeting(here), here=here,
        make_sign_up=lambda: SignUpForm(formdata=None), make_withdraw=lambda: WithdrawForm(formdata=None),
        make_put_off=lambda: _put_off_form(here), make_off=lambda: CallOffForm(formdata=None), **(known | more),
    )  # fmt: skip


def _put_off_form(here: MeetingPage) -> PutOffForm:
    form = PutOffForm(formdata=None)
    form.show(here.row.starts_at, here.row.ends_at)
    return form


@bp.post("/sittings/<int:meeting_id>/sign-up")
@access.signed_in
@access.takes(SignUpForm)
def sign_up(meeting_id: int) -> Response:
    """Take a seat, perhaps with a question."""
    form = SignUpForm()
    return _seat(
        meeting_id, form, "sign_up_form",
        _("You are signed up. A reminder comes the day before; if you cannot come, please withdraw."),
        lambda at: operations.sign_up(meeting_id, question=form.words(), by=current_user, at=at),
    )  # fmt: skip


@bp.post("/sittings/<int:meeting_id>/withdraw")
@access.signed_in
@access.takes(WithdrawForm)
def withdraw(meeting_id: int) -> Response:
    """Give the seat back."""
    return _seat(
        meeting_id, WithdrawForm(), "withdraw_form", _("Your seat is free for somebody else. Thank you for saying so."),
        lambda at: operations.withdraw(meeting_id, by=current_user, at=at),
    )  # fmt: skip


def _seat(meeting_id: int, form: Form, name: str, told: str, act: Callable[[datetime], Any]) -> Response:
    found(queries.meeting(meeting_id))
    if form.validate_on_submit() and form.carries_out(lambda: act(clock.now())):
        flash(told)
        return to_page(".meeting", meeting_id=meeting_id)
    return show(meeting_page(meeting_id), fragment="seat_box", status=form.status, **{name: form})


@bp.get("/sittings/<int:meeting_id>/minutes/<int:upload_id>")
@access.anyone
def minutes_file(meeting_id: int, upload_id: int) -> Response:
    """The paper that belongs to the minutes."""
    found(True if queries.has_file(meeting_id, upload_id) else None)
    return send_upload(upload_id, attachment=False)
