"""Writing an item, sending it, countersigning it."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.disclosures import calendar, cells, money, operations, queries, rules, waiting
from app.disclosures.finances import FinanceTable
from app.disclosures.forms import AttachForm, BackForm, PlainForm, SheetForm, StepForm, WriteForm
from app.disclosures.models import Disclosure, Draft
from app.disclosures.views.blueprint import bp
from app.disclosures.views.desk import draft_row, show_desk
from app.kit import access, clock
from app.kit.fields import Form
from app.kit.i18n import language
from app.kit.pages import found, page, to_page
from app.kit.periods import named
from app.kit.words import Words
from app.people.rules import masked


@bp.get("/disclosures/drafts/<int:draft_id>")
@access.role("staff", "street", "supervisor")
def draft(draft_id: int) -> Response:
    return show_draft(draft_row(draft_id))


def show_again(draft_id: int, form: Form, name: str) -> Response:
    """The draft with the form that was refused; the desk, with the reason, when the draft is gone meanwhile."""
    row = waiting.draft_seen_by(current_user, draft_id)
    if row is None and form.refusal is not None:
        return show_desk(refusal=form.refusal)
    return show_draft(found(row), status=form.status, **{name: form})


def show_draft(row: Any, *, status: int = 200, **forms: Any) -> Response:
    """The page of a draft; `forms` are those that were sent and stay as they were typed."""
    one: Draft = row.Draft
    at = clock.now()
    sent: dict[str, Any] = {
        "write_form": None,
        "sheet_form": None,
        "attach_form": None,
        "back_form": None,
        "step_form": None,
    }
    due_on = calendar.due_of(row)
    return page(
        "disclosures/draft.html", status=status, row=row, draft=one, at=at, rules=rules, money=money,
        period=named(one.period),
        table=FinanceTable.from_json(one.finances) if one.finances else None,
        cells=(cells.columns(one.cells), cells.rows(one.cells)) if one.cells else None,
        files=queries.draft_attachments(one.id), due_on=due_on,
        file_href=lambda upload_id: url_for(".draft_attachment", draft_id=one.id, upload_id=upload_id),
        state=rules.duty_state(due_on, None, at) if due_on and not one.disclosure_id else None,
        may_write=rules.change_refusal(current_user, place_path=one.place_path, state=one.state) is None,
        sign_refusal=rules.countersign_refusal(
            current_user, place_path=one.place_path, state=one.state, wrote=row.wrote
        ),
        is_supervisor=current_user.holds(rules.SUPERVISOR, at=one.place_path),
        author=masked(row.family_name, row.family_name_en, language()),
        countersigned=rules.needs_countersignature(row.settings), make_write=lambda: _filled(one),
        make_sheet=lambda: SheetForm(formdata=None), make_attach=lambda: AttachForm(formdata=None),
        make_back=lambda: BackForm(formdata=None), make_step=lambda: StepForm(formdata=None), **(sent | forms),
    )  # fmt: skip


def _filled(one: Draft) -> WriteForm:
    form = WriteForm(formdata=None)
    form.fill(one)
    return form


@bp.post("/disclosures/drafts/<int:draft_id>")
@access.role("staff", "street")
@access.takes(WriteForm)
def write(draft_id: int) -> Response:
    """Keep what was written so far."""
    row = draft_row(draft_id)
    one: Draft = row.Draft
    form = WriteForm()
    if form.validate_on_submit() and form.carries_out(
        lambda: operations.write(
            draft_id, title=form.words("title", one.title) or Words(), text=form.words("text", one.text),
            cells=cells.typed(form.cells.data or "", language(), one.cells), reason=form.words("reason", one.reason),
            by=current_user, at=clock.now(),
        )
    ):  # fmt: skip
        flash(_("What you wrote is kept. Nobody else reads it before it is published."))
        return to_page(".draft", draft_id=draft_id)
    return show_again(draft_id, form, "write_form")


@bp.post("/disclosures/drafts/<int:draft_id>/send")
@access.role("staff", "street")
@access.takes(StepForm)
def send(draft_id: int) -> Response:
    """Send it to be countersigned; where no countersignature is needed, publish it."""
    form, done = StepForm(), []

    def act() -> Draft | Disclosure:
        draft_row(draft_id)
        done.append(operations.send(draft_id, by=current_user, at=clock.now()))
        return done[0]

    if not form.validate_on_submit() or not form.carries_out(act):
        return show_again(draft_id, form, "step_form")
    if done and isinstance(done[0], Disclosure):
        return _to_item(done[0].id)
    flash(_("It waits for the supervisor now. Once countersigned it stands here for everybody."))
    return to_page(".desk")


@bp.post("/disclosures/drafts/<int:draft_id>/countersign")
@access.role("supervisor")
@access.takes(StepForm)
def countersign(draft_id: int) -> Response:
    """Sign as second person, and publish."""
    form = StepForm()

    def act() -> Disclosure:
        draft_row(draft_id)
        return operations.countersign(draft_id, by=current_user, at=clock.now())

    if form.validate_on_submit() and form.carries_out(act):
        return _to_item(form.result_id)
    return show_again(draft_id, form, "step_form")


def _to_item(disclosure_id: int | None) -> Response:
    flash(_("It is published. Everybody can read it, and residents can ask about it."))
    return to_page(".disclosure", disclosure_id=disclosure_id)


@bp.post("/disclosures/drafts/<int:draft_id>/back")
@access.role("supervisor")
@access.takes(BackForm)
def send_back(draft_id: int) -> Response:
    """Give it back to its author with a note."""
    draft_row(draft_id)
    form = BackForm()
    if form.validate_on_submit() and form.carries_out(
        lambda: operations.send_back(
            draft_id, why=Words.typed(form.why.data, language()), by=current_user, at=clock.now()
        )
    ):
        flash(_("It is back with its author, together with your note."))
        return to_page(".desk")
    return show_again(draft_id, form, "back_form")


@bp.post("/disclosures/drafts/<int:draft_id>/discard")
@access.role("staff", "street")
def discard(draft_id: int) -> Response:
    """Throw the draft away."""
    draft_row(draft_id)
    form = PlainForm()
    if form.validate_on_submit() and form.carries_out(
        lambda: operations.discard(draft_id, by=current_user, at=clock.now())
    ):
        flash(_("The draft is gone. Nothing that was published has changed."))
        return to_page(".desk")
    return show_again(draft_id, form, "step_form")
