"""The pages of meetings, as neighbours, staff and scripts see them."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask

from app.kit import clock
from app.kit.db import db
from app.kit.uploads import Upload
from app.meetings import operations
from app.meetings.models import Meeting, Minutes, Presence
from app.people.models import Resident
from tests.council.square import DAY, under_discussion
from tests.council.test_council_views import World, words
from tests.kit.sent_files import picture
from tests.makers import NOON, post
from tests.meetings.hall import AGREED, OVER, SAID, STARTS, WHY, a_meeting, an_open_day
from tests.statements import statements
from tests.worlds import Hold

DAY_OF = f"{clock.local(STARTS + DAY).date()}"


@pytest.fixture
def world(app: Flask, at: Hold) -> World:
    at(NOON)
    return World(app)


def called(world: World, maker: Callable[..., Meeting] = a_meeting, **values: object) -> int:
    with world.inside():
        return maker(world.square, **values).id


def test_a_resident_signs_up_with_one_press_and_withdraws(world: World) -> None:
    meeting, client = called(world), world.as_(world.square.neighbours[0])

    sent = post(client, f"/sittings/{meeting}/sign-up", question="Who pays for the power?")
    page = client.get(f"/sittings/{meeting}").text
    again = post(client, f"/sittings/{meeting}/sign-up", question="")
    back = post(client, f"/sittings/{meeting}/withdraw")

    assert (sent.status_code, again.status_code, back.status_code) == (303, 409, 303)
    assert "You are signed up" in page
    assert "1 of 2 seats taken" in page
    assert "Who pays for the power?" not in page  # only the committee reads it
    assert "0 of 2 seats taken" in client.get(f"/sittings/{meeting}").text


def test_the_same_press_twice_takes_one_seat(world: World) -> None:
    meeting, client = called(world), world.as_(world.square.neighbours[0])

    for _ in range(2):
        sent = post(client, f"/sittings/{meeting}/sign-up", question="", request_id="pressed-twice")
        assert sent.status_code == 303
    assert "1 of 2 seats taken" in client.get(f"/sittings/{meeting}").text


def test_who_finds_no_seat_is_told_so_in_the_box(world: World) -> None:
    meeting = called(world, capacity=1)
    post(world.as_(world.square.neighbours[0]), f"/sittings/{meeting}/sign-up")

    late = post(world.as_(world.square.neighbours[1]), f"/sittings/{meeting}/sign-up", htmx=True)

    assert late.status_code == 409
    assert "All seats are taken" in late.text
    assert "<html" not in late.text
    assert "all 1 seats taken" in words(late)


def test_visitors_see_agenda_and_a_way_to_sign_in(world: World) -> None:
    meeting = called(world)

    page = world.as_(None).get(f"/sittings/{meeting}").text

    assert "What it costs" in page
    assert f"/sign-in?next=/sittings/{meeting}" in page
    assert world.as_(None).get("/sittings/99").status_code == 404


def test_staff_call_change_put_off_and_call_off(world: World) -> None:
    client = world.as_(world.square.staff)
    made = post(
        client, "/sittings/new", kind="open_day", place=world.square.community.id, title="The year's books",
        where="Hall", day=DAY_OF, starts="9:00", ends="11:00", agenda="- Rents\n- Roads", capacity="",
    )  # fmt: skip
    page = made.location
    changed = post(client, f"{page}/edit", where="Great hall", capacity="40", agenda="Rents")
    moved = post(client, f"{page}/put-off", day=DAY_OF, starts="14:00", ends="16:00", why="The hall is painted")
    backwards = post(client, f"{page}/put-off", day=DAY_OF, starts="16:00", ends="14:00", why="The hall is painted")
    silent = post(client, f"{page}/call-off", off_why="")
    off = post(client, f"{page}/call-off", off_why="Everybody has the flu")

    statuses = [one.status_code for one in (made, changed, moved, backwards, silent, off)]
    assert statuses == [303, 303, 303, 422, 422, 303]
    shown = world.as_(None).get(page).text
    for said in ("Called off", "Everybody has the flu", "Great hall", "Rents"):
        assert said in shown
    assert "Roads" not in shown
    assert "The year&#39;s books" in world.as_(None).get("/open-days").text
    assert "The year" not in world.as_(None).get("/sittings").text


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [("starts", "25:00", "A time such as"), ("capacity", "0", "whole number"), ("agenda", "", "fill this in"),
     ("day", "", "fill this in"), ("kind", "party", "choose one"), ("place", "0", "choose one"),
     ("agenda", "point\n" * 21, "At most 20")],
)  # fmt: skip
def test_a_form_that_is_wrong_keeps_what_was_typed(world: World, field: str, typed: str, said: str) -> None:
    fields = {
        "kind": "open_day", "place": str(world.square.community.id), "title": "The year in books", "where": "Hall",
        "day": DAY_OF, "starts": "9:00", "ends": "11:00", "agenda": "Rents", "capacity": "",
    }  # fmt: skip

    sent = post(world.as_(world.square.staff), "/sittings/new", **(fields | {field: typed}))

    assert sent.status_code == 422
    assert said in sent.text
    assert "The year in books" in sent.text
    assert world.count(Meeting) == 0


def test_the_door_notes_residents_guests_and_mistakes(world: World, at: Hold) -> None:
    meeting, square = called(world), world.square
    with world.inside():
        operations.sign_up(meeting, question=WHY, by=square.neighbours[0], at=NOON)
        twin = world.square.neighbours[2].full_name
    at(STARTS)
    client, page = world.as_(square.staff), f"/sittings/{meeting}/attendance"

    assert square.neighbours[0].full_name in client.get(page).text
    assert "The room is being painted" in client.get(page).text
    here = post(client, f"/sittings/{meeting}/presences", resident=square.neighbours[0].id)
    named = post(client, f"/sittings/{meeting}/presences/typed", who=twin, part="representative")
    nobody = post(client, f"/sittings/{meeting}/presences/typed", who="Nobody Known", part="resident")
    guest = post(client, f"/sittings/{meeting}/presences/typed", who="Nobody Known", part="expert", guest="y")
    noted = re.findall(r"/presences/(\d+)/remove", client.get(page).text)
    undone = post(client, f"/sittings/{meeting}/presences/{noted[0]}/remove")
    elsewhere = post(client, f"/sittings/{called(world)}/presences/{noted[1]}/remove")

    statuses = [one.status_code for one in (here, named, nobody, guest, undone, elsewhere)]
    assert statuses == [303, 303, 422, 303, 303, 404]
    assert "No resident of this place goes by" in nobody.text
    assert world.count(Presence) == 2
    shown = world.as_(None).get(f"/sittings/{meeting}").text
    assert "Nobody Known" not in shown
    assert "1 expert" in shown


def test_of_several_with_one_name_the_door_chooses(world: World, at: Hold) -> None:
    meeting, square = called(world), world.square
    with world.inside():
        for number in (1, 2):
            db.session.get_one(Resident, square.neighbours[number].id).given_name = "同名"
    at(STARTS)

    asked = post(world.as_(square.staff), f"/sittings/{meeting}/presences/typed", who="张同名", part="resident")

    assert "Which of them is here?" in asked.text
    assert asked.text.count('name="resident"') == 2
    assert world.count(Presence) == 0


def test_minutes_are_published_with_a_paper_and_corrected(world: World, at: Hold) -> None:
    topic = world.make(under_discussion)
    meeting = called(world, subject=f"topic:{topic}", href=f"/topics/{topic}")
    at(OVER)
    client = world.as_(world.square.staff)

    typed = {"text": "Both places were looked at.", "conclusions": "Measure the west side"}
    wrong = post(client, f"/sittings/{meeting}/minutes", file=(BytesIO(b"<svg/>"), "x.jpg"), **typed)
    sent = post(client, f"/sittings/{meeting}/minutes", file=(BytesIO(picture()), "paper.jpg"), **typed)
    silent = post(client, f"/sittings/{meeting}/minutes", **typed)
    prefilled = client.get(f"/sittings/{meeting}/minutes/new").text
    mended = post(client, f"/sittings/{meeting}/minutes", **(typed | {"corrects": "It was the east side"}))

    assert [one.status_code for one in (wrong, sent, silent, mended)] == [422, 303, 422, 303]
    assert "Measure the west side</textarea>" in prefilled
    page = world.as_(None).get(f"/sittings/{meeting}").text
    for said in ("Minutes out", "It was the east side", "Earlier text of the minutes", "paper.jpg"):
        assert said in page
    assert "Measure the west side" in world.as_(None).get(f"/topics/{topic}").text
    paper = re.findall(rf"/sittings/{meeting}/minutes/(\d+)", page)[0]
    assert world.as_(None).get(f"/sittings/{meeting}/minutes/{paper}").mimetype == "image/jpeg"
    assert world.as_(None).get(f"/sittings/{called(world)}/minutes/{paper}").status_code == 404
    assert (world.count(Minutes), world.count(Upload)) == (2, 1)


def test_only_staff_of_the_place_keep_its_meetings(world: World, at: Hold) -> None:
    meeting, square = called(world), world.square
    at(STARTS)
    for person in (None, square.neighbours[0], square.villager):
        client = world.as_(person)
        for page in ("attendance", "sheet", "minutes/new", "edit"):
            assert client.get(f"/sittings/{meeting}/{page}").status_code in (401, 403), page
    for path in ("presences", "presences/typed", "minutes", "put-off", "call-off", "edit"):
        assert post(world.as_(square.neighbours[0]), f"/sittings/{meeting}/{path}").status_code == 403


def test_public_pages_and_twins_name_nobody(world: World, at: Hold) -> None:
    meeting, someone = called(world), world.square.neighbours[0]
    post(world.as_(someone), f"/sittings/{meeting}/sign-up", question="Mine alone")
    at(STARTS)
    post(world.as_(world.square.staff), f"/sittings/{meeting}/presences", resident=someone.id)
    assert someone.full_name in world.as_(world.square.staff).get(f"/sittings/{meeting}/sheet").text

    for path in (f"/sittings/{meeting}", f"/sittings/{meeting}.json", "/sittings", "/sittings.json"):
        shown = world.as_(None, "zh").get(path).text
        assert someone.full_name not in shown
        assert "Mine alone" not in shown


def test_the_twin_says_what_the_page_says(world: World, at: Hold) -> None:
    meeting = called(world)
    with world.inside():
        operations.publish_minutes(meeting, text=SAID, conclusions=AGREED, by=world.square.staff, at=OVER)
    at(OVER)

    data = world.as_(None).get(f"/sittings/{meeting}.json").json

    assert (data["state"], data["signed_up"], data["capacity"]) == ("minutes", 0, 2)
    assert data["conclusions"] == [{"zh": "量西边", "en": "Measure the west side"}]
    assert data["about"] == "/topics/1"
    assert world.as_(None).get("/sittings.json").json["items"] == []
    assert world.as_(None).get("/sittings.json?tab=past").json["items"][0]["id"] == meeting


def test_pages_cost_few_statements(world: World, at: Hold) -> None:
    topic = world.make(under_discussion)
    made = [called(world, subject=f"topic:{topic}", href=f"/topics/{topic}") for _ in range(12)]
    with world.inside():
        for one in made[:6]:
            operations.publish_minutes(one, text=SAID, conclusions=AGREED, by=world.square.staff, at=OVER)
    at(OVER)

    client = world.as_(world.square.staff)
    for path, most in (("/sittings", 4), (f"/sittings/{made[0]}", 9), (f"/topics/{topic}", 12)):
        client.get(path)
        with statements() as seen:
            client.get(path)
        assert len(seen) <= most, seen


def test_chinese_pages_speak_chinese(world: World) -> None:
    meeting, day = called(world), called(world, an_open_day)
    client = world.as_(world.square.staff, "zh")

    for path, said in (
        (f"/sittings/{meeting}", ("充电棚建在哪里", "议事会议", "已通知", "2个名额，已报0人", "改期", "取消会议")),
        (f"/sittings/{day}", ("村务公开日", "0人已报名")),
        ("/sittings?place=s", ("召集会议", "即将召开", "议事厅")),
    ):
        page = client.get(path).text
        for one in said:
            assert one in page, (path, one)
