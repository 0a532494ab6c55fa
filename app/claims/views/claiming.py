"""Claiming a deed, one's own claims, and the page of a claim."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from flask import Response, flash, request
from flask_babel import gettext as _
from flask_login import current_user

from app.claims import asking, batches, figures, neighbours, operations, queries, rules
from app.claims.forms import PHOTO, AddForm, AppealForm, ClaimForm, PlainForm, ReviewForm, StepBackForm, WithPhotos
from app.claims.showing import ClaimPage
from app.claims.views.blueprint import bp
from app.kit import access, clock, uploads
from app.kit.fields import narrow
from app.kit.i18n import language
from app.kit.open_data import publish
from app.kit.pages import found, page, to_page
from app.kit.refusal import N_, Refusal, refuse_if
from app.kit.sending import send_upload
from app.kit.words import Words
from app.merits import queries as merits
from app.merits.claiming import claim_refusal
from app.merits.showing import left_under, line_shown
from app.people.rules import taking_part_refusal
from app.places import queries as places

YEAR = timedelta(days=365)

publish(
    "/points/claims.json",
    N_("Claims in sums, by community, for the last year"),
    {
        "name": N_("the place it concerns"),
        "confirmed": N_("how many claims were confirmed"),
        "not_confirmed": N_("how many claims were not confirmed"),
        "sent_back": N_("how many claims were sent back at least once to add something"),
        "median_days": N_("days from the claim to the decision, the middle one of all"),
    },
)


@bp.get("/points/claims.json")
@bp.get("/points/claims")
@access.anyone
def claims() -> Response:
    """One's own claims, the batches that hang or hung, and how claims are reviewed, in sums."""
    at = clock.now()
    mine = queries.claims_of(current_user.id, request.args.get("after")) if current_user.is_verified else None
    sums = figures.by_community(at - YEAR)
    return page(
        "claims/claims.html",
        twin=lambda: {"items": [_told(one) for one in sums], "next": None},
        asked=neighbours.waiting_for(current_user), mine=mine, sums=sums, rules=rules, at=at,
        states=queries.states(mine.rows, at) if mine else {},
        lately=batches.batches(current_user.community_path, None).rows[:6], batch_words=batch_words,
        terms=queries.terms_at(current_user.community_path), may_claim=taking_part_refusal(current_user) is None,
    )  # fmt: skip


def _told(one: figures.Figures) -> dict[str, Any]:
    return {
        "name": one.name, "confirmed": one.confirmed, "not_confirmed": one.not_confirmed,
        "sent_back": one.sent_back, "median_days": one.median_days,
    }  # fmt: skip


def batch_words(month: str) -> Words:
    """2026年11月; November 2026."""
    named = batches.month_named(month)
    return named.words


@bp.get("/points/claims/new")
@access.signed_in
def new_claim() -> Response:
    """The lines that can be claimed; with `line` the form for one of them."""
    form = _claim_form(formdata=None)
    form.line.data = narrow(request.args.get("line")) or ""
    return _new(form)


@bp.post("/points/claims/new")
@access.signed_in
@access.takes(ClaimForm)
@access.takes_files
def claim() -> Response:
    """Claim a deed."""
    form = _claim_form()
    if form.validate_on_submit() and form.carries_out(lambda: _claim(form)):
        flash(
            _(
                "Your claim is in. Reviewers look at it, and you are told how it goes on. "
                "Until it is posted you can withdraw it."
            )
        )
        return to_page(".one_claim", claim_id=form.result_id)
    return _new(form, status=form.status)


def _claim_form(**options: Any) -> ClaimForm:
    form = ClaimForm(**options)
    form.offer(places.groups(current_user.community_path) if current_user.community_path else [])
    return form


def _new(form: ClaimForm, *, status: int = 200) -> Response:
    today = clock.today()
    lines = merits.claim_lines(current_user.community_path, today) if current_user.is_verified else []
    chosen = next(((row, line) for row, line in lines if line.code == form.line.data), None)
    terms = queries.terms_at(current_user.community_path)
    first = rules.first_day(rules.month_of(today, terms), terms)
    return page(
        "claims/new.html", status=status, form=form, no=taking_part_refusal(current_user),
        lines=[line_shown(row) for row, _line in lines], chosen=line_shown(chosen[0]) if chosen else None,
        line=chosen[1] if chosen else None, asking=asking,
        left=left_under(chosen[1], current_user, clock.now()) if chosen else [], first=first, today=today, terms=terms,
        shut=None if chosen else _shut(form.line.data, today),
    )  # fmt: skip


def _shut(code: str | None, on: date) -> Refusal | None:
    """Why the line that was asked for is not on the list; None for one that is not in force here."""
    line = merits.line_in_force(code, current_user.community_path, on) if code else None
    return claim_refusal(line) if line else None


