"""The statement as people see it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.kit.words import Words
from app.merits import operations as merits
from app.points import operations
from tests.makers import NOON, a_household, a_resident, a_street, kept, noon, sign_in
from tests.merits.documents import tariff_document
from tests.statements import statements


@pytest.fixture
def family(app: Flask) -> Iterator[dict[str, int]]:
    """Two people of one household, and a neighbour; the first one helped twice and reserved soap."""
    with noon():
        with app.app_context(), kept():
            street = a_street()
            document = tariff_document(E04={"assets": {"honour": 6, "points": 6}})
            merits.load_tariff(document, place_id=street.street.id, effective_from=NOON.date(), by_id=None, at=NOON)
            home = a_household(street.group)
            one, spouse, neighbour = a_resident(home), a_resident(home), a_resident(a_household(street.group))
            people = {"one": one.id, "spouse": spouse.id, "neighbour": neighbour.id, "household": home.id}
            for number in range(2):
                earn(one.id, "E04", f"clean-up:{number}")
            earn(one.id, "D01", "sitting:1")
            earn(spouse.id, "V01", "hours:1", minutes=130)
            held = operations.hold(
                household_id=home.id, amount=5, because="order:1", expires_at=NOON + timedelta(days=7), by_id=one.id,
                at=NOON, resident_id=one.id, what=Words(zh="香皂", en="Soap"),
            )  # fmt: skip
            people["hold"] = held.id
        yield people


def earn(resident_id: int, code: str, because: str, **more: Any) -> None:
    merits.award(code, resident_id=resident_id, because=because, effective_at=NOON, at=NOON, by_id=None, **more)


def signed_in(client: FlaskClient, resident_id: int) -> FlaskClient:
    with client.application.app_context():
        return sign_in(client, resident_id)


def words(client: FlaskClient, path: str) -> str:
    answer = client.get(path, headers={"Accept-Language": "en"})
    assert answer.status_code == 200
    return " ".join(answer.get_data(as_text=True).split())


def test_the_statement_says_what_there_is_and_what_for(client: FlaskClient, family: dict[str, int]) -> None:
    page = words(signed_in(client, family["one"]), "/points")

    assert "<dt>Available points</dt><dd>11</dd>" in page
    assert "16 in all, 5 of them held for orders" in page
    assert "<dt>Honour this quarter</dt><dd>76</dd>" in page
    assert "Deed E04" in page
    assert "Whole household · D01 · Council" in page


def test_i10_the_statement_explains_what_a_limit_cut_short(client: FlaskClient, family: dict[str, int]) -> None:
    page = words(signed_in(client, family["one"]), "/points")

    assert page.count("Cut short: the day&#39;s limit was reached") == 1
    assert (page.count(">+6<"), page.count(">+4<")) == (1, 2)  # 4 of 6 remained; the spouse's hours earned 4


def test_relatives_see_heading_and_amount_only(client: FlaskClient, family: dict[str, int]) -> None:
    page = words(signed_in(client, family["spouse"]), "/points")

    assert "Deed E04" not in page
    assert "E04" not in page
    assert "Cut short" not in page
    assert "Environment" in page
    assert "Deed V01" in page
    assert "Deed D01" in page  # the household's as a whole


def test_what_a_relative_took_for_the_points_stays_with_the_relative(
    app: Flask, client: FlaskClient, family: dict[str, int]
) -> None:
    with app.app_context(), kept():
        operations.settle(family["hold"], merchant_id=1, because="collected:1", by_id=None, at=NOON)

    assert "Soap" in words(signed_in(client, family["one"]), "/points")
    assert "Soap" not in words(signed_in(client, family["spouse"]), "/points")


def test_minutes_are_each_persons_own(client: FlaskClient, family: dict[str, int]) -> None:
    assert "+2 h 10 min" in words(signed_in(client, family["spouse"]), "/points?asset=minutes")
    assert "No entries this month" in words(signed_in(client, family["one"]), "/points?asset=minutes")


def test_neighbours_see_nothing_of_it(client: FlaskClient, family: dict[str, int]) -> None:
    page = words(signed_in(client, family["neighbour"]), "/points")

    assert "Deed" not in page
    assert "No entries this month. Join a clean-up day and the first one will appear here." in page


def test_visitors_sign_in_first_and_newcomers_learn_how(app: Flask, client: FlaskClient) -> None:
    assert client.get("/points").status_code == 401
    with app.app_context(), kept():
        newcomer = a_resident(verified=False).id

    assert "invitation code" in words(signed_in(client, newcomer), "/points")


@pytest.mark.parametrize("query", ["asset=gold", "asset=honour&after=x", "after=99999999999999999999", "after=%00"])
def test_a_mistyped_address_shows_the_first_page(client: FlaskClient, family: dict[str, int], query: str) -> None:
    assert signed_in(client, family["one"]).get(f"/points?{query}").status_code == 200


def test_the_statement_pages_by_key_and_keeps_its_running_balance(
    app: Flask, client: FlaskClient, family: dict[str, int]
) -> None:
    with app.app_context(), kept():
        for number in range(25):
            operations.grant(
                "points", 1, household_id=family["household"], resident_id=family["one"], code="T01", heading="council",
                because=f"more:{number}", effective_at=NOON, at=NOON, by_id=None,
            )  # fmt: skip
    signed_in(client, family["one"])
    first = words(client, "/points")
    onward = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")

    second = words(client, onward)

    assert ">41</td>" in first
    assert ">22</td>" in first
    assert ">21</td>" in second
    assert 'rel="next"' not in second
    assert "There are no earlier entries" in words(client, "/points?after=1")


def test_the_statement_is_not_public_data(client: FlaskClient, family: dict[str, int]) -> None:
    assert signed_in(client, family["one"]).get("/points.json").status_code == 404


@pytest.mark.parametrize("path", ["/points", "/points?asset=honour", "/points?asset=minutes"])
def test_the_statement_takes_at_most_six_queries(
    app: Flask, client: FlaskClient, family: dict[str, int], path: str
) -> None:
    signed_in(client, family["one"])

    with statements() as sent:
        client.get(path)

    assert len(sent) <= 6, sent
