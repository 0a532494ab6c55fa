"""A topic that nobody else changes until the end, and the one way in which it takes a step."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.council import rules, searchable
from app.council.events import TopicTakenUp
from app.council.models import Topic, TopicChange, TopicCount
from app.kit import audit, clock, search
from app.kit.bus import announce
from app.kit.db import db, locked
from app.kit.refusal import Refusal, refuse_if
from app.kit.words import Words
from app.people import queries as people
from app.people.rules import Person
from app.places.numbering import reserve_numbers


def locked_topic(topic_id: int) -> Topic:
    query = locked(select(Topic).where(Topic.id == topic_id)).execution_options(populate_existing=True)
    return db.session.scalars(query).one()


def move(
    topic: Topic, action: str, *, by: Person | None, at: datetime, why: Words | None = None,
    pressed_at: datetime | None = None,
) -> None:  # fmt: skip
    """Take one step of the life cycle and write it on the timeline. `by` None: the house itself.

    `pressed_at` is when staff did it, for the audit, where that is not the instant `at` from which the step counts.
    """
    refuse_if(step_refusal(topic, action, by, why))
    before, topic.state = topic.state, rules.LIFE.after(topic.state, action)
    as_staff = by is not None and "staff" in rules.LIFE.steps[before, action].who
    topic.state_since = at
    if action == "propose":
        topic.opened_at = at
        give_number(topic, at)
    db.session.add(
        TopicChange(
            topic_id=topic.id, at=at, action=action, from_state=before, to_state=topic.state,
            by_id=by.id if by else None, as_staff=as_staff, why=why,
        )
    )  # fmt: skip
    if as_staff and by is not None:
        noted_at, subject = pressed_at or at, f"topic:{topic.id}"
        audit.note(f"council.{action}", subject, actor_id=by.id, at=noted_at, place_id=topic.place_id)
    if action == "propose":
        make_findable(topic)
    if action in ("gather", "accept"):
        announce(TopicTakenUp(topic_id=topic.id, proposer_id=to_be_thanked(topic.proposer_id, by), at=at))


def make_findable(topic: Topic) -> None:
    """From now on a search finds the topic; what it says does not change any more."""
    db.session.flush()
    search.renew(searchable.KIND, topic.id, searchable.documents(only=topic.id))


def to_be_thanked(resident_id: int | None, by: Person | None) -> int | None:
    """Whoever brought something; nobody when staff take up what they themselves or their own household brought."""
    person = people.person(resident_id) if resident_id else None
    if person is None or by is None:
        return resident_id
    return None if by.is_or_lives_with(person.id, person.household_id) else person.id


def step_refusal(topic: Topic, action: str, by: Person | None, why: Words | None) -> Refusal | None:
    who = rules.who_is(by, place_path=topic.place_path, proposer_id=topic.proposer_id) if by else frozenset({"house"})
    return rules.step_refusal(topic.state, action, who, reasoned=why is not None)


def give_number(topic: Topic, at: datetime) -> None:
    """The next number of the street in the village's year."""
    year = clock.local(at).year
    topic.number = f"{year}-{reserve_numbers(TopicCount, street_id=topic.street_id, year=year):03d}"
