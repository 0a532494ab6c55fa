"""Money is exact: the house adds up whatever a sheet holds as `decimal.Decimal` does, and a fen that is off shows."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.disclosures import books, money, queries, sheet
from app.disclosures.bringing_in import Paid, bring_in_payments
from app.disclosures.finances import FinanceTable, Fund, closings_refusal, follows_refusal, table_refusal
from app.kit.periods import Period, named
from app.kit.refusal import Refused
from app.kit.sheets import Cell
from app.kit.words import Words
from tests.disclosures.hall import a_fund, a_hall, a_table, finances
from tests.makers import NOON

FIGURES = ("opening", "income", "expenditure", "closing")
SEPTEMBER = Period("month", 2026, 9)
SUMS = st.decimals(0, 10**9, places=2)
# A fund: what it opens with, and its lines of income and expenditure.
FUNDS = st.lists(st.tuples(SUMS, st.lists(SUMS, max_size=4), st.lists(SUMS, max_size=4)), min_size=1, max_size=5)
Accounts = list[tuple[Decimal, list[Decimal], list[Decimal]]]


def written(amount: Decimal, style: int) -> str:
    """The same sum as different people type it."""
    plain = (f"{amount:.2f}", f"{amount:,.2f}", f"¥{amount:.2f}", f"{amount:.2f}元", f"{amount:.4f}")[style % 5]
    return plain.translate(str.maketrans("0123456789.", "０１２３４５６７８９．")) if style % 7 == 6 else plain


def cells(text: str) -> list[list[Cell]]:
    rows = csv.reader(io.StringIO(text))
    return [
        [Cell(one, f"{chr(65 + place)}{number}") for place, one in enumerate(row)] for number, row in enumerate(rows, 1)
    ]


def as_sheet(accounts: Accounts, style: int) -> list[list[Cell]]:
    """A sheet as an accountant sends it, closing balances and totals worked out by `Decimal`."""
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(["资金", "摘要", "期初", "收入", "支出", "期末"])
    totals = [Decimal(0)] * 4
    for number, (opening, came, went) in enumerate(accounts):
        figures = [opening, sum(came, Decimal(0)), sum(went, Decimal(0))]
        figures.append(figures[0] + figures[1] - figures[2])
        totals = [one + other for one, other in zip(totals, figures, strict=True)]
        rows.writerow([f"资金{number}", "", *(written(one, style + place) for place, one in enumerate(figures))])
        rows.writerows([f"资金{number}", "收", "", written(one, style), "", ""] for one in came if one)
        rows.writerows([f"资金{number}", "支", "", "", written(one, style), ""] for one in went if one)
    rows.writerow(["合计", "", *(written(one, style) for one in totals)])
    return cells(out.getvalue())


@given(FUNDS, st.integers(0, 40))
def test_totals_and_balances_agree_with_decimal_sums(accounts: Accounts, style: int) -> None:
    _period, table = sheet.read(as_sheet(accounts, style))

    assert table_refusal(table) is None
    for fund, (opening, came, went) in zip(table.funds, accounts, strict=True):
        assert money.exact(fund.opening) == opening
        assert money.exact(fund.income) == sum(came, Decimal(0))
        assert money.exact(fund.expenditure) == sum(went, Decimal(0))
        assert money.exact(fund.closing) == opening + sum(came, Decimal(0)) - sum(went, Decimal(0))
    for name in FIGURES:
        added = sum((money.exact(getattr(fund, name)) for fund in table.funds), Decimal(0))
        assert Decimal(money.plain(getattr(table.total, name))) == added


@given(FUNDS, st.data())
def test_a_fen_that_is_off_is_never_overlooked(accounts: Accounts, data: Any) -> None:
    _period, table = sheet.read(as_sheet(accounts, 0))
    place = data.draw(st.integers(0, len(table.funds) - 1))
    name = data.draw(st.sampled_from(FIGURES))
    off = data.draw(st.integers(-5, 5).filter(bool))
    fund = table.funds[place]
    wrong = replace(fund, **{name: getattr(fund, name) + off})
    funds = (*table.funds[:place], wrong, *table.funds[place + 1 :])

    no = table_refusal(replace(table, funds=funds))

    assert no is not None
    assert dict(no.values)["difference"] == money.in_words(abs(off))


@given(st.lists(st.tuples(SUMS, SUMS), min_size=1, max_size=4), st.data())
def test_a_month_goes_on_from_the_other_to_the_fen(funds: list[tuple[Decimal, Decimal]], data: Any) -> None:
    names = [Words(zh=f"资金{number}") for number in range(len(funds))]
    before = [(name, int(opening * 100)) for name, (opening, _) in zip(names, funds, strict=True)]
    table = FinanceTable(tuple(a_fund(opening, int(came * 100), name=name.zh)
                               for (name, opening), (_, came) in zip(before, funds, strict=True)))  # fmt: skip
    assert follows_refusal(table, before, SEPTEMBER) is None
    after = [(fund.name, fund.closing) for fund in table.funds]
    assert closings_refusal(table, after, SEPTEMBER) is None

    place, off = data.draw(st.integers(0, len(funds) - 1)), data.draw(st.sampled_from((-1, 1)))
    for balances, refusal_of in ((before, follows_refusal), (after, closings_refusal)):
        name, amount = balances[place]
        moved = [*balances[:place], (name, amount + off), *balances[place + 1 :]]
        assert refusal_of(table, moved, SEPTEMBER) is not None


@pytest.mark.parametrize("column", FIGURES)
def test_the_cell_that_is_named_is_the_one_that_is_wrong(column: str) -> None:
    """Opening, income, expenditure and closing each have their own cell, of a workbook with the name of its sheet."""
    table = FinanceTable((Fund(Words(zh="现金"), 100, 30, 10, 120, at={name: f"十月!{name}" for name in FIGURES}),))
    line = replace(table, lines=())
    told = {
        "opening": follows_refusal(table, [(Words(zh="现金"), 99)], SEPTEMBER),
        "closing": table_refusal(replace(line, funds=(replace(table.funds[0], closing=121),))),
    }
    _period, lined = sheet.read(cells("资金,摘要,期初,收入,支出,期末\n现金,,1,2,0,3\n现金,卖废纸,,1,,\n"))
    told["income"] = table_refusal(lined)
    _period, lined = sheet.read(cells("资金,摘要,期初,收入,支出,期末\n现金,,3,0,2,1\n现金,电费,,,1,\n"))
    told["expenditure"] = table_refusal(lined)
    wanted = {"opening": "十月!opening", "closing": "十月!closing", "income": "D2", "expenditure": "E2"}[column]

    no = told[column]
    assert no is not None
    at = dict(no.values)["at"].zh
    name, sign, place = wanted.partition("!")
    assert at == (f"工作表“{name}”的单元格 {place}" if sign else f"单元格 {wanted}")


def test_the_database_adds_up_exactly_what_no_float_holds(context: Flask) -> None:  # noqa: ARG001 - the tables
    hall = a_hall()
    big = 10**14 - 1  # fen; a float would round the sum of three
    funds = (*(a_fund(big, name=f"资金{number}") for number in range(3)), a_fund(10, 20, name="零钱"))
    item = finances(hall, "2026-10", a_table(*funds))
    period = named("2026-10")
    assert period is not None

    total = books.months(item.place_id, period, period)["2026-10"]
    kept = books.table_of(queries.latest_revision(item.id).id)

    assert kept.funds == tuple(replace(fund, at={}) for fund in funds)
    assert money.exact(total.closing) == 3 * money.exact(big) + Decimal("0.30")


def test_payments_add_up_exactly_with_their_refunds(context: Flask) -> None:  # noqa: ARG001
    hall = a_hall()
    day = SEPTEMBER.first_day
    sums = [Decimal(one) for one in ("0.10", "0.20", "-0.30", "999999999.99", "-0.01")]
    paid = [Paid(day, int(one * 100), "收款方", f"部门{place % 2}") for place, one in enumerate(sums)]

    item = bring_in_payments(hall.place, paid, source_hash="x", currency="CNY", at=NOON)
    assert item is not None
    totals = books.payment_totals(queries.latest_revision(item.id).id)

    assert money.exact(totals.total) == sum(sums)
    assert (totals.rows, totals.negative) == (5, 2)
    assert {name: money.exact(one) for name, one in totals.by_unit} == {"部门0": sums[0] + sums[2] + sums[4],
                                                                       "部门1": sums[1] + sums[3]}  # fmt: skip


def test_more_than_a_street_can_have_is_no_sum() -> None:
    with pytest.raises(Refused):
        sheet.read(cells(f"资金,期初,收入,支出,期末\n现金,{10**13},0,0,{10**13}\n"))
