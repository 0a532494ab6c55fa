"""Pages of promises: what was promised at a place, one promise with its timeline, and saying how it goes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, flash, request
from flask_babel import gettext as _
from flask_login import current_user

from app.kit import access, audit, clock, uploads
from app.kit.fields import Form
from app.kit.open_data import ID, publish
from app.kit.pages import found, page, to_page
from app.kit.refusal import N_
from app.kit.sending import send_upload
from app.places.choosing import chosen_place
from app.promises import operations, queries, rules
from app.promises.forms import DropForm, FinishForm, ProgressForm
from app.promises.showing import PromisePage, term_words

bp = Blueprint("promises", __name__)

audit.describe("promises.make", N_("wrote a promise down"))
audit.describe("promises.report", N_("reported progress of a promise"))
audit.describe("promises.finish", N_("reported a promise as done"))
audit.describe("promises.drop", N_("dropped a promise"))
audit.describe("promise", N_("promise no."), "/promises/")

TAB_WORDS = {
    "running": N_("To be done"), "overdue": N_("Overdue"), "done": N_("Done"), "dropped": N_("Dropped"),
}  # fmt: skip
_FIELDS = {
    "id": ID,
    "title": N_("what was promised"),
    "owner": N_("the body that does it"),
    "place": N_("the place it concerns"),
    "state": N_("open, under_way, overdue, done or dropped"),
    "percent": N_("how far it has come"),
    "due_on": N_("the day by which it was promised"),
    "ended_at": N_("when it was done or dropped"),
    "about": N_("the page of what it follows from"),
}
publish("/promises.json", N_("Promises and how far they have come"), _FIELDS)
publish(
    "/promises/<id>.json",
    N_("One promise with its timeline"),
    _FIELDS | {"timeline": N_("every note: when, what and how far, without names")},
)


@bp.get("/promises.json")
@bp.get("/promises")
@access.anyone
def promises() -> Response:
    """What was promised at a place; what is overdue leads."""
    at = clock.now()
    tab = request.args.get("tab")
    tab = tab if tab in queries.TABS else "running"
    communities, chosen = chosen_place()
    rows = queries.promises(path=chosen.path if chosen else "", tab=tab, at=at, after=request.args.get("after"))
    return page(
        "promises/promises.html",
        twin=lambda: {"items": [_row(row, at) for row in rows.rows], "next": rows.next},
        rows=rows, tab=tab, tabs=TAB_WORDS, communities=communities, chosen=chosen, rules=rules, at=at,
        term_words=term_words,
    )  # fmt: skip


def _row(row: Any, at: datetime) -> dict[str, Any]:
    return {
        "id": row.id, "title": row.what, "owner": row.owner, "place": row.place,
        "state": rules.shown_state(row.state, row.due_on, at), "percent": row.percent,
        "due_on": row.due_on, "about": row.href,
        "ended_at": row.ended_at,
    }  # fmt: skip


@bp.get("/promises/<int:promise_id>.json")
@bp.get("/promises/<int:promise_id>")
@access.anyone
def promise(promise_id: int) -> Response:
    return _show(promise_id)


def _show(promise_id: int, *, status: int = 200, **forms: Any) -> Response:
    """The page of a promise; `forms` are those that were sent and stay as they were typed."""
    here = PromisePage(found(queries.promise(promise_id)), current_user, clock.now())
    sent: dict[str, Any] = {"progress_form": None, "finish_form": None, "drop_form": None} | forms
    return page(
        "promises/promise.html", status=status, here=here, term_words=term_words, make_progress=_progress_form(here),
        make_finish=lambda: FinishForm(formdata=None), make_drop=lambda: DropForm(formdata=None),
        twin=lambda: _row(here.row, here.at) | {"timeline": [_told(one) for one in here.notes]}, **sent,
    )  # fmt: skip


def _progress_form(here: PromisePage) -> Callable[[], ProgressForm]:
    """A blank form that begins where the last report ended."""

    def make() -> ProgressForm:
        form = ProgressForm(formdata=None)
        form.percent.data = here.row.percent
        return form

    return make


def _told(note: Any) -> dict[str, Any]:
    return {
        "at": note.at, "act": note.act, "percent": note.percent,
        "text": note.text,
    }  # fmt: skip


@bp.post("/promises/<int:promise_id>/progress")
@access.signed_in
@access.takes_files
@access.takes(ProgressForm)
def report_progress(promise_id: int) -> Response:
    """Say how far it has come."""
    form = ProgressForm()
    return _carry_out(
        promise_id, form, "progress_form", _("Your report stands on the timeline for everybody."),
        lambda at: operations.report_progress(
            promise_id, percent=form.percent.data, note=form.words(), upload_ids=_kept(form.photo, at),
            by=current_user, at=at,
        ),
    )  # fmt: skip


@bp.post("/promises/<int:promise_id>/finish")
@access.signed_in
@access.takes_files
@access.takes(FinishForm)
def finish(promise_id: int) -> Response:
    """Say that it is done."""
    form = FinishForm()
    return _carry_out(
        promise_id, form, "finish_form", _("It is done, and everybody can read it. Thank you."),
        lambda at: operations.finish(
            promise_id, note=form.words(), upload_ids=_kept(form.done_photo, at), by=current_user, at=at
        ),
    )  # fmt: skip


@bp.post("/promises/<int:promise_id>/drop")
@access.role(*rules.STAFF)
@access.takes(DropForm)
def drop(promise_id: int) -> Response:
    """Give it up, with a public reason."""
    form = DropForm()
    return _carry_out(
        promise_id, form, "drop_form", _("The promise is dropped; your reason stands on it for everybody to read."),
        lambda at: operations.drop(promise_id, why=form.words(), by=current_user, at=at),
    )  # fmt: skip


def _carry_out(promise_id: int, form: Form, name: str, told: str, act: Callable[[datetime], Any]) -> Response:
    found(queries.promise(promise_id))
    if form.validate_on_submit() and form.carries_out(lambda: act(clock.now())):
        flash(told)
        return to_page(".promise", promise_id=promise_id)
    return _show(promise_id, status=form.status, **{name: form})


def _kept(field: Any, at: datetime) -> list[int]:
    """The photo that was sent, if there is one, checked and kept."""
    if field.data is None:
        return []
    sent = field.data
    return [uploads.keep(sent.stream, sent.filename, kinds=["image"], by_id=current_user.id, at=at).id]


@bp.get("/promises/<int:promise_id>/photos/<int:upload_id>")
@access.anyone
def photo(promise_id: int, upload_id: int) -> Response:
    """A photo of this promise's progress."""
    found(True if queries.has_photo(promise_id, upload_id) else None)
    return send_upload(upload_id, attachment=False)
