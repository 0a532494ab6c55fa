"""The main chain as people live it in a browser: with a script and without one, in both languages.

With a script the page must stay where it is and only its block change (`window.stayed`), say what happened in the live
region, and not lose the reader's place; axe looks before and after each swap.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import create_engine, text

from tests.browser.people import Street
from tests.databases import Databases
from tests.examples import numbers
from tests.run import Run
from tests.serving import Served

RICE = 40  # points
CLEAN_UP = 5  # honour, line E04
OUTLINED = "(node) => [node, node.closest('label')].some((one) => one && getComputedStyle(one).outlineStyle !== 'none')"


@pytest.fixture(scope="module")
def street(chromium: Browser, served: Served) -> Street:
    return Street(chromium, served.address)


@pytest.fixture(scope="module")
def database_url(run: Run, databases: Databases, served: Served, request: pytest.FixtureRequest) -> str:
    return databases.url(f"served-{run.worker}-{request.module.__name__.rpartition('.')[2]}")


@pytest.fixture(scope="module")
def known(database_url: str) -> dict[str, str]:
    return numbers(database_url)


@pytest.fixture(scope="module")
def fresh(database_url: str) -> Callable[[], str]:
    """`fresh()` is the sign-in name of a voter who can afford a bag of rice; nobody comes twice."""
    engine = create_engine(database_url)
    with engine.connect() as connection:
        names = connection.scalars(
            text(
                "SELECT r.sign_in_name FROM residents r JOIN accounts a ON a.owner_id = r.household_id "
                "WHERE a.owner_kind = 'household' AND a.asset = 'points' AND r.sign_in_name LIKE 'voter%' "
                "AND a.balance - a.held >= :price ORDER BY r.sign_in_name DESC"
            ),
            {"price": RICE},
        ).all()
    engine.dispose()
    return iter(names).__next__


@dataclass
class Way:
    """How somebody walks: with a script or without, in which language. axe looks at Chinese pages with a script."""

    street: Street
    js: bool
    language: str
    trouble: list[str]
    check: Callable[[Page], list[str]]

    @contextmanager
    def as_(self, who: str) -> Iterator[Page]:
        with self.street.at(who, self.language, trouble=self.trouble, java_script_enabled=self.js) as page:
            yield page

    def looks(self, page: Page) -> None:
        if self.js and self.language == "zh":
            assert self.check(page) == []

    def follow(self, page: Page, link: str) -> None:
        """Go where the link leads. A click alone comes back while the old page still stands."""
        with page.expect_navigation():
            page.locator(link).first.click()
        self.looks(page)

    @contextmanager
    def step(self, page: Page, *, says: bool = True) -> Iterator[None]:
        """One act: with a script the page stays, says what happened, and the focus is somewhere."""
        self.looks(page)
        if self.js:
            page.evaluate("() => { window.stayed = true; document.getElementById('said').textContent = '' }")
            yield
        else:
            with page.expect_navigation():
                yield
            return
        if says:
            expect(page.locator("#said")).not_to_be_empty()
        page.wait_for_function("() => !document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling')")
        assert page.evaluate("() => window.stayed === true"), "the whole page was loaded anew"
        assert page.evaluate("() => document.activeElement !== document.body"), "the focus was lost"
        self.looks(page)


@pytest.fixture(
    params=[(True, "zh"), (True, "en"), (False, "zh"), (False, "en")],
    ids=lambda one: f"{'script' if one[0] else 'plain'}-{one[1]}",
)
def way(
    request: pytest.FixtureRequest, street: Street, trouble: list[str], axe: Callable[[Page], list[str]]
) -> Iterator[Way]:
    js, language = request.param
    yield Way(street, js, language, trouble, axe)
    assert not trouble, "\n".join(trouble)


def form(page: Page, ending: str) -> Locator:
    """The first form of the page that is sent to an address with this ending."""
    return page.locator(f"main form[action$='{ending}']").first


def press(form: Locator) -> None:
    form.locator("button:not([type=button])").click()


def whole_number(words: str) -> int:
    """The first number in these words."""
    found = re.search(r"\d[\d,]*", words)
    assert found, words
    return int(found[0].replace(",", ""))


def test_a_resident_reads_comments_answers_and_votes(way: Way, known: dict[str, str], fresh: Callable[[], str]) -> None:
    topic = f"/topics/{known['voting']}"
    mine = f"{way.language} {way.js}: near the gate, please"
    with way.as_(fresh()) as page:
        page.goto("/topics?state=voting")
        way.follow(page, f"main a[href='{topic}']")
        expect(page.locator("#vote-box")).to_be_visible()

        with way.step(page):  # no stance: refused, and what was typed is still there
            form(page, "/comments").locator("textarea").fill(mine)
            press(form(page, "/comments"))
        expect(form(page, "/comments").locator("textarea")).to_have_value(mine)
        expect(page.locator("#say .wrong, main .wrong")).not_to_have_count(0)

        with way.step(page):
            form(page, "/comments").locator("input[value=for]").check()
            press(form(page, "/comments"))
        expect(page.locator("main .comment", has_text=mine)).not_to_have_count(0)
        page.goto(topic)
        expect(page.locator("#talk .comment", has_text=mine)).to_have_count(1)

        answer = f"{mine}, and lit at night"
        with way.step(page, says=False):
            page.locator("#talk .comment a[href*='reply=']").first.click()
        expect(page.locator("#say blockquote")).to_be_visible()
        with way.step(page):
            form(page, "/comments").locator("textarea").fill(answer)
            press(form(page, "/comments"))
        expect(page.locator("main .comment", has_text=answer)).not_to_have_count(0)

        page.goto(topic)
        with way.step(page):
            form(page, "/vote").locator("input[value=west]").check()
            press(form(page, "/vote"))
        expect(page.locator("#vote-box details form[action$='/vote']")).to_have_count(1)
        with way.step(page):
            page.locator("#vote-box details", has=page.locator("form[action$='/vote']")).locator("summary").click()
            form(page, "/vote").locator("input[value=b6]").check()
            press(form(page, "/vote"))
        words = "6号楼" if way.language == "zh" else "Building 6"
        expect(page.locator("#vote-box .note[data-tone=done]", has_text=words)).not_to_have_count(0)


def test_a_volunteer_helps_and_the_family_rises(
    way: Way, known: dict[str, str], fresh: Callable[[], str], database_url: str
) -> None:
    activity, who = f"/activities/{known['next']}", somebody_with_a_place_to_gain(way, fresh)
    with way.as_(who) as page, way.as_("organiser") as desk:
        points, (place, honour) = available(page), standing(page)
        page.goto(activity)
        with way.step(page):
            press(form(page, "/sign-up"))
        expect(form(page, "/cancel")).to_be_visible()

        desk.goto(f"{activity}/desk")
        page.goto(activity)
        with way.step(page):  # a wrong code is refused and stays
            form(page, "/check-in").locator("[name=code]").fill("000000")
            press(form(page, "/check-in"))
        expect(form(page, "/check-in").locator("[name=code]")).to_have_value("000000")
        page.goto(activity)
        digits = re.sub(r"\D", "", desk.locator(".digits").inner_text())
        with way.step(page):
            form(page, "/check-in").locator("[name=code]").fill(digits)
            press(form(page, "/check-in"))
        with way.step(page):
            press(form(page, "/check-out"))

        desk.goto(f"{activity}/desk")
        with way.step(desk):
            desk.locator(f"#activities-confirm-{resident_id(database_url, who)}").click()
        assert available(page) > points
        place_now, honour_now = standing(page)
        assert honour_now > honour
        assert place_now < place


def test_points_become_a_bag_of_rice(way: Way, known: dict[str, str], fresh: Callable[[], str]) -> None:
    rice = f"/rewards/{known['rice']}"
    with way.as_(fresh()) as page, way.as_("merchant") as counter:
        points, left = available(page), in_stock(page, rice)
        page.goto("/rewards?category=food")
        way.follow(page, f"main a[href='{rice}']")
        press(form(page, "/reserve"))
        page.wait_for_url(re.compile(r"/orders/\d+"))
        way.looks(page)
        order, digits = page.url, page.locator(".voucher .digits").inner_text()
        assert in_stock(page, rice) == left - 1
        assert available(page) == points - RICE

        counter.goto("/counter")
        with way.step(counter):
            form(counter, "/look-up").locator("[name=voucher]").fill("000000000000")
            press(form(counter, "/look-up"))
        expect(form(counter, "/look-up").locator("[name=voucher]")).to_have_value("000000000000")
        with way.step(counter):
            form(counter, "/look-up").locator("[name=voucher]").fill(digits)
            press(form(counter, "/look-up"))
        with way.step(counter):
            press(form(counter, "/redeem"))
        expect(counter.locator("main .note[data-tone=done]")).not_to_have_count(0)

        page.goto(order)
        expect(page.locator(".seal[data-tone=done]")).to_be_visible()
        expect(page.locator(".voucher")).to_have_count(0)
        way.looks(page)
        assert in_stock(page, rice) == left - 1
        assert available(page) == points - RICE


def test_voting_by_keyboard_alone(way: Way, known: dict[str, str], fresh: Callable[[], str]) -> None:
    with way.as_(fresh()) as page:
        page.goto(f"/topics/{known['voting']}")
        page.keyboard.press("Tab")
        expect(page.locator(".skip")).to_be_focused()
        page.keyboard.press("Enter")
        tab_to(page, "#vote-box input[name=choice]")
        page.keyboard.press("Space")
        page.keyboard.press("ArrowDown")
        with way.step(page):
            tab_to(page, "#vote-box form[action$='/vote'] button")
            page.keyboard.press("Enter")
        expect(page.locator("#vote-box .note[data-tone=done]")).not_to_have_count(0)
        tab_to(page, "#vote-box summary")
        page.keyboard.press("Enter")
        expect(page.locator("#vote-box input[name=choice]").first).to_be_visible()


@pytest.mark.sqlite
def test_the_smaller_swaps(
    street: Street,
    known: dict[str, str],
    fresh: Callable[[], str],
    trouble: list[str],
    axe: Callable[[Page], list[str]],
) -> None:
    """Support, agreement, stances, a place given up, a neighbour ticked off the roster: axe before and after each."""
    way, who = Way(street, True, "zh", trouble, axe), fresh()
    with way.as_(who) as page, way.as_("organiser") as desk:
        page.goto(f"/topics/{known['welcome']}")
        for _ in range(2):  # given and taken back, or the other way round
            with way.step(page):
                press(page.locator("#support-box form"))
        page.goto(f"/topics/{known['lively']}")
        for ending in ("/support", "/support/withdraw"):
            with way.step(page, says=False):
                press(form(page, ending))
        with way.step(page, says=False):
            page.locator("#talk .tabs a").nth(1).click()
        page.goto(f"/activities/{known['next']}")
        for ending in ("/sign-up", "/cancel", "/sign-up"):
            with way.step(page):
                press(form(page, ending))
        desk.goto(f"/activities/{known['next']}/desk")
        for ending in ("/desk/tick", "/desk/see-off", "/desk/confirm-all"):
            with way.step(desk):
                press(form(desk, ending))
    assert not trouble, "\n".join(trouble)


def tab_to(page: Page, selector: str, most: int = 60) -> None:
    """Press Tab until the focus is on such an element, and see that it shows."""
    for _ in range(most):
        page.keyboard.press("Tab")
        here = page.locator(":focus")
        if here.count() and here.evaluate("(node, selector) => node.matches(selector)", selector):
            assert here.evaluate(OUTLINED), "the focus does not show"
            return
    raise AssertionError(f"no way to {selector} by {most} tabs")


def available(page: Page) -> int:
    """The points that this person's household can spend, as its statement says."""
    page.goto("/points")
    return whole_number(page.locator(".figures dd").first.inner_text())


