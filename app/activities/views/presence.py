"""A volunteer's own steps: take a place, give it up, come, go."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Response, current_app, request
from flask_babel import gettext as _
from flask_login import current_user

from app.activities import operations
from app.activities.forms import CheckInForm, CheckOutForm, ShiftForm
from app.activities.models import Attendance
from app.activities.queries import Detail, Line
from app.activities.rules import FREE_TRIES, HOURS_AHEAD
from app.activities.views.activity import activity_page, done_there, the_activity
from app.activities.views.doors import bp
from app.kit import access, clock, db, say
from app.kit.i18n import shown
from app.kit.pages import found, page, wants_fragment
from app.people.attempts import begin, forgive, own_limit, slowed, too_fast


@bp.post("/activities/<int:activity_id>/sign-up")
@access.resident
def sign_up(activity_id: int) -> Response:
    detail = the_activity(activity_id)
    form = ShiftForm()
    if not form.validate_on_submit():
        return activity_page(detail, status=form.status)
    shift = the_shift(detail, form)
    if not form.carries_out(lambda: operations.sign_up(shift.id, by=current_user, at=clock.now())):
        return activity_page(the_activity(activity_id), refusal=form.refusal, status=form.status)
    return done_there(activity_id, _signed_up(detail, shift))


def _signed_up(detail: Detail, shift: Line) -> str:
    """What was agreed. To give up the place in time is asked only of those who still can."""
    values = {
        "activity": _plain_text(detail.row.title),
        "time": say.moment(shift.starts_at),
        "place": _plain_text(detail.row.spot_name or detail.row.place_name),
    }
    if shift.starts_at - clock.now() <= timedelta(hours=HOURS_AHEAD):
        return _(
            "You are signed up for %(activity)s, %(time)s, meeting at %(place)s. Check in when you come.", **values
        )
    return _(
        "You are signed up for %(activity)s, %(time)s, meeting at %(place)s. "
        "If you cannot come, give up the place %(hours)s hours ahead.",
        hours=HOURS_AHEAD,
        **values,
    )


def the_shift(detail: Detail, form: Any) -> Line:
    """The shift that a form names, which must belong to this activity."""
    return found(next((shift for shift in detail.shifts if shift.id == form.shift.data), None))


def _plain_text(words: Any) -> str:
    return shown(words).striptags()


@bp.post("/activities/<int:activity_id>/cancel")
@access.resident
def give_up(activity_id: int) -> Response:
    detail = the_activity(activity_id)
    form = ShiftForm()
    if not form.validate_on_submit():
        return activity_page(detail, status=form.status)
    shift = the_shift(detail, form)
    if not form.carries_out(lambda: operations.give_up(shift.id, by=current_user, at=clock.now())):
        return activity_page(the_activity(activity_id), refusal=form.refusal, status=form.status)
    return done_there(
        activity_id, _("Your place is given up and free for somebody else. Thank you for saying so in time.")
    )


@bp.get("/activities/<int:activity_id>/check-in")
@access.resident
def check_in_page(activity_id: int) -> Response:
    """Where the square code on the screen leads: it asks, and only the button checks in (security A6)."""
    detail = the_activity(activity_id)
    form = CheckInForm()
    form.code.data = request.args.get("code", "")[:12]
    return page("activities/check_in.html", detail=detail, form=form)


@bp.post("/activities/<int:activity_id>/check-in")
@access.resident
def check_in(activity_id: int) -> Response:
    detail = the_activity(activity_id)
    form = CheckInForm()
    if not form.validate_on_submit():
        return _check_in_again(detail, form)
    if wait := begin(own_limit("check-in", current_user.id, FREE_TRIES)):
        form.refusal = too_fast(wait)
        return slowed(_check_in_again(the_activity(activity_id), form), wait)
    if not form.carries_out(lambda: _check_in(activity_id, str(form.code.data))):
        return _check_in_again(the_activity(activity_id), form)
    forgive()
    return done_there(
        activity_id,
        _("You are checked in. Check out when you leave: only then do the hours count. Thank you for coming."),
    )


def _check_in(activity_id: int, code: str) -> Attendance:
    secret = current_app.config["SECRET_KEY"].encode()
    return operations.check_in(activity_id, code=code, secret=secret, by=current_user, at=clock.now())


def _check_in_again(detail: Detail, form: CheckInForm) -> Response:
    """What was typed stays, with the reason: in the box for htmx, else on a page of its own."""
    if wants_fragment():
        return activity_page(detail, status=form.status, form=form)
    return page("activities/check_in.html", detail=detail, form=form, status=form.status)


@bp.post("/activities/<int:activity_id>/check-out")
@access.resident
def check_out(activity_id: int) -> Response:
    detail = the_activity(activity_id)
    form = CheckOutForm()
    if not form.validate_on_submit():
        return activity_page(detail, status=form.status)
    if not form.carries_out(lambda: operations.check_out(activity_id, by=current_user, at=clock.now())):
        return activity_page(the_activity(activity_id), refusal=form.refusal, status=form.status)
    mine = found(db.db.session.get(Attendance, form.result_id))
    return done_there(
        activity_id,
        _(
            "Checked out after %(time)s. It will be posted once the person in charge confirms.",
            time=say.hours(mine.minutes or 0),
        ),
    )
