"""Say something under a topic, and take care of what was said."""

from __future__ import annotations

from datetime import datetime

from app.council import queries, rules
from app.council.events import CommentHidden, OfficialAnswerGiven, SuggestionAdopted
from app.council.operations.holding import locked_topic
from app.council.operations.thanking import thank_for_suggestions
from app.discussion import operations as discussion
from app.discussion.models import Comment
from app.kit import audit
from app.kit.bus import announce
from app.kit.refusal import refuse_if
from app.kit.words import Words
from app.people.rules import Person


def comment(
    topic: queries.AnyRow, *, text: Words, stance: str, parent_id: int | None, official: bool, by: Person, at: datetime
) -> Comment:
    """Say something under a topic; an official answer is signed by the committee of the place."""
    refuse_if(rules.comment_refusal(by, state=topic.state, place_path=topic.place_path, street_id=topic.street_id))
    refuse_if(rules.moderate_refusal(by, topic.place_path) if official else None)
    said = discussion.comment(
        topic.thread_id, text=text, stance="neutral" if official else stance, parent_id=parent_id, by=by,
        official=official, signed_as=topic.committee if official else None, at=at,
    )  # fmt: skip
    if official:
        audit.note("council.answer", f"topic:{topic.id}", actor_id=by.id, at=at, place_id=topic.place_id)
        announce(OfficialAnswerGiven(topic_id=topic.id, comment_id=said.id, by_id=by.id, at=at))
    return said


def agree(topic: queries.AnyRow, comment_id: int, *, by: Person, at: datetime, withdraw: bool = False) -> None:
    """Be of the same mind as a comment under this topic, or no longer."""
    refuse_if(rules.comment_refusal(by, state=topic.state, place_path=topic.place_path, street_id=topic.street_id))
    if withdraw:
        discussion.withdraw_support(comment_id, by=by)
    else:
        discussion.support(comment_id, by=by, at=at)


def adopt(topic: queries.AnyRow, comment_id: int, *, by: Person, at: datetime) -> Comment:
    """Mark a suggestion under this topic as adopted."""
    refuse_if(rules.moderate_refusal(by, topic.place_path))
    held = locked_topic(topic.id)
    said = discussion.adopt(comment_id, by=by, at=at, place_id=topic.place_id)
    announce(SuggestionAdopted(comment_id=said.id, author_id=said.author_id, at=at))
    thank_for_suggestions(held, at=at)
    return said


def hide(topic: queries.AnyRow, comment_id: int, *, because: Words, by: Person, at: datetime) -> Comment:
    """Hide a comment under this topic, with a public reason."""
    refuse_if(rules.moderate_refusal(by, topic.place_path))
    said = discussion.hide(comment_id, because=because, by=by, at=at, place_id=topic.place_id)
    announce(CommentHidden(comment_id=comment_id, at=at))
    return said
