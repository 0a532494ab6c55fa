"""The review desk: what waits for a reviewer, reviewing, stepping back, and declared conflicts."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, flash
from flask_babel import gettext as _
from flask_login import current_user

from app.claims import asking, entry_rules, figures, operations, queries, rules, waiting
from app.claims.forms import ConflictForm, ReviewForm, StepBackForm
from app.claims.views.batch import places_to_settle
from app.claims.views.blueprint import bp
from app.claims.views.claiming import claim_page, show
from app.kit import access, clock
from app.kit.i18n import language
from app.kit.pages import found, page, to_page
from app.kit.refusal import N_, refuse_if
from app.kit.words import Words
from app.places import queries as places

YEAR = timedelta(days=365)

# What has changed, and what comes next.
_SAID = {
    "confirm": N_("Thank you. If another reviewer is needed, they are asked now; then it goes on public notice."),
    "returned": N_("The claimant reads your note and adds what is missing; then it comes back to you."),
    "not_confirmed": N_("The claimant reads your reason. If another reviewer is needed, they are asked now."),
}


@bp.get("/points/claims/desk")
@access.role(*rules.SETTLERS)
def desk() -> Response:
    """What waits for this reviewer, what they did, and the months that can be settled."""
    at = clock.now()
    rows = waiting.waiting_for(current_user)
    return page(
        "claims/desk.html", rows=rows, states=queries.states(rows, at), rules=rules,
        own=figures.own(current_user.id, at - YEAR), to_settle=places_to_settle(at),
        enters=bool(current_user.reaches(*entry_rules.ENTERERS)),
    )  # fmt: skip


@bp.post("/points/claims/<int:claim_id>/review")
@access.role(*rules.SETTLERS)
@access.takes(ReviewForm)
def review(claim_id: int) -> Response:
    """Confirm a claim, do not, or send it back."""
    here, form = claim_page(claim_id), ReviewForm()
    if form.validate_on_submit() and form.carries_out(
        lambda: operations.review(
            claim_id, verdict=form.verdict.data, amount=form.amount.data, why=form.reason(), by=current_user,
            at=clock.now(),
        )
    ):  # fmt: skip
        flash(_(_SAID[form.verdict.data]))
        return to_page(".desk")
    return show(here, status=form.status, review_form=form)


@bp.post("/points/claims/<int:claim_id>/step-back")
@access.role(*rules.SETTLERS)
@access.takes(StepBackForm)
def step_back(claim_id: int) -> Response:
    """Leave a claim to somebody else."""
    here, form = claim_page(claim_id), StepBackForm()
    if form.validate_on_submit() and form.carries_out(
        lambda: operations.step_back(
            claim_id, why=Words.typed(form.why.data, language()), by=current_user, at=clock.now()
        )
    ):
        flash(_("You no longer review this claim; somebody else was drawn."))
        return to_page(".desk")
    return show(here, status=form.status, leave_form=form)


@bp.get("/points/claims/conflicts")
@access.role(*rules.SETTLERS)
def conflicts() -> Response:
    """The households that this reviewer never judges."""
    return _conflicts(_conflict_form(formdata=None))


@bp.post("/points/claims/conflicts")
@access.role(*rules.SETTLERS)
@access.takes(ConflictForm)
def declare_conflict() -> Response:
    """Name a household that one is related or close to."""
    form = _conflict_form()
    if form.validate_on_submit() and form.carries_out(lambda: _declare(form)):
        flash(_("Noted. You are not drawn for claims of this household any more."))
        return to_page(".conflicts")
    return _conflicts(form)


def _conflict_form(**options: object) -> ConflictForm:
    form = ConflictForm(**options)
    form.offer(places.groups())
    return form


def _conflicts(form: ConflictForm) -> Response:
    rows = waiting.conflicts_of(current_user.id)
    return page("claims/conflicts.html", status=form.status, form=form, rows=rows)


def _declare(form: ConflictForm) -> None:
    group = found(places.place(form.group.data))
    household_id = queries.household_behind(group.id, form.door.data)
    own = household_id is not None and household_id == current_user.household_id
    refuse_if(asking.other_home_refusal(found=household_id is not None, own=own))
    assert household_id is not None
    operations.declare_conflict(household_id, by=current_user, at=clock.now())
