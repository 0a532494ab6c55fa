"""Whether a topic counts the people who support it, and still says what was voted on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, and_, func, or_, select

from app.ballots.models import Question
from app.council.models import Topic, TopicSupport
from app.council.text import voted_on
from app.kit.db import db
from app.kit.proof import Fault, first_faults


def faults() -> Iterator[Fault]:
    """The first topic whose count drifted; the first whose text is not the one that was put to the vote."""
    yield from first_faults(("support", "topic", _support_drifted()))
    yield from _text_changed()


def counts() -> dict[str, int]:
    return {"topics": db.session.scalar(select(func.count(Topic.id))) or 0}


def _support_drifted() -> Select[Any]:
    """One for each supporter. What was brought in may count supporters of elsewhere besides, never fewer than ours."""
    ours = select(TopicSupport.topic_id, func.count().label("people")).group_by(TopicSupport.topic_id).subquery()
    people = func.coalesce(ours.c.people, 0)
    wrong = or_(Topic.support_count < people, and_(Topic.source.is_(None), Topic.support_count != people))
    columns: tuple[Any, ...] = (Topic.id, Topic.support_count, people.label("supporters"))
    return select(*columns).outerjoin(ours, ours.c.topic_id == Topic.id).where(wrong).order_by(Topic.id)


def _text_changed() -> Iterator[Fault]:
    """The check sum that was published at opening is that of the file which is handed out."""
    columns: tuple[Any, ...] = (Topic.id, Topic.title, Topic.body, Question.text_hash)
    query = select(*columns).join(Question, Question.id == Topic.question_id).where(Question.text_hash.is_not(None))
    for topic in db.session.execute(query.order_by(Topic.id)).all():
        if (computed := voted_on(topic).hash) != topic.text_hash:
            yield Fault("text", f"topic:{topic.id}", f"text_hash {topic.text_hash}, computed {computed}")
            return
