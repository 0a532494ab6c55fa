"""The pages of activities, as browsers and scripts see them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

from app.activities import codes, operations
from app.activities.models import Activity, Attendance, Shift, SignUp
from app.kit.db import db
from app.merits.operations import load_tariff
from app.people.rules import Person
from tests import worlds
from tests.activities.planned import ENDS, STARTS, Village, a_plan, a_village, an_activity, shift_ids
from tests.makers import NOON, a_household, a_resident, as_person, post
from tests.merits.documents import tariff_document
from tests.worlds import Hold

NEUTRAL = "That code has expired."


class World(worlds.World):
    """A village with one clean-up tomorrow at noon."""

    village: Village

    def furnish(self) -> None:
        self.village = a_village()
        activity = an_activity(self.village)
        self.id, (self.shift,) = activity.id, shift_ids(activity)
        self.path = f"/activities/{self.id}"

    def signed_up(self, *people: Person) -> None:
        with self.inside():
            for person in people:
                operations.sign_up(self.shift, by=person, at=NOON)

    def code(self, at: datetime) -> str:
        return codes.current_code(self.shift, at, str(self.app.config["SECRET_KEY"]).encode())

    @property
    def taken(self) -> int:
        with self.inside():
            return db.session.scalar(select(Shift.taken).where(Shift.id == self.shift)) or 0


@pytest.fixture
def world(app: Flask, at: Hold) -> World:
    at(NOON)
    return World(app)


def text(answer: Any) -> str:
    return answer.get_data(as_text=True).replace("&#39;", "'")


def test_the_menu_and_the_page_are_public_and_show_no_full_name(world: World) -> None:
    world.signed_up(world.village.helper)
    visitor = world.as_(None)

    menu, page = text(visitor.get("/activities")), text(visitor.get(world.path))

    assert "Stairway clean-up" in menu
    assert "2 places left" in menu
    assert "2 of 3 places left" in page
    assert "Zhang*" in page  # who leads it
    for person in (world.village.helper, world.village.organiser):
        assert person.full_name not in menu + page


def test_the_twins_say_the_same_in_json(world: World) -> None:
    visitor = world.as_(None)

    menu, page = visitor.get("/activities.json").json, visitor.get(f"{world.path}.json").json

    assert menu["next"] is None
    assert menu["items"][0] | {"id": 0} == {
        "id": 0, "title": {"zh": "楼道清洁日", "en": "Stairway clean-up"}, "kind": "environment", "state": "open",
        "organisation": "", "place": menu["items"][0]["place"], "spot": None, "tariff": "V01", "shifts": 1,
        "starts_at": STARTS.isoformat(), "ends_at": ENDS.isoformat(), "capacity": 3, "taken": 0,
    }  # fmt: skip
    assert page["shifts"] == [
        {
            "id": world.shift, "starts_at": STARTS.isoformat(), "ends_at": ENDS.isoformat(), "capacity": 3,
            "minimum": 1, "taken": 0, "places_left": 3,
        }
    ]  # fmt: skip
    assert [step["state"] for step in page["timeline"]] == ["open"]


def test_the_menu_is_filtered_and_paged_by_key(world: World) -> None:
    with world.inside():
        for day in range(30):
            starts = STARTS + timedelta(days=1 + day // 2)
            an_activity(world.village, a_plan(starts, starts + timedelta(hours=1)), kind="culture")
    visitor = world.as_(None)

    first = visitor.get("/activities.json?kind=culture").json
    second = visitor.get("/activities.json", query_string={"kind": "culture", "after": first["next"]}).json

    ids = [item["id"] for item in first["items"] + second["items"]]
    assert (len(first["items"]), len(second["items"]), second["next"]) == (20, 10, None)
    assert len(set(ids)) == 30
    village = world.village.street.village.id
    assert visitor.get(f"/activities.json?place={village}").json["items"] == []
    for odd in ("?kind=x", "?place=-1", "?place=99999999999999999999", "?after=~~", "?when=never", "?place=一"):
        assert visitor.get(f"/activities{odd}").status_code == 200


def test_what_is_over_is_found_by_looking_back(world: World, at: Hold) -> None:
    at(ENDS)
    visitor = world.as_(None)

    assert visitor.get("/activities.json").json["items"] == []
    (item,) = visitor.get("/activities.json?when=past").json["items"]
    assert item["state"] == "finished"


def test_an_empty_menu_says_what_will_stand_there(app: Flask) -> None:
    client = app.test_client()
    client.set_cookie("language", "en")

    assert "No activity here at the moment." in text(client.get("/activities"))


@pytest.mark.parametrize("who", [None, "helper", "staff"])
def test_pages_ask_the_database_little(world: World, who: str | None) -> None:
    with world.inside():
        for _ in range(15):
            an_activity(world.village)
        engine = db.engine
    world.signed_up(world.village.helper, world.village.neighbour)
    client = world.as_(getattr(world.village, who) if who else None)
    asked: list[str] = []

    def listener(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    for path, most in (("/activities", 6), (world.path, 12), ("/activities?when=past", 6)):
        event.listen(engine, "before_cursor_execute", listener)
        client.get(path)
        event.remove(engine, "before_cursor_execute", listener)
        selects = [statement for statement in asked if statement.startswith("SELECT")]
        assert len(selects) <= most, "\n\n".join(selects)
        asked.clear()


def test_signing_up_by_a_plain_form_and_giving_up_by_htmx(world: World) -> None:
    client = world.as_(world.village.helper)

    answer = post(client, f"{world.path}/sign-up", shift=world.shift)
    assert (answer.status_code, answer.headers["Location"]) == (303, world.path)
    assert "You are signed up for Stairway clean-up" in text(client.get(world.path))
    assert world.taken == 1

    box = post(client, f"{world.path}/cancel", htmx=True, shift=world.shift)
    assert box.status_code == 200
    assert text(box).lstrip().startswith('<div class="columns"')
    assert "Your place is given up" in text(box)
    assert world.taken == 0


def test_the_same_form_sent_twice_takes_one_place(world: World) -> None:
    client = world.as_(world.village.helper)
    fields = {"shift": world.shift, "request_id": "b9a7c9d2-0000-4000-8000-000000000001"}

    answers = [post(client, f"{world.path}/sign-up", **fields).status_code for _ in range(2)]

    assert answers == [303, 303]
    assert world.taken == 1
    assert post(client, f"{world.path}/sign-up", shift=world.shift).status_code == 409


def test_a_refusal_stands_on_the_page_with_what_to_do(world: World) -> None:
    with world.inside():
        people = [as_person(a_resident(a_household(world.village.street.group))) for _ in range(3)]
    world.signed_up(*people)

    plain = post(world.as_(world.village.helper), f"{world.path}/sign-up", shift=world.shift)
    box = post(world.as_(world.village.neighbour), f"{world.path}/sign-up", htmx=True, shift=world.shift)

    for answer in (plain, box):
        assert answer.status_code == 409
        assert "This shift is full. Choose another shift" in text(answer)
    assert world.taken == 3


@pytest.mark.parametrize("shift", ["", "x", "0", "-1", "99999999999999", "1" * 5000, "\x00", "1.5", "９"])
def test_odd_shifts_are_answered_with_4xx(world: World, shift: str) -> None:
    client = world.as_(world.village.helper)

    for act in ("sign-up", "cancel"):
        assert 400 <= post(client, f"{world.path}/{act}", shift=shift).status_code < 500


def test_a_shift_of_another_activity_is_not_found_here(world: World) -> None:
    with world.inside():
        (other,) = shift_ids(an_activity(world.village))

    assert post(world.as_(world.village.helper), f"{world.path}/sign-up", shift=other).status_code == 404


def test_doors_are_shut_to_those_who_may_not(world: World) -> None:
    newcomer, neighbour, visitor = (world.as_(who) for who in (world.village.newcomer, world.village.neighbour, None))

    assert post(newcomer, f"{world.path}/sign-up", shift=world.shift).status_code == 403
    assert "Signing up is for verified residents" in text(newcomer.get(world.path))
    assert visitor.get(f"{world.path}/check-in?code=123456").status_code == 401
    assert neighbour.get(f"{world.path}/desk").status_code == 403
    assert neighbour.get("/activities/new").status_code == 403
    assert post(neighbour, f"{world.path}/approve").status_code == 403


def test_a_scanned_code_asks_first_and_only_the_button_checks_in(world: World, at: Hold) -> None:
    world.signed_up(world.village.helper)
    client = world.as_(world.village.helper)
    code = world.code(at(STARTS))

    asked = client.get(f"{world.path}/check-in?code={code}")
    assert (asked.status_code, code in text(asked)) == (200, True)
    assert client.head(f"{world.path}/check-in?code={code}").status_code == 200
    assert world.count(Attendance) == 0

    answer = post(client, f"{world.path}/check-in", code=f"{code[:3]} {code[3:]}")
    assert answer.status_code == 303
    assert "You are checked in" in text(client.get(world.path))
    assert world.count(Attendance) == 1

    again = post(client, f"{world.path}/check-in", code=code)
    assert (again.status_code, "You checked in at today 12:00" in text(again)) == (409, True)


@pytest.mark.parametrize("htmx", [False, True])
def test_wrong_codes_read_the_same_for_everybody_and_are_kept_in_the_field(world: World, at: Hold, htmx: bool) -> None:
    world.signed_up(world.village.helper)
    right = world.code(at(STARTS))
    wrong = "000000" if right != "000000" else "000001"

    missed = post(world.as_(world.village.helper), f"{world.path}/check-in", htmx=htmx, code=wrong)
    not_signed_up = post(world.as_(world.village.neighbour), f"{world.path}/check-in", htmx=htmx, code=right)

    for answer in (missed, not_signed_up):
        assert answer.status_code == 409
        assert NEUTRAL in text(answer) or htmx
    assert wrong in text(missed)
    assert world.count(Attendance) == 0


@pytest.mark.parametrize("code", ["", "12345", "abcdef", "1" * 1000, "１２３４５", "\x00" * 6])
def test_what_is_no_code_is_a_wrong_form(world: World, at: Hold, code: str) -> None:
    at(STARTS)

    assert post(world.as_(world.village.helper), f"{world.path}/check-in", code=code).status_code == 422


def test_guessing_is_slowed_down_for_each_person(world: World, at: Hold) -> None:
    world.signed_up(world.village.helper, world.village.neighbour)
    right = world.code(at(STARTS))
    wrong = "000000" if right != "000000" else "000001"
    guesser, other = world.as_(world.village.helper), world.as_(world.village.neighbour)

    answers = [post(guesser, f"{world.path}/check-in", code=wrong).status_code for _ in range(9)]
    even_right = post(guesser, f"{world.path}/check-in", code=right)

    assert answers == [409] * 8 + [429]
    assert (even_right.status_code, int(even_right.headers["Retry-After"]) > 0) == (429, True)
    assert post(other, f"{world.path}/check-in", code=right).status_code == 303
    later = at(STARTS + timedelta(minutes=1))
    assert post(guesser, f"{world.path}/check-in", code=world.code(later)).status_code == 303


def test_what_is_shown_after_one_step_is_ready_for_the_next(world: World, at: Hold) -> None:
    """Each form in the answer carries a request id of its own, not the one that was just used."""
    world.signed_up(world.village.helper)
    client, used = world.as_(world.village.helper), "b9a7c9d2-0000-4000-8000-000000000002"

    box = text(post(client, f"{world.path}/check-in", htmx=True, code=world.code(at(STARTS)), request_id=used))

    (request_id,) = re.findall(r'check-out"[^>]*>.*?name="request_id"[^>]*value="([^"]+)"', box, re.DOTALL)
    assert request_id != used
    at(STARTS + timedelta(minutes=5))
    assert post(client, f"{world.path}/check-out", request_id=request_id).status_code == 303


def test_checking_out_says_how_long_it_was(world: World, at: Hold) -> None:
    world.signed_up(world.village.helper)
    client = world.as_(world.village.helper)
    assert post(client, f"{world.path}/check-out").status_code == 409
    post(client, f"{world.path}/check-in", code=world.code(at(STARTS)))
    at(STARTS + timedelta(minutes=75))

    answer = post(client, f"{world.path}/check-out", htmx=True)

    assert "Checked out after 1 h 15 min." in text(answer)
    assert post(client, f"{world.path}/check-out").status_code == 409


def test_who_checks_out_at_once_has_served_a_minute(world: World, at: Hold) -> None:
    world.signed_up(world.village.helper)
    client = world.as_(world.village.helper)
    at(STARTS)
    post(client, f"{world.path}/check-in", code=world.code(STARTS))

    assert "Checked out after 1 min." in text(post(client, f"{world.path}/check-out", htmx=True))


def test_hours_of_a_shift_that_had_ended_are_confirmed_after_the_rest_is_cancelled(world: World, at: Hold) -> None:
    helper, day = world.village.helper, timedelta(days=1)
    with world.inside():
        activity = an_activity(world.village, a_plan(), a_plan(STARTS + day, ENDS + day))
        path, (first, second) = f"/activities/{activity.id}", shift_ids(activity)
        operations.sign_up(first, by=helper, at=NOON)
        operations.sign_up(second, by=helper, at=NOON)
    organiser = world.as_(world.village.organiser)
    at(STARTS)
    post(organiser, f"{path}/desk/tick", shift=first, resident=helper.id)
    at(ENDS)
    post(organiser, f"{path}/desk/see-off", shift=first, resident=helper.id)
    assert post(organiser, f"{path}/call-off", why="Heavy rain is coming.").status_code == 303

    at(ENDS + day)
    page, mine = text(organiser.get(path)), text(world.as_(helper).get(path))
    assert f"{path}/desk?shift={first}" in page
    assert "can still be confirmed" in page
    assert "Hours of shifts that had ended" in mine
    assert "You are on this shift" not in mine
    screen = text(organiser.get(f"{path}/desk?shift={second}"))
    assert "This shift was cancelled" in screen
    assert f"{path}/desk/absent" not in screen
    answer = post(organiser, f"{path}/desk/confirm", htmx=True, shift=first, resident=helper.id)
    assert "The hours are confirmed" in text(answer)


def test_the_page_names_what_the_hours_are_for(world: World) -> None:
    assert "Line V01 of the tariff" in text(world.as_(None).get(world.path))  # no tariff is in force
    with world.inside():
        load_tariff(
            tariff_document(), place_id=world.village.street.street.id, effective_from=NOON.date(), by_id=None, at=NOON
        )

    page = text(world.as_(None).get(world.path))

    place = world.village.street.community.id
    assert f'href="/points/tariff?place={place}#line-V01"' in page
    assert "Deed V01" in page
    assert 'id="line-V01"' in text(world.as_(None).get(f"/points/tariff?place={place}"))


def test_the_screen_shows_a_code_that_works_and_the_roster(world: World, at: Hold) -> None:
    helper, organiser = world.village.helper, world.as_(world.village.organiser)
    world.signed_up(helper)
    before = text(organiser.get(f"{world.path}/desk"))
    assert "Check-in is not open yet" in before
    assert not re.search(r"\d{3} \d{3}", before)
    at(STARTS)

    screen = text(organiser.get(f"{world.path}/desk"))
    digits = re.search(r'class="digits">(\d{3}) (\d{3})<', screen)

    assert digits
    assert 'class="qr"' in screen
    assert helper.full_name in screen
    assert 'hx-trigger="every 10s"' in screen
    fragment = text(organiser.get(f"{world.path}/desk", headers={"HX-Request": "true"}))
    assert fragment.lstrip().startswith('<div class="columns desk"')
    assert post(world.as_(helper), f"{world.path}/check-in", code="".join(digits.groups())).status_code == 303
    assert world.as_(world.village.staff).get(f"{world.path}/desk").status_code == 200


def test_the_whole_desk_by_hand(world: World, at: Hold) -> None:
    helper, neighbour = world.village.helper, world.village.neighbour
    world.signed_up(helper, neighbour)
    client, desk = world.as_(world.village.organiser), f"{world.path}/desk"
    both = {"shift": world.shift, "resident": helper.id}
    at(STARTS)

    assert "Checked in by hand." in text(post(client, f"{desk}/tick", htmx=True, **both))
    assert post(client, f"{desk}/tick", **both).status_code == 409
    at(ENDS)
    assert post(client, f"{desk}/confirm", **both).status_code == 409
    assert post(client, f"{desk}/see-off", **both).status_code == 303
    assert "The hours are confirmed" in text(post(client, f"{desk}/confirm", htmx=True, **both))
    assert post(client, f"{desk}/confirm", **both).status_code == 303
    assert "The hours of 0 people" in text(post(client, f"{desk}/confirm-all", htmx=True, shift=world.shift))
    missing = {"shift": world.shift, "resident": neighbour.id}
    assert "Noted as missed." in text(post(client, f"{desk}/absent", htmx=True, **missing))
    assert post(client, f"{desk}/confirm", **missing).status_code == 404
    for odd in ({}, {"shift": "x", "resident": ""}, {"shift": world.shift, "resident": 2**31}):
        assert post(client, f"{desk}/tick", **odd).status_code == 422
    assert post(world.as_(helper), f"{desk}/tick", **both).status_code == 403
    with world.inside():
        assert db.session.scalar(select(Attendance.minutes)) == 120
        assert db.session.scalar(select(SignUp.state).where(SignUp.resident_id == neighbour.id)) == "no-show"


FORM = {
    "title": "Winter solstice dumplings", "description": "We make them together.", "kind": "culture", "spot": "",
    "day": "2026-12-21", "starts": "20:00", "ends": "0:00", "capacity": "30", "minimum": "5", "tariff": "v01",
    "age_from": "", "marks": ["night"],
}  # fmt: skip


def test_an_organiser_plans_and_staff_approve(world: World) -> None:
    organiser, staff, visitor = (world.as_(who) for who in (world.village.organiser, world.village.staff, None))
    place = world.village.street.community.id
    assert organiser.get("/activities/new").status_code == 200

    wrong = post(organiser, "/activities/new", **FORM, place=place)
    answer = post(organiser, "/activities/new", **(FORM | {"tariff": "V01"}), place=place)

    assert (wrong.status_code, "Winter solstice dumplings" in text(wrong)) == (422, True)
    assert answer.status_code == 303
    path = answer.headers["Location"]
    assert visitor.get(path).status_code == 404
    assert "Awaiting approval" in text(organiser.get(path))
    assert post(organiser, f"{path}/approve").status_code == 403
    assert "Not on the menu yet" in text(staff.get("/activities"))
    assert post(staff, f"{path}/send-back").status_code == 422
    assert post(staff, f"{path}/send-back", why="Please say where we meet.").status_code == 303
    assert post(organiser, f"{path}/words", title="Dumplings", description="In the hall.").status_code == 303
    assert post(organiser, f"{path}/hand-in").status_code == 303
    assert post(staff, f"{path}/approve").status_code == 303
    page = text(visitor.get(path))
    assert "Dumplings" in page
    assert "Please say where we meet." in page
    with world.inside():
        made = db.session.scalars(select(Activity).order_by(Activity.id.desc())).first()
        assert made is not None
        assert made.ends_at - made.starts_at == timedelta(hours=4)
        assert (made.marks, made.tariff_code) == (["night"], "V01")


@pytest.mark.parametrize(
    "change",
    [
        {"title": ""}, {"title": "x" * 5000}, {"kind": "nothing"}, {"place": "1000000"}, {"place": "x"}, {"day": "x"},
        {"starts": "25:00"}, {"ends": ""}, {"capacity": "0"}, {"capacity": "1.5"}, {"capacity": "9" * 30},
        {"minimum": "31"}, {"tariff": "V01; DROP"}, {"age_from": "-1"}, {"marks": ["x"]}, {"spot": "7777777"},
        {"day": "99999-01-01"}, {"day": ""},
    ],
)  # fmt: skip
def test_a_wrong_plan_keeps_what_was_typed_and_changes_nothing(world: World, change: dict[str, Any]) -> None:
    staff = world.as_(world.village.staff)
    fields = FORM | {"tariff": "V01", "place": world.village.street.community.id} | change

    answer = post(staff, "/activities/new", **fields)

    assert answer.status_code == 422
    assert "We make them together." in text(answer)
    assert world.count(Activity) == 1


def test_a_plan_for_the_past_is_refused_with_a_sentence(world: World) -> None:
    fields = FORM | {"tariff": "", "day": "2020-01-01", "place": world.village.street.community.id}

    answer = post(world.as_(world.village.staff), "/activities/new", **fields)

    assert (answer.status_code, "That time is already over." in text(answer)) == (409, True)


def test_shifts_are_added_places_changed_and_the_whole_called_off(world: World) -> None:
    world.signed_up(world.village.helper, world.village.neighbour)
    organiser, staff = world.as_(world.village.organiser), world.as_(world.village.staff)
    times = {"day": "2026-11-20", "starts": "9:00", "ends": "11:00", "capacity": "4", "minimum": "2"}

    assert post(staff, f"{world.path}/shifts", **times).status_code == 303
    assert post(staff, f"{world.path}/shifts", **(times | {"minimum": "9"})).status_code == 422
    for path, fields in (("shifts", times), ("capacity", {"shift": world.shift, "capacity": "4"})):
        asked = post(organiser, f"{world.path}/{path}", **fields)
        assert (asked.status_code, text(asked).count("added by the committee's staff")) == (403, 2)
    assert "Add a shift" not in text(organiser.get(world.path))
    assert "Add a shift" in text(staff.get(world.path))
    refused = post(organiser, f"{world.path}/capacity", shift=world.shift, capacity="1")
    assert (refused.status_code, "2 places are taken" in text(refused)) == (409, True)
    assert post(organiser, f"{world.path}/capacity", shift=world.shift, capacity="2").status_code == 303
    assert post(organiser, f"{world.path}/capacity", shift=world.shift, capacity="").status_code == 422
    assert post(organiser, f"{world.path}/report", why="It went well.").status_code == 409
    assert post(organiser, f"{world.path}/call-off", why="Heavy rain is coming.").status_code == 303
    page = text(world.as_(None).get(world.path))
    assert "Cancelled" in page
    assert "Heavy rain is coming." in page
    assert post(organiser, f"{world.path}/call-off", why="Once more.").status_code == 409
    assert post(world.as_(world.village.helper), f"{world.path}/sign-up", shift=world.shift).status_code == 409


def test_neighbours_see_each_other_masked_once_they_are_signed_up(world: World) -> None:
    with world.inside():
        home = a_household(world.village.street.group)
        ouyang = as_person(a_resident(home, family_name="欧阳", family_name_en="Ouyang"))
    world.signed_up(world.village.helper, ouyang)

    assert "Ouyang*" in text(world.as_(world.village.helper).get(world.path))
    assert "Ouyang" not in text(world.as_(world.village.neighbour).get(world.path))


def test_of_many_shifts_the_next_few_and_mine_are_shown(world: World) -> None:
    day = timedelta(days=1)
    with world.inside():
        activity = an_activity(world.village, *(a_plan(STARTS + n * day, ENDS + n * day) for n in range(30)))
        path, last = f"/activities/{activity.id}", shift_ids(activity)[-1]
        operations.sign_up(last, by=world.village.helper, at=NOON)
    client = world.as_(world.village.helper)

    some, everything = text(client.get(path)), text(client.get(f"{path}?shifts=all"))

    assert (some.count("places left"), everything.count("places left")) == (9, 30)
    assert "Show all 30 shifts" in some
    assert "Give up my place" in some


def test_the_pages_speak_chinese(world: World) -> None:
    world.signed_up(world.village.helper)
    client = world.as_(world.village.helper)
    client.set_cookie("language", "zh")

    assert "活动菜单" in text(client.get("/activities"))
    assert "您已报上" in text(client.get(world.path))
    refused = post(client, f"{world.path}/sign-up", shift=world.shift)
    assert "您已经报了这个班次" in text(refused)
