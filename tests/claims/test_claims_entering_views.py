"""Entering as a grid member lives it, as the household reads it, and what strangers try at those doors."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.claims.models import Claim
from app.cli.tick import written_down
from app.kit.db import db, transaction
from app.people.models import Resident
from app.people.rules import Person
from tests.claims.offices import Offices, offices
from tests.claims.panel import GOES_UP, NOTICE_ENDS, TODAY
from tests.kit.sent_files import picture
from tests.makers import NOON, kept, post, sign_in
from tests.test_journeys import Walker

Clock = Callable[[datetime], datetime]
ENTERED = {
    "line": "E01", "person": "0", "deed_on": TODAY.isoformat(), "title": "All sorted at the spot check",
    "text": "Row 7 of the sheet.", "spot": "Bins by the gate",
}  # fmt: skip


class World:
    """Offices under `app`, and browsers of their people; each signs in anew when time has moved on."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context(), kept():
            self.offices: Offices = offices()
            self.panel, self.home = self.offices.panel, self.offices.home
            self.empty = self.panel.homes[5].id
            self.doors = [home.door for home in self.panel.homes]
            self.group = self.panel.street.group.id
            self.community = self.panel.street.community.id

    def browser(self, person: Person) -> FlaskClient:
        with self.app.app_context():
            client = self.app.test_client()
            client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
            return sign_in(client, person.id)

    def as_(self, person: Person, language: str = "en") -> Walker:
        with self.app.app_context():
            return Walker(sign_in(self.app.test_client(), person.id), language)

    def drawn(self, claim_id: int) -> Person:
        with self.app.app_context(), transaction(writing=False):
            return self.panel.drawn(claim_id)[0]

    def claims(self) -> int:
        with self.app.app_context(), transaction(writing=False):
            return db.session.scalar(select(func.count(Claim.id))) or 0


@pytest.fixture
def world(app: Flask, at: Clock) -> World:
    at(NOON)
    return World(app)


def test_a_grid_member_enters_a_spot_check_and_it_is_posted_to_the_household(world: World, at: Clock) -> None:
    grid = world.as_(world.offices.grid).opens("/me")
    grid.opens(grid.first(r'href="(/points/claims/enter)"'))
    grid.opens(f"/points/claims/enter?group={world.group}")
    assert world.doors[0] in grid.text
    grid.opens(f"/points/claims/enter?household={world.home}")
    assert "E01 Deed E01" in grid.text
    assert "E02" not in grid.text
    grid.fills(f"/points/claims/enter/{world.home}", **ENTERED)
    path = grid.path
    claim_id = int(path.rsplit("/", 1)[1])
    assert "It is entered, and the household is told." in grid.text
    assert "Entered by the grid member" in grid.text
    assert "Withdraw this claim" not in grid.text
    assert "All sorted at the spot check" in grid.opens("/points/claims/enter").text

    spouse = world.as_(world.panel.spouse).opens("/me/messages")
    assert "All sorted at the spot check" in spouse.text
    assert "was entered for your household" in spouse.text
    spouse.opens(path)
    assert "Entered by the grid member" in spouse.text
    assert world.offices.grid.full_name not in spouse.html
    assert "Withdraw this claim" in spouse.text

    reviewer = world.as_(world.drawn(claim_id)).opens(path)
    reviewer.fills("/review", verdict="returned", why="Which row of the sheet?")
    assert "the grid member was asked to add it" in spouse.opens(path).text
    grid.opens(path).fills("/add", text="Row 7.")
    reviewer.opens(path).fills("/review", verdict="confirm")

    for moment in (GOES_UP, NOTICE_ENDS):
        at(moment)
        with world.app.app_context():
            assert written_down(moment)
    home = world.as_(world.panel.neighbours[0])
    assert "Posted" in home.opens(path).text
    assert "+1" in home.opens("/points").text


def test_a_household_withdraws_what_was_entered_for_it(world: World) -> None:
    grid = world.as_(world.offices.grid).opens(f"/points/claims/enter?household={world.home}")
    path = grid.fills(f"/points/claims/enter/{world.home}", **ENTERED).path

    spouse = world.as_(world.panel.spouse).opens(path).fills("/withdraw")

    assert "Withdrawn" in spouse.text
    world.as_(world.panel.neighbours[1]).opens(path, status=404)
    world.as_(world.offices.leader).opens(path, status=404)


