"""A request as people live it in a browser: reported with a photo, passed up, answered, not solved, solved, rated.

With a script and without one, in both languages; axe looks at each page on the way.
"""

from __future__ import annotations

import io
import re
from urllib.parse import urlsplit

import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from sqlalchemy import create_engine, text

from tests.browser.test_browser_journeys import Way, form, press, street, way
from tests.databases import Databases
from tests.examples import VISITOR
from tests.run import Run
from tests.serving import Served

__all__ = ["street", "way"]

WORDS = {"zh": ("网格", "社区"), "en": ("Grid", "Community")}


@pytest.fixture(scope="module")
def full_names(run: Run, databases: Databases, served: Served) -> list[str]:
    """Of everybody who takes part."""
    engine = create_engine(databases.url(f"served-{run.worker}-test_browser_requests"))
    query = "SELECT family_name || given_name FROM residents WHERE sign_in_name IN ('resident', 'grid', 'staff')"
    with engine.connect() as connection:
        names = list(connection.scalars(text(query)))
    engine.dispose()
    return names


def a_picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (640, 480), "#884422").save(file, "PNG")
    return file.getvalue()


def reports(page: Page, title: str, *, for_somebody_else: bool = False) -> str:
    """Report a matter, with a photo if it is for somebody else; the address of its page."""
    page.goto("/requests/new")
    report = form(page, "/requests/new")
    report.locator("[name=title]").fill(title)
    report.locator("[name=text]").fill(f"{title}, since Monday.")
    report.locator("[name=category]").select_option("drain")
    if for_somebody_else:
        report.locator("[name=photo]").set_input_files(
            {"name": "p.png", "mimeType": "image/png", "buffer": a_picture()}
        )
        report.locator("details summary").click()
        report.locator("[name=on_behalf]").check()
        report.locator("[name=contact]").fill("Granny Luo, by the gate at noon")
    press(report)
    page.wait_for_url(re.compile(r"/requests/\d+$"))
    return page.url


def number_of(page: Page) -> str:
    """The number of the request whose page is open."""
    found = re.search(r"\d{4}-\d{4}", page.locator(".page-head small").inner_text())
    assert found
    return found[0]


def takes(page: Page, step: str, **fields: str) -> None:
    """Open the step's button, unless its refusal stands open already, and send its form."""
    there = form(page, f"/steps/{step}")
    fold = page.locator("details", has=page.locator(f"form[action$='/steps/{step}']"))
    if fold.get_attribute("open") is None:
        fold.locator("summary").click()
    for name, value in fields.items():
        field = there.locator(f"[name={name}]")
        if field.evaluate("(node) => node.localName") == "select":
            field.select_option(value)
        else:
            field.fill(value)
    press(there)
    page.wait_for_load_state()


def rates(page: Page, verdict: str, stars: str, words: str) -> None:
    rate = form(page, "/rate")
    rate.locator(f"[name=verdict][value={verdict}]").check()
    rate.locator(f"[name=stars][value='{stars}']").check()
    rate.locator("[name=comment]").fill(words)
    press(rate)
    page.wait_for_load_state()


def answers(page: Page, address: str, words: str) -> None:
    """Somebody of the level that has it takes it on, handles it and reports back."""
    page.goto(address)
    takes(page, "take")
    takes(page, "start")
    takes(page, "resolve", outcome="solved", why=words)


def test_a_request_goes_up_a_level_and_comes_back_solved_and_rated(way: Way, full_names: list[str]) -> None:
    title = f"Water on the path {way.language} {way.js}"
    grid_words, community_words = WORDS[way.language]
    with way.as_("resident") as resident, way.as_("grid") as grid, way.as_("staff") as staff:
        address = reports(resident, title, for_somebody_else=True)
        way.looks(resident)
        assert resident.locator("img.upload").evaluate("(node) => node.decode().then(() => node.naturalWidth)") == 640

        grid.goto("/requests/desk")
        grid.get_by_role("link", name=title, exact=True).click()
        takes(grid, "take")
        expect(grid.locator("main")).to_contain_text("Granny Luo, by the gate at noon")
        takes(grid, "start")
        takes(grid, "pass_up")  # without a reason: refused, with a sentence
        expect(grid.locator("#steps [role=alert]")).to_be_visible()
        takes(grid, "pass_up", why="The path has to be opened.")
        expect(grid.locator(".page-head .chip", has_text=community_words)).to_be_visible()
        expect(grid.locator("form[action$='/steps/resolve']")).to_have_count(0)
        way.looks(grid)

        answers(staff, address, "The drain was opened.")
        way.looks(staff)

        resident.goto("/me/messages")
        expect(resident.locator("main", has_text=title)).to_be_visible()
        resident.goto(address)
        way.looks(resident)
        rates(resident, "not_solved", "2", "Wet again after the rain.")
        answers(staff, address, "A second drain was laid.")
        resident.goto(address)
        rates(resident, "solved", "5", "Dry since then.")
        expect(form(resident, "/rate").locator("[name=verdict][type=radio]")).to_have_count(0)
        way.looks(resident)

        # Two neighbours report the same; the second goes on in the first, which is open still.
        with way.as_("neighbour") as one, way.as_("voter002") as another:
            goal, twin = reports(one, f"{title}, still"), reports(another, f"{title}, again")
            into = number_of(one)
        grid.goto(twin)
        takes(grid, "link", goal=into, why="The same puddle.")
        expect(grid.locator(f"main .note a[href='{urlsplit(goal).path}']")).to_be_visible()
        way.looks(grid)

    with way.as_(VISITOR) as visitor:
        visitor.goto("/requests")
        expect(visitor.get_by_role("link", name=title, exact=True)).to_be_visible()
        way.looks(visitor)
        visitor.goto(address)
        told = visitor.locator("main").inner_text()
        assert "The path has to be opened." in told
        assert "Granny Luo" not in told
        for name in full_names:
            assert name not in told
        assert grid_words in told
