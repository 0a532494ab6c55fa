"""Bring a topic up, gather support for it, let it go on in another one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, literal, select

from app.council import rules
from app.council.models import Topic, TopicSupport
from app.council.operations.holding import locked_topic, move
from app.discussion import operations as discussion
from app.kit.db import db, insert_into
from app.kit.refusal import refuse_if
from app.kit.words import Words
from app.people.models import Household, Resident
from app.people.rules import Person
from app.places.models import Place
from app.places.queries import ancestors


def propose(
    *, place: Place, kind: str, title: Words, body: Words, by: Person, at: datetime, as_draft: bool = False
) -> Topic:
    """Bring up a matter of that place; as a draft only its author sees it."""
    refuse_if(rules.propose_refusal(by, place.path))
    topic = new_topic(place=place, kind=kind, title=title, body=body, state="draft", at=at, proposer_id=by.id)
    if not as_draft:
        move(topic, "propose", by=by, at=at)
    return topic


def new_topic(
    *, place: Place, kind: str, title: Words, body: Words, state: str, at: datetime, proposer_id: int | None,
    **more: Any,
) -> Topic:  # fmt: skip
    """A topic with its thread. Its street and its community are found among the places above."""
    above = {one.kind: one.id for one in ancestors(place.path)}
    known = {"support_needed": rules.support_needed(place.settings), "support_count": 0}
    topic = Topic(
        place_id=place.id, place_path=place.path, street_id=above.get("street", place.id),
        community_id=above.get("community", above.get("village")), kind=kind, title=title, body=body, state=state,
        proposer_id=proposer_id, opened_at=at, state_since=at, **(known | more),
    )  # fmt: skip
    db.session.add(topic)
    db.session.flush()
    topic.thread_id = discussion.open_thread(f"topic:{topic.id}").id
    return topic


def support(topic_id: int, *, by: Person, at: datetime) -> Topic:
    """Want this discussed; once per person. The neighbour who completes the number takes the topic up, exactly once."""
    topic = locked_topic(topic_id)
    _refuse_support(topic, by)
    added = (
        insert_into(TopicSupport)
        .values(topic_id=topic_id, resident_id=by.id, at=at)
        .on_conflict_do_nothing()
        .returning(TopicSupport.topic_id)
    )
    if db.session.scalar(added) is not None:
        topic.support_count += 1
    _take_up_when_enough(topic, at)
    db.session.flush()
    return topic


def withdraw_support(topic_id: int, *, by: Person) -> Topic:
    """Take the support back while the topic still gathers it."""
    topic = locked_topic(topic_id)
    _refuse_support(topic, by)
    mine = delete(TopicSupport).where(TopicSupport.topic_id == topic_id, TopicSupport.resident_id == by.id)
    if db.session.scalar(mine.returning(TopicSupport.topic_id)) is not None:
        topic.support_count -= 1
    db.session.flush()
    return topic


def _refuse_support(topic: Topic, by: Person) -> None:
    refuse_if(rules.support_refusal(by, state=topic.state, place_path=topic.place_path, proposer_id=topic.proposer_id))


def _take_up_when_enough(topic: Topic, at: datetime) -> None:
    if topic.state == "proposed" and topic.support_count >= topic.support_needed:
        move(topic, "gather", by=None, at=at)


def merge(topic_id: int, *, into_id: int, why: Words | None, by: Person, at: datetime) -> Topic:
    """Let one topic go on in another of the same street; its supporters who live there carry over, once each."""
    # Locked in the order of their ids, or two merges could wait for each other.
    both = {one: locked_topic(one) for one in sorted({topic_id, into_id})}
    topic, goal = both[topic_id], both[into_id]
    refuse_if(rules.merge_refusal(same=topic is goal, state=_state_in_reach(topic, goal)))
    topic.merged_into = goal.id
    move(topic, "merge", by=by, at=at, why=why)
    mine = (
        select(literal(goal.id), TopicSupport.resident_id, TopicSupport.at)
        .join(Resident, Resident.id == TopicSupport.resident_id)
        .join(Household, Household.id == Resident.household_id)
        .join(Place, Place.id == Household.group_id)
        .where(TopicSupport.topic_id == topic.id, TopicSupport.resident_id != (goal.proposer_id or 0))
        .where(Place.path.startswith(goal.place_path, autoescape=True))
        .order_by(TopicSupport.resident_id)
    )
    carried = (
        insert_into(TopicSupport)
        .from_select(["topic_id", "resident_id", "at"], mine)
        .on_conflict_do_nothing()
        .returning(TopicSupport.resident_id)
    )
    goal.support_count += len(db.session.scalars(carried).all())
    _take_up_when_enough(goal, at)
    db.session.flush()
    return topic


def _state_in_reach(topic: Topic, goal: Topic) -> str | None:
    return goal.state if goal.street_id == topic.street_id else None
