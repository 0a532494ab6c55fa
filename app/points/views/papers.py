"""The statement to take away: csv and xlsx. Each holds every entry of one asset, as the page shows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flask import Response
from flask_babel import gettext as _
from flask_login import current_user

from app.kit import access, clock, tables
from app.kit.i18n import language
from app.kit.pages import found
from app.kit.sending import to_keep
from app.kit.words import Words
from app.points import clauses, queries
from app.points.views.blueprint import bp
from app.points.views.statement import Entry, asset_wished, entry_of

WIDTHS = (14, 14, 44, 44, 30, 10, 10)  # in letters


@bp.get("/points/statement.csv")
@access.signed_in
def statement_csv() -> Response:
    return download(tables.as_csv(_table()), "csv", tables.CSV)


@bp.get("/points/statement.xlsx")
@access.signed_in
def statement_xlsx() -> Response:
    return download(tables.as_xlsx(_table(), title=_("Statement"), widths=WIDTHS), "xlsx", tables.XLSX)


def _table() -> Iterator[Sequence[Any]]:
    """A head, then a row for each entry, the first one first. Of honour, which begins anew, no balance is said."""
    asset = asset_wished()
    household_id = found(current_user.household_id)
    rows = queries.every_entry(household_id, asset, resident_id=current_user.id)
    known = clauses.of({row.line_id for row in rows if row.line_id})
    yield _("Date"), _("For the day"), _("What for"), _("Notes"), _("Clause"), _("Change"), _("Balance")
    for row in rows:
        line = entry_of(row, asset, known)
        yield (
            line.on.isoformat(), clock.local(row.effective_at).date().isoformat(), _said(line.title),
            "; ".join(line.notes), _clause(line), row.change, row.balance if line.balance else "",
        )  # fmt: skip


def _said(title: Words | str) -> str:
    return title.into(language()) if isinstance(title, Words) else title


def _clause(line: Entry) -> str:
    return line.clause[0].into(language()) if line.clause else ""


def download(content: bytes, ending: str, kind: str, *, name: str = "points") -> Response:
    """A file to keep, named after what it is and the day."""
    return to_keep(content, kind, f"{name}-{clock.today().isoformat()}.{ending}")
