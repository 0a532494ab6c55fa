"""A finance table: funds with their balances, the lines behind them, and the sums that must hold (domain.md 7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from app.disclosures.money import in_words
from app.kit.periods import Period
from app.kit.refusal import N_, Refusal, refusal
from app.kit.words import Words


@dataclass(frozen=True)
class Fund:
    """One fund in one period, in whole fen. `at` names where its name and each figure was typed: closing -> H3."""

    name: Words
    opening: int
    income: int
    expenditure: int
    closing: int
    at: Mapping[str, str] = field(default_factory=dict)

    @property
    def expected(self) -> int:
        return self.opening + self.income - self.expenditure


@dataclass(frozen=True)
class Line:
    """One item of income or expenditure of the fund at place `fund` (from 0)."""

    fund: int
    text: Words
    income: int
    expenditure: int
    on: date | None = None
    account: Words | None = None
    at: str = ""


@dataclass(frozen=True)
class FinanceTable:
    """What one place had and spent in one period."""

    funds: tuple[Fund, ...]
    lines: tuple[Line, ...] = ()

    @property
    def total(self) -> Fund:
        figures = ("opening", "income", "expenditure", "closing")
        return Fund(
            Words(zh="合计", en="Total"), *(sum(getattr(fund, name) for fund in self.funds) for name in figures)
        )

    def lines_of(self, fund: int) -> list[Line]:
        return [line for line in self.lines if line.fund == fund]

    def as_json(self) -> dict[str, Any]:
        """For the draft; what was typed where is forgotten."""
        return {
            "funds": [
                [one.name.as_dict(), one.opening, one.income, one.expenditure, one.closing] for one in self.funds
            ],
            "lines": [
                [
                    one.fund, one.text.as_dict(), one.income, one.expenditure, one.on.isoformat() if one.on else None,
                    one.account.as_dict() if one.account else None,
                ]
                for one in self.lines
            ],
        }  # fmt: skip

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> FinanceTable:
        return cls(
            tuple(Fund(Words(**name), *figures) for name, *figures in kept["funds"]),
            tuple(
                Line(
                    fund, Words(**text), income, expenditure, date.fromisoformat(on) if on else None,
                    Words(**account) if account else None,
                )
                for fund, text, income, expenditure, on, account in kept["lines"]
            ),
        )  # fmt: skip


def same(one: Words, other: Words) -> bool:
    """Whether two names mean one fund: they agree in a language that both have."""
    return bool((one.zh and one.zh == other.zh) or (one.en and one.en.casefold() == other.en.casefold()))


def named_as_before(table: FinanceTable, before: Sequence[tuple[Words, int]]) -> FinanceTable:
    """The same table; a fund known from before keeps its name in both languages."""
    names = [name for name, _closing in before]
    funds = (replace(one, name=next((name for name in names if same(name, one.name)), one.name)) for one in table.funds)
    return replace(table, funds=tuple(funds))


def table_refusal(table: FinanceTable) -> Refusal | None:
    """Why these figures cannot be right; the first reason, in the order of the rows."""
    if not table.funds:
        return refusal(
            N_("The table has no fund yet. Write at least one, with its opening and closing balance."), status=422
        )
    return next(_troubles(table), None)


def _troubles(table: FinanceTable) -> Iterator[Refusal]:
    for number, fund in enumerate(table.funds):
        if any(same(fund.name, other.name) for other in table.funds[:number]):
            yield _where(fund.at.get("fund"), N_("The fund %(fund)s stands here twice. Put its figures into one row."),
                         N_("%(at)s: the fund %(fund)s stands here twice. Put its figures into one row."),
                         fund=fund.name)  # fmt: skip
        if fund.expected != fund.closing:
            yield _unbalanced(fund, number + 1)
        yield from _unlike_its_lines(table, number)


def _unbalanced(fund: Fund, row: int) -> Refusal:
    """Sentence 17 of words.md."""
    return _where(
        fund.at.get("closing"),
        N_("Opening %(opening)s plus income %(income)s less expenditure %(expenditure)s makes %(expected)s, but the "
           "closing balance reads %(closing)s: %(difference)s off. Please check row %(row)s."),
        N_("%(at)s: opening %(opening)s plus income %(income)s less expenditure %(expenditure)s makes %(expected)s, "
           "but the closing balance reads %(closing)s: %(difference)s off. Please check this row."),
        opening=in_words(fund.opening), income=in_words(fund.income), expenditure=in_words(fund.expenditure),
        expected=in_words(fund.expected), closing=in_words(fund.closing),
        difference=in_words(abs(fund.closing - fund.expected)), row=row,
    )  # fmt: skip


def _unlike_its_lines(table: FinanceTable, number: int) -> Iterator[Refusal]:
    """Where lines are given, they add up to the income and expenditure of their fund."""
    fund, lines = table.funds[number], table.lines_of(number)
    if not table.lines:
        return
    for name, sentences in _LINE_SENTENCES.items():
        told, added = getattr(fund, name), sum(getattr(line, name) for line in lines)
        if told != added:
            yield _where(
                fund.at.get(name), *sentences, fund=fund.name, told=in_words(told), added=in_words(added),
                difference=in_words(abs(told - added)),
            )  # fmt: skip


# How the form on the page calls its rows and columns (`funds-2-closing`).
_FORM_ROWS = {"funds": Words(zh="资金", en="funds"), "lines": Words(zh="明细", en="lines")}
_FORM_COLUMNS = {
    "fund": Words(zh="资金", en="Fund"), "on": Words(zh="日期", en="Day"), "account": Words(zh="科目", en="Account"),
    "text": Words(zh="摘要", en="Purpose"), "opening": Words(zh="期初", en="Opening"),
    "income": Words(zh="收入", en="Income"), "expenditure": Words(zh="支出", en="Expenditure"),
    "closing": Words(zh="期末", en="Closing"),
}  # fmt: skip
_LINE_SENTENCES = {
    "income": (
        N_("The income of %(fund)s reads %(told)s, but its lines add up to %(added)s: %(difference)s off. "
           "Please check this fund and its lines."),
        N_("%(at)s: the income of %(fund)s reads %(told)s, but its lines add up to %(added)s: %(difference)s off. "
           "Please check this fund and its lines."),
    ),
    "expenditure": (
        N_("The expenditure of %(fund)s reads %(told)s, but its lines add up to %(added)s: %(difference)s off. "
           "Please check this fund and its lines."),
        N_("%(at)s: the expenditure of %(fund)s reads %(told)s, but its lines add up to %(added)s: %(difference)s "
           "off. Please check this fund and its lines."),
    ),
}  # fmt: skip


def follows_refusal(table: FinanceTable, before: Sequence[tuple[Words, int]], last: Period) -> Refusal | None:
    """Why this table does not go on from the balances with which the period before closed."""
    for fund in table.funds:
        closed = next((closing for name, closing in before if same(name, fund.name)), 0)
        if closed != fund.opening:
            return _where(
                fund.at.get("opening"),
                N_("%(fund)s opens with %(opening)s, but closed %(last)s with %(closed)s. Opening is last time's "
                   "closing: please check both."),
                N_("%(at)s: %(fund)s opens with %(opening)s, but closed %(last)s with %(closed)s. Opening is last "
                   "time's closing: please check both."),
                fund=fund.name, opening=in_words(fund.opening), last=last.words, closed=in_words(closed),
            )  # fmt: skip
    for name, closing in before:
        if closing and not any(same(name, fund.name) for fund in table.funds):
            return refusal(
                N_("%(fund)s closed %(last)s with %(closed)s and is missing here. Add it with its balances, even "
                   "where nothing moved."),
                status=422, fund=name, last=last.words, closed=in_words(closing),
            )  # fmt: skip
    return None


def closings_refusal(table: FinanceTable, after: Sequence[tuple[Words, int]], following: Period) -> Refusal | None:
    """Why a correction may not change closing balances that the next period already went on from."""
    for name, opening in after:
        closing = next((fund.closing for fund in table.funds if same(name, fund.name)), 0)
        if closing != opening:
            return refusal(
                N_("%(following)s already goes on from %(opening)s of %(fund)s, so its closing balance here cannot "
                   "become %(closing)s. Correct what led to it, or book the difference in the month that runs."),
                following=following.words, opening=in_words(opening), fund=name, closing=in_words(closing),
            )  # fmt: skip
    for fund in table.funds:
        if fund.closing and not any(same(fund.name, name) for name, _opening in after):
            return refusal(
                N_("%(following)s is published without %(fund)s, so it cannot close with a balance here. "
                   "Book the difference in the month that runs."),
                following=following.words, fund=fund.name,
            )  # fmt: skip
    return None


def _where(at: str | None, plain: str, located: str, **values: Any) -> Refusal:
    """The sentence with the cell that it is about, where there is one."""
    return refusal(located, status=422, at=cell(at), **values) if at else refusal(plain, status=422, **values)


def cell(at: str) -> Words:
    """单元格 C7, Cell C7, with the name of its sheet; of the form on the page: closing in row 3 of the funds."""
    sheet, sign, place = at.rpartition("!")
    rows, _dash, rest = at.partition("-")
    if sign:
        return Words(zh=f"工作表“{sheet}”的单元格 {place}", en=f'Cell {place} of the sheet "{sheet}"')
    if rows not in _FORM_ROWS:
        return Words(zh=f"单元格 {at}", en=f"Cell {at}")
    number, _dash, column = rest.partition("-")
    row, name = _FORM_ROWS[rows], _FORM_COLUMNS[column]
    return Words(
        zh=f"{row.zh}第{int(number) + 1}行的“{name.zh}”", en=f"{name.en} in row {int(number) + 1} of the {row.en}"
    )
