"""How many statements a page costs: few, none for each row, and no more of them where there is more to show.

Counted without transaction control, for visitors, residents, staff and merchants, on every page of the sample
street.
"""

from __future__ import annotations

from collections import Counter

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.examples import VISITOR, Example, examples, numbers
from tests.statements import statements
from tests.test_journeys import Walker

LIST, PAGE = 6, 12  # statements at most
WORK = 19  # the work list asks every room; for cases and claims also what their rules need to know
ALIKE = 2  # how often the same statement may be sent: a third time it looks like one for each row
LISTS = {
    "/topics", "/topics.json", "/activities", "/activities.json", "/rewards", "/rewards.json", "/orders", "/residents",
    "/households", "/audit", "/notices", "/notices.json", "/promises", "/promises.json", "/disclosures",
    "/disclosures.json", "/requests", "/requests.json", "/requests/mine", "/me/messages", "/agreements",
    "/agreements.json", "/search", "/search.json",
}  # fmt: skip
ELSEWHERE = ("/language/<code>", "/text/<size>")  # they lead to another page

# The same page with little and with much to show, and who opens it.
FEW_AND_MANY = (
    (VISITOR, "/topics?state=voting", "/topics?state=deliberating"),
    ("resident", "/topics?state=voting", "/topics"),
    (VISITOR, "/topics/{quiet}", "/topics/{lively}"),
    ("resident", "/topics/{quiet}", "/topics/{lively}"),
    ("staff", "/topics/{quiet}", "/topics/{lively}"),
    (VISITOR, "/activities/{next}", "/activities/{regular}"),
    ("staff", "/activities/{next}/desk", "/activities/{regular}/desk?shift={past_shift}"),
    (VISITOR, "/rewards?category=learning", "/rewards"),
    (VISITOR, "/requests?state=overdue", "/requests"),
    ("resident", "/requests?state=resolved", "/requests?state=closed"),
    ("resident", "/points?asset=minutes", "/points"),
)


class Readers:
    """Browsers of accounts, each signed in once."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.known = numbers(app.config["SETTINGS"].database_url, secret=app.config["SECRET_KEY"])
        self._clients: dict[str, FlaskClient] = {}

    def cost(self, who: str, path: str) -> list[str]:
        """The statements of the second request: what a worker keeps after its first one is not the page's cost."""
        client, path = self._client(who), path.format(**self.known)
        assert client.get(path).status_code == 200, path
        with statements() as seen:
            client.get(path)
        return seen

    def _client(self, who: str) -> FlaskClient:
        if who not in self._clients:
            client = self.app.test_client()
            self._clients[who] = client if who == VISITOR else Walker(client).signs_in(who).client
        return self._clients[who]


@pytest.fixture
def readers(street_app: Flask) -> Readers:
    return Readers(street_app)


def test_every_page_costs_few_statements_and_none_for_each_row(readers: Readers) -> None:
    dear = []
    for example in examples():
        if example.rule in ELSEWHERE:
            continue
        seen = readers.cost(example.who, example.path)
        most = LIST if example.rule in LISTS else WORK if example.rule == "/work" else PAGE
        again = [statement for statement, times in Counter(seen).items() if times > ALIKE]
        if len(seen) > most or again:
            dear.append(f"{_named(example)}: {len(seen)} of {most}; for each row: {[_short(one) for one in again]}")

    assert dear == []


@pytest.mark.parametrize(("who", "few", "many"), FEW_AND_MANY)
def test_more_rows_cost_no_more_statements(readers: Readers, who: str, few: str, many: str) -> None:
    assert len(readers.cost(who, many)) <= max(len(readers.cost(who, few)), LIST)


def _named(example: Example) -> str:
    return f"{example.who} {example.path}"


def _short(statement: str) -> str:
    return " ".join(statement.split())[:120]
