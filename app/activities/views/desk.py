"""The organiser's screen: the code that changes every half minute, and who is there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Response, current_app, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from app.activities import absences, codes, operations, queries, rules
from app.activities.forms import RosterForm, ShiftForm
from app.activities.queries import Detail, Line
from app.activities.spans import DOORS_OPEN, takes_check_ins
from app.activities.views.activity import organiser_of, the_activity
from app.activities.views.doors import RUNNERS, bp
from app.activities.views.presence import the_shift
from app.kit import access, clock, qr
from app.kit.pages import found, page, to_page, wants_fragment
from app.kit.refusal import refuse_if

SHIFTS_SHOWN = 8


@bp.get("/activities/<int:activity_id>/desk")
@access.role(*RUNNERS)
def desk(activity_id: int) -> Response:
    detail = the_activity(activity_id)
    refuse_if(rules.run_refusal(current_user, detail.frame))
    return _desk_page(detail, _chosen(detail, request.args.get("shift", ""), clock.now()))


def _chosen(detail: Detail, wish: str, at: datetime) -> Line:
    """The shift asked for, else the one that is on, else the next, else the last; one called off last of all."""
    wished = next((shift for shift in detail.shifts if str(shift.id) == wish), None)
    held = [shift for shift in detail.shifts if not detail.frame.called_off(shift.ends_at)] or detail.shifts
    return wished or next((shift for shift in held if shift.ends_at > at), held[-1])


def _desk_page(detail: Detail, shift: Line, *, status: int = 200, done: str = "", refusal: Any = None) -> Response:
    at = clock.now()
    code = _code(shift, at) if takes_check_ins(queries.span_of(shift), at=at) and detail.row.state == "open" else ""
    people = queries.roster(shift.id)
    missed = [one.sign_up_id for one in people if one.state == "no-show"]
    near = [one for one in detail.shifts if one.ends_at > at or one.id == shift.id][:SHIFTS_SHOWN]
    return page(
        "activities/desk.html",
        fragment="desk_box",
        status=status,
        detail=detail,
        shift=shift,
        shifts=near,
        at=at,
        over=shift.ends_at <= at,
        doors_open_at=shift.starts_at - DOORS_OPEN,
        code=code,
        square=_square(detail.row.id, code) if code else "",
        seconds_left=codes.seconds_left(at),
        people=people,
        on_file=absences.on_file(missed, at),
        came=sum(person.attendance_id is not None for person in people),
        to_confirm=[
            one
            for one in people
            if not one.confirmed_at
            and rules.confirm_refusal(current_user, one.id, one.household_id, one.minutes) is None
        ],
        hours=rules.hours_refusal(current_user, detail.frame, queries.span_of(shift)) is None,
        called_off=detail.frame.called_off(shift.ends_at),
        leader=organiser_of(detail),
        form=RosterForm(formdata=None),
        done=done,
        refused=refusal,
    )


def _code(shift: Line, at: datetime) -> str:
    return codes.current_code(shift.id, at, current_app.config["SECRET_KEY"].encode())


def _square(activity_id: int, code: str) -> Any:
    """The square code leads to the page that asks whether to check in."""
    path = url_for(".check_in_page", activity_id=activity_id, code=code)
    address = current_app.config["SETTINGS"].base_url + path
    return qr.drawing(address, says=_("Square code for checking in; the digits below do the same"), size="l")


@bp.post("/activities/<int:activity_id>/desk/tick")
@access.role(*RUNNERS)
def tick(activity_id: int) -> Response:
    """Somebody without a phone is there."""
    return _with_somebody(activity_id, operations.tick, _("Checked in by hand."))


@bp.post("/activities/<int:activity_id>/desk/see-off")
@access.role(*RUNNERS)
def see_off(activity_id: int) -> Response:
    """Somebody leaves, or left, without checking out."""
    return _with_a_stay(activity_id, operations.see_off, _("Checked out by hand."))


@bp.post("/activities/<int:activity_id>/desk/confirm")
@access.role(*RUNNERS)
def confirm(activity_id: int) -> Response:
    """One person's hours are right."""
    told = _("The hours are confirmed and what they earn is posted.")
    return _with_a_stay(activity_id, operations.confirm_hours, told)


@bp.post("/activities/<int:activity_id>/desk/confirm-all")
@access.role(*RUNNERS)
def confirm_all(activity_id: int) -> Response:
    """The hours of all who have checked out are right."""
    count: list[int] = []

    def act(shift: Line) -> Any:
        count.append(operations.confirm_all(shift.id, by=current_user, at=clock.now()))

    def said() -> str:
        return ngettext(
            "The hours of %(num)d person are confirmed.", "The hours of %(num)d people are confirmed.", sum(count)
        )

    return _at_the_desk(activity_id, ShiftForm(), act, said)


@bp.post("/activities/<int:activity_id>/desk/absent")
@access.role(*RUNNERS)
def note_absence(activity_id: int) -> Response:
    """Somebody who held a place stayed away."""
    return _with_somebody(activity_id, operations.note_absence, _("Noted as missed."))


@bp.post("/activities/<int:activity_id>/desk/excuse")
@access.role(*RUNNERS)
def excuse(activity_id: int) -> Response:
    """There was a reason, or it was noted by mistake."""
    return _with_somebody(activity_id, operations.excuse, _("Excused. It counts as a place given up."))


@bp.post("/activities/<int:activity_id>/desk/no-word")
@access.role(*RUNNERS)
def file_absence(activity_id: int) -> Response:
    """Nobody sent word: the household is told under the line of the tariff for it."""
    told = _("It is on file, and the household is told. Nobody else sees it.")
    return _with_somebody(activity_id, operations.file_absence, told)


def _with_somebody(activity_id: int, operation: Callable[..., Any], told: str) -> Response:
    """One act with somebody on the roster of a shift."""
    form = RosterForm()

    def act(shift: Line) -> Any:
        return operation(shift.id, form.resident.data, by=current_user, at=clock.now())

    return _at_the_desk(activity_id, form, act, lambda: told)


def _with_a_stay(activity_id: int, operation: Callable[..., Any], told: str) -> Response:
    """One act with the time that somebody has spent there."""
    form = RosterForm()

    def act(shift: Line) -> Any:
        attendance_id = found(queries.attendance_id(shift.id, form.resident.data))
        return operation(attendance_id, by=current_user, at=clock.now())

    return _at_the_desk(activity_id, form, act, lambda: told)


def _at_the_desk(activity_id: int, form: Any, act: Callable[[Line], Any], said: Callable[[], str]) -> Response:
    """One act at the screen, and the screen again."""
    detail = the_activity(activity_id)
    refuse_if(rules.run_refusal(current_user, detail.frame))
    if not form.validate_on_submit():
        return _desk_page(detail, _chosen(detail, "", clock.now()), status=form.status)
    shift = the_shift(detail, form)
    if not form.carries_out(lambda: act(shift)):
        return _desk_page(the_activity(activity_id), shift, status=form.status, refusal=form.refusal)
    if wants_fragment():
        return _desk_page(the_activity(activity_id), shift, done=said())
    flash(said())
    return to_page(".desk", activity_id=activity_id, shift=shift.id)
