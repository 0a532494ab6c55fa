"""The one style sheet that goes out says what its writers wrote, without their comments."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.browser.conftest import BrowserPage

pytestmark = pytest.mark.sqlite

SHEETS = Path(__file__).resolve().parents[2] / "static" / "css"
RULES = """text => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  return Array.from(sheet.cssRules, rule => rule.cssText);
}"""


def test_the_sheet_sent_has_every_rule_as_it_was_written(browser_page: BrowserPage) -> None:
    page = browser_page()
    page.goto("/")
    address = page.locator("link[rel=stylesheet]").get_attribute("href")
    assert address
    sent = page.request.get(address).text()
    written = sorted(SHEETS.glob("*.css"), key=lambda path: (path.name != "tokens.css", path.name))

    assert "/*" not in sent
    said = [rule for sheet in written for rule in page.evaluate(RULES, sheet.read_text())]
    assert len(said) > len(written)
    assert plain(page.evaluate(RULES, sent)) == plain(said)


def plain(rules: list[str]) -> list[str]:
    """A variable keeps the spaces it was written with; they mean nothing."""
    return [re.sub(r"\s+", " ", rule) for rule in rules]
