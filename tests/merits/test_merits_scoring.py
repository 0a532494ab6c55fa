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
        self.street = street.street.id
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


def test_of_what_nothing_was_left_each_month_and_the_household_is_told_once(
    app: Flask, client: FlaskClient, home: Home
) -> None:
    with app.app_context(), transaction():
        for who, because, days_ago in ((home.me, 1, 45), (home.me, 2, 40), (home.relative, 3, 39), (home.me, 4, 1)):
            home.did(who, "R01", f"promise:{because}", days_ago=days_ago)
    page = words(signed_in(client, home.me))

    assert "Whole household · R01 · 2 times, nothing left · the limit of this line was reached before" in page
    assert re.findall(r"(\d) times?, nothing left", page) == ["1", "2"], "of November and of October"
    assert "Cut short" not in page, "nothing was counted, so no rest was"
    assert "只记了剩余部分" not in client.get("/points/score", headers={"Accept-Language": "zh"}).text


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "2 h 30 min counted, 2 for each 1 h: 2 × 2 × 1.4"), ("zh", "计入2小时30分钟，每1小时2分：2 × 2 × 1.4")],
)
def test_an_entry_says_how_its_amount_came_about(
    app: Flask, client: FlaskClient, home: Home, language: str, said: str
) -> None:
    with app.app_context(), transaction():
        operations.award(
            "V01", resident_id=home.me, because="hours:1", effective_at=NOON, at=NOON, by_id=None, minutes=150,
            in_charge=True,
        )  # fmt: skip
        home.did(home.me, "E04", "clean-up:1")
    signed_in(client, home.me).set_cookie("language", language)
    entries = re.findall(r'href="(/points/entries/\d+)"', client.get("/points/score").text)

    assert sum(said in client.get(path).text for path in entries) == 1, "a fixed amount needs no reckoning"


def test_rows_stand_in_the_order_of_the_days_that_they_show(app: Flask, client: FlaskClient, home: Home) -> None:
    with app.app_context(), transaction():
        for because, done, posted in (("1", 9, 1), ("2", 5, 5), ("3", 7, 7)):
            operations.award(
                "E04", resident_id=home.me, because=f"clean-up:{because}", effective_at=NOON - done * DAY,
                at=NOON - posted * DAY, by_id=None,
            )  # fmt: skip
    page = words(signed_in(client, home.me))

    shown = re.findall(r"Deed E04 (yesterday|\w{3} \d+ November)", page)
    assert shown[:3] == ["yesterday", "Fri 13 November", "Wed 11 November"]


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
