"""The statement to take away: csv and xlsx. Each holds every entry of one asset, as the page shows it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from typing import Any

from flask import Response, make_response
from flask_babel import gettext as _
from flask_login import current_user

from app.kit import access, apart, clock
from app.kit.i18n import language
from app.kit.pages import found
from app.kit.words import Words
from app.points import clauses, queries
from app.points.views.blueprint import bp
from app.points.views.statement import Entry, asset_wished, entry_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDTHS = (14, 14, 44, 44, 30, 10, 10)  # in letters
_ACTING = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet may take for the beginning of a formula


@bp.get("/points/statement.csv")
@access.signed_in
def statement_csv() -> Response:
    out = io.StringIO()
    csv.writer(out).writerows([_harmless(cell) for cell in row] for row in _table())
    # With the mark in front, spreadsheets read the Chinese as UTF-8.
    return download("\ufeff" + out.getvalue(), "csv", "text/csv; charset=utf-8")


@bp.get("/points/statement.xlsx")
@access.signed_in
def statement_xlsx() -> Response:
    asked = {"title": _("Statement"), "widths": WIDTHS, "rows": list(_table())}
    made = apart.run("app.kit.apart.sheet_out", json.dumps(asked).encode())
    return download(made, "xlsx", XLSX)


def _table() -> Iterator[Sequence[Any]]:
    """A head, then a row for each entry, the first one first."""
    asset = asset_wished()
    household_id = found(current_user.household_id)
    rows = queries.every_entry(household_id, asset, resident_id=current_user.id)
    known = clauses.of({row.line_id for row in rows if row.line_id})
    yield _("Date"), _("For the day"), _("What for"), _("Notes"), _("Clause"), _("Change"), _("Balance")
    for row in rows:
        line = entry_of(row, asset, known)
        yield (
            line.on.isoformat(), clock.local(row.effective_at).date().isoformat(), _said(line.title),
            "; ".join(line.notes), _clause(line), row.change, row.balance,
        )  # fmt: skip


def _said(title: Words | str) -> str:
    return title.into(language()) if isinstance(title, Words) else title


def _clause(line: Entry) -> str:
    return line.clause[0].into(language()) if line.clause else ""


def _harmless(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_ACTING) else cell


def download(content: str | bytes, ending: str, kind: str, *, name: str = "points") -> Response:
    """A file to keep, named after what it is and the day."""
    answer = make_response(content)
    answer.headers["Content-Type"] = kind
    answer.headers["Content-Disposition"] = f"attachment; filename={name}-{clock.today().isoformat()}.{ending}"
    return answer
