"""Finances and lists of payments from files: whole, to the penny, or not at all."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from openpyxl import Workbook
from sqlalchemy import func, select

from app.disclosures import books, proof, queries
from app.disclosures.models import Disclosure, FinanceFund, FinanceLine, Payment
from app.disclosures.money import exact
from app.kit.db import db
from app.kit.periods import named
from tests.importing.places_to_read import real, run
from tests.makers import a_street, kept

GOOD = "期间,2026-09\n资金,摘要,期初,收入,支出,期末\n现金,,100,30.5,10,120.50\n现金,卖废纸,,30.5,,\n现金,电费,,,10,\n"


@pytest.fixture
def place(app: Flask) -> str:
    """The code of a village."""
    with app.app_context(), kept():
        return str(a_street().village.code)


def bring(app: Flask, path: Path, text: str | bytes, *options: str, kind: str = "finances") -> Result:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return run(app, kind, path, *options)


def count(app: Flask, model: Any) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_finances_come_in_whole_and_once(app: Flask, place: str, tmp_path: Path) -> None:
    first = bring(app, tmp_path / "september.csv", GOOD, "--place", place)
    again = bring(app, tmp_path / "september.csv", GOOD, "--place", place)

    assert (first.exit_code, first.output) == (0, "3 new, 0 already there, 0 skipped.\n")
    assert (again.exit_code, again.output) == (0, "0 new, 3 already there, 0 skipped.\n")
    with app.app_context():
        item = db.session.scalars(select(Disclosure)).one()
        table = books.table_of(queries.latest_revision(item.id).id)
        assert (item.period, table.total.closing) == ("2026-09", 120_50)
        assert list(proof.faults()) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (GOOD.replace("120.50", "120.51"), "Cell F3: opening ¥100.00 plus income ¥30.50 less expenditure ¥10.00 makes"),
        (GOOD.replace("30.5,,", "3o.5,,"), "Cell D4"),
        (GOOD.replace("电费,,,10", "电费,,,11"), "its lines add up to"),
        (GOOD.replace("期间,2026-09\n", ""), "does not say which month"),
        ("a,b\n1,2\n", "No row of the table names the columns"),
        (GOOD.replace("卖废纸", "找13812345678"), "a mobile number"),
        (b"\x00\x01\x02", "cannot be read"),
    ],
)
def test_a_refused_file_names_its_cell_and_keeps_nothing(
    app: Flask, place: str, tmp_path: Path, text: str | bytes, told: str
) -> None:
    done = bring(app, tmp_path / "september.csv", text, "--place", place)

    assert done.exit_code != 0
    assert told in done.output
    assert len(done.output.strip().splitlines()) == 1
    assert count(app, Disclosure) == count(app, FinanceFund) == 0


def workbook(*rows: Sequence[Any]) -> bytes:
    book, kept_ = Workbook(), io.BytesIO()
    assert book.active is not None
    book.active.title = "九月"
    for row in rows:
        book.active.append(row)
    book.save(kept_)
    return kept_.getvalue()


@pytest.mark.parametrize("how", ["utf-8", "utf-8-sig", "gbk", "utf-16", "xlsx"])
def test_finances_come_as_offices_write_them(app: Flask, place: str, tmp_path: Path, how: str) -> None:
    rows = [line.split(",") for line in GOOD.splitlines()]
    content = workbook(*rows) if how == "xlsx" else GOOD.encode(how)

    assert bring(app, tmp_path / "九月", content, "--place", place).output == "3 new, 0 already there, 0 skipped.\n"
    assert bring(app, tmp_path / "again", content, "--place", place).output == "0 new, 3 already there, 0 skipped.\n"
    assert (count(app, Disclosure), count(app, FinanceFund), count(app, FinanceLine)) == (1, 1, 2)


def test_of_a_workbook_the_sheet_is_named_as_well(app: Flask, place: str, tmp_path: Path) -> None:
    rows = [line.split(",") for line in GOOD.replace("30.5,,", "3o.5,,").splitlines()]
    done = bring(app, tmp_path / "september.xlsx", workbook(*rows), "--place", place)

    assert done.exit_code != 0
    assert done.output.strip().startswith('Error: Cell D4 of the sheet "九月": "3o.5" is no sum of money.'), done.output
    assert count(app, Disclosure) == 0


def test_a_month_of_a_thousand_lines_comes_in_fast(app: Flask, place: str, tmp_path: Path) -> None:
    lines = "".join(f"现金,第{number}笔,,,0.01,\n" for number in range(1_400))
    text = f"期间,2026-09\n资金,摘要,期初,收入,支出,期末\n现金,,100,0,14,86\n{lines}"
    begun = time.monotonic()
    done = bring(app, tmp_path / "september.csv", text, "--place", place)

    assert done.output == "1,401 new, 0 already there, 0 skipped.\n"
    assert time.monotonic() - begun < 10


def test_months_follow_each_other(app: Flask, place: str, tmp_path: Path) -> None:
    bring(app, tmp_path / "september.csv", GOOD, "--place", place)
    october = "期间,2026-10\n资金,期初,收入,支出,期末\n现金,{},0,0.5,{}\n"

    wrong = bring(app, tmp_path / "october.csv", october.format("120", "119.50"), "--place", place)
    right = bring(app, tmp_path / "october.csv", october.format("120.50", "120"), "--place", place)
    later = bring(
        app, tmp_path / "december.csv", october.format("120", "119.5"), "--place", place, "--month", "2026-12"
    )

    assert "but closed September 2026" in wrong.output
    assert right.exit_code == 0
    assert "The finances of November 2026 are not published yet" in later.output
    assert count(app, Disclosure) == 2


def _oracles() -> list[tuple[str, str]]:
    folder = Path(__file__).resolve().parents[3] / "shared" / "data" / "finance-council-spending"
    return [
        (body, name)
        for body in ("cabinetoffice", "harrogate")
        for name in (json.loads((folder / f"{body}.oracle.json").read_text()) if folder.is_dir() else ("2015-04.csv",))
    ]


@pytest.mark.parametrize(("body", "name"), _oracles())
def test_payments_agree_with_their_oracle_to_the_penny(app: Flask, place: str, body: str, name: str) -> None:
    folder = real("finance-council-spending")
    oracle = json.loads((folder / f"{body}.oracle.json").read_text())[name]
    file = folder / f"{body}_{name}"
    here = "--place", place, "--currency", "GBP"

    begun = time.monotonic()
    done = run(app, "payments", file, *here)
    assert time.monotonic() - begun < 10
    again = run(app, "payments", file, *here)

    assert done.exit_code == again.exit_code == 0, done.output
    told = oracle["rows"] - oracle["unparsable"]
    assert done.output.splitlines()[-1].startswith(f"{told:,} new, 0 already there")
    assert again.output.splitlines()[-1].startswith(f"0 new, {told:,} already there")
    with app.app_context():
        item = db.session.scalars(select(Disclosure)).one()
        revision = queries.latest_revision(item.id)
        totals = books.payment_totals(revision.id)
        assert named(item.period) is not None
        units = dict(totals.by_unit)
        payees = dict(
            db.session.execute(
                select(Payment.payee, func.sum(Payment.amount))
                .where(Payment.revision_id == revision.id)
                .group_by(Payment.payee)
            ).all()
        )
        assert proof.digest_of(revision, "payments") == revision.digest
    # A row of nothing but commas counts for the oracle as a row that cannot be read.
    assert totals.rows == oracle["rows"] - oracle["unparsable"]
    assert exact(totals.total) == Decimal(oracle["total"])
    assert totals.negative == oracle["negative_rows"]
    assert {name: round(float(exact(sum_)), 2) for name, sum_ in units.items()} == {
        name: sum_ for name, sum_ in oracle["by_unit"].items() if name
    }
    assert [float(exact(sum_)) for _name, sum_ in totals.top_payees] == list(oracle["top10_payees"].values())
    assert {name: float(exact(payees[name])) for name in oracle["top10_payees"]} == oracle["top10_payees"]


def test_a_list_of_payments_with_a_bad_line_is_refused_whole(app: Flask, place: str, tmp_path: Path) -> None:
    head = "Payment Date,Amount,Benificiary Name,Organisational Unit\n"
    good = "2015-04-08,60.52,ALLSTAR,Community\n"
    for line, told in (
        ("2015-04-08,6o.52,ALLSTAR,Community\n", "line 3: Amount"),
        ("08/04/2015,60.52,ALLSTAR,Community\n", "line 3: Payment Date"),
        ("2015-04-08,60.52,,Community\n", "line 3: Benificiary Name is empty"),
        ("2015-04-08,60.52\n", "line 3:"),
    ):
        done = bring(app, tmp_path / "april.csv", head + good + line, "--place", place, kind="payments")
        assert done.exit_code != 0
        assert told in done.output
    assert count(app, Payment) == 0


def test_a_card_number_that_a_list_betrays_is_covered_and_its_sum_counts(
    app: Flask, place: str, tmp_path: Path
) -> None:
    """As the Cabinet Office published one in June 2010, beside the name of the bank."""
    text = (
        "Payment Date,Amount,Beneficiary Name,Organisational Unit\n"
        "2010-06-22,37227.54,NATIONAL WESTMINSTER BANK PLC (4715059005000009),Cabinet Office\n"
        "2010-06-23,1.00,ECOVERT FM LTD,Cabinet Office\n"
    )
    done = bring(app, tmp_path / "june.csv", text, "--place", place, "--currency", "GBP", kind="payments")

    assert done.exit_code == 0
    assert "line 2: a personal number in it is covered" in done.output
    assert done.output.endswith("2 new, 0 already there, 0 skipped.\n")
    with app.app_context():
        payees = set(db.session.scalars(select(Payment.payee)))
        totals = books.payment_totals(queries.latest_revision(db.session.scalars(select(Disclosure.id)).one()).id)
    assert payees == {"NATIONAL WESTMINSTER BANK PLC (471***********09)", "ECOVERT FM LTD"}
    assert exact(totals.total) == Decimal("37228.54")


def test_a_list_of_payments_is_a_page_with_totals(app: Flask, place: str, tmp_path: Path) -> None:
    rows = "".join(f"2015-04-{day:02d},{day}.10,PAYEE {day % 3},Community\n" for day in range(1, 29))
    text = f"Payment Date,Amount,Beneficiary Name,Organisational Unit\n{rows}2015-04-30,-5.00,PAYEE 1,Housing\n"
    bring(app, tmp_path / "april.csv", text, "--place", place, "--currency", "GBP", kind="payments")
    visitor = app.test_client()
    visitor.set_cookie("language", "en")
    listed = visitor.get("/disclosures.json").json
    assert listed is not None
    item = listed["items"][0]["id"]

    page, told = visitor.get(f"/disclosures/{item}").text, visitor.get(f"/disclosures/{item}.json").json

    assert "Payments of April 2015" in page
    assert "£" in page
    assert "403.80" in page
    assert "1 of them a refund" in page
    assert told is not None
    assert told["payments"]["total"] == "403.80"
    assert told["payments"]["by_unit"] == {"Community": "408.80", "Housing": "-5.00"}
