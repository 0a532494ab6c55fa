"""The finance table as a spreadsheet: the form that the page offers, read cell by cell, and written as csv.

    期间 | 2026-10
    资金 | 日期 | 科目 | 摘要 | 期初 | 收入 | 支出 | 期末     (or: Fund, Date, Account, Text, Opening, ...)

A row without 摘要 is a fund with its balances; one with 摘要 is a line of income or expenditure of its fund; 合计 at
the end is compared and not kept. Whatever cannot be read is refused by the name of its cell.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from app.disclosures import money
from app.disclosures.finances import FinanceTable, Fund, Line, cell, same
from app.kit import tables
from app.kit.fields import tidy
from app.kit.periods import Period, named
from app.kit.refusal import N_, Refused, refusal
from app.kit.words import Words

MOST_FUNDS, MOST_LINES, LONGEST_TEXT = 60, 1_500, 200
# How a column may be called, in the order in which the form has them.
COLUMNS: dict[str, Words] = {
    "fund": Words(zh="资金", en="Fund"),
    "on": Words(zh="日期", en="Date"),
    "account": Words(zh="科目", en="Account"),
    "text": Words(zh="摘要", en="Purpose"),
    "opening": Words(zh="期初", en="Opening"),
    "income": Words(zh="收入", en="Income"),
    "expenditure": Words(zh="支出", en="Expenditure"),
    "closing": Words(zh="期末", en="Closing"),
}
_ALSO = {
    "资金名称": "fund", "项目": "fund", "期初余额": "opening", "期末余额": "closing", "本期收入": "income",
    "本期支出": "expenditure", "会计科目": "account", "opening balance": "opening", "closing balance": "closing",
    "spending": "expenditure", "text": "text",
}  # fmt: skip
_NEEDED = ("fund", "opening", "income", "expenditure", "closing")
_PERIOD, _TOTAL = ("期间", "月份", "period"), ("合计", "总计", "total")


class Cell(Protocol):
    """What stands in a cell and where, as `app.kit.sheets` reads it."""

    @property
    def text(self) -> str: ...
    @property
    def at(self) -> str: ...
    @property
    def sheet(self) -> str: ...


def address(one: Cell) -> str:
    """C7, or 收支!C7 as workbooks themselves write it: for `finances.cell`."""
    return f"{one.sheet}!{one.at}" if one.sheet else one.at


@dataclass
class _Reading:
    """The table so far."""

    where: dict[str, int]
    language: str
    funds: list[Fund] = field(default_factory=list)
    lines: list[tuple[Words, Line]] = field(default_factory=list)
    total: tuple[Fund, dict[str, str]] | None = None
    open_figures: dict[int, set[str]] = field(default_factory=dict)


def read(rows: Sequence[Sequence[Cell]]) -> tuple[Period | None, FinanceTable]:
    """The period that the sheet names, if it does, and its table. Raises `Refused` with the cell that is wrong.

    Names without a Chinese sign are in the language of the columns.
    """
    period, reading, body = None, None, iter(rows)
    for row in body:
        if reading is None and row and _plain(row[0].text) in _PERIOD and len(row) > 1:
            period = _period(row[1])
        elif where := _header(row):
            reading = _Reading(where, "en" if row[where["fund"]].text.isascii() else "zh")
            break
    if reading is None:
        raise Refused(
            refusal(
                N_("No row of the table names the columns 资金, 期初, 收入, 支出 and 期末. Download the form of this "
                   "page, fill it in, and send that."),
                status=422,
            )
        )  # fmt: skip
    for row in body:
        _take(reading, row)
    return period, _finished(reading)


def _plain(text: str) -> str:
    """A name for comparing: no unit in brackets, no spaces at the ends, small letters."""
    return unicodedata.normalize("NFKC", text).partition("(")[0].strip().lower()


def _period(one: Cell) -> Period:
    plain = unicodedata.normalize("NFKC", one.text).strip()
    period = named(plain) or named(plain.replace("年", "-").replace("月", "").replace("/", "-"))
    if period is None and len(plain) == len("2026-10-01"):  # Excel made a date of it
        period = named(plain[:7])
    if period is None or period.kind != "month":
        raise _wrong(one, N_('%(at)s: "%(shown)s" is no month. Write it like 2026-10.'))
    return period


def _header(row: Sequence[Cell]) -> dict[str, int] | None:
    names = {words.into(language).lower(): key for key, words in COLUMNS.items() for language in ("zh", "en")} | _ALSO
    where = {names[_plain(one.text)]: place for place, one in enumerate(row) if _plain(one.text) in names}
    return where if all(key in where for key in _NEEDED) else None


def _take(reading: _Reading, row: Sequence[Cell]) -> None:
    """One row: a fund, a line of one, or the total."""
    got = {key: row[place] for key, place in reading.where.items() if place < len(row)}
    if not any(one.text.strip() for one in got.values()):
        return
    name = typed(_short(got["fund"]), reading.language)
    if not got["fund"].text.strip():
        raise _wrong(got["fund"], N_("%(at)s is empty. Every row names its fund."))
    if max(len(reading.funds) / MOST_FUNDS, len(reading.lines) / MOST_LINES) >= 1:
        raise _wrong(got["fund"], N_("%(at)s: the table is longer than one month needs. Send one month at a time."))
    if "text" in got and got["text"].text.strip():
        reading.lines.append((name, _line(got, reading.language)))
        return
    fund, given = _fund(got, name)
    if _plain(got["fund"].text) in _TOTAL:
        reading.total = fund, {key: address(got[key]) for key in given}
        return
    reading.open_figures[len(reading.funds)] = {"income", "expenditure"} - given
    reading.funds.append(fund)


def _fund(got: dict[str, Cell], name: Words) -> tuple[Fund, set[str]]:
    keys = ("opening", "income", "expenditure", "closing")
    for key in ("opening", "closing"):
        if not got[key].text.strip():
            raise _wrong(
                got[key],
                N_("%(at)s is empty. A fund needs its opening and closing balance, a line its text."),
            )
    figures = {key: _amount(got[key]) for key in keys}
    at = {key: address(got[key]) for key in ("fund", *keys)}
    return Fund(name, **figures, at=at), {key for key in keys if got[key].text.strip()}


def _line(got: dict[str, Cell], language: str) -> Line:
    for key in ("opening", "closing"):
        if got[key].text.strip():
            raise _wrong(got[key], N_("%(at)s: a line with a text has no balance of its own. Leave this cell empty."))
    income, expenditure = _amount(got["income"]), _amount(got["expenditure"])
    if not income and not expenditure:
        raise _wrong(got["income"], N_("%(at)s: this line has neither income nor expenditure. Write one of them."))
    account = got["account"].text.strip() if "account" in got else ""
    return Line(
        0, typed(_short(got["text"]), language), income, expenditure, _day(got["on"]) if "on" in got else None,
        typed(_short(got["account"]), language) if account else None, at=address(got["fund"]),
    )  # fmt: skip


def _amount(one: Cell) -> int:
    """An empty cell is nought."""
    if not one.text.strip():
        return 0
    amount = money.fen(one.text)
    if amount is None:
        raise _wrong(
            one, N_('%(at)s: "%(shown)s" is no sum of money. Write it like 1234.50, with at most two decimals.')
        )
    return amount


def _day(one: Cell) -> date | None:
    plain = unicodedata.normalize("NFKC", one.text).strip()
    for sign in ("年", "月", "/", "."):
        plain = plain.replace(sign, "-")
    if not plain:
        return None
    try:
        return datetime.strptime(plain.rstrip("日"), "%Y-%m-%d").date()  # noqa: DTZ007 - a day, not a moment
    except ValueError:
        raise _wrong(one, N_('%(at)s: "%(shown)s" is no day. Write it like 2026-10-05.')) from None


def _short(one: Cell) -> str:
    if len(one.text) > LONGEST_TEXT:
        raise _wrong(one, N_("%(at)s holds more than a line can show. Say it in at most 200 characters."))
    return one.text.strip()


def _finished(reading: _Reading) -> FinanceTable:
    lines = []
    for name, line in reading.lines:
        place = next((place for place, fund in enumerate(reading.funds) if same(fund.name, name)), None)
        if place is None:
            raise Refused(
                refusal(N_("%(at)s: no row gives the balances of the fund %(fund)s. Add one, or name another fund."),
                        status=422, at=cell(line.at), fund=name)
            )  # fmt: skip
        lines.append(Line(place, line.text, line.income, line.expenditure, line.on, line.account, line.at))
    funds = [_filled(fund, place, lines, reading.open_figures[place]) for place, fund in enumerate(reading.funds)]
    table = FinanceTable(tuple(funds), tuple(lines))
    if reading.total is not None:
        _compare(table, *reading.total)
    return table


def _filled(fund: Fund, place: int, lines: list[Line], left_out: set[str]) -> Fund:
    """Income and expenditure that were left empty are what the lines add up to."""
    sums = {key: sum(getattr(line, key) for line in lines if line.fund == place) for key in left_out}
    figures = {key: getattr(fund, key) for key in ("opening", "income", "expenditure", "closing")} | sums
    return Fund(fund.name, **figures, at=fund.at)


def _compare(table: FinanceTable, total: Fund, cells: dict[str, str]) -> None:
    for key, at in cells.items():
        told, added = getattr(total, key), getattr(table.total, key)
        if told != added:
            raise Refused(
                refusal(
                    N_("%(at)s: the total reads %(told)s, but the rows add up to %(added)s: %(difference)s off. "
                       "Please check this column."),
                    status=422, at=cell(at), told=money.in_words(told), added=money.in_words(added),
                    difference=money.in_words(abs(told - added)),
                )
            )  # fmt: skip


def _wrong(one: Cell, text: str) -> Refused:
    shown = one.text.strip()[:30]
    return Refused(refusal(text, status=422, at=cell(address(one)), shown=shown))


def typed(text: str, language: str) -> Words:
    """A name as it stands in a cell. `中文 | English` gives both languages; a mark against formulas is taken off."""
    plain = unharmed(tidy(text) or "")
    first, sign, second = plain.replace("｜", "|").partition("|")
    if sign and first.strip() and second.strip():
        return Words(zh=first.strip(), en=second.strip())
    words: Words = Words.typed(plain, language)
    return words


# Writing ----------------------------------------------------------------------------------------------------------


def unharmed(text: str) -> str:
    """The text as it was before `tables.harmless`."""
    return text[1:] if text.startswith("'") and tables.harmless(text[1:]) == text else text


def as_csv(rows: Iterable[Iterable[str | int | None]]) -> bytes:
    """Rows as UTF-8 with its mark, so that Excel and WPS show Chinese. Numbers are fen, texts are made harmless."""
    return tables.as_csv([Decimal(money.plain(one)) if isinstance(one, int) else one for one in row] for row in rows)


def written(table: FinanceTable, period: Period | None, language: str) -> list[list[str | int | None]]:
    """The form of this file, filled in with a table."""
    rows: list[list[str | int | None]] = []
    if period is not None:
        rows.append([Words(zh="期间", en="Period").into(language), period.key])
    rows.append([words.into(language) for words in COLUMNS.values()])
    for place, fund in enumerate(table.funds):
        name = fund.name.into(language)
        rows.append([name, None, None, None, fund.opening, fund.income, fund.expenditure, fund.closing])
        rows += [
            [
                name, line.on.isoformat() if line.on else None, line.account.into(language) if line.account else None,
                line.text.into(language), None, line.income or None, line.expenditure or None, None,
            ]
            for line in table.lines_of(place)
        ]  # fmt: skip
    total = table.total
    rows.append(
        [total.name.into(language), None, None, None, total.opening, total.income, total.expenditure, total.closing]
    )
    return rows
