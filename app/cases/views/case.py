"""The page of one case, its pictures, and what the household does: show that it is put right, appeal."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Response, flash
from flask_babel import gettext as _
from flask_login import current_user

from app.cases import operations, queries
from app.cases.forms import (
    PHOTO,
    AppealForm,
    CancelForm,
    CureForm,
    DecideForm,
    EvidenceForm,
    ExcuseForm,
    LookForm,
    OpinionForm,
    SeenForm,
)
from app.cases.models import Appeal, Cure
from app.cases.showing import CasePage
from app.cases.views.blueprint import bp
from app.kit import access, clock, uploads
from app.kit.i18n import language
from app.kit.pages import found, page, to_page
from app.kit.sending import send_upload
from app.kit.words import Words

FORMS = {
    "cure_form": CureForm, "appeal_form": AppealForm, "look_form": LookForm, "seen_form": SeenForm,
    "decide_form": DecideForm, "cancel_form": CancelForm, "evidence_form": EvidenceForm, "opinion_form": OpinionForm,
}  # fmt: skip


@bp.get("/points/cases/<int:case_id>")
@access.signed_in
def case(case_id: int) -> Response:
    return show(case_page(case_id))


def case_page(case_id: int) -> CasePage:
    """The case as the person asking sees it; 404 for what is not theirs to see."""
    return CasePage(found(queries.case_visible_to(current_user, case_id)), current_user, clock.now())


def show(here: CasePage, *, status: int = 200, **sent: Any) -> Response:
    """The page; the form that was `sent` stays as it was typed, the others are blank."""
    kinds = FORMS | {"cure_form": _cure_form(here)}
    forms = {name: sent.get(name) or kind(formdata=None) for name, kind in kinds.items()}
    answer = page("cases/case.html", status=status, here=here, sent=next(iter(sent), ""), **forms)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _cure_form(here: CasePage) -> type[CureForm] | type[ExcuseForm]:
    """A place is shown on a photo; of a shift that was missed one can only tell."""
    return ExcuseForm if here.is_absence else CureForm


@bp.get("/points/cases/<int:case_id>/photos/<int:upload_id>")
@access.signed_in
def photo(case_id: int, upload_id: int) -> Response:
    """A picture of a case, for whoever may see the case."""
    here = case_page(case_id)
    found(upload_id if upload_id in queries.files_of(here.case.id) else None)
    return send_upload(upload_id, attachment=False)


@bp.post("/points/cases/<int:case_id>/cures")
@access.signed_in
@access.takes(CureForm, ExcuseForm)
@access.takes_files
def send_cure(case_id: int) -> Response:
    """My household says that it is put right, with a photo; or why a shift was missed."""
    here = case_page(case_id)
    form = _cure_form(here)()
    if form.validate_on_submit() and form.carries_out(lambda: _send_cure(here, form)):
        flash(_("Thank you. It has arrived; when you sent it counts, not when it is looked at."))
        return to_page(".case", case_id=case_id)
    return show(here, status=form.status, cure_form=form)


def _send_cure(here: CasePage, form: CureForm | ExcuseForm) -> Cure:
    at = clock.now()
    text = Words.typed(form.cure_text.data, language()) if form.cure_text.data else None
    photo = kept(form.cure_photo.data, at) if isinstance(form, CureForm) else None
    return operations.send_cure(here.case.id, text=text, upload_id=photo, by=current_user, at=at)


@bp.post("/points/cases/<int:case_id>/appeal")
@access.signed_in
@access.takes_files
def appeal(case_id: int) -> Response:
    """Appeal this deduction."""
    here, form = case_page(case_id), AppealForm()
    if form.validate_on_submit() and form.carries_out(lambda: _appeal(here, form)):
        flash(_("Your appeal is filed. Nothing is deducted before people who took no part have decided on it."))
        return to_page(".case", case_id=case_id)
    return show(here, status=form.status, appeal_form=form)


def _appeal(here: CasePage, form: AppealForm) -> Appeal:
    at = clock.now()
    return operations.appeal(
        here.case.id, text=Words.typed(form.appeal_text.data, language()), upload_id=kept(form.appeal_photo.data, at),
        by=current_user, at=at,
    )  # fmt: skip


def kept(file: Any, at: datetime) -> int | None:
    """The picture that came with a form, kept; refused, nothing of the request stays. None where none was sent."""
    if not file:
        return None
    return uploads.keep(file.stream, file.filename, kinds=PHOTO, by_id=current_user.id, at=at).id
