"""What a vote costs the house, with all that it earns."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import Engine

from app.merits import operations as merits
from app.points import posting
from tests import worlds
from tests.council.square import Square, a_question, a_square
from tests.makers import NOON, token_of
from tests.merits.documents import tariff_document
from tests.statements import statements
from tests.worlds import Hold

MOST_STATEMENTS = 20  # on SQLite, where a posting takes four


class World(worlds.World):
    square: Square

    def furnish(self) -> None:
        self.square = a_square()
        merits.load_tariff(
            tariff_document(), place_id=self.square.street.street.id, effective_from=date(2026, 1, 1), by_id=None,
            at=NOON,
        )  # fmt: skip
        theirs = [("household", one.household_id, "own") for one in self.square.neighbours]
        posting.open_accounts([(asset, *whose) for whose in theirs for asset in ("points", "honour")])

    def question(self) -> str:
        with self.inside():
            return f"/votes/{a_question(self.square).id}"


@pytest.fixture
def world(app: Flask, at: Hold) -> World:
    at(NOON)
    return World(app)


def test_a_vote_that_earns_costs_few_statements_and_they_are_built_once(world: World) -> None:
    path = world.question()
    seen: list[list[Any]] = []
    for neighbour in world.square.neighbours[:3]:
        client = world.as_(neighbour)
        token = token_of(client, "/settings")
        with statements() as sent, asked_for() as built:
            answer = client.post(f"{path}/vote", data={"choice": "yes", "csrf_token": token})
        assert answer.status_code == 303
        assert any("INSERT INTO awards" in one for one in sent)
        seen.append(built)
    assert len(sent) <= MOST_STATEMENTS
    anew = [one for one in seen[2] if not any(one is other for other in seen[1])]
    assert [str(one).partition(" (")[0] for one in anew] == []


@contextmanager
def asked_for() -> Iterator[list[Any]]:
    """Every statement as it was built, before it becomes text."""
    seen: list[Any] = []

    def note(_connection: object, statement: object, *_rest: object) -> None:
        seen.append(statement)

    event.listen(Engine, "before_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_execute", note)
