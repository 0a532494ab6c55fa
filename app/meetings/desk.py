"""Routes of those who keep meetings: call, change, put off, call off, publish the minutes; `door` notes who came."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, flash
from flask_babel import gettext as _
from flask_login import current_user

from app.kit import access, audit, causes, clock, uploads
from app.kit.fields import Form
from app.kit.i18n import language
from app.kit.pages import found, page, to_page
from app.kit.refusal import N_, refuse_if
from app.meetings import operations, queries, rules
from app.meetings.forms import (
    CallForm,
    CallOffForm,
    ChangeForm,
    MinutesForm,
    PutOffForm,
    SittingForm,
    lines_of,
    typed,
)
from app.meetings.showing import MeetingPage
from app.meetings.views import meeting_page, show
from app.places import queries as places

bp = Blueprint("meetings_desk", __name__)

audit.describe("meetings.call", N_("called a meeting"))
audit.describe("meetings.change", N_("changed the agenda or the room of a meeting"))
audit.describe("meetings.put_off", N_("put a meeting off"))
audit.describe("meetings.call_off", N_("called a meeting off"))
audit.describe("meetings.mark", N_("noted somebody as present"))
audit.describe("meetings.take_back", N_("struck somebody off the list of those present"))
audit.describe("meetings.minutes", N_("published minutes"))
audit.describe("meeting", N_("meeting no."), "/sittings/")
causes.shown_at("sitting", lambda ids: f"/sittings/{ids[0]}")


def desk_page(meeting_id: int) -> MeetingPage:
    """The meeting, for those who keep it; others are refused."""
    here = meeting_page(meeting_id)
    refuse_if(rules.staff_refusal(current_user, here.row.place_path))
    return here


# Calling ---------------------------------------------------------------------------------------------------------


@bp.get("/sittings/new")
@access.role(*rules.STAFF)
def new_meeting() -> Response:
    return _new_page(_call_form())


@bp.post("/sittings/new")
@access.role(*rules.STAFF)
@access.takes(CallForm)
def call() -> Response:
    """Call a meeting of any kind."""
    form = _call_form()
    if form.validate_on_submit() and form.carries_out(lambda: _call(form)):
        flash(called_words())
        return to_page("meetings.meeting", meeting_id=form.result_id)
    return _new_page(form)


def _call_form() -> CallForm:
    form = CallForm()
    form.offer(queries.places_to_call_for(current_user))
    return form


def _call(form: CallForm) -> Any:
    place = found(places.place(form.place.data))
    return operations.call(
        kind=form.kind.data, subject=None, href=None, title=typed(form.title.data), place_id=place.id,
        place_path=place.path, by=current_user, at=clock.now(), **what_of(form),
    )  # fmt: skip


def what_of(form: SittingForm) -> dict[str, Any]:
    """When, where and what of a meeting that is called."""
    return {
        "where": typed(form.where.data), "starts_at": form.starts_at, "ends_at": form.ends_at,
        "agenda": lines_of(form.agenda.data), "capacity": form.capacity.data,
    }  # fmt: skip


def called_words() -> str:
    """What somebody hears who called a meeting."""
    return _("The meeting is called. It stands on the list for everybody, and residents can sign up until it begins.")


def _new_page(form: CallForm) -> Response:
    return page("meetings/new.html", form=form, status=form.status)


@bp.get("/sittings/<int:meeting_id>/edit")
@access.role(*rules.STAFF)
def edit(meeting_id: int) -> Response:
    here = desk_page(meeting_id)
    refuse_if(rules.change_refusal(starts_at=here.row.starts_at, cancelled=here.cancelled, at=here.at))
    form = ChangeForm(formdata=None)
    form.show_words(here.row.venue, here.row.capacity, here.agenda)
    return page("meetings/edit.html", here=here, form=form)


@bp.post("/sittings/<int:meeting_id>/edit")
@access.role(*rules.STAFF)
@access.takes(ChangeForm)
def change(meeting_id: int) -> Response:
    """Write the agenda anew, or move the meeting to another room."""
    desk_page(meeting_id)
    form = ChangeForm()
    if form.validate_on_submit() and form.carries_out(
        lambda: operations.change(
            meeting_id, where=typed(form.where.data), agenda=lines_of(form.agenda.data), capacity=form.capacity.data,
            by=current_user, at=clock.now(),
        )
    ):  # fmt: skip
        flash(_("The change stands on the page for everybody."))
        return to_page("meetings.meeting", meeting_id=meeting_id)
    return page("meetings/edit.html", here=desk_page(meeting_id), form=form, status=form.status)


@bp.post("/sittings/<int:meeting_id>/put-off")
@access.role(*rules.STAFF)
@access.takes(PutOffForm)
def put_off(meeting_id: int) -> Response:
    """Hold it at another time."""
    form = PutOffForm()
    return _move(
        meeting_id, form, "put_off_form", _("The meeting is put off. Whoever signed up keeps the seat and is told."),
        lambda at: operations.put_off(
            meeting_id, starts_at=form.starts_at, ends_at=form.ends_at, why=typed(form.why.data), by=current_user, at=at
        ),
    )  # fmt: skip


@bp.post("/sittings/<int:meeting_id>/call-off")
@access.role(*rules.STAFF)
@access.takes(CallOffForm)
def call_off(meeting_id: int) -> Response:
    """It does not take place."""
    form = CallOffForm()
    return _move(
        meeting_id, form, "off_form", _("The meeting is called off. Whoever signed up is told."),
        lambda at: operations.call_off(meeting_id, why=typed(form.off_why.data), by=current_user, at=at),
    )  # fmt: skip


def _move(meeting_id: int, form: Form, name: str, told: str, act: Callable[[datetime], Any]) -> Response:
    desk_page(meeting_id)
    if form.validate_on_submit() and form.carries_out(lambda: act(clock.now())):
        flash(told)
        return to_page("meetings.meeting", meeting_id=meeting_id)
    return show(meeting_page(meeting_id), status=form.status, **{name: form})


# Minutes ---------------------------------------------------------------------------------------------------------


@bp.get("/sittings/<int:meeting_id>/minutes/new")
@access.role(*rules.STAFF)
def new_minutes(meeting_id: int) -> Response:
    here = desk_page(meeting_id)
    refuse_if(rules.minutes_refusal(starts_at=here.row.starts_at, cancelled=here.cancelled, at=here.at))
    form = MinutesForm(formdata=None)
    if here.texts:
        form.text.data = here.texts[0].text.into(language())
        form.conclusions.data = "\n".join(one.into(language()) for one in here.conclusions)
    return _minutes_page(here, form)


@bp.post("/sittings/<int:meeting_id>/minutes")
@access.role(*rules.STAFF)
@access.takes_files
@access.takes(MinutesForm)
def publish_minutes(meeting_id: int) -> Response:
    """Publish what was said and agreed, or correct it."""
    desk_page(meeting_id)
    form = MinutesForm()
    if form.validate_on_submit() and form.carries_out(lambda: _publish(meeting_id, form, clock.now())):
        flash(_("The minutes are out: everybody can read them, and whoever was there is told."))
        return to_page("meetings.meeting", meeting_id=meeting_id, _anchor="minutes")
    return _minutes_page(desk_page(meeting_id), form)


def _publish(meeting_id: int, form: MinutesForm, at: datetime) -> Any:
    sent, upload_id = form.file.data, None
    if sent is not None:
        kept = uploads.keep(sent.stream, sent.filename, kinds=["pdf", "image"], by_id=current_user.id, at=at)
        upload_id = kept.id
    return operations.publish_minutes(
        meeting_id, text=typed(form.text.data), conclusions=lines_of(form.conclusions.data),
        corrects=form.correction(), upload_id=upload_id, by=current_user, at=at,
    )  # fmt: skip


def _minutes_page(here: MeetingPage, form: MinutesForm) -> Response:
    return page("meetings/minutes.html", here=here, form=form, status=form.status)