def _claim(form: ClaimForm) -> Any:
    at = clock.now()
    made = operations.claim(
        form.line.data, deed_on=form.deed_on.data, title=_typed(form.title), text=_typed(form.text),
        spot=_typed(form.spot), other_household_id=_other_home(form), occasion=form.occasion.data or None,
        photos=len(form.photos), agreed=bool(form.agreed.data), by=current_user, at=at,
    )  # fmt: skip
    keep_photos(made.id, form, at, round=0)
    return made


def _typed(field: Any) -> Words:
    return Words.typed(field.data, language())


def _other_home(form: ClaimForm) -> int | None:
    """The household behind the door that was typed. Raises `Refused` for an unknown one and for one's own."""
    if not form.door.data:
        return None
    group = found(places.place(form.group.data))
    household_id = queries.household_behind(group.id, form.door.data)
    own = household_id is not None and household_id == current_user.household_id
    refuse_if(asking.other_home_refusal(found=household_id is not None, own=own))
    return household_id


def keep_photos(claim_id: int, form: WithPhotos, at: datetime, *, round: int) -> None:
    """Put the pictures that came with a form to a claim."""
    for file in form.photos:
        upload = uploads.keep(file.stream, file.filename, kinds=PHOTO, by_id=current_user.id, at=at)
        operations.attach(claim_id, upload.id, round=round)


@bp.get("/points/claims/<int:claim_id>")
@access.signed_in
def one_claim(claim_id: int) -> Response:
    return show(claim_page(claim_id))


def claim_page(claim_id: int) -> ClaimPage:
    """The claim as the person asking sees it; 404 for what is not theirs to see."""
    return ClaimPage(found(queries.claim_visible_to(current_user, claim_id)), current_user, clock.now())


def show(here: ClaimPage, *, status: int = 200, **forms: Any) -> Response:
    """The page of a claim; `forms` are those that were sent and stay as they were typed."""
    known: dict[str, Any] = dict.fromkeys(("add_form", "review_form", "leave_form", "appeal_form", "refused"))
    return page(
        "claims/claim.html", status=status, here=here, rules=rules, make_add=lambda: AddForm(formdata=None),
        make_review=lambda: ReviewForm(formdata=None), make_leave=lambda: StepBackForm(formdata=None),
        make_appeal=lambda: AppealForm(formdata=None), **known | forms,
    )  # fmt: skip


@bp.get("/points/claims/<int:claim_id>/photos/<int:upload_id>")
@access.signed_in
def photo(claim_id: int, upload_id: int) -> Response:
    """A picture of a claim, for whoever may see the claim."""
    here = claim_page(claim_id)
    found(upload_id if upload_id in here.photos else None)
    return send_upload(upload_id, attachment=False)


@bp.post("/points/claims/<int:claim_id>/add")
@access.signed_in
@access.takes(AddForm)
@access.takes_files
def add(claim_id: int) -> Response:
    """The claimant adds what was missing."""
    here, form = claim_page(claim_id), AddForm()
    if form.validate_on_submit() and form.carries_out(lambda: _add(claim_id, form)):
        flash(_("What you added is with your claim now. The same reviewers look again."))
        return to_page(".one_claim", claim_id=claim_id)
    return show(here, status=form.status, add_form=form)


def _add(claim_id: int, form: AddForm) -> None:
    at = clock.now()
    addition = operations.complete(
        claim_id, text=_typed(form.text), photos=len(form.photos), agreed=bool(form.agreed.data), by=current_user, at=at
    )
    keep_photos(claim_id, form, at, round=addition.round)


@bp.post("/points/claims/<int:claim_id>/withdraw")
@access.signed_in
@access.takes(PlainForm)
def withdraw(claim_id: int) -> Response:
    """Take one's own claim back."""
    here, form = claim_page(claim_id), PlainForm()
    if form.validate_on_submit() and form.carries_out(
        lambda: operations.withdraw(claim_id, by=current_user, at=clock.now())
    ):
        flash(_("Your claim is withdrawn; nothing is posted for it."))
        return to_page(".one_claim", claim_id=claim_id)
    return show(here, status=form.status, refused=form.refusal)


@bp.post("/points/claims/<int:claim_id>/appeal")
@access.signed_in
@access.takes(AppealForm)
def appeal(claim_id: int) -> Response:
    """Say what was overlooked: others look at the deed once more."""
    here, form = claim_page(claim_id), AppealForm()
    if form.validate_on_submit() and form.carries_out(
        lambda: operations.appeal(claim_id, text=_typed(form.text), by=current_user, at=clock.now())
    ):
        flash(_("Your appeal is in. Two people who took no part look at it, and you are told what comes of it."))
        return to_page(".one_claim", claim_id=form.result_id)
    return show(here, status=form.status, appeal_form=form)
