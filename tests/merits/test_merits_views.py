"""The tariff as everybody may read it."""

from __future__ import annotations

import re
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.kit.open_data import data_sets
from app.merits import operations
from tests.makers import NOON, a_household, a_resident, a_street, kept
from tests.merits.documents import tariff_document
from tests.points.test_points_views import signed_in, words
from tests.statements import statements

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def place(app: Flask) -> dict[str, int]:
    with app.app_context(), kept():
        street = a_street()
        since = date(2026, 1, 1)
        operations.load_tariff(tariff_document(), place_id=street.street.id, effective_from=since, by_id=None, at=NOON)
        own = tariff_document(E04={"assets": {"points": 77}})
        own["lines"] = own["lines"][:1]
        operations.load_tariff(own, place_id=street.community.id, effective_from=since, by_id=None, at=NOON)
        resident = a_resident(a_household(street.group))
        return {
            "street": street.street.id, "community": street.community.id,
            "village": street.village.id, "resident": resident.id,
        }  # fmt: skip


def test_visitors_read_the_tariff_of_the_street(client: FlaskClient, place: dict[str, int]) -> None:
    page = words(client, "/points/tariff")

    assert "Deed E04" in page
    assert "+77" not in page
    assert "at most 10 points a day per household" in page
    assert "at most 240 minutes a day per person" in page
    assert "The minutes served are recorded too" in page
    assert "×1.4" in page
    assert "Clean home" in page
    assert "at most 80 a month" in page
    assert "access to subsidies, schools or public services" in page


def test_a_resident_reads_the_lines_of_the_own_community(client: FlaskClient, place: dict[str, int]) -> None:
    assert "+77" in words(signed_in(client, place["resident"]), "/points/tariff")
    assert "+77" in words(client, f"/points/tariff?place={place['community']}")
    assert "+77" not in words(client, f"/points/tariff?place={place['street']}")


def test_it_reads_in_chinese_without_english(client: FlaskClient, place: dict[str, int]) -> None:
    page = client.get("/points/tariff", headers={"Accept-Language": "zh-CN"}).get_data(as_text=True)

    assert "每户每日最多10分" in page
    assert "Deed" not in page


@pytest.mark.parametrize("wish", ["999999", "x", "-1", "１", "9" * 30])
def test_an_unknown_place_is_not_found(client: FlaskClient, place: dict[str, int], wish: str) -> None:
    assert client.get(f"/points/tariff?place={wish}").status_code == 404


def test_the_twin_says_the_same_and_is_described(client: FlaskClient, place: dict[str, int]) -> None:
    told = client.get("/points/tariff.json").get_json()

    assert told["next"] is None
    assert [line["code"] for line in told["items"]] == [line["code"] for line in tariff_document()["lines"]]
    described = next(one for one in data_sets() if one.path == "/points/tariff.json")
    assert set(told["items"][0]) == set(described.fields)
    assert told["items"][0]["behaviour"] == {"zh": "好事E04", "en": "Deed E04"}


def test_the_twin_names_the_place_that_each_line_belongs_to(client: FlaskClient, place: dict[str, int]) -> None:
    told = client.get(f"/points/tariff.json?place={place['community']}").get_json()
    places = {line["code"]: line["place_id"] for line in told["items"]}

    assert places.pop("E04") == place["community"]
    assert set(places.values()) == {place["street"]}
    assert {line["place"]["en"][:7] for line in told["items"]} == {"Wutongl", "Hetang "}


def test_visitors_turn_from_one_community_to_the_other(client: FlaskClient, place: dict[str, int]) -> None:
    def tabs(path: str) -> list[tuple[str, bool]]:
        found = re.search(
            r'<nav class="tabs row" aria-label="By place">(.*?)</nav>', client.get(path, headers=ENGLISH).text, re.S
        )
        assert found is not None
        return [(href, bool(now)) for href, now in re.findall(r'href="([^"]+)"( aria-current="page")?', found[1])]

    street, community, village = (f"/points/tariff?place={place[name]}" for name in ("street", "community", "village"))

    assert tabs("/points/tariff") == [(street, True), (community, False), (village, False)]
    assert tabs(community) == [(street, False), (community, True), (village, False)]
    assert tabs(village) == [(street, False), (community, False), (village, True)]


def test_a_street_without_lines_of_its_own_shows_its_communities_only(app: Flask, client: FlaskClient) -> None:
    with app.app_context(), kept():
        street = a_street()
        since = date(2026, 1, 1)
        operations.load_tariff(
            tariff_document(), place_id=street.community.id, effective_from=since, by_id=None, at=NOON
        )
        names = street.community.name.en, street.village.name.en, street.street.name.en

    page = client.get("/points/tariff", headers=ENGLISH).text
    nav = page.partition('aria-label="By place"')[2].partition("</nav>")[0]

    assert [name in nav for name in names] == [True, True, False]


def test_a_place_without_a_tariff_says_what_will_stand_there(client: FlaskClient) -> None:
    assert "No tariff is in force here yet" in words(client, "/points/tariff")


def test_the_tariff_takes_few_queries(app: Flask, client: FlaskClient, place: dict[str, int]) -> None:
    with statements() as sent:
        client.get("/points/tariff")

    assert len(sent) <= 6, sent
