"""The finance table of a draft, typed row by row or sent as a file; and the files beside the text."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, request
from flask_babel import gettext as _
from flask_login import current_user

from app.disclosures import books, operations, queries, sheet
from app.disclosures.finances import FinanceTable, Fund, cell
from app.disclosures.forms import MOST_FUNDS, MOST_LINES, AttachForm, PlainForm, SheetForm, TableForm
from app.disclosures.models import Draft
from app.disclosures.views.blueprint import bp
from app.disclosures.views.desk import draft_row
from app.disclosures.views.drafts import show_again
from app.disclosures.views.files import csv_answer
from app.kit import access, clock, sheets, uploads
from app.kit.i18n import language
from app.kit.pages import found, page, to_page
from app.kit.periods import named
from app.kit.sending import send_upload
from app.kit.words import Words

MOST_READ = 20_000  # rows of an attached table that are looked through for personal numbers


@bp.get("/disclosures/drafts/<int:draft_id>/table")
@access.role("staff", "street")
def table(draft_id: int) -> Response:
    """The rows to type in: those of the draft, or the funds of last month with their balances."""
    row = _finances(draft_id)
    kept = _known(row.Draft)
    form = TableForm(formdata=None)
    fits = len(kept.funds) <= MOST_FUNDS and len(kept.lines) <= MOST_LINES
    if fits:
        form.fill(kept)
    return _table_page(row, form if fits else None)


def _table_page(row: Any, form: TableForm | None, *, status: int = 200) -> Response:
    return page(
        "disclosures/table.html", status=status, row=row, draft=row.Draft, period=named(row.Draft.period), form=form
    )


def _finances(draft_id: int) -> Any:
    row = draft_row(draft_id)
    return found(row if row.Draft.kind == "finances" else None)


def _known(draft: Draft) -> FinanceTable:
    """The table of the draft; before there is one, the funds of the month before, opening with its balances."""
    if draft.finances:
        return FinanceTable.from_json(draft.finances)
    period = named(draft.period)
    before = books.closings_before(draft.place_id, period) if period else None
    return FinanceTable(tuple(Fund(name, closing, 0, 0, closing) for name, closing in before.funds) if before else ())


@bp.post("/disclosures/drafts/<int:draft_id>/table")
@access.role("staff", "street")
@access.takes(TableForm)
def put_table(draft_id: int) -> Response:
    """Keep the table, or only show more empty rows (button `more`)."""
    row = _finances(draft_id)
    form = TableForm()
    shaped = form.validate_on_submit()
    if "more" in request.form:
        form.more()
        return _table_page(row, form)
    period = named(row.Draft.period)
    if shaped and form.carries_out(
        lambda: operations.put_table(draft_id, form.read(period), by=current_user, at=clock.now())
    ):
        flash(_("The table is kept, and its sums are right."))
        return to_page(".draft", draft_id=draft_id)
    status = form.status
    form.more()
    return _table_page(_finances(draft_id), form, status=status)


@bp.post("/disclosures/drafts/<int:draft_id>/sheet")
@access.role("staff", "street")
@access.takes(SheetForm)
@access.takes_files
def put_sheet(draft_id: int) -> Response:
    """Take the table from a file: all of it, or nothing."""
    _finances(draft_id)
    form = SheetForm()
    if form.validate_on_submit() and form.carries_out(lambda: _taken_in(draft_id, form)):
        flash(_("The table is taken in whole, and its sums are right. Look it over before you send it."))
        return to_page(".draft", draft_id=draft_id)
    return show_again(draft_id, form, "sheet_form")


def _taken_in(draft_id: int, form: SheetForm) -> Draft:
    sent = form.sheet.data
    sent.stream.seek(0)
    period, found_table = sheet.read(sheets.rows(sent.stream.read(), sent.filename or ""))
    return operations.put_table(draft_id, found_table, period=period, by=current_user, at=clock.now())


@bp.get("/disclosures/drafts/<int:draft_id>/template.csv")
@access.role("staff", "street")
def template(draft_id: int) -> Response:
    """The form to fill in, with the funds and balances that are known."""
    row = _finances(draft_id)
    rows = sheet.written(_known(row.Draft), named(row.Draft.period), language())
    return csv_answer(sheet.as_csv(rows), f"finances-{row.Draft.period}.csv")


@bp.post("/disclosures/drafts/<int:draft_id>/attachments")
@access.role("staff", "street")
@access.takes(AttachForm)
@access.takes_files
def attach(draft_id: int) -> Response:
    """Put a file beside the text."""
    draft_row(draft_id)
    form = AttachForm()
    if form.validate_on_submit() and form.carries_out(lambda: _attached(draft_id, form)):
        flash(_("The file stands beside the text."))
        return to_page(".draft", draft_id=draft_id)
    return show_again(draft_id, form, "attach_form")


def _attached(draft_id: int, form: AttachForm) -> Draft:
    sent, at = form.file.data, clock.now()
    upload = uploads.keep(sent.stream, sent.filename, kinds={"image", "pdf", "sheet"}, by_id=current_user.id, at=at)
    texts: list[tuple[Words, str]] = []
    if not upload.is_image and upload.media_type != "application/pdf":
        rows = sheets.rows(uploads.content(upload.id), most_rows=MOST_READ)
        texts = [(cell(sheet.address(one)), one.text) for row in rows for one in row]
    return operations.attach(draft_id, upload, contents=texts, by=current_user, at=at)


@bp.post("/disclosures/drafts/<int:draft_id>/attachments/<int:upload_id>/remove")
@access.role("staff", "street")
def detach(draft_id: int, upload_id: int) -> Response:
    """Take a file away again."""
    _own_file(draft_id, upload_id)
    form = PlainForm()
    if form.validate_on_submit() and form.carries_out(
        lambda: operations.detach(draft_id, upload_id, by=current_user, at=clock.now())
    ):
        flash(_("The file is taken away."))
        return to_page(".draft", draft_id=draft_id)
    return show_again(draft_id, form, "step_form")


@bp.get("/disclosures/drafts/<int:draft_id>/attachments/<int:upload_id>")
@access.role("staff", "street", "supervisor")
def draft_attachment(draft_id: int, upload_id: int) -> Response:
    """A file of a draft, for those who write and sign it."""
    _own_file(draft_id, upload_id)
    return send_upload(upload_id, attachment=True)


def _own_file(draft_id: int, upload_id: int) -> None:
    draft_row(draft_id)
    found(next((one for one in queries.draft_attachments(draft_id) if one.id == upload_id), None))
