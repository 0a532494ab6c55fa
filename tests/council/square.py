"""A community with neighbours who talk and vote, for the tests of council, ballots and discussion."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from app.ballots import operations as ballots
from app.ballots.models import Question
from app.ballots.rules import Asked, Text
from app.council import operations
from app.council.models import Topic
from app.kit.words import Words
from app.people.rules import Person
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


def in_voting(square: Square, *, by: Person | None = None, points: Sequence[Words] = (), **values: Any) -> Topic:
    """A topic whose ballot is open; what is not given is as in `asked`."""
    topic = under_discussion(square)
    return operations.put_to_vote(topic.id, asked(**values), by=by or square.staff, at=NOON, points=points)


def asked(**values: Any) -> Asked:
    """Yes or no, one vote a person, a fifth of the roll, more than half; until 18 November, 18:00."""
    known: dict[str, Any] = {
        "wording": Words(zh="是否同意？", en="Do you agree?"), "quorum": Fraction(1, 5), "threshold": Fraction(1, 2),
        "closes_at": CLOSES,
    }  # fmt: skip
    return Asked(**(known | values))


def a_question(square: Square, *, subject: str = "topic:1", opens_at: datetime = NOON, at: datetime = NOON,
               text: Text | None = None, **values: Any) -> Question:  # fmt: skip
    return ballots.open_question(
        asked(**values), subject=subject, place_path=square.community.path, opens_at=opens_at, by=square.staff,
        at=at, text=text,
    )  # fmt: skip


def later(days: float) -> datetime:
    return NOON + timedelta(days=days)
