"""The voting desk in both languages, what of it waits on the work list, and where the other pages lead to it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.ballots import waiting
from tests.ballots.offices import THREE, Office, main_of, sent
from tests.council.square import CLOSES, in_voting
from tests.makers import NOON, post
from tests.worlds import Hold, words

HAN, LATIN = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"[A-Za-z]{3,}")
NAMES = {"PDF", "SHA", "JPEG", "PNG", "WebP"}


@pytest.fixture
def office(app: Flask, at: Hold) -> Office:
    at(NOON)
    return Office(app)


def furnished(office: Office) -> dict[str, tuple[Any, str]]:
    """Every page of the desk with something on it, and who opens it."""
    square, second = office.square, office.second
    path = office.question(method="run_off", options=THREE)
    sealed = office.question(secret=True, method="score", options=THREE, subject="topic:2")
    home = office.question(electorate="household", subject="topic:3")
    staff = office.as_(office.staff)
    typed, counted, granter, holder = square.neighbours[:4]
    sent(staff, f"{office.door(path, typed)}/paper", choice="o1")
    sent(staff, f"{office.door(path, counted)}/counter", choice="o2")
    sent(staff, f"{office.door(path, granter)}/proxy", holder=holder.id, sought=holder.full_name)
    sent(staff, f"{office.door(path, holder)}/counter", choice="o2")
    post(office.as_(holder), f"{path}/contest")
    for one in square.neighbours[:6]:
        sent(staff, f"{office.door(sealed, one)}/hand-in")
    return {
        "desk": (second, f"{path}/desk?q={typed.family_name}"),
        "paper": (second, f"{office.door(path, typed)}?way=paper"),
        "counter": (second, f"{office.door(path, typed)}?way=counter"),
        "proxy": (second, f"{office.door(path, square.neighbours[5])}?way=proxy&sought={holder.full_name}"),
        "urn": (second, f"{sealed}/desk"), "hand in": (second, office.door(sealed, square.neighbours[7])),
        "marked": (second, office.door(sealed, typed)), "household": (second, office.door(home, typed)),
        "entered": (counted, path), "given": (granter, path), "held": (holder, path),
        "by proxy": (holder, f"{path}/proxy/{office.row(path, granter)}"),
    }  # fmt: skip


def test_every_page_speaks_one_language(office: Office) -> None:
    for name, (who, path) in furnished(office).items():
        chinese, english = (office.as_(who, language).get(path) for language in ("zh", "en"))
        assert (chinese.status_code, english.status_code) == (200, 200), name
        said = re.sub(r"<code[^>]*>.*?</code>", " ", main_of(chinese), flags=re.DOTALL)
        said = re.sub(r'<(\w+)[^>]*lang="[^"]*"[^>]*>.*?</\1>', " ", said, flags=re.DOTALL)
        strange = set(LATIN.findall(re.sub(r"<[^>]+>", " ", said))) - NAMES
        assert strange == set(), name
        assert not re.search(r"[\u4e00-\u9fff][,;:?!(]", re.sub(r"<[^>]+>", "", main_of(chinese))), name
        plain = re.sub(r'<(\w+)[^>]*lang="zh-CN"[^>]*>.*?</\1>', " ", main_of(english), flags=re.DOTALL)
        left = re.sub(r"<[^>]+>", " ", plain)
        assert not HAN.search(re.sub(r"[\u4e00-\u9fff]+\d+", "", left)), (name, HAN.findall(left))


def test_a_part_of_a_page_is_the_part_that_the_whole_page_shows(office: Office) -> None:
    pages = furnished(office)
    for name, part in (("desk", "found"), ("proxy", "entry-box")):
        who, path = pages[name]
        answer = office.as_(who).get(path, headers={"HX-Request": "true"})
        assert re.match(rf'\s*<\w+[^>]*id="{part}"', answer.text), name


def test_what_waits_stands_on_the_work_list_of_who_may_do_it(office: Office, at: Hold) -> None:
    path, me = office.question(), office.square.neighbours[0]
    sent(office.as_(office.staff), f"{office.door(path, me)}/paper", choice="yes")
    with office.inside():
        for who, kinds in ((office.staff, []), (office.second, ["paper_second"]), (office.far, []), (me, [])):
            assert [one.kind for one in waiting.tasks_for(who, NOON)] == kinds
        (task,) = waiting.tasks_for(office.second, NOON)
        assert (task.href, task.due_at) == (f"{path}/desk", CLOSES)
        assert waiting.tasks_for(office.second, CLOSES) == []
    page = office.as_(office.second).get("/work?room=ballots")
    assert "Voting papers wait for a second person" in words(page)
    assert f'href="{path}/desk"' in page.text


def test_an_urn_waits_on_the_work_list_once_it_may_be_opened(office: Office, at: Hold) -> None:
    path, people = office.question(secret=True), office.square.neighbours
    staff = office.as_(office.staff)

    def kinds(who: Any, moment: Any = NOON) -> list[str]:
        with office.inside():
            return [one.kind for one in waiting.tasks_for(who, moment)]

    for one in people[:4]:
        sent(staff, f"{office.door(path, one)}/hand-in")
    assert kinds(office.staff) == []
    assert kinds(office.staff, CLOSES - timedelta(hours=23)) == ["urn"]
    sent(staff, f"{office.door(path, people[4])}/hand-in")
    assert kinds(office.staff) == kinds(office.second) == ["urn"]
    sent(staff, f"{path}/desk/urn/count", salt="x" * 20, **{"number-yes": "5"})
    assert (kinds(office.staff), kinds(office.second)) == ([], ["urn"])
    sent(office.as_(office.second), f"{path}/desk/urn/count", salt="y" * 20, **{"number-yes": "5"})
    assert kinds(office.staff) == kinds(office.second) == []


def test_the_page_of_the_topic_leads_to_the_desk_and_to_what_others_entered(office: Office) -> None:
    with office.inside():
        topic = in_voting(office.square)
        topic_id, path = topic.id, f"/votes/{topic.question_id}"
    me = office.square.neighbours[0]
    sent(office.as_(office.staff), f"{office.door(path, me)}/counter", choice="yes")

    assert f'href="{path}/desk"' in office.as_(office.staff).get(f"/topics/{topic_id}").text
    mine = office.as_(me).get(f"/topics/{topic_id}")
    assert "Others entered this vote for you" in words(mine)
    assert f'href="{path}#entered"' in mine.text
    assert f'href="{path}/desk"' not in mine.text
    assert "Others entered" not in words(office.as_(office.square.neighbours[1]).get(f"/topics/{topic_id}"))
    voted = post(office.as_(me), f"{path}/vote", htmx=True, choice="no")
    assert "Others entered" not in words(voted)


def test_seats_say_what_they_take(office: Office, at: Hold) -> None:
    path = office.question(method="transferable", options=THREE, seats=2, closes_at=CLOSES)
    page = office.as_(None).get(path)
    assert "for each seat more than 1/3 of the votes that choose" in words(page)
    assert "the most votes" not in words(page)
    for one in office.square.neighbours[:7]:
        post(office.as_(one), f"{path}/vote", choice="o1>o2")
    at(CLOSES)

    assert "more than 1/3 of the votes that choose, that is 3 votes" in words(office.as_(None).get(path))
