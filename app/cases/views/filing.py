"""Filing a case: first whose household, then what was found."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Response, flash, request
from flask_babel import gettext as _
from flask_login import current_user

from app.cases import doors, operations, rules
from app.cases.forms import CaseForm, FalseClaimForm
from app.cases.models import Case
from app.cases.views.blueprint import bp
from app.cases.views.case import kept
from app.kit import access, clock, say
from app.kit.i18n import language
from app.kit.pages import found, page, to_page
from app.kit.words import Words
from app.people.doors import choice, household_named

USUAL_DAYS = 3  # to put it right


@bp.get("/points/cases/new")
@access.role(*rules.FILE)
def new() -> Response:
    """The groups of my places, the doors of one, or the form for one household."""
    household = request.args.get("household", "")
    if household:
        return _form_page(_home(household))
    return page("cases/doors.html", here=choice(current_user, rules.FILE, request.args.get("group", "")))


def _home(number: str) -> Any:
    """A household that this person files cases for; 404 for others and one's own."""
    home = household_named(number)
    allowed = home is not None and not rules.file_refusal(current_user, household_id=home.id, place_path=home.path)
    return found(home if allowed else None)


def _form_page(
    home: Any, *, form: CaseForm | None = None, claim_form: FalseClaimForm | None = None, status: int = 200
) -> Response:
    at, today = clock.now(), clock.today()
    every = doors.lines(home.path, today)
    lines = [one for one in every if one.code != rules.FALSE_CLAIM]
    form = form or CaseForm(formdata=None)
    form.offer(lines, [_line_words(one) for one in lines], today=today, cure_on=today + timedelta(days=USUAL_DAYS))
    false_claim = next((one for one in every if one.code == rules.FALSE_CLAIM), None)
    awards = doors.awards_of(home.id, at - rules.YEAR) if false_claim else ()
    claim = claim_form or FalseClaimForm(formdata=None)
    claim.offer(awards, [f"{one.code} · {say.day(clock.local(one.effective_at).date())}" for one in awards])
    return page(
        "cases/new.html", home=home, form=form, claim_form=claim, lines=lines, awards=awards,
        claim_open=claim_form is not None, status=status,
    )  # fmt: skip


def _line_words(line: Any) -> str:
    """K01 楼道堆物 (−2)."""
    return f"{line.code} {line.behaviour.into(language())} ({say.signed(line.assets['honour'])})"


@bp.post("/points/cases/new/<int:household_id>")
@access.role(*rules.FILE)
@access.takes(CaseForm)
@access.takes_files
def file(household_id: int) -> Response:
    """File what was found; which step it is follows from what is on file."""
    home, form = _home(str(household_id)), CaseForm()
    form.offer([], [], today=clock.today(), cure_on=clock.today())
    if form.validate_on_submit() and form.carries_out(lambda: _file(household_id, form)):
        flash(_("It is on file, and the household is told. Nobody else sees it."))
        return to_page(".case", case_id=form.result_id)
    return _form_page(home, form=form, status=form.status)


def _file(household_id: int, form: CaseForm) -> Case:
    at = clock.now()
    assert form.happened_on.data is not None
    assert form.cure_on.data is not None
    return operations.file(
        household_id, line_id=form.line.data or 0, title=Words.typed(form.title.data, language()),
        text=Words.typed(form.text.data, language()), happened_on=form.happened_on.data, cure_on=form.cure_on.data,
        upload_id=kept(form.photo.data, at), masked=bool(form.masked.data), by=current_user, at=at,
    )  # fmt: skip


@bp.post("/points/cases/new/<int:household_id>/false-claim")
@access.role(*rules.FILE)
@access.takes(FalseClaimForm)
def file_false_claim(household_id: int) -> Response:
    """File that an award was claimed falsely: it needs no steps before it, but a second person."""
    home, form = _home(str(household_id)), FalseClaimForm()
    form.offer([], [])
    if form.validate_on_submit() and form.carries_out(lambda: _file_false_claim(home, form)):
        flash(_("It is on file, and the household is told. A second person decides."))
        return to_page(".case", case_id=form.result_id)
    return _form_page(home, claim_form=form, status=form.status)


def _file_false_claim(home: Any, form: FalseClaimForm) -> Case:
    at, today = clock.now(), clock.today()
    line = next((one for one in doors.lines(home.path, today) if one.code == rules.FALSE_CLAIM), None)
    return operations.file_false_claim(
        home.id, line_id=line.id if line else 0, award_id=form.award.data or 0,
        text=Words.typed(form.findings.data, language()), happened_on=today, by=current_user, at=at,
    )  # fmt: skip
