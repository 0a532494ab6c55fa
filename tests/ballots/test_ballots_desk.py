"""The voting desk: whom it lets in, electors that are found, papers that two type, and households."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from app.ballots.channel_models import Proxy, TypedPaper
from app.ballots.models import Ballot
from app.kit.db import db
from app.kit.once import RequestDone
from app.people.models import Resident
from tests.ballots.offices import THREE, Office, hidden, main_of, sent
from tests.makers import NOON, give, post
from tests.worlds import Hold, words


@pytest.fixture
def office(app: Flask, at: Hold) -> Office:
    at(NOON)
    return Office(app)


# Who comes in ------------------------------------------------------------------------------------------------------


def test_the_desk_is_for_staff_of_the_place_and_linked_for_them_alone(office: Office) -> None:
    path = office.question()

    resident = office.square.neighbours[0]
    for who, status in ((office.staff, 200), (office.street, 200), (office.far, 403), (resident, 403), (None, 401)):
        client = office.as_(who)
        assert client.get(f"{path}/desk").status_code == status
        assert (f'href="{path}/desk"' in client.get(path).text) == (status == 200)
    assert "staff of that place" in words(office.as_(office.far).get(f"{path}/desk"))


@pytest.mark.parametrize("step", ["paper", "counter", "proxy", "take-back"])
def test_staff_of_another_place_enter_nothing(office: Office, step: str) -> None:
    path = office.question()
    door = office.door(path, office.square.neighbours[0])
    far = office.as_(office.far)

    assert far.get(door).status_code == 403
    assert post(far, f"{door}/{step}", choice="yes").status_code == 403
    assert office.count(TypedPaper) == office.count(Ballot) == office.count(Proxy) == 0


def test_what_is_not_there_is_not_found(office: Office) -> None:
    path, other = office.question(), office.question(subject="topic:2")
    foreign = office.row(other, office.square.neighbours[0])
    client = office.as_(office.staff)

    for wrong in ("/votes/999/desk", f"{path}/desk/999999", f"{path}/desk/{foreign}", "/votes/999/desk/1"):
        assert client.get(wrong).status_code == 404, wrong
    assert post(client, f"{path}/desk/{foreign}/paper", choice="yes").status_code == 404


# Finding -----------------------------------------------------------------------------------------------------------


def test_electors_are_found_by_name_and_door_with_the_way_and_never_the_vote(office: Office) -> None:
    path, client = office.question(method="single_choice", options=THREE), office.as_(office.staff)
    me, door = office.square.neighbours[2], office.square.homes[2].door
    post(office.as_(me), f"{path}/vote", choice="o2")

    empty = client.get(f"{path}/desk")
    assert me.full_name not in main_of(empty)
    for asked in (me.full_name, door, f" {me.family_name} {me.given_name} "):
        page = client.get(f"{path}/desk", query_string={"q": asked})
        assert me.full_name in main_of(page)
        assert "voted on the web" in words(page)
        assert "A lamp" not in main_of(page)
        assert page.headers["Cache-Control"] == "no-store"
    part = client.get(f"{path}/desk", query_string={"q": me.full_name}, headers={"HX-Request": "true"})
    assert part.text.lstrip().startswith('<div id="found"')
    nobody = client.get(f"{path}/desk", query_string={"q": "%"})
    assert "Nobody of that name or door" in words(nobody)


def test_an_elector_page_says_what_is_known_and_never_what_was_voted(office: Office) -> None:
    path = office.question(method="single_choice", options=THREE)
    me = office.square.neighbours[0]
    door, client = office.door(path, me), office.as_(office.staff)
    sent(client, f"{door}/counter", choice="o2")

    for way in ("paper", "counter", "proxy"):
        page = client.get(f"{door}?way={way}")
        assert page.status_code == 200
        assert "voted at the counter" in words(page)
        assert "checked" not in main_of(page)


# Papers ------------------------------------------------------------------------------------------------------------


def test_a_paper_is_typed_by_two_and_the_second_sees_nothing_of_the_first(office: Office) -> None:
    path, me = office.question(), office.square.neighbours[0]
    door, first, second = office.door(path, me), office.as_(office.staff), office.as_(office.second)

    told = sent(first, f"{door}/paper", choice="yes")
    assert "typed once" in words(told)
    assert office.stands(path, me) is None
    desk = second.get(f"{path}/desk")
    assert me.full_name in main_of(desk)
    assert f"typed once by {office.staff.full_name}" in words(desk)
    page = second.get(f"{door}?way=paper")
    assert "One person has typed this paper" in words(page)
    assert "checked" not in main_of(page)
    told = sent(second, f"{door}/paper", choice="yes")

    assert "Both read the same" in words(told)
    assert "Receipt" in words(told)
    assert office.stands(path, me) == ("paper", "yes")
    assert "Nothing waits" in words(second.get(f"{path}/desk"))


def test_two_who_type_differently_are_refused_keep_what_they_typed_and_begin_anew(office: Office) -> None:
    path, me = office.question(), office.square.neighbours[0]
    door, first, second = office.door(path, me), office.as_(office.staff), office.as_(office.second)
    sent(first, f"{door}/paper", choice="yes")

    refused = post(second, f"{door}/paper", choice="no")
    assert refused.status_code == 409
    assert "not what the first person typed" in words(refused)
    assert 'value="no" checked' in refused.text
    assert 'value="yes" checked' not in refused.text
    assert office.stands(path, me) is None
    assert "taken back" in words(sent(second, f"{door}/take-back"))
    sent(second, f"{door}/paper", choice="no")
    sent(first, f"{door}/paper", choice="no")

    assert office.stands(path, me) == ("paper", "no")
    again = post(first, f"{door}/take-back")
    assert (again.status_code, "Nothing waits here" in words(again)) == (409, True)


def test_the_first_of_two_sees_why_they_are_not_the_second(office: Office) -> None:
    path, me = office.question(), office.square.neighbours[0]
    door, first = office.door(path, me), office.as_(office.staff)
    sent(first, f"{door}/paper", choice="yes")

    page = first.get(f"{door}?way=paper")
    assert "You did this first" in words(page)
    assert 'name="choice"' not in main_of(page)
    assert post(first, f"{door}/paper", choice="yes").status_code == 403


def test_the_same_form_sent_twice_types_once(office: Office) -> None:
    path, me = office.question(), office.square.neighbours[0]
    door, first = office.door(path, me), office.as_(office.staff)
    page = first.get(f"{door}?way=paper")
    form = {"request_id": hidden(page, "request_id"), "salt": hidden(page, "salt")}

    for _time in range(2):
        assert "typed once" in words(sent(first, f"{door}/paper", choice="yes", **form))
    other = post(first, f"{door}/paper", choice="no", **form)

    assert (other.status_code, office.count(TypedPaper)) == (409, 1)


def test_what_is_kept_of_a_request_does_not_tell_the_vote(office: Office) -> None:
    """Two papers that say the same, typed by the same person, leave different digests: a salt goes in with them."""
    path, (one, two) = office.question(), office.square.neighbours[:2]
    first = office.as_(office.staff)
    for person in (one, two):
        page = first.get(f"{office.door(path, person)}?way=paper")
        assert len(hidden(page, "salt")) > 20
        sent(first, f"{office.door(path, person)}/paper", choice="yes", salt=hidden(page, "salt"))

    assert len(set(office.all_of(RequestDone.digest))) == 2
    assert hidden(first.get(f"{office.door(path, one)}?way=counter"), "salt") != hidden(page, "salt")


@pytest.mark.parametrize(("method", "typed", "line"), [
    ("single_choice", {"choice": "o2"}, "o2"),
    ("approval", {"choice": ["o3", "o1"]}, "o1,o3"),
    ("score", {"score-o1": "5", "score-o3": "２"}, "o1:5,o2:0,o3:2"),
    ("schulze", {"place-o3": "1", "place-o1": "2", "place-o2": "2"}, "o3>o1,o2"),
    ("run_off", {"place-o2": "1", "place-o1": "2"}, "o2>o1"),
    ("transferable", {"place-o2": "3"}, "o2"),
    ("score", {"abstain": "y"}, "abstain"),
])  # fmt: skip
def test_papers_of_every_method_are_typed(office: Office, method: str, typed: dict[str, Any], line: str) -> None:
    path, me = office.question(method=method, options=THREE), office.square.neighbours[0]
    door = office.door(path, me)

    assert office.as_(office.staff).get(door).status_code == 200
    for person in (office.staff, office.second):
        assert sent(office.as_(person), f"{door}/paper", **typed).status_code == 200

    assert office.stands(path, me) == ("paper", line)


@pytest.mark.parametrize(("method", "typed", "said", "kept"), [
    ("yes_no", {}, "choose one of the answers", None),
    ("yes_no", {"choice": "maybe"}, "choose from the answers", None),
    ("score", {"score-o1": "9", "score-o2": "4"}, "whole number from 0 to 5", 'name="score-o2" value="4" checked'),
    ("run_off", {"place-o1": "1", "place-o2": "1"}, "Place 1 is given more than once", 'value="1" selected'),
])  # fmt: skip
def test_a_paper_typed_wrongly_says_so_and_keeps_what_was_typed(
    office: Office, method: str, typed: dict[str, str], said: str, kept: str | None
) -> None:
    values: dict[str, Any] = {"method": method} | ({"options": THREE} if method != "yes_no" else {})
    path, me = office.question(**values), office.square.neighbours[0]

    answer = post(office.as_(office.staff), f"{office.door(path, me)}/paper", **typed)

    assert answer.status_code == 422
    assert said in words(answer)
    assert kept is None or kept in answer.text
    assert office.count(TypedPaper) == 0


def test_a_paper_gives_way_to_a_vote_on_the_web_and_staff_see_it(office: Office) -> None:
    path, me = office.question(), office.square.neighbours[0]
    door = office.door(path, me)
    sent(office.as_(office.staff), f"{door}/paper", choice="no")
    post(office.as_(me), f"{path}/vote", choice="yes")

    second = office.as_(office.second)
    assert "not counted: voted on the web" in words(second.get(f"{path}/desk"))
    refused = post(second, f"{door}/paper", choice="no")
    assert (refused.status_code, "on the web already" in words(refused)) == (409, True)
    assert office.stands(path, me) == ("web", "yes")


# Households --------------------------------------------------------------------------------------------------------


def test_of_a_household_the_adult_is_named_or_the_paper_bears_no_name(office: Office) -> None:
    path = office.question(electorate="household")
    me, spouse, door = office.square.neighbours[0], office.square.spouse, office.door(path, office.square.neighbours[0])
    page = office.as_(office.staff).get(f"{door}?way=paper")

    assert me.full_name in main_of(page)
    assert spouse.full_name in main_of(page)
    for nobody in (office.square.child, office.square.newcomer):
        assert nobody.full_name not in main_of(page)
    assert "bears no name" in words(page)
    assert "bears no name" not in words(office.as_(office.staff).get(f"{door}?way=counter"))
    unsaid = post(office.as_(office.staff), f"{door}/paper", choice="yes")
    assert (unsaid.status_code, "Please say who of the household" in words(unsaid)) == (422, True)
    assert 'value="yes" checked' in unsaid.text
    for person in (office.staff, office.second):
        sent(office.as_(person), f"{door}/paper", choice="yes", voter=0)
    assert office.all_of(Ballot.cast_by) == [None]
    assert "bore no name" in words(office.as_(spouse).get(path))

    sent(office.as_(office.staff), f"{door}/counter", choice="no", voter=spouse.id)
    assert office.all_of(Ballot.cast_by) == [spouse.id]


def test_where_a_household_named_somebody_only_they_are_offered(office: Office) -> None:
    with office.inside():
        give("household_rep", db.session.get_one(Resident, office.square.spouse.id), office.square.community)
    path = office.question(electorate="household")
    door = office.door(path, office.square.neighbours[0])

    page = office.as_(office.staff).get(f"{door}?way=paper")
    assert office.square.spouse.full_name in main_of(page)
    assert office.square.neighbours[0].full_name not in main_of(page)
    assert "bears no name" not in words(page)
    other = post(office.as_(office.staff), f"{door}/paper", choice="yes", voter=office.square.neighbours[0].id)
    assert (other.status_code, "had named its representative" in words(other)) == (403, True)


def test_staff_leave_their_own_household_to_colleagues(office: Office) -> None:
    with office.inside():
        give("staff", db.session.get_one(Resident, office.square.neighbours[0].id), office.square.community)
    path, me = office.question(), office.square.neighbours[0]
    client = office.as_(me)

    page = client.get(f"{office.door(path, office.square.spouse)}?way=counter")
    assert "your own household" in words(page)
    assert 'name="choice"' not in main_of(page)
    assert post(client, f"{office.door(path, me)}/counter", choice="yes").status_code == 403
