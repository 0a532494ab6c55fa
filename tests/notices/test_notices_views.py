"""The pages of notices, as residents, staff and scripts see them."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from app.notices import operations
from app.notices.models import Objection, ObjectionEnd
from app.notices.rules import Part
from app.people.rules import Person
from app.places.models import Place
from tests.council.square import DAY
from tests.council.test_council_views import World
from tests.makers import NOON, a_resident, as_person, give, post
from tests.notices.board import ANSWER, WHY, a_notice
from tests.statements import statements
from tests.worlds import Hold


@pytest.fixture
def world(app: Flask, at: Hold) -> World:
    at(NOON)
    return World(app)


def put_up(world: World) -> int:
    with world.inside():
        return a_notice(world.square).id


def object_to(world: World, notice: int, line: str = "lamps", who: int = 0) -> int:
    with world.inside():
        return operations.object_to(notice, line, text=WHY, by=world.square.neighbours[who], at=NOON).id


def holder_of(role: str, place: Place) -> Person:
    """Somebody who holds that role at that place and lives with nobody of the square."""
    holder = a_resident(None)
    give(role, holder, place)
    return as_person(holder)


def test_a_notice_names_its_last_day_and_that_of_what_was_held(world: World, at: Hold) -> None:
    with world.inside():
        notice = a_notice(world.square, goes_on=True).id
    held = object_to(world, notice)
    page = world.as_(None).get(f"/notices/{notice}").text
    assert "Last day of what was held" not in page

    at(NOON + 2 * DAY)
    with world.inside():
        operations.withdraw(held, by=world.square.neighbours[0], at=NOON + 2 * DAY)
    page = world.as_(None).get(f"/notices/{notice}").text

    facts = re.search(r"<dt>Last day</dt>(.*?)<dt>About", page, re.DOTALL)
    assert facts is not None
    assert re.findall(r'datetime="([^"T]*)', facts.group(1)) == ["2026-11-25", "2026-11-27"]


def test_a_resident_objects_and_staff_answer_for_everybody_to_read(world: World) -> None:
    notice = put_up(world)
    resident, staff = world.as_(world.square.neighbours[0]), world.as_(world.square.staff)

    filed = post(resident, f"/notices/{notice}/objections", line="lamps", text="It shines into my bedroom")
    page = resident.get(filed.headers["Location"]).text
    form = re.search(r'action="(/notices/\d+/objections/\d+/answer)"', staff.get(f"/notices/{notice}").text)
    assert form is not None
    answered = post(staff, form.group(1), outcome="not_upheld", text="The shade will point down")
    told = world.as_(None).get(f"/notices/{notice}").text

    assert (filed.status_code, answered.status_code) == (303, 303)
    assert "holds this one line" in page
    assert "Held by an objection" in page
    for said in ("It shines into my bedroom", "The shade will point down", "Not upheld", "A resident"):
        assert said in told


def test_a_line_is_not_called_on_notice_before_the_notice_begins(world: World, at: Hold) -> None:
    notice = put_up(world)
    page = f"/notices/{notice}"

    assert world.as_(None).get(page).text.count("On notice</span>") > 1
    at(NOON - DAY)
    told = world.as_(None).get(page).text
    assert "To come</span>" in told
    assert "On notice</span>" not in told


def test_who_objected_is_told_to_staff_alone(world: World) -> None:
    notice = put_up(world)
    object_to(world, notice)
    with world.inside():
        name = world.square.neighbours[0].full_name
        others = [holder_of("staff", world.square.street.village)]
        others += [holder_of(role, world.square.community) for role in ("supervisor", "organiser", "grid", "admin")]

    assert name in world.as_(world.square.staff).get(f"/notices/{notice}").text
    assert name not in world.as_(world.square.staff).get(f"/notices/{notice}.json").text
    for reader in (None, world.square.neighbours[1], world.square.spouse, world.square.villager, *others):
        assert name not in world.as_(reader).get(f"/notices/{notice}").text
    assert name not in world.as_(None).get(f"/notices/{notice}.json").text
    assert "My objection" in world.as_(world.square.neighbours[0]).get(f"/notices/{notice}").text


@pytest.mark.parametrize(
    ("who", "status", "said"),
    [("newcomer", 403, "verified residents"), ("villager", 403, "residents of the place"), ("staff", 403, "residents")],
)
def test_others_are_told_why_not(world: World, who: str, status: int, said: str) -> None:
    notice = put_up(world)
    client = world.as_(getattr(world.square, who))

    answer = post(client, f"/notices/{notice}/objections", line="lamps", text="It shines too bright")

    assert answer.status_code == status
    assert said in answer.text
    assert world.count(Objection) == 0


def test_what_was_typed_stays_and_the_same_form_twice_files_once(world: World) -> None:
    notice = put_up(world)
    client = world.as_(world.square.neighbours[0])
    path = f"/notices/{notice}/objections"

    short = post(client, path, line="lamps", text="No")
    sent = {"line": "lamps", "text": "It shines too bright", "request_id": "same-form-1"}
    first, again = post(client, path, **sent), post(client, path, **sent)
    second = post(client, path, **(sent | {"request_id": "same-form-2"}))

    assert (short.status_code, first.status_code, again.status_code, second.status_code) == (422, 303, 303, 409)
    assert "No</textarea>" in short.text
    assert "objected to this line already" in second.text
    assert world.count(Objection) == 1


def test_a_refused_objection_swaps_the_box_alone(world: World, at: Hold) -> None:
    notice = put_up(world)
    client = world.as_(world.square.neighbours[0])
    at(NOON + 9 * DAY)

    answer = post(client, f"/notices/{notice}/objections", htmx=True, line="lamps", text="It shines too bright")

    assert answer.status_code == 409
    assert answer.text.lstrip().startswith("<section")
    assert 'id="object-box"' in answer.text
    assert "<html" not in answer.text


def test_only_staff_answer_and_only_what_belongs_to_the_notice(world: World) -> None:
    first = put_up(world)
    with world.inside():
        other = a_notice(world.square, subject="topic:2").id
    objection = object_to(world, first)
    answer = {"outcome": "upheld", "text": ANSWER.en}

    resident = post(world.as_(world.square.neighbours[1]), f"/notices/{first}/objections/{objection}/answer", **answer)
    wrong = post(world.as_(world.square.staff), f"/notices/{other}/objections/{objection}/answer", **answer)
    empty = post(world.as_(world.square.staff), f"/notices/{first}/objections/{objection}/answer", text="")

    assert (resident.status_code, wrong.status_code, empty.status_code) == (403, 404, 422)
    assert world.count(ObjectionEnd) == 0


def test_staff_with_a_part_in_a_line_read_who_answers_and_not_who_objected(world: World) -> None:
    square = world.square
    with world.inside():
        partaker = holder_of("staff", square.community)
        notice = a_notice(square, parts={"lamps": [Part(partaker.id)]}).id
    for number, line in enumerate(("lamps", "benches")):
        object_to(world, notice, line, who=number)
    objector, other = square.neighbours[0].full_name, square.neighbours[1].full_name

    own, colleague = (world.as_(one).get(f"/notices/{notice}").text for one in (partaker, square.staff))
    path = re.search(r'action="(/notices/\d+/objections/\d+/answer)"', colleague)
    assert path is not None
    refused = post(world.as_(partaker), path.group(1), outcome="not_upheld", text=ANSWER.en)

    assert (objector in colleague, other in colleague, colleague.count('/answer"')) == (True, True, 2)
    assert (objector in own, other in own, own.count('/answer"')) == (False, True, 1)
    assert "is answered by a colleague of the committee or the street who has none" in own
    reader = world.as_(partaker)
    reader.set_cookie("language", "zh")
    assert "需要回避" in reader.get(f"/notices/{notice}").text
    assert refused.status_code == 403
    assert "is answered by a colleague" in refused.text
    assert objector not in refused.text
    assert world.count(ObjectionEnd) == 0


def test_an_objection_is_taken_back_by_its_own(world: World) -> None:
    notice = put_up(world)
    objection = object_to(world, notice)
    path = f"/notices/{notice}/objections/{objection}/withdraw"

    other = post(world.as_(world.square.neighbours[1]), path)
    own = post(world.as_(world.square.neighbours[0]), path)

    assert (other.status_code, own.status_code) == (403, 303)
    assert "Taken back" in world.as_(None).get(f"/notices/{notice}").text


def test_what_waits_too_long_stands_out(world: World, at: Hold) -> None:
    notice = put_up(world)
    object_to(world, notice)

    before = world.as_(None).get(f"/notices/{notice}").text
    at(NOON + 8 * DAY)
    after = world.as_(None).get(f"/notices/{notice}").text

    assert ("Waits for the answer" in before, "Answer overdue" in before) == (True, False)
    assert ("Waits for the answer" in after, "Answer overdue" in after) == (False, True)


def test_the_list_has_what_concerns_the_reader_and_a_twin(world: World, at: Hold) -> None:
    put_up(world)

    for reader, seen in ((None, True), (world.square.neighbours[0], True), (world.square.villager, False)):
        assert ("Lamps and benches" in world.as_(reader).get("/notices").text) is seen
    assert [one["state"] for one in world.as_(None).get("/notices.json").json["items"]] == ["running"]
    at(NOON + 9 * DAY)
    assert "Lamps and benches" in world.as_(None).get("/notices?tab=over").text
    assert "Nothing is on notice" in world.as_(None).get("/notices").text


def test_a_notice_costs_few_statements(world: World) -> None:
    notice = put_up(world)
    for who in range(6):
        object_to(world, notice, who=who)

    for path, most in (("/notices", 4), (f"/notices/{notice}", 4)):
        client = world.as_(world.square.staff)
        client.get(path)
        with statements() as seen:
            client.get(path)
        assert len(seen) <= most, seen


def test_chinese_pages_speak_chinese(world: World) -> None:
    notice = put_up(world)
    object_to(world, notice)

    page = world.as_(world.square.neighbours[1], "zh").get(f"/notices/{notice}").text

    for said in ("路灯和长椅", "公示至", "有异议，暂缓", "对其中一条提出异议", "一位居民", "待答复"):
        assert said in page
