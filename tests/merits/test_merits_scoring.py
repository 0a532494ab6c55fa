"""How is my score computed: each entry, the limit that bit, and what would count next."""

from __future__ import annotations

import html
import re
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.kit.db import transaction
from app.merits import operations, scoring
from app.merits.queries import award_because
from app.people import queries as people
from app.people.rules import Person
from tests.makers import NOON, a_household, a_resident, a_street, kept
from tests.merits.documents import tariff_document
from tests.points.test_points_views import signed_in
from tests.statements import statements
from tests.worlds import Hold

DAY = timedelta(days=1)


class Home:
    """One of a household and a relative, another household, and what they did."""

    def __init__(self) -> None:
        street = a_street()
        operations.load_tariff(
            tariff_document(), place_id=street.street.id, effective_from=date(2026, 1, 1), by_id=None, at=NOON
        )
        home, other = a_household(street.group), a_household(street.group)
        self.me, self.relative, self.stranger = a_resident(home).id, a_resident(home).id, a_resident(other).id

    def did(self, who: int, code: str, because: str, days_ago: int = 0, minutes: int | None = None) -> None:
        at = NOON - days_ago * DAY
        operations.award(code, resident_id=who, because=because, effective_at=at, at=at, by_id=None, minutes=minutes)

    def person(self, who: int) -> Person:
        person = people.person(who)
        assert person is not None
        return person


@pytest.fixture
def home(app: Flask, at: Hold) -> Home:
    at(NOON)
    with app.app_context(), kept():
        return Home()


def words(client: FlaskClient, path: str = "/points/score") -> str:
    answer = client.get(path, headers={"Accept-Language": "en"})
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", answer.text)))


def ahead(home: Home, code: str) -> tuple[int, str | None]:
    """What one more deed of mine under a line would bring, and the limit that leaves less."""
    found = {one.code: one for one in scoring.next_deeds(home.person(home.me), at=NOON)}
    return found[code].honour, found[code].cut_by


def test_every_entry_its_line_and_the_limit_that_bit(app: Flask, client: FlaskClient, home: Home) -> None:
    with app.app_context(), transaction():
        home.did(home.me, "V01", "hours:1", minutes=150)
        home.did(home.me, "D02", "topic:1", days_ago=2)
        home.did(home.relative, "D02", "topic:2", days_ago=1)
        for number in range(3):
            home.did(home.me, "E04", f"clean-up:{number}")
        home.did(home.me, "E04", "clean-up:long-ago", days_ago=200)
    page = words(signed_in(client, home.me))

    assert "60 All entries of the quarter +20 Honour 80" in page
    assert "Deed V01" in page
    assert "You · V01" in page
    assert page.count("Deed D02") == 2, "my entry and what would count next, never the relative's"
    assert "A relative's entry" in page
    assert "E04 · 1 time, nothing left" in page
    assert "the day's limit was reached" in page
    assert "60 All entries of the quarter +5 Honour 65" in words(client, "/points/score?period=2026-Q2")
    assert "A relative's deed" not in page
    assert "E04 · 1 time, nothing left" in words(signed_in(app.test_client(), home.relative))
    assert "Deed E04" not in words(signed_in(app.test_client(), home.relative)).split("What would count next")[0]


def test_what_would_count_next_follows_the_limits(app: Flask, home: Home) -> None:
    with app.app_context():
        assert ahead(home, "E04") == (5, None)
        assert ahead(home, "R01") == (5, None)
        with transaction():
            home.did(home.relative, "E04", "clean-up:1")
            home.did(home.relative, "E04", "clean-up:yesterday", days_ago=1)
            home.did(home.me, "R01", "signature:1", days_ago=300)
            home.did(home.stranger, "E04", "clean-up:2")
            home.did(home.me, "D02", "topic:1")
            home.did(home.relative, "D02", "topic:2")
        assert ahead(home, "E04") == (5, None), "ten a day for the household, five are left"
        assert ahead(home, "R01") == (0, "ever"), "once for ever, also last winter"
        with transaction():
            home.did(home.relative, "E04", "clean-up:3")
            for number in (3, 4):
                home.did(home.me, "D02", f"topic:{number}")
        assert ahead(home, "E04") == (0, "day")
        assert ahead(home, "D02") == (0, "quarter"), "nine a person, the relative has room"


def test_what_is_foretold_is_what_is_granted(app: Flask, home: Home) -> None:
    """For each line: the deed done at that very moment brings exactly that."""
    with app.app_context():
        with transaction():
            home.did(home.me, "E04", "clean-up:1")
            home.did(home.me, "V01", "hours:1", minutes=210)
        foretold = scoring.next_deeds(home.person(home.me), at=NOON)
        assert len(foretold) > 4
        for one in foretold:
            with transaction():
                minutes = 60 if one.code == "V01" else None
                home.did(home.me, one.code, f"next:{one.code}", minutes=minutes)
                given = award_because(f"next:{one.code}")
                assert given is not None
                assert (given.honour, given.points) == (one.honour, one.points), one.code


@pytest.mark.parametrize("wish", ["2026", "2026-11", "2027-Q1", "2026-Q5", "x", "2026-H1"])
def test_only_quarters_that_began_have_a_page(client: FlaskClient, home: Home, wish: str) -> None:
    assert signed_in(client, home.me).get(f"/points/score?period={wish}").status_code == 404


def test_it_takes_a_few_statements_however_much_was_done(app: Flask, client: FlaskClient, home: Home) -> None:
    signed_in(client, home.me).get("/points/score")
    with app.app_context(), statements() as few:
        client.get("/points/score")
    with app.app_context(), transaction():
        for number in range(40):
            home.did(home.me, "E06", f"swap:{number}", days_ago=number)
    with app.app_context(), statements() as many:
        client.get("/points/score")

    assert len(many) <= len(few) + 1
