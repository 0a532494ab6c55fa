"""Entering for a household what one's office saw there: first whose household, then what was found."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, request
from flask_babel import gettext as _
from flask_login import current_user

from app.claims import entries, entry_rules, operations, queries, rules
from app.claims.forms import EnterForm
from app.claims.models import Claim
from app.claims.views.blueprint import bp
from app.claims.views.claiming import keep_photos
from app.kit import access, clock
from app.kit.i18n import language, shown
from app.kit.pages import found, page, to_page
from app.kit.words import Words
from app.merits.drafts import line_from
from app.merits.showing import LineShown, line_shown
from app.people.doors import choice, household_named


@bp.get("/points/claims/enter")
@access.role(*entry_rules.ENTERERS)
def entering() -> Response:
    """The groups of my places, the doors of one and what I entered; or the form for one household."""
    household = request.args.get("household", "")
    if household:
        return _form_page(_home(household), EnterForm(formdata=None))
    rows = entries.entered_by(current_user.id)
    here = choice(current_user, entry_rules.ENTERERS, request.args.get("group", ""))
    return page("claims/enter_doors.html", here=here, rows=rows, states=queries.states(rows, clock.now()), rules=rules)


@bp.post("/points/claims/enter/<int:household_id>")
@access.role(*entry_rules.ENTERERS)
@access.takes(EnterForm)
@access.takes_files
def enter(household_id: int) -> Response:
    """Enter a deed for a household."""
    home, form = _home(str(household_id)), EnterForm()
    if form.validate_on_submit() and form.carries_out(lambda: _enter(household_id, form)):
        flash(_("It is entered, and the household is told. Reviewers look at it; it counts once its notice has ended."))
        return to_page(".one_claim", claim_id=form.result_id)
    return _form_page(home, form, status=form.status)


def _home(number: str) -> Any:
    """A household that this person enters deeds for; 404 for others and one's own."""
    home = household_named(number)
    no = entry_rules.enter_refusal(current_user, household_id=home.id, place_path=home.path) if home else None
    return found(home if no is None else None)


def _form_page(home: Any, form: EnterForm, *, status: int = 200) -> Response:
    today, terms = clock.today(), queries.terms_at(home.path)
    rows = entries.lines(current_user, home.path, today)
    by_person = any(row.per != "household" for row in rows)
    people = [(one.id, shown(one.family_name + one.given_name)) for one in entries.members(home.id)]
    lines = [line_shown(row) for row in rows]
    form.offer([(one.code, _words(one)) for one in lines], people, today=today)
    first = rules.first_day(rules.month_of(today, terms), terms)
    return page(
        "claims/enter.html", status=status, home=home, form=form, lines=lines, by_person=by_person,
        by_occasion=[row.code for row in rows if line_from(row._asdict()).of_an_occasion],
        nobody=None if people else entry_rules.nobody_refusal(), first=first, today=today, terms=terms,
    )  # fmt: skip


def _words(line: LineShown) -> str:
    """E02 门前楼道月度检查“整洁”."""
    return f"{line.code} {line.behaviour.into(language())}"


def _enter(household_id: int, form: EnterForm) -> Claim:
    at = clock.now()
    assert form.deed_on.data is not None
    made = operations.enter(
        form.line.data or "", household_id=household_id, resident_id=form.person.data, deed_on=form.deed_on.data,
        title=_typed(form.title), text=_typed(form.text), spot=_typed(form.spot), occasion=form.occasion.data or None,
        photos=len(form.photos), agreed=bool(form.agreed.data), by=current_user, at=at,
    )  # fmt: skip
    keep_photos(made.id, form, at, round=0)
    return made


def _typed(field: Any) -> Words:
    return Words.typed(field.data, language())
