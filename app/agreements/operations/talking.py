"""Say something under a version that is out for comment, and take care of what was said."""

from __future__ import annotations

from datetime import datetime

from app.agreements import rules
from app.agreements.queries import AnyRow, Standing
from app.discussion import operations as discussion
from app.discussion.models import Comment
from app.kit import audit
from app.kit.refusal import refuse_if
from app.kit.words import Words
from app.people.rules import Person


def comment(
    agreement: AnyRow, version: Standing, *, text: Words, stance: str, parent_id: int | None, official: bool,
    by: Person, at: datetime,
) -> Comment:  # fmt: skip
    """Say something on a version; an official answer is signed by the committee of the place."""
    _refuse(agreement, version, by, at)
    refuse_if(rules.moderate_refusal(by, agreement.place_path) if official else None)
    said = discussion.comment(
        version.thread_id, text=text, stance="neutral" if official else stance, parent_id=parent_id, by=by,
        official=official, signed_as=agreement.committee if official else None, at=at,
    )  # fmt: skip
    if official:
        audit.note("agreements.answer", f"agreement:{agreement.id}", actor_id=by.id, at=at, place_id=agreement.place_id)
    return said


def agree(
    agreement: AnyRow, version: Standing, comment_id: int, *, by: Person, at: datetime, withdraw: bool = False
) -> None:
    """Be of the same mind as a comment on this version, or no longer."""
    _refuse(agreement, version, by, at)
    if withdraw:
        discussion.withdraw_support(comment_id, by=by)
    else:
        discussion.support(comment_id, by=by, at=at)


def hide(agreement: AnyRow, comment_id: int, *, because: Words, by: Person, at: datetime) -> Comment:
    """Hide a comment on a version of this agreement, with a public reason."""
    refuse_if(rules.moderate_refusal(by, agreement.place_path))
    return discussion.hide(comment_id, because=because, by=by, at=at, place_id=agreement.place_id)


def _refuse(agreement: AnyRow, version: Standing, by: Person, at: datetime) -> None:
    refuse_if(
        rules.comment_refusal(
            by, state=version.state, until=version.consulting_until, place_path=agreement.place_path,
            street_id=agreement.street_id, at=at,
        )
    )  # fmt: skip
