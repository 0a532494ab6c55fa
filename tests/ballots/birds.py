"""Neighbours who vote secretly about two birds, where voting earns."""

from __future__ import annotations

from datetime import date, datetime

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.ballots.rules import Option
from app.council import operations as council
from app.council.models import Topic
from app.kit.db import db
from app.kit.kept import cached_property
from app.kit.words import Words
from app.merits import operations as merits
from app.places.models import Place
from tests import worlds
from tests.council.square import DAY, Square, asked
from tests.makers import NOON, a_street, token_of
from tests.merits.documents import tariff_document

# Of different lengths, so that a length tells as much as the word.
HERON, KINGFISHER = "heron", "kingfisher"
BIRDS = [Option(HERON, Words(zh="苍鹭", en="Grey")), Option(KINGFISHER, Words(zh="翠鸟", en="Blue"))]


class World(worlds.World):
    """So many neighbours, each of another household."""

    square: Square

    def __init__(self, app: Flask, *, neighbours: int) -> None:
        self.neighbours = neighbours
        super().__init__(app)

    def furnish(self) -> None:
        self.square = Square(a_street())
        self.square.settle(self.neighbours)
        here = self.square.community.id
        merits.load_tariff(tariff_document(), place_id=here, effective_from=date(2026, 1, 1), by_id=None, at=NOON)

    @cached_property
    def browsers(self) -> list[tuple[FlaskClient, str]]:
        """Of each neighbour, signed in, with the token of the sign-in."""
        clients = [self.as_(one) for one in self.square.neighbours]
        return [(client, token_of(client, "/settings")) for client in clients]

    def put(self, at: datetime) -> tuple[int, int]:
        """A secret question, open for a day; the topic and the question."""
        staff, words = self.square.staff, Words(zh="哪一种鸟？", en="Which bird shall it be?")
        with self.inside():
            place = db.session.get_one(Place, self.square.neighbours[0].community_id)
            topic = council.propose(place=place, kind="other", title=words, body=words, by=staff, at=at)
            council.take_step(topic.id, "accept", by=staff, at=at)
            question = asked(wording=words, method="single_choice", options=BIRDS, secret=True, closes_at=at + DAY)
            council.put_to_vote(topic.id, question, by=staff, at=at)
            return topic.id, db.session.scalars(select(Topic.question_id).where(Topic.id == topic.id)).one() or 0
