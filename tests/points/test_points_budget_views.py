"""The pages of goods funds and of points that expire: who reads, who sets, and what bad input is told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.kit.db import db
from app.kit.periods import Period
from app.people.models import Resident
from app.places.models import Place
from app.points import fund_queries, lots, operations
from app.points.budget import Budget
from app.points.models import Transfer
from tests.makers import NOON, a_household, a_resident, a_street, as_person, give, post
from tests.worlds import Hold, World

LAST_YEAR = NOON.replace(year=2025)


class Places(World):
    """Two communities with staff, and a household with points of two years."""

    def furnish(self) -> None:
        self.street = a_street()
        roles = {"staff": self.street.community, "street": self.street.street}
        self.people: dict[str, Any] = {}
        for role, place in (*roles.items(), ("other", self.street.village)):
            one = a_resident(a_household(self.street.other_group if role != "other" else self.street.village_group))
            give("staff" if role == "other" else role, one, place)
            self.people[role] = as_person(one)
        resident: Resident = a_resident(a_household(self.street.group))
        self.people["resident"] = as_person(resident)
        for amount, at in ((50, LAST_YEAR), (30, NOON)):
            operations.grant(
                "points", amount, household_id=resident.household_id or 0, resident_id=resident.id, code="E04",
                heading="environment", because=f"test:{amount}", effective_at=at, at=at, by_id=None,
            )  # fmt: skip
        self.code, self.other_code = self.street.community.code, self.street.village.code

    def by(self, who: str | None, language: str = "en") -> Any:
        return self.as_(self.people[who] if who else None, language)


@pytest.fixture
def world(app: Flask, at: Hold) -> Places:
    at(NOON)
    return Places(app)


def plain(answer: Any) -> str:
    return " ".join(answer.get_data(as_text=True).split())


# Goods funds ----------------------------------------------------------------------------------------------------


def test_staff_set_the_fund_and_everybody_reads_it_with_its_reason(world: Places) -> None:
    answer = post(
        world.by("staff"), f"/points/budget/{world.code}", quarter="2026-Q4", amount="５００", why="Gifts of shops"
    )
    assert (answer.status_code, answer.location) == (303, f"/points/budget?place={world.code}&quarter=2026-Q4")

    page = plain(world.by(None).get(f"/points/budget?place={world.code}"))
    assert "¥500" in page
    assert "Gifts of shops" in page
    assert 'name="amount"' not in page
    rows = {row["place"]: row for row in world.by(None).get("/points/budget.json").get_json()["items"]}
    ours = rows[world.code]
    assert (ours["fund_yuan"], ours["quarter"], ours["unredeemed_points"], ours["state"]) == (
        500,
        "2026-Q4",
        80,
        "fine",
    )
    assert rows[world.other_code]["fund_yuan"] == 0
    assert "资金" in plain(world.by(None, "zh").get(f"/points/budget?place={world.code}"))


def test_the_street_office_sets_it_too(world: Places) -> None:
    path = f"/points/budget/{world.other_code}"

    assert post(world.by("street"), path, quarter="2027-Q1", amount="900", why="Grants").status_code == 303


@pytest.mark.parametrize("who", ["other", "resident", None])
def test_nobody_else_sets_it(world: Places, who: str | None) -> None:
    answer = post(world.by(who), f"/points/budget/{world.code}", quarter="2026-Q4", amount="500", why="Grants")

    assert answer.status_code == {"other": 404, "resident": 403, None: 401}[who]
    assert world.count(Transfer) == 2


@pytest.mark.parametrize(
    "amount", ["", "-1", "1.5", "1e3", "NaN", "1000001", "9223372036854775808", "五百", "５０.０", "'; DROP TABLE x"]
)
def test_an_odd_amount_gets_a_sentence_and_changes_nothing(world: Places, amount: str) -> None:
    answer = post(
        world.by("staff"), f"/points/budget/{world.code}", quarter="2026-Q4", amount=amount, why="Gifts of shops"
    )

    assert answer.status_code == 422
    assert "needs attention" in plain(answer)
    assert "Gifts of shops" in plain(answer)
    assert world.count(Transfer) == 2


@pytest.mark.parametrize("fields", [{"quarter": "2026-Q3"}, {"quarter": "x"}, {"why": ""}, {"why": "x" * 201}])
def test_odd_fields_get_a_sentence(world: Places, fields: dict[str, str]) -> None:
    values = {"quarter": "2026-Q4", "amount": "500", "why": "Grants"} | fields

    assert post(world.by("staff"), f"/points/budget/{world.code}", **values).status_code == 422
    assert world.count(Transfer) == 2


def test_the_same_form_twice_is_once_and_a_refusal_keeps_what_was_typed(world: Places) -> None:
    client, path = world.by("staff"), f"/points/budget/{world.code}"
    same = {"quarter": "2026-Q4", "amount": "500", "why": "Grants of the town", "request_id": "twice-the-same"}

    assert [post(client, path, **same).status_code for _ in range(2)] == [303, 303]
    again = post(client, path, **(same | {"request_id": "another-one"}))

    assert again.status_code == 409
    assert "is ¥500 already" in plain(again)
    assert "Grants of the town" in plain(again)
    assert world.count(Transfer) == 3


@pytest.mark.parametrize(
    "query", ["quarter=2026", "quarter=2026-10", "quarter=2030-Q1", "quarter=%00", "place=nowhere"]
)
def test_what_is_no_quarter_or_place_is_not_there(world: Places, query: str) -> None:
    for path in ("/points/budget", "/points/budget.json"):
        assert world.by(None).get(f"{path}?{query}").status_code == 404


def test_a_quarter_that_is_over_can_be_read_but_not_set(world: Places) -> None:
    page = plain(world.by("staff").get(f"/points/budget?place={world.code}&quarter=2026-Q3"))

    assert 'name="amount"' not in page
    assert "Third quarter of 2026" in page


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("¥260 would be missing: the fund has ¥40 that are not", "¥30, therefore covers 30 × 90 ÷ 60 = 45 new")),
        ("zh", ("还差260元：资金中未兑付的还有40元", "剩余资金30元因此够新发30 × 90 ÷ 60 = 45分")),
    ],
)
def test_the_figures_of_what_is_to_come_can_be_reckoned_again(
    world: Places, monkeypatch: pytest.MonkeyPatch, language: str, said: tuple[str, str]
) -> None:
    budget = Budget(
        Period("quarter", 2026, 4), NOON, fund=100, spent=60, held=10, unredeemed=300, spent_lately=60,
        earned_lately=90, earners=3,
    )  # fmt: skip
    monkeypatch.setattr(fund_queries, "budgets", lambda _quarter, ids, **_at: dict.fromkeys(ids, budget))

    page = plain(world.by(None, language).get(f"/points/budget?place={world.code}"))

    assert [words for words in said if words not in page] == []
    assert budget.monthly_cap == 45 * 30 // (budget.days_left * 3)


# Points that expire ---------------------------------------------------------------------------------------------


def test_staff_switch_it_on_and_residents_read_what_expires_when(world: Places) -> None:
    path = f"/points/expiry/{world.code}"
    assert "do not expire here" in plain(world.by(None).get("/points/expiry"))

    assert post(world.by("staff"), f"{path}/on", days="60").status_code == 303

    page = plain(world.by("resident").get("/points/expiry"))
    assert "Nothing expires before" in page
    assert "50" in page
    assert "17 January 2027" in page
    assert "50 points expire" in plain(world.by("resident").get("/points"))
    assert "50分将在" in plain(world.by("resident", "zh").get("/points"))
    items = {row["place"]: row for row in world.by(None).get("/points/expiry.json").get_json()["items"]}
    assert (items[world.code]["expires"], items[world.other_code]["expires"]) == (True, False)

    assert post(world.by("staff"), f"{path}/off").status_code == 303
    assert "points expire" not in plain(world.by("resident").get("/points"))


def test_on_the_page_expired_points_are_gone_before_anybody_wrote_it_down(world: Places, at: Hold) -> None:
    post(world.by("staff"), f"/points/expiry/{world.code}/on", days="60")
    at(lots.first_expiry(NOON, 60))

    page = plain(world.by("resident").get("/points"))

    assert "<dt>Available points</dt><dd>30</dd>" in page
    assert world.count(Transfer) == 2


def test_the_entry_of_an_expiry_says_what_it_is(world: Places, at: Hold) -> None:
    post(world.by("staff"), f"/points/expiry/{world.code}/on", days="60")
    moment = at(lots.first_expiry(NOON, 60) + timedelta(hours=5))
    with world.inside():
        operations.expire_points(moment)

    page = plain(world.by("resident").get("/points"))

    assert "X02 · Expiry" in page
    assert "−50" in page
    assert "bears this part" not in page


@pytest.mark.parametrize("days", ["59", "366", "", "60.5", "1e2", "六十", "-60"])
def test_odd_days_get_a_sentence_and_change_nothing(world: Places, days: str) -> None:
    answer = post(world.by("staff"), f"/points/expiry/{world.code}/on", days=days)

    assert answer.status_code == 422
    assert "needs attention" in plain(answer)
    assert "do not expire here" in plain(world.by(None).get("/points/expiry"))


@pytest.mark.parametrize("who", ["other", "resident", None])
@pytest.mark.parametrize("way", ["on", "off"])
def test_nobody_else_switches(world: Places, who: str | None, way: str) -> None:
    answer = post(world.by(who), f"/points/expiry/{world.code}/{way}", days="60")

    assert answer.status_code == {"other": 404, "resident": 403, None: 401}[who]


def test_switching_twice_is_answered_with_a_sentence(world: Places) -> None:
    client, path = world.by("staff"), f"/points/expiry/{world.code}"
    assert post(client, f"{path}/off").status_code == 409
    post(client, f"{path}/on", days="60")

    again = post(client, f"{path}/on", days="90")

    assert again.status_code == 409
    assert "already expire here" in plain(again)


def test_other_settings_of_the_place_stay(world: Places) -> None:
    with world.inside():
        place = db.session.get_one(Place, world.street.community.id)
        place.settings = {"resolution_notice_days": 10}

    post(world.by("staff"), f"/points/expiry/{world.code}/on", days="60")

    with world.inside():
        settings = db.session.get_one(Place, world.street.community.id).settings
    assert settings["resolution_notice_days"] == 10
    assert lots.rule_from(settings) == lots.Rule(lots.first_expiry(NOON, 60))