def standing(page: Page) -> tuple[int, int]:
    """Place and honour of this person's household in its group, as its page says."""
    page.goto("/rankings/household")
    figures = page.locator("[aria-labelledby=place-title] .figures > div")
    return (
        whole_number(figures.nth(0).locator("dd").first.inner_text()),
        whole_number(figures.nth(1).locator("dd").first.inner_text()),
    )


def somebody_with_a_place_to_gain(way: Way, fresh: Callable[[], str]) -> str:
    """A voter whose household does not stand first, and reaches the next place with a clean-up."""
    while True:
        who = fresh()
        with way.as_(who) as page:
            if standing(page)[0] > 1 and to_the_next_place(page) <= CLEAN_UP:
                return who


def to_the_next_place(page: Page) -> int:
    """How much honour is missing, as the page that is open says."""
    figures = page.locator("[aria-labelledby=place-title] .figures > div")
    return whole_number(figures.nth(1).locator("dd").nth(1).inner_text())


def in_stock(page: Page, item: str) -> int:
    answer: dict[str, Any] = page.request.get(f"{item}.json").json()
    return int(answer["left"])


def resident_id(database_url: str, sign_in_name: str) -> int:
    engine = create_engine(database_url)
    try:
        with engine.connect() as connection:
            found = connection.scalar(text("SELECT id FROM residents WHERE sign_in_name = :it"), {"it": sign_in_name})
    finally:
        engine.dispose()
    return int(found)
