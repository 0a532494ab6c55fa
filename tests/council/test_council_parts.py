"""Only part of a place votes: a clerk chooses it, the roll follows, and a turnout among few neighbours stays unsaid."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.ballots import operations, queries
from app.ballots.models import Question, RollEntry
from app.kit.clock import fixed
from app.kit.db import db
from app.kit.refusal import Refused
from app.people.rules import Person
from app.places.parts import part_names, parts_of
from tests.council.square import CLOSES, SECOND, Square, a_question, a_square, a_topic, asked
from tests.council.test_council_asking import World
from tests.makers import NOON, a_household, a_resident, as_person, give
from tests.worlds import Hold, words

HIDDEN = {"en": "is said after closing", "zh": "已投票数在投票结束后公布"}


class Divided(World):
    """The ten neighbours live in the first group, one family in the second."""

    next_door: Person

    def furnish(self) -> None:
        super().furnish()
        self.next_door = beside(self.square)

    def roll(self) -> set[int | None]:
        return set(db.session.scalars(select(RollEntry.resident_id).where(RollEntry.question_id == self.question().id)))


def beside(square: Square) -> Person:
    """Somebody of the other group of the same grid."""
    return as_person(a_resident(a_household(square.street.other_group)))


@pytest.fixture
def square(context: Flask) -> Square:
    return a_square()


@pytest.fixture
def world(app: Flask, at: Hold) -> Divided:
    at(NOON)
    return Divided(app)


def test_the_form_offers_what_the_place_is_made_of_and_keeps_what_was_ticked(world: Divided) -> None:
    street = world.square.street
    offered = re.findall(r'name="parts" value="([^"]+)"', world.asks(wording="").text)
    assert offered[-2:] == [street.group.path, street.other_group.path]
    assert street.grid.path in offered
    assert street.village_group.path not in offered

    page = world.asks(wording="", parts=[street.other_group.path]).text

    assert re.findall(r'name="parts" value="([^"]+)" checked', page) == [street.other_group.path]
    assert f'value="{street.other_group.path}"' in page.rpartition("<details open>")[2]


def test_only_who_lives_in_the_part_is_on_the_roll(world: Divided) -> None:
    street = world.square.street

    assert world.asks(parts=[street.other_group.path]).status_code == 303

    with world.inside():
        assert world.roll() == {world.next_door.id}
        question = world.question().id
    page = f"/votes/{question}"
    assert "G1-2" in words(world.as_(world.square.neighbours[0]).get(page))
    assert "not on the roll" in words(world.as_(world.square.neighbours[0]).get(page))
    assert "not on the roll" not in words(world.as_(world.next_door).get(page))


def test_a_part_within_a_part_counts_once_and_a_role_is_looked_for_there(world: Divided) -> None:
    street = world.square.street
    with world.inside():
        give("council", world.square.neighbours[3], street.group)
        give("council", world.next_door, street.other_group)

    answer = world.asks(parts=[street.group.path, street.grid.path], roles=["council"])

    assert answer.status_code == 303, words(answer)
    with world.inside():
        assert world.question().scope == [[street.grid.path, "council"]]
        assert world.roll() == {world.square.neighbours[3].id, world.next_door.id}


@pytest.mark.parametrize(("language", "says"), [("en", "Choose them from the list"), ("zh", "请从列表中选择")])
def test_a_part_of_another_place_is_refused(world: Divided, language: str, says: str) -> None:
    for path in (world.square.street.village_group.path, "/", "/1/%/"):
        answer = world.asks(language, parts=[path])

        assert answer.status_code == 422
        assert says in words(answer)
    assert world.count(Question) == 0


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_turnout_among_few_is_said_after_closing_only(world: Divided, language: str) -> None:
    assert world.asks(method="yes_no", options="", parts=[world.square.street.grid.path]).status_code == 303
    with world.inside():
        question = world.question().id
        operations.cast(question, choice="yes", by=world.next_door, at=NOON)
    reader, page = world.as_(world.next_door, language), f"/votes/{question}"

    shown = reader.get(page)
    assert HIDDEN[language] in words(shown)
    assert "bar-words" not in shown.text
    assert _twin(world)["cast"] is None

    with world.inside():
        closes_at = world.question().closes_at
    with fixed(closes_at):
        shown = reader.get(page)
        assert HIDDEN[language] not in words(shown)
        assert "bar-words" in shown.text
        assert _twin(world)["cast"] == 1


def _twin(world: Divided) -> Any:
    return world.as_(world.next_door).get(f"/topics/{world.topic}.json").get_json()["ballot"]


def test_a_topic_of_a_grid_says_no_turnout_before_closing_and_one_of_a_community_does(square: Square) -> None:
    for place, said in ((square.street.grid, None), (square.community, 1)):
        topic = a_topic(square, place=place)
        question = operations.open_question(
            asked(), subject=f"topic:{topic.id}", place_path=place.path, opens_at=NOON, by=square.staff, at=NOON
        )
        operations.cast(question.id, choice="yes", by=square.neighbours[0], at=NOON)

        box = queries.vote_box(question.id, square.neighbours[0], CLOSES - SECOND)
        closed = queries.vote_box(question.id, square.neighbours[0], CLOSES)

        assert box is not None
        assert closed is not None
        assert (box.cast, closed.cast) == (said, 1)


def test_households_of_a_part(square: Square) -> None:
    next_door = beside(square)
    question = operations.open_question(
        asked(electorate="household", parts=[square.street.other_group.path]), subject="topic:1",
        place_path=square.community.path, opens_at=NOON, by=square.staff, at=NOON,
    )  # fmt: skip

    roll = db.session.scalars(select(RollEntry.household_id).where(RollEntry.question_id == question.id)).all()
    assert roll == [next_door.household_id]


def test_the_operation_refuses_a_part_of_another_place_too(square: Square) -> None:
    with pytest.raises(Refused, match="Choose them from the list"):
        a_question(square, parts=[square.street.village_group.path])


def test_a_street_is_offered_down_to_the_compounds(square: Square) -> None:
    street = square.street
    offered = [path for part in parts_of(street.street.id) for path in part.everywhere()]

    assert street.community.path in offered
    assert street.grid.path not in offered
    paths = [street.group.path, street.community.path]
    named = [[name.into("en").split()[0] for name in names] for names in part_names(paths)]
    assert named == [["Court", "G1", "G1-1"], [street.community.name.into("en").split()[0]]]
