"""Fixtures for tests in a real Chromium against real gunicorn processes over the sample street.

Every page is watched: an error in the console, an error of a script, a violation of the content policy or a request to
another host fails the test when it ends. A test that means to cause one takes it out of `trouble` itself.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.databases import Databases, ensure_template
from tests.run import Run
from tests.serving import Served, serving

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
TELL_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error("content policy: " + event.violatedDirective + " " + event.blockedURI))
"""
# Chromium writes this for every answer from 400 on, the 409 and 422 of our own forms included.
REFUSED_FORM = "Failed to load resource: the server responded with a status of 4"


class BrowserPage(Protocol):
    """What the fixture `browser_page` gives."""

    def __call__(self, *, js: bool = True, locale: str = "zh-CN", width: int = 1440) -> Page: ...


def chromium_path() -> str | None:
    """The Chromium of this machine: `$CHROMIUM`, else the usual names."""
    names = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if name and (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = chromium_path()
    if path is None:
        pytest.skip("no Chromium on this machine: install one, or name it in $CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def served(run: Run, databases: Databases, request: pytest.FixtureRequest) -> Iterator[Served]:
    """The sample street, fresh for each file of tests, served by two worker processes."""
    ensure_template(databases, "street", run.folder)
    name = f"served-{run.worker}-{request.module.__name__.rpartition('.')[2]}"
    databases.copy("street", name)
    with serving(databases.url(name)) as server:
        yield server
    databases.drop(name)


@pytest.fixture
def trouble() -> list[str]:
    """What went wrong on the pages of this test so far."""
    return []


@pytest.fixture
def browser_page(chromium: Browser, served: Served, trouble: list[str]) -> Iterator[BrowserPage]:
    """Opens a page of a new visitor; relative addresses lead to the served street."""
    contexts: list[BrowserContext] = []

    def open_page(*, js: bool = True, locale: str = "zh-CN", width: int = 1440) -> Page:
        context = chromium.new_context(
            base_url=served.address,
            java_script_enabled=js,
            locale=locale,
            timezone_id="Asia/Shanghai",
            viewport={"width": width, "height": 800},
        )
        contexts.append(context)
        context.set_default_timeout(10_000)
        context.add_init_script(TELL_VIOLATIONS)
        page = context.new_page()
        watch(page, served.address, trouble)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not trouble, "\n".join(trouble)


@pytest.fixture
def axe() -> Callable[[Page], list[str]]:
    """`axe(page)` names what breaks WCAG 2.2 AA on the page, a line for each element; empty when all is right."""

    def check(page: Page) -> list[str]:
        # By `evaluate`: a script tag would offend the page's own policy.
        page.evaluate(AXE)
        found: dict[str, Any] = page.evaluate(
            "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})", WCAG
        )
        return [
            f"{violation['id']}: {violation['help']}: {node['html'][:160]}"
            for violation in found["violations"]
            for node in violation["nodes"]
        ]

    return check


def watch(page: Page, address: str, trouble: list[str]) -> None:
    """Write down in `trouble` whatever should not happen on this page."""
    host = urlsplit(address).netloc

    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error" and not _refused_form(message):
            trouble.append(f"console: {message.text} ({message.location.get('url', '')})")

    def on_request(request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and parts.netloc != host:
            trouble.append(f"request to another host: {request.url}")

    page.on("console", on_console)
    page.on("pageerror", lambda error: trouble.append(f"script: {error}"))
    page.on("request", on_request)


def _refused_form(message: ConsoleMessage) -> bool:
    return message.text.startswith(REFUSED_FORM) and "/static/" not in message.location.get("url", "")
