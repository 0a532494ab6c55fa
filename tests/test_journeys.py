"""The main chain as people live it, by plain forms, from the outside: no script, no shortcut, no look into the database.

A resident reads, comments and votes; a volunteer signs up, checks in and has the hours confirmed; honour, points and
minutes are posted; the family's place follows; points turn into a bag of rice.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

PASSWORD = "xiangyue-demo"


class Forms(HTMLParser):
    """The forms of a page: where they go, and what their hidden fields and first choices hold."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if tag == "form":
            self.found.append((known.get("action") or "", {}))
        elif tag == "input" and self.found and known.get("type") == "hidden" and known.get("name"):
            self.found[-1][1][str(known["name"])] = known.get("value") or ""


class Walker:
    """Somebody with a browser: opens pages, fills in the forms that stand on them, follows where they lead."""

    def __init__(self, client: FlaskClient, language: str = "en") -> None:
        self.client = client
        self.headers = {"Accept-Language": language}
        self.page: TestResponse | None = None

    @property
    def text(self) -> str:
        assert self.page is not None
        return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", self.page.text))

    def opens(self, path: str, status: int = 200) -> Walker:
        self.page = self.client.get(path, headers=self.headers)
        assert self.page.status_code == status, (path, self.page.status_code, self.text[:400])
        return self

    def fills(self, action: str, status: int = 303, **fields: str) -> Walker:
        """Send the form on this page whose address ends in `action`, and follow the 303."""
        assert self.page is not None
        forms = [(where, hidden) for where, hidden in Forms(self.page.text).found if where.split("?")[0].endswith(action)]
        assert forms, f"no form to {action} on the page: {self.text[:600]}"
        where, hidden = forms[0]
        self.page = self.client.post(where, data={**hidden, **fields}, headers=self.headers)
        assert self.page.status_code == status, (where, self.page.status_code, self.text[:800])
        if status == 303:
            self.opens(self.page.headers["Location"])
        return self

    def signs_in(self, name: str) -> Walker:
        return self.opens("/sign-in").fills("/sign-in", name=name, password=PASSWORD)

    def first(self, pattern: str) -> str:
        assert self.page is not None
        found = re.search(pattern, self.page.text)
        assert found, f"{pattern} is not on the page: {self.text[:600]}"
        return found.group(1)


@pytest.fixture
def walker(street_app: Flask):  # type: ignore[no-untyped-def]
    """`walker("resident")` is that account of the sample street, signed in."""
    return lambda name, language="en": Walker(street_app.test_client(), language).signs_in(name)
