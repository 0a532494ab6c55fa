"""The pages of requests, as browsers and scripts see them."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select

from app.grid import operations
from app.grid.models import GuideMatter, Request, RequestPhoto, TeamMember, TeamRoster
from app.kit.db import db
from app.kit.open_data import data_sets
from app.kit.words import Words
from tests import worlds
from tests.grid.hall import DAY, HOUR, WHY, Hall, a_hall, a_request, in_hand, rated, resolved
from tests.makers import NOON, post, token_of
from tests.worlds import Hold


class World(worlds.World):
    """A hall behind the pages."""

    hall: Hall

    def furnish(self) -> None:
        self.hall = a_hall()

    def make(self, maker: Callable[..., Request], **values: Any) -> int:
        with self.inside():
            return maker(self.hall, **values).id

    def one(self, request_id: int) -> Request:
        with self.inside():
            found = db.session.get_one(Request, request_id)
            db.session.expunge(found)
            return found


@pytest.fixture
def world(app: Flask, at: Hold) -> World:
    at(NOON)
    return World(app)


def fields(world: World, **values: Any) -> dict[str, Any]:
    known = {
        "category": "lamp", "place": world.hall.place.id, "title": "Lamp out on the stairs",
        "text": "It went out last night.", "openness": "public",
    }  # fmt: skip
    return known | values


def test_a_report_stands_on_its_page_and_on_the_ledger_without_a_name(world: World) -> None:
    mine = world.as_(world.hall.reporter)
    sent = post(mine, "/requests/new", **fields(world, spot="by the north door"))
    assert sent.status_code == 303
    page = mine.get(sent.headers["Location"]).text
    assert "Your request is in, number 2026-0001" in page
    assert "before Mon 23 November" in page

    visitor = world.as_(None)
    shown = visitor.get(sent.headers["Location"])
    assert shown.status_code == 200
    for text in (shown.text, visitor.get("/requests").text, visitor.get("/requests.json").text):
        assert "Lamp out on the stairs" in text
        assert not re.search("罗|兰芳|Luo", text)
    assert "罗兰芳" not in visitor.get(sent.headers["Location"] + ".json").get_data(as_text=True)


def test_the_same_form_twice_reports_once(world: World) -> None:
    mine = world.as_(world.hall.reporter)
    sent = fields(world, request_id="twice-the-same-form")

    first, second = post(mine, "/requests/new", **sent), post(mine, "/requests/new", **sent)

    assert first.headers["Location"] == second.headers["Location"]
    with world.inside():
        assert db.session.scalar(select(func.count()).select_from(Request)) == 1


def test_a_door_or_a_telephone_is_kept_off_public_pages(world: World) -> None:
    mine = world.as_(world.hall.reporter)
    wrong = post(mine, "/requests/new", **fields(world, text="给我打13800000000，3单元302室"))
    assert wrong.status_code == 422
    assert "3单元302室" in wrong.text, "what was typed is still there"

    assert post(mine, "/requests/new", **fields(world, text="住3单元302室", openness="private")).status_code == 303


def test_what_handlers_and_reporters_write_on_a_public_request_names_no_door_either(world: World) -> None:
    one, answered = world.make(in_hand), world.make(resolved)
    grid, mine = world.as_(world.hall.grid), world.as_(world.hall.reporter)
    door = "3单元302室"

    assert post(grid, f"/requests/{one}/steps/note", seen=3, why=door).status_code == 422
    assert post(mine, f"/requests/{one}/add", text=door).status_code == 422
    assert post(mine, f"/requests/{answered}/rate", seen=4, verdict="solved", stars=5, comment=door).status_code == 422
    assert door not in world.as_(None).get(f"/requests/{one}").text


def test_a_private_request_is_not_there_for_others(world: World) -> None:
    private = world.make(a_request, is_public=False)
    hall = world.hall
    statuses = {
        name: world.as_(person).get(f"/requests/{private}").status_code
        for name, person in {
            "visitor": None, "neighbour": hall.neighbour, "villager": hall.villager, "staff": hall.staff,
            "village_staff": hall.village_staff, "grid": hall.grid, "reporter": hall.reporter,
        }.items()
    }  # fmt: skip

    assert statuses == {
        "visitor": 404, "neighbour": 404, "villager": 404, "village_staff": 404, "staff": 200, "grid": 200,
        "reporter": 200,
    }  # fmt: skip
    assert "items" in world.as_(None).get("/requests.json").json
    assert world.as_(None).get("/requests.json").json["items"] == []
    assert world.as_(hall.neighbour).post(f"/requests/{private}/follow").status_code in (403, 404)


def test_only_the_handler_in_charge_reads_who_reported(world: World) -> None:
    one = world.make(in_hand, contact="ring at 18:00, 555-0100")
    hall = world.hall
    everybody = {
        "grid": hall.grid, "grid2": hall.grid2, "staff": hall.staff, "above": hall.above,
        "supervisor": hall.supervisor, "neighbour": hall.neighbour,
    }  # fmt: skip

    reads = {name for name, person in everybody.items() if "罗兰芳" in world.as_(person).get(f"/requests/{one}").text}
    reaches = {
        name for name, person in everybody.items() if "555-0100" in world.as_(person).get(f"/requests/{one}").text
    }

    assert reads == reaches == {"grid"}


def test_a_name_that_is_held_back_is_shown_to_nobody(world: World) -> None:
    for values in ({"name_kept": True}, {"on_behalf": True}):
        one = world.make(in_hand, **values)
        for person in (world.hall.grid, world.hall.staff, world.hall.supervisor, world.hall.above):
            assert "罗兰芳" not in world.as_(person).get(f"/requests/{one}").text


def test_handlers_act_by_the_forms_on_the_page_and_neighbours_find_none(world: World) -> None:
    one = world.make(a_request)
    grid = world.as_(world.hall.grid)
    path = f"/requests/{one}"
    assert "Take this request on" in grid.get(path).text
    assert "Take this request on" not in world.as_(world.hall.neighbour).get(path).text

    assert post(grid, f"{path}/steps/take", seen=1).status_code == 303
    stale = post(world.as_(world.hall.grid2), f"{path}/steps/assign", seen=1, handler=world.hall.grid2.id)
    assert stale.status_code == 409
    assert "Somebody was faster" in stale.text
    assert post(grid, f"{path}/steps/start", seen=2).status_code == 303
    assert post(grid, f"{path}/steps/resolve", seen=3, outcome="solved", why="").status_code == 422
    assert post(grid, f"{path}/steps/resolve", seen=3, outcome="solved", why="Mended.").status_code == 303
    assert world.one(one).state == "resolved"
    assert post(world.as_(world.hall.neighbour), f"{path}/steps/take").status_code == 403
    assert post(grid, f"{path}/steps/bless").status_code == 404


@pytest.mark.parametrize("number", ["9" * 30, str(2**63), "-1", "1e3"])
def test_people_and_departments_that_cannot_be_are_refused(world: World, number: str) -> None:
    one = world.make(a_request)
    staff, path = world.as_(world.hall.above), f"/requests/{one}/steps"

    for step, name in (("assign", "handler"), ("call_in", "department")):
        answer = post(staff, f"{path}/{step}", **{name: number, "why": "Please come."})
        assert answer.status_code == 422, step
    assert world.one(one).version == 1


def test_the_reporter_rates_and_says_why_when_it_is_not_solved(world: World) -> None:
    one = world.make(resolved)
    mine, path = world.as_(world.hall.reporter), f"/requests/{one}"
    assert "Is it solved?" in mine.get(path).text

    silent = post(mine, f"{path}/rate", seen=4, verdict="not_solved", stars=2)
    assert silent.status_code == 422
    assert "what is still wrong" in silent.text
    assert post(mine, f"{path}/rate", seen=4, verdict="solved", stars=9).status_code == 422
    assert post(mine, f"{path}/rate", seen=4, verdict="not_solved", stars=2, comment="Dark again.").status_code == 303
    assert world.one(one).state == "reopened"
    assert "Dark again." in world.as_(None).get(path).text
    assert post(world.as_(world.hall.neighbour), f"{path}/rate", verdict="solved", stars=5).status_code == 409


def test_a_page_shows_what_came_by_itself_before_anything_is_written(world: World, at: Hold) -> None:
    one = world.make(in_hand)
    due = world.one(one).due_grid_at
    assert due is not None
    at(due + HOUR)

    page = world.as_(None).get(f"/requests/{one}")
    twin = world.as_(None).get(f"/requests/{one}.json").json

    assert "Went up by itself at its deadline" in page.text
    assert "overdue" in page.text
    assert (twin["level"], twin["state"], twin["overdue"]) == ("community", "received", True)
    assert world.one(one).level == "grid", "reading wrote nothing"


def a_picture() -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(file, "PNG")
    file.seek(0)
    return file


def test_a_photo_is_served_by_the_request_after_its_own_permission(world: World) -> None:
    mine = world.as_(world.hall.reporter)
    sent = fields(world, openness="private", csrf_token=token_of(mine), photo=(a_picture(), "lamp.png"))
    answer = mine.post("/requests/new", data=sent, content_type="multipart/form-data")
    assert answer.status_code == 303, answer.text[:500]
    with world.inside():
        photo = db.session.scalars(select(RequestPhoto)).one()
        path = f"/requests/{photo.request_id}/photos/{photo.upload_id}"

    assert mine.get(path).mimetype.startswith("image/")
    assert world.as_(world.hall.grid).get(path).status_code == 200
    assert world.as_(world.hall.neighbour).get(path).status_code == 404
    assert world.as_(None).get(path).status_code == 404


def test_a_file_that_is_no_picture_is_refused_and_nothing_is_reported(world: World) -> None:
    mine = world.as_(world.hall.reporter)
    page = io.BytesIO(b"<svg onload=alert(1)>")
    sent = fields(world, csrf_token=token_of(mine), photo=(page, "lamp.jpg"))

    answer = mine.post("/requests/new", data=sent, content_type="multipart/form-data")

    assert answer.status_code == 422
    assert "Lamp out on the stairs" in answer.text
    with world.inside():
        assert db.session.scalar(select(func.count()).select_from(Request)) == 0


def test_the_reporter_adds_a_word_on_the_page(world: World) -> None:
    one = world.make(a_request)
    mine, path = world.as_(world.hall.reporter), f"/requests/{one}"

    assert post(mine, f"{path}/add", text="It is the second lamp.").status_code == 303
    assert "It is the second lamp." in mine.get(path).text
    assert post(mine, f"{path}/add", text="Ring 13800000000").status_code == 422


def test_a_neighbour_says_that_it_concerns_them_too(world: World) -> None:
    one = world.make(a_request)
    other, path = world.as_(world.hall.neighbour), f"/requests/{one}"

    box = post(other, f"{path}/follow", htmx=True)
    assert 'id="follow-box"' in box.text
    assert "<html" not in box.text
    assert "1 more neighbour reports it too" in other.get(path).text
    assert "Lamp out on the stairs" in other.get("/requests/mine").text
    assert post(other, f"{path}/follow/withdraw").status_code == 303


def test_the_ledger_filters_by_place_category_and_state(world: World) -> None:
    world.make(a_request)
    world.make(a_request, category="drain", title=Words(en="Water on the path", zh="路上积水"))
    world.make(resolved, category="noise", title=Words(en="Drilling at night", zh="夜里打孔"))
    grid, village = world.hall.place.code, world.hall.street.village.code

    def titles(query: str) -> set[str]:
        rows = world.as_(None).get(f"/requests.json?{query}").json["items"]
        return {row["title"]["en"] for row in rows}

    assert titles("") == {"Lamp out on the stairs", "Water on the path", "Drilling at night"}
    assert titles("category=drain") == {"Water on the path"}
    assert titles("state=resolved") == {"Drilling at night"}
    assert titles(f"place={grid}&state=open") == {"Lamp out on the stairs", "Water on the path"}
    assert titles(f"place={village}") == set()
    assert titles("category=nonsense&state=nonsense&after=x") == titles("")


def test_figures_say_nothing_under_five_and_the_median_is_the_middle_one(world: World) -> None:
    with world.inside():
        for number in range(1, 5):
            one = in_hand(world.hall)
            operations.resolve(one.id, outcome="solved", answer=WHY, seen=None, by=world.hall.grid,
                               at=NOON + number * HOUR)  # fmt: skip
    client = world.as_(None)
    assert client.get("/requests/figures.json").json == {"whole": None, "by_category": [], "by_grid": []}
    assert "Fewer than five" in client.get("/requests/figures").text

    with world.inside():
        one = rated(world.hall, resolved(world.hall), "partly", at=NOON + DAY, stars=3)
        assert one.minutes_taken == 0
    found = client.get("/requests/figures.json").json
    assert found["whole"] | {"key": ""} == {
        "key": "", "name": None, "number": 5, "answered": 5, "solved": 4, "on_time": 5, "rated": 1,
        "satisfaction": 3.0, "median_minutes": 120.0,
    }  # fmt: skip
    assert [row["key"] for row in found["by_category"]] == ["lamp"]
    assert len(found["by_grid"]) == 1
    assert "2 hours" in client.get("/requests/figures").text


def test_private_requests_count_nowhere(world: World) -> None:
    for _ in range(6):
        world.make(a_request, is_public=False)

    assert world.as_(None).get("/requests/figures.json").json["whole"] is None


def test_the_desk_shows_what_waits_for_each(world: World) -> None:
    world.make(a_request)
    assert "1 request waits for me" in world.as_(world.hall.grid).get("/requests/desk").text
    assert "No request waits for you" in world.as_(world.hall.staff).get("/requests/desk").text
    assert world.as_(world.hall.reporter).get("/requests/desk").status_code == 403


def test_the_notice_board_masks_names_and_knows_who_is_on_duty(world: World, at: Hold) -> None:
    with world.inside():
        words = {"role": Words(zh="网格员", en="grid member"), "duty": Words(en="rounds"), "reach": Words(en="8 to 20")}
        who = {"resident_id": world.hall.grid.id, "stand_in_id": world.hall.grid2.id, "stand_in": Words(en="colleague")}
        db.session.add(TeamMember(grid_id=world.hall.place.id, key="member", position=0, **words, **who))
        db.session.add(
            TeamRoster(grid_id=world.hall.place.id, night_days=[2], night_from="17:30", night_to="22:00", meets_on=0,
                       meets_at="19:00")
        )  # fmt: skip
    client = world.as_(None)
    day = client.get(f"/service-team?place={world.hall.street.community.code}").text
    at(NOON + 7 * HOUR)
    evening = client.get(f"/service-team?place={world.hall.street.community.code}").text

    assert "Zhang*" in day
    assert world.hall.grid.given_name not in day
    assert "On duty this evening" not in day
    assert "On duty this evening" in evening
    assert "Wednesday" in evening
    assert client.get("/service-team.json").json["items"][0]["members"][0]["reach"] == {"en": "8 to 20"}


def test_the_guide_finds_words_in_names_and_papers(world: World) -> None:
    with world.inside():
        for key, name, paper in (("card", "老年人优待证", "身份证"), ("meal", "长者食堂", "照片")):
            db.session.add(
                GuideMatter(street_id=world.hall.street.street.id, key=key, name=Words(zh=name, en=key),
                            window=Words(zh="窗口", en="window"), papers=[{"zh": paper, "en": "paper"}], working_days=3)
            )  # fmt: skip
    client = world.as_(None, "zh")

    assert "长者食堂" not in client.get("/service-guide?q=优待").text
    assert "长者食堂" in client.get("/service-guide?q=照片").text
    assert len(client.get("/service-guide.json").json["items"]) == 2
    assert "没有这几个字" in client.get("/service-guide?q=护照").text


def test_each_published_field_is_in_its_twin(world: World) -> None:
    one = world.make(a_request)
    client = world.as_(None)
    described = {one.path: set(one.fields) for one in data_sets()}

    assert described["/requests.json"] <= set(client.get("/requests.json").json["items"][0])
    assert described["/requests/<id>.json"] <= set(client.get(f"/requests/{one}.json").json)
