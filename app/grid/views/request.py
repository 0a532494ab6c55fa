"""Reporting a matter, its page, and what its reporter and neighbours add."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, flash
from flask_babel import gettext as _
from flask_login import current_user

from app.grid import operations, queries, rules, twins
from app.grid.forms import PHOTO, AddForm, PlainForm, RateForm, ReportForm
from app.grid.models import Request
from app.grid.showing import FIRST_CONTACT, RequestPage, span_words
from app.grid.views.blueprint import bp
from app.grid.views.ledger import may_report
from app.kit import access, clock, say, uploads
from app.kit.i18n import language
from app.kit.pages import found, page, to_page, wants_fragment
from app.kit.sending import send_upload
from app.kit.words import Words
from app.places import queries as places


@bp.get("/requests/new")
@access.signed_in
def new_request() -> Response:
    form = report_form()
    if current_user.grid_id:
        form.place.data = current_user.grid_id
    return page("grid/new.html", form=form, may_report=may_report(), days=rules.CATEGORIES)


@bp.post("/requests/new")
@access.signed_in
@access.takes(ReportForm)
@access.takes_files
def report() -> Response:
    """Report a matter."""
    form = report_form()
    if form.validate_on_submit() and form.carries_out(lambda: _report(form)):
        one = found(queries.request_visible_to(current_user, form.result_id or 0))
        flash(
            _(
                "Your request is in, number %(number)s. %(contact)s will answer you before %(day)s.",
                number=one.number, contact=_(FIRST_CONTACT[one.level]), day=say.day(clock.last_day(one.promised_at)),
            )
        )  # fmt: skip
        return to_page(".one_request", request_id=one.id)
    return page("grid/new.html", form=form, may_report=may_report(), days=rules.CATEGORIES, status=form.status)


def report_form() -> ReportForm:
    form = ReportForm()
    form.offer(queries.places_to_report_for(current_user), at_work=bool(current_user.reaches(*rules.HANDLERS)))
    return form


def _report(form: ReportForm) -> Request:
    at = clock.now()
    spot = Words.typed(form.spot.data, language()) if form.spot.data else None
    one = operations.report(
        place=found(places.place(form.place.data)), category=form.category.data, is_public=form.is_public, spot=spot,
        title=Words.typed(form.title.data, language()), text=Words.typed(form.text.data, language()),
        intake=form.intake.data if "intake" in form else "resident", on_behalf=bool(form.on_behalf.data),
        name_kept=bool(form.name_kept.data), contact=form.contact.data or "", by=current_user, at=at,
    )  # fmt: skip
    _attach(one, form, at)
    return one


def _attach(one: Request, form: ReportForm | AddForm, at: Any) -> None:
    if form.photo.data:
        file = form.photo.data
        upload = uploads.keep(file.stream, file.filename, kinds=PHOTO, by_id=current_user.id, at=at)
        operations.attach(one, upload.id, at=at)


@bp.get("/requests/<int:request_id>.json")
@bp.get("/requests/<int:request_id>")
@access.anyone
def one_request(request_id: int) -> Response:
    return show(request_page(request_id))


def request_page(request_id: int) -> RequestPage:
    """The request as the person asking sees it; 404 for what is not theirs to see."""
    return RequestPage(found(queries.request_visible_to(current_user, request_id)), current_user, clock.now())


def show(
    here: RequestPage, *, fragment: str | None = None, status: int = 200, forms: Mapping[str, Any] | None = None,
    **more: Any,
) -> Response:  # fmt: skip
    """The page of a request, or one block of it. `forms` are those that were sent and stay as they were typed."""
    known = {"rate_form": None, "add_form": None, "step_form": None, "follow_form": None, "step": ""}
    return page(
        "grid/request.html", fragment=fragment, status=status, twin=lambda: twins.request(here), here=here,
        rules=rules, make_rate=rate_form, make_add=add_form, span_words=span_words,
        **known | dict(forms or {}) | more,
    )  # fmt: skip


def rate_form(here: RequestPage) -> RateForm:
    """The reporter's form, blank, for the version that is shown."""
    form = RateForm(formdata=None)
    form.seen.data = str(here.request.version)
    return form


def add_form() -> AddForm:
    return AddForm(formdata=None)


@bp.post("/requests/<int:request_id>/add")
@access.signed_in
@access.takes_files
def add(request_id: int) -> Response:
    """The reporter adds a sentence or a photo."""
    here = request_page(request_id)
    form = AddForm().for_request(here.request)
    if form.validate_on_submit() and form.carries_out(lambda: _add(request_id, form)):
        flash(_("What you added stands on the request now."))
        return to_page(".one_request", request_id=request_id)
    return show(here, status=form.status, forms={"add_form": form})


def _add(request_id: int, form: AddForm) -> Request:
    at = clock.now()
    one = operations.add(request_id, text=Words.typed(form.text.data, language()), by=current_user, at=at)
    _attach(one, form, at)
    return one


@bp.get("/requests/<int:request_id>/photos/<int:upload_id>")
@access.anyone
def photo(request_id: int, upload_id: int) -> Response:
    """A picture of a request, for whoever may see the request."""
    here = request_page(request_id)
    found(upload_id if upload_id in {one.upload_id for one in here.photos} else None)
    return send_upload(upload_id, attachment=False)


@bp.post("/requests/<int:request_id>/follow")
@access.signed_in
def follow(request_id: int) -> Response:
    """It concerns me too."""
    return _follow(
        request_id, lambda: operations.follow(request_id, by=current_user, at=clock.now()),
        _("Noted. You will be told how it goes on."),
    )  # fmt: skip


@bp.post("/requests/<int:request_id>/follow/withdraw")
@access.signed_in
def unfollow(request_id: int) -> Response:
    return _follow(
        request_id, lambda: operations.unfollow(request_id, by=current_user, at=clock.now()),
        _("You are no longer told of this request."),
    )  # fmt: skip


def _follow(request_id: int, act: Any, told: str) -> Response:
    request_page(request_id)
    form = PlainForm()
    if form.validate_on_submit() and form.carries_out(act):
        if wants_fragment():
            return show(request_page(request_id), fragment="follow_box", told=told)
        flash(told)
        return to_page(".one_request", request_id=request_id)
    return show(request_page(request_id), fragment="follow_box", status=form.status, forms={"follow_form": form})
