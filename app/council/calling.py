"""Calling a sitting on a topic."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.council import resolutions, rules
from app.council.operations.holding import locked_topic
from app.kit.refusal import refuse_if
from app.kit.words import Words
from app.meetings import operations as meetings
from app.meetings.models import Meeting
from app.people.rules import Person


def call_sitting(
    topic_id: int, *, title: Words, where: Words, starts_at: datetime, ends_at: datetime, agenda: Sequence[Words],
    capacity: int | None, by: Person, at: datetime,
) -> Meeting:  # fmt: skip
    """Call a sitting on this topic, at its place."""
    topic = locked_topic(topic_id)
    who = rules.who_is(by, place_path=topic.place_path, proposer_id=topic.proposer_id)
    refuse_if(rules.sitting_refusal(topic.state, who))
    return meetings.call(
        kind="sitting", subject=resolutions.subject(topic_id), href=f"/topics/{topic_id}", title=title,
        place_id=topic.place_id, place_path=topic.place_path, where=where, starts_at=starts_at, ends_at=ends_at,
        agenda=agenda, capacity=capacity, by=by, at=at,
    )  # fmt: skip
