"""Somebody at a browser: signed in, in a language, with a script or without one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.conftest import TELL_VIOLATIONS, watch
from tests.examples import PASSWORD, VISITOR
from tests.races.harness import sign_in

LOCALES = {"zh": "zh-CN", "en": "en-GB"}
PHONE = {"width": 360, "height": 740}


class Street:
    """The served sample street and who is signed in there; each account signs in once."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser, self.address = browser, address
        self._cookies: dict[str, dict[str, str]] = {VISITOR: {}}

    def cookies(self, who: str) -> list[Any]:
        if who not in self._cookies:
            self._cookies[who] = sign_in(self.address, who, PASSWORD).cookies
        return [self._cookie(name, value) for name, value in self._cookies[who].items()]

    def _cookie(self, name: str, value: str) -> Any:
        return {"name": name, "value": value, "url": self.address}

    @contextmanager
    def at(
        self, who: str, language: str = "zh", *, trouble: list[str], text: str = "", **options: Any
    ) -> Iterator[Page]:
        """A watched page of that account; what goes wrong is written down in `trouble`."""
        context: BrowserContext = self.browser.new_context(
            base_url=self.address,
            locale=LOCALES[language],
            timezone_id="Asia/Shanghai",
            **{"viewport": PHONE, "reduced_motion": "reduce", **options},
        )
        try:
            context.set_default_timeout(10_000)
            context.add_init_script(TELL_VIOLATIONS)
            marks = [self._cookie("language", language)] + ([self._cookie("text", text)] if text else [])
            context.add_cookies(self.cookies(who) + marks)
            page = context.new_page()
            watch(page, self.address, trouble)
            yield page
        finally:
            context.close()


def words_of(page: Page) -> str:
    """What the main part of the page says, in one line."""
    return re.sub(r"\s+", " ", page.locator("main").inner_text())
