"""Whether the supporters that a topic counts are the people who support it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, and_, func, or_, select

from app.council.models import Topic, TopicSupport
from app.kit.db import db
from app.kit.proof import Fault, first_faults


def faults() -> Iterator[Fault]:
    """The first topic whose count drifted."""
    yield from first_faults(("support", "topic", _support_drifted()))


def counts() -> dict[str, int]:
    return {"topics": db.session.scalar(select(func.count(Topic.id))) or 0}


def _support_drifted() -> Select[Any]:
    """One for each supporter. What was brought in may count supporters of elsewhere besides, never fewer than ours."""
    ours = select(TopicSupport.topic_id, func.count().label("people")).group_by(TopicSupport.topic_id).subquery()
    people = func.coalesce(ours.c.people, 0)
    wrong = or_(Topic.support_count < people, and_(Topic.source.is_(None), Topic.support_count != people))
    columns: tuple[Any, ...] = (Topic.id, Topic.support_count, people.label("supporters"))
    return select(*columns).outerjoin(ours, ours.c.topic_id == Topic.id).where(wrong).order_by(Topic.id)
