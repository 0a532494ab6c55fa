"""The passbook as PDF: every line in it, the sums right, rare names whole, for oneself only."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader

from app.kit import clock
from app.kit.db import db
from app.kit.words import Words
from app.people.models import Resident
from app.points import operations, queries, sealing
from app.points.views.passbook import MOST
from tests.makers import NOON, a_household, a_resident, a_street, kept, sign_in

DAY = timedelta(days=1)
LAST_YEAR = NOON - 365 * DAY
TRICKY = '#panic("x") *bold* $x^2$ <label> @ref // note \\ [a] `b` https://example.org'
RARE = "𠮷㛃龑喆䶮"


def earn(who: Any, because: str, at: Any, amount: int = 10, **more: Any) -> None:
    operations.grant(
        "points", amount, household_id=who.household_id, resident_id=who.id, code="E04", heading="environment",
        because=because, effective_at=at, at=at, by_id=None, **more,
    )  # fmt: skip


@pytest.fixture
def family(app: Flask) -> dict[str, int]:
    """Forty points of last year, thirty of this one with ten taken back, and what belongs to a relative."""
    with app.app_context(), kept():
        street = a_street()
        home = a_household(street.group, door="3号楼402")
        one, spouse = a_resident(home, family_name="张", given_name=RARE), a_resident(home)
        newcomer = a_resident(a_household(street.group), verified=False)
        earn(one, "old:1", LAST_YEAR, 40, what=Words(zh="去年扫雪", en="Swept the snow"))
        earn(one, "new:1", NOON, what=Words(zh="打扫楼道", en="Swept the stairs"))
        earn(one, "new:2", NOON + DAY, what=Words(zh=TRICKY, en=TRICKY))
        earn(spouse, "theirs:1", NOON + DAY, what=Words(zh="私事", en="Private"))
        first = queries.transfers_because(["new:1"])[0]
        why = Words(zh="重复登记", en="Entered twice")
        operations.reverse(first, because="undo:new:1", by_id=None, at=NOON + 2 * DAY, why=why)
        return {"one": one.id, "spouse": spouse.id, "newcomer": newcomer.id, "home": home.id}


def asked(client: FlaskClient, who: int, query: str = "", language: str = "en") -> Any:
    with client.application.app_context():
        sign_in(client, who)
    client.set_cookie("language", language)
    with clock.fixed(NOON + 9 * DAY):
        return client.get(f"/points/passbook.pdf{query}")


def pages(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.get_data(as_text=True)[:500]
    assert answer.headers["Content-Type"] == "application/pdf"
    return [page.extract_text() for page in PdfReader(io.BytesIO(answer.get_data())).pages]


def said(answer: Any) -> str:
    """All words of the paper, one blank between them."""
    return " ".join(" ".join(pages(answer)).split())


def packed(text: str) -> str:
    return "".join(text.split())


def test_every_line_says_what_it_was_for_and_what_there_was_then(client: FlaskClient, family: dict[str, int]) -> None:
    paper = said(asked(client, family["one"]))

    lines = ["2025-11-18 Swept the snow", "2026-11-18 Swept the stairs", "2026-11-20 Swept the stairs"]
    places = [paper.index(line) for line in lines]
    assert places == sorted(places)
    assert [change in paper for change in ("+40 40", "+10 50", "+10 60", "+10 70", "\u221210 60")] == [True] * 5
    assert "All that came in +70 All that went out \u221210 Balance 60" in paper
    assert "Total +60 60" in paper
    assert "Reason: Entered twice" in paper
    assert "E04" in paper
    assert "Points passbook" in paper
    assert "3号楼402" in packed(paper)


def test_a_relatives_entry_shows_heading_and_amount_alone(client: FlaskClient, family: dict[str, int]) -> None:
    paper = said(asked(client, family["one"]))

    assert "Private" not in paper
    assert "A relative's entry" in paper


def test_a_reader_of_chinese_gets_it_in_chinese(client: FlaskClient, family: dict[str, int]) -> None:
    paper = packed(said(asked(client, family["one"], language="zh")))

    assert "积分存折" in paper
    assert "打扫楼道" in paper
    assert "第1页，共" in paper
    assert "Swept" not in paper


def test_no_part_of_a_rare_name_is_lost(client: FlaskClient, family: dict[str, int]) -> None:
    """What the font cannot draw is told by its number; a box would look like any other."""
    paper = packed(said(asked(client, family["one"])))

    assert "张〔U+20BB7〕㛃龑喆䶮" in paper


def test_what_people_wrote_is_text_and_no_command(client: FlaskClient, family: dict[str, int]) -> None:
    assert packed(TRICKY) in packed(said(asked(client, family["one"])))


def test_the_paper_brings_its_letters_along_and_tells_readers_aloud_what_is_what(
    client: FlaskClient, family: dict[str, int]
) -> None:
    paper = PdfReader(io.BytesIO(asked(client, family["one"], language="zh").get_data()))

    fonts = [one.get_object() for page in paper.pages for one in page["/Resources"]["/Font"].values()]
    inner = [one["/DescendantFonts"][0].get_object()["/FontDescriptor"] for one in fonts]
    assert inner
    assert all("/FontFile3" in one or "/FontFile2" in one for one in inner)
    catalogue = paper.trailer["/Root"]
    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/Lang"] == "zh-CN"
    assert paper.metadata is not None
    assert paper.metadata.title == "积分存折"
    assert len(asked(client, family["one"]).get_data()) < 200_000


def test_a_year_begins_with_what_was_brought_forward(client: FlaskClient, family: dict[str, int]) -> None:
    paper = said(asked(client, family["one"], "?year=2026"))

    assert "snow" not in paper
    assert "Brought forward 40" in paper
    assert "Total +20 60" in paper


def test_a_year_without_entries_says_so_and_what_there_was_all_the_time(
    app: Flask, client: FlaskClient, family: dict[str, int]
) -> None:
    with app.app_context(), kept():
        home = db.session.get_one(Resident, family["one"])
        earn(home, "older:1", NOON - 3 * 365 * DAY, 25)

    before, between = (said(asked(client, family["one"], f"?year={year}")) for year in (2020, 2024))

    assert "No entries in 2020." in before
    assert "Balance 0" in before
    assert "Brought forward" not in before
    assert "No entries in 2024." in between
    assert "All that came in 0 All that went out 0 Balance 25" in between
    assert "Brought forward 25" in between
    assert "Total 0 25" in between


def test_the_statement_offers_the_years_that_have_entries(client: FlaskClient, family: dict[str, int]) -> None:
    asked(client, family["one"])
    with clock.fixed(NOON):
        page = client.get("/points").text

    assert re.findall(r"<option>(\d{4})</option>", page) == ["2026", "2025"]


@pytest.mark.parametrize("year", ["20x6", "99999", "1999", "2999", "-1", "２０２６", "%00"])
def test_a_year_that_is_none_gives_all_years(client: FlaskClient, family: dict[str, int], year: str) -> None:
    assert "All years" in said(asked(client, family["one"], f"?year={year}"))


def test_honour_has_no_balance_and_minutes_are_said_in_hours(
    app: Flask, client: FlaskClient, family: dict[str, int]
) -> None:
    with app.app_context(), kept():
        for asset, amount in (("honour", 3), ("minutes", 135)):
            operations.grant(
                asset, amount, household_id=family["home"], resident_id=family["one"], code="V01", heading="service",
                because=f"hours:{asset}", effective_at=NOON, at=NOON, by_id=None,
            )  # fmt: skip

    honour = said(asked(client, family["one"], "?asset=honour"))
    minutes = said(asked(client, family["one"], "?asset=minutes"))

    assert "Balance" not in honour
    assert "Total +3" in honour
    assert "+2 h 15 min" in minutes


def test_i20_the_paper_bears_the_head_of_the_last_seal(app: Flask, client: FlaskClient, family: dict[str, int]) -> None:
    assert "No day of the ledger is sealed yet" in said(asked(client, family["one"]))
    with app.app_context(), kept():
        sealing.seal_days(NOON + 9 * DAY)
        last = queries.last_seal()
    assert last is not None

    paper = said(asked(client, family["one"]))

    assert last.head in packed(paper)
    assert f"Entries up to {clock.last_day(last.until)} stand in seal {last.number}" in paper


def test_a_long_passbook_is_numbered_headed_and_ends_somewhere(
    app: Flask, client: FlaskClient, family: dict[str, int]
) -> None:
    with app.app_context(), kept():
        for number in range(MOST + 5):
            operations.grant(
                "points", 1, household_id=family["home"], resident_id=family["one"], code="E06", heading="environment",
                because=f"many:{number}", effective_at=NOON + 3 * DAY, at=NOON + 3 * DAY, by_id=None,
                what=Words(en=f"Gift {number:04d}"),
            )  # fmt: skip

    paper = pages(asked(client, family["one"]))

    every = packed("".join(paper))
    assert "Gift0005" in every
    assert "Gift0004" not in every
    assert f"These are the last {MOST} entries" in " ".join(paper[0].split())
    assert "Brought forward 65" in " ".join(paper[0].split())
    assert f"+{MOST:,}1,065" in every
    for number, page in enumerate(paper, start=1):
        assert f"Page {number} of {len(paper)}" in " ".join(page.split())
    assert all("What for" in page for page in paper[:-1])


def test_nobody_gets_the_passbook_of_another(app: Flask, client: FlaskClient, family: dict[str, int]) -> None:
    assert app.test_client().get("/points/passbook.pdf").status_code == 401
    assert asked(client, family["newcomer"]).status_code == 404


def test_the_statement_leads_to_the_passbook(client: FlaskClient, family: dict[str, int]) -> None:
    asked(client, family["one"])

    page = client.get("/points?asset=points").get_data(as_text=True)

    assert 'action="/points/passbook.pdf"' in page
