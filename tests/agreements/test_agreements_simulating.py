"""The points of a draft, tried before the vote: staff ask for it, everybody reads it, nobody is named."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.kit import background
from app.kit.db import db
from app.merits import operations as merits
from app.merits.models import Simulation
from tests import worlds
from tests.agreements.compact import Compact, a_compact, adopted, consulted, drafted, set_line
from tests.makers import NOON, post
from tests.worlds import Hold

AUGUST = datetime(2026, 8, 3, 2, tzinfo=UTC)
LIST = "/points/simulations"


class World(worlds.World):
    """A community where two neighbours came to a clean-up last quarter, and a draft would give more for it."""

    compact: Compact

    def furnish(self) -> None:
        self.compact = a_compact()
        for number in range(2):
            self.came(number, f"clean-up:{number}")

    def came(self, number: int, because: str) -> None:
        who = self.compact.neighbours[number].id
        merits.award("E04", resident_id=who, because=because, effective_at=AUGUST, at=AUGUST, by_id=None)

    def draft(self, *, sets: bool = True) -> str:
        with self.inside():
            version = drafted(self.compact)
            if sets:
                set_line(self.compact, version, honour=8)
            consulted(self.compact, version)
            return f"/agreements/{version.agreement_id}/versions/{version.number}"

    def command(self, *args: str) -> str:
        done = self.app.test_cli_runner().invoke(args=list(args))
        assert done.exit_code == 0, done.output
        return done.output


@pytest.fixture
def world(app: Flask, at: Hold) -> World:
    at(NOON)
    return World(app)


def words(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.text))


def test_staff_try_a_draft_and_everybody_reads_what_came_out(world: World, client: FlaskClient) -> None:
    draft, staff = world.draft(), world.as_(world.compact.staff)

    asked = post(staff, f"{draft}/simulation")
    page = asked.headers["Location"]
    assert "The draft is being tried" in words(staff, page)
    assert client.get(f"{page}.json").json["done"] == 0
    world.command("simulate", page.rsplit("/", 1)[1])

    resident = world.as_(world.compact.neighbours[0])
    told = words(resident, page)
    assert "Points to spend 10 16 +6" in told
    assert "2 more, 4 the same, 0 less" in told
    assert "Your household Honour 5 → 8 Points to spend 5 → 8" in told
    assert "Your household earned nothing" in words(world.as_(world.compact.neighbours[3]), page)
    public = words(world.as_(None), page)
    assert "Points to spend 10 16 +6" in public
    assert "Your household" not in public
    assert "Stairs agreement, version 1" in words(world.as_(None), LIST)
    assert "What its points would do" in words(world.as_(None), draft)
    assert world.as_(None).get(f"{page}.json").json["sums"]["draft"]["points"] == 16


def test_while_it_runs_the_page_asks_for_news_and_tells_how_far_it_is(world: World) -> None:
    page = post(world.as_(world.compact.staff), f"{world.draft()}/simulation").headers["Location"]
    news = world.as_(None).get(f"{page}?poll=1", headers={"HX-Request": "true"}).text

    assert 'hx-trigger="every 2s"' in news
    assert "<html" not in news
    assert "It begins in a moment." in news
    world.command("simulate", page.rsplit("/", 1)[1])
    after = world.as_(None).get(f"{page}?poll=1", headers={"HX-Request": "true"}).text
    assert "every 2s" not in after
    assert "What it would cost" in after


def test_tick_takes_up_what_was_left(world: World, at: Hold) -> None:
    page = post(world.as_(world.compact.staff), f"{world.draft()}/simulation").headers["Location"]
    world.command("tick")
    assert "The draft is being tried" in words(world.as_(None), page), "somebody may just have begun"

    at(datetime(2030, 1, 1, tzinfo=UTC))
    assert "1 trials of the tariff" in world.command("tick")
    assert "What it would cost" in words(world.as_(None), page)
    assert "0 trials of the tariff" in world.command("tick")


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({}, "Choose a line and give it at least one other amount"),
        ({"lines-0-code": "E04"}, "Choose a line and give it at least one other amount"),
        ({"lines-1-points": "3"}, "Choose the line whose amount this is"),
        ({"lines-0-code": "E04", "lines-0-points": "1.5"}, "whole number"),
        ({"lines-0-code": "E04", "lines-0-points": "-1"}, "whole number from 0"),
        ({"lines-0-code": "E04", "lines-0-points": "10001"}, "whole number from 0"),
        ({"lines-0-code": "E04", "lines-0-points": "-5至-50"}, "whole number from 0"),
        ({"lines-0-code": "E04", "lines-0-honour": "0", "lines-0-points": "0"}, "more than nothing"),
        ({"lines-0-code": "E99", "lines-0-points": "1"}, "Not a valid choice"),
        ({"lines-0-code": "K01", "lines-0-points": "1"}, "Not a valid choice"),
        ({"lines-0-code": "E04", "lines-0-points": "6", "place": "999999"}, "Not a valid choice"),
        ({"lines-0-code": "E04", "lines-0-points": "6", "title": ""}, "Please fill"),
    ],
)
def test_odd_amounts_get_a_sentence_and_nothing_is_tried(world: World, fields: dict[str, str], says: str) -> None:
    known = {"title": "More for clean-ups", "place": str(world.compact.street.community.id)}
    answer = post(world.as_(world.compact.staff), f"{LIST}/new", **(known | fields))

    assert answer.status_code == 422
    assert says in answer.text
    assert world.count(Simulation) == 0


def test_staff_try_other_amounts_of_the_tariff_itself(world: World) -> None:
    staff = world.as_(world.compact.staff)
    known = {"title": "更多", "place": str(world.compact.street.community.id), "lines-0-code": "E04"}
    asked = post(staff, f"{LIST}/new", **(known | {"lines-0-honour": "5", "lines-0-points": "１２"}))
    page = asked.headers["Location"]
    world.command("simulate", page.rsplit("/", 1)[1])

    assert "Points to spend 10 20 +10" in words(staff, page), "twelve a day, of which the limit leaves ten"
    again = post(staff, f"{LIST}/new", **(known | {"lines-0-points": "1"}))
    assert again.status_code == 303, "the first is done"
    third = post(staff, f"{LIST}/new", **(known | {"lines-0-points": "2"}))
    assert third.status_code == 409
    assert "Another draft is being tried" in third.text
    assert "更多" in third.text, "what was typed is still there"


def test_an_amount_that_is_left_empty_stays_as_it_is(world: World) -> None:
    staff = world.as_(world.compact.staff)
    form = words(staff, f"{LIST}/new")
    known = {"title": "更多", "place": str(world.compact.street.community.id), "lines-0-code": "E04"}
    asked = post(staff, f"{LIST}/new", **(known | {"lines-0-points": "12"}))

    assert "E04 Deed E04 (now +5 of honour +5 to spend)" in form
    assert asked.status_code == 303
    with world.inside():
        tried = db.session.scalars(select(Simulation.lines)).one()
        assert [one["assets"] for one in tried] == [{"honour": 5, "points": 12}]


def test_a_draft_without_points_has_nothing_to_try(world: World) -> None:
    answer = post(world.as_(world.compact.staff), f"{world.draft(sets=False)}/simulation")

    assert answer.status_code == 409
    assert "nothing to try" in answer.text


def test_residents_do_not_ask_and_others_staff_do_not_either(world: World) -> None:
    draft = world.draft()
    for who in (world.compact.neighbours[0], world.compact.villager):
        assert post(world.as_(who), f"{draft}/simulation").status_code == 403
        assert world.as_(who).get(f"{LIST}/new").status_code == 403
    assert world.count(Simulation) == 0


def test_a_version_in_force_is_not_called_a_draft(world: World) -> None:
    with world.inside():
        version = adopted(world.compact)
        path = f"/agreements/{version.agreement_id}/versions/{version.number}"

    assert "Try its points" not in world.as_(world.compact.staff).get(path).text


def test_the_page_that_asks_starts_our_own_command_beside_it(
    world: World, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[Any] = []

    class Child:
        def __init__(self, command: list[str], **options: Any) -> None:
            started.append((command, options))

    monkeypatch.setattr(background.subprocess, "Popen", Child)
    background.start(settings, "simulate", "7")
    assert started == [], "tests run the command themselves"

    as_demo = type(settings)(env="demo", database_url="sqlite:///of-this-house.sqlite")
    background.start(as_demo, "simulate", "7")
    ((command, options),) = started
    assert command[1:] == ["-m", "flask", "--app", "wsgi", "simulate", "7"]
    assert options["env"]["DATABASE_URL"] == "sqlite:///of-this-house.sqlite"

    def no_more(*_command: Any, **_options: Any) -> None:
        raise OSError("too many processes")

    monkeypatch.setattr(background.subprocess, "Popen", no_more)
    background.start(as_demo, "simulate", "7")  # flask tick does it
