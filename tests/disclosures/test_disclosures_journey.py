"""The committee publishes finances from a spreadsheet with a wrong cell, mends it, publishes, answers a question."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from flask import Flask
from openpyxl import Workbook

from app.kit import clock
from tests.test_journeys import Forms, Walker

WORDS = {
    "zh": {"wrong": "单元格 F5", "balance": "单元格 E4", "draft": "草稿", "answered": "正式答复", "waiting": "待答复"},
    "en": {
        "wrong": "Cell F5", "balance": "Cell E4", "draft": "Draft", "answered": "Official answer",
        "waiting": "Awaiting an answer",
    },
}  # fmt: skip
QUESTION, ANSWER = "Why did power cost more?", "The pumps ran for three nights."


def workbook(month: str, *, power: Any, closing: Any) -> bytes:
    """As the accountant keeps it: figures as numbers, one closing balance as a formula would show it."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ("期间", month),
        ("资金", "摘要", "期初", "收入", "期末", "支出"),
        ("公共收益", None, 1520.5, 186.4, 1611.9, 95),
        ("自治金", None, 300, None, closing, None),
        ("自治金", "活动室电费", None, None, None, power),
        ("公共收益", "停车费", None, 186.4, None, None),
        ("公共收益", "门禁维修", None, None, None, 95),
    ):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


class Clerk(Walker):
    """Somebody who also sends files."""

    def sends(self, action: str, field: str, content: bytes, status: int = 303) -> Clerk:
        where, hidden = next(form for form in Forms(self.html).found if form[0].endswith(action))
        self.page = self.client.post(
            where, data={**hidden, field: (io.BytesIO(content), "finances.xlsx")}, headers=self.headers
        )
        assert self.page.status_code == status, self.text[:600]
        if status == 303:
            self.opens(self.page.headers["Location"])
        return self


@pytest.mark.parametrize("language", ["zh", "en"])
def test_finances_from_a_spreadsheet_with_a_wrong_cell(street_app: Flask, language: str) -> None:
    say = WORDS[language]
    staff = Clerk(street_app.test_client(), language)
    staff.signs_in("staff")
    supervisor, resident = (
        Walker(street_app.test_client(), language).signs_in(name) for name in ("supervisor", "resident")
    )
    month = f"{clock.today():%Y-%m}"

    staff.opens("/disclosures/desk")
    place = staff.first(r'<select[^>]*name="place"[^>]*><option[^>]*value="(\d+)"')
    token = Forms(staff.html).found[-1][1].get("csrf_token", "") or staff.first(r'name="csrf_token" value="([^"]+)"')
    begun = staff.client.post(
        "/disclosures/drafts", data={"csrf_token": token, "place": place, "what": "finances", "period": month}
    )
    assert begun.status_code == 303
    draft = begun.headers["Location"]

    staff.opens(draft).sends("/sheet", "sheet", workbook(month, power="2l0", closing=90), status=422)
    assert say["wrong"] in staff.text, "the cell with a letter in it is named"
    staff.sends("/sheet", "sheet", workbook(month, power=210, closing=99), status=422)
    assert say["balance"] in staff.text, "the closing balance that is off is named"
    assert "1,611.90" not in staff.opens(draft).text, "nothing of either file was kept"

    staff.sends("/sheet", "sheet", workbook(month, power=210, closing=90))
    assert "1,611.90" in staff.text
    staff.fills("/send")
    assert staff.path == "/disclosures/desk"

    supervisor.opens(draft).fills("/countersign")
    item = supervisor.path
    assert re.fullmatch(r"/disclosures/\d+", item)
    assert "1,701.90" in resident.opens(item).text, "the closing balances of both funds"

    resident.fills("/questions", text=QUESTION, line="line:1")
    assert QUESTION in resident.text
    assert say["waiting"] in resident.text

    staff.opens(item).fills("/answer", answer=ANSWER)
    visitor = Walker(street_app.test_client(), language).opens(item)
    assert ANSWER in visitor.text
    assert say["answered"] in visitor.text
    assert item.rsplit("/", 1)[1] in visitor.client.get("/feed.atom?place=a").text
