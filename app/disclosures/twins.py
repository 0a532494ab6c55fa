"""Disclosures as open data; described in the data dictionary. Sums are exact decimals, written as text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.disclosures import calendar, money, rules
from app.disclosures.calendar import Due
from app.disclosures.finances import Fund
from app.disclosures.showing import DisclosurePage
from app.kit.open_data import ID, publish
from app.kit.paging import Slice
from app.kit.refusal import N_


def item_list(rows: Slice, at: datetime) -> dict[str, Any]:
    return {"items": [_item(row, at) for row in rows.rows], "next": rows.next}


def _item(row: Any, at: datetime) -> dict[str, Any]:
    due_on = calendar.due_of(row)
    return {
        "id": row.id, "title": row.title, "subject": row.subject, "kind": row.kind, "place": row.place,
        "duty": row.duty, "period": row.period, "event_on": row.event_on, "due_on": due_on,
        "state": rules.duty_state(due_on, row.published_at, at) if due_on else None, "revision": row.number,
        "published_at": row.published_at, "revised_at": row.revised_at,
        "questions": row.questions, "questions_overdue": row.overdue,
    }  # fmt: skip


def item(here: DisclosurePage) -> dict[str, Any]:
    """One item in one of its revisions, with its questions."""
    said = here.said
    return {
        **_item(here.row, here.at), "title": said.title, "revision": said.number, "text": said.text,
        "table": said.cells, "finances": _finances(here), "payments": _payments(here),
        "files": [{"name": one.name, "size": one.size, "sha256": one.sha256} for one in here.files],
        "reason": said.reason, "digest": said.digest,
        "countersigned": said.countersigned_by is not None,
        "revisions": [
            {"number": one.number, "published_at": one.published_at, "reason": one.reason}
            for one in here.revisions
        ],
        "questions_asked": [
            {
                "id": one.id, "follows": one.follows_id, "about": one.line_name, "text": one.text,
                "asked_at": one.asked_at, "due_at": one.due_at,
                "state": here.question_state(one), "answer": one.answer,
                "answered_at": one.answered_at,
            }
            for one in here.questions
        ],
    }  # fmt: skip


def _finances(here: DisclosurePage) -> dict[str, Any] | None:
    table = here.table
    if table is None:
        return None
    return {
        "currency": here.row.currency,
        "funds": [{"name": fund.name, **_figures(fund)} for fund in table.funds],
        "total": _figures(table.total),
        "lines": [
            {
                "fund": table.funds[line.fund].name, "on": line.on, "account": line.account,
                "text": line.text, "income": money.plain(line.income),
                "expenditure": money.plain(line.expenditure),
            }
            for line in table.lines
        ],
        "months": [{"period": period.key, **_figures(fund)} for period, fund in here.months if fund],
    }  # fmt: skip


def _figures(fund: Fund) -> dict[str, str]:
    return {name: money.plain(getattr(fund, name)) for name in ("opening", "income", "expenditure", "closing")}


def _payments(here: DisclosurePage) -> dict[str, Any] | None:
    if here.row.kind != "payments":
        return None
    totals = here.totals
    return {
        "currency": here.row.currency, "rows": totals.rows, "total": money.plain(totals.total),
        "negative_rows": totals.negative,
        "by_unit": {name: money.plain(amount) for name, amount in totals.by_unit},
        "top_payees": {name: money.plain(amount) for name, amount in totals.top_payees},
        "items": [
            {"paid_on": one.paid_on, "amount": money.plain(one.amount), "payee": one.payee, "unit": one.unit}
            for one in here.payments.rows
        ],
        "next": here.payments.next,
    }  # fmt: skip


def duties(dues: Sequence[Due], year: int) -> dict[str, Any]:
    return {
        "year": year,
        "items": [
            {
                "title": due.duty.name, "place": due.place, "subject": due.duty.subject,
                "rhythm": due.duty.rhythm, "basis": due.duty.basis,
                "period": due.period.key if due.period else None, "event_on": due.event_on,
                "due_on": due.due_on, "state": due.state, "published_at": due.published_at,
                "item": due.disclosure_id,
            }
            for due in dues
        ],
        "next": None,
    }  # fmt: skip


_FIELDS = {
    "id": ID,
    "title": N_("what it is about, in one line"),
    "subject": N_("party, village or finance"),
    "kind": N_("item (text and tables), finances (balances of a month) or payments (a list without balances)"),
    "place": N_("the place that publishes it"),
    "duty": N_("what has to be published"),
    "period": N_("the month, quarter, half-year or year that it is about"),
    "event_on": N_("the day of what is published on occasion"),
    "due_on": N_("the last day for publishing it"),
    "state": N_("due, on_time, late or missing; empty where no day was set"),
    "revision": N_("number of the revision; the highest one counts"),
    "published_at": N_("when it was first published"),
    "revised_at": N_("when this revision was published"),
    "questions": N_("how many questions residents asked"),
    "questions_overdue": N_("how many of them wait longer than they should"),
}
publish("/disclosures.json", N_("What committees made public"), _FIELDS)
publish(
    "/disclosures/<id>.json",
    N_("One item with its tables and questions"),
    _FIELDS
    | {
        "text": N_("the whole text"),
        "table": N_("columns and rows, each in both languages where there are both"),
        "finances": N_("funds with opening, income, expenditure and closing; their lines; totals of twelve months"),
        "payments": N_("number, total, refunds, totals of units and payees, and a page of the list"),
        "files": N_("names and check sums of the files beside it"),
        "reason": N_("what this revision corrects, and why"),
        "digest": N_("check sum of everything that this revision says"),
        "countersigned": N_("whether a supervisor signed as second person"),
        "revisions": N_("every revision: number, when, why"),
        "questions_asked": N_("every question with its answer and the day by which it is answered, without names"),
    },
)
publish(
    "/disclosures/calendar.json",
    N_("What has to be published, and what became of it"),
    {
        "year": N_("the year that is shown"),
        "items.title": N_("what has to be published"),
        "items.place": N_("the place that publishes it"),
        "items.subject": N_("party, village or finance"),
        "items.rhythm": N_("monthly, quarterly, half_yearly, yearly or on_occasion"),
        "items.basis": N_("which rule asks for it"),
        "items.period": N_("the month, quarter, half-year or year that it is about"),
        "items.event_on": N_("the day of what is published on occasion"),
        "items.due_on": N_("the last day for publishing it"),
        "items.state": N_("due, on_time, late or missing"),
        "items.published_at": N_("when it was first published"),
        "items.item": N_("number of the item that fulfils it"),
    },
)
