"""The watch itself: what it is there to see, it sees. Without this, silence would prove nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route

from tests.browser.conftest import BrowserPage

pytestmark = pytest.mark.sqlite

PLANTED = """<!doctype html><html lang="en"><head><title>Planted</title></head><body>
<img src="/static/img/mark.svg"><p style="color:#ccc;background:#fff">pale</p>
<script>window.bad = 1</script><img src="http://127.0.0.1:9/elsewhere.png" alt="">{more}</body></html>"""


def planted(page: Page, *, policy: bool, more: str = "") -> None:
    """Open a page that does what ours must never do, under the policy of ours or under none."""
    headers = {"content-type": "text/html"}
    if policy:
        answer = page.request.get("/sign-in")
        headers["content-security-policy"] = answer.headers["content-security-policy"]

    def fulfil(route: Route) -> None:
        route.fulfill(status=200, headers=headers, body=PLANTED.format(more=more))

    page.route("**/planted", fulfil)
    page.goto("/planted")
    page.wait_for_timeout(300)


def test_scripts_and_styles_and_pictures_from_elsewhere_are_told(browser_page: BrowserPage, trouble: list[str]) -> None:
    planted(browser_page(), policy=True)
    told = "\n".join(trouble)
    trouble.clear()

    assert "content policy: script-src" in told
    assert "content policy: style-src" in told
    assert "content policy: img-src" in told


def test_errors_and_requests_to_another_host_are_told(browser_page: BrowserPage, trouble: list[str]) -> None:
    more = "<script>console.error('said aloud'); throw new Error('thrown')</script>"
    planted(browser_page(), policy=False, more=more)
    told = "\n".join(trouble)
    trouble.clear()

    assert "request to another host: http://127.0.0.1:9/elsewhere.png" in told
    assert "console: said aloud" in told
    assert "script: " in told
    assert "thrown" in told


def test_axe_finds_what_is_planted(
    browser_page: BrowserPage, trouble: list[str], axe: Callable[[Page], list[str]]
) -> None:
    page = browser_page()
    planted(page, policy=False)
    found = "\n".join(axe(page))
    trouble.clear()

    assert "image-alt" in found
    assert "color-contrast" in found