def test_a_photo_comes_with_it_and_is_seen_by_the_household(world: World) -> None:
    grid, path = world.browser(world.offices.grid), f"/points/claims/enter/{world.home}"

    without = post(grid, path, **ENTERED, photo=(io.BytesIO(picture()), "bins.jpg"))
    sent = post(grid, path, **ENTERED, agreed="y", photo=(io.BytesIO(picture()), "bins.jpg"))

    assert (without.status_code, sent.status_code) == (422, 303)
    assert "has agreed" in without.text
    home = world.as_(world.panel.spouse).opens(sent.headers["Location"])
    assert home.client.get(home.first(r'src="(/points/claims/\d+/photos/\d+)"')).status_code == 200


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({"line": "E02"}, 422, "lines that your office enters"),
        ({"line": "E07"}, 422, "lines that your office enters"),
        ({"line": "' OR 1"}, 422, "lines that your office enters"),
        ({"line": ""}, 422, "lines that your office enters"),
        ({"line": "S01"}, 422, "choose who of the household"),
        ({"line": "S01", "person": "999999"}, 422, "choose who of the household"),
        ({"line": "S01", "person": "x"}, 422, "Invalid Choice"),
        ({"line": "S01", "person": "9" * 30}, 422, "Invalid Choice"),
        ({"deed_on": "2026-11-19"}, 422, "not come yet"),
        ({"deed_on": "2026-10-24"}, 409, "Deeds since"),
        ({"deed_on": "0001-01-01"}, 422, "date"),
        ({"deed_on": "once"}, 422, "Not a valid date"),
        ({"title": "At 3单元402室"}, 422, "leave out door numbers"),
        ({"title": ""}, 422, "fill this in"),
    ],
)
def test_what_is_typed_wrongly_gets_a_sentence_and_stays(
    world: World, changes: dict[str, str], status: int, said: str
) -> None:
    answer = post(world.browser(world.offices.grid), f"/points/claims/enter/{world.home}", **(ENTERED | changes))

    assert answer.status_code == status, answer.text
    assert said in answer.text.replace("&#39;", "'")
    assert ENTERED["text"] in answer.text
    assert world.claims() == 0


def test_the_doors_of_others_and_ones_own_stay_shut(world: World) -> None:
    panel, grid, path = world.panel, world.offices.grid, "/points/claims/enter"
    assert grid.household_id is not None
    homes = {"own": grid.household_id, "village": panel.villager.household_id, "none": 999_999}

    browser = world.browser(grid)
    for home in homes.values():
        assert browser.get(f"{path}?household={home}").status_code == 404
        assert post(browser, f"{path}/{home}", **ENTERED).status_code == 404
    for wish in ("x", "-1", "9" * 40, "1 OR 1"):
        assert browser.get(f"{path}?household={wish}").status_code == 404
        assert browser.get(f"{path}?group={wish}").status_code == 200
    elsewhere = world.browser(world.offices.village_grid)
    assert post(elsewhere, f"{path}/{world.home}", **ENTERED).status_code == 404
    for stranger in (panel.neighbours[1], panel.staff):
        assert world.browser(stranger).get(path).status_code == 403
        assert post(world.browser(stranger), f"{path}/{world.home}", **ENTERED).status_code == 403
    leader = world.as_(world.offices.leader).opens(path)
    assert world.doors[0] in leader.text
    leader.opens(f"{path}?household={panel.reviewers[0].household_id}", status=404)  # of another group
    assert world.claims() == 0


def test_the_same_form_sent_twice_enters_once(world: World) -> None:
    browser, path = world.browser(world.offices.grid), f"/points/claims/enter/{world.home}"

    answers = [post(browser, path, **ENTERED, request_id="the-same-form") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert world.claims() == 1


@pytest.mark.parametrize(
    ("language", "enters", "who", "none", "heading"),
    [
        ("en", "Entered by the grid member", "by the grid member, so you need", "hand the household", "Enter a deed"),
        ("zh", "由网格员登记", "由网格员为各户登记", "入户邀请码交给他们", "为住户登记事项"),
    ],
)  # fmt: skip
def test_pages_say_in_both_languages_who_enters_a_line(
    world: World, language: str, enters: str, who: str, none: str, heading: str
) -> None:
    resident = world.as_(world.panel.neighbours[0], language).opens("/points/tariff")
    assert enters in resident.text
    assert "?line=E01" not in resident.html
    assert "?line=E07" in resident.html
    assert "?line=E01" not in resident.opens("/points/claims/new").html
    assert who in resident.opens("/points/claims/new?line=E01").text
    claimed: dict[str, Any] = {**ENTERED, "group": "0", "door": ""}
    assert who in resident.opens("/points/claims/new?line=E07").fills("/points/claims/new", 422, **claimed).text
    assert enters in resident.opens("/points/score").text

    reviewer = world.as_(world.panel.reviewers[0], language).opens("/points/claims/desk")
    reviewer.opens(reviewer.first(r'href="(/points/claims/enter)"'))
    assert heading in reviewer.text
    assert world.claims() == 0
    with world.app.app_context(), kept():
        for one in db.session.scalars(select(Resident).where(Resident.household_id == world.empty)):
            one.verified_at = None
    assert none in world.as_(world.offices.grid, language).opens(f"/points/claims/enter?household={world.empty}").text
