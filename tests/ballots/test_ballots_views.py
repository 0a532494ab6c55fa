"""The page of a vote: papers of every method, the receipt, and what everybody can take home after closing."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.ballots.models import Ballot, Question
from app.ballots.operations import empty_urns
from app.ballots.rules import Option
from app.ballots.secret_models import SecretMark, SecretPaper
from app.kit.db import db
from app.kit.once import RequestDone
from app.kit.words import Words
from tests import worlds
from tests.council.square import CLOSES, Square, a_question, a_square, in_voting
from tests.makers import NOON, post
from tests.worlds import Hold, words
from tools import verify_tally

THREE = [
    Option("o1", Words(zh="长椅", en="A bench"), Words(zh="放在北门", en="By the north gate")),
    Option("o2", Words(zh="路灯", en="A lamp")),
    Option("o3", Words(zh="车棚", en="A shed")),
]
RECEIPT = re.compile(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){4}")


class World(worlds.World):
    square: Square

    def furnish(self) -> None:
        self.square = a_square()

    def question(self, **values: Any) -> str:
        """The path of an open question."""
        with self.inside():
            return f"/votes/{a_question(self.square, **values).id}"

    def papers(self, of: Any = Ballot) -> list[str]:
        """What lies in the urn."""
        with self.inside():
            return sorted(db.session.scalars(select(of.choice)))


@pytest.fixture
def world(app: Flask, at: Hold) -> World:
    at(NOON)
    return World(app)


@pytest.mark.parametrize(("method", "sent", "line", "said"), [
    ("single_choice", {"choice": "o2"}, "o2", "A lamp"),
    ("approval", {"choice": ["o3", "o1"]}, "o1,o3", "A bench, A shed"),
    ("approval", {"choice": "o2"}, "o2", "A lamp"),
    ("score", {"score-o1": "5", "score-o3": "２"}, "o1:5,o2:0,o3:2", "A bench 5, A lamp 0, A shed 2"),
    ("schulze", {"place-o3": "1", "place-o1": "2", "place-o2": "2"}, "o3>o1,o2", "1. A shed 2. A bench, A lamp"),
    ("run_off", {"place-o2": "1", "place-o1": "2"}, "o2>o1", "1. A lamp 2. A bench"),
    ("transferable", {"place-o2": "3"}, "o2", "1. A lamp"),
    ("run_off", {"choice": "o1>o3"}, "o1>o3", "1. A bench 2. A shed"),  # a script
    ("score", {"abstain": "y"}, "abstain", "Abstain"),
])  # fmt: skip
def test_a_paper_of_every_method_is_filled_in_and_counted(
    world: World, method: str, sent: dict[str, Any], line: str, said: str
) -> None:
    path = world.question(method=method, options=THREE)
    client = world.as_(world.square.neighbours[0])
    page = client.get(path)
    assert page.status_code == 200
    assert "checked" not in page.text.partition("<main")[2]

    answer = post(client, f"{path}/vote", htmx=True, **sent)

    assert answer.status_code == 200, words(answer)
    assert f"You voted: {said}" in words(answer)
    assert world.papers() == [line]


@pytest.mark.parametrize(("method", "sent", "says"), [
    ("single_choice", {}, "Please choose one of the answers"),
    ("single_choice", {"choice": "o9"}, "choose from the answers on the paper"),
    ("approval", {}, "tick at least one answer"),
    ("approval", {"choice": ["o1", "o9"]}, "choose from the answers"),
    ("score", {}, "give at least one answer a score"),
    ("score", {"score-o1": "6"}, "A whole number from 0 to 5"),
    ("score", {"score-o1": "1.5"}, "A whole number from 0 to 5"),
    ("score", {"score-o9": "1"}, "A whole number from 0 to 5"),
    ("schulze", {"place-o1": ""}, "give at least one answer a place"),
    ("run_off", {"place-o1": "1", "place-o2": "1"}, "Place 1 is given more than once"),
    ("run_off", {"place-o1": "0"}, "A whole number from 1 to 3"),
    ("transferable", {"place-o1": "99999999999999999999"}, "A whole number from 1 to 3"),
    ("run_off", {"choice": "o1>o1"}, "each place once"),
])  # fmt: skip
def test_a_paper_that_is_wrong_says_so_keeps_what_was_typed_and_changes_nothing(
    world: World, method: str, sent: dict[str, Any], says: str
) -> None:
    path = world.question(method=method, options=THREE)

    answer = post(world.as_(world.square.neighbours[0]), f"{path}/vote", **sent)

    assert answer.status_code == 422
    assert says in words(answer)
    assert world.papers() == []
    for name, value in sent.items():
        if name in ("place-o1", "score-o1") and value in ("1", "5"):
            assert re.search(rf'name="{name}".*?value="{value}" (checked|selected)', answer.text, re.DOTALL)


def test_a_secret_vote_shows_its_receipt_once_and_only_the_receipt_changes_it(world: World, at: Hold) -> None:
    path = world.question(secret=True)
    client = world.as_(world.square.neighbours[0])
    handed_out = re.search(r'name="receipt" value="([^"]+)"', client.get(path).text)
    assert handed_out is not None
    receipt = handed_out[1]

    told = post(client, f"{path}/vote", choice="yes", receipt=receipt)

    assert told.status_code == 200  # what a redirect would carry along would be kept beside the name
    assert receipt in told.text
    assert told.headers["Cache-Control"] == "no-store"
    again = client.get(path)
    assert receipt not in again.text
    assert "You have voted." in words(again)
    assert "You voted:" not in words(again)
    refused = post(client, f"{path}/vote", choice="no", receipt="7C1E-90AB-42D8-0000-1111")
    assert (refused.status_code, "Only your receipt" in words(refused)) == (409, True)
    changed = post(client, f"{path}/vote", choice="no", receipt=receipt.lower())
    assert changed.status_code == 200
    assert world.papers(SecretPaper) == ["no"]
    assert world.count(RequestDone) == 0

    at(CLOSES)
    with world.inside():
        assert empty_urns(CLOSES) == 1
    found = post(world.as_(None), f"{path}/receipt", receipt=receipt)
    assert "This vote is in the count, as: No." in words(found)


def test_a_secret_vote_is_answered_alike_whatever_it_says(world: World) -> None:
    """Neither the answer nor its length tells what was voted."""
    path = world.question(secret=True, method="single_choice", options=THREE)
    lengths = set()
    for number, choice in enumerate(["o1", "o2", "o3", "abstain"]):
        client = world.as_(world.square.neighbours[number])
        answer = post(client, f"{path}/vote", htmx=True, choice=choice, receipt=f"0000-1111-2222-3333-444{number}")
        assert answer.status_code == 200
        text = RECEIPT.sub("", answer.text)
        lengths.add(len(re.sub(r"\d+ (person|people)|csrf_token.*?>|\d+(\.\d+)?%?", "", text)))
        assert choice not in re.findall(r'value="(\w+)" checked', answer.text)
    assert len(lengths) <= 2  # one person has voted, several people have


def test_after_closing_everybody_takes_the_bundle_home_and_counts_it(world: World, at: Hold) -> None:
    path = world.question(method="run_off", options=THREE, threshold=Fraction(0))
    for number, line in enumerate(["o1>o2", "o2>o1", "o2", "abstain"]):
        assert post(world.as_(world.square.neighbours[number]), f"{path}/vote", choice=line).status_code == 303
    visitor = world.as_(None)
    assert visitor.get(f"{path}/bundle.json").status_code == 404
    at(CLOSES)

    bundle = visitor.get(f"{path}/bundle.json").get_json()

    assert verify_tally.check(bundle, digest=bundle["digest"]) == "4 papers counted again: carried o2"
    page = visitor.get(path)
    assert "Count it again" in words(page)
    program = visitor.get("/votes/verify_tally.py")
    assert (program.mimetype, b"def check(" in program.data) == ("text/x-python", True)
    assert visitor.get(f"{path}.json").get_json()["outcome"] == "carried"


def test_the_page_says_what_was_fixed_and_what_is_promised(world: World) -> None:
    path = world.question(
        method="schulze", options=THREE, default="o3", ties="lot", secret=True, quorum_of="active",
        roles=["council"], threshold_of="roll",
    )  # fmt: skip

    said = words(world.as_(None).get(path))

    for part in (
        "secret ballot", "council member", "each two compared", "active in the year before", "The lot decides",
        "none of these", "nothing joins the two", "a backup for one", "vote at the committee's office",
    ):  # fmt: skip
        assert part in said, part


def test_a_vote_on_a_topic_leads_back_to_the_topic(world: World) -> None:
    with world.inside():
        topic = in_voting(world.square)
        topic_id, question_id = topic.id, topic.question_id
    client = world.as_(world.square.neighbours[0])

    answer = post(client, f"/votes/{question_id}/vote", choice="yes")

    assert (answer.status_code, answer.location) == (303, f"/topics/{topic_id}")
    assert f'href="/votes/{question_id}"' in client.get(f"/topics/{topic_id}").text


@pytest.mark.parametrize("path", ["/votes/999", "/votes/999.json", "/votes/999/bundle.json"])
def test_what_is_not_there_is_not_found(world: World, path: str) -> None:
    assert world.as_(None).get(path).status_code == 404


def test_who_may_not_vote_sees_why_and_no_paper(world: World) -> None:
    path = world.question(secret=True)

    for person, says in ((world.square.child, "18 and older"), (world.square.villager, "not on the roll")):
        client = world.as_(person)
        assert says in words(client.get(path))
        answer = post(client, f"{path}/vote", choice="yes", receipt="0000-1111-2222-3333-4444")
        assert answer.status_code == 403
    assert (world.count(SecretMark), world.count(Question)) == (0, 1)
