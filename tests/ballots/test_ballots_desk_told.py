"""At the voting desk: who cannot be voted for any more, what electors contest, and what is lost at closing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from app.ballots.channel_models import ContestedVote, TypedPaper
from app.ballots.models import Ballot
from app.kit.db import db
from app.people.models import Resident
from app.people.rules import Person
from tests.ballots.offices import Office, main_of, sent
from tests.council.square import CLOSES, SECOND
from tests.makers import NOON, give, post
from tests.worlds import Hold, words


@pytest.fixture
def office(app: Flask, at: Hold) -> Office:
    at(NOON)
    return Office(app)


# Closed accounts ---------------------------------------------------------------------------------------------------


def close(office: Office, person: Person) -> None:
    with office.inside():
        db.session.execute(update(Resident).where(Resident.id == person.id).values(disabled_at=NOON))


@pytest.mark.parametrize("step", ["paper", "counter"])
def test_nobody_votes_for_somebody_whose_account_is_closed(office: Office, step: str) -> None:
    path, me = office.question(), office.square.neighbours[0]
    close(office, me)
    client, door = office.as_(office.staff), office.door(path, me)

    page = client.get(f"{door}?way={step}")
    assert "Account closed" in words(page)
    assert "nobody votes for them" in words(page)
    answer = post(client, f"{door}/{step}", choice="yes")
    assert (answer.status_code, me.full_name in words(answer)) == (403, True)
    assert office.count(TypedPaper) == office.count(Ballot) == 0


def test_of_a_household_whoever_has_left_is_not_offered(office: Office) -> None:
    path = office.question(electorate="household")
    me, spouse = office.square.neighbours[0], office.square.spouse
    door, client = office.door(path, me), office.as_(office.staff)
    close(office, me)

    assert f'value="{me.id}"' not in main_of(client.get(f"{door}?way=paper"))
    assert post(client, f"{door}/counter", choice="yes", voter=me.id).status_code == 403
    sent(client, f"{door}/counter", choice="yes", voter=spouse.id)
    assert office.stands(path, spouse) == ("counter", "yes")
    lonely = office.square.neighbours[1]
    close(office, lonely)
    answer = post(client, f"{office.door(path, lonely)}/paper", choice="yes", voter=0)
    assert (answer.status_code, "Nobody of this household may vote" in words(answer)) == (403, True)


def test_when_the_representative_has_left_any_adult_votes_for_the_household(office: Office) -> None:
    with office.inside():
        give("household_rep", db.session.get_one(Resident, office.square.spouse.id), office.square.community)
    path, me = office.question(electorate="household"), office.square.neighbours[0]
    assert "named its representative" in words(office.as_(me).get(path))
    close(office, office.square.spouse)

    assert post(office.as_(me), f"{path}/vote", choice="yes").status_code == 303
    assert office.stands(path, me) == ("web", "yes")


# Contested votes ---------------------------------------------------------------------------------------------------


def test_a_vote_at_the_counter_is_told_and_contested(office: Office) -> None:
    path, me = office.question(), office.square.neighbours[0]
    door, client = office.door(path, me), office.as_(office.staff)
    told = sent(client, f"{door}/counter", choice="no")
    assert "The vote is entered" in words(told)

    mine = office.as_(me)
    page = mine.get(path)
    assert f"entered at the counter by {office.staff.full_name}" in words(page)
    assert f'action="{path}/contest"' in page.text
    inbox = words(mine.get("/me/messages"))
    assert "Your vote at the counter is counted" in inbox
    taken_out = sent(mine, f"{path}/contest")

    assert "taken out" in words(taken_out)
    assert "Others entered a vote for you" not in words(taken_out)
    assert (office.stands(path, me), office.count(ContestedVote)) == (None, 1)
    desk = client.get(f"{path}/desk")
    assert "Contested votes" in words(desk)
    assert me.full_name in main_of(desk)
    again = post(mine, f"{path}/contest")
    assert (again.status_code, "No vote that others entered" in words(again)) == (409, True)
    post(mine, f"{path}/vote", choice="yes")
    assert office.stands(path, me) == ("web", "yes")


def test_who_entered_a_paper_is_told_to_the_elector_alone(office: Office) -> None:
    path, me = office.question(), office.square.neighbours[0]
    for person in (office.staff, office.second):
        sent(office.as_(person), f"{office.door(path, me)}/paper", choice="yes")

    said = words(office.as_(me).get(path))
    assert f"typed in for you by {office.staff.full_name} and {office.second.full_name}" in said
    for other in (office.square.neighbours[1], None):
        assert office.staff.full_name not in main_of(office.as_(other).get(path))


def test_after_closing_the_page_still_says_who_entered_it_and_nothing_is_contested(office: Office, at: Hold) -> None:
    path, me = office.question(), office.square.neighbours[0]
    sent(office.as_(office.staff), f"{office.door(path, me)}/counter", choice="yes")
    at(CLOSES)

    page = office.as_(me).get(path)
    assert office.staff.full_name in words(page)
    assert f'action="{path}/contest"' not in page.text
    assert post(office.as_(me), f"{path}/contest").status_code == 409


def test_papers_that_were_typed_once_are_said_to_be_lost(office: Office, at: Hold) -> None:
    path, me = office.question(), office.square.neighbours[0]
    client = office.as_(office.staff)
    sent(client, f"{office.door(path, me)}/paper", choice="yes")
    early = client.get(f"{path}/desk")
    assert "1 paper waits for a second person, who must type it before" in words(early)
    assert 'data-tone="alert" role="alert"' not in main_of(early)
    at(CLOSES - timedelta(hours=20))
    assert 'data-tone="alert" role="alert"' in main_of(office.as_(office.staff).get(f"{path}/desk"))
    at(CLOSES)

    closed = office.as_(office.second)
    assert "typed by one person only. It is not in the result" in words(closed.get(f"{path}/desk"))
    assert post(closed, f"{office.door(path, me)}/paper", choice="yes").status_code == 409
    assert "taken back" in words(sent(closed, f"{office.door(path, me)}/take-back"))


@pytest.mark.parametrize("moment", [NOON - SECOND, CLOSES])
def test_nothing_is_entered_before_opening_or_after_closing(office: Office, at: Hold, moment: Any) -> None:
    path, me = office.question(opens_at=NOON + SECOND), office.square.neighbours[0]
    at(moment)
    client = office.as_(office.staff)

    for way in ("paper", "counter"):
        page = client.get(f"{office.door(path, me)}?way={way}")
        assert page.status_code == 200
        assert 'name="choice"' not in main_of(page)
        assert post(client, f"{office.door(path, me)}/{way}", choice="yes").status_code == 409
    assert office.count(Ballot) == 0
