"""The page on which the other household of a deed says whether it was so."""

from __future__ import annotations

from flask import Response, flash
from flask_babel import gettext as _
from flask_login import current_user

from app.claims import asking, neighbours, operations, queries, rules
from app.claims.forms import NeighbourForm
from app.claims.views.blueprint import bp
from app.kit import access, clock
from app.kit.pages import found, page, to_page


@bp.get("/points/claims/<int:claim_id>/neighbour")
@access.signed_in
def asked(claim_id: int) -> Response:
    """What a neighbour claims to have done for one's household."""
    return _asked(claim_id, NeighbourForm(formdata=None))


@bp.post("/points/claims/<int:claim_id>/neighbour")
@access.signed_in
@access.takes(NeighbourForm)
def answer(claim_id: int) -> Response:
    """Say whether it was so."""
    found(neighbours.claim_asked_of(current_user, claim_id))
    form = NeighbourForm()
    if form.validate_on_submit() and form.carries_out(
        lambda: operations.answer_neighbour(
            claim_id, yes=form.answer.data == "yes", why=form.reason(), by=current_user, at=clock.now()
        )
    ):
        flash(_("Thank you. The neighbour sees what your household said."))
        return to_page(".asked", claim_id=claim_id)
    return _asked(claim_id, form)


def _asked(claim_id: int, form: NeighbourForm) -> Response:
    row, at = found(neighbours.claim_asked_of(current_user, claim_id)), clock.now()
    state = queries.states([row], at)[claim_id]
    no = asking.answer_refusal(
        current_user, claimant_id=row.resident_id, other_household_id=row.other_household_id,
        today=clock.local(at).date(), now=state,
    )  # fmt: skip
    return page("claims/neighbour.html", status=form.status, row=row, state=state, form=form, no=no, rules=rules)
