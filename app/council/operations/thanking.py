"""Tell whose suggestions were adopted and are carried out."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.council.events import SuggestionCarriedOut
from app.council.models import Topic, TopicChange
from app.council.operations.holding import to_be_thanked
from app.discussion import queries as discussion
from app.kit.bus import announce
from app.kit.db import db
from app.people import queries as people


def thank_for_suggestions(topic: Topic, *, at: datetime) -> None:
    """Announce each adopted suggestion under a topic that is being carried out, or was; each may be heard again.

    The topic is locked: a suggestion that is adopted meanwhile waits, and finds that it is carried out.
    """
    carried_out = TopicChange.topic_id == topic.id, TopicChange.to_state == "implementing"
    if not db.session.scalar(select(TopicChange.id).where(*carried_out).limit(1)):
        return
    for said in discussion.adopted(topic.thread_id):
        adopter = people.person(said.adopted_by) if said.adopted_by else None
        author_id = to_be_thanked(said.author_id, adopter)
        if author_id is not None:
            announce(SuggestionCarriedOut(comment_id=said.id, author_id=author_id, adopted_by=said.adopted_by, at=at))
