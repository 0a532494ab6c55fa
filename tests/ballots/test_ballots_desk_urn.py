"""Sealed papers over the pages of the desk: handed in, counted by two, and never lost without a warning."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.ballots.channel_models import PaperBatch, UrnCount
from app.ballots.secret_models import SecretMark, SecretPaper
from app.kit.once import RequestDone
from app.people.rules import Person
from tests.ballots.offices import THREE, Office, hidden, main_of, sent
from tests.council.square import CLOSES
from tests.makers import NOON, post
from tests.worlds import Hold, words

LATE = CLOSES - timedelta(hours=20)


@pytest.fixture
def office(app: Flask, at: Hold) -> Office:
    at(NOON)
    return Office(app)


def hand_in(office: Office, path: str, people: list[Person]) -> None:
    client = office.as_(office.staff)
    for one in people:
        told = sent(client, f"{office.door(path, one)}/hand-in")
        assert "The paper is in the urn" in words(told)


def count(office: Office, path: str, who: Person, **fields: Any) -> Any:
    """Counted on the page, with its salt."""
    client = office.as_(who)
    salt = hidden(client.get(f"{path}/desk"), "salt")
    return sent(client, f"{path}/desk/urn/count", salt=salt, **fields)


def test_sealed_papers_are_handed_in_counted_by_two_and_summed(office: Office, at: Hold) -> None:
    path, people = office.question(secret=True), office.square.neighbours
    hand_in(office, path, people[:6])
    desk = words(office.as_(office.staff).get(f"{path}/desk"))
    assert "6 sealed papers lie in the urn. Two people must have counted them before" in desk
    assert "6 papers are to be counted" in desk
    receipt = hidden(office.as_(people[9]).get(path), "receipt")
    post(office.as_(people[9]), f"{path}/vote", choice="no", receipt=receipt)

    numbers = {"number-yes": "4", "number-no": "１", "number-abstain": "1"}
    first = count(office, path, office.staff, **numbers)
    assert "Your count is noted" in words(first)
    assert "You did this first" in words(first)
    page = office.as_(office.second).get(f"{path}/desk")
    assert f"{office.staff.full_name} has opened and counted 6 papers" in words(page)
    assert not re.search(r'name="number-\w+" value="[^"]', page.text)
    second = count(office, path, office.second, **numbers)
    assert "Both counts are the same" in words(second)
    assert f"{office.staff.full_name} and {office.second.full_name}" in words(second)

    assert sorted(office.all_of(SecretPaper.choice)) == ["abstain", "no", "no", "yes", "yes", "yes", "yes"]
    assert office.count(UrnCount) == 0
    assert "lie in the urn" not in words(office.as_(office.staff).get(f"{path}/desk"))
    at(CLOSES)
    twin = office.as_(None).get(f"{path}.json").get_json()
    assert {one["key"]: one["votes"] for one in twin["options"]} == {"yes": 4, "no": 2, "abstain": 1}


def test_two_who_count_differently_are_refused_and_count_anew(office: Office) -> None:
    path = office.question(secret=True)
    hand_in(office, path, office.square.neighbours[:5])
    count(office, path, office.staff, **{"number-yes": "5"})

    refused = count(office, path, office.second, **{"number-yes": "3", "number-no": "2"})
    assert (refused.status_code, "not what the first person counted" in words(refused)) == (409, True)
    assert 'name="number-yes" value="3"' in refused.text
    taken = sent(office.as_(office.second), f"{path}/desk/urn/take-back")
    assert "The first count is taken back" in words(taken)
    for who in (office.second, office.staff):
        count(office, path, who, **{"number-yes": "3", "number-no": "2"})

    assert office.all_of(PaperBatch.papers) == [5]


@pytest.mark.parametrize(("typed", "said"), [
    ({"number-yes": "4"}, "add up to the 5 papers"),
    ({}, "add up to the 5 papers"),
    ({"number-yes": "five"}, "whole number from 0"),
    ({"number-yes": "-1"}, "whole number from 0"),
    ({"number-yes": "9" * 30}, "whole number from 0"),
])  # fmt: skip
def test_a_count_that_cannot_be_says_so_and_keeps_the_numbers(office: Office, typed: dict[str, str], said: str) -> None:
    path = office.question(secret=True)
    hand_in(office, path, office.square.neighbours[:5])

    answer = count(office, path, office.staff, **typed)

    assert answer.status_code == 422
    assert said in words(answer)
    for name, value in typed.items():
        assert f'name="{name}" value="{value}"' in answer.text
    assert office.count(UrnCount) == 0


@pytest.mark.parametrize(("method", "paper", "line", "said"), [
    ("approval", {"choice": ["o3", "o1"]}, "o1,o3", "A bench, A shed"),
    ("score", {"score-o1": "5", "score-o2": "1"}, "o1:5,o2:1,o3:0", "A bench 5, A lamp 1, A shed 0"),
    ("schulze", {"place-o2": "1", "place-o1": "2", "place-o3": "2"}, "o2>o1,o3", "1. A lamp 2. A bench, A shed"),
    ("run_off", {"place-o2": "1", "place-o1": "2"}, "o2>o1", "1. A lamp 2. A bench"),
    ("transferable", {"place-o3": "1"}, "o3", "1. A shed"),
])  # fmt: skip
def test_papers_of_other_methods_are_added_one_kind_after_another(
    office: Office, method: str, paper: dict[str, Any], line: str, said: str
) -> None:
    path = office.question(secret=True, method=method, options=THREE)
    hand_in(office, path, office.square.neighbours[:6])
    client = office.as_(office.staff)
    salt = hidden(client.get(f"{path}/desk"), "salt")

    added = post(client, f"{path}/desk/urn/add", htmx=True, salt=salt, **paper, **{"times-new": "4"})
    assert added.status_code == 200
    assert said in words(added)
    assert "4 of 6 papers so far" in words(added)
    assert hidden_in(added, "line") == [line]
    assert "checked" not in added.text
    assert "selected" not in added.text
    assert office.count(UrnCount) == 0
    both = {"line": line, "times": "4", "number-abstain": "2", "salt": salt}
    assert "Your count is noted" in words(sent(client, f"{path}/desk/urn/count", **both))
    # The second fills in the last paper and does not add it: it counts all the same.
    second = office.as_(office.second)
    own = hidden(second.get(f"{path}/desk"), "salt")
    last = {"times-new": "4", "number-abstain": "2", "salt": own}
    assert "Both counts are the same" in words(sent(second, f"{path}/desk/urn/count", **paper, **last))

    assert sorted(office.all_of(SecretPaper.choice)) == sorted([line] * 4 + ["abstain"] * 2)


def hidden_in(page: Any, name: str) -> list[str]:
    found = re.findall(rf'type="hidden" name="{name}" value="([^"]*)"', page.text)
    return [one.replace("&gt;", ">") for one in found]


@pytest.mark.parametrize(("typed", "said"), [
    ({"times-new": "3"}, "fill in what these papers say"),
    ({"place-o1": "1"}, "How many papers say this?"),
    ({"place-o1": "1", "place-o2": "1", "times-new": "3"}, "Place 1 is given more than once"),
    ({"place-o1": "7", "times-new": "3"}, "whole number from 1 to 3"),
    ({"line": "o1>o9", "times": "5"}, "add up to the 5 papers"),  # forged: no paper of this question
    ({"line": ["o1", "o2"], "times": "5"}, "o1"),
])  # fmt: skip
def test_a_kind_of_paper_that_is_wrong_says_so(office: Office, typed: dict[str, Any], said: str) -> None:
    path = office.question(secret=True, method="run_off", options=THREE)
    hand_in(office, path, office.square.neighbours[:5])

    answer = count(office, path, office.staff, **typed)

    assert answer.status_code in (200, 422)
    if said != "o1":
        assert said in words(answer)
        assert office.count(UrnCount) == 0
    if "times-new" in typed:
        assert f'name="times-new" value="{typed["times-new"]}"' in answer.text


def test_what_is_kept_of_a_count_does_not_tell_what_the_papers_said(office: Office, at: Hold) -> None:
    at(LATE)
    path = office.question(secret=True, closes_at=CLOSES)
    hand_in(office, path, office.square.neighbours[:1])
    client = office.as_(office.staff)
    form = {"request_id": "0123456789", "number-yes": "1"}

    without = post(client, f"{path}/desk/urn/count", **form)
    assert (without.status_code, "out of date" in words(without)) == (422, True)
    for _time in range(2):
        told = sent(client, f"{path}/desk/urn/count", salt="a salt of the page", **form)
        assert "Your count is noted" in words(told)
    assert len(office.all_of(RequestDone.digest)) == 2  # handed in, and counted
    assert office.count(UrnCount) == 1


def test_few_papers_wait_and_the_page_warns_in_the_last_hours(office: Office, at: Hold) -> None:
    path = office.question(secret=True)
    hand_in(office, path, office.square.neighbours[:3])
    early = office.as_(office.staff).get(f"{path}/desk")
    assert "With only 3 papers a count could tell who voted what" in words(early)
    assert "number-yes" not in early.text
    refused = post(office.as_(office.staff), f"{path}/desk/urn/count", salt="x" * 20, **{"number-yes": "3"})
    assert refused.status_code == 409
    at(LATE)

    late = office.as_(office.staff).get(f"{path}/desk")
    assert "fewer than five papers" in words(late)
    assert 'data-tone="alert" role="alert"' in main_of(late)
    assert "Your count is noted" in words(count(office, path, office.staff, **{"number-yes": "3"}))


def test_papers_that_nobody_counted_are_said_to_be_lost(office: Office, at: Hold) -> None:
    path = office.question(secret=True)
    hand_in(office, path, office.square.neighbours[:5])
    at(CLOSES)

    client = office.as_(office.staff)
    page = client.get(f"{path}/desk")
    assert "5 sealed papers were handed in and not counted in time. They are not in the result" in words(page)
    assert "number-yes" not in page.text
    answer = post(client, f"{path}/desk/urn/count", salt="x" * 20, **{"number-yes": "5"})
    assert (answer.status_code, "closed on" in words(answer)) == (409, True)


def test_who_is_marked_already_gets_the_paper_back(office: Office) -> None:
    path, (me, other) = office.question(secret=True), office.square.neighbours[:2]
    receipt = hidden(office.as_(me).get(path), "receipt")
    post(office.as_(me), f"{path}/vote", choice="no", receipt=receipt)
    hand_in(office, path, [other])

    client = office.as_(office.staff)
    for person, said in ((me, "having voted on the web"), (other, "a sealed paper was handed in")):
        page = client.get(office.door(path, person))
        assert said in words(page)
        assert "The sealed paper is in the urn" not in words(page)
        assert post(client, f"{office.door(path, person)}/hand-in").status_code == 409
    assert office.count(SecretMark) == 2
    assert "handed in on paper" in words(office.as_(other).get(path))


def test_of_a_household_whoever_brings_the_paper_is_named(office: Office) -> None:
    path, spouse = office.question(secret=True, electorate="household"), office.square.spouse
    door, client = office.door(path, spouse), office.as_(office.staff)

    assert post(client, f"{door}/hand-in").status_code == 422
    sent(client, f"{door}/hand-in", voter=spouse.id)

    assert office.all_of(SecretMark.cast_by) == [spouse.id]


@pytest.mark.parametrize("secret", [True, False])
def test_ways_of_the_other_kind_of_ballot_are_refused(office: Office, secret: bool) -> None:
    path, me = office.question(secret=secret), office.square.neighbours[0]
    client, door = office.as_(office.staff), office.door(path, me)
    said = "This ballot is secret" if secret else "This ballot is open"
    wrong = ("paper", "counter", "proxy") if secret else ("hand-in",)

    for step in wrong:
        answer = post(client, f"{door}/{step}", choice="yes")
        assert (answer.status_code, said in words(answer)) == (409, True), step
    if not secret:
        for step in ("count", "add", "take-back"):
            answer = post(client, f"{path}/desk/urn/{step}", **{"number-yes": "1", "salt": "x" * 20})
            assert (answer.status_code, said in words(answer)) == (409, True), step
    else:
        assert post(client, f"{door}/take-back").status_code == 409
        assert post(office.as_(me), f"{path}/contest").status_code == 409
    assert client.get(f"{door}?way=proxy").status_code == 200  # an old address leads to what there is


def test_the_urn_is_for_staff_of_the_place_alone(office: Office) -> None:
    path = office.question(secret=True)
    hand_in(office, path, office.square.neighbours[:5])

    for who in (office.far, office.square.neighbours[0]):
        client = office.as_(who)
        for step in ("count", "add", "take-back"):
            assert post(client, f"{path}/desk/urn/{step}", **{"number-yes": "5"}).status_code == 403
        assert post(client, f"{office.door(path, office.square.neighbours[6])}/hand-in").status_code == 403
    assert (office.count(SecretMark), office.count(UrnCount)) == (5, 0)
