"""Search, the front pages of communities and their comparison, as anybody opens them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.home import comparing
from app.home.rules import KINDS
from tests.makers import a_street, kept
from tests.statements import statements
from tests.test_journeys import Walker

CHINESE, ENGLISH = {"Accept-Language": "zh-CN"}, {"Accept-Language": "en"}

# Rooms and their lists, for whoever reads: none of them is further from home than this.
STEPS = 2
ROOMS = {
    "/topics", "/activities", "/points", "/points/tariff", "/me", "/requests", "/requests/figures", "/requests/mine",
    "/service-team", "/service-guide", "/disclosures", "/disclosures/calendar", "/agreements", "/rankings",
    "/rankings/household", "/sittings", "/open-days", "/notices", "/promises", "/rewards", "/orders", "/communities",
    "/places/a", "/places/b", "/me/messages", "/me/household", "/settings", "/open-data",
}  # fmt: skip


def text_of(client: FlaskClient, path: str, headers: dict[str, str] = CHINESE) -> str:
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def main_of(html: str) -> str:
    return html.split("<main", 1)[1].split("</main", 1)[0]


def links(html: str) -> set[str]:
    """Addresses that a page leads to, without what comes after a question mark."""
    return {re.split(r"[?#]", href)[0] for href in re.findall(r'href="(/[^"]*)"', html)}


def found(client: FlaskClient, **query: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = client.get("/search.json", query_string=query).get_json()["items"]
    return items


def test_every_room_is_two_steps_from_home(street_app: Flask) -> None:
    client = Walker(street_app.test_client()).signs_in("resident").client
    reached = {"/"}
    seen: set[str] = set()
    for _ in range(STEPS):
        fresh = {path for path in reached - seen if path in ROOMS | {"/"}}
        seen |= fresh
        reached |= {href for path in fresh for href in links(text_of(client, path))}

    assert reached >= ROOMS


@pytest.mark.parametrize("query", ["停", "停车", "夜间错时", "parking", "GARDENS", "p"])
def test_signs_and_words_are_found_and_marked(street_app: Flask, query: str) -> None:
    client = street_app.test_client()

    html = main_of(text_of(client, f"/search?q={query}"))

    assert "<mark>" in html
    assert found(client, q=query)


def test_what_nobody_wrote_is_not_found_and_a_way_on_is_shown(street_app: Flask) -> None:
    html = main_of(text_of(street_app.test_client(), "/search?q=鱻鱻"))

    assert "没有查到" in html
    assert 'href="/topics/new"' in html


def test_a_search_is_narrowed_to_a_kind_and_a_place(street_app: Flask) -> None:
    client = street_app.test_client()

    assert {one["kind"] for one in found(client, q="公约", kind="agreement")} == {"agreement"}
    assert {one["place"] for one in found(client, q="村", place="b")} == {"b"}
    assert found(client, q="村", kind="nonsense", place="nowhere") == found(client, q="村")


def test_a_search_is_read_page_by_page_and_costs_little(street_app: Flask) -> None:
    client = street_app.test_client()
    seen, after = [], ""
    while after is not None:
        data = client.get("/search.json", query_string={"q": "的", "after": after}).get_json()
        seen += [(one["kind"], one["id"]) for one in data["items"]]
        after = data["next"]

    assert len(seen) == len(set(seen)) > 20
    assert {kind for kind, _ in seen} == set(KINDS)
    with statements() as sent:
        text_of(client, "/search?q=的")
    assert len(sent) <= 6, sent


@pytest.mark.parametrize("headers", [CHINESE, ENGLISH])
@pytest.mark.parametrize("path", ["/search", "/search?q=%22%20%2F*", "/search?q=" + "x" * 3000, "/communities"])
def test_an_empty_house_answers_whatever_is_asked(client: FlaskClient, path: str, headers: dict[str, str]) -> None:
    assert text_of(client, path, headers).count("<h1>") == 1


def test_what_is_looked_for_is_shown_as_text(street_app: Flask) -> None:
    html = text_of(street_app.test_client(), "/search?q=<b>停车</b>")

    assert "<b>停车" not in html
    assert "&lt;b&gt;停车" in html


@pytest.mark.parametrize("code", ["a", "b"])
def test_a_community_has_its_front_page(street_app: Flask, code: str) -> None:
    client = street_app.test_client()
    text_of(client, f"/places/{code}")

    with statements() as sent:
        html = main_of(text_of(client, f"/places/{code}"))

    assert len(sent) <= 12, sent
    for words in ("大家在商量的事", "我们约定的事", "最近公开", "近一年的诉求", "网格队伍", "谢谢这些邻居"):
        assert words in html
    assert f"/topics?place={code}" in html


@pytest.mark.parametrize("code", ["s", "a1", "nowhere"])
def test_only_communities_have_a_front_page(street_app: Flask, code: str) -> None:
    assert street_app.test_client().get(f"/places/{code}").status_code == 404


def test_communities_stand_side_by_side(street_app: Flask) -> None:
    client = street_app.test_client()
    text_of(client, "/communities")
    with statements() as sent:
        html = main_of(text_of(client, "/communities"))
    items = client.get("/communities.json").get_json()["items"]

    assert len(sent) <= 12, sent
    assert [one["code"] for one in items] == ["a", "b"]
    for one in items:
        assert one["name"]["zh"] in html
        assert all(one[name] is None or 0 <= one[name] <= 1 for name in comparing.SHARES)
        assert all(one[name] is not None for name in comparing.MEASURES), "the sample street has something to compare"


def test_figures_about_few_people_stay_unsaid(client: FlaskClient) -> None:
    with client.application.app_context(), kept():
        a_street()

    items = client.get("/communities.json").get_json()["items"]

    assert items
    for one in items:
        assert one["households"] is None
        assert {one[name] for name in ("taking_part", "signed", "solved", "honour")} == {None}
    assert "—" in main_of(text_of(client, "/communities"))


@pytest.mark.parametrize(
    ("path", "door"), [("/open-days", "/sittings"), ("/service-team", "/requests"), ("/sittings", "/sittings")]
)
def test_the_door_of_a_room_is_marked_on_each_of_its_pages(client: FlaskClient, path: str, door: str) -> None:
    with client.application.app_context(), kept():
        a_street()
    page = text_of(client, path)
    assert re.search(rf'<a href="{door}" aria-current="(page|true)">', page)
