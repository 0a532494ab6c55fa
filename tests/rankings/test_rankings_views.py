"""Pages of standings: what the public reads, what a household reads, and that nobody is named who did not agree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app.kit.db import db
from app.people.models import Household
from app.places.models import Place
from tests.makers import NOON, a_household, a_resident, a_street, kept, noon, post, sign_in
from tests.rankings.making import earn, families, listed
from tests.statements import statements

ENGLISH = {"Accept-Language": "en"}
CHINESE = {"Accept-Language": "zh-CN"}


@dataclass
class Village:
    """Twelve households of a group: the first three earned; the first and the third agreed to be shown."""

    group_id: int
    other_group_id: int
    codes: list[str]  # of the group, grid, community and street
    other_code: str
    homes: list[int]
    doors: list[str]
    hidden: int  # a resident of the second household

    @property
    def list(self) -> str:
        return f"/rankings?place={self.codes[0]}"

    def home(self, number: int) -> Household:
        household = db.session.get(Household, self.homes[number])
        assert household is not None
        return household


@pytest.fixture
def village(client: FlaskClient) -> Village:
    with client.application.app_context(), noon(), kept():
        street = a_street()
        homes = families(street.group, [20, 15, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0])
        listed(homes[0], family_name="欧阳", family_name_en="Ouyang", given_name="慧兰")
        hidden = a_resident(homes[1], family_name="诸葛", family_name_en="Zhuge", given_name="建国")
        listed(homes[2], shown_as="nickname", nickname="阳台茉莉", family_name="司徒", given_name="秀英")
        a_resident(homes[0], family_name="欧阳", given_name="小宝", born_on=NOON.date() - timedelta(days=3000))
        codes = [place.code for place in (street.group, street.grid, street.community, street.street)]
        return Village(
            street.group.id, street.other_group.id, codes, street.village.code,
            [home.id for home in homes], [home.door for home in homes], hidden.id,
        )  # fmt: skip


def enter(client: FlaskClient, resident_id: int) -> None:
    with client.application.app_context():
        sign_in(client, resident_id)


def text_of(client: FlaskClient, path: str, headers: dict[str, str] = CHINESE) -> str:
    with noon():
        answer = client.get(path, headers=headers)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def test_the_public_list_shows_masked_names_and_nicknames(client: FlaskClient, village: Village) -> None:
    html = text_of(client, village.list)

    assert "欧阳*" in html
    assert "阳台茉莉" in html
    assert "共12户" in html
    assert 'name="robots" content="noindex"' in html


def test_the_english_page_says_the_same(client: FlaskClient, village: Village) -> None:
    html = text_of(client, village.list, ENGLISH)

    assert "Ouyang*" in html
    assert "12 households count." in html


@pytest.mark.parametrize("path", ["/rankings", "/rankings.json"])
def test_standings_are_not_indexed_and_kept_nowhere(client: FlaskClient, village: Village, path: str) -> None:
    with noon():
        answer = client.get(path)

    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("headers", [CHINESE, ENGLISH])
def test_nobody_is_named_who_did_not_agree(client: FlaskClient, village: Village, headers: dict[str, str]) -> None:
    secrets = ["诸葛", "Zhuge", "建国", "小宝", "慧兰", "秀英", "司徒", *village.doors]
    pages = ["/", "/?", "/rankings", "/rankings.json", "/open-data"]
    for code in village.codes:
        for period in ("2026-Q4", "2026-11", "2026", "2026-Q3"):
            pages += [f"/rankings?place={code}&period={period}", f"/rankings.json?place={code}&period={period}"]

    for path in pages:
        text = text_of(client, path, headers)
        assert [secret for secret in secrets if secret in text] == [], path


def test_a_neighbour_sees_no_more_than_the_public(client: FlaskClient, village: Village) -> None:
    with client.application.app_context(), kept():
        neighbour = a_resident(village.home(5), family_name="申屠").id
    enter(client, neighbour)

    for path in ("/", "/me", "/rankings", "/rankings.json", "/rankings/household"):
        text = text_of(client, path)
        assert "诸葛" not in text, path
        assert "慧兰" not in text, path
        assert village.doors[1] not in text, path


def test_the_twin_tells_the_same_as_the_page_and_nothing_of_the_reader(client: FlaskClient, village: Village) -> None:
    enter(client, village.hidden)

    with noon():
        twin = client.get(f"/rankings.json?place={village.codes[0]}&period=2026-Q4", headers=CHINESE).json

    assert twin["households"] == 12
    items = [(one["place"], one["name"], one["honour"]) for one in twin["items"]]
    assert items == [(1, "欧阳*", 80), (3, "阳台茉莉", 69)]
    assert twin["items"][1]["community"] is None
    assert twin["next"] is None


def test_a_household_that_did_not_agree_still_sees_itself(client: FlaskClient, village: Village) -> None:
    enter(client, village.hidden)

    html = text_of(client, "/rankings")

    assert "这一行只有您家看得到" in html
    assert "data-mine" in html


def test_my_household_sees_every_entry_and_relatives_only_heading_and_amount(
    client: FlaskClient, village: Village
) -> None:
    with client.application.app_context(), noon(), kept():
        earn(village.home(1), 3, heading="neighbours", effective_at=NOON - timedelta(days=60))
    enter(client, village.hidden)

    quarter = text_of(client, "/rankings/household")
    earlier = text_of(client, "/rankings/household?period=2026-Q3")

    assert "+15" in quarter
    assert "季初起点" in quarter
    assert "+3" not in quarter
    assert "+3" in earlier


def test_a_consent_and_its_end_take_effect_on_the_next_request(client: FlaskClient, village: Village) -> None:
    public = client.application.test_client()
    enter(client, village.hidden)
    path = village.list

    with noon():
        answer = post(client, "/rankings/consent", shown_as="nickname", nickname=" 后院的  猫 ", all_agree="y")
    assert answer.status_code == 303
    assert "后院的 猫" in text_of(public, path)

    with noon():
        assert post(client, "/rankings/consent/withdraw").status_code == 303
    assert "后院的 猫" not in text_of(public, path)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"shown_as": "masked"},
        {"shown_as": "nickname", "all_agree": "y"},
        {"shown_as": "nickname", "nickname": "居委会", "all_agree": "y"},
        {"shown_as": "nickname", "nickname": "x" * 500, "all_agree": "y"},
        {"shown_as": "nickname", "nickname": "阳台 茉莉", "all_agree": "y"},
        {"shown_as": "bottom", "all_agree": "y"},
    ],
)
def test_a_consent_that_is_not_right_is_asked_again(
    client: FlaskClient, village: Village, fields: dict[str, str]
) -> None:
    enter(client, village.hidden)

    with noon():
        answer = post(client, "/rankings/consent", **fields)

    assert answer.status_code == 422
    typed = fields.get("nickname", "")
    assert typed in answer.get_data(as_text=True)


def test_a_minor_decides_nothing(client: FlaskClient, village: Village) -> None:
    with client.application.app_context(), noon(), kept():
        child = a_resident(village.home(1), born_on=NOON.date() - timedelta(days=15 * 365)).id
    enter(client, child)

    with noon():
        assert post(client, "/rankings/consent", shown_as="masked", all_agree="y").status_code == 403
        assert post(client, "/rankings/consent/withdraw").status_code == 403
    assert "家里的成年人决定" in text_of(client, "/rankings/consent")
    assert "诸葛" not in text_of(client.application.test_client(), village.list)


@pytest.mark.parametrize(
    "query",
    [
        "period=2026-13", "period=x", "period=2027-Q1", "period=0000", "place=nowhere", "place=-1",
        "place=99999999999999",
    ],
)  # fmt: skip
def test_what_is_not_there_is_not_found(client: FlaskClient, village: Village, query: str) -> None:
    with noon():
        for path in ("/rankings", "/rankings.json"):
            assert client.get(f"{path}?{query}").status_code == 404


@pytest.mark.parametrize("query", ["period=", "place=", "after=zz", "period=2026-Q4&place="])
def test_an_empty_wish_is_no_wish(client: FlaskClient, village: Village, query: str) -> None:
    assert text_of(client, f"/rankings?{query}")


def test_a_foreign_place_has_no_page_of_ones_own(client: FlaskClient, village: Village) -> None:
    enter(client, village.hidden)

    with noon():
        answer = client.get(f"/rankings/household?place={village.other_code}")

    assert answer.status_code == 404


def test_an_empty_house_has_a_page_too(client: FlaskClient) -> None:
    assert "还没有家庭" in text_of(client, "/rankings")


def test_a_newcomer_is_told_what_is_missing(client: FlaskClient, village: Village) -> None:
    with client.application.app_context(), kept():
        newcomer = a_resident(None, verified=False).id
    enter(client, newcomer)

    assert "入户邀请码" in text_of(client, "/rankings")


@pytest.mark.parametrize(("path", "most"), [("/rankings", 6), ("/rankings.json", 6), ("/rankings/household", 12)])
def test_pages_ask_the_database_little_however_many_households(
    client: FlaskClient, village: Village, path: str, most: int
) -> None:
    with client.application.app_context(), noon(), kept():
        for home in families(db.session.get_one(Place, village.group_id), range(1, 31)):
            listed(home)
    enter(client, village.hidden)
    text_of(client, path)

    with statements() as seen:
        text_of(client, path)

    assert len(seen) <= most, seen


def test_a_household_of_another_group_is_told_so(client: FlaskClient, village: Village) -> None:
    with client.application.app_context(), kept():
        other = a_resident(a_household(db.session.get_one(Place, village.other_group_id))).id
    enter(client, other)

    assert "您家不在这个范围里" in text_of(client, village.list)
