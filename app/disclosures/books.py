"""Reads of finance tables, from the funds of one month to the totals of a year, and of lists of payments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from app.disclosures.finances import FinanceTable, Fund, Line
from app.disclosures.models import Disclosure, Duty, FinanceFund, FinanceLine, Payment, Revision
from app.disclosures.queries import is_latest
from app.kit.db import db
from app.kit.paging import Slice, slice_of
from app.kit.periods import Period, named
from app.kit.words import Words

TOP_PAYEES, PAYMENTS_A_PAGE = 10, 50


def table_of(revision_id: int) -> FinanceTable:
    """The finance table of a revision, as it was published."""
    funds = db.session.execute(
        select(FinanceFund.name, FinanceFund.opening, FinanceFund.income, FinanceFund.expenditure, FinanceFund.closing)
        .where(FinanceFund.revision_id == revision_id)
        .order_by(FinanceFund.position)
    ).all()
    lines = db.session.execute(
        select(
            FinanceLine.fund, FinanceLine.text, FinanceLine.income, FinanceLine.expenditure, FinanceLine.on,
            FinanceLine.account,
        )
        .where(FinanceLine.revision_id == revision_id)
        .order_by(FinanceLine.position)
    ).all()  # fmt: skip
    return FinanceTable(tuple(Fund(*row) for row in funds), tuple(Line(row.fund - 1, *row[1:]) for row in lines))


def finances_of(place_id: int, period: Period) -> int | None:
    """The id of the place's published finances of a month."""
    return db.session.scalar(
        select(Disclosure.id).where(
            Disclosure.place_id == place_id, Disclosure.kind == "finances", Disclosure.period == period.key
        )
    )


def finances_duty(place_id: int) -> int | None:
    """The duty that the finance table of a month fulfils, the first if there are several."""
    query = select(Duty.id).where(Duty.place_id == place_id, Duty.fulfilled_by == "finances")
    return db.session.scalar(query.order_by(Duty.id).limit(1))


@dataclass(frozen=True)
class Balances:
    """The funds of a published period with their closing, or opening, balances."""

    period: Period
    funds: tuple[tuple[Words, int], ...]


def closings_before(place_id: int, period: Period) -> Balances | None:
    """With what the place's last published month before this one closed."""
    earlier = Disclosure.period < period.key
    return _balances(place_id, func.max(Disclosure.period), earlier, FinanceFund.closing)


def openings_after(place_id: int, period: Period) -> Balances | None:
    """With what the place's next published month opened."""
    later = Disclosure.period > period.key
    return _balances(place_id, func.min(Disclosure.period), later, FinanceFund.opening)


def _balances(place_id: int, which: Any, side: Any, balance: Any) -> Balances | None:
    here = Disclosure.place_id == place_id, Disclosure.kind == "finances"
    found = named(db.session.scalar(select(which).where(*here, side)))
    if found is None:
        return None
    rows = db.session.execute(
        select(FinanceFund.name, balance)
        .select_from(Disclosure)
        .join(Revision, is_latest())
        .join(FinanceFund, FinanceFund.revision_id == Revision.id)
        .where(*here, Disclosure.period == found.key)
        .order_by(FinanceFund.position)
    ).all()
    return Balances(found, tuple((name, amount) for name, amount in rows))


def months(place_id: int, first: Period, last: Period) -> dict[str, Fund]:
    """The totals of each published month of a place in this span, by the key of the month."""
    rows = db.session.execute(
        select(
            Disclosure.period, func.sum(FinanceFund.opening), func.sum(FinanceFund.income),
            func.sum(FinanceFund.expenditure), func.sum(FinanceFund.closing),
        )
        .select_from(Disclosure)
        .join(Revision, is_latest())
        .join(FinanceFund, FinanceFund.revision_id == Revision.id)
        .where(
            Disclosure.place_id == place_id, Disclosure.kind == "finances",
            Disclosure.period.between(first.key, last.key),
        )
        .group_by(Disclosure.period)
    ).all()  # fmt: skip
    return {
        str(key): Fund(Words(), int(opening), int(income), int(expenditure), int(closing))
        for key, opening, income, expenditure, closing in rows
    }


def line_name(revision_id: int, line: str) -> Words | None:
    """What `fund:2` or `line:14` of a revision is called; None when there is no such row."""
    kind, _colon, number = line.partition(":")
    if not number.isascii() or not number.isdecimal() or len(number) > 6:
        return None
    model: Any = {"fund": FinanceFund, "line": FinanceLine}.get(kind)
    if model is None:
        return None
    column = model.name if kind == "fund" else model.text
    return db.session.scalar(select(column).where(model.revision_id == revision_id, model.position == int(number)))


@dataclass(frozen=True)
class PaymentTotals:
    """What a list of payments adds up to, in hundredths of its currency."""

    rows: int
    total: int
    negative: int
    by_unit: Sequence[tuple[str, int]]
    top_payees: Sequence[tuple[str, int]]


def payment_totals(revision_id: int) -> PaymentTotals:
    """Number, exact total, refunds, totals of each unit, and who received most."""
    here = Payment.revision_id == revision_id
    amount = func.sum(Payment.amount)
    count, total, negative = db.session.execute(
        select(func.count(), amount, func.count().filter(Payment.amount < 0)).where(here)
    ).one()
    units, payees = (
        db.session.execute(
            select(column, amount).where(here).group_by(column).order_by(amount.desc(), column).limit(most)
        ).all()
        for column, most in ((Payment.unit, 100), (Payment.payee, TOP_PAYEES))
    )
    return PaymentTotals(
        count, int(total or 0), negative, [(name, int(sum_)) for name, sum_ in units],
        [(name, int(sum_)) for name, sum_ in payees],
    )  # fmt: skip


def payments(revision_id: int, *, after: str | None, size: int = PAYMENTS_A_PAGE) -> Slice:
    """One page of the payments, in the order of the list."""
    query = select(Payment.position, Payment.paid_on, Payment.amount, Payment.payee, Payment.unit)
    return slice_of(
        query.where(Payment.revision_id == revision_id), Payment.position, after=after, size=size, ascending=True
    )
