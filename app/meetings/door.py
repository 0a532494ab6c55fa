"""Routes of those at the door of a meeting: who signed up, who came, and the sheet for paper."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash
from flask_babel import ngettext
from flask_login import current_user

from app.kit import access, clock
from app.kit.pages import found, page, to_page
from app.kit.refusal import Refused
from app.meetings import operations, queries, rules
from app.meetings.desk import desk_page
from app.meetings.forms import MarkForm, PlainForm, TypedForm
from app.meetings.showing import MeetingPage

bp = Blueprint("meetings_door", __name__)


@bp.get("/sittings/<int:meeting_id>/attendance")
@access.role(*rules.STAFF)
def attendance(meeting_id: int) -> Response:
    """The list at the door: who signed up, what they would like to hear about, who came."""
    return _attendance(desk_page(meeting_id))


def _attendance(here: MeetingPage, form: TypedForm | None = None, **more: Any) -> Response:
    came = queries.present(here.row.id)
    status = more.pop("status", form.status if form else 200)
    return page(
        "meetings/attendance.html", fragment="list_box", status=status, here=here, came=came,
        by_resident={one.resident_id: one for one in came if one.resident_id}, expected=queries.signed_up(here.row.id),
        typed_form=form or TypedForm(formdata=None), **({"refused": None, "choices": []} | more),
    )  # fmt: skip


@bp.post("/sittings/<int:meeting_id>/presences")
@access.role(*rules.STAFF)
@access.takes(MarkForm)
def mark(meeting_id: int) -> Response:
    """Somebody of the list is there."""
    desk_page(meeting_id)
    form = MarkForm()
    if form.validate_on_submit() and form.carries_out(
        lambda: operations.mark_present(meeting_id, form.resident.data, by=current_user, at=clock.now())
    ):
        return _noted(meeting_id)
    return _attendance(desk_page(meeting_id), refused=form.refusal, status=form.status)


@bp.post("/sittings/<int:meeting_id>/presences/typed")
@access.role(*rules.STAFF)
@access.takes(TypedForm)
def mark_typed(meeting_id: int) -> Response:
    """Somebody is there who never signed up: a resident by telephone or name, or a guest."""
    here, form = desk_page(meeting_id), TypedForm()
    if not form.validate_on_submit():
        return _attendance(here, form)
    people = [] if form.guest.data else queries.who_goes_by(form.who.data, here.row.place_path)
    if len(people) > 1:
        return _attendance(here, form, choices=people)
    if form.carries_out(lambda: _mark(meeting_id, form, people)):
        return _noted(meeting_id)
    return _attendance(desk_page(meeting_id), form)


def _mark(meeting_id: int, form: TypedForm, people: Any) -> Any:
    known: dict[str, Any] = {"part": form.part.data, "by": current_user, "at": clock.now()}
    if form.guest.data:
        return operations.note_guest(meeting_id, form.who.data, **known)
    if not people:
        raise Refused(rules.nobody_refusal())
    return operations.mark_present(meeting_id, people[0].id, **known)


@bp.post("/sittings/<int:meeting_id>/presences/<int:presence_id>/remove")
@access.role(*rules.STAFF)
def take_back(meeting_id: int, presence_id: int) -> Response:
    """Somebody was noted by mistake."""
    here, form = desk_page(meeting_id), PlainForm()
    found(True if any(one.id == presence_id for one in queries.present(meeting_id)) else None)
    if form.validate_on_submit() and form.carries_out(
        lambda: operations.take_back(presence_id, by=current_user, at=clock.now())
    ):
        return _noted(meeting_id)
    return _attendance(here, refused=form.refusal, status=form.status)


def _noted(meeting_id: int) -> Response:
    number = len(queries.present(meeting_id))
    flash(ngettext("The list says: %(num)d person is present.", "The list says: %(num)d people are present.", number))
    return to_page(".attendance", meeting_id=meeting_id)


@bp.get("/sittings/<int:meeting_id>/sheet")
@access.role(*rules.STAFF)
def sheet(meeting_id: int) -> Response:
    """The agenda and a list to sign, for paper."""
    here = desk_page(meeting_id)
    return page("meetings/sheet.html", here=here, expected=queries.signed_up(meeting_id), blank=range(12))
