"""What may be published, when it is due, and whether the sums are right: without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.disclosures import differences, money, personal, rules, sheet
from app.disclosures.chart import chart
from app.disclosures.finances import FinanceTable, Fund, Line, cell, closings_refusal, follows_refusal, table_refusal
from app.disclosures.rhythm import Rhythm
from app.kit import tables
from app.kit.periods import Period, named, period_of
from app.kit.refusal import Refusal, Refused
from app.kit.sheets import Cell
from app.kit.words import Words
from tests.disclosures.hall import a_fund, a_line, a_table

SEPTEMBER, OCTOBER = Period("month", 2026, 9), Period("month", 2026, 10)


# Money


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("1234.5", 123450), ("1,234.50", 123450), ("¥1,234.50", 123450), ("１２３４．５", 123450), ("0", 0),
        ("-12", -1200), ("−12", -1200), ("(12.00)", -1200), ("12元", 1200), (" 5 ", 500), ("1.500", 150),
    ],
)  # fmt: skip
def test_a_sum_is_read_as_people_write_it(typed: str, fen: int) -> None:
    assert money.fen(typed) == fen


@pytest.mark.parametrize(
    "typed", ["", "abc", "1.005", "1e3", "NaN", "1,23", "--1", "1.2.3", "=1+1", "9" * 20, "½", "٣", "१२"]
)
def test_what_is_no_sum_of_money_is_not_guessed(typed: str) -> None:
    assert money.fen(typed) is None


@given(st.integers(-money.MOST, money.MOST))
def test_every_sum_is_written_and_read_without_a_fen_lost(amount: int) -> None:
    assert money.fen(money.plain(amount)) == amount
    assert money.fen(money.said(amount)) == amount


# Periods and their last days


@pytest.mark.parametrize("key", ["2026-10", "2026-Q3", "2026-H2", "2026"])
def test_a_period_is_named_by_its_key(key: str) -> None:
    period = named(key)

    assert period is not None
    assert period.key == key
    assert period_of(period.last_day, period.kind) == period
    assert period.moved(1).moved(-1) == period


@pytest.mark.parametrize("key", ["", None, "2026-13", "2026-Q5", "26-1", "２０２６", "2026-10-01", "1999"])
def test_what_is_no_period_is_none(key: str | None) -> None:
    assert named(key) is None


@pytest.mark.parametrize(
    ("rhythm", "period", "due"),
    [
        (Rhythm("month", 10, "next"), Period("month", 2026, 10), date(2026, 11, 10)),
        (Rhythm("month", 10, "next"), Period("month", 2026, 12), date(2027, 1, 10)),
        (Rhythm("month", 1, "same"), Period("month", 2026, 11), date(2026, 11, 1)),
        (Rhythm("month", 31, "next"), Period("month", 2026, 1), date(2026, 2, 28)),
        (Rhythm("quarter", 15, "next"), Period("quarter", 2026, 3), date(2026, 10, 15)),
        (Rhythm("half", 20, "next"), Period("half", 2026, 1), date(2026, 7, 20)),
        (Rhythm("year", 31, "3"), Period("year", 2025, 1), date(2026, 3, 31)),
    ],
)
def test_the_last_day_follows_from_the_rhythm(rhythm: Rhythm, period: Period, due: date) -> None:
    assert rhythm.due_on(period) == due
    assert (period, due) in rhythm.due_between(due, due)


@pytest.mark.parametrize(
    ("published", "now", "state"),
    [
        (None, "2026-11-10T15:59", "due"),
        (None, "2026-11-10T16:00", "missing"),  # midnight in the village
        ("2026-11-10T15:59", "2026-12-01T00:00", "on_time"),
        ("2026-11-10T16:00", "2026-12-01T00:00", "late"),
    ],
)
def test_whether_it_came_in_time_is_decided_at_reading(published: str | None, now: str, state: str) -> None:
    moments = [datetime.fromisoformat(one).replace(tzinfo=UTC) if one else None for one in (published, now)]

    assert rules.duty_state(date(2026, 11, 10), moments[0], moments[1] or datetime.now(UTC)) == state


def test_on_occasion_the_term_is_counted_in_working_days() -> None:
    friday = date(2026, 11, 20)

    assert rules.event_due_on(friday, Rhythm(None, working_days=5)) == date(2026, 11, 27)


def test_a_question_is_overdue_from_the_end_of_its_term() -> None:
    due = datetime(2026, 11, 25, 16, tzinfo=UTC)

    assert rules.question_state(due, None, due - timedelta(seconds=1)) == "asked"
    assert rules.question_state(due, None, due) == "overdue"
    assert rules.question_state(due, due + timedelta(days=1), due + timedelta(days=2)) == "answered"


# Sums


def _says(no: Refusal | None) -> str:
    assert no is not None
    values = {key: value.into("en") if isinstance(value, Words) else value for key, value in no.values}
    return no.text % values


def test_figures_that_do_not_add_up_are_told_exactly() -> None:
    no = table_refusal(a_table(a_fund(100_00), a_fund(1_000_00, 200_00, 50_00, name="自治金", closing=1_149_00)))

    assert _says(no) == (
        "Opening ¥1,000.00 plus income ¥200.00 less expenditure ¥50.00 makes ¥1,150.00, but the closing balance reads "
        "¥1,149.00: ¥1.00 off. Please check row 2."
    )


def test_of_a_file_the_cell_is_named() -> None:
    assert _says(table_refusal(a_table(a_fund(0, 5, closing=6, at={"closing": "H3"})))).startswith("Cell H3: opening ")
    assert cell("funds-2-closing") == Words(zh="资金第3行的“期末”", en="Closing in row 3 of the funds")


def test_lines_add_up_to_their_fund() -> None:
    lines = (a_line("租金", income=30_00), a_line("电费", expenditure=9_00))
    no = table_refusal(a_table(a_fund(100_00, 30_00, 10_00), lines=lines))

    assert "the expenditure of 经营资金 reads" in _says(no).lower()
    assert table_refusal(a_table(a_fund(100_00, 30_00, 9_00), lines=lines)) is None


def test_a_fund_stands_once_and_there_is_at_least_one() -> None:
    assert table_refusal(FinanceTable(())) is not None
    assert "twice" in _says(table_refusal(a_table(a_fund(1), a_fund(2))))


def test_opening_is_the_last_closing() -> None:
    before = [(Words(zh="经营资金", en="Operating money"), 100_00), (Words(zh="自治金"), 7_00)]

    assert "opens with ¥99.00, but closed September 2026" in _says(
        follows_refusal(a_table(a_fund(99_00)), before, SEPTEMBER)
    )
    assert "is missing here" in _says(follows_refusal(a_table(a_fund(100_00)), before, SEPTEMBER))
    assert follows_refusal(a_table(a_fund(100_00), a_fund(7_00, name="自治金")), before, SEPTEMBER) is None
    new = a_fund(5_00, name="专项")
    assert follows_refusal(a_table(a_fund(100_00), a_fund(7_00, name="自治金"), new), before, SEPTEMBER) is not None


def test_a_correction_leaves_alone_what_the_next_month_went_on_from() -> None:
    after = [(Words(zh="经营资金"), 120_00)]

    assert closings_refusal(a_table(), after, OCTOBER) is None
    assert closings_refusal(a_table(a_fund(100_00, 30_00)), after, OCTOBER) is not None
    assert closings_refusal(a_table(a_fund(100_00, 30_00, 10_00), a_fund(0, 1, name="新")), after, OCTOBER) is not None


@given(st.lists(st.tuples(*[st.integers(0, 10**9)] * 3), min_size=1, max_size=5))
def test_a_table_survives_its_own_csv(figures: list[tuple[int, int, int]]) -> None:
    funds = tuple(a_fund(*three, name=f"资金{number}") for number, three in enumerate(figures))
    lines = tuple(
        line
        for number, fund in enumerate(funds)
        for line in (
            [a_line("收", income=fund.income, fund=number)] if fund.income else []
        ) + ([a_line("=支", expenditure=fund.expenditure, fund=number)] if fund.expenditure else [])
    )  # fmt: skip
    table = FinanceTable(funds, lines)

    period, again = read_csv(sheet.as_csv(sheet.written(table, OCTOBER, "zh")).decode("utf-8-sig"))

    assert period == OCTOBER
    assert table_refusal(again) is None
    assert again.as_json() == table.as_json()


# Reading a sheet


def read_csv(text: str) -> tuple[Period | None, FinanceTable]:
    rows = [line.split(",") for line in text.strip().replace("\r", "").split("\n")]
    return sheet.read(
        [
            [Cell(one, f"{chr(65 + place)}{number}") for place, one in enumerate(row)]
            for number, row in enumerate(rows, 1)
        ],
    )


HEAD = "期间,2026-10\n资金,日期,科目,摘要,期初,收入,支出,期末\n"


def test_a_sheet_is_read_by_the_names_of_its_columns() -> None:
    period, table = read_csv(
        HEAD
        + "经营资金,,,,100,30,10,120\n经营资金,2026/10/5,402 租金,厂房租金,,30,,\n"
        + "经营资金,,,电费,,,10,\n合计,,,,100,30,10,120"
    )

    assert period == OCTOBER
    assert table.total.closing == 120_00
    assert table.lines[0] == Line(0, Words(zh="厂房租金"), 30_00, 0, date(2026, 10, 5), Words(zh="402 租金"), at="A4")


def test_columns_may_stand_in_another_order_and_language() -> None:
    _period, table = read_csv("Closing,Fund,Opening (yuan),Income,Expenditure\n5,Cash,3,2,0")

    assert tuple(replace(one, at={}) for one in table.funds) == (Fund(Words(en="Cash"), 300, 200, 0, 500),)


def test_income_left_empty_is_what_the_lines_add_up_to() -> None:
    _period, table = read_csv(HEAD + "现金,,,,1,,,3\n现金,,,卖废纸,,2,,")

    assert table.funds[0].income == 200
    assert table_refusal(table) is None


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("现金,,,,1,12.345,,2", 'Cell F3: "12.345" is no sum of money.'),
        ("现金,,,,一百,,,2", 'Cell E3: "一百" is no sum of money.'),
        ("现金,,,,,,,2", "Cell E3 is empty."),
        (",,,,1,,,1", "Cell A3 is empty."),
        ("现金,,,,1,,,1\n现金,昨天,,电费,,,1,", 'Cell B4: "昨天" is no day.'),
        ("现金,,,,1,,,1\n银行,,,电费,,,1,", "Cell A4: no row gives the balances of the fund 银行."),
        ("现金,,,,1,,,1\n现金,,,电费,,,,", "Cell F4: this line has neither income nor expenditure."),
        ("现金,,,,1,,,1\n现金,,,电费,5,,1,", "Cell E4: a line with a text has no balance of its own."),
        ("现金,,,,1,,,1\n合计,,,,1,,,2", "Cell H4: the total reads ¥2.00, but the rows add up to ¥1.00"),
    ],
)
def test_what_cannot_be_read_is_named_by_its_cell(rows: str, told: str) -> None:
    with pytest.raises(Refused) as no:
        read_csv(HEAD + rows)

    assert _says(no.value.refusal).startswith(told)
    assert no.value.refusal.status == 422


def test_a_sheet_without_the_columns_or_with_an_odd_month_is_refused() -> None:
    with pytest.raises(Refused):
        read_csv("a,b\n1,2")
    with pytest.raises(Refused) as no:
        read_csv("期间,十月\n资金,期初,收入,支出,期末\n现金,1,,,1")
    assert _says(no.value.refusal).startswith('Cell B1: "十月" is no month.')


@pytest.mark.parametrize(
    "text", ["=HYPERLINK(1)", "+1", "-1", "@x", "\t=1", "＝1", "＋1", "－1", "＠x", " =1", "\n=1", "\r\n@x"]
)
def test_no_cell_of_a_csv_is_a_formula(text: str) -> None:
    safe = tables.harmless(text)

    assert safe.startswith("'")
    assert sheet.unharmed(safe) == text


@pytest.mark.parametrize("text", ["", "苹果", "1号楼", "'quoted'"])
def test_a_plain_text_stays_as_it_is(text: str) -> None:
    assert tables.harmless(text) == text
    assert sheet.unharmed(text) == text


# Personal numbers


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("身份证11010519491231002X，联系人", "identity"),
        ("110105 19491231 002x", "identity"),
        ("１１０１０５１９４９１２３１００２Ｘ", "identity"),
        ("卡号6222 0212 3456 7894 号", "card"),
        ("6222-0212-3456-7894", "card"),
        ("电话13812345678。", "mobile"),
        ("+86 138 1234 5678", "mobile"),
        ("8613812345678", "mobile"),
        ("共12 13812345678", "mobile"),
        ("TEL13812345678", "mobile"),
    ],
)
def test_a_personal_number_is_found_however_it_is_written(text: str, kind: str) -> None:
    found = list(personal.find(text))

    assert [one.kind for one in found] == [kind]
    assert "1234567" not in found[0].hidden
    assert "*" in found[0].hidden


@pytest.mark.parametrize(
    "text",
    [
        "110105194912310021",  # the check digit is another
        "110105194913310021",  # no such month
        "6222021234567890",  # Luhn
        "12345678901", "0571-88776655", "2026-10-22 13:00", "合同编号20261022138123456789", "1,381,234,567.80元",
        "统一社会信用代码91330000MA27U00XXX", "1779号", "",
    ],
)  # fmt: skip
def test_other_numbers_are_left_alone(text: str) -> None:
    assert list(personal.find(text)) == []


@pytest.mark.parametrize(
    ("text", "covered"),
    [
        ("开户行 6217 0000 1234 5678 902，共3笔", None),
        ("电话13812345678、139-1234-5678", "电话138******78、139******78"),
        ("BANK PLC (4715059005000009)", "BANK PLC (471***********09)"),
        ("2026 13812345678 12", "2026 138******78 12"),
        ("１３８１２３４５６７８", "138******78"),
        ("发票 2026-10-05 第 12 号", "发票 2026-10-05 第 12 号"),
        ("ＡＢＣ 1号", "ＡＢＣ 1号"),
    ],
)
def test_a_personal_number_can_be_covered_and_nothing_else_changes(text: str, covered: str | None) -> None:
    told = personal.covered(text)

    assert list(personal.find(told)) == []
    if covered is not None:
        assert told == covered


@given(st.text(alphabet="0123456789 -（）年月号aX１", max_size=60))
def test_what_is_covered_holds_no_personal_number_any_more(text: str) -> None:
    assert list(personal.find(personal.covered(text))) == []


def test_the_sentence_says_where_and_does_not_repeat_the_number() -> None:
    no = rules.personal_refusal([(Words(zh="标题", en="The title"), "找13812345678")])

    assert _says(no).startswith("The title holds a mobile number (138******78).")


# Differences and the drawing


def test_changed_figures_are_named_by_row_and_column() -> None:
    old = a_table(a_fund(1, 5, 2), lines=(a_line("租金", income=5), a_line("电", expenditure=2)))
    new = a_table(a_fund(1, 5, 2), lines=(a_line("租金", income=5), a_line("水", expenditure=2)))

    told: list[Any] = [(one.row.zh, one.column, one.old, one.new) for one in differences.of_tables(old, new)]
    assert told == [("水", "expenditure", None, 2), ("电", "expenditure", 2, None)]


def test_bars_stand_within_the_drawing() -> None:
    drawn = chart([(SEPTEMBER, None), (OCTOBER, a_fund(0, 99_999_99, 1))])

    assert drawn.months[0].figures is None
    assert 0 < float(drawn.months[1].income[1]) <= 168
    assert [yuan for _y, yuan in drawn.grid] == [25_000, 50_000, 75_000, 100_000]
    assert chart([(SEPTEMBER, None)]).grid[0][1] == 1
