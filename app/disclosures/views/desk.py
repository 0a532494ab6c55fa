"""The desk of those who publish: what waits, what has to be published, and beginning an item."""

from __future__ import annotations

from typing import Any

from flask import Response, flash
from flask_babel import gettext as _
from flask_login import current_user

from app.disclosures import calendar, operations, queries, rules, waiting
from app.disclosures.forms import BeginForm, PlainForm
from app.disclosures.models import Draft, Duty
from app.disclosures.showing import term_words
from app.disclosures.views.blueprint import bp, item_page, show
from app.kit import access, clock
from app.kit.db import db
from app.kit.pages import found, page, to_page
from app.kit.periods import named
from app.kit.refusal import Refusal
from app.places import queries as places


@bp.get("/disclosures/desk")
@access.role("staff", "street", "supervisor")
def desk() -> Response:
    return show_desk()


def show_desk(form: BeginForm | None = None, *, refusal: Refusal | None = None) -> Response:
    """`refusal`: why something could not be done that has no page of its own any more."""
    at = clock.now()
    paths = current_user.reaches(*rules.STAFF)
    blank = form or BeginForm(formdata=None)
    blank.offer([one for one in places.communities() if current_user.holds(*rules.STAFF, at=one.path)])
    return page(
        "disclosures/desk.html", status=form.status if form else refusal.status if refusal else 200, form=blank,
        sent=form is not None, at=at, refusal=refusal,
        drafts=waiting.drafts(current_user), questions=waiting.open_questions(current_user),
        dues=calendar.near(paths, at), duties=[one for one in calendar.duties_of(paths) if _is_occasional(one[0])],
        rules=rules, term_words=term_words, is_staff=bool(paths),
    )  # fmt: skip


def _is_occasional(duty: Duty) -> bool:
    return duty.rhythm == "on_occasion"


@bp.post("/disclosures/drafts")
@access.role("staff", "street")
@access.takes(BeginForm)
def begin() -> Response:
    """Begin an item and go on to writing it."""
    form = BeginForm()
    if form.validate_on_submit() and form.carries_out(lambda: _begin(form)):
        return to_page(".draft", draft_id=form.result_id)
    return show_desk(form)


def _begin(form: BeginForm) -> Draft:
    number = form.duty.data or ""
    duty = db.session.get(Duty, int(number)) if number.isascii() and number.isdecimal() else None
    place = found(places.place(duty.place_id if duty else form.place.data or 0))
    period = named(form.period.data)
    if duty is not None:
        kind, subject = ("finances" if duty.fulfilled_by == "finances" else "item"), duty.subject
    else:
        what = form.what.data if form.what.data in (*rules.SUBJECTS, "finances") else "village"
        kind, subject = ("finances", "finance") if what == "finances" else ("item", what)
    return operations.begin(
        place, subject=subject, kind=kind, duty=duty, period=period, event_on=form.event_on.data, by=current_user,
        at=clock.now(),
    )  # fmt: skip


@bp.post("/disclosures/<int:disclosure_id>/correct")
@access.role("staff", "street")
def correct(disclosure_id: int) -> Response:
    """Begin a correction; what is published stays as it is."""
    form = PlainForm()
    found(queries.disclosure(disclosure_id, clock.now()))
    if form.validate_on_submit() and form.carries_out(
        lambda: operations.correct(disclosure_id, by=current_user, at=clock.now())
    ):
        flash(_("Write the correction here. What is published stays readable beside it."))
        return to_page(".draft", draft_id=form.result_id)
    return show(item_page(disclosure_id), status=form.status, correct_refusal=form.refusal)


def draft_row(draft_id: int) -> Any:
    """The draft as those of its place see it; 404 for everybody else."""
    return found(waiting.draft_seen_by(current_user, draft_id))
