"""The pages of cases: who sees them, what is refused and how, and that no public page tells of any."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from app.cases import operations
from app.cases.models import Appeal, Case, CaseDecision, Cure, Opinion
from app.kit import filetypes
from app.kit.db import db
from app.kit.words import Words
from app.messages.models import Message
from tests.cases.block import DAY, TODAY, WHY, Block, a_block, a_case, an_award, confirmed, once_more, third
from tests.kit import sent_files
from tests.makers import NOON, post, token_of
from tests.test_matrix import path_of
from tests.worlds import Hold
from tests.worlds import World as AnyWorld

CANARY = "Zinnoberkanarie"
PEOPLE = ("neighbour", "newcomer", "village_staff")


class World(AnyWorld):
    block: Block

    def furnish(self) -> None:
        self.block = a_block()


@pytest.fixture
def world(app: Flask, at: Hold) -> World:
    at(NOON)
    return World(app)


def a_picture() -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(file, "PNG")
    file.seek(0)
    return file


def plain(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", html))


def fields(world: World, **values: Any) -> dict[str, Any]:
    known = {
        "line": world.block.line("K01"), "title": "Things in the east stairs", "text": "Two boxes and a bicycle",
        "happened_on": TODAY.isoformat(), "cure_on": (TODAY + DAY).isoformat(),
    }  # fmt: skip
    return known | values


def file(world: World, **values: Any) -> Any:
    officer = world.as_(world.block.officer)
    with world.inside():
        sent = fields(world, **values)
    return post(officer, f"/points/cases/new/{world.block.household}", **sent)


def made(world: World, make: Any, **values: Any) -> int:
    with world.inside():
        case: Case = make(world.block, **values)
        return case.id


# Who sees it -------------------------------------------------------------------------------------------------------


def test_a_case_is_seen_by_its_household_and_those_who_work_on_it(world: World) -> None:
    case = made(world, a_case)
    path = f"/points/cases/{case}"

    for who in ("adult", "spouse", "child", "officer", "officer2", "staff", "reviewer", "supervisor"):
        assert world.as_(getattr(world.block, who)).get(path).status_code == 200, who
    for who in PEOPLE:
        assert world.as_(getattr(world.block, who)).get(path).status_code == 404, who
    assert world.as_(None).get(path).status_code == 401


def test_the_lists_hold_what_is_theirs_to_see(world: World) -> None:
    made(world, a_case)
    title = "Things left in the east stairs of Building 3"

    assert title in world.as_(world.block.spouse).get("/points/cases").text
    assert title not in world.as_(world.block.neighbour).get("/points/cases").text
    assert world.as_(world.block.newcomer).get("/points/cases").status_code == 200
    assert title in world.as_(world.block.officer).get("/points/cases/desk").text
    assert title not in world.as_(world.block.village_staff).get("/points/cases/desk").text
    assert world.as_(world.block.adult).get("/points/cases/desk").status_code == 403


def test_no_public_page_and_nobody_elses_page_tells_of_a_case(world: World) -> None:
    words = Words(zh=f"{CANARY}楼道", en=f"{CANARY} in the stairs")
    with world.inside():
        case = confirmed(world.block, title=words, text=words)
        operations.appeal(case.id, text=words, upload_id=None, by=world.block.adult, at=NOON)
        filed = db.session.scalars(select(Appeal.id)).one()
        operations.say_opinion(filed, upheld=False, text=words, by=world.block.reviewer2, at=NOON)
        operations.write_due(NOON)
    paths = {path_of(rule, world.app) for rule in world.app.url_map.iter_rules() if "GET" in (rule.methods or set())}
    read = 0

    for reader in (None, *(getattr(world.block, who) for who in PEOPLE)):
        browser = world.as_(reader)
        for path in sorted(paths):
            answer = browser.get(path)
            assert answer.status_code < 500, path
            read += answer.status_code == 200
            assert CANARY.encode() not in answer.get_data(), (path, reader)
        assert browser.get(f"/search.json?q={CANARY}").json["items"] == []
    assert read > 100, "many pages were read, not refused"


def test_the_household_hears_of_it_first_and_nobody_else(world: World) -> None:
    case = made(world, a_case)

    inbox = world.as_(world.block.spouse).get("/me/messages").text

    assert "needs to be put right by the end of" in inbox
    assert "Nothing is deducted this time." in inbox
    with world.inside():
        told = set(db.session.scalars(select(Message.resident_id).where(Message.href == f"/points/cases/{case}")))
        assert told == {world.block.adult.id, world.block.spouse.id}


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", ("by the end of tomorrow", "after Wed 25 November")), ("zh", ("需要在明天结束前", "11月25日 周三之后"))],
)
def test_the_messages_name_the_last_day_of_the_page(world: World, language: str, said: tuple[str, str]) -> None:
    made(world, a_case, code="K03")
    deducted = made(world, confirmed)
    home = world.as_(world.block.adult, language)

    inbox = plain(home.get("/me/messages").text)

    assert all(words in inbox for words in said)
    assert said[1] in plain(home.get(f"/points/cases/{deducted}").text)


def test_a_statement_entry_leads_to_its_case_and_says_what_is_left(world: World, at: Hold) -> None:
    case = made(world, confirmed)
    with world.inside():
        until = db.session.scalars(select(CaseDecision.appeal_until)).one()
        assert until is not None
        operations.write_due(until)
    at(until)

    home = world.as_(world.block.adult)
    statement = home.get("/points?asset=honour").text
    entry = re.search(r'href="(/points/entries/\d+)"', statement)
    assert entry is not None
    assert "−2" in statement
    assert f'href="/points/cases/{case}"' in home.get(entry.group(1)).text
    assert "Deduction in effect" in home.get(f"/points/cases/{case}").text
    assert world.as_(world.block.neighbour).get(entry.group(1)).status_code == 404


# Acting ------------------------------------------------------------------------------------------------------------


def test_an_officer_files_with_a_photo_and_only_those_who_see_the_case_see_it(world: World) -> None:
    officer = world.as_(world.block.officer)
    with world.inside():
        sent = fields(world, csrf_token=token_of(officer), photo=(a_picture(), "stairs.png"), masked="y")
    path = f"/points/cases/new/{world.block.household}"

    answer = officer.post(path, data=sent, content_type="multipart/form-data")

    assert answer.status_code == 303, answer.text[:800]
    photo = re.search(r'src="(/points/cases/\d+/photos/\d+)"', officer.get(answer.headers["Location"]).text)
    assert photo is not None
    assert world.as_(world.block.adult).get(photo.group(1)).mimetype.startswith("image/")
    for who in PEOPLE:
        assert world.as_(getattr(world.block, who)).get(photo.group(1)).status_code == 404
    wrong = photo.group(1).rsplit("/", 1)[0] + "/99"
    assert world.as_(world.block.adult).get(wrong).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"line": "0"}, {"line": "nothing"}, {"line": "99999999999999999999"}, {"title": ""}, {"title": "x" * 61},
        {"text": "x" * 1001}, {"happened_on": "2026-13-01"}, {"happened_on": "1e3"}, {"happened_on": "2019-01-01"},
        {"cure_on": "9999-12-31"}, {"cure_on": ""}, {"photo": "only-a-name.png"}, {"request_id": "'; --"},
    ],
)  # fmt: skip
def test_what_cannot_be_gets_a_sentence_and_nothing_is_filed(world: World, wrong: dict[str, str]) -> None:
    answer = file(world, **wrong)

    assert answer.status_code == 422, answer.text[:500]
    assert 'role="alert"' in answer.text
    if "text" not in wrong:
        assert "Two boxes and a bicycle" in answer.text, "what was typed stays"
    assert world.count(Case) == 0


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\xff\xd8\xff" + bytes(filetypes.MOST_BYTES), "The photo is too large (limit"),
        (sent_files.huge_jpeg(), "The photo has more pixels than can be taken"),
        (b"<svg onload=alert(1)>", "This file is not of a kind that is taken here"),
    ],
    ids=["bytes", "pixels", "no picture"],
)
def test_a_giant_photo_is_refused_with_a_sentence(world: World, content: bytes, sentence: str) -> None:
    home = world.as_(world.block.adult)
    case = made(world, a_case)
    photo = FileStorage(io.BytesIO(content), "stairs.jpg")
    boundary, body = encode_multipart({"csrf_token": token_of(home), "cure_photo": photo})

    kind = f"multipart/form-data; boundary={boundary}"
    answer = home.post(f"/points/cases/{case}/cures", data=body, content_type=kind)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert world.count(Cure) == 0


@pytest.mark.parametrize("household", ["own", "foreign", "none", "huge"])
def test_other_households_are_as_if_they_were_not_there(world: World, household: str) -> None:
    with world.inside():
        numbers = {
            "own": world.block.officer.household_id, "foreign": 10**6, "none": 0, "huge": 10**30,
        }  # fmt: skip
        sent = fields(world)
    officer = world.as_(world.block.officer)

    answer = post(officer, f"/points/cases/new/{numbers[household]}", **sent)

    assert answer.status_code == 404
    assert officer.get(f"/points/cases/new?household={numbers[household]}").status_code == 404
    assert world.count(Case) == 0


def test_the_same_form_twice_files_once(world: World) -> None:
    first, again = file(world, request_id="same-form-1"), file(world, request_id="same-form-1")

    assert (first.status_code, again.status_code) == (303, 303)
    assert first.headers["Location"] == again.headers["Location"]
    assert world.count(Case) == 1


def test_the_second_person_confirms_once_and_the_filer_never(world: World) -> None:
    case = made(world, third)
    path = f"/points/cases/{case}/decision"
    sent = {"decision": "confirmed", "decide_why": "The photo shows it clearly"}

    assert post(world.as_(world.block.officer), path, **sent).status_code == 403
    assert post(world.as_(world.block.supervisor), path, **sent).status_code == 403
    assert post(world.as_(world.block.reviewer), path, **(sent | {"decide_why": ""})).status_code == 422
    assert post(world.as_(world.block.reviewer), path, **(sent | {"decision": "perhaps"})).status_code == 422
    assert post(world.as_(world.block.reviewer), path, **sent).status_code == 303
    late = post(world.as_(world.block.reviewer2), path, **sent)
    assert late.status_code == 409
    assert "Things have moved on" in late.text
    assert world.count(CaseDecision) == 1


def test_an_appeal_after_its_last_day_gets_the_sentence_with_day_place_and_contact(world: World, at: Hold) -> None:
    case = made(world, confirmed)
    home = world.as_(world.block.adult)
    page = home.get(f"/points/cases/{case}").text
    assert "Appeal this deduction" in page
    at(NOON + 9 * DAY)

    answer = post(home, f"/points/cases/{case}/appeal", appeal_text="These things are not ours")

    assert answer.status_code == 409
    assert "The time to appeal ended on" in answer.text
    assert "These things are not ours" in answer.text, "what was typed stays"
    assert "The time to appeal ended on" in home.get(f"/points/cases/{case}").text
    assert world.count(Appeal) == 0


def test_the_way_to_appeal_is_on_the_page_and_in_the_message(world: World) -> None:
    case = made(world, confirmed)
    home = world.as_(world.block.spouse)

    inbox = home.get("/me/messages").text
    answer = post(home, f"/points/cases/{case}/appeal", appeal_text="These things are not ours")

    assert "A deduction is confirmed" in inbox
    assert answer.status_code == 303
    assert "Appeal under review" in home.get(f"/points/cases/{case}").text
    child = world.as_(world.block.child)
    assert "Appeal this deduction" not in child.get(f"/points/cases/{case}").text


def test_an_appeal_is_decided_by_others_and_the_work_list_shows_it_to_them_alone(world: World) -> None:
    case = made(world, confirmed)
    with world.inside():
        filed = operations.appeal(case, text=WHY, upload_id=None, by=world.block.adult, at=NOON).id
    sent = {"opinion": "upheld", "opinion_text": "The bicycle belongs to another home"}
    path = f"/points/cases/{case}/appeals/{filed}/opinion"

    for who in ("officer2", "reviewer"):
        assert post(world.as_(getattr(world.block, who)), path, **sent).status_code == 403
        assert "An appeal waits to be decided" not in world.as_(getattr(world.block, who)).get("/work").text
    other = world.as_(world.block.reviewer2)
    assert "An appeal waits to be decided" in other.get("/work").text
    assert post(other, f"/points/cases/{case}/appeals/99/opinion", **sent).status_code == 404
    assert post(other, path, **sent).status_code == 303
    assert "An appeal waits to be decided" not in other.get("/work").text
    assert "Appeal upheld" in world.as_(world.block.adult).get(f"/points/cases/{case}").text
    assert world.count(Opinion) == 1


def test_each_sentence_is_for_whoever_reads_it_and_for_now(world: World) -> None:
    case = made(world, confirmed)
    path = f"/points/cases/{case}"
    home, other = world.as_(world.block.adult), world.as_(world.block.reviewer2)
    assert "unless the household appeals by then" in plain(other.get(path).text)
    assert "unless your household appeals by then" in plain(home.get(path).text)

    post(home, f"{path}/appeal", appeal_text="These things are not ours")
    assert "The decision will stand here" in home.get(path).text
    with world.inside():
        filed = db.session.scalars(select(Appeal.id)).one()
    post(other, f"{path}/appeals/{filed}/opinion", opinion="upheld", opinion_text="They belong to another home")

    assert "The household is told, with your reason." in other.get(path).text, "there is nobody to wait for"
    assert "The decision stands on this page." in home.get(path).text


def test_a_false_claim_is_proposed_from_what_the_household_earned(world: World) -> None:
    with world.inside():
        award = an_award(world.block)
    officer = world.as_(world.block.officer)
    path = f"/points/cases/new/{world.block.household}/false-claim"

    assert "V01" in officer.get(f"/points/cases/new?household={world.block.household}").text
    assert post(officer, path, award="0", findings="Nobody saw them there").status_code == 422
    assert post(officer, path, award=str(award), findings="Nobody saw them there").status_code == 303
    assert post(officer, path, award=str(award), findings="Nobody saw them there").status_code == 409


def test_the_figures_are_sums_that_point_at_nobody(world: World) -> None:
    made(world, a_case)
    few = world.as_(None).get("/points/cases/figures.json").json
    assert [one["on_file"] for one in few["items"]] == [None, None]
    with world.inside():
        for number in range(2):
            a_case(world.block, at=NOON + (2 + 2 * number) * DAY)
        operations.note_cured(db.session.scalars(select(Case.id)).first() or 0, text=WHY, by=world.block.staff, at=NOON)

    told = world.as_(None).get("/points/cases/figures.json").json
    page = world.as_(None).get("/points/cases/figures")

    assert [one["on_file"] for one in told["items"]] == [3, None]
    assert [one["put_right"] for one in told["items"]] == [None, None], "one alone stays unsaid"
    assert [one["deductions"] for one in told["items"]] == [0, None]
    assert "fewer than 3" in page.text
    assert world.as_(None).get("/points/cases/figures?year=nonsense").status_code == 200


def test_a_star_that_waits_says_so_to_the_household(world: World) -> None:
    made(world, a_case)

    assert "once put right" in world.as_(world.block.adult).get("/rankings/household").text
    assert "once put right" not in world.as_(world.block.neighbour).get("/rankings/household").text


def test_the_list_costs_no_more_for_more_cases(world: World) -> None:
    with world.inside():
        confirmed(world.block, at=NOON - 20 * DAY)
        for days in (10, 8, 6):
            once_more(world.block, at=NOON - days * DAY)

    page = world.as_(world.block.adult).get("/points/cases").text

    assert page.count('class="chip"') >= 6
