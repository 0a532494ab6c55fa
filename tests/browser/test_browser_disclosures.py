"""Finances in a browser: a file with a wrong cell, the mended one, two signatures, a question and its answer."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from openpyxl import Workbook
from playwright.sync_api import Page, expect

from tests.browser.test_browser_journeys import Way, form, press, street, way  # noqa: F401 - fixtures

FUNDS = ("公共收益", "自治金")
# What each way of walking sends: the name of the file, how it is written, and what the refusal names.
FILES = {
    (True, "zh"): ("十月.xlsx", "xlsx", "工作表“账”的单元格 F6"),
    (True, "en"): ("october.csv", "gbk", "Cell F6"),
    (False, "zh"): ("十月.csv", "utf-8-sig", "单元格 F6"),
    (False, "en"): ("october.xlsx", "xlsx", 'Cell F6 of the sheet "账"'),
}


def next_month(page: Page) -> tuple[str, dict[str, float]]:
    """The month after the last one that the community published, and with what each fund closed."""
    items = page.request.get("/disclosures.json?place=a&subject=finance").json()["items"]
    months = [one for one in items if one["kind"] == "finances"]
    if not months:
        return "2026-01", {}
    last = page.request.get(f"/disclosures/{months[0]['id']}.json").json()
    year, month = map(int, last["period"].split("-"))
    closed = {one["name"]["zh"]: float(one["closing"]) for one in last["finances"]["funds"]}
    return f"{year + month // 12}-{month % 12 + 1:02d}", closed


def sheet(month: str, opening: dict[str, float], *, power: Any) -> list[list[Any]]:
    """As the accountant keeps it."""
    benefits, autonomy = round(opening.get(FUNDS[0], 1520.5), 2), round(opening.get(FUNDS[1], 300), 2)
    return [
        ["期间", month],
        ["资金", "摘要", "期初", "收入", "期末", "支出"],
        [FUNDS[0], None, benefits, 186.4, round(benefits + 91.4, 2), 95],
        [FUNDS[1], None, autonomy, None, round(autonomy - 0.1, 2), None],
        [FUNDS[0], "停车费", None, 186.4, None, None],
        [FUNDS[1], "活动室电费", None, None, None, power],
        [FUNDS[0], "门禁维修", None, None, None, 95],
    ]


def written(rows: list[list[Any]], how: str) -> bytes:
    if how != "xlsx":
        out = io.StringIO(newline="")
        csv.writer(out).writerows(rows)
        return out.getvalue().encode(how)
    book, kept = Workbook(), io.BytesIO()
    assert book.active is not None
    book.active.title = "账"
    for row in rows:
        book.active.append(row)
    book.save(kept)
    return kept.getvalue()


def send_file(page: Page, name: str, content: bytes) -> None:
    """Choose the file and press the button; the page is loaded anew, with a script or without."""
    here = form(page, "/sheet")
    here.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )
    with page.expect_navigation():
        press(here)


def go(page: Page, ending: str) -> None:
    with page.expect_navigation():
        press(form(page, ending))


@pytest.mark.usefixtures("street")
def test_finances_from_a_file_with_a_wrong_cell(way: Way) -> None:  # noqa: F811
    name, how, told = FILES[way.js, way.language]
    question, answer = f"{way.language} {way.js}: why so little power?", "The pumps stood still."
    with way.as_("staff") as desk:
        desk.goto("/disclosures/desk")
        way.looks(desk)
        month, opening = next_month(desk)
        begin = desk.locator("main form[action$='/disclosures/drafts']", has=desk.locator("[name=what]"))
        begin.locator("[name=what]").select_option("finances")
        begin.locator("[name=period]").fill(month)
        with desk.expect_navigation():
            press(begin)
        draft = desk.url

        send_file(desk, name, written(sheet(month, opening, power="0.l0"), how))
        expect(desk.locator("main .note[role=alert]", has_text=told)).to_be_visible()
        expect(desk.locator("main table.sums")).to_have_count(0)
        way.looks(desk)
        send_file(desk, name, written(sheet(month, opening, power=0.1), how))
        expect(desk.locator("main table.sums")).to_have_count(2)
        way.looks(desk)
        go(desk, "/send")

    with way.as_("supervisor") as page:
        page.goto(draft)
        way.looks(page)
        go(page, "/countersign")
        item = page.url
        assert re.search(r"/disclosures/\d+$", item)

    with way.as_("resident") as page, way.as_("staff") as desk:
        page.goto(item)
        expect(page.locator("main .plotted[role=img]")).to_be_visible()
        with way.step(page):
            form(page, "/questions").locator("[name=line]").select_option("line:2")
            form(page, "/questions").locator("textarea").fill(question)
            press(form(page, "/questions"))
        asked = page.locator("#questions article", has_text=question)
        expect(asked).to_have_count(1)
        expect(asked.locator(".chip[data-tone=waiting]")).to_be_visible()

        desk.goto(item)
        with way.step(desk):
            desk.locator("#questions details", has=desk.locator("form[action$='/answer']")).locator("summary").click()
            form(desk, "/answer").locator("textarea").fill(answer)
            press(form(desk, "/answer"))
        expect(desk.locator("#questions article[data-kind=official]", has_text=answer)).to_be_visible()
        page.goto(item)
        expect(page.locator("#questions article[data-kind=official]", has_text=answer)).to_be_visible()
        way.looks(page)
