"""Planning an activity and leading it through its life."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from typing import Any

from flask import Response, flash
from flask_babel import gettext as _
from flask_login import current_user

from app.activities import operations, queries
from app.activities.forms import ActivityForm, CapacityForm, PlainForm, ReasonForm, TimesForm, WordsForm
from app.activities.rules import PUBLISHER_ROLES, change_refusal
from app.activities.views.activity import activity_page, done_there, the_activity
from app.activities.views.doors import RUNNERS, bp
from app.activities.views.presence import the_shift
from app.kit import access, clock
from app.kit.i18n import language, shown
from app.kit.pages import found, page, to_page
from app.kit.refusal import refuse_if
from app.kit.words import Words
from app.places import queries as places


@bp.get("/activities/new")
@access.role(*PUBLISHER_ROLES)
def new() -> Response:
    form = _offered(ActivityForm())
    form.day.data = clock.today()
    form.suggest(time(9), time(11))
    return page("activities/new.html", form=form)


def _offered(form: ActivityForm) -> ActivityForm:
    """The form with the places and meeting places that this person may choose."""
    paths = current_user.reaches(*PUBLISHER_ROLES)
    known, spots = queries.places_below(paths), queries.spots_below(paths)
    form.offer(*([(one.id, shown(one.name).striptags()) for one in some] for some in (known, spots)))
    return form


@bp.post("/activities/new")
@access.role(*PUBLISHER_ROLES)
def publish_activity() -> Response:
    form = _offered(ActivityForm())
    if not form.validate_on_submit() or not form.carries_out(lambda: _plan(form)):
        return page("activities/new.html", form=form, status=form.status)
    state = the_activity(found(form.result_id)).row.state
    flash(
        _("The activity is on the menu; neighbours can sign up now.")
        if state == "open"
        else _("The activity is handed in. It appears on the menu once the committee has approved it.")
    )
    return to_page(".activity", activity_id=form.result_id)


def _plan(form: ActivityForm) -> Any:
    return operations.plan(
        place=found(places.place(int(form.place.data))),
        spot_id=int(form.spot.data) if form.spot.data else None,
        kind=form.kind.data,
        title=Words.typed(form.title.data, language()),
        description=Words.typed(form.description.data, language()),
        tariff_code=form.tariff.data or None,
        marks=form.marks.data or (),
        age_from=form.age_from.data,
        shifts=[form.shift],
        by=current_user,
        at=clock.now(),
    )


@bp.get("/activities/<int:activity_id>/words")
@access.role(*RUNNERS)
def edit_words(activity_id: int) -> Response:
    detail = the_activity(activity_id)
    refuse_if(change_refusal(current_user, detail.frame))
    form = WordsForm()
    form.title.data, form.description.data = (
        words.into(language()) for words in (detail.row.title, detail.row.description)
    )
    return page("activities/words.html", detail=detail, form=form)


@bp.post("/activities/<int:activity_id>/words")
@access.role(*RUNNERS)
def change_words(activity_id: int) -> Response:
    detail = the_activity(activity_id)
    form = WordsForm()
    if not form.validate_on_submit() or not form.carries_out(lambda: _amend(activity_id, form)):
        return page("activities/words.html", detail=detail, form=form, status=form.status)
    flash(_("The words are changed; everybody sees the new ones."))
    return to_page(".activity", activity_id=activity_id)


def _amend(activity_id: int, form: WordsForm) -> Any:
    title, description = (Words.typed(field.data, language()) for field in (form.title, form.description))
    return operations.amend(activity_id, title=title, description=description, by=current_user, at=clock.now())


@bp.post("/activities/<int:activity_id>/shifts")
@access.role(*RUNNERS)
def add_shift(activity_id: int) -> Response:
    form = TimesForm()

    def act() -> Any:
        return operations.add_shift(activity_id, form.shift, by=current_user, at=clock.now())

    return _carried_out(activity_id, form, act, _("The shift is added; neighbours can sign up for it."), "shift")


@bp.post("/activities/<int:activity_id>/capacity")
@access.role(*RUNNERS)
def change_capacity(activity_id: int) -> Response:
    form = CapacityForm()

    def act() -> Any:
        shift = the_shift(the_activity(activity_id), form)
        return operations.change_capacity(shift.id, form.capacity.data, by=current_user, at=clock.now())

    return _carried_out(activity_id, form, act, _("The number of places is changed."), "capacity")


@bp.post("/activities/<int:activity_id>/<any('hand-in', 'approve', 'send-back', 'call-off', 'report'):step>")
@access.role(*RUNNERS)
def take_step(activity_id: int, step: str) -> Response:
    form = ReasonForm() if step in ("send-back", "call-off", "report") else PlainForm()

    def act() -> Any:
        why = Words.typed(form.why.data, language()) if isinstance(form, ReasonForm) else None
        action = step.replace("-", "_")
        return operations.take_step(activity_id, action, by=current_user, at=clock.now(), why=why)

    return _carried_out(activity_id, form, act, _said(step), step)


def _said(step: str) -> str:
    return {
        "hand-in": _("Handed in. The committee will look at it."),
        "approve": _("Approved. The activity is on the menu; neighbours can sign up now."),
        "send-back": _("Sent back with your reason. The organiser can change it and hand it in again."),
        "call-off": _(
            "The activity is cancelled, and the reason stands on its page. "
            "Shifts still to come do not take place; hours of shifts that had ended can still be confirmed."
        ),
        "report": _("The report stands on the activity's page. Thank you."),
    }[step]


def _carried_out(activity_id: int, form: Any, act: Callable[[], Any], words: str, what: str) -> Response:
    """Do it and say so, or show the page again with the reason and what was typed."""
    detail = the_activity(activity_id)
    if not form.validate_on_submit() or not form.carries_out(act):
        return activity_page(the_activity(detail.row.id), status=form.status, wrong=form, failed=what)
    return done_there(activity_id, words)
