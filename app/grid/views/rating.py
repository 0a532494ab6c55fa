"""The reporter rates, or opens the request again."""

from __future__ import annotations

from flask import Response, flash
from flask_babel import gettext as _
from flask_login import current_user

from app.grid import operations
from app.grid.forms import RateForm
from app.grid.models import Request
from app.grid.views.blueprint import bp
from app.grid.views.request import request_page, show
from app.kit import access, clock
from app.kit.pages import to_page


@bp.post("/requests/<int:request_id>/rate")
@access.signed_in
def rate(request_id: int) -> Response:
    """How it was handled; "not solved" opens it again."""
    form = RateForm().for_request(request_page(request_id).request)
    if form.validate_on_submit() and form.carries_out(lambda: _rate(request_id, form)):
        flash(
            _("It is open again; whoever handles it now reads what you wrote.")
            if form.verdict.data == "not_solved"
            else _("Thank you. Your rating stands on the request.")
        )
        return to_page(".one_request", request_id=request_id)
    return show(request_page(request_id), status=form.status, forms={"rate_form": form})


def _rate(request_id: int, form: RateForm) -> Request:
    return operations.rate(
        request_id, verdict=form.verdict.data, stars=int(form.stars.data), comment=form.words(), seen=form.version,
        by=current_user, at=clock.now(),
    )  # fmt: skip
