"""The pages of promises, as residents, owners, staff and scripts see them."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from flask import Flask

from app.kit.uploads import Upload
from app.promises.models import PromiseNote
from tests.council.square import DAY
from tests.council.test_council_views import World
from tests.kit.sent_files import picture
from tests.makers import NOON, post
from tests.promises.test_promises_operations import a_promise
from tests.statements import statements
from tests.worlds import Hold


@pytest.fixture
def world(app: Flask, at: Hold) -> World:
    at(NOON)
    return World(app)


def made(world: World, in_days: int = 10) -> int:
    with world.inside():
        return a_promise(world.square, in_days=in_days).id


def test_the_owner_reports_with_a_photo_that_everybody_sees(world: World) -> None:
    promise = made(world)
    owner = world.as_(world.square.neighbours[0])
    photo = (BytesIO(picture()), "posts.jpg")

    sent = post(owner, f"/promises/{promise}/progress", percent="40", note="Six posts are in", photo=photo)
    page = world.as_(None).get(f"/promises/{promise}").text
    address = re.search(rf"/promises/{promise}/photos/\d+", page)
    assert address
    shown = world.as_(None).get(address[0])

    assert sent.status_code == 303
    for said in ("Progress 40%", "Six posts are in", "Now under way"):
        assert said in page
    assert (shown.status_code, shown.mimetype) == (200, "image/jpeg")
    assert world.as_(None).get(f"/promises/{made(world)}/photos/1").status_code == 404


def test_a_file_that_is_no_picture_is_refused_with_a_sentence(world: World) -> None:
    promise = made(world)
    photo = (BytesIO(b"<svg xmlns='http://www.w3.org/2000/svg'/>"), "posts.jpg")

    sent = post(
        world.as_(world.square.staff), f"/promises/{promise}/progress", percent="40", note="Six are in", photo=photo
    )

    assert sent.status_code == 422
    assert "Six are in</textarea>" in sent.text
    assert (world.count(Upload), world.count(PromiseNote)) == (0, 1)


def test_done_and_dropped_end_it(world: World) -> None:
    done, dropped = made(world), made(world)
    staff = world.as_(world.square.staff)

    finished = post(staff, f"/promises/{done}/finish", done_note="All fourteen are in")
    unexplained = post(staff, f"/promises/{dropped}/drop", why="")
    explained = post(staff, f"/promises/{dropped}/drop", why="The lane is rebuilt next year")
    again = post(staff, f"/promises/{done}/progress", percent="50", note="Once more")

    statuses = [one.status_code for one in (finished, unexplained, explained, again)]
    assert statuses == [303, 422, 303, 409]
    assert "All fourteen are in" in staff.get(f"/promises/{done}").text
    assert "The lane is rebuilt next year" in world.as_(None).get(f"/promises/{dropped}").text
    assert "has ended" in again.text


def test_neighbours_see_no_forms_and_are_refused(world: World) -> None:
    promise = made(world)
    neighbour = world.as_(world.square.neighbours[1])

    assert "Report progress" not in neighbour.get(f"/promises/{promise}").text
    assert post(neighbour, f"/promises/{promise}/progress", percent="1", note="Mine now").status_code == 403
    assert post(neighbour, f"/promises/{promise}/drop", why="Not wanted").status_code == 403


@pytest.mark.parametrize(("percent", "status"), [("100", 422), ("-1", 422), ("half", 422), ("４０", 303)])
def test_progress_is_a_whole_number_below_a_hundred(world: World, percent: str, status: int) -> None:
    promise = made(world)

    sent = post(world.as_(world.square.staff), f"/promises/{promise}/progress", percent=percent, note="Going on")

    assert sent.status_code == status


def test_what_is_overdue_stands_out(world: World, at: Hold) -> None:
    promise = made(world, in_days=1)
    assert "Overdue" not in world.as_(None).get(f"/promises/{promise}").text

    at(NOON + 3 * DAY)

    assert "2 days overdue" in world.as_(None).get(f"/promises/{promise}").text
    assert world.as_(None).get("/promises.json?tab=overdue").json["items"][0]["state"] == "overdue"
    assert "Fit fourteen posts" in world.as_(world.square.neighbours[1]).get("/promises").text
    assert "Fit fourteen posts" not in world.as_(world.square.villager).get("/promises").text


def test_no_page_or_twin_names_a_neighbour_in_full(world: World) -> None:
    promise = made(world)
    owner = world.square.neighbours[0]
    post(world.as_(owner), f"/promises/{promise}/progress", percent="40", note="Six posts are in")

    for path in (f"/promises/{promise}", f"/promises/{promise}.json", "/promises", "/promises.json"):
        assert owner.full_name not in world.as_(None, "zh").get(path).text


def test_a_promise_costs_few_statements(world: World) -> None:
    promise = made(world)
    for _ in range(30):
        made(world)

    for path, most in (("/promises", 4), (f"/promises/{promise}", 5)):
        client = world.as_(world.square.staff)
        client.get(path)
        with statements() as seen:
            client.get(path)
        assert len(seen) <= most, seen


def test_chinese_pages_speak_chinese(world: World) -> None:
    page = world.as_(world.square.staff, "zh").get(f"/promises/{made(world)}").text

    for said in ("装十四根柱子", "待启动", "责任单位", "报告进展", "终止这项承诺", "还有10天"):
        assert said in page
