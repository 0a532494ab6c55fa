"""What can be taken away: tables as csv, and the files beside an item."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response, make_response

from app.disclosures import books, queries, sheet
from app.disclosures.showing import DisclosurePage
from app.disclosures.views.blueprint import bp, item_page
from app.kit import access
from app.kit.i18n import language
from app.kit.pages import found
from app.kit.security import FILE_POLICY
from app.kit.sending import send_upload
from app.kit.words import Words

MOST_PAYMENTS = 100_000


@bp.get("/disclosures/<int:disclosure_id>/table.csv")
@access.anyone
def table_csv(disclosure_id: int) -> Response:
    """The table of a revision: of finances in the form that can be sent in again."""
    here = item_page(disclosure_id)
    rows = list(_rows(here))
    found(rows or None)
    name = f"{here.row.place_code}-{here.row.period or here.row.id}"
    return csv_answer(sheet.as_csv(rows), f"{name}-{here.said.number}.csv")


def _rows(here: DisclosurePage) -> Iterator[list[str | int | None]]:
    reader = language()
    if here.table is not None:
        yield from sheet.written(here.table, here.period, reader)
    elif here.row.kind == "payments":
        yield [words.into(reader) for words in _PAYMENT_COLUMNS]
        for one in books.payments(here.said.id, after=None, size=MOST_PAYMENTS).rows:
            yield [one.paid_on.isoformat(), one.amount, one.payee, one.unit]
    elif here.cells is not None:
        for row in (here.cells[0], *here.cells[1]):
            yield [one.into(reader) for one in row]


_PAYMENT_COLUMNS = (
    Words(zh="付款日期", en="Payment Date"), Words(zh="金额", en="Amount"), Words(zh="收款方", en="Beneficiary Name"),
    Words(zh="部门", en="Organisational Unit"),
)  # fmt: skip


def csv_answer(content: bytes, name: str) -> Response:
    """A csv to save."""
    answer = make_response(content)
    answer.mimetype = "text/csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Content-Security-Policy"] = FILE_POLICY
    return answer


@bp.get("/disclosures/<int:disclosure_id>/attachments/<int:upload_id>")
@access.anyone
def attachment(disclosure_id: int, upload_id: int) -> Response:
    """A file of any revision of this item."""
    found(True if queries.has_attachment(disclosure_id, upload_id) else None)
    return send_upload(upload_id, attachment=True)
