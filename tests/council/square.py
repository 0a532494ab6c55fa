"""A community with neighbours who talk and vote, for the tests of council, ballots and discussion."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from app.ballots import operations as ballots
from app.ballots.models import Question
from app.council import operations
from app.council.models import Topic
from app.kit.words import Words
from app.places.models import Place
from tests.makers import NOON, a_street
from tests.neighbours import Neighbours

DAY = timedelta(days=1)
CLOSES = NOON + 3 * DAY
SECOND = timedelta(seconds=1)


class Square(Neighbours):
    """Ten neighbours who talk and vote."""

    @property
    def community(self) -> Place:
        return self.street.community


def a_square() -> Square:
    square = Square(a_street())
    square.settle(10)
    return square


def a_topic(square: Square, **values: Any) -> Topic:
    """Proposed by the last neighbour."""
    known: dict[str, Any] = {
        "place": square.community, "kind": "parking", "title": Words(zh="建充电棚", en="Build a charging shed"),
        "body": Words(zh="两楼之间建一座棚。", en="A shed between the two buildings."),
        "by": square.neighbours[9], "at": NOON,
    }  # fmt: skip
    return operations.propose(**(known | values))


def under_discussion(square: Square) -> Topic:
    topic = a_topic(square)
    return operations.take_step(topic.id, "accept", by=square.staff, at=NOON)


def in_voting(square: Square, **values: Any) -> Topic:
    known: dict[str, Any] = {
        "wording": Words(zh="是否同意？", en="Do you agree?"), "method": "yes_no",
        "options": [], "electorate": "person", "quorum": Fraction(1, 5),
        "threshold": Fraction(1, 2), "closes_at": CLOSES, "by": square.staff, "at": NOON,
    }  # fmt: skip
    return operations.put_to_vote(under_discussion(square).id, **(known | values))


def a_question(square: Square, **values: Any) -> Question:
    known: dict[str, Any] = {
        "subject": "topic:1", "wording": Words(zh="是否同意？", en="Do you agree?"), "method": "yes_no",
        "electorate": "person", "place_path": square.community.path, "quorum": Fraction(1, 5),
        "threshold": Fraction(1, 2), "opens_at": NOON, "closes_at": CLOSES, "by": square.staff, "at": NOON,
    }  # fmt: skip
    return ballots.open_question(**(known | values))


def later(days: float) -> datetime:
    return NOON + timedelta(days=days)
