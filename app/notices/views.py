"""Pages of notices: what is up at a place, one notice with its lines, objecting and answering."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, flash, request
from flask_babel import gettext as _
from flask_login import current_user

from app.kit import access, audit, clock
from app.kit.i18n import language
from app.kit.open_data import ID, publish
from app.kit.pages import found, page, to_page
from app.kit.refusal import N_
from app.kit.words import Words
from app.notices import lists, operations, queries, rules
from app.notices.forms import AnswerForm, ObjectionForm, WithdrawForm
from app.notices.queries import NoticeView
from app.notices.showing import NoticePage, filed_words
from app.places.choosing import chosen_place

bp = Blueprint("notices", __name__)

audit.describe("notices.answer", N_("answered an objection"))
audit.describe("notice", N_("notice no."), "/notices/")
audit.describe("objection", N_("objection no."))
audit.describe("outcome", N_("with the outcome"))
audit.describe("upheld", N_("upheld"))
audit.describe("not_upheld", N_("not upheld"))

_FIELDS = {
    "id": ID,
    "title": N_("what is put up"),
    "place": N_("the place it concerns"),
    "state": N_("coming, running, held by an open objection, or over"),
    "days": N_("how long the period is"),
    "working_days": N_("whether these are working days"),
    "starts_at": N_("when the period begins"),
    "ends_at": N_("when the period ends"),
}
publish("/notices.json", N_("Public notices"), _FIELDS | {"objections": N_("how many objections were filed")})
publish(
    "/notices/<id>.json",
    N_("One notice with its lines"),
    _FIELDS
    | {
        "lines": N_("each line with its state (on_notice, held, clear or upheld) and its objections, without names"),
        "about": N_("the page of what it is about"),
    },
)


@bp.get("/notices.json")
@bp.get("/notices")
@access.anyone
def notices() -> Response:
    """What is on notice at a place, or what was."""
    at = clock.now()
    tab = "over" if request.args.get("tab") == "over" else "running"
    communities, chosen = chosen_place()
    rows = lists.notices(path=chosen.path if chosen else "", tab=tab, at=at, after=request.args.get("after"))
    return page(
        "notices/notices.html",
        twin=lambda: {"items": [_row(row, at) for row in rows.rows], "next": rows.next},
        rows=rows, tab=tab, communities=communities, chosen=chosen, rules=rules, at=at,
        state_of=lambda row: lists.state_of(row, at),
    )  # fmt: skip


def _row(row: Any, at: datetime) -> dict[str, Any]:
    return {
        "id": row.id, "title": row.title, "place": row.place, "state": lists.state_of(row, at),
        "days": row.days, "working_days": row.working, "starts_at": row.starts_at,
        "ends_at": row.ends_at, "objections": row.objections,
    }  # fmt: skip


@bp.get("/notices/<int:notice_id>.json")
@bp.get("/notices/<int:notice_id>")
@access.anyone
def notice(notice_id: int) -> Response:
    return _show(notice_id)


def _show(notice_id: int, *, status: int = 200, **forms: Any) -> Response:
    """The page of a notice; `forms` are those that were sent and stay as they were typed."""
    here = _here(notice_id)
    known: dict[str, Any] = {"objection_form": None, "answer_form": None, "answered": None, "refused": None}
    return page(
        "notices/notice.html", fragment="object_box" if "objection_form" in forms else None, status=status,
        twin=lambda: _told(here.view), here=here, **(known | forms),
    )  # fmt: skip


def _here(notice_id: int) -> NoticePage:
    """The notice as the person asking sees it; 404 when there is none."""
    return NoticePage(found(queries.notice(notice_id, clock.now())), current_user)


@bp.post("/notices/<int:notice_id>/objections")
@access.signed_in
@access.takes(ObjectionForm)
def object_to(notice_id: int) -> Response:
    """Object to one line of the notice."""
    form = _here(notice_id).objection_form()
    if form.validate_on_submit() and form.carries_out(
        lambda: operations.object_to(
            notice_id, form.line.data, text=Words.typed(form.text.data, language()), by=current_user, at=clock.now()
        )
    ):
        flash(filed_words())
        return to_page(".notice", notice_id=notice_id)
    return _show(notice_id, status=form.status, objection_form=form)


@bp.post("/notices/<int:notice_id>/objections/<int:objection_id>/answer")
@access.role(*rules.STAFF)
@access.takes(AnswerForm)
def answer(notice_id: int, objection_id: int) -> Response:
    """Answer an objection for everybody to read."""
    _belongs(notice_id, objection_id)
    form = AnswerForm()
    if form.validate_on_submit() and form.carries_out(
        lambda: operations.answer(
            objection_id, upheld=form.outcome.data == "upheld", text=Words.typed(form.text.data, language()),
            by=current_user, at=clock.now(),
        )
    ):  # fmt: skip
        flash(
            _("The answer stands on the notice. This line does not take effect.")
            if form.outcome.data == "upheld"
            else _("The answer stands on the notice. The line goes on.")
        )
        return to_page(".notice", notice_id=notice_id)
    return _show(notice_id, status=form.status, answer_form=form, answered=objection_id)


@bp.post("/notices/<int:notice_id>/objections/<int:objection_id>/withdraw")
@access.signed_in
def withdraw(notice_id: int, objection_id: int) -> Response:
    """Take one's own objection back."""
    _belongs(notice_id, objection_id)
    form = WithdrawForm()
    if form.validate_on_submit() and form.carries_out(
        lambda: operations.withdraw(objection_id, by=current_user, at=clock.now())
    ):
        goes_on = _here(notice_id).view.goes_on
        flash(
            _("Your objection is taken back. The line goes on with the time it had left.")
            if goes_on
            else _("Your objection is taken back. The line goes on until the notice ends.")
        )
        return to_page(".notice", notice_id=notice_id)
    return _show(notice_id, status=form.status, refused=form.refusal)


def _belongs(notice_id: int, objection_id: int) -> None:
    """404 for an objection of another notice."""
    row = queries.objection(objection_id)
    found(row if row is not None and row.notice_id == notice_id else None)


def _told(here: NoticeView) -> dict[str, Any]:
    return {
        "id": here.id, "title": here.title, "place": here.place, "state": here.state,
        "days": here.days, "working_days": here.working, "starts_at": here.starts_at,
        "ends_at": here.ends_at, "about": here.href,
        "lines": [
            {
                "number": line.number, "text": line.text, "state": line.state,
                "objections": [
                    {
                        "text": said.text, "filed_at": said.filed_at,
                        "outcome": said.outcome, "answer": said.answer,
                    }
                    for said in line.objections
                ],
            }
            for line in here.lines
        ],
    }  # fmt: skip
