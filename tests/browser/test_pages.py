"""Every page of the house, filled with the sample street, as those see it whom its door lets in.

Each example is opened on a phone, once in each language, and looked at by axe, for words of the other language, for
what sticks out at the side in plain and in large text, and for trouble (console, content policy, other hosts) by the
watch. A main page is looked at again at a desk and in the dark.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, ViewportSize
from sqlalchemy import create_engine, text

from tests.browser.people import Street
from tests.databases import Databases
from tests.examples import EXAMPLES, Example, examples, numbers
from tests.run import Run
from tests.serving import Served

pytestmark = pytest.mark.sqlite

PAGES = [one for one in examples() if one.is_page]
DESK: ViewportSize = {"width": 1440, "height": 900}

# What sticks out: elements wider than the window that do not scroll by themselves, named by tag, id and class.
STICKS_OUT = """
() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return [];
  const inside = (node) => {
    for (let up = node.parentElement; up; up = up.parentElement)
      if (["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(up).overflowX)) return true;
    return false;
  };
  const found = [...document.querySelectorAll("body *")].filter(
    (node) => node.getBoundingClientRect().right > wide + 1 && !inside(node)
      && getComputedStyle(node).position !== "fixed");
  return [`scrolls sideways: ${document.documentElement.scrollWidth} > ${wide}`,
    ...found.slice(0, 5).map((node) => `${node.tagName} #${node.id}: ${node.textContent.trim().slice(0, 40)}`)];
}
"""

# Text, and words in attributes that people hear or see, with the language in force there.
SAID = """
() => {
  const found = [];
  const language = (node) => (node.closest("[lang]") || document.documentElement).lang.slice(0, 2);
  const walker = document.createTreeWalker(document, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (!parent || parent.closest("script, style, noscript, code, [translate=no]")) continue;
    const words = walker.currentNode.textContent.trim();
    if (words) found.push([language(parent), words, parent.tagName.toLowerCase() + "." + parent.className]);
  }
  for (const node of document.querySelectorAll("[aria-label], [placeholder], [title], img[alt]"))
    for (const name of ["aria-label", "placeholder", "title", "alt"])
      if (node.getAttribute(name)) found.push([language(node), node.getAttribute(name), "@" + name]);
  return found;
}
"""


@pytest.fixture(scope="module")
def street(chromium: Browser, served: Served) -> Street:
    return Street(chromium, served.address)


@pytest.fixture(scope="module")
def known(run: Run, databases: Databases, served: Served) -> dict[str, str]:
    return numbers(databases.url(f"served-{run.worker}-test_pages"))


@pytest.fixture(scope="module")
def proper(run: Run, databases: Databases, served: Served) -> frozenset[str]:
    return proper_names(databases.url(f"served-{run.worker}-test_pages"))


@pytest.fixture
def quiet(trouble: list[str]) -> Iterator[list[str]]:
    """`trouble`, which must be empty at the end."""
    yield trouble
    assert not trouble, "\n".join(trouble)


def named(example: Example) -> str:
    return f"{example.who}:{example.path}"


def opened(page: Page, path: str) -> None:
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == 200, f"{path} answered {answer.status}"


def test_every_route_has_an_example(app: Flask) -> None:
    """Whoever adds a GET route adds to `tests/examples.py` what it looks like in the sample street."""
    rules = {rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or set())}
    rules = {rule for rule in rules if not rule.startswith("/static/")}

    assert rules - set(EXAMPLES) == set()
    assert set(EXAMPLES) - rules == set()


@pytest.mark.parametrize("example", PAGES, ids=named)
def test_the_page_in_chinese(
    street: Street, known: dict[str, str], quiet: list[str], axe: Callable[[Page], list[str]], example: Example
) -> None:
    with street.at(example.who, "zh", trouble=quiet) as page:
        opened(page, example.path.format(**known))

        assert axe(page) + sticks_out(page) == []
        assert example.rule == QUOTES_DATA or strange_words(page, "zh") == []
        if example.main:
            page.set_viewport_size(DESK)
            assert axe(page) + sticks_out(page) == []


@pytest.mark.parametrize("example", PAGES, ids=named)
def test_the_page_in_english(
    street: Street,
    known: dict[str, str],
    proper: frozenset[str],
    quiet: list[str],
    axe: Callable[[Page], list[str]],
    example: Example,
) -> None:
    """In large text too: English words are the longest."""
    with street.at(example.who, "en", trouble=quiet) as page:
        opened(page, example.path.format(**known))

        assert sticks_out(page) + strange_words(page, "en", proper) == []
        if example.main:
            page.emulate_media(color_scheme="dark")
            assert axe(page) == []
        page.evaluate("document.documentElement.dataset.text = 'large'")
        assert sticks_out(page) == []


def test_who_asked_for_large_text_gets_it_from_the_server(street: Street, quiet: list[str]) -> None:
    with street.at("resident", "en", text="large", trouble=quiet) as page:
        opened(page, "/")

        assert page.locator("html[data-text=large]").count() == 1


def sticks_out(page: Page) -> list[str]:
    """What is wider than the window."""
    found: list[str] = page.evaluate(STICKS_OUT)
    return found


def strange_words(page: Page, language: str, proper: frozenset[str] = frozenset()) -> list[str]:
    """Words of the other language that are not marked as such. `proper`: names of people and doors."""
    return [
        f"{where}: {words[:120]}"
        for mine, words, where in page.evaluate(SAID)
        if mine == language and leaks(words, language, proper)
    ]


CHINESE = re.compile("[\u3000-\u303f\uff00-\uffef]|[0-9]*[\u3400-\u9fff][\u3400-\u9fff0-9]*")
ENGLISH = re.compile(r"[A-Za-z'-]*[a-z][A-Za-z'-]*")
# Written like this in Chinese too.
LATIN_NAMES = frozenset({"Linux", "Windows", "Android", "Zhang", "Atom", "WebP", "Python", "csv", "xlsx"})
# Here names and values of data are quoted.
QUOTES_DATA = "/open-data"


def leaks(words: str, language: str, proper: frozenset[str]) -> bool:
    """In English any Chinese sign; in Chinese any Latin word that is not an abbreviation in capitals, nor a name."""
    if language == "en":
        return any(found not in proper for found in CHINESE.findall(words))
    return any(len(word) > 2 and word not in LATIN_NAMES for word in ENGLISH.findall(words))


def proper_names(database_url: str) -> frozenset[str]:
    """Names of residents (whole, and the sign in the round picture) and doors: the same in each language."""
    engine = create_engine(database_url)
    try:
        with engine.connect() as connection:
            people = connection.execute(text("SELECT family_name, given_name, claimed_door FROM residents")).all()
            doors = connection.scalars(text("SELECT door FROM households")).all()
            nicknames = connection.scalars(text("SELECT nickname FROM listings WHERE nickname IS NOT NULL")).all()
    finally:
        engine.dispose()
    names = {sign for family, given, _ in people for sign in (family + given, family[:1])}
    return frozenset(names | {door for *_, door in people} | set(doors) | set(nicknames))
