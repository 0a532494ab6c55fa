"""The pages of the whole house: for visitors, residents and staff; with data, and without any."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.home.views.communities import MEASURES
from app.home.views.front import DOORS
from app.home.views.work import KINDS
from app.people import queries as people
from tests.makers import a_household, a_resident, a_street, give, kept, sign_in
from tests.statements import statements

ROOT = Path(__file__).resolve().parent.parent.parent
CHINESE, ENGLISH = {"Accept-Language": "zh-CN"}, {"Accept-Language": "en"}
ACCOUNTS = (
    "resident", "neighbour", "newcomer", "leader", "grid", "staff", "supervisor", "organiser", "reviewer", "merchant",
    "street", "admin", "b-resident", "b-staff", "voter001",
)  # fmt: skip

Enter = Callable[[str], FlaskClient]


@pytest.fixture
def enter(street_app: Flask) -> Enter:
    """A client signed in to an account of the sample street."""

    def sign(name: str) -> FlaskClient:
        with street_app.app_context():
            resident = people.account(name)
            assert resident is not None
            return sign_in(street_app.test_client(), resident.id)

    return sign


def text_of(client: FlaskClient, path: str, headers: dict[str, str] = CHINESE) -> str:
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


@pytest.mark.parametrize("name", ACCOUNTS)
def test_everybody_has_a_home_that_costs_little(enter: Enter, name: str) -> None:
    client = enter(name)

    for path in ("/", "/me"):
        text_of(client, path)
        with statements() as seen:
            html = text_of(client, path)
        assert len(seen) <= 12, seen
        assert html.count("<h1>") == 1


@pytest.mark.parametrize(
    "name", ["leader", "grid", "staff", "supervisor", "organiser", "reviewer", "street", "admin", "b-staff"]
)
def test_a_work_list_opens_to_those_who_have_one_and_costs_little(enter: Enter, name: str) -> None:
    client = enter(name)
    text_of(client, "/work")

    with statements() as seen:
        text_of(client, "/work")

    assert len(seen) <= 19, seen


def test_a_visitor_reads_what_this_place_is(street_app: Flask) -> None:
    client = street_app.test_client()
    text_of(client, "/")

    with statements() as seen:
        html = text_of(client, "/")

    assert len(seen) <= 12, seen
    for words in ("欢迎来到禾塘街道", "大家在商量的事", "近期活动", "谢谢这些邻居", "怎样加入"):
        assert words in html
    assert "Welcome to Hetang Street" in text_of(client, "/", ENGLISH)


def test_a_resident_sees_what_is_open_and_how_the_household_stands(enter: Enter) -> None:
    html = text_of(enter("resident"), "/")

    for words in ("件事等您", "我家本季", "大家最近定下的事", "看怎么得分"):
        assert words in html
    assert "打开我的待办" not in html


def test_a_vote_leaves_the_front_page_once_it_is_cast(enter: Enter) -> None:
    client = enter("resident")
    html = text_of(client, "/")
    topic = html.split('id="vote-', 1)[1].split('"', 1)[0]
    page = text_of(client, f"/topics/{topic}")
    fields = {
        name: page.split(f'name="{name}" ', 1)[1].split('value="', 1)[1].split('"', 1)[0]
        for name in ("csrf_token", "request_id", "choice")
        if f'name="{name}" ' in page
    }

    assert client.post(f"/topics/{topic}/vote", data=fields).status_code in (200, 303)

    assert f'id="vote-{topic}"' not in text_of(client, "/")


def test_staff_find_their_work_list_from_home(enter: Enter) -> None:
    client = enter("staff")

    assert "打开我的待办" in text_of(client, "/")
    assert "待办" in text_of(client, "/work")
    assert "Work list" in text_of(client, "/work", ENGLISH)


def test_a_work_list_can_be_read_by_kind(enter: Enter) -> None:
    client = enter("staff")
    everything = text_of(client, "/work")

    only = text_of(client, "/work?room=activities")

    assert "/topics/" in everything
    assert "/topics/" not in only.split("<main", 1)[1].split("</main", 1)[0]
    assert text_of(client, "/work?room=nonsense").count("<li>") == everything.count("<li>")


def test_a_newcomer_is_told_how_to_enter_the_code(enter: Enter) -> None:
    client = enter("newcomer")

    for path in ("/", "/me"):
        assert 'href="/join"' in text_of(client, path)


@pytest.mark.parametrize("name", ["resident", "newcomer", "merchant"])
def test_the_work_list_is_shut_to_others(enter: Enter, name: str) -> None:
    assert enter(name).get("/work").status_code == 403


def test_me_and_work_ask_for_a_sign_in(client: FlaskClient) -> None:
    assert client.get("/me").status_code == 401
    assert client.get("/work").status_code == 401


@pytest.mark.parametrize("headers", [CHINESE, ENGLISH])
def test_an_empty_house_has_a_front_page(client: FlaskClient, headers: dict[str, str]) -> None:
    assert "<h1>" in text_of(client, "/", headers)


def test_people_of_a_village_without_data_have_their_pages(client: FlaskClient) -> None:
    with client.application.app_context(), kept():
        street = a_street()
        resident, leader = (a_resident(a_household(street.group)) for _ in range(2))
        give("leader", leader, street.group)
        office = a_resident(None, verified=False)
        give("street", office, street.street)
        ids = resident.id, leader.id, office.id

    for person in ids:
        with client.application.app_context():
            sign_in(client, person)
        for path in ("/", "/me"):
            assert "<h1>" in text_of(client, path)
    for path in ("/", "/work"):
        assert "待办都办完了" in text_of(client, path)


def test_the_data_dictionary_names_every_public_list(client: FlaskClient) -> None:
    rooms = re.findall(r'href="(\?room=[\w-]+)"', text_of(client, "/open-data"))
    html = "".join(text_of(client, f"/open-data{room}") for room in rooms)

    for path in ("/topics.json", "/activities.json", "/rewards.json", "/rankings.json"):
        assert f'href="{path}"' in html


def test_every_task_and_door_has_its_picture() -> None:
    drawn = set(re.findall(r'<symbol id="([^"]+)"', (ROOT / "static" / "img" / "icons.svg").read_text()))

    assert {picture for _words, _button, picture in KINDS.values()} <= drawn
    assert {picture for _page, picture, *_words in DOORS} <= drawn
    assert {picture for _words, _counts, picture in MEASURES.values()} <= drawn
